import type { DriverEntry } from "../engine/dialect.ts";
import { NoSuchModuleError } from "../errors/errors.ts";
import {
  type SqliteChanges,
  SqliteConnection,
  type SqliteDatabase,
  type SqliteStatement,
} from "./sqlite-connection.ts";
import { sqliteFile } from "./sqlite-file.ts";
import { toNumbers } from "./sqlite-values.ts";
import { isScript } from "./statement-text.ts";

/** As much of `bun:sqlite` as is used here. */
interface BunDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): BunStatement;
  run(sql: string): unknown;
  close(): void;
}
interface BunStatement {
  readonly columnNames: readonly string[];
  values(...parameters: readonly unknown[]): unknown[][];
  run(...parameters: readonly unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
}
interface BunSqlite {
  readonly Database: new (
    path: string,
    options: { readonly readonly?: boolean; readonly create?: boolean; readonly safeIntegers?: boolean },
  ) => BunDatabase;
}

/** Whether the program runs on Bun. */
export function isBun(): boolean {
  return globalThis.process?.versions["bun"] !== undefined;
}

/** `bun:sqlite`, which comes with Bun. */
export const bunSqliteDriver: DriverEntry = {
  dialect: "sqlite",
  name: "bun",
  package: null,
  synchronous: true,
  load(url, engineOptions) {
    const { Database } = loadModule();
    const { path, readOnly, busyTimeout } = sqliteFile(url, engineOptions);
    const options = readOnly ? { readonly: true } : { create: true };
    return {
      name: "bun",
      synchronous: true,
      // Integers are read as bigints and made numbers again: bun:sqlite decides that for a whole database.
      connect: () =>
        new SqliteConnection(
          new BunSqliteDatabase(new Database(path, { ...options, safeIntegers: true })),
          busyTimeout,
        ),
    };
  },
};

function loadModule(): BunSqlite {
  const module = isBun() ? globalThis.process.getBuiltinModule("node:module") : undefined;
  if (module === undefined) {
    throw new NoSuchModuleError('bun:sqlite exists on Bun only. Name another driver: "sqlite+node-sqlite:///…".');
  }
  return module.createRequire(import.meta.url)("bun:sqlite") as BunSqlite;
}

class BunSqliteDatabase implements SqliteDatabase {
  readonly raw: BunDatabase;

  constructor(database: BunDatabase) {
    this.raw = database;
  }
  get inTransaction(): boolean {
    return this.raw.inTransaction;
  }
  prepare(sql: string, bigints: boolean): SqliteStatement {
    // bun:sqlite would leave out, without a word, what follows the first statement.
    if (isScript(sql)) throw new RangeError("The supplied SQL string contains more than one statement");
    return new BunSqliteStatement(this.raw.prepare(sql), bigints);
  }
  exec(sql: string): void {
    this.raw.run(sql);
  }
  close(): void {
    this.raw.close();
  }
}

class BunSqliteStatement implements SqliteStatement {
  readonly columns: readonly string[];
  readonly #statement: BunStatement;
  readonly #bigints: boolean;

  constructor(statement: BunStatement, bigints: boolean) {
    this.#statement = statement;
    this.#bigints = bigints;
    this.columns = statement.columnNames;
  }
  all(parameters: readonly unknown[]): unknown[][] {
    const rows = this.#statement.values(...parameters);
    if (!this.#bigints) for (const row of rows) toNumbers(row);
    return rows;
  }
  run(parameters: readonly unknown[]): SqliteChanges {
    const { changes, lastInsertRowid } = this.#statement.run(...parameters);
    return { changes: Number(changes), lastInsertRowid: smallest(lastInsertRowid) };
  }
  /** bun:sqlite has no cursor that gives arrays: the rows are read at once. */
  *iterate(parameters: readonly unknown[]): Iterator<unknown[]> {
    yield* this.all(parameters);
  }
}

function smallest(value: number | bigint): number | bigint {
  return typeof value === "bigint" && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
