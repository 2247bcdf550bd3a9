import type BetterSqlite3 from "better-sqlite3";
import type { DriverEntry } from "../engine/dialect.ts";
import { NoSuchModuleError } from "../errors/errors.ts";
import {
  type SqliteChanges,
  SqliteConnection,
  type SqliteDatabase,
  type SqliteStatement,
} from "./sqlite-connection.ts";
import { sqliteFile } from "./sqlite-file.ts";

type Database = BetterSqlite3.Database;
type Statement = BetterSqlite3.Statement<unknown[]>;

/** The npm package `better-sqlite3`. */
export const betterSqlite3Driver: DriverEntry = {
  dialect: "sqlite",
  name: "better-sqlite3",
  package: "better-sqlite3",
  synchronous: true,
  load(url) {
    const Database = loadPackage();
    const { path, readOnly } = sqliteFile(url);
    return {
      name: "better-sqlite3",
      synchronous: true,
      connect: () => new SqliteConnection(new BetterDatabase(new Database(path, { readonly: readOnly }))),
    };
  },
};

/** Found from where this package is installed, or from the program's own folder. */
function loadPackage(): typeof BetterSqlite3 {
  const { process } = globalThis;
  const module = process?.getBuiltinModule?.("node:module");
  const failures: unknown[] = [];
  for (const from of [import.meta.url, `file://${process?.cwd() ?? ""}/package.json`]) {
    try {
      if (module !== undefined) return module.createRequire(from)("better-sqlite3") as typeof BetterSqlite3;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new NoSuchModuleError("The driver better-sqlite3 is not installed. Run: npm install better-sqlite3", {
    cause: failures[0],
  });
}

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
  /** Positions of columns that hold integers, which better-sqlite3 rounds where they are beyond 2^53. */
  readonly #integers: readonly number[];

  constructor(statement: Statement, bigints: boolean) {
    this.#statement = statement;
    const columns = statement.reader ? statement.columns() : [];
    this.columns = columns.map((column) => column.name);
    this.#integers = bigints ? [] : columns.flatMap(({ type }, index) => (/int/i.test(type ?? "") ? [index] : []));
  }
  all(parameters: readonly unknown[]): unknown[][] {
    const rows = this.#statement.all(parameters) as unknown[][];
    for (const index of this.#integers) for (const row of rows) refuseRounded(row[index]);
    return rows;
  }
  run(parameters: readonly unknown[]): SqliteChanges {
    return this.#statement.run(parameters);
  }
  *iterate(parameters: readonly unknown[]): Iterator<unknown[]> {
    for (const row of this.#statement.iterate(parameters) as Iterable<unknown[]>) {
      for (const index of this.#integers) refuseRounded(row[index]);
      yield row;
    }
  }
}

function refuseRounded(value: unknown): void {
  if (typeof value !== "number" || (value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER)) return;
  throw new RangeError(`Value is too large to be represented as a JavaScript number: about ${value}.`);
}
