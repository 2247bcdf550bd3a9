import {
  type Connection,
  type Engine,
  inspect,
  type MultiOptions,
  type SyncConnection,
  type SyncEngine,
} from "athanor";

/** Everything that an inspector tells of the tables of a schema, to be compared: types by their keys. */
export async function schemaSnapshot(
  bind: Engine | Connection | SyncEngine | SyncConnection,
  options: MultiOptions = {},
): Promise<Readonly<Record<string, unknown>>> {
  const inspector = inspect(bind);
  const columns = await inspector.getMultiColumns(options);
  const primaryKeys = await inspector.getMultiPkConstraint(options);
  const foreignKeys = await inspector.getMultiForeignKeys(options);
  const uniques = await inspector.getMultiUniqueConstraints(options);
  const checks = await inspector.getMultiCheckConstraints(options);
  const indexes = await inspector.getMultiIndexes(options);
  const tableOptions = await inspector.getMultiTableOptions(options);
  const byName = <T extends { readonly name: string | null }>(list: readonly T[] | undefined): readonly T[] =>
    (list ?? []).toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return Object.fromEntries(
    [...columns].map(([name, found]) => [
      name,
      {
        columns: found.map((column) => ({ ...column, type: column.type.key })),
        primaryKey: primaryKeys.get(name),
        foreignKeys: byName(foreignKeys.get(name)),
        uniques: byName(uniques.get(name)),
        checks: byName(checks.get(name)),
        indexes: byName(indexes.get(name)),
        options: tableOptions.get(name),
      },
    ]),
  );
}
