import type { ConnectionCore } from "../../engine/connection-core.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import type { Listeners } from "../../events/listeners.ts";
import type { ExecutionOptions } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import type { IdentityToken, InstanceState } from "../instrumentation/instance-state.ts";
import { StatementGuard } from "./guard/statement-guard.ts";
import { isInDoubt, type Route, SessionConnections } from "./session-connections.ts";
import type { SessionEventName } from "./session-events.ts";
import type { RouteRequest, SessionBinding, SessionHost } from "./session-host.ts";
import type { SessionSettings } from "./session-options.ts";
import { SessionTransaction } from "./session-transaction.ts";

/** Whatever a program may do with a connection. */
const anything: RouteRequest = { mapper: null, table: null, purpose: "write" };

const none: Readonly<Record<string, unknown>> = {};

/** The transactions and savepoints of a session, and its connections; of its objects it knows nothing. */
export abstract class SessionTransactions {
  readonly face: object;
  readonly settings: SessionSettings;
  readonly synchronous: boolean;
  readonly listeners: Listeners;
  /** Counts what is sent; null where that is not wanted. */
  readonly guard: StatementGuard | null;
  /** What the router is told of the statement that is being executed. */
  bindArguments: Readonly<Record<string, unknown>> = none;
  readonly #binding: SessionBinding;
  readonly #connections: SessionConnections;
  #transaction: SessionTransaction | null = null;
  #closed = false;

  constructor(host: SessionHost) {
    this.face = host.face;
    this.settings = host.settings;
    this.synchronous = host.synchronous;
    this.listeners = host.listeners;
    this.#binding = host.binding;
    const { guard } = host.settings;
    this.guard = guard === null ? null : new StatementGuard(host.face, guard);
    this.#connections = new SessionConnections(host.settings, this.guard);
  }

  /** The database that is being worked in, where rows are spread over several. */
  abstract readonly identityToken: IdentityToken | null;
  /** Writes what has changed. Tells whether there was anything. */
  abstract flush(): Task<boolean>;
  /** Objects whose rows differ from what they say. */
  abstract changedStates(): readonly InstanceState[];
  /** Lets go of all objects. */
  abstract expungeAll(): void;
  /** A transaction has been committed: tells its objects. */
  protected abstract settleCommitted(transaction: SessionTransaction): void;
  /** A transaction has been rolled back: gives its objects back what they were. */
  protected abstract restore(transaction: SessionTransaction, keepsValues: boolean): void;

  /** Those of its engine, and over them its own. Where a router chooses the engine, that comes too late for the engine's. */
  get executionOptions(): ExecutionOptions {
    const binding = this.#binding;
    const { executionOptions: own } = this.settings;
    return typeof binding === "function" ? own : { ...binding.binds[0]?.engine.executionOptions, ...own };
  }
  get closed(): boolean {
    return this.#closed;
  }
  /** The transaction or savepoint that is under way. */
  get transaction(): SessionTransaction | null {
    return this.#transaction;
  }

  /** Something that the program asks for, here and now. */
  called<T>(task: () => Task<T>): () => Task<T> {
    return this.guard === null ? task : this.guard.called(task);
  }

  // ── events ─────────────────────────────────────────────────────────────────
  fire(event: SessionEventName, about?: unknown): void {
    if (!this.listeners.has(event)) return;
    if (about === undefined) this.listeners.fire(event, this.face);
    else this.listeners.fire(event, this.face, about);
  }
  /** The same for events whose handlers may take their time: one after the other. */
  *announce(event: SessionEventName, ...about: readonly unknown[]): Task<void> {
    if (!this.listeners.has(event)) return;
    for (const handler of this.listeners.take(event)) {
      yield* this.waitFor(event, () => Reflect.apply(handler, undefined, [this.face, ...about]));
    }
  }
  /** Calls a handler that may use the session, and waits for it. */
  abstract waitFor(event: string, handler: () => unknown): Task<unknown>;

  /** The transaction that is under way; one begins where there is none. Refuses after a failed flush. */
  activeTransaction(): SessionTransaction {
    this.assertOpen();
    const transaction = this.#transaction;
    if (transaction === null) return this.#autobegin();
    transaction.assertUsable();
    return transaction;
  }
  #autobegin(): SessionTransaction {
    if (this.settings.autobegin) return this.beginTransaction();
    throw new InvalidRequestError(
      "This session does not begin by itself (autobegin: false): call begin() before it is used, or work inside begin(work).",
      { code: "autobegin-disabled" },
    );
  }
  /** `byProgram`: with `begin()`, and not by the first use. */
  beginTransaction(byProgram = false): SessionTransaction {
    this.assertOpen();
    const transaction = new SessionTransaction(null, byProgram);
    this.#transaction = transaction;
    this.guard?.begin();
    this.fire("afterTransactionCreate", { nested: false });
    return transaction;
  }

  /** The connection of the transaction for what is asked; taken with the first statement. */
  *connection(request: RouteRequest = anything): Task<ConnectionCore> {
    const transaction = this.activeTransaction();
    if (request.purpose === "write") transaction.use();
    const route = this.#routeFor(request, transaction);
    const current = this.#connections.current(route);
    if (current !== null) return current;
    const connection = yield* this.#connections.open(route, transaction);
    yield* this.announce("afterBegin", { nested: false });
    return connection;
  }
  #routeFor(request: RouteRequest, { inUse }: SessionTransaction): Route {
    const binding = this.#binding;
    if (typeof binding !== "function") return binding;
    const { identityToken, bindArguments } = this;
    return binding({ ...request, inTransaction: inUse, identityToken, bindArguments });
  }
  /** The connection where there is one database only, and it is open already; null otherwise. */
  get openConnection(): ConnectionCore | null {
    this.activeTransaction();
    const binding = this.#binding;
    return typeof binding === "function" ? null : this.#connections.current(binding);
  }

  *commit(): Task<void> {
    const transaction = yield* this.#ready(this.settings.twophase);
    let doubt: unknown = null;
    try {
      yield* transaction.prepared ? this.#connections.commitPrepared() : this.#connections.commit();
    } catch (error) {
      if (!isInDoubt(error)) {
        yield* this.abandon(transaction, error);
        throw error;
      }
      doubt = error;
    }
    transaction.committed = true;
    try {
      yield* this.announce("afterCommit");
    } finally {
      this.#transaction = null;
    }
    this.settleCommitted(transaction);
    this.fire("afterTransactionEnd", { nested: false });
    if (doubt !== null) throw doubt;
  }
  /** Everything is written, savepoints are over, and where there are two phases, the first. */
  *#ready(prepares: boolean): Task<SessionTransaction> {
    if (this.#transaction?.prepared === true) return this.#transaction;
    this.activeTransaction();
    while (this.#transaction?.nested === true) yield* this.releaseNested(this.#transaction);
    yield* this.announce("beforeCommit");
    yield* this.#flushAll();
    const transaction = this.activeTransaction();
    if (!prepares) return transaction;
    try {
      yield* this.#connections.prepare();
    } catch (error) {
      yield* this.abandon(transaction, error);
      throw error;
    }
    transaction.prepared = true;
    return transaction;
  }
  /** The first phase: everything is written, and every database has said that it can commit. */
  *prepare(): Task<void> {
    if (!this.settings.twophase) {
      throw new InvalidRequestError("prepare() is for sessions in two phases: make this one with { twophase: true }.");
    }
    yield* this.#ready(true);
  }

  /** Handlers of `afterFlush` may change objects; what they do is written, too. */
  *#flushAll(): Task<void> {
    for (let round = 0; round < 100; round += 1) {
      if (!(yield* this.flush())) return;
      if (!this.listeners.has("afterFlush") && !this.listeners.has("afterFlushPostexec")) return;
    }
    throw new InvalidRequestError(
      "A hundred flushes have not come to an end: does a handler of afterFlush change objects every time?",
      { code: "endless-flush" },
    );
  }

  /**
   * Ends the transaction and all savepoints in it; also after a failed flush.
   *
   * @param keepsValues objects keep what they hold, because the session lets go of them
   */
  *rollback(keepsValues = false): Task<void> {
    this.assertOpen();
    while (this.#transaction?.nested === true) yield* this.rollbackNested(this.#transaction);
    // Objects may have been changed since the last transaction ended: that belongs to the next one.
    const isIdle = this.#transaction === null && (keepsValues || this.changedStates().length === 0);
    const transaction = isIdle ? null : (this.#transaction ?? this.beginTransaction());
    if (transaction === null) return;
    const wasOpen = this.#connections.isOpen;
    try {
      yield* this.#connections.rollback();
    } finally {
      this.#transaction = null;
      if (!transaction.failed) this.restore(transaction, keepsValues);
    }
    if (wasOpen) yield* this.announce("afterRollback");
    this.fire("afterTransactionEnd", { nested: false });
    yield* this.announce("afterSoftRollback", { nested: false });
  }

  *beginNested(): Task<SessionTransaction> {
    const parent = this.activeTransaction();
    yield* this.flush();
    if (typeof this.#binding !== "function") yield* this.connection();
    const transaction = new SessionTransaction(parent);
    yield* this.#connections.savepoint(transaction);
    this.#transaction = transaction;
    this.fire("afterTransactionCreate", { nested: true });
    return transaction;
  }

  /** Keeps what a savepoint and those inside it have done. */
  *releaseNested(transaction: SessionTransaction): Task<void> {
    if (!this.isUnderWay(transaction)) return;
    while (this.#transaction !== transaction && this.#transaction !== null)
      yield* this.releaseNested(this.#transaction);
    this.activeTransaction();
    yield* this.announce("beforeCommit");
    yield* this.#flushAll();
    const { parent } = transaction;
    yield* this.#connections.releaseSavepoint(transaction);
    if (parent !== null) transaction.mergeInto(parent);
    this.#transaction = parent;
    this.fire("afterTransactionEnd", { nested: true });
  }

  /** Undoes what a savepoint and those inside it have done; the transaction around it goes on. */
  *rollbackNested(transaction: SessionTransaction): Task<void> {
    if (!this.isUnderWay(transaction)) return;
    while (this.#transaction !== transaction && this.#transaction !== null)
      yield* this.rollbackNested(this.#transaction);
    try {
      if (!transaction.failed) yield* this.#connections.rollbackSavepoint(transaction);
    } finally {
      this.#transaction = transaction.parent;
      if (!transaction.failed) this.restore(transaction, false);
    }
    this.fire("afterTransactionEnd", { nested: true });
    yield* this.announce("afterSoftRollback", { nested: true });
  }
  isUnderWay(transaction: SessionTransaction): boolean {
    for (let each = this.#transaction; each !== null; each = each.parent) if (each === transaction) return true;
    return false;
  }

  /** A flush or a commit has failed: its transaction is rolled back at once, and waits for `rollback()`. */
  protected *abandon(transaction: SessionTransaction, error: unknown): Task<void> {
    try {
      if (transaction.nested) yield* this.#connections.rollbackSavepoint(transaction);
      else yield* this.#connections.rollback();
    } catch {
      // The error that led here says more.
    }
    this.restore(transaction, false);
    transaction.failure = error;
    if (!transaction.nested) yield* this.announce("afterRollback");
    yield* this.announce("afterSoftRollback", { nested: transaction.nested });
  }

  /** Rolls back, and lets go of all objects. The session may be used again. */
  *reset(): Task<void> {
    try {
      yield* this.rollback(true);
    } finally {
      this.expungeAll();
    }
  }
  /** The same for good, unless it is to reset only: every later use is refused. */
  *close(): Task<void> {
    if (this.#closed) return;
    try {
      yield* this.reset();
    } finally {
      this.#closed = !this.settings.closeResetsOnly;
    }
  }
  /** Closes, and gives up connections that are open. */
  *invalidate(): Task<void> {
    this.#connections.invalidate();
    yield* this.close();
  }
  assertOpen(): void {
    if (this.#closed) {
      throw new InvalidRequestError(
        "This session is closed. Make a new one, or do what is to be done before its block ends.",
        { code: "session-closed" },
      );
    }
  }
}
