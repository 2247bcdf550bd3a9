import type { TableColumn } from "../../schema/table-column.ts";
import type { TableNode } from "../../sql/nodes/froms.ts";
import type { ColumnProperty } from "./column-property.ts";
import type { VersionCounter } from "./version-counter.ts";

/**
 * One of the tables that the objects of a class are kept in, as the unit of work writes it. A class with one table is this
 * itself; the classes of a hierarchy share what they inherit.
 */
export interface WrittenTable {
  readonly className: string;
  readonly tableName: string;
  /** The table as a whole. */
  readonly target: TableNode;
  /** The attributes that it keeps, each with the column of this table. */
  readonly columns: readonly ColumnProperty[];
  /** By the keys of their columns. */
  readonly columnsByKey: ReadonlyMap<string, ColumnProperty>;
  readonly primaryKey: readonly ColumnProperty[];
  readonly eagerDefaults: boolean | "auto";
  /** It is none: its rows come from a query, and cannot be written. */
  readonly isQuery: boolean;
  /** The version of a row stands in one of its tables. */
  readonly version: VersionCounter | null;
  /** Attributes of which it only repeats the value: the keys by which it is joined to the tables above it. */
  readonly inherited: readonly InheritedKey[];
}

/** An attribute of a table, and the one that it has its value from. Mostly the two are one. */
export interface InheritedKey {
  readonly source: ColumnProperty;
  readonly destination: ColumnProperty;
}

/** Makes a table of its columns. */
export function writtenTable(
  facts: Omit<WrittenTable, "columnsByKey" | "primaryKey" | "isQuery">,
  primaryKey: readonly TableColumn[],
): WrittenTable {
  const { columns } = facts;
  return {
    ...facts,
    isQuery: false,
    columnsByKey: new Map(columns.map((property) => [property.column.key, property])),
    primaryKey: primaryKey.flatMap((column) => columns.find((property) => property.column === column) ?? []),
  };
}

/** The tables of a class without a parent: the version stands in the one that has its column. */
export function withVersion(tables: readonly WrittenTable[], version: VersionCounter | null): readonly WrittenTable[] {
  if (version === null) return tables;
  return tables.map((table) => (table.columns.includes(version.property) ? { ...table, version } : table));
}
