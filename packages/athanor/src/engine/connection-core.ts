import { InvalidRequestError, ResourceClosedError } from "../errors/errors.ts";
import { DBAPIError } from "../errors/statement-errors.ts";
import type { PoolRecord } from "../pool/pool.ts";
import { settled, type Task } from "../util/task.ts";
import type { IsolationLevel } from "./dialect.ts";
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
  isolation: IsolationLevel | null = null;
  #record: PoolRecord<DriverConnection> | null;
  #begun = false;
  #savepoints: Savepoint[] = [];
  #savepointCount = 0;

  constructor(engine: EngineCore, record: PoolRecord<DriverConnection>) {
    this.engine = engine;
    this.#record = record;
  }

  get closed(): boolean {
    return this.#record === null;
  }
  /** A transaction is under way. */
  get inTransaction(): boolean {
    return this.#begun;
  }
  get inNestedTransaction(): boolean {
    return this.#savepoints.length > 0;
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
    if (!this.#begun) yield* this.begin();
    const { listeners, log } = this.engine;
    if (log === null && !listeners.has("beforeCursorExecute") && !listeners.has("afterCursorExecute")) {
      try {
        return yield* settled(connection.execute(sql, parameters, options));
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
    if (!this.#begun) yield* this.begin();
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

  *driverStream(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Task<RowStream> {
    const connection = this.driverConnection;
    if (!this.#begun) yield* this.begin();
    return yield* this.#observed(sql, parameters, false, (text, values) => connection.stream(text, values, options));
  }
  *fromStream(stream: RowStream, size: number): Task<unknown[][]> {
    try {
      return yield* settled(stream.next(size));
    } catch (error) {
      throw this.#failure(error, null, null, false);
    }
  }
  *closeStream(stream: RowStream): Task<void> {
    yield* settled(stream.close());
  }

  // ── transactions ───────────────────────────────────────────────────────────
  *begin(): Task<void> {
    const connection = this.driverConnection;
    if (this.#begun) {
      throw new InvalidRequestError(
        "A transaction is under way already: it began with the first statement. Commit or roll it back first, or use beginNested().",
      );
    }
    yield* this.#control("begin", "BEGIN", () => this.engine.dialect.begin(connection, this.isolation));
    this.#begun = true;
  }
  *commit(): Task<void> {
    const connection = this.driverConnection;
    if (!this.#begun) return;
    yield* this.#control("commit", "COMMIT", () => this.engine.dialect.commit(connection));
    this.#ended();
  }
  *rollback(): Task<void> {
    const connection = this.driverConnection;
    if (!this.#begun) return;
    try {
      yield* this.#control("rollback", "ROLLBACK", () => this.engine.dialect.rollback(connection));
    } finally {
      this.#ended();
    }
  }
  #ended(): void {
    this.#begun = false;
    this.#savepoints = [];
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
    if (!this.#begun) yield* this.begin();
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
    const sql = `RELEASE SAVEPOINT ${savepoint.name}`;
    yield* this.#control("releaseSavepoint", sql, () => settled(connection.run(sql)));
  }
  *rollbackToSavepoint(savepoint: Savepoint): Task<void> {
    const connection = this.driverConnection;
    if (!this.#close(savepoint)) return;
    const sql = `ROLLBACK TO SAVEPOINT ${savepoint.name}`;
    yield* this.#control("rollbackSavepoint", sql, () => settled(connection.run(sql)));
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
      yield* this.rollback();
    } catch {
      record.invalid = true;
    } finally {
      this.#record = null;
      yield* this.engine.pool.release(record);
    }
  }
}

function isCursorEvent(value: unknown): value is Partial<CursorEvent> {
  return typeof value === "object" && value !== null && ("statement" in value || "parameters" in value);
}
