import { InvalidRequestError, ResourceClosedError } from "../errors/errors.ts";
import { DBAPIError, NotSupportedError, OperationalError } from "../errors/statement-errors.ts";
import type { PoolRecord } from "../pool/pool-record.ts";
import type { SchemaTranslateMap } from "../sql/compile/schema-translation.ts";
import { type Awaitable, isPromiseLike, runAsync, settled, type Task } from "../util/task.ts";
import { type ConnectionOptions, checkedOptions } from "./connection-options.ts";
import type { IsolationLevel } from "./dialect.ts";
import type { DriverBatchResult, DriverConnection, DriverResult, ExecuteOptions, RowStream } from "./driver.ts";
import type { EngineCore } from "./engine-core.ts";
import { wrapError } from "./errors.ts";
import { type Limits, limited, Stopped } from "./limits.ts";

/** What handlers of `beforeCursorExecute` and `afterCursorExecute` are told. */
export interface CursorEvent {
  /** The SQL that goes to the driver. */
  readonly statement: string;
  /** Its parameters; of a batch, a list of lists. */
  readonly parameters: readonly unknown[];
  readonly batch: boolean;
}

/** Is told of each statement before it is sent, and may refuse it. */
export interface StatementObserver {
  sends(sql: string): void;
}

/** `lost`: the database has ended it by itself, and the program has not been told yet. */
export type TransactionState = "none" | "open" | "lost";

/** What a connection executes: statements with their events, limits and errors, in a transaction that begins with the first. */
export abstract class ConnectionStatements {
  #engine: EngineCore;
  /** The place in the pool; null after the end. */
  protected place: PoolRecord<DriverConnection> | null;
  protected state: TransactionState = "none";
  /** The level of the transaction that is under way. */
  protected level: IsolationLevel;
  protected readonly streams = new Set<RowStream>();
  #options: ConnectionOptions;
  /** What may end the statements that are being executed; null for nothing. */
  #limits: Limits | null = null;
  /** Of the session that has the connection. */
  observer: StatementObserver | null = null;

  constructor(engine: EngineCore, record: PoolRecord<DriverConnection>) {
    this.#engine = engine;
    this.place = record;
    this.#options = engine.executionOptions;
    this.level = engine.defaultIsolation;
  }

  /** Makes sure of a transaction before a statement. */
  protected abstract enter(): Task<void>;

  get engine(): EngineCore {
    return this.#engine;
  }
  get closed(): boolean {
    return this.place === null;
  }
  /** The connection was given up; the next statement, or the next transaction, gets another. */
  get invalidated(): boolean {
    return this.record.connection === null;
  }
  /** A transaction is under way. */
  get inTransaction(): boolean {
    return this.state !== "none";
  }
  /** The level of the transaction that is under way, or of those to come. */
  get isolation(): IsolationLevel {
    if (this.inTransaction) return this.level;
    return this.#options.isolationLevel ?? this.engine.defaultIsolation;
  }
  get options(): ConnectionOptions {
    return this.#options;
  }
  /** Adds options; those of transactions hold for the transactions to come. */
  setOptions(options: ConnectionOptions): void {
    const { isolationLevel, readOnly, deferrable } = options;
    if (this.inTransaction && (isolationLevel ?? readOnly ?? deferrable) !== undefined) {
      throw new InvalidRequestError(
        "The isolation level and the mode cannot change inside a transaction: set them before the first statement, or after commit() or rollback().",
      );
    }
    this.#options = { ...this.#options, ...checkedOptions(this.engine.dialect, options) };
    if (options.schemaTranslateMap !== undefined) this.#engine = this.#engine.withSchemas(options.schemaTranslateMap);
  }
  /** The place in the pool. Throws ResourceClosedError after `close`. */
  get record(): PoolRecord<DriverConnection> {
    if (this.place === null) {
      throw new ResourceClosedError("This connection is closed. Take another one with engine.connect().");
    }
    return this.place;
  }
  /** The driver's connection. Throws ResourceClosedError after `close`, InvalidRequestError after `invalidate`. */
  get driverConnection(): DriverConnection {
    const { connection } = this.record;
    if (connection !== null) return connection;
    throw new InvalidRequestError("This connection was invalidated: the next statement gets another one.");
  }

  /**
   * Gives the driver's connection up. A transaction that is under way is lost, and has to be rolled back before the next
   * statement gets another connection.
   */
  invalidate(options: { readonly error?: unknown; readonly soft?: boolean } = {}): void {
    const { record } = this;
    this.engine.pool.invalidate(record, options);
    if (this.state === "open" && record.connection === null) this.state = "lost";
  }

  /** Executes something with other schemas than the connection's. */
  *inSchemas<T>(map: SchemaTranslateMap | undefined, work: Task<T>): Task<T> {
    const around = this.#engine;
    if (map !== undefined && map !== around.executionOptions.schemaTranslateMap) this.#engine = around.withSchemas(map);
    try {
      return yield* work;
    } finally {
      this.#engine = around;
    }
  }

  // ── statements ─────────────────────────────────────────────────────────────
  #translated(sql: string): string {
    const { translation } = this.#engine;
    return translation === null ? sql : translation.translate(sql);
  }

  *driverExecute(text: string, parameters: readonly unknown[], options: ExecuteOptions): Task<DriverResult> {
    const sql = this.#translated(text);
    if (this.state !== "open") yield* this.enter();
    const connection = this.driverConnection;
    const { listeners, log } = this.engine;
    if (
      log === null &&
      this.#limits === null &&
      this.observer === null &&
      !listeners.has("beforeCursorExecute") &&
      !listeners.has("afterCursorExecute")
    ) {
      try {
        const result = connection.execute(sql, parameters, options);
        // As `settled` does, without a generator of its own: this is where every statement passes.
        return isPromiseLike(result) ? ((yield result) as DriverResult) : result;
      } catch (error) {
        throw this.failure(error, sql, parameters, false);
      }
    }
    return yield* this.#observed(sql, parameters, false, (text, values) => connection.execute(text, values, options));
  }

  *driverExecuteMany(
    text: string,
    parameterSets: readonly (readonly unknown[])[],
    options: ExecuteOptions,
  ): Task<DriverBatchResult> {
    const sql = this.#translated(text);
    if (this.state !== "open") yield* this.enter();
    const connection = this.driverConnection;
    return yield* this.#observed(sql, parameterSets, true, (text, sets) =>
      connection.executeMany(text, sets as readonly (readonly unknown[])[], options),
    );
  }

  /** Executes with events, log and errors. */
  *#observed<T>(
    sql: string,
    parameters: readonly unknown[],
    batch: boolean,
    execute: (sql: string, parameters: readonly unknown[]) => Awaitable<T>,
  ): Task<T> {
    this.observer?.sends(sql);
    const event = this.#before({ statement: sql, parameters, batch });
    const { listeners, log } = this.engine;
    const start = log === null ? 0 : performance.now();
    try {
      const result = yield* this.#withinLimits(() => execute(event.statement, event.parameters));
      log?.statement(event.statement, event.parameters, batch, performance.now() - start);
      if (listeners.has("afterCursorExecute")) listeners.fire("afterCursorExecute", event);
      return result;
    } catch (error) {
      log?.statement(event.statement, event.parameters, batch, performance.now() - start);
      throw this.failure(error, event.statement, event.parameters, batch);
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

  /** Executes a task whose statements end when the limits say so. */
  *limitedTo<T>({ signal, timeout }: Limits, task: Task<T>): Task<T> {
    if (signal === undefined && timeout === undefined) return yield* task;
    signal?.throwIfAborted();
    const before = this.#limits;
    this.#limits = { ...(signal && { signal }), ...(timeout !== undefined && { timeout }) };
    try {
      return yield* task;
    } finally {
      this.#limits = before;
    }
  }

  *#withinLimits<T>(work: () => Awaitable<T>): Task<T> {
    const limits = this.#limits;
    if (limits === null) return yield* settled(work());
    const record = this.record;
    const connection = this.driverConnection;
    if (connection.cancel === undefined && limits.timeout !== undefined) {
      throw new NotSupportedError(
        `The driver of ${this.engine.url.drivername} cannot stop a statement, so that there is no timeout. Leave it out.`,
      );
    }
    limits.signal?.throwIfAborted();
    const answer = work();
    if (!isPromiseLike(answer)) return answer;
    const { dialect, pool } = this.engine;
    const stopping = limited(answer, limits, {
      cancel: () => connection.cancel?.(),
      giveUp: () => pool.invalidate(record),
      settle: () => runAsync(dialect.ping(connection)).catch(ignore),
    });
    return (yield stopping) as T;
  }

  protected failure(
    error: unknown,
    sql: string | null,
    parameters: readonly unknown[] | null,
    batch: boolean,
  ): unknown {
    if (error instanceof Stopped) return this.#stopped(error, sql, parameters, batch);
    const { dialect, options, listeners, pool } = this.engine;
    const wrapped = wrapError(error, dialect, sql, parameters, options.hideParameters ?? false, batch);
    // Some errors (a full disk, RAISE(ROLLBACK)) end the transaction, and statements after it would be committed one by one.
    const mayBeLost = this.state === "open" && this.level !== "AUTOCOMMIT" && wrapped !== error;
    if (mayBeLost && !this.#inDriverTransaction()) this.state = "lost";
    if (wrapped instanceof DBAPIError && wrapped.connectionInvalidated && this.place !== null) {
      this.invalidate({ error: wrapped });
      pool.invalidateAll();
    }
    if (!listeners.has("handleError")) return wrapped;
    const replacement = listeners
      .fire("handleError", { error: wrapped, original: error })
      .find((each) => each instanceof Error);
    return replacement ?? wrapped;
  }

  #stopped(
    { reason }: Stopped,
    statement: string | null,
    parameters: readonly unknown[] | null,
    batch: boolean,
  ): unknown {
    const isInvalid = this.invalidated;
    if (isInvalid && this.state === "open") this.state = "lost";
    if (reason !== null) return reason;
    const { hideParameters = false } = this.engine.options;
    return new OperationalError(
      `The statement took longer than its timeout of ${this.#limits?.timeout} ms, and was stopped.`,
      {
        code: "statement-timeout",
        statement,
        parameters,
        hideParameters,
        batch,
        connectionInvalidated: isInvalid,
      },
    );
  }

  #inDriverTransaction(): boolean {
    try {
      return this.place?.connection?.inTransaction ?? false;
    } catch {
      return false;
    }
  }

  /** Looks something up in the database on the way to a statement: what fails is reported as the library's errors are. */
  *lookUp<T>(look: (connection: DriverConnection) => Task<T>, statement: string | null = null): Task<T> {
    if (this.state !== "open") yield* this.enter();
    const connection = this.driverConnection;
    try {
      return yield* look(connection);
    } catch (error) {
      throw this.failure(error, statement, null, false);
    }
  }

  /** What an error of the driver's is to those who use the library. */
  failed(error: unknown, statement: string | null): unknown {
    return this.failure(error, statement, null, false);
  }

  *driverStream(text: string, parameters: readonly unknown[], options: ExecuteOptions): Task<RowStream> {
    const sql = this.#translated(text);
    if (this.state !== "open") yield* this.enter();
    const connection = this.driverConnection;
    const open = (text: string, values: readonly unknown[]) => connection.stream(text, values, options);
    const stream = yield* this.#observed(sql, parameters, false, open);
    this.streams.add(stream);
    return stream;
  }
  *fromStream(stream: RowStream, size: number): Task<unknown[][]> {
    try {
      return yield* this.#withinLimits(() => stream.next(size));
    } catch (error) {
      throw this.failure(error, null, null, false);
    }
  }
  *closeStream(stream: RowStream): Task<void> {
    if (!this.streams.delete(stream)) return;
    yield* settled(stream.close());
  }
}

function ignore(): void {}

function isCursorEvent(value: unknown): value is Partial<CursorEvent> {
  return typeof value === "object" && value !== null && ("statement" in value || "parameters" in value);
}
