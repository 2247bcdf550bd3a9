import type { MetaData, ReflectBind, ReflectOptions, SchemaBind } from "../schema/metadata.ts";
import type { Executable, ExecutionOptions, ScalarExecutable } from "../sql/statement/types.ts";
import { type KIND, REFLECT, RUN_DDL } from "../util/symbols.ts";
import { runSync, type Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { ConnectionOptions, TransactionOptions } from "./connection-options.ts";
import {
  asExecutable,
  executionOptions,
  parametersOf,
  raw,
  readIsolation,
  workAndOptions,
} from "./connection-tasks.ts";
import type { CursorResult } from "./cursor-result.ts";
import { type DdlOptions, runDdl } from "./ddl.ts";
import type { IsolationLevel } from "./dialect.ts";
import { executeStatement } from "./execution.ts";
import type { SyncExecutor } from "./executor.ts";
import { reflectSchema } from "./reflect.ts";
import { Result, type Scalars } from "./result.ts";
import { notSynchronous } from "./synchronous.ts";
import { SyncTransaction } from "./transaction.ts";

/** A Connection for drivers that answer at once: nothing is a promise. */
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
