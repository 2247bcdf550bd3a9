import type { Awaitable } from "../util/task.ts";

/** What one execution gave. */
export interface DriverResult {
  /** Rows as arrays in the order of the columns; empty where the statement returns none. The arrays are the caller's to change. */
  readonly rows: unknown[][];
  /** Names of the columns as the database gives them; empty where the statement returns no rows. */
  readonly columns: readonly string[];
  /** What the database calls the columns' types (PostgreSQL's OIDs), where the driver tells. */
  readonly typeCodes?: readonly number[];
  /** Rows matched by INSERT, UPDATE or DELETE; -1 where the driver does not tell. */
  readonly rowCount: number;
  /** The key that the last INSERT generated, where the driver tells. */
  readonly lastInsertId: number | bigint | null;
}

/** What a batch gave. */
export interface DriverBatchResult {
  /** The sum of the row counts; -1 where the driver does not tell. */
  readonly rowCount: number;
  /** Which execution was the first to match no row; absent where all did, or where the driver does not tell. */
  readonly unmatched?: number;
  /** The rows that all executions returned, in the order of the parameter sets. */
  readonly rows: unknown[][];
  readonly columns: readonly string[];
  readonly typeCodes?: readonly number[];
  /** The key that each INSERT generated, null for one that inserted nothing; null altogether where the driver does not tell. */
  readonly lastInsertIds: readonly (number | bigint | null)[] | null;
}

export interface ExecuteOptions {
  /** The statement returns rows. */
  readonly returnsRows: boolean;
  /** Read every integer as a bigint, because some column needs more than 53 bits. */
  readonly bigints: boolean;
  /** The parameters are in the driver's form already; otherwise they are a user's own, to be checked and converted. */
  readonly converted: boolean;
  /** Keep a prepared statement for the next execution of the same text. */
  readonly prepare: boolean;
}

/** For what a dialect asks the server by itself: rows, as the driver gives them. */
export const askRows: ExecuteOptions = { returnsRows: true, bigints: false, converted: true, prepare: false };

/** Rows that come in batches, from a cursor that stays open until it is exhausted or closed. */
export interface RowStream {
  readonly columns: readonly string[];
  readonly typeCodes?: readonly number[];
  /** The next batch of at most `size` rows; an empty one at the end. */
  next(size: number): Awaitable<unknown[][]>;
  close(): Awaitable<void>;
}

/** One connection to a database. A driver answers at once or with a promise; errors are its own and wrapped above. */
export interface DriverConnection {
  execute(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Awaitable<DriverResult>;
  /** The same statement once for each set of parameters, in their order, as one batch. */
  executeMany(
    sql: string,
    parameterSets: readonly (readonly unknown[])[],
    options: ExecuteOptions,
  ): Awaitable<DriverBatchResult>;
  stream(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Awaitable<RowStream>;
  /** Statements without parameters or rows: BEGIN, PRAGMA, SAVEPOINT. Several may be separated by semicolons. */
  run(sql: string): Awaitable<void>;
  close(): Awaitable<void>;
  /** Ends the connection at once, without a word to the server: it is lost, or does not answer. Absent: `close` does. */
  terminate?(): void;
  /** Stops, from outside, the statement that is being executed, which then fails. Absent where that is not possible. */
  cancel?(): Awaitable<void>;
  /**
   * Hears of messages to a channel until what it returns is called; `lost` is called when the connection ends by itself.
   * Absent where the database has no channels.
   */
  listen?(channel: string, receive: (payload: string) => void, lost: () => void): Awaitable<() => Awaitable<void>>;
  /** The database has a transaction under way, as far as the driver knows. */
  readonly inTransaction: boolean;
  /** The driver's own object, for what this interface does not cover. */
  readonly raw: unknown;
}

/** A driver: opens connections from what a URL says. */
export interface Driver {
  /** As it stands after the plus sign of a URL. */
  readonly name: string;
  /** It answers at once, so that it can serve a SyncEngine. */
  readonly synchronous: boolean;
  connect(): Awaitable<DriverConnection>;
}
