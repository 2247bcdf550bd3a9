import type { DriverBatchResult, DriverConnection, DriverResult, ExecuteOptions, RowStream } from "../engine/driver.ts";
import { LruCache } from "../util/lru-cache.ts";
import { bindable } from "./sqlite-values.ts";
import { generatesKeys, hasStar, parameterCount } from "./statement-text.ts";

/** A prepared statement, as far as SQLite's drivers agree. */
export interface SqliteStatement {
  /** Names of the columns; empty where it returns no rows. */
  readonly columns: readonly string[];
  all(parameters: readonly unknown[]): unknown[][];
  run(parameters: readonly unknown[]): SqliteChanges;
  iterate(parameters: readonly unknown[]): Iterator<unknown[]>;
}

export interface SqliteChanges {
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
}

/** An open database, as far as SQLite's drivers agree. */
export interface SqliteDatabase {
  prepare(sql: string, bigints: boolean): SqliteStatement;
  exec(sql: string): void;
  close(): void;
  readonly inTransaction: boolean;
  readonly raw: unknown;
}

interface Prepared {
  readonly statement: SqliteStatement;
  readonly generatesKeys: boolean;
  readonly parameterCount: number | null;
}

const preparedStatements = 200;

/** A connection to SQLite over any of its drivers. Prepared statements are kept for the next use of the same text. */
export class SqliteConnection implements DriverConnection {
  readonly #database: SqliteDatabase;
  readonly #statements = new LruCache<string, Prepared>(preparedStatements);
  readonly #bigintStatements = new LruCache<string, Prepared>(preparedStatements);
  readonly #streams = new Set<SqliteStream>();

  /** `busyTimeout`: milliseconds to wait for a lock that another connection has. */
  constructor(database: SqliteDatabase, busyTimeout: number) {
    this.#database = database;
    database.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
  }

  get raw(): unknown {
    return this.#database.raw;
  }
  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  #prepare(sql: string, { bigints, prepare }: ExecuteOptions): Prepared {
    if (this.#streams.size > 0) this.#drainStreams();
    const cache = bigints ? this.#bigintStatements : this.#statements;
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const prepared = {
      statement: this.#database.prepare(sql, bigints),
      generatesKeys: generatesKeys(sql),
      parameterCount: parameterCount(sql),
    };
    // What a star stands for changes with the table; such a statement is prepared anew to learn its columns.
    if (prepare && !hasStar(sql)) cache.set(sql, prepared);
    return prepared;
  }

  execute(sql: string, parameters: readonly unknown[], options: ExecuteOptions): DriverResult {
    const { statement, generatesKeys, parameterCount } = this.#prepare(sql, options);
    checkCount(parameterCount, parameters);
    const { columns } = statement;
    const values = options.converted ? parameters : bindable(parameters);
    if (columns.length > 0) {
      const rows = statement.all(values);
      return { rows, columns, rowCount: rows.length, lastInsertId: null };
    }
    const result = statement.run(values);
    return {
      rows: [],
      columns,
      rowCount: result.changes,
      lastInsertId: generatesKeys ? this.#insertedId(result) : null,
    };
  }

  executeMany(sql: string, parameterSets: readonly (readonly unknown[])[], options: ExecuteOptions): DriverBatchResult {
    const { statement, generatesKeys, parameterCount } = this.#prepare(sql, options);
    for (const parameters of parameterSets) checkCount(parameterCount, parameters);
    const { columns } = statement;
    if (columns.length > 0) {
      const rows: unknown[][] = [];
      let unmatched = -1;
      for (const [index, parameters] of parameterSets.entries()) {
        const found = statement.all(options.converted ? parameters : bindable(parameters));
        if (found.length === 0 && unmatched < 0) unmatched = index;
        for (const row of found) rows.push(row);
      }
      return { rows, columns, rowCount: rows.length, lastInsertIds: null, ...(unmatched < 0 ? {} : { unmatched }) };
    }
    const lastInsertIds: (number | bigint | null)[] = [];
    let rowCount = 0;
    let unmatched = -1;
    for (let i = 0; i < parameterSets.length; i += 1) {
      const parameters = parameterSets[i] as readonly unknown[];
      const result = statement.run(options.converted ? parameters : bindable(parameters));
      rowCount += result.changes;
      if (result.changes === 0 && unmatched < 0) unmatched = i;
      if (generatesKeys) lastInsertIds.push(this.#insertedId(result));
    }
    return {
      rows: [],
      columns,
      rowCount,
      lastInsertIds: generatesKeys ? lastInsertIds : null,
      ...(unmatched < 0 ? {} : { unmatched }),
    };
  }

  /** Null where nothing was inserted (OR IGNORE): SQLite would still tell an earlier one. */
  #insertedId({ changes, lastInsertRowid }: SqliteChanges): number | bigint | null {
    if (changes === 0) return null;
    if (typeof lastInsertRowid === "number" && Number.isSafeInteger(lastInsertRowid)) return lastInsertRowid;
    const exact = this.#database.prepare("SELECT last_insert_rowid()", true).all([])[0]?.[0];
    return typeof exact === "bigint" && !Number.isSafeInteger(Number(exact)) ? exact : Number(exact);
  }

  stream(sql: string, parameters: readonly unknown[], options: ExecuteOptions): RowStream {
    // A statement of its own: the kept one may be executed again while this cursor is open.
    const { statement, parameterCount } = this.#prepare(sql, { ...options, prepare: false });
    checkCount(parameterCount, parameters);
    const values = options.converted ? parameters : bindable(parameters);
    if (statement.columns.length > 0) {
      return new SqliteStream(statement.columns, statement.iterate(values), this.#streams);
    }
    statement.run(values);
    return new SqliteStream(statement.columns, [].values(), this.#streams);
  }

  /**
   * Whatever is executed while rows are being read must not change them, and some drivers execute nothing meanwhile: the
   * rows that are left are read first.
   */
  #drainStreams(): void {
    for (const stream of this.#streams) stream.drain();
  }

  run(sql: string): void {
    if (this.#streams.size > 0) this.#drainStreams();
    this.#database.exec(sql);
  }

  close(): void {
    for (const stream of this.#streams) stream.close();
    this.#statements.clear();
    this.#bigintStatements.clear();
    this.#database.close();
  }
}

/** Some drivers would take NULL for a value that is missing. */
function checkCount(expected: number | null, { length }: readonly unknown[]): void {
  if (expected === null || expected === length) return;
  throw new RangeError(
    `Too ${length < expected ? "few" : "many"} parameter values were provided: the statement has ${expected}, and ${length} came.`,
  );
}

class SqliteStream implements RowStream {
  readonly columns: readonly string[];
  readonly #open: Set<SqliteStream>;
  #rows: Iterator<unknown[]> | null;
  #drained: unknown[][] = [];
  #position = 0;
  #failure: { readonly error: unknown } | null = null;

  constructor(columns: readonly string[], rows: Iterator<unknown[]>, open: Set<SqliteStream>) {
    this.columns = columns;
    this.#rows = rows;
    this.#open = open;
    open.add(this);
  }

  next(size: number): unknown[][] {
    const batch: unknown[][] = [];
    if (this.#rows === null) this.#takeDrained(batch, size);
    else this.#read(this.#rows, batch, size);
    return batch;
  }
  #read(rows: Iterator<unknown[]>, batch: unknown[][], size: number): void {
    while (batch.length < size) {
      const step = rows.next();
      if (step.done === true) {
        this.#end();
        break;
      }
      batch.push(step.value);
    }
  }
  #takeDrained(batch: unknown[][], size: number): void {
    const end = Math.min(this.#position + size, this.#drained.length);
    for (; this.#position < end; this.#position += 1) batch.push(this.#drained[this.#position] ?? []);
    if (batch.length > 0 || this.#failure === null) return;
    const { error } = this.#failure;
    this.#failure = null;
    throw error;
  }

  /** Reads what is left, for later. What fails now is told when the stream comes to it. */
  drain(): void {
    if (this.#rows === null) return;
    try {
      this.#read(this.#rows, this.#drained, Number.POSITIVE_INFINITY);
    } catch (error) {
      this.#failure = { error };
      this.#end();
    }
  }

  close(): void {
    this.#drained = [];
    this.#failure = null;
    this.#rows?.return?.();
    this.#end();
  }

  #end(): void {
    this.#rows = null;
    this.#open.delete(this);
  }
}
