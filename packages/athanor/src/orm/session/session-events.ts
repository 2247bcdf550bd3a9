/** The transaction that an event speaks of. */
export interface TransactionEvent {
  /** A savepoint inside a transaction. */
  readonly nested: boolean;
}

/**
 * What a session tells of. `S` is the session. Handlers run at once and cannot wait; objects may be changed in
 * `beforeFlush`, and what is changed in `afterFlush` is written by the next flush.
 */
export interface SessionEvents<S> {
  /** Before a flush looks for changes; objects may be added, changed and deleted here. */
  readonly beforeFlush: (session: S) => void;
  /** Everything is written; `new`, `dirty` and `deleted` still show what was, generated keys are there. */
  readonly afterFlush: (session: S) => void;
  /** After a flush, when `new`, `dirty` and `deleted` are empty. */
  readonly afterFlushPostexec: (session: S) => void;
  readonly beforeCommit: (session: S) => void;
  /** After COMMIT: no SQL in here, the transaction is over. */
  readonly afterCommit: (session: S) => void;
  /** After the database's ROLLBACK. */
  readonly afterRollback: (session: S) => void;
  /** After any rollback, also that of a savepoint. */
  readonly afterSoftRollback: (session: S, transaction: TransactionEvent) => void;
  /** A transaction has begun on a connection. */
  readonly afterBegin: (session: S, transaction: TransactionEvent) => void;
  readonly afterTransactionCreate: (session: S, transaction: TransactionEvent) => void;
  readonly afterTransactionEnd: (session: S, transaction: TransactionEvent) => void;
  readonly beforeAttach: (session: S, object: object) => void;
  readonly afterAttach: (session: S, object: object) => void;
  readonly transientToPending: (session: S, object: object) => void;
  readonly pendingToTransient: (session: S, object: object) => void;
  readonly pendingToPersistent: (session: S, object: object) => void;
  readonly persistentToTransient: (session: S, object: object) => void;
  readonly persistentToDeleted: (session: S, object: object) => void;
  readonly deletedToPersistent: (session: S, object: object) => void;
  readonly deletedToDetached: (session: S, object: object) => void;
  readonly persistentToDetached: (session: S, object: object) => void;
  readonly detachedToPersistent: (session: S, object: object) => void;
  readonly loadedAsPersistent: (session: S, object: object) => void;
}

export type SessionEventName = keyof SessionEvents<unknown>;

const names: Readonly<Record<SessionEventName, true>> = {
  beforeFlush: true,
  afterFlush: true,
  afterFlushPostexec: true,
  beforeCommit: true,
  afterCommit: true,
  afterRollback: true,
  afterSoftRollback: true,
  afterBegin: true,
  afterTransactionCreate: true,
  afterTransactionEnd: true,
  beforeAttach: true,
  afterAttach: true,
  transientToPending: true,
  pendingToTransient: true,
  pendingToPersistent: true,
  persistentToTransient: true,
  persistentToDeleted: true,
  deletedToPersistent: true,
  deletedToDetached: true,
  persistentToDetached: true,
  detachedToPersistent: true,
  loadedAsPersistent: true,
};

export const sessionEventNames: readonly string[] = Object.keys(names);
