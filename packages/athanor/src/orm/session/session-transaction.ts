import type { Savepoint } from "../../engine/connection-core.ts";
import { InvalidRequestError, PendingRollbackError } from "../../errors/errors.ts";
import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import { NOT_LOADED } from "../instrumentation/instance-state.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { SessionConnection } from "./session-connection.ts";

/** What an object was before a transaction changed its row. */
export interface SavedState {
  readonly key: IdentityKey | null;
  readonly committed: unknown[] | null;
  /** What its relationships held; NOT_LOADED where that was not known. */
  readonly related: Map<RelationshipProperty, unknown>;
}

/** A row of an association table that was inserted or deleted. */
export interface WrittenLink {
  readonly property: RelationshipProperty;
  readonly near: InstanceState;
  readonly far: InstanceState;
  readonly isNew: boolean;
}

/** A transaction of a session, or a savepoint in it, and what has happened to objects since it began. */
export class SessionTransaction {
  readonly parent: SessionTransaction | null;
  /** Objects whose rows were inserted, in that order. */
  readonly inserted: InstanceState[] = [];
  /** Objects whose rows were deleted. */
  readonly deleted: InstanceState[] = [];
  readonly links: WrittenLink[] = [];
  readonly saved = new Map<InstanceState, SavedState>();
  /** What stands for it in the databases. The outermost transaction has none. */
  readonly savepoints = new Map<SessionConnection, Savepoint>();
  /** Begun by the program, or something has been written in it: from then on reading belongs to it, too. */
  inUse: boolean;
  /** What a flush has failed with; nothing but a rollback is possible afterwards. */
  failure: unknown = null;
  /** All databases have said that they can commit: what is left is to decide. */
  prepared = false;
  /** COMMIT has been sent, and handlers of `afterCommit` are running. */
  committed = false;

  constructor(parent: SessionTransaction | null, inUse = false) {
    this.parent = parent;
    this.inUse = parent?.inUse ?? inUse;
  }

  /** The savepoints under way, the outermost first. */
  nestedFromOutside(): readonly SessionTransaction[] {
    return this.parent === null ? [] : [...this.parent.nestedFromOutside(), this];
  }
  /** Something is being written. */
  use(): void {
    for (let each: SessionTransaction | null = this; each !== null; each = each.parent) each.inUse = true;
  }

  get nested(): boolean {
    return this.parent !== null;
  }
  get failed(): boolean {
    return this.failure !== null;
  }

  /**
   * @throws InvalidRequestError when it is prepared or being committed.
   * @throws PendingRollbackError when a flush in it has failed.
   */
  assertUsable(): void {
    if (this.committed) {
      throw new InvalidRequestError(
        "This session's transaction has been committed: afterCommit is no place for SQL. Use the session after commit() has returned.",
        { code: "sql-after-commit" },
      );
    }
    if (this.prepared) {
      throw new InvalidRequestError(
        "This session's transaction has been prepared: nothing but commit() and rollback() is possible any more.",
      );
    }
    if (!this.failed) return;
    const { failure } = this;
    throw new PendingRollbackError(
      "This session's transaction has been rolled back, because a flush has failed. " +
        `${this.nested ? "Leave beginNested() with the error" : "Call session.rollback()"} before the session is used again. ` +
        `The flush failed with: ${failure instanceof Error ? failure.message : String(failure)}`,
      { cause: failure },
    );
  }

  /** Keeps what an object is before its changes are written or its values replaced. */
  remember(state: InstanceState): void {
    const known = this.saved.get(state);
    if (known === undefined) {
      const related = new Map<RelationshipProperty, unknown>(state.relatedBefore);
      for (const property of state.pendingCollections?.keys() ?? []) related.set(property, NOT_LOADED);
      this.saved.set(state, { key: state.key, committed: state.committed?.slice() ?? null, related });
      return;
    }
    for (const [property, before] of state.relatedBefore ?? []) {
      if (!known.related.has(property)) known.related.set(property, before);
    }
    for (const property of state.pendingCollections?.keys() ?? []) {
      if (!known.related.has(property)) known.related.set(property, NOT_LOADED);
    }
  }

  /** A savepoint is released: what happened in it has happened in the transaction around it. */
  mergeInto(parent: SessionTransaction): void {
    for (const state of this.inserted) parent.inserted.push(state);
    for (const state of this.deleted) parent.deleted.push(state);
    for (const link of this.links) parent.links.push(link);
    for (const [state, saved] of this.saved) {
      const known = parent.saved.get(state);
      if (known === undefined) parent.saved.set(state, saved);
      else
        for (const [property, before] of saved.related)
          if (!known.related.has(property)) known.related.set(property, before);
    }
  }
}
