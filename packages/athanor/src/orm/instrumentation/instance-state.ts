import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { FormerValues } from "./former-values.ts";
import type { OwningSession } from "./owning-session.ts";

/** A key of the identity map: the value of a single primary key, or a text made of the values of several. */
export type IdentityKey = string | number | bigint;

/** The name of one of several databases that hold rows of the same classes: what tells apart rows with the same key. */
export type IdentityToken = string | number;

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

/** The statuses by their numbers, which stand in the lowest bits of the flags. */
const statuses: readonly ObjectStatus[] = ["transient", "pending", "persistent", "deleted", "detached"];
const statusNumbers = { transient: 0, pending: 1, persistent: 2, deleted: 3, detached: 4 } as const;
const STATUS_BITS = 0b0111;
const PARTIAL = 0b01000;
const INSERTED_HERE = 0b10000;

/** What few objects have, which is to take no memory of the others. */
export class InstanceExtras {
  faces: unknown[] | null = null;
  pendingCollections: Map<RelationshipProperty, PendingCollection> | null = null;
  /** Which of several databases its row is in. */
  identityToken: IdentityToken | null = null;
  /** Collections that hold a part of their members, because a loader option asked for no more. */
  parts: Set<RelationshipProperty> | null = null;
  /** It was said to be changed: these columns, or none of them by name. */
  flagged: Set<ColumnProperty> | null = null;
}

/**
 * What the library knows of one object, beside the object: which row it stands for, what that row held, and what it is
 * related to. Column values are data of the object itself; relationships are kept here. There are as many as objects are
 * loaded, so that each field counts: flags share a number, and what few objects have stands in `extras`. (A private method
 * would be one more field.)
 */
export class InstanceState {
  readonly object: object;
  readonly mapper: Mapper;
  session: OwningSession | null = null;
  /** Set from the first flush or load on; survives expunge. */
  key: IdentityKey | null = null;
  /**
   * What the row is known to hold, by `ColumnProperty.index`, in the form of `type.snapshot()`; NOT_LOADED where that is
   * not known. Null until the object has a row. A change is what differs from this.
   */
  committed: unknown[] | null = null;
  /**
   * Values of relationships by `RelationshipProperty.index`: undefined is not loaded; an entity, null, or the raw array of
   * a collection (the face that users see is made when they ask for it).
   */
  related: unknown[] | null = null;
  /** What changed relationships held before the first change since the last flush: an entity, null, a copy of the array. */
  relatedBefore: FormerValues | null = null;
  /** Loader options of the query that loaded it, for what is loaded later. */
  loadOptions: unknown = null;
  /** What few objects have; null for the others. Written through `extrasOf`. */
  extras: InstanceExtras | null = null;
  #flags = 0;

  constructor(object: object, mapper: Mapper) {
    this.object = object;
    this.mapper = mapper;
  }

  get status(): ObjectStatus {
    return statuses[this.#flags & STATUS_BITS] as ObjectStatus;
  }
  set status(status: ObjectStatus) {
    this.#flags = (this.#flags & ~STATUS_BITS) | statusNumbers[status];
  }
  /**
   * Some columns are not loaded: the object has the mapper's partial prototype, whose accessors load them or refuse.
   */
  get partial(): boolean {
    return (this.#flags & PARTIAL) !== 0;
  }
  set partial(partial: boolean) {
    this.#flags = partial ? this.#flags | PARTIAL : this.#flags & ~PARTIAL;
  }
  /** This session has inserted the row: relationships that nobody has touched are known to be empty. */
  get insertedHere(): boolean {
    return (this.#flags & INSERTED_HERE) !== 0;
  }
  set insertedHere(insertedHere: boolean) {
    this.#flags = insertedHere ? this.#flags | INSERTED_HERE : this.#flags & ~INSERTED_HERE;
  }

  /** The faces of collections that users have seen, by the index of `related`. */
  get faces(): unknown[] | null {
    return this.extras?.faces ?? null;
  }
  set faces(faces: unknown[] | null) {
    if (this.extras !== null || faces !== null) extrasOf(this).faces = faces;
  }
  /** Changes of collections that are not loaded. */
  get pendingCollections(): Map<RelationshipProperty, PendingCollection> | null {
    return this.extras?.pendingCollections ?? null;
  }
  set pendingCollections(pending: Map<RelationshipProperty, PendingCollection> | null) {
    if (this.extras !== null || pending !== null) extrasOf(this).pendingCollections = pending;
  }

  /** Which of several databases its row is in; null where there is one. */
  get identityToken(): IdentityToken | null {
    return this.extras?.identityToken ?? null;
  }
  set identityToken(token: IdentityToken | null) {
    if (this.extras !== null || token !== null) extrasOf(this).identityToken = token;
  }

  /** Some relationship has changed since the last flush. Columns are compared instead. */
  get relationshipsChanged(): boolean {
    return this.relatedBefore !== null || this.pendingCollections !== null;
  }
}

/** The extras of an object, to be written to. */
export function extrasOf(state: InstanceState): InstanceExtras {
  state.extras ??= new InstanceExtras();
  return state.extras;
}
