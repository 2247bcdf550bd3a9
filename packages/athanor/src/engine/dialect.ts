import type { ExistingObjects } from "../schema/ddl-plan.ts";
import type { MetaData, ReflectOptions } from "../schema/metadata.ts";
import type { SchemaItem, SchemaItemOptions } from "../schema/schema-item.ts";
import type { CompilingDialect } from "../sql/compile/compile.ts";
import type { Task } from "../util/task.ts";
import type { AdvisoryLocks } from "./advisory-lock.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { Driver, DriverConnection } from "./driver.ts";
import type { EngineOptions } from "./options.ts";
import type { RetryOptions } from "./retry.ts";
import type { Url } from "./url.ts";

/** Cause and details of a driver's error, in the terms of the exception tree. */
export interface ErrorDetails {
  readonly kind:
    | "integrity"
    | "operational"
    | "programming"
    | "data"
    | "interface"
    | "internal"
    | "notSupported"
    | "database";
  /** A clearer message than the driver's. */
  readonly message?: string;
  /** The message without values of the program's, for those who hide parameters; absent where it has none. */
  readonly messageWithoutValues?: string;
  /** unique, foreignKey, notNull, check, … for violations. */
  readonly violation?: "unique" | "foreignKey" | "notNull" | "check" | "primaryKey" | "exclusion";
  readonly constraint?: string;
  readonly table?: string;
  readonly columns?: readonly string[];
  /** The connection is gone: the pool has to be renewed. */
  readonly disconnect?: boolean;
  /** The same transaction may succeed when it is tried again. */
  readonly retryable?: boolean;
}

export type IsolationLevel = "SERIALIZABLE" | "REPEATABLE READ" | "READ COMMITTED" | "READ UNCOMMITTED" | "AUTOCOMMIT";

/** What a transaction may be besides its isolation. */
export type TransactionMode = "readOnly" | "deferrable";
export type TransactionModes = Readonly<Partial<Record<TransactionMode, boolean>>>;
/** What reads tables from a database; the reflection room has the rest of it. */
export interface SchemaReader {
  reflect(connection: ConnectionCore, metadata: MetaData, options: ReflectOptions): Task<void>;
}

/** A database as an engine sees it: how statements are compiled for it, and how its connections are led. */
export interface Dialect extends CompilingDialect {
  /** The statements that create or drop a piece of schema. */
  ddl(item: SchemaItem, options?: SchemaItemOptions): readonly string[];
  /** Whether a step is refused inside a transaction, as CREATE INDEX CONCURRENTLY is. Default: none. */
  refusesTransaction?(item: SchemaItem): boolean;
  /** Prepares a new connection: foreign keys, time zone, … */
  initialize(connection: DriverConnection): Task<void>;
  /** The levels that transactions can have, the default first. */
  readonly isolationLevels: readonly IsolationLevel[];
  /** The modes that transactions can have. Default: none. */
  readonly transactionModes?: readonly TransactionMode[];
  /** Begins a transaction; of the isolation level null, as the session does by itself. */
  begin(connection: DriverConnection, isolation: IsolationLevel | null, modes?: TransactionModes): Task<void>;
  commit(connection: DriverConnection): Task<void>;
  rollback(connection: DriverConnection): Task<void>;
  /** The level that the session has now, or transactions that say nothing else. Absent: the first of `isolationLevels`. */
  readIsolation?(connection: DriverConnection): Task<IsolationLevel>;
  /** Transactions in two phases, where the database has them. */
  readonly twoPhase?: TwoPhase | undefined;
  /** Locks on names, where the database has them. */
  readonly advisoryLocks?: AdvisoryLocks | undefined;
  /** Messages of channels reach a connection that listens. Default: as its driver says. */
  readonly listens?: boolean;
  /** How transactions are tried again that say nothing of it: for databases where conflicts are usual. Default: they are not. */
  readonly retry?: RetryOptions | undefined;
  /** Sends a message to a channel, in the transaction that is under way. */
  notify?(connection: DriverConnection, channel: string, payload: string): Task<void>;
  /**
   * How far apart the keys are that an INSERT of several rows generates, of which the driver tells the first. Absent or
   * null where nothing says that they follow one another.
   */
  readonly keyDistance?: number | null;
  /** A batch of rows is put into statements of at most so many bytes. Absent: no matter how many. */
  readonly maxBatchBytes?: number;
  /** A round trip that proves the connection alive. */
  ping(connection: DriverConnection): Task<void>;
  /** Tables, views, sequences and types that exist in these schemas (null: the default one), found by one query. */
  existingObjects(connection: DriverConnection, schemas: readonly (string | null)[]): Task<ExistingObjects>;
  /** A query that gives true where the server takes writes, false on a replica. Absent where servers have no replicas. */
  readonly acceptsWrites?: string;
  /**
   * Converts a value of a column whose type the statement does not know, by what the database calls the column's type; null
   * where the driver's value is what it should be.
   */
  naturalReader?(typeCode: number): ((value: unknown) => unknown) | null;
  /** What `inspect()` and `metadata.reflect()` ask; absent where a dialect cannot read schemas. */
  readonly catalog?: SchemaReader;
  describeError(error: unknown): ErrorDetails | null;
  /** Which pool a URL asks for by default. */
  defaultPool(url: Url): "queue" | "static" | "null";
}

/** Transactions that are prepared, and decided upon later, perhaps by another connection. */
export interface TwoPhase {
  begin(connection: DriverConnection, xid: string): Task<void>;
  prepare(connection: DriverConnection, xid: string): Task<void>;
  commit(connection: DriverConnection, xid: string, isPrepared: boolean): Task<void>;
  rollback(connection: DriverConnection, xid: string, isPrepared: boolean): Task<void>;
  /** The identifiers of transactions that are prepared and not decided upon. */
  recover(connection: DriverConnection): Task<readonly string[]>;
}

/** Opens drivers for a dialect; the registry of what `dialect+driver://` may name. */
export interface DriverEntry {
  readonly dialect: string;
  readonly name: string;
  /** The npm package to install, or null where the runtime has it. */
  readonly package: string | null;
  readonly synchronous: boolean;
  load(url: Url, options: EngineOptions): Driver | PromiseLike<Driver>;
}
