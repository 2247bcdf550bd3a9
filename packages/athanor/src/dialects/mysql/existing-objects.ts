import { askRows, type DriverConnection } from "../../engine/driver.ts";
import type { ExistingObjects } from "../../schema/ddl-plan.ts";
import { settled, type Task } from "../../util/task.ts";

/** Tables, views and sequences of several schemas, as `name` or `schema.name`; null is the connection's database. */
export function* existingMysqlObjects(
  connection: DriverConnection,
  schemas: readonly (string | null)[],
): Task<ExistingObjects> {
  const tables = new Set<string>();
  const sequences = new Set<string>();
  if (schemas.length === 0) return { tables, sequences };
  const named = schemas.filter((schema) => schema !== null);
  const places = [...(named.length < schemas.length ? ["DATABASE()"] : []), ...named.map(() => "?")];
  const sql =
    "SELECT table_schema, table_name, table_type, table_schema = DATABASE() FROM information_schema.tables " +
    `WHERE table_schema IN (${places.join(", ")})`;
  const { rows } = yield* settled(connection.execute(sql, named, askRows));
  for (const [schema, name, type, isCurrent] of rows) {
    const found = type === "SEQUENCE" ? sequences : tables;
    if (isCurrent === 1 && schemas.includes(null)) found.add(String(name));
    if (named.includes(String(schema))) found.add(`${schema}.${name}`);
  }
  return { tables, sequences };
}
