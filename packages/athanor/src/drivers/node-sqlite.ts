import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { DriverEntry } from "../engine/dialect.ts";
import { NoSuchModuleError } from "../errors/errors.ts";
import {
  type SqliteChanges,
  SqliteConnection,
  type SqliteDatabase,
  type SqliteStatement,
} from "./sqlite-connection.ts";
import { sqliteFile } from "./sqlite-file.ts";
import { isBlank } from "./statement-text.ts";

/** The runtime's own module, where it has one that gives rows as arrays. */
export function nodeSqlite(): typeof import("node:sqlite") | undefined {
  const module = globalThis.process?.getBuiltinModule?.("node:sqlite");
  return module !== undefined && "setReturnArrays" in module.StatementSync.prototype ? module : undefined;
}

/** `node:sqlite`, which comes with Node.js and is complete from 22.16 on. */
export const nodeSqliteDriver: DriverEntry = {
  dialect: "sqlite",
  name: "node-sqlite",
  package: null,
  synchronous: true,
  load(url, options) {
    const module = nodeSqlite();
    if (module === undefined) {
      throw new NoSuchModuleError(
        "This runtime has no node:sqlite that gives rows as arrays. Use Node.js 22.16 or later, or install another driver: " +
          'npm install better-sqlite3, and "sqlite+better-sqlite3:///…" as the URL.',
      );
    }
    const { path, readOnly, busyTimeout } = sqliteFile(url, options);
    return {
      name: "node-sqlite",
      synchronous: true,
      connect: () => new SqliteConnection(new NodeDatabase(new module.DatabaseSync(path, { readOnly })), busyTimeout),
    };
  },
};

class NodeDatabase implements SqliteDatabase {
  readonly raw: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.raw = database;
  }
  get inTransaction(): boolean {
    return this.raw.isTransaction;
  }
  prepare(sql: string, bigints: boolean): SqliteStatement {
    const statement = this.raw.prepare(sql);
    refuseMore(sql, statement.sourceSQL);
    statement.setReturnArrays(true);
    if (bigints) statement.setReadBigInts(true);
    return new NodeStatement(statement);
  }
  exec(sql: string): void {
    this.raw.exec(sql);
  }
  close(): void {
    this.raw.close();
  }
}

class NodeStatement implements SqliteStatement {
  readonly columns: readonly string[];
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.columns = statement.columns().map((column) => column.name);
  }
  all(parameters: readonly unknown[]): unknown[][] {
    return this.#statement.all(...(parameters as SQLInputValue[])) as unknown as unknown[][];
  }
  run(parameters: readonly unknown[]): SqliteChanges {
    const { changes, lastInsertRowid } = this.#statement.run(...(parameters as SQLInputValue[]));
    return { changes: Number(changes), lastInsertRowid };
  }
  iterate(parameters: readonly unknown[]): Iterator<unknown[]> {
    return this.#statement.iterate(...(parameters as SQLInputValue[])) as unknown as Iterator<unknown[]>;
  }
}

/** node:sqlite would leave out, without a word, what follows the first statement. */
function refuseMore(sql: string, first: string): void {
  if (sql.length === first.length || isBlank(sql.slice(first.length))) return;
  throw new RangeError("The supplied SQL string contains more than one statement");
}
