import { NotSupportedError } from "../errors/statement-errors.ts";
import type { MetaData, ReflectBind, ReflectOptions, SchemaBind } from "../schema/metadata.ts";
import { isStatement } from "../sql/statement/statement.ts";
import type { Executable, ExecutionOptions, ScalarExecutable } from "../sql/statement/types.ts";
import { type KIND, REFLECT, RUN_DDL } from "../util/symbols.ts";
import { type Awaitable, runSync, type Task } from "../util/task.ts";
import { TaskQueue } from "../util/task-queue.ts";
import { AdvisoryLock, type AdvisoryLockOptions, acquireLock, type LockKey } from "./advisory-lock.ts";
import type { ConnectionCore } from "./connection-core.ts";
import { type ConnectionOptions, noOptions, type TransactionOptions } from "./connection-options.ts";
import type { CursorResult } from "./cursor-result.ts";
import { type DdlOptions, runDdl } from "./ddl.ts";
import type { IsolationLevel } from "./dialect.ts";
import {
  type ExecutionParameters,
  executeStatement,
  type ParameterSet,
  type StreamingCursor,
  streamStatement,
} from "./execution.ts";
import type { Executor, SyncExecutor } from "./executor.ts";
import type { Limits } from "./limits.ts";
import { PendingResult, type PendingScalars } from "./pending-result.ts";
import { executeRaw } from "./raw-sql.ts";
import { reflectSchema } from "./reflect.ts";
import { Result, type Scalars } from "./result.ts";
import { notSynchronous } from "./synchronous.ts";
import { SyncTransaction, Transaction, TwoPhaseTransaction } from "./transaction.ts";
import { checkedXid, decideTwophase, newXid, recoverTwophase } from "./two-phase.ts";

/** What a statement is executed with, in the form in which the inner rooms take it. */
export function parametersOf(parameters: unknown): ExecutionParameters {
  return parameters as ExecutionParameters;
}

function isBatch(parameters: ExecutionParameters): parameters is readonly ParameterSet[] {
  return Array.isArray(parameters);
}

/** What holds for an execution: what is given with it comes before the statement's own, and that before the connection's. */
function executionOptions(
  core: ConnectionCore,
  statement: unknown,
  given: ExecutionOptions | undefined,
): ExecutionOptions {
  const own: ExecutionOptions = isStatement(statement) ? statement.$options : noOptions;
  return given === undefined && core.options === noOptions ? own : { ...core.options, ...own, ...given };
}

/** Rows that come in batches, each within the limits of the execution. */
function* limitedStream(
  core: ConnectionCore,
  limits: Limits & ExecutionOptions,
  statement: unknown,
  parameters: ParameterSet | undefined,
): Task<StreamingCursor> {
  const stream = core.inSchemas(limits.schemaTranslateMap, streamStatement(core, statement, parameters));
  const cursor = yield* core.limitedTo(limits, stream);
  return { ...cursor, next: (size) => core.limitedTo(limits, cursor.next(size)) };
}

/** A function to run in a transaction, and how the transaction is led. */
function workAndOptions<T>(
  first: (() => T) | TransactionOptions | undefined,
  second: TransactionOptions | undefined,
): { readonly work: (() => T) | undefined; readonly options: TransactionOptions } {
  return typeof first === "function"
    ? { work: first, options: second ?? {} }
    : { work: undefined, options: first ?? second ?? {} };
}

/**
 * A connection to the database. The first statement begins a transaction; `commit()` keeps what it did, `close()` rolls
 * back what was not committed. Calls made at the same time are executed one after the other.
 */
export class Connection implements Executor, SchemaBind<Promise<void>>, ReflectBind<Promise<void>>, AsyncDisposable {
  declare readonly [KIND]: "connection";
  readonly #core: ConnectionCore;
  readonly #queue = new TaskQueue();

  /** @internal */
  constructor(core: ConnectionCore) {
    this.#core = core;
  }

  /** What the session builds on. @internal */
  get $core(): ConnectionCore {
    return this.#core;
  }
  get closed(): boolean {
    return this.#core.closed;
  }
  /** A transaction is under way: it begins with the first statement. */
  get inTransaction(): boolean {
    return this.#core.inTransaction;
  }
  get inNestedTransaction(): boolean {
    return this.#core.inNestedTransaction;
  }
  get isolationLevel(): IsolationLevel {
    return this.#core.isolation;
  }

  execute<T, N, P>(
    statement: Executable<T, N, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): PendingResult<T, N> {
    const core = this.#core;
    const given = parametersOf(parameters);
    const all = executionOptions(core, statement, options);
    return new PendingResult<T, N>({
      queue: this.#queue,
      batchSize: all.yieldPer ?? 1000,
      *buffered() {
        const work = core.inSchemas(all.schemaTranslateMap, executeStatement(core, statement, given));
        return new Result<T, N>(yield* core.limitedTo(all, work));
      },
      streamed: isBatch(given) ? null : () => limitedStream(core, all, statement, given),
    });
  }
  scalars<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): PendingScalars<T> {
    return this.execute(asExecutable(statement), parameters, options).scalars();
  }
  scalar<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): Promise<T | null> {
    return this.scalars(statement, parameters, options).first();
  }
  /** Executes SQL as the driver takes it: with its own parameter markers, without conversions. */
  execDriverSql(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Result<readonly unknown[], Record<string, unknown>>> {
    return this.#queue.run(() => raw(this.#core, sql, parameters));
  }

  /**
   * Begins a transaction now; otherwise the first statement does. With a function: commits when it returns, rolls back when
   * it throws.
   *
   * @throws InvalidRequestError when a transaction is under way.
   */
  begin(options?: TransactionOptions): Promise<Transaction>;
  begin<T>(work: () => Awaitable<T>, options?: TransactionOptions): Promise<T>;
  async begin<T>(
    first?: (() => Awaitable<T>) | TransactionOptions,
    second?: TransactionOptions,
  ): Promise<T | Transaction> {
    const { work, options } = workAndOptions(first, second);
    const transaction = await Transaction.begin(this.#core, this.#queue, { kind: "transaction", options });
    if (work === undefined) return transaction;
    this.#core.enterBlock();
    try {
      return await transaction.around(work);
    } finally {
      this.#core.leaveBlock();
    }
  }
  commit(): Promise<void> {
    return this.#queue.run(() => this.#core.commit());
  }
  rollback(): Promise<void> {
    return this.#queue.run(() => this.#core.rollback());
  }
  /** Sets a savepoint. With a function: what it did is kept when it returns, undone when it throws. */
  beginNested(): Promise<Transaction>;
  beginNested<T>(work: () => Awaitable<T>): Promise<T>;
  async beginNested<T>(work?: () => Awaitable<T>): Promise<T | Transaction> {
    const savepoint = await Transaction.begin(this.#core, this.#queue, { kind: "savepoint" });
    return work === undefined ? savepoint : savepoint.around(work);
  }
  /** Sets options of this connection. Those of transactions throw InvalidRequestError inside one. */
  executionOptions(options: ConnectionOptions): this {
    this.#core.setOptions(options);
    return this;
  }
  getExecutionOptions(): ConnectionOptions {
    return this.#core.options;
  }
  /** The level that the database says the transaction has, or the session. */
  getIsolationLevel(): Promise<IsolationLevel> {
    return this.#queue.run(() => readIsolation(this.#core));
  }
  /** What the database does by itself. */
  get defaultIsolationLevel(): IsolationLevel {
    return this.#core.engine.serverIsolation;
  }
  /** Notes that last as long as the driver's connection, and come back with it from the pool. */
  get info(): Record<string, unknown> {
    return this.#core.record.info;
  }
  /** The driver's own object. Throws InvalidRequestError while there is none, after `invalidate()`. */
  get driverConnection(): unknown {
    this.#core.record.touched = true;
    return this.#core.driverConnection.raw;
  }
  /** Whether `invalidate()`, or a disconnect, has given the driver's connection up. */
  get invalidated(): boolean {
    return this.#core.invalidated;
  }
  /**
   * Gives the driver's connection up, as one that is broken. What was done in a transaction is lost: after `rollback()`, the
   * next statement gets another connection. `soft`: it can be used until it is closed, and is replaced afterwards.
   */
  invalidate(options: { readonly soft?: boolean } = {}): void {
    this.#core.invalidate(options);
  }
  /** Takes the connection out of the pool, which may open another: it ends when it is closed. */
  detach(): Promise<void> {
    return this.#queue.run(() => this.#core.detach());
  }
  /**
   * Begins a transaction that is committed in two phases, so that several databases commit together or not at all.
   *
   * @throws NotSupportedError where the database has none, ArgumentError for an identifier that cannot be one.
   */
  beginTwophase(xid: string = newXid()): Promise<TwoPhaseTransaction> {
    return TwoPhaseTransaction.beginTwophase(this.#core, this.#queue, checkedXid(xid));
  }
  /** The identifiers of transactions that were prepared, and neither committed nor rolled back. */
  recoverTwophase(): Promise<readonly string[]> {
    return this.#queue.run(() => recoverTwophase(this.#core));
  }
  /** Commits a transaction that was prepared, by whomever. */
  commitPrepared(xid: string): Promise<void> {
    return this.#queue.run(() => decideTwophase(this.#core, xid, "commit"));
  }
  /** Rolls back a transaction that was prepared, by whomever. */
  rollbackPrepared(xid: string): Promise<void> {
    return this.#queue.run(() => decideTwophase(this.#core, xid, "rollback"));
  }
  /**
   * Takes a lock on a name or a number, which shuts out everybody else who takes the same: null where it is not free in time,
   * which cannot be where `wait` is true, the default. It ends with the transaction, or with `scope: "session"` when it is
   * released or the connection is closed.
   *
   * @throws NotSupportedError where the database has no such locks.
   */
  advisoryLock(key: LockKey, options?: AdvisoryLockOptions & { readonly wait?: true }): Promise<AdvisoryLock>;
  advisoryLock(key: LockKey, options: AdvisoryLockOptions): Promise<AdvisoryLock | null>;
  async advisoryLock(key: LockKey, options: AdvisoryLockOptions = {}): Promise<AdvisoryLock | null> {
    const held = await this.#queue.run(() => acquireLock(this.#core, key, options));
    return held === null ? null : new AdvisoryLock(this.#core, this.#queue, held);
  }
  /**
   * Sends a message to those who listen to a channel (`engine.listen()`); it is sent when the transaction is committed.
   *
   * @throws NotSupportedError where the database has no channels.
   */
  notify(channel: string, payload = ""): Promise<void> {
    return this.#queue.run(() => notify(this.#core, channel, payload));
  }
  /** Rolls back what was not committed, and gives the connection back to its pool. */
  close(): Promise<void> {
    return this.#queue.run(() => this.#core.close());
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
  /** What MetaData asks of whatever it is created on. */
  [RUN_DDL](metadata: MetaData, action: "create" | "drop", options: DdlOptions): Promise<void> {
    return this.#queue.run(() => runDdl(this.#core, metadata, action, options));
  }
  /** What MetaData asks of whatever it is read from. */
  [REFLECT](metadata: MetaData, options: ReflectOptions): Promise<void> {
    return this.$run((core) => reflectSchema(core, metadata, options));
  }
  /** Does something with the connection in its turn. @internal */
  $run<T>(work: (core: ConnectionCore) => Task<T>): Promise<T> {
    return this.#queue.run(() => work(this.#core));
  }
}

/** The same for drivers that answer at once. */
export class SyncConnection implements SyncExecutor, SchemaBind<void>, ReflectBind<void>, Disposable {
  declare readonly [KIND]: "sync connection";
  readonly #core: ConnectionCore;

  /** @internal */
  constructor(core: ConnectionCore) {
    this.#core = core;
  }

  /** What the session builds on. @internal */
  get $core(): ConnectionCore {
    return this.#core;
  }
  get closed(): boolean {
    return this.#core.closed;
  }
  get inTransaction(): boolean {
    return this.#core.inTransaction;
  }
  get inNestedTransaction(): boolean {
    return this.#core.inNestedTransaction;
  }
  get isolationLevel(): IsolationLevel {
    return this.#core.isolation;
  }

  execute<T, N, P>(
    statement: Executable<T, N, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): Result<T, N> {
    const core = this.#core;
    const limits = executionOptions(core, statement, options);
    const work = executeStatement(core, statement, parametersOf(parameters));
    const cursor: CursorResult = this.#run(core.limitedTo(limits, core.inSchemas(limits.schemaTranslateMap, work)));
    return new Result<T, N>(cursor);
  }
  scalars<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): Scalars<T> {
    return this.execute(asExecutable(statement), parameters, options).scalars();
  }
  scalar<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): T | null {
    return this.scalars(statement, parameters, options).first();
  }
  /** Executes SQL as the driver takes it: with its own parameter markers, without conversions. */
  execDriverSql(sql: string, parameters: readonly unknown[] = []): Result<readonly unknown[], Record<string, unknown>> {
    return this.#run(raw(this.#core, sql, parameters));
  }

  begin(options?: TransactionOptions): SyncTransaction;
  begin<T>(work: () => T, options?: TransactionOptions): T;
  begin<T>(first?: (() => T) | TransactionOptions, second?: TransactionOptions): T | SyncTransaction {
    const { work, options } = workAndOptions(first, second);
    const transaction = SyncTransaction.begin(this.#core, { kind: "transaction", options });
    if (work === undefined) return transaction;
    this.#core.enterBlock();
    try {
      return transaction.around(work);
    } finally {
      this.#core.leaveBlock();
    }
  }
  commit(): void {
    this.#run(this.#core.commit());
  }
  rollback(): void {
    this.#run(this.#core.rollback());
  }
  /** Sets a savepoint. With a function: what it did is kept when it returns, undone when it throws. */
  beginNested(): SyncTransaction;
  beginNested<T>(work: () => T): T;
  beginNested<T>(work?: () => T): T | SyncTransaction {
    const savepoint = SyncTransaction.begin(this.#core, { kind: "savepoint" });
    return work === undefined ? savepoint : savepoint.around(work);
  }
  /** Sets options of this connection. Those of transactions throw InvalidRequestError inside one. */
  executionOptions(options: ConnectionOptions): this {
    this.#core.setOptions(options);
    return this;
  }
  getExecutionOptions(): ConnectionOptions {
    return this.#core.options;
  }
  /** The level that the database says the transaction has, or the session. */
  getIsolationLevel(): IsolationLevel {
    return this.#run(readIsolation(this.#core));
  }
  /** What the database does by itself. */
  get defaultIsolationLevel(): IsolationLevel {
    return this.#core.engine.serverIsolation;
  }
  /** Notes that last as long as the driver's connection, and come back with it from the pool. */
  get info(): Record<string, unknown> {
    return this.#core.record.info;
  }
  /** The driver's own object. Throws InvalidRequestError while there is none, after `invalidate()`. */
  get driverConnection(): unknown {
    this.#core.record.touched = true;
    return this.#core.driverConnection.raw;
  }
  /** Whether `invalidate()`, or a disconnect, has given the driver's connection up. */
  get invalidated(): boolean {
    return this.#core.invalidated;
  }
  /**
   * Gives the driver's connection up, as one that is broken. What was done in a transaction is lost: after `rollback()`, the
   * next statement gets another connection. `soft`: it can be used until it is closed, and is replaced afterwards.
   */
  invalidate(options: { readonly soft?: boolean } = {}): void {
    this.#core.invalidate(options);
  }
  /** Takes the connection out of the pool, which may open another: it ends when it is closed. */
  detach(): void {
    this.#run(this.#core.detach());
  }
  close(): void {
    this.#run(this.#core.close());
  }
  [Symbol.dispose](): void {
    this.close();
  }
  /** What MetaData asks of whatever it is created on. */
  [RUN_DDL](metadata: MetaData, action: "create" | "drop", options: DdlOptions): void {
    this.#run(runDdl(this.#core, metadata, action, options));
  }
  /** What MetaData asks of whatever it is read from. */
  [REFLECT](metadata: MetaData, options: ReflectOptions): void {
    this.$run((core) => reflectSchema(core, metadata, options));
  }
  /** Does something with the connection. @internal */
  $run<T>(work: (core: ConnectionCore) => Task<T>): T {
    return this.#run(work(this.#core));
  }

  #run<T>(task: Task<T>): T {
    return runSync(task, notSynchronous);
  }
}

function* notify(core: ConnectionCore, channel: string, payload: string): Task<void> {
  const { dialect } = core.engine;
  const send = dialect.notify?.bind(dialect);
  if (send === undefined) throw new NotSupportedError(`${dialect.name} has no channels to send messages to.`);
  yield* core.lookUp((connection) => send(connection, channel, payload));
}

function* readIsolation(core: ConnectionCore): Task<IsolationLevel> {
  const { isolation, engine } = core;
  const read = engine.dialect.readIsolation?.bind(engine.dialect);
  return read === undefined || isolation === "AUTOCOMMIT" ? isolation : yield* core.lookUp(read);
}

function* raw(
  core: ConnectionCore,
  sql: string,
  parameters: readonly unknown[],
): Task<Result<readonly unknown[], Record<string, unknown>>> {
  return new Result(yield* executeRaw(core, sql, parameters));
}

/** What gives one value gives rows; how they are named does not matter here. */
export function asExecutable<T, P>(
  statement: ScalarExecutable<T, P>,
): Executable<readonly [T, ...unknown[]], unknown, P> {
  return statement as Executable<readonly [T, ...unknown[]], unknown, P>;
}
