import { AthanorError, type AthanorErrorOptions } from "./athanor-error.ts";

export { AthanorError, type AthanorErrorOptions } from "./athanor-error.ts";

// ── what was asked for makes no sense ────────────────────────────────────────

/** A wrong argument: the call can never work, whatever the database holds. */
export class ArgumentError extends AthanorError {
  override get name(): string {
    return "ArgumentError";
  }
}

/** Something was executed that is no statement. */
export class ObjectNotExecutableError extends ArgumentError {
  override get name(): string {
    return "ObjectNotExecutableError";
  }
}

/** A URL names a database or a driver that there is not, or whose package is not installed. */
export class NoSuchModuleError extends ArgumentError {
  override get name(): string {
    return "NoSuchModuleError";
  }
}

/** A join or a relationship needs a foreign key between two tables, and there is none. */
export class NoForeignKeysError extends ArgumentError {
  override get name(): string {
    return "NoForeignKeysError";
  }
}

/** A join or a relationship needs one foreign key between two tables, and there are several. */
export class AmbiguousForeignKeysError extends ArgumentError {
  override get name(): string {
    return "AmbiguousForeignKeysError";
  }
}

/** A table has two columns of one name. */
export class DuplicateColumnError extends ArgumentError {
  override get name(): string {
    return "DuplicateColumnError";
  }
}

/** Things that depend on each other in a circle cannot be put in an order. */
export class CircularDependencyError extends AthanorError {
  /** Those on the circle, in the order in which they were found. */
  readonly cycles: readonly unknown[];

  constructor(message: string, options: AthanorErrorOptions & { readonly cycles?: readonly unknown[] } = {}) {
    super(message, options);
    this.cycles = options.cycles ?? [];
  }

  override get name(): string {
    return "CircularDependencyError";
  }
}

/** A statement cannot be written for this database. */
export class CompileError extends AthanorError {
  override get name(): string {
    return "CompileError";
  }
}

/** A statement holds something that this database, or the portable default that texts for reading are in, cannot say. */
export class UnsupportedCompilationError extends CompileError {
  override get name(): string {
    return "UnsupportedCompilationError";
  }
}

/** A name that cannot be an identifier: too long, or with a character that no quoting allows. */
export class IdentifierError extends AthanorError {
  override get name(): string {
    return "IdentifierError";
  }
}

// ── what was asked for is not possible now ───────────────────────────────────

/** A request that the object, in its present state, cannot meet. */
export class InvalidRequestError extends AthanorError {
  override get name(): string {
    return "InvalidRequestError";
  }
}

/** A session does not know which database a statement belongs to. */
export class UnboundExecutionError extends InvalidRequestError {
  override get name(): string {
    return "UnboundExecutionError";
  }
}

/** A transaction has failed and waits for its `rollback()`. */
export class PendingRollbackError extends InvalidRequestError {
  override get name(): string {
    return "PendingRollbackError";
  }
}

/** A connection, a transaction, a result or an engine was used after its end. */
export class ResourceClosedError extends InvalidRequestError {
  override get name(): string {
    return "ResourceClosedError";
  }
}

/** A row has no such column. */
export class NoSuchColumnError extends InvalidRequestError {
  override get name(): string {
    return "NoSuchColumnError";
  }
}

/** A name stands for columns of several tables. */
export class AmbiguousColumnError extends InvalidRequestError {
  override get name(): string {
    return "AmbiguousColumnError";
  }
}

/** A row was required, and there was none. */
export class NoResultFound extends InvalidRequestError {
  override get name(): string {
    return "NoResultFound";
  }
}

/** One row was required, and there were more. */
export class MultipleResultsFound extends InvalidRequestError {
  override get name(): string {
    return "MultipleResultsFound";
  }
}

/** A foreign key points to something that its MetaData does not have. */
export class NoReferenceError extends InvalidRequestError {
  override get name(): string {
    return "NoReferenceError";
  }
}

/** A foreign key points to a table that its MetaData does not have. */
export class NoReferencedTableError extends NoReferenceError {
  override get name(): string {
    return "NoReferencedTableError";
  }
}

/** A foreign key points to a column that its table does not have. */
export class NoReferencedColumnError extends NoReferenceError {
  override get name(): string {
    return "NoReferencedColumnError";
  }
}

/** A table or view was asked for that the database does not have. */
export class NoSuchTableError extends InvalidRequestError {
  override get name(): string {
    return "NoSuchTableError";
  }
}

/** A table or view is there, but the database cannot describe it: a view whose table is gone. */
export class UnreflectableTableError extends InvalidRequestError {
  override get name(): string {
    return "UnreflectableTableError";
  }
}

/** `inspect()` was given something that it knows nothing of. */
export class NoInspectionAvailable extends InvalidRequestError {
  override get name(): string {
    return "NoInspectionAvailable";
  }
}

/** A driver answered with a promise where the answer was needed at once. */
export class AwaitRequired extends InvalidRequestError {
  override get name(): string {
    return "AwaitRequired";
  }
}

/** An attribute that is not loaded was read where it cannot load itself. */
export class LazyLoadError extends InvalidRequestError {
  override get name(): string {
    return "LazyLoadError";
  }
}

/** No connection became free in time. */
export class TimeoutError extends AthanorError {
  override get name(): string {
    return "TimeoutError";
  }
}

/** A listener of `checkout` throws it to have the connection replaced by a new one. */
export class DisconnectionError extends AthanorError {
  /** Whether older connections of the pool are to be replaced as well. */
  readonly invalidatePool: boolean;

  constructor(message: string, options: AthanorErrorOptions & { readonly invalidatePool?: boolean } = {}) {
    super(message, options);
    this.invalidatePool = options.invalidatePool ?? false;
  }

  override get name(): string {
    return "DisconnectionError";
  }
}

// ── mapped classes and sessions ──────────────────────────────────────────────

/** Something was used as a mapped class or object and is none. */
export class UnmappedError extends InvalidRequestError {
  override get name(): string {
    return "UnmappedError";
  }
}

/** A class was used as a mapped class and is none. */
export class UnmappedClassError extends UnmappedError {
  override get name(): string {
    return "UnmappedClassError";
  }
}

/** An UPDATE or DELETE met another number of rows than it should have: somebody else changed them. */
export class StaleDataError extends AthanorError {
  /** The objects whose rows were not found; of a batch all of its objects, where the database tells only a number. */
  readonly objects: readonly object[];
  /** The same work may succeed when it is done again, with what the database holds by then. */
  readonly retryable: boolean;

  constructor(
    message: string,
    options: AthanorErrorOptions & { readonly objects?: readonly object[]; readonly retryable?: boolean } = {},
  ) {
    super(message, options);
    this.objects = options.objects ?? [];
    this.retryable = options.retryable ?? false;
  }

  override get name(): string {
    return "StaleDataError";
  }
}

/** A flush met objects that it cannot write. */
export class FlushError extends AthanorError {
  override get name(): string {
    return "FlushError";
  }
}

/** An object without a session was asked for what only a session can load. */
export class DetachedInstanceError extends AthanorError {
  override get name(): string {
    return "DetachedInstanceError";
  }
}

/** The row of an object is gone. */
export class ObjectDeletedError extends InvalidRequestError {
  override get name(): string {
    return "ObjectDeletedError";
  }
}

export {
  DatabaseError,
  DataError,
  DBAPIError,
  type DBAPIErrorOptions,
  IntegrityError,
  type IntegrityErrorOptions,
  InterfaceError,
  InternalError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  StatementError,
  type StatementErrorOptions,
  type Violation,
} from "./statement-errors.ts";
