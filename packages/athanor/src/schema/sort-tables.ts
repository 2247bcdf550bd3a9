import type { ForeignKeyConstraint } from "./foreign-key.ts";
import type { Table } from "./table.ts";

export interface SortedTables {
  /** Each table behind those its foreign keys point to, as far as that is possible. */
  readonly tables: readonly Table[];
  /** Foreign keys that point to a table further behind: they close a cycle. */
  readonly cycles: readonly ForeignKeyConstraint[];
}

/**
 * Orders tables by their foreign keys; tables that do not depend on each other keep their order. Foreign keys with
 * `useAlter` do not count, nor do those to tables that are not among the given ones. Where tables form a ring, the
 * foreign keys that close it are reported.
 */
export function sortTables(tables: readonly Table[]): SortedTables {
  const given = new Set(tables);
  const sorted = new Set<Table>();
  const cycles: ForeignKeyConstraint[] = [];
  const waiting = new Map(tables.map((table) => [table, foreignKeysTo(table, given)]));
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, keys]) => keys.every((key) => sorted.has(key.referredTable)));
    if (ready.length > 0) {
      for (const [table] of ready) {
        sorted.add(table);
        waiting.delete(table);
      }
      continue;
    }
    // A ring: the table that others of the ring wait for goes first, without the keys that hold it back.
    const next = memberOfRing(waiting, sorted);
    const held = waiting.get(next) ?? [];
    cycles.push(...held.filter((key) => !sorted.has(key.referredTable)));
    sorted.add(next);
    waiting.delete(next);
  }
  return { tables: [...sorted], cycles };
}

function foreignKeysTo(table: Table, given: ReadonlySet<Table>): readonly ForeignKeyConstraint[] {
  return table.foreignKeyConstraints.filter(
    (key) => !key.useAlter && key.referredTable !== table && given.has(key.referredTable),
  );
}

/** Follows the keys that hold tables back until a table comes up twice: it is part of a ring. */
function memberOfRing(waiting: ReadonlyMap<Table, readonly ForeignKeyConstraint[]>, sorted: ReadonlySet<Table>): Table {
  const [start] = waiting.keys();
  if (start === undefined) throw new RangeError("no table is left");
  const seen = new Set<Table>();
  let table = start;
  while (!seen.has(table)) {
    seen.add(table);
    const key = waiting.get(table)?.find((each) => !sorted.has(each.referredTable));
    if (key === undefined) break;
    table = key.referredTable;
  }
  return table;
}
