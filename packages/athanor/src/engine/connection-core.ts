import { ArgumentError, InvalidRequestError, PendingRollbackError, ResourceClosedError } from "../errors/errors.ts";
import { DBAPIError } from "../errors/statement-errors.ts";
import type { PoolRecord } from "../pool/pool.ts";
import { isPromiseLike, settled, type Task } from "../util/task.ts";
import type { Dialect, IsolationLevel } from "./dialect.ts";
import type { DriverBatchResult, DriverConnection, DriverResult, ExecuteOptions, RowStream } from "./driver.ts";
import type { EngineCore } from "./engine-core.ts";
import { wrapError } from "./errors.ts";

/** What handlers of `beforeCursorExecute` and `afterCursorExecute` are told. */
export interface CursorEvent {
  /** The SQL that goes to the driver. */
  readonly statement: string;
  /** Its parameters; of a batch, a list of lists. */
  readonly parameters: readonly unknown[];
  readonly batch: boolean;
}

/** `lost`: the database has ended it by itself, and the program has not been told yet. */
type TransactionState = "none" | "open" | "lost";

/** A savepoint inside a transaction. */
export interface Savepoint {
  readonly name: string;
}

/**
 * A connection that somebody has checked out: it begins a transaction with the first statement, tells of events, and turns
 * errors of the driver into the library's own. Both faces, and the session, work with it.
 */
export class ConnectionCore {
  readonly engine: EngineCore;
  #record: PoolRecord<DriverConnection> | null;
  #isolation: IsolationLevel;
  #state: TransactionState = "none";
  /** Counts transactions, so that who began one can tell whether it is still the same. */
  #transaction = 0;
  /** Inside a block that ends the transaction by itself, it must not be ended and begun again. */
  #block: "none" | "open" | "ended" = "none";
  #savepoints: Savepoint[] = [];
  #savepointCount = 0;
  readonly #streams = new Set<RowStream>();

  constructor(engine: EngineCore, record: PoolRecord<DriverConnection>) {
    this.engine = engine;
    this.#record = record;
    this.#isolation = engine.defaultIsolation;
  }

  get closed(): boolean {
    return this.#record === null;
  }
  /** A transaction is under way. */
  get inTransaction(): boolean {
    return this.#state !== "none";
  }
  /** The number of the transaction that is under way, or was the last. */
  get transaction(): number {
    return this.#transaction;
  }
  get inNestedTransaction(): boolean {
    return this.#savepoints.length > 0;
  }
  get isolation(): IsolationLevel {
    return this.#isolation;
  }
  /** For the transactions to come on this connection. */
  set isolation(level: IsolationLevel) {
    if (this.inTransaction) {
      throw new InvalidRequestError(
        "The isolation level cannot change inside a transaction: set it before the first statement, or after commit() or rollback().",
      );
    }
    this.#isolation = checkedIsolation(this.engine.dialect, level);
  }
  /** The driver's connection. Throws ResourceClosedError after `close`. */
  get driverConnection(): DriverConnection {
    if (this.#record === null) {
      throw new ResourceClosedError("This connection is closed. Take another one with engine.connect().");
    }
    return this.#record.connection;
  }

  // ── statements ─────────────────────────────────────────────────────────────
  *driverExecute(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Task<DriverResult> {
    const connection = this.driverConnection;
    if (this.#state !== "open") yield* this.#enter();
    const { listeners, log } = this.engine;
    if (log === null && !listeners.has("beforeCursorExecute") && !listeners.has("afterCursorExecute")) {
      try {
        const result = connection.execute(sql, parameters, options);
        // As `settled` does, without a generator of its own: this is where every statement passes.
        return isPromiseLike(result) ? ((yield result) as DriverResult) : result;
      } catch (error) {
        throw this.#failure(error, sql, parameters, false);
      }
    }
    return yield* this.#observed(sql, parameters, false, (text, values) => connection.execute(text, values, options));
  }

  *driverExecuteMany(
    sql: string,
    parameterSets: readonly (readonly unknown[])[],
    options: ExecuteOptions,
  ): Task<DriverBatchResult> {
    const connection = this.driverConnection;
    if (this.#state !== "open") yield* this.#enter();
    return yield* this.#observed(sql, parameterSets, true, (text, sets) =>
      connection.executeMany(text, sets as readonly (readonly unknown[])[], options),
    );
  }

  /** Executes with events, log and errors. */
  *#observed<T>(
    sql: string,
    parameters: readonly unknown[],
    batch: boolean,
    execute: (sql: string, parameters: readonly unknown[]) => T | PromiseLike<T>,
  ): Task<T> {
    const event = this.#before({ statement: sql, parameters, batch });
    const { listeners, log } = this.engine;
    const start = log === null ? 0 : performance.now();
    try {
      const result = yield* settled(execute(event.statement, event.parameters));
      log?.statement(event.statement, event.parameters, batch, performance.now() - start);
      if (listeners.has("afterCursorExecute")) listeners.fire("afterCursorExecute", event);
      return result;
    } catch (error) {
      log?.statement(event.statement, event.parameters, batch, performance.now() - start);
      throw this.#failure(error, event.statement, event.parameters, batch);
    }
  }

  /** Handlers may return another text and other parameters. */
  #before(event: CursorEvent): CursorEvent {
    const { listeners } = this.engine;
    if (!listeners.has("beforeCursorExecute")) return event;
    let current = event;
    for (const answer of listeners.fire("beforeCursorExecute", event)) {
      if (isCursorEvent(answer)) current = { ...current, ...answer };
    }
    return current;
  }

  #failure(error: unknown, sql: string | null, parameters: readonly unknown[] | null, batch: boolean): unknown {
    const { dialect, options, listeners, pool } = this.engine;
    // Some errors (a full disk, RAISE(ROLLBACK)) end the transaction, and statements after it would be committed one by one.
    const isLost = this.#state === "open" && this.#isolation !== "AUTOCOMMIT" && !this.#inDriverTransaction();
    if (isLost) this.#state = "lost";
    const wrapped = wrapError(error, dialect, sql, parameters, options.hideParameters ?? false, batch);
    if (wrapped instanceof DBAPIError && wrapped.connectionInvalidated && this.#record !== null) {
      pool.invalidate(this.#record);
      pool.invalidateAll();
    }
    if (!listeners.has("handleError")) return wrapped;
    const replacement = listeners
      .fire("handleError", { error: wrapped, original: error })
      .find((each) => each instanceof Error);
    return replacement ?? wrapped;
  }

  #inDriverTransaction(): boolean {
    try {
      return this.#record?.connection.inTransaction ?? false;
    } catch {
      return false;
    }
  }

  /** Looks something up in the database on the way to a statement: what fails is reported as the library's errors are. */
  *lookUp<T>(look: (connection: DriverConnection) => Task<T>): Task<T> {
    const connection = this.driverConnection;
    if (this.#state !== "open") yield* this.#enter();
    try {
      return yield* look(connection);
    } catch (error) {
      throw this.#failure(error, null, null, false);
    }
  }

  *driverStream(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Task<RowStream> {
    const connection = this.driverConnection;
    if (this.#state !== "open") yield* this.#enter();
    const open = (text: string, values: readonly unknown[]) => connection.stream(text, values, options);
    const stream = yield* this.#observed(sql, parameters, false, open);
    this.#streams.add(stream);
    return stream;
  }
  *fromStream(stream: RowStream, size: number): Task<unknown[][]> {
    try {
      return yield* settled(stream.next(size));
    } catch (error) {
      throw this.#failure(error, null, null, false);
    }
  }
  *closeStream(stream: RowStream): Task<void> {
    if (!this.#streams.delete(stream)) return;
    yield* settled(stream.close());
  }

  // ── transactions ───────────────────────────────────────────────────────────
  *begin(): Task<void> {
    const connection = this.driverConnection;
    if (this.#state !== "none") {
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
    yield* this.#control("begin", "BEGIN", () => this.engine.dialect.begin(connection, this.#isolation));
    this.#state = "open";
    this.#transaction += 1;
  }
  /** Makes sure of a transaction before a statement. */
  *#enter(): Task<void> {
    if (this.#state === "none") yield* this.begin();
    else {
      throw new PendingRollbackError(
        "The database has ended the transaction by itself after an error, and what was done in it is lost. Call rollback() first.",
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
    const connection = this.driverConnection;
    if (this.#state === "none") return;
    if (this.#state === "lost") yield* this.#enter();
    yield* this.#control("commit", "COMMIT", () => this.engine.dialect.commit(connection));
    this.#ended();
  }
  *rollback(): Task<void> {
    const connection = this.driverConnection;
    if (this.#state === "none") return;
    try {
      yield* this.#control("rollback", "ROLLBACK", () => this.engine.dialect.rollback(connection));
    } finally {
      this.#ended();
    }
  }
  #ended(): void {
    this.#state = "none";
    this.#savepoints = [];
    if (this.#block === "open") this.#block = "ended";
  }

  *#control(event: string, text: string, work: () => Task<void>): Task<void> {
    const { log, listeners } = this.engine;
    log?.line(text);
    if (listeners.has(event)) listeners.fire(event, { statement: text, parameters: [], batch: false });
    try {
      yield* work();
    } catch (error) {
      throw this.#failure(error, text, null, false);
    }
  }

  *savepoint(): Task<Savepoint> {
    const connection = this.driverConnection;
    if (this.#state !== "open") yield* this.#enter();
    this.#savepointCount += 1;
    const savepoint: Savepoint = { name: `athanor_savepoint_${this.#savepointCount}` };
    const sql = `SAVEPOINT ${savepoint.name}`;
    yield* this.#control("savepoint", sql, () => settled(connection.run(sql)));
    this.#savepoints.push(savepoint);
    return savepoint;
  }
  *releaseSavepoint(savepoint: Savepoint): Task<void> {
    const connection = this.driverConnection;
    if (!this.#close(savepoint)) return;
    if (this.#state !== "open") yield* this.#enter();
    const sql = `RELEASE SAVEPOINT ${savepoint.name}`;
    yield* this.#control("releaseSavepoint", sql, () => settled(connection.run(sql)));
  }
  *rollbackToSavepoint(savepoint: Savepoint): Task<void> {
    const connection = this.driverConnection;
    if (!this.#close(savepoint) || this.#state === "lost") return;
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

  // ── the end ────────────────────────────────────────────────────────────────
  /** Rolls back what is under way and gives the connection back to the pool. */
  *close(): Task<void> {
    const record = this.#record;
    if (record === null) return;
    try {
      for (const stream of this.#streams) yield* this.closeStream(stream);
      yield* this.rollback();
    } catch {
      record.invalid = true;
    } finally {
      this.#record = null;
      yield* this.engine.pool.release(record);
    }
  }
}

/** Refuses levels that the database does not have. */
export function checkedIsolation({ name, isolationLevels }: Dialect, level: IsolationLevel): IsolationLevel {
  if (isolationLevels.includes(level)) return level;
  throw new ArgumentError(
    `${name} has no isolation level ${JSON.stringify(level)}. It has: ${isolationLevels.join(", ")}.`,
  );
}

function isCursorEvent(value: unknown): value is Partial<CursorEvent> {
  return typeof value === "object" && value !== null && ("statement" in value || "parameters" in value);
}
