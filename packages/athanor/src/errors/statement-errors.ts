import { parameterSetsText, parametersText } from "../util/parameter-text.ts";
import { AthanorError, type AthanorErrorOptions } from "./athanor-error.ts";

export interface StatementErrorOptions extends AthanorErrorOptions {
  /** The SQL that failed. */
  readonly statement?: string | null;
  /** What it was executed with: values, or a list of values for each execution of a batch. */
  readonly parameters?: readonly unknown[] | null;
  readonly batch?: boolean;
  /** Keeps the parameters out of the message and of the error. */
  readonly hideParameters?: boolean;
}

/** The execution of a statement failed: in the database, in the driver, or while its values were converted. */
export class StatementError extends AthanorError {
  readonly #statement: string | null;
  readonly #parameters: readonly unknown[] | null;

  constructor(message: string, options: StatementErrorOptions = {}) {
    super(message + detail(options), options);
    this.#statement = options.statement ?? null;
    this.#parameters = options.hideParameters === true ? null : (options.parameters ?? null);
  }

  override get name(): string {
    return "StatementError";
  }

  /** The SQL that failed; null where it failed before there was any. */
  get statement(): string | null {
    return this.#statement;
  }

  /** What it was executed with; null where it had none, or where `hideParameters` hides them. */
  get parameters(): readonly unknown[] | null {
    return this.#parameters;
  }
}

export interface DBAPIErrorOptions extends StatementErrorOptions {
  readonly connectionInvalidated?: boolean;
  readonly retryable?: boolean;
}

/** The database or its driver refused; `cause` is the driver's error. */
export class DBAPIError extends StatementError {
  /** The connection was lost, and its pool renewed with it. */
  readonly connectionInvalidated: boolean;
  /** The same transaction may succeed when it is tried again from its start. */
  readonly retryable: boolean;

  constructor(message: string, options: DBAPIErrorOptions = {}) {
    super(message, options);
    this.connectionInvalidated = options.connectionInvalidated ?? false;
    this.retryable = options.retryable ?? false;
  }

  override get name(): string {
    return "DBAPIError";
  }

  /** The SQL that failed; empty where there was none, as when a connection could not be opened. */
  override get statement(): string {
    return super.statement ?? "";
  }
}

/** The driver was misused, or failed by itself. */
export class InterfaceError extends DBAPIError {
  override get name(): string {
    return "InterfaceError";
  }
}

/** The database refused. */
export class DatabaseError extends DBAPIError {
  override get name(): string {
    return "DatabaseError";
  }
}

/** A value is out of range, too long or of the wrong kind. */
export class DataError extends DatabaseError {
  override get name(): string {
    return "DataError";
  }
}

/** The database could not do it: locked, out of space, gone, or, in SQLite, no such table. */
export class OperationalError extends DatabaseError {
  override get name(): string {
    return "OperationalError";
  }
}

export type Violation = "unique" | "foreignKey" | "notNull" | "check" | "primaryKey" | "exclusion";

export interface IntegrityErrorOptions extends DBAPIErrorOptions {
  readonly violation?: Violation | null;
  readonly constraint?: string | null;
  readonly table?: string | null;
  readonly columns?: readonly string[];
}

/** A constraint was violated. */
export class IntegrityError extends DatabaseError {
  /** What kind of constraint; null where the database does not tell. */
  readonly violation: Violation | null;
  /** The constraint's name; null where the database does not tell. */
  readonly constraint: string | null;
  /** The table's name; null where the database does not tell. */
  readonly table: string | null;
  /** The columns' names; empty where the database does not tell. */
  readonly columns: readonly string[];

  constructor(message: string, options: IntegrityErrorOptions = {}) {
    super(message, options);
    this.violation = options.violation ?? null;
    this.constraint = options.constraint ?? null;
    this.table = options.table ?? null;
    this.columns = options.columns ?? [];
  }

  override get name(): string {
    return "IntegrityError";
  }
}

/** The database met an error of its own. */
export class InternalError extends DatabaseError {
  override get name(): string {
    return "InternalError";
  }
}

/** The SQL is wrong, or names something that does not exist. */
export class ProgrammingError extends DatabaseError {
  override get name(): string {
    return "ProgrammingError";
  }
}

/** The database has no such feature. */
export class NotSupportedError extends DatabaseError {
  override get name(): string {
    return "NotSupportedError";
  }
}

function detail({ statement, parameters, batch, hideParameters }: StatementErrorOptions): string {
  if (statement === undefined || statement === null) return "";
  const text = `\n[SQL: ${statement}]`;
  if (parameters === undefined || parameters === null || parameters.length === 0) return text;
  if (hideParameters === true) return `${text}\n[parameters: hidden, because the engine has hideParameters]`;
  const shown =
    batch === true ? parameterSetsText(parameters as readonly (readonly unknown[])[]) : parametersText(parameters);
  return `${text}\n[parameters: ${shown}]`;
}
