import type { Executable, ExecutionOptions, ScalarExecutable } from "../sql/statement/types.ts";
import type { PendingResult, PendingScalars } from "./pending-result.ts";
import type { Result, Scalars } from "./result.ts";

/**
 * Anything that executes. The parameters' type comes from the statement alone: an INSERT asks for rows of its table. A list
 * of parameter sets is executed as a batch.
 */
export interface Executor {
  execute<T, N, P>(
    statement: Executable<T, N, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): PendingResult<T, N>;
  /** The first column of each row. */
  scalars<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): PendingScalars<T>;
  /** The first column of the first row; null without a row. */
  scalar<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): Promise<T | null>;
}

/** The same at once. */
export interface SyncExecutor {
  execute<T, N, P>(
    statement: Executable<T, N, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): Result<T, N>;
  scalars<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): Scalars<T>;
  scalar<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options?: ExecutionOptions,
  ): T | null;
}
