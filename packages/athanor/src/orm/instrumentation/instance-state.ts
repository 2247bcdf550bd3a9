import type { Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { FormerValues } from "./former-values.ts";
import type { OwningSession } from "./owning-session.ts";

/** A key of the identity map: the value of a single primary key, or a text made of the values of several. */
export type IdentityKey = string | number | bigint;

/**
 * transient: a plain object, of no session and without a row; pending: added, to be inserted; persistent: it has a row;
 * deleted: its row is deleted in the transaction that is under way; detached: it had a session.
 */
export type ObjectStatus = "transient" | "pending" | "persistent" | "deleted" | "detached";

/** Stands in a snapshot for a column that has not been loaded. */
export const NOT_LOADED: unique symbol = Symbol("not loaded");

/** Members that were added to or removed from a collection before it was loaded. */
export interface PendingCollection {
  readonly added: Set<object>;
  readonly removed: Set<object>;
}

/**
 * What the library knows of one object, beside the object: which row it stands for, what that row held, and what it is
 * related to. Column values are data of the object itself; relationships are kept here.
 */
export class InstanceState {
  readonly object: object;
  readonly mapper: Mapper;
  session: OwningSession | null = null;
  status: ObjectStatus = "transient";
  /** Set from the first flush or load on; survives expunge. */
  key: IdentityKey | null = null;
  /**
   * What the row is known to hold, by `ColumnProperty.index`, in the form of `type.snapshot()`; NOT_LOADED where that is
   * not known. Null until the object has a row. A change is what differs from this.
   */
  committed: unknown[] | null = null;
  /**
   * Some columns are not loaded: the object has the mapper's partial prototype, whose accessors load them or refuse.
   */
  partial = false;
  /**
   * Values of relationships by `RelationshipProperty.index`: undefined is not loaded; an entity, null, or the raw array of
   * a collection (the face that users see is made when they ask for it).
   */
  related: unknown[] | null = null;
  /** The faces of collections that users have seen, by the same index. */
  faces: (unknown[] | undefined)[] | null = null;
  /** What changed relationships held before the first change since the last flush: an entity, null, a copy of the array. */
  relatedBefore: FormerValues | null = null;
  /** Changes of collections that are not loaded. */
  pendingCollections: Map<RelationshipProperty, PendingCollection> | null = null;
  /** This session has inserted the row: relationships that nobody has touched are known to be empty. */
  insertedHere = false;
  /** Loader options of the query that loaded it, for what is loaded later. */
  loadOptions: unknown = null;

  constructor(object: object, mapper: Mapper) {
    this.object = object;
    this.mapper = mapper;
  }

  /** Some relationship has changed since the last flush. Columns are compared instead. */
  get relationshipsChanged(): boolean {
    return this.relatedBefore !== null || this.pendingCollections !== null;
  }
}
