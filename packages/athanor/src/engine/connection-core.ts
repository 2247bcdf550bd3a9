import { InvalidRequestError, PendingRollbackError, ResourceClosedError } from "../errors/errors.ts";
import { DBAPIError, NotSupportedError, OperationalError } from "../errors/statement-errors.ts";
import type { PoolRecord } from "../pool/pool-record.ts";
import type { SchemaTranslateMap } from "../sql/compile/schema-translation.ts";
import { type Awaitable, isPromiseLike, runAsync, settled, type Task } from "../util/task.ts";
import type { HeldLock, LockScope } from "./advisory-lock.ts";
import { type ConnectionOptions, checkedOptions, noOptions, type TransactionOptions } from "./connection-options.ts";
import type { IsolationLevel, TransactionModes, TwoPhase } from "./dialect.ts";
import type { DriverBatchResult, DriverConnection, DriverResult, ExecuteOptions, RowStream } from "./driver.ts";
import type { EngineCore } from "./engine-core.ts";
import { wrapError } from "./errors.ts";
import { unwatch } from "./leaks.ts";
import { type Limits, limited, Stopped } from "./limits.ts";

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

/** A transaction that is led in two phases. */
interface TwoPhaseState {
  readonly xid: string;
  isPrepared: boolean;
}

/**
 * A connection that somebody has checked out: it begins a transaction with the first statement, tells of events, and turns
 * errors of the driver into the library's own. Both faces, and the session, work with it.
 */
export class ConnectionCore {
  #engine: EngineCore;
  #record: PoolRecord<DriverConnection> | null;
  /** It is no longer the pool's. */
  #isDetached = false;
  #options: ConnectionOptions;
  #state: TransactionState = "none";
  /** The level of the transaction that is under way. */
  #isolation: IsolationLevel;
  #twoPhase: TwoPhaseState | null = null;
  /** Counts transactions, so that who began one can tell whether it is still the same. */
  #transaction = 0;
  /** Inside a block that ends the transaction by itself, it must not be ended and begun again. */
  #block: "none" | "open" | "ended" = "none";
  #savepoints: Savepoint[] = [];
  #savepointCount = 0;
  /** What may end the statements that are being executed; null for nothing. */
  #limits: Limits | null = null;
  readonly #streams = new Set<RowStream>();
  /** Advisory locks that the database does not end by itself. */
  readonly heldLocks = new Set<HeldLock>();

  constructor(engine: EngineCore, record: PoolRecord<DriverConnection>) {
    this.#engine = engine;
    this.#record = record;
    this.#options = engine.executionOptions;
    this.#isolation = engine.defaultIsolation;
  }

  get engine(): EngineCore {
    return this.#engine;
  }
  get closed(): boolean {
    return this.#record === null;
  }
  /** The connection was given up; the next statement, or the next transaction, gets another. */
  get invalidated(): boolean {
    return this.record.connection === null;
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
  /** The level of the transaction that is under way, or of those to come. */
  get isolation(): IsolationLevel {
    if (this.inTransaction) return this.#isolation;
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
    if (this.#record === null) {
      throw new ResourceClosedError("This connection is closed. Take another one with engine.connect().");
    }
    return this.#record;
  }
  /** The driver's connection. Throws ResourceClosedError after `close`, InvalidRequestError after `invalidate`. */
  get driverConnection(): DriverConnection {
    const { connection } = this.record;
    if (connection !== null) return connection;
    throw new InvalidRequestError("This connection was invalidated: the next statement gets another one.");
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
    if (this.#state !== "open") yield* this.#enter();
    const connection = this.driverConnection;
    const { listeners, log } = this.engine;
    if (
      log === null &&
      this.#limits === null &&
      !listeners.has("beforeCursorExecute") &&
      !listeners.has("afterCursorExecute")
    ) {
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
    text: string,
    parameterSets: readonly (readonly unknown[])[],
    options: ExecuteOptions,
  ): Task<DriverBatchResult> {
    const sql = this.#translated(text);
    if (this.#state !== "open") yield* this.#enter();
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

  #failure(error: unknown, sql: string | null, parameters: readonly unknown[] | null, batch: boolean): unknown {
    if (error instanceof Stopped) return this.#stopped(error, sql, parameters, batch);
    const { dialect, options, listeners, pool } = this.engine;
    // Some errors (a full disk, RAISE(ROLLBACK)) end the transaction, and statements after it would be committed one by one.
    const isLost = this.#state === "open" && this.#isolation !== "AUTOCOMMIT" && !this.#inDriverTransaction();
    if (isLost) this.#state = "lost";
    const wrapped = wrapError(error, dialect, sql, parameters, options.hideParameters ?? false, batch);
    if (wrapped instanceof DBAPIError && wrapped.connectionInvalidated && this.#record !== null) {
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
    if (isInvalid && this.#state === "open") this.#state = "lost";
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
      return this.#record?.connection?.inTransaction ?? false;
    } catch {
      return false;
    }
  }

  /** Looks something up in the database on the way to a statement: what fails is reported as the library's errors are. */
  *lookUp<T>(look: (connection: DriverConnection) => Task<T>, statement: string | null = null): Task<T> {
    if (this.#state !== "open") yield* this.#enter();
    const connection = this.driverConnection;
    try {
      return yield* look(connection);
    } catch (error) {
      throw this.#failure(error, statement, null, false);
    }
  }

  /** What an error of the driver's is to those who use the library. */
  failed(error: unknown, statement: string | null): unknown {
    return this.#failure(error, statement, null, false);
  }

  *driverStream(text: string, parameters: readonly unknown[], options: ExecuteOptions): Task<RowStream> {
    const sql = this.#translated(text);
    if (this.#state !== "open") yield* this.#enter();
    const connection = this.driverConnection;
    const open = (text: string, values: readonly unknown[]) => connection.stream(text, values, options);
    const stream = yield* this.#observed(sql, parameters, false, open);
    this.#streams.add(stream);
    return stream;
  }
  *fromStream(stream: RowStream, size: number): Task<unknown[][]> {
    try {
      return yield* this.#withinLimits(() => stream.next(size));
    } catch (error) {
      throw this.#failure(error, null, null, false);
    }
  }
  *closeStream(stream: RowStream): Task<void> {
    if (!this.#streams.delete(stream)) return;
    yield* settled(stream.close());
  }

  // ── transactions ───────────────────────────────────────────────────────────
  /** Begins a transaction with these options; with `xid`, one in two phases. */
  *begin(options: TransactionOptions = noOptions, xid: string | null = null): Task<void> {
    const { record } = this;
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
    const { dialect, pool } = this.engine;
    checkedOptions(dialect, options);
    if (record.connection === null) yield* pool.revalidate(record);
    const connection = this.driverConnection;
    const level = options.isolationLevel ?? this.#options.isolationLevel ?? null;
    this.#isolation = level ?? this.engine.serverIsolation;
    if (xid === null) {
      const modes = this.#modes(options);
      yield* this.#control("begin", "BEGIN", () => dialect.begin(connection, level, modes));
    } else {
      yield* this.#control("beginTwophase", xid, () => this.twoPhase.begin(connection, xid));
      this.#twoPhase = { xid, isPrepared: false };
    }
    this.#state = "open";
    this.#transaction += 1;
  }
  #modes(options: TransactionOptions): TransactionModes | undefined {
    const readOnly = options.readOnly ?? this.#options.readOnly ?? false;
    const deferrable = options.deferrable ?? this.#options.deferrable ?? false;
    return readOnly || deferrable ? { readOnly, deferrable } : undefined;
  }
  /** Makes sure of a transaction before a statement. */
  *#enter(): Task<void> {
    if (this.#state === "none") yield* this.begin();
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
    if (this.#state === "none") return;
    if (this.#state === "lost" || record.connection === null) yield* this.#enter();
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
    if (this.#state === "none") return;
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
    this.#state = "none";
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
    if (this.#state === "lost") yield* this.#enter();
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
      throw this.#failure(error, null, null, false);
    }
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
    if (this.#state !== "open") yield* this.#enter();
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
    if (this.#state !== "open" || record.connection === null) yield* this.#enter();
    const connection = this.driverConnection;
    const sql = `RELEASE SAVEPOINT ${savepoint.name}`;
    yield* this.#control("releaseSavepoint", sql, () => settled(connection.run(sql)));
  }
  *rollbackToSavepoint(savepoint: Savepoint): Task<void> {
    const { connection } = this.record;
    if (!this.#close(savepoint) || this.#state === "lost" || connection === null) return;
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
  /**
   * Gives the driver's connection up. A transaction that is under way is lost, and has to be rolled back before the next
   * statement gets another connection.
   */
  invalidate(options: { readonly error?: unknown; readonly soft?: boolean } = {}): void {
    const { record } = this;
    this.engine.pool.invalidate(record, options);
    if (this.#state === "open" && record.connection === null) this.#state = "lost";
  }
  /** Takes the connection out of the pool: it ends when it is closed. */
  *detach(): Task<void> {
    if (this.#isDetached) return;
    const { record } = this;
    unwatch(record);
    if (record.connection === null) yield* this.engine.pool.revalidate(record);
    this.#record = yield* this.engine.pool.detach(record);
    this.#isDetached = true;
  }

  /** Rolls back what is under way and gives the connection back to the pool. */
  *close(): Task<void> {
    const record = this.#record;
    if (record === null) return;
    const { pool } = this.engine;
    try {
      for (const stream of this.#streams) yield* this.closeStream(stream);
      yield* this.rollback();
      if (this.heldLocks.size > 0) yield* this.#unlock("session");
    } catch (error) {
      pool.invalidate(record, { error });
    } finally {
      this.#record = null;
      if (this.#isDetached) yield* pool.closeDetached(record);
      else {
        unwatch(record);
        yield* pool.release(record);
      }
    }
  }
}

function ignore(): void {}
function* nothing(): Task<void> {}

function isCursorEvent(value: unknown): value is Partial<CursorEvent> {
  return typeof value === "object" && value !== null && ("statement" in value || "parameters" in value);
}
