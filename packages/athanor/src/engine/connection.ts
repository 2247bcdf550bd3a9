import type { MetaData, SchemaBind } from "../schema/metadata.ts";
import { isStatement } from "../sql/statement/statement.ts";
import type { Executable, ExecutionOptions, ScalarExecutable } from "../sql/statement/types.ts";
import { type KIND, RUN_DDL } from "../util/symbols.ts";
import { type Awaitable, runSync, type Task } from "../util/task.ts";
import { TaskQueue } from "../util/task-queue.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { CursorResult } from "./cursor-result.ts";
import { type DdlOptions, runDdl } from "./ddl.ts";
import type { IsolationLevel } from "./dialect.ts";
import { type ExecutionParameters, executeStatement, type ParameterSet, streamStatement } from "./execution.ts";
import type { Executor, SyncExecutor } from "./executor.ts";
import { PendingResult, type PendingScalars } from "./pending-result.ts";
import { executeRaw } from "./raw-sql.ts";
import { Result, type Scalars } from "./result.ts";
import { notSynchronous } from "./synchronous.ts";
import { SyncTransaction, Transaction } from "./transaction.ts";

/** What a statement is executed with, in the form in which the inner rooms take it. */
export function parametersOf(parameters: unknown): ExecutionParameters {
  return parameters as ExecutionParameters;
}

function isBatch(parameters: ExecutionParameters): parameters is readonly ParameterSet[] {
  return Array.isArray(parameters);
}

/** Rows to fetch at a time: as the execution says, or else the statement. */
function batchSizeOf(statement: unknown, { yieldPer }: ExecutionOptions): number {
  return yieldPer ?? (isStatement(statement) ? statement.$options.yieldPer : undefined) ?? 1000;
}

export interface ConnectionOptions {
  /** For the transactions to come; the pool gives the next user a connection with the engine's own. */
  readonly isolationLevel?: IsolationLevel;
}

/**
 * A connection to the database. The first statement begins a transaction; `commit()` keeps what it did, `close()` rolls
 * back what was not committed. Calls made at the same time are executed one after the other.
 */
export class Connection implements Executor, SchemaBind<Promise<void>>, AsyncDisposable {
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
    options: ExecutionOptions = {},
  ): PendingResult<T, N> {
    const core = this.#core;
    const given = parametersOf(parameters);
    return new PendingResult<T, N>({
      queue: this.#queue,
      batchSize: batchSizeOf(statement, options),
      *buffered() {
        return new Result<T, N>(yield* executeStatement(core, statement, given));
      },
      streamed: isBatch(given) ? null : () => streamStatement(core, statement, given),
    });
  }
  scalars<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): PendingScalars<T> {
    return this.execute(asExecutable(statement), parameters, options).scalars();
  }
  scalar<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
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
  begin(): Promise<Transaction>;
  begin<T>(work: () => Awaitable<T>): Promise<T>;
  async begin<T>(work?: () => Awaitable<T>): Promise<T | Transaction> {
    const transaction = await Transaction.begin(this.#core, this.#queue, false);
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
    const savepoint = await Transaction.begin(this.#core, this.#queue, true);
    return work === undefined ? savepoint : savepoint.around(work);
  }
  /** Sets options of this connection. Throws InvalidRequestError inside a transaction. */
  executionOptions({ isolationLevel }: ConnectionOptions): this {
    if (isolationLevel !== undefined) this.#core.isolation = isolationLevel;
    return this;
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
}

/** The same for drivers that answer at once. */
export class SyncConnection implements SyncExecutor, SchemaBind<void>, Disposable {
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
    _options: ExecutionOptions = {},
  ): Result<T, N> {
    const cursor: CursorResult = this.#run(executeStatement(this.#core, statement, parametersOf(parameters)));
    return new Result<T, N>(cursor);
  }
  scalars<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): Scalars<T> {
    return this.execute(asExecutable(statement), parameters, options).scalars();
  }
  scalar<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): T | null {
    return this.scalars(statement, parameters, options).first();
  }
  /** Executes SQL as the driver takes it: with its own parameter markers, without conversions. */
  execDriverSql(sql: string, parameters: readonly unknown[] = []): Result<readonly unknown[], Record<string, unknown>> {
    return this.#run(raw(this.#core, sql, parameters));
  }

  begin(): SyncTransaction;
  begin<T>(work: () => T): T;
  begin<T>(work?: () => T): T | SyncTransaction {
    const transaction = SyncTransaction.begin(this.#core, false);
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
    const savepoint = SyncTransaction.begin(this.#core, true);
    return work === undefined ? savepoint : savepoint.around(work);
  }
  /** Sets options of this connection. Throws InvalidRequestError inside a transaction. */
  executionOptions({ isolationLevel }: ConnectionOptions): this {
    if (isolationLevel !== undefined) this.#core.isolation = isolationLevel;
    return this;
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

  #run<T>(task: Task<T>): T {
    return runSync(task, notSynchronous);
  }
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
