import { askRows, type DriverConnection } from "../../engine/driver.ts";
import type { ExistingObjects } from "../../schema/ddl-plan.ts";
import { settled, type Task } from "../../util/task.ts";

/** Relations and types of the catalog: what is asked of each, and what sees it without a schema. */
const sources = [
  {
    from: "pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace",
    name: "o.relname::text",
    kind: "CASE o.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END",
    where: "o.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')",
    visible: "pg_table_is_visible(o.oid)",
  },
  {
    from: "pg_type o JOIN pg_namespace n ON n.oid = o.typnamespace",
    name: "o.typname::text",
    kind: "'type'",
    where: "o.typtype IN ('e', 'd')",
    visible: "pg_type_is_visible(o.oid)",
  },
] as const;

/** Tables, views, sequences and types. Without a schema: what a bare name finds on the search path. */
export function* existingPostgresqlObjects(
  connection: DriverConnection,
  schemas: readonly (string | null)[],
): Task<ExistingObjects> {
  const named = schemas.filter((schema) => schema !== null);
  const places = named.map((_, i) => `$${i + 1}`).join(", ");
  const selects = sources.flatMap(({ from, name, kind, where, visible }) => {
    const select = (key: string, place: string) => `SELECT ${kind}, ${key} FROM ${from} WHERE ${where} AND ${place}`;
    return [
      ...(schemas.includes(null) ? [select(name, `${visible} AND n.nspname <> 'pg_catalog'`)] : []),
      ...(named.length > 0 ? [select(`n.nspname || '.' || ${name}`, `n.nspname IN (${places})`)] : []),
    ];
  });
  const found = { table: new Set<string>(), sequence: new Set<string>(), type: new Set<string>() };
  const all = { tables: found.table, sequences: found.sequence, types: found.type };
  if (selects.length === 0) return all;
  const { rows } = yield* settled(connection.execute(selects.join(" UNION ALL "), named, askRows));
  for (const [kind, key] of rows) {
    if (kind === "table" || kind === "sequence" || kind === "type") found[kind].add(String(key));
  }
  return all;
}
