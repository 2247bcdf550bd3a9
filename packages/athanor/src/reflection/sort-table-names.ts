import { sortedGroups } from "../util/topological-sort.ts";
import type { ReflectedForeignKey, SortedTableNames } from "./reflected.ts";

/** Orders tables by their foreign keys; of tables in a ring, the foreign keys between them are left for later. */
export function sortTableNames(
  foreignKeys: ReadonlyMap<string, readonly ReflectedForeignKey[]>,
  schema: string | null,
): SortedTableNames {
  const names = [...foreignKeys.keys()];
  const targetOf = (key: ReflectedForeignKey): string | null =>
    key.referredSchema === schema ? key.referredTable : null;
  const groups = sortedGroups(
    names,
    (name) =>
      (foreignKeys.get(name) ?? []).map(targetOf).filter((target) => target !== null && target !== name) as string[],
  );
  const ringOf = new Map(groups.flatMap((group) => group.map((name) => [name, group] as const)));
  const closesRing = (name: string, key: ReflectedForeignKey): boolean => {
    const target = targetOf(key);
    return target !== null && target !== name && ringOf.get(name)?.includes(target) === true;
  };
  const keysOf = (name: string): readonly ReflectedForeignKey[] => foreignKeys.get(name) ?? [];
  return {
    tables: groups.flat().map((name) => ({
      name,
      foreignKeys: keysOf(name)
        .filter((key) => !closesRing(name, key))
        .map((key) => key.name),
    })),
    remaining: names.flatMap((table) =>
      keysOf(table)
        .filter((key) => closesRing(table, key))
        .map(({ name }) => ({ table, name })),
    ),
  };
}
