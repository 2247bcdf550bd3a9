import type Libsql from "libsql";
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
import { isBlank, isScript } from "./statement-text.ts";

type Database = Libsql.Database;
type Statement = Libsql.Statement<unknown[]>;

/** The npm package `libsql`, for files and databases in memory. */
export const libsqlDriver: DriverEntry = {
  dialect: "sqlite",
  name: "libsql",
  package: "libsql",
  synchronous: true,
  load(url, options) {
    const Database = requirePackage("libsql") as typeof Libsql;
    const { path, readOnly, busyTimeout } = sqliteFile(url, options);
    return {
      name: "libsql",
      synchronous: true,
      connect: () => new SqliteConnection(new LibsqlDatabase(new Database(fileName(path, readOnly))), busyTimeout),
    };
  },
};

/** The package has no option for reading only, but a URI has: https://sqlite.org/uri.html */
function fileName(path: string, readOnly: boolean): string {
  if (!readOnly) return path;
  return `file:${path.replace(/[%?#]/g, encodeURIComponent)}?mode=ro`;
}

class LibsqlDatabase implements SqliteDatabase {
  readonly raw: Database;

  constructor(database: Database) {
    this.raw = database;
  }
  get inTransaction(): boolean {
    return this.raw.inTransaction;
  }
  prepare(sql: string, bigints: boolean): SqliteStatement {
    // The package would leave out, without a word, what follows the first statement, and take nothing for a statement.
    if (isScript(sql)) throw new RangeError("The supplied SQL string contains more than one statement");
    if (isBlank(sql)) throw new RangeError("The supplied SQL string contains no statement");
    return new LibsqlStatement(this.raw.prepare(sql), bigints);
  }
  exec(sql: string): void {
    this.raw.exec(sql);
  }
  close(): void {
    this.raw.close();
  }
}

/** Integers are always read as bigints: only so it is seen which of them a number cannot hold. */
class LibsqlStatement implements SqliteStatement {
  readonly columns: readonly string[];
  readonly #statement: Statement;
  readonly #bigints: boolean;

  constructor(statement: Statement, bigints: boolean) {
    this.#statement = statement.safeIntegers(true);
    this.#bigints = bigints;
    this.columns = statement.reader
      ? statement
          .raw(true)
          .columns()
          .map(({ name }) => name)
      : [];
  }
  all(parameters: readonly unknown[]): unknown[][] {
    const rows = this.#statement.all(withoutNul(parameters)) as unknown[][];
    if (!this.#bigints) for (const row of rows) toNumbers(row);
    return rows;
  }
  run(parameters: readonly unknown[]): SqliteChanges {
    return this.#statement.run(withoutNul(parameters));
  }
  *iterate(parameters: readonly unknown[]): Iterator<unknown[]> {
    for (const row of this.#statement.iterate(withoutNul(parameters)) as Iterable<unknown[]>) {
      if (!this.#bigints) toNumbers(row);
      yield row;
    }
  }
}

/** The package would read the text back only as far as the character. */
function withoutNul(parameters: readonly unknown[]): readonly unknown[] {
  for (const value of parameters) {
    if (typeof value === "string" && value.includes("\u0000")) {
      throw new TypeError(
        "A text with the character NUL was given for SQLite, and the driver libsql would cut it off there.",
      );
    }
  }
  return parameters;
}
