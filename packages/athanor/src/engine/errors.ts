import { AthanorError } from "../errors/athanor-error.ts";
import {
  DatabaseError,
  DataError,
  type DBAPIError,
  IntegrityError,
  InterfaceError,
  InternalError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
} from "../errors/statement-errors.ts";
import type { Dialect, ErrorDetails } from "./dialect.ts";

const classes = {
  operational: OperationalError,
  programming: ProgrammingError,
  data: DataError,
  interface: InterfaceError,
  internal: InternalError,
  notSupported: NotSupportedError,
  database: DatabaseError,
} as const;

/** A driver's error in the terms of the exception tree; what is of the library's own passes as it is. */
export function wrapError(
  error: unknown,
  dialect: Dialect,
  statement: string | null,
  parameters: readonly unknown[] | null,
  hideParameters: boolean,
  batch = false,
): unknown {
  if (error instanceof AthanorError) return error;
  const details = dialect.describeError(error);
  if (details === null) return error;
  return dbapiError(error, details, { statement, parameters, hideParameters, batch });
}

interface Execution {
  readonly statement: string | null;
  readonly parameters: readonly unknown[] | null;
  readonly hideParameters: boolean;
  readonly batch: boolean;
}

function dbapiError(cause: unknown, details: ErrorDetails, execution: Execution): DBAPIError {
  const told = details.message ?? (cause instanceof Error ? cause.message : String(cause));
  const message = execution.hideParameters ? (details.messageWithoutValues ?? told) : told;
  const options = {
    cause,
    ...execution,
    connectionInvalidated: details.disconnect ?? false,
    retryable: details.retryable ?? false,
  };
  if (details.kind !== "integrity") return new classes[details.kind](message, options);
  return new IntegrityError(message, {
    ...options,
    violation: details.violation ?? null,
    constraint: details.constraint ?? null,
    table: details.table ?? null,
    columns: details.columns ?? [],
  });
}
