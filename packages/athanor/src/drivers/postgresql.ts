import { PostgresqlDialect } from "../dialects/postgresql/dialect.ts";
import type { DatabaseEntry } from "../engine/create-engine.ts";
import { pgDriver } from "./pg.ts";
import { pgliteDriver } from "./pglite.ts";
import { postgresDriver } from "./postgres.ts";

/** PostgreSQL with its drivers, as `postgresql://` URLs name them. */
export const postgresqlDatabase: DatabaseEntry = {
  name: "postgresql",
  aliases: ["postgres"],
  drivers: [pgDriver, postgresDriver, pgliteDriver],
  createDialect: () => new PostgresqlDialect(),
  defaultDriver: () => pgDriver.name,
};
