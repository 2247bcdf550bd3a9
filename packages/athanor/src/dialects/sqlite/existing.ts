import type { DriverConnection } from "../../engine/driver.ts";
import { settled, type Task } from "../../util/task.ts";

/** The tables and views of several schemas, as `name` or `schema.name`; without a schema, temporary ones count too. */
export function* existingSqliteTables(
  connection: DriverConnection,
  schemas: readonly (string | null)[],
  quote: (name: string) => string,
): Task<ReadonlySet<string>> {
  if (schemas.length === 0) return new Set();
  const selects = schemas.flatMap((schema) => {
    const prefix = schema === null ? "''" : `'${`${schema}.`.replaceAll("'", "''")}'`;
    const catalogs = schema === null ? ["sqlite_master", "sqlite_temp_master"] : [`${quote(schema)}.sqlite_master`];
    return catalogs.map((catalog) => `SELECT ${prefix} || name FROM ${catalog} WHERE type IN ('table', 'view')`);
  });
  const { rows } = yield* settled(
    connection.execute(selects.join(" UNION ALL "), [], {
      returnsRows: true,
      bigints: false,
      converted: true,
      prepare: false,
    }),
  );
  return new Set(rows.map(([key]) => String(key)));
}
