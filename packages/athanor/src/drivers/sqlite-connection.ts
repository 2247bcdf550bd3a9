import type {
  DriverBatchResult,
  DriverConnection,
  DriverResult,
  ExecuteOptions,
  RowStream,
} from "../engine/driver.ts";
import { LruCache } from "../util/lru-cache.ts";

/** A prepared statement, as far as SQLite's drivers agree. */
export interface SqliteStatement {
  /** Names of the columns; empty where it returns no rows. */
  readonly columns: readonly string[];
  all(parameters: readonly unknown[]): unknown[][];
  run(parameters: readonly unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  iterate(parameters: readonly unknown[]): Iterator<unknown[]>;
}

/** An open database, as far as SQLite's drivers agree. */
export interface SqliteDatabase {
  prepare(sql: string, bigints: boolean): SqliteStatement;
  exec(sql: string): void;
  close(): void;
  readonly inTransaction: boolean;
  readonly raw: unknown;
}

const preparedStatements = 200;

/** A connection to SQLite over any of its drivers. Prepared statements are kept for the next use of the same text. */
export class SqliteConnection implements DriverConnection {
  readonly #database: SqliteDatabase;
  readonly #statements = new LruCache<string, SqliteStatement>(preparedStatements);
  readonly #bigintStatements = new LruCache<string, SqliteStatement>(preparedStatements);

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  get raw(): unknown {
    return this.#database.raw;
  }
  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  #prepare(sql: string, { bigints, prepare }: ExecuteOptions): SqliteStatement {
    const cache = bigints ? this.#bigintStatements : this.#statements;
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql, bigints);
    if (prepare) cache.set(sql, statement);
    return statement;
  }

  execute(sql: string, parameters: readonly unknown[], options: ExecuteOptions): DriverResult {
    const statement = this.#prepare(sql, options);
    const { columns } = statement;
    if (columns.length > 0) {
      const rows = statement.all(parameters);
      return { rows, columns, rowCount: rows.length, lastInsertId: null };
    }
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { rows: [], columns, rowCount: changes, lastInsertId: lastInsertRowid };
  }

  executeMany(
    sql: string,
    parameterSets: readonly (readonly unknown[])[],
    options: ExecuteOptions,
  ): DriverBatchResult {
    const statement = this.#prepare(sql, options);
    const { columns } = statement;
    if (columns.length > 0) {
      const rows: unknown[][] = [];
      for (const parameters of parameterSets) for (const row of statement.all(parameters)) rows.push(row);
      return { rows, columns, rowCount: rows.length, lastInsertIds: null };
    }
    const lastInsertIds = new Array<number | bigint>(parameterSets.length);
    let rowCount = 0;
    for (let i = 0; i < parameterSets.length; i += 1) {
      const { changes, lastInsertRowid } = statement.run(parameterSets[i] as readonly unknown[]);
      rowCount += changes;
      lastInsertIds[i] = lastInsertRowid;
    }
    return { rows: [], columns, rowCount, lastInsertIds };
  }

  stream(sql: string, parameters: readonly unknown[], options: ExecuteOptions): RowStream {
    // A statement of its own: the kept one may be executed again while this cursor is open.
    const statement = this.#prepare(sql, { ...options, prepare: false });
    return new SqliteStream(statement.columns, statement.iterate(parameters));
  }

  run(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#statements.clear();
    this.#bigintStatements.clear();
    this.#database.close();
  }
}

class SqliteStream implements RowStream {
  readonly columns: readonly string[];
  readonly #rows: Iterator<unknown[]>;
  #ended = false;

  constructor(columns: readonly string[], rows: Iterator<unknown[]>) {
    this.columns = columns;
    this.#rows = rows;
  }

  next(size: number): unknown[][] {
    const batch: unknown[][] = [];
    while (!this.#ended && batch.length < size) {
      const step = this.#rows.next();
      if (step.done === true) this.#ended = true;
      else batch.push(step.value);
    }
    return batch;
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#rows.return?.();
  }
}
