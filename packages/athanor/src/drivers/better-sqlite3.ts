import type BetterSqlite3 from "better-sqlite3";
import type { DriverEntry } from "../engine/dialect.ts";
import { requirePackage } from "./load-package.ts";
import {
  type SqliteChanges,
  SqliteConnection,
  type SqliteDatabase,
  type SqliteStatement,
} from "./sqlite-connection.ts";
import { sqliteFile } from "./sqlite-file.ts";
import { toNumbers } from "./sqlite-values.ts";

type Database = BetterSqlite3.Database;
type Statement = BetterSqlite3.Statement<unknown[]>;

/** The npm package `better-sqlite3`. */
export const betterSqlite3Driver: DriverEntry = {
  dialect: "sqlite",
  name: "better-sqlite3",
  package: "better-sqlite3",
  synchronous: true,
  load(url, options) {
    const Database = requirePackage("better-sqlite3") as typeof BetterSqlite3;
    const { path, readOnly, busyTimeout } = sqliteFile(url, options);
    return {
      name: "better-sqlite3",
      synchronous: true,
      connect: () => new SqliteConnection(new BetterDatabase(new Database(path, { readonly: readOnly })), busyTimeout),
    };
  },
};

class BetterDatabase implements SqliteDatabase {
  readonly raw: Database;

  constructor(database: Database) {
    this.raw = database;
  }
  get inTransaction(): boolean {
    return this.raw.inTransaction;
  }
  prepare(sql: string, bigints: boolean): SqliteStatement {
    const statement = this.raw.prepare<unknown[]>(sql);
    if (statement.reader) statement.raw(true);
    // A statement that returns nothing gives its row id, which may be large as well.
    if (bigints) statement.safeIntegers(true);
    return new BetterStatement(statement, bigints);
  }
  exec(sql: string): void {
    this.raw.exec(sql);
  }
  close(): void {
    this.raw.close();
  }
}

class BetterStatement implements SqliteStatement {
  readonly columns: readonly string[];
  readonly #statement: Statement;
  /** Positions of columns declared as integers, which better-sqlite3 rounds where they are beyond 2^53. */
  readonly #integers: readonly number[];
  /** Positions of expressions, which may give integers. */
  readonly #expressions: readonly number[];

  constructor(statement: Statement, bigints: boolean) {
    this.#statement = statement;
    const columns = statement.reader ? statement.columns() : [];
    this.columns = columns.map((column) => column.name);
    this.#integers = bigints ? [] : columns.flatMap(({ type }, index) => (/int/i.test(type ?? "") ? [index] : []));
    this.#expressions = bigints ? [] : columns.flatMap(({ type }, index) => (type === null ? [index] : []));
    // Such a statement cannot be repeated to find out, so that it is exact from the start.
    if (this.#expressions.length > 0 && !statement.readonly) statement.safeIntegers(true);
  }
  all(parameters: readonly unknown[]): unknown[][] {
    const rows = this.#statement.all(parameters) as unknown[][];
    if (this.#integers.length > 0) refuseRounded(rows, this.#integers);
    if (this.#expressions.length === 0) return rows;
    if (!this.#statement.readonly) for (const row of rows) toNumbers(row);
    else if (this.#expressions.some((index) => rows.some((row) => maybeRounded(row[index]))))
      return this.#exact(parameters);
    return rows;
  }
  /** The rows once more, with integers as bigints: only so they differ from floating point beyond 2^53. */
  #exact(parameters: readonly unknown[]): unknown[][] {
    this.#statement.safeIntegers(true);
    try {
      const rows = this.#statement.all(parameters) as unknown[][];
      for (const row of rows) toNumbers(row);
      return rows;
    } finally {
      this.#statement.safeIntegers(false);
    }
  }
  run(parameters: readonly unknown[]): SqliteChanges {
    return this.#statement.run(parameters);
  }
  *iterate(parameters: readonly unknown[]): Iterator<unknown[]> {
    const exact = this.#expressions.length > 0;
    if (exact) this.#statement.safeIntegers(true);
    for (const row of this.#statement.iterate(parameters) as Iterable<unknown[]>) {
      if (exact) toNumbers(row);
      else refuseRounded([row], this.#integers);
      yield row;
    }
  }
}

function maybeRounded(value: unknown): value is number {
  if (typeof value !== "number" || (value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER)) return false;
  // No integer of SQLite's is larger.
  return Math.abs(value) <= 2 ** 63;
}

/** A loop without calls: every row of every result passes here. */
function refuseRounded(rows: readonly (readonly unknown[])[], integers: readonly number[]): void {
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as readonly number[];
    for (let n = 0; n < integers.length; n += 1) {
      const value = row[integers[n] as number] as number;
      // Whatever is no number compares as false.
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) {
        throw new RangeError(`Value is too large to be represented as a JavaScript number: about ${value}.`);
      }
    }
  }
}
