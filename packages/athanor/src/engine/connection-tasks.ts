import { NotSupportedError } from "../errors/statement-errors.ts";
import { isStatement } from "../sql/statement/statement.ts";
import type { Executable, ExecutionOptions, ScalarExecutable } from "../sql/statement/types.ts";
import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import { noOptions, type TransactionOptions } from "./connection-options.ts";
import type { IsolationLevel } from "./dialect.ts";
import { type StreamingCursor, streamStatement } from "./execution.ts";
import type { Limits } from "./limits.ts";
import type { ExecutionParameters, ParameterSet } from "./prepare.ts";
import { executeRaw } from "./raw-sql.ts";
import { Result } from "./result.ts";

/** What a statement is executed with, in the form in which the inner rooms take it. */
export function parametersOf(parameters: unknown): ExecutionParameters {
  return parameters as ExecutionParameters;
}

export function isBatch(parameters: ExecutionParameters): parameters is readonly ParameterSet[] {
  return Array.isArray(parameters);
}

/** What holds for an execution: what is given with it comes before the statement's own, and that before the connection's. */
export function executionOptions(
  core: ConnectionCore,
  statement: unknown,
  given: ExecutionOptions | undefined,
): ExecutionOptions {
  const own: ExecutionOptions = isStatement(statement) ? statement.$options : noOptions;
  return given === undefined && core.options === noOptions ? own : { ...core.options, ...own, ...given };
}

/** Rows that come in batches, each within the limits of the execution. */
export function* limitedStream(
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
export function workAndOptions<T>(
  first: (() => T) | TransactionOptions | undefined,
  second: TransactionOptions | undefined,
): { readonly work: (() => T) | undefined; readonly options: TransactionOptions } {
  return typeof first === "function"
    ? { work: first, options: second ?? {} }
    : { work: undefined, options: first ?? second ?? {} };
}

export function* notify(core: ConnectionCore, channel: string, payload: string): Task<void> {
  const { dialect } = core.engine;
  const send = dialect.notify?.bind(dialect);
  if (send === undefined) throw new NotSupportedError(`${dialect.name} has no channels to send messages to.`);
  yield* core.lookUp((connection) => send(connection, channel, payload));
}

export function* readIsolation(core: ConnectionCore): Task<IsolationLevel> {
  const { isolation, engine } = core;
  const read = engine.dialect.readIsolation?.bind(engine.dialect);
  return read === undefined || isolation === "AUTOCOMMIT" ? isolation : yield* core.lookUp(read);
}

export function* raw(
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
