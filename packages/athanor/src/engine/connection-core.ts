import { InvalidRequestError, PendingRollbackError } from "../errors/errors.ts";
import { NotSupportedError } from "../errors/statement-errors.ts";
import { settled, type Task } from "../util/task.ts";
import type { HeldLock, LockScope } from "./advisory-lock.ts";
import { checkedOptions, noOptions, type TransactionOptions } from "./connection-options.ts";
import { ConnectionStatements } from "./connection-statements.ts";
import type { TransactionModes, TwoPhase } from "./dialect.ts";
import type { DriverConnection } from "./driver.ts";
import { unwatch } from "./leaks.ts";

/** A savepoint inside a transaction. */
export interface Savepoint {
  readonly name: string;
}

/** A transaction that is led in two phases. */
interface TwoPhaseState {
  readonly xid: string;
  isPrepared: boolean;
}

/**
 * A connection that somebody has checked out: it begins a transaction with the first statement, tells of events, and turns
 * errors of the driver into the library's own. Both faces, and the session, work with it.
 */
export class ConnectionCore extends ConnectionStatements {
  /** It is no longer the pool's. */
  #isDetached = false;
  #twoPhase: TwoPhaseState | null = null;
  /** Counts transactions, so that who began one can tell whether it is still the same. */
  #transaction = 0;
  /** Inside a block that ends the transaction by itself, it must not be ended and begun again. */
  #block: "none" | "open" | "ended" = "none";
  #savepoints: Savepoint[] = [];
  #savepointCount = 0;
  /** Advisory locks that the database does not end by itself. */
  readonly heldLocks = new Set<HeldLock>();

  /** The number of the transaction that is under way, or was the last. */
  get transaction(): number {
    return this.#transaction;
  }
  get inNestedTransaction(): boolean {
    return this.#savepoints.length > 0;
  }

  // ── transactions ───────────────────────────────────────────────────────────
  /** Begins a transaction with these options; with `xid`, one in two phases. */
  *begin(options: TransactionOptions = noOptions, xid: string | null = null): Task<void> {
    const { record } = this;
    if (this.state !== "none") {
      throw new InvalidRequestError(
        "A transaction is under way already: it began with the first statement. Commit or roll it back first, or use beginNested().",
      );
    }
    if (this.#block === "ended") {
      throw new InvalidRequestError(
        "The transaction of this begin() block has ended inside it; nothing more can be executed in the block. " +
          "To commit in steps, take a connection with engine.connect().",
      );
    }
    const { dialect, pool } = this.engine;
    checkedOptions(dialect, options);
    if (record.connection === null) yield* pool.revalidate(record);
    const connection = this.driverConnection;
    const level = options.isolationLevel ?? this.options.isolationLevel ?? null;
    this.level = level ?? this.engine.serverIsolation;
    if (xid === null) {
      const modes = this.#modes(options);
      yield* this.#control("begin", "BEGIN", () => dialect.begin(connection, level, modes));
    } else {
      yield* this.#control("beginTwophase", xid, () => this.twoPhase.begin(connection, xid));
      this.#twoPhase = { xid, isPrepared: false };
    }
    this.state = "open";
    this.#transaction += 1;
  }
  #modes(options: TransactionOptions): TransactionModes | undefined {
    const readOnly = options.readOnly ?? this.options.readOnly ?? false;
    const deferrable = options.deferrable ?? this.options.deferrable ?? false;
    return readOnly || deferrable ? { readOnly, deferrable } : undefined;
  }
  /** Makes sure of a transaction before a statement. */
  protected *enter(): Task<void> {
    if (this.state === "none") yield* this.begin();
    else {
      const { record } = this;
      throw new PendingRollbackError(
        record.connection === null
          ? "The connection was lost in the middle of a transaction, and what was done in it with it. Call rollback() first: then the next statement gets another connection."
          : "The database has ended the transaction by itself after an error, and what was done in it is lost. Call rollback() first.",
      );
    }
  }
  /** From now on a transaction that ends cannot be followed by another, until `leaveBlock`. */
  enterBlock(): void {
    this.#block = "open";
  }
  leaveBlock(): void {
    this.#block = "none";
  }
  *commit(): Task<void> {
    const { record } = this;
    if (this.state === "none") return;
    if (this.state === "lost" || record.connection === null) yield* this.enter();
    const connection = this.driverConnection;
    const pair = this.#twoPhase;
    if (pair === null) yield* this.#control("commit", "COMMIT", () => this.engine.dialect.commit(connection));
    else {
      const { xid, isPrepared } = pair;
      yield* this.#control("commitTwophase", xid, () => this.twoPhase.commit(connection, xid, isPrepared));
    }
    this.#ended();
    if (this.heldLocks.size > 0) yield* this.#unlock("transaction");
  }
  *rollback(): Task<void> {
    const { connection } = this.record;
    if (this.state === "none") return;
    const pair = this.#twoPhase;
    try {
      if (pair === null) {
        yield* this.#control("rollback", "ROLLBACK", () =>
          connection === null ? nothing() : this.engine.dialect.rollback(connection),
        );
      } else {
        const { xid, isPrepared } = pair;
        yield* this.#control("rollbackTwophase", xid, () =>
          connection === null ? nothing() : this.twoPhase.rollback(connection, xid, isPrepared),
        );
      }
    } finally {
      this.#ended();
    }
    if (this.heldLocks.size > 0) yield* this.#unlock("transaction");
  }
  /** Gives back the locks that end now. With a connection they end by themselves. */
  *#unlock(scope: LockScope): Task<void> {
    const { advisoryLocks } = this.engine.dialect;
    for (const held of this.heldLocks) {
      if (held.scope !== scope) continue;
      this.heldLocks.delete(held);
      const { connection } = this.record;
      if (connection !== null) yield* advisoryLocks?.release(connection, held.key, held) ?? nothing();
    }
  }
  #ended(): void {
    this.state = "none";
    this.#twoPhase = null;
    this.#savepoints = [];
    if (this.#block === "open") this.#block = "ended";
  }

  // ── two phases ─────────────────────────────────────────────────────────────
  /** What the database has of them. Throws NotSupportedError where it has nothing. */
  get twoPhase(): TwoPhase {
    const { dialect } = this.engine;
    if (dialect.twoPhase !== undefined) return dialect.twoPhase;
    throw new NotSupportedError(`${dialect.name} has no transactions in two phases. Use begin() and commit().`);
  }
  /** Makes a transaction in two phases ready to be committed, whatever happens to this connection. */
  *prepare(): Task<void> {
    if (this.state === "lost") yield* this.enter();
    const pair = this.#twoPhase;
    if (pair === null || pair.isPrepared) {
      throw new InvalidRequestError(
        "There is nothing to prepare: begin a transaction with beginTwophase(), and prepare it once.",
      );
    }
    const connection = this.driverConnection;
    yield* this.#control("prepareTwophase", pair.xid, () => this.twoPhase.prepare(connection, pair.xid));
    pair.isPrepared = true;
  }
  /** Asks the database something outside of a transaction. */
  *outside<T>(ask: (connection: DriverConnection) => Task<T>): Task<T> {
    const { record } = this;
    if (this.inTransaction) {
      throw new InvalidRequestError("This cannot be done inside a transaction: commit or roll it back first.");
    }
    if (record.connection === null) yield* this.engine.pool.revalidate(record);
    const connection = this.driverConnection;
    try {
      return yield* ask(connection);
    } catch (error) {
      throw this.failure(error, null, null, false);
    }
  }

  *#control(event: string, text: string, work: () => Task<void>): Task<void> {
    const { log, listeners } = this.engine;
    log?.line(text);
    if (listeners.has(event)) listeners.fire(event, { statement: text, parameters: [], batch: false });
    try {
      yield* work();
    } catch (error) {
      throw this.failure(error, text, null, false);
    }
  }

  *savepoint(): Task<Savepoint> {
    if (this.state !== "open") yield* this.enter();
    const connection = this.driverConnection;
    this.#savepointCount += 1;
    const savepoint: Savepoint = { name: `athanor_savepoint_${this.#savepointCount}` };
    const sql = `SAVEPOINT ${savepoint.name}`;
    yield* this.#control("savepoint", sql, () => settled(connection.run(sql)));
    this.#savepoints.push(savepoint);
    return savepoint;
  }
  *releaseSavepoint(savepoint: Savepoint): Task<void> {
    const { record } = this;
    if (!this.#close(savepoint)) return;
    if (this.state !== "open" || record.connection === null) yield* this.enter();
    const connection = this.driverConnection;
    const sql = `RELEASE SAVEPOINT ${savepoint.name}`;
    yield* this.#control("releaseSavepoint", sql, () => settled(connection.run(sql)));
  }
  *rollbackToSavepoint(savepoint: Savepoint): Task<void> {
    const { connection } = this.record;
    if (!this.#close(savepoint) || this.state === "lost" || connection === null) return;
    const sql = `ROLLBACK TO SAVEPOINT ${savepoint.name}`;
    yield* this.#control("rollbackSavepoint", sql, () => settled(connection.run(sql)));
  }
  hasSavepoint(savepoint: Savepoint): boolean {
    return this.#savepoints.includes(savepoint);
  }
  /** Savepoints inside end with it. False when it has ended with an outer one already. */
  #close(savepoint: Savepoint): boolean {
    const index = this.#savepoints.indexOf(savepoint);
    if (index < 0) return false;
    this.#savepoints = this.#savepoints.slice(0, index);
    return true;
  }

  // ── the connection itself ──────────────────────────────────────────────────
  /** Takes the connection out of the pool: it ends when it is closed. */
  *detach(): Task<void> {
    if (this.#isDetached) return;
    const { record } = this;
    unwatch(record);
    if (record.connection === null) yield* this.engine.pool.revalidate(record);
    this.place = yield* this.engine.pool.detach(record);
    this.#isDetached = true;
  }

  /** Rolls back what is under way and gives the connection back to the pool. */
  *close(): Task<void> {
    const record = this.place;
    if (record === null) return;
    const { pool } = this.engine;
    try {
      for (const stream of this.streams) yield* this.closeStream(stream);
      yield* this.rollback();
      if (this.heldLocks.size > 0) yield* this.#unlock("session");
    } catch (error) {
      pool.invalidate(record, { error });
    } finally {
      this.place = null;
      if (this.#isDetached) yield* pool.closeDetached(record);
      else {
        unwatch(record);
        yield* pool.release(record);
      }
    }
  }
}

function* nothing(): Task<void> {}
