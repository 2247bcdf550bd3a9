import { SqliteDialect } from "../dialects/sqlite/dialect.ts";
import type { DatabaseEntry } from "../engine/create-engine.ts";
import { ArgumentError } from "../errors/errors.ts";
import { betterSqlite3Driver } from "./better-sqlite3.ts";
import { bunSqliteDriver, isBun } from "./bun-sqlite.ts";
import { libsqlDriver } from "./libsql.ts";
import { nodeSqlite, nodeSqliteDriver } from "./node-sqlite.ts";

const drivers = [nodeSqliteDriver, betterSqlite3Driver, bunSqliteDriver, libsqlDriver];

/** SQLite with its drivers, as `sqlite://` URLs name them. */
export const sqliteDatabase: DatabaseEntry = {
  name: "sqlite",
  drivers,
  createDialect: (options) => new SqliteDialect(options),
  /** What the environment variable ATHANOR_SQLITE_DRIVER names; otherwise what the runtime has, or else better-sqlite3. */
  defaultDriver() {
    const chosen = globalThis.process?.env?.["ATHANOR_SQLITE_DRIVER"];
    if (chosen !== undefined && chosen !== "") {
      if (drivers.some((driver) => driver.name === chosen)) return chosen;
      const known = drivers.map((driver) => driver.name).join(", ");
      throw new ArgumentError(`ATHANOR_SQLITE_DRIVER is ${JSON.stringify(chosen)}. It can be: ${known}.`);
    }
    if (isBun()) return bunSqliteDriver.name;
    return nodeSqlite() === undefined ? betterSqlite3Driver.name : nodeSqliteDriver.name;
  },
};
