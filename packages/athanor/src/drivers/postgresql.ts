import { PostgresqlDialect } from "../dialects/postgresql/dialect.ts";
import { variantNames } from "../dialects/postgresql/variants.ts";
import type { DatabaseEntry } from "../engine/create-engine.ts";
import { pgDriver } from "./pg.ts";
import { pgliteDriver } from "./pglite.ts";
import { postgresDriver } from "./postgres.ts";
import { variantOfUrl } from "./postgresql-url.ts";

/** PostgreSQL with its drivers, as `postgresql://` URLs name them. */
export const postgresqlDatabase: DatabaseEntry = {
  name: "postgresql",
  aliases: ["postgres", ...variantNames],
  drivers: [pgDriver, postgresDriver, pgliteDriver],
  createDialect: (_options, url) => new PostgresqlDialect(variantOfUrl(url)),
  defaultDriver: () => pgDriver.name,
};
