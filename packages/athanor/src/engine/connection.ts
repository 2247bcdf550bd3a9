import type { MetaData, ReflectBind, ReflectOptions, SchemaBind } from "../schema/metadata.ts";
import type { Executable, ExecutionOptions, ScalarExecutable } from "../sql/statement/types.ts";
import { type KIND, REFLECT, RUN_DDL } from "../util/symbols.ts";
import type { Awaitable, Task } from "../util/task.ts";
import { TaskQueue } from "../util/task-queue.ts";
import { AdvisoryLock, type AdvisoryLockOptions, acquireLock, type LockKey } from "./advisory-lock.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { ConnectionOptions, TransactionOptions } from "./connection-options.ts";
import {
  asExecutable,
  executionOptions,
  isBatch,
  limitedStream,
  notify,
  parametersOf,
  raw,
  readIsolation,
  workAndOptions,
} from "./connection-tasks.ts";
import { type DdlOptions, runDdl } from "./ddl.ts";
import type { IsolationLevel } from "./dialect.ts";
import { executeStatement } from "./execution.ts";
import type { Executor } from "./executor.ts";
import { PendingResult, type PendingScalars } from "./pending-result.ts";
import { reflectSchema } from "./reflect.ts";
import { Result } from "./result.ts";
import { Transaction, TwoPhaseTransaction } from "./transaction.ts";
import { checkedXid, decideTwophase, newXid, recoverTwophase } from "./two-phase.ts";

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
