import type { Result } from "../../engine/result.ts";
import { Listeners } from "../../events/listeners.ts";
import { LISTENERS } from "../../util/symbols.ts";
import type { Awaitable } from "../../util/task.ts";
import type { OrmExecuteState } from "./orm-execute-state.ts";

/** The transaction that an event speaks of. */
export interface TransactionEvent {
  /** A savepoint inside a transaction. */
  readonly nested: boolean;
}

/** An asynchronous session waits for a promise; what it comes to says nothing. */
type Waits = unknown;

/** A result in place of an execution's, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
type Replacement = Awaitable<Result<unknown, unknown> | void>;

/**
 * What a session tells of. `S` is the session. An asynchronous session waits for handlers that return a promise, where the
 * type says so, and does what they ask of it in the meantime. Objects may be changed in `beforeFlush`; what is changed in
 * `afterFlush` is written by the next flush.
 */
export interface SessionEvents<S> {
  /**
   * Something is about to be executed: a statement of the program, or one that loads relationships or columns. Handlers may
   * change it, or return a result in its place.
   */
  readonly doOrmExecute: (state: OrmExecuteState<S>) => Replacement;
  /** Before a flush looks for changes; objects may be added, changed and deleted here. */
  readonly beforeFlush: (session: S) => Waits;
  /** Everything is written; `new`, `dirty` and `deleted` still show what was, generated keys are there. */
  readonly afterFlush: (session: S) => Waits;
  /** After a flush, when `new`, `dirty` and `deleted` are empty. */
  readonly afterFlushPostexec: (session: S) => Waits;
  readonly beforeCommit: (session: S) => Waits;
  /** After COMMIT: no SQL in here, the transaction is over. */
  readonly afterCommit: (session: S) => Waits;
  /** After the database's ROLLBACK. */
  readonly afterRollback: (session: S) => Waits;
  /** After any rollback, also that of a savepoint. */
  readonly afterSoftRollback: (session: S, transaction: TransactionEvent) => Waits;
  /** A transaction has begun on a connection. */
  readonly afterBegin: (session: S, transaction: TransactionEvent) => Waits;
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
  doOrmExecute: true,
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

const sessionEventNames: readonly string[] = Object.keys(names);

/** The handlers of a session or of a factory; those of its class, or of its factory, are heard before. */
export function sessionListeners(above: Listeners): Listeners {
  return new Listeners(sessionEventNames, above);
}

const known = new WeakMap<object, Listeners>();

/** The handlers of a class of sessions, and above them those of the class that it extends: `listen(Session, …)` hears all sessions. */
export function sessionClassListeners(model: object): Listeners {
  let listeners = known.get(model);
  if (listeners === undefined) {
    const above: unknown = Object.getPrototypeOf(model);
    const hasMore = typeof above === "function" && LISTENERS in above;
    listeners = new Listeners(sessionEventNames, hasMore ? sessionClassListeners(above) : null);
    known.set(model, listeners);
  }
  return listeners;
}
