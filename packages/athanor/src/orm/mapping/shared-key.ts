import { ArgumentError, NoForeignKeysError } from "../../errors/errors.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { Table } from "../../sql/expression/table.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { NODE } from "../../util/symbols.ts";
import { ColumnProperty } from "./column-property.ts";
import type { InheritedPair } from "./inheritance.ts";
import type { MapperFacts } from "./mapper-facts.ts";
import { type InheritedKey, type WrittenTable, writtenTable } from "./written-table.ts";

/** A table whose primary key is that of another one, and the columns by which the two are joined. */
export interface SharedKeyTable {
  readonly table: Table<unknown, string>;
  readonly pairs: () => readonly InheritedPair[];
}

/**
 * By which columns a table shares the key of one of those before it.
 *
 * @throws NoForeignKeysError when its primary key is no foreign key to the primary key of one of them
 */
export function sharedKey(
  table: Table<unknown, string>,
  above: readonly Table<unknown, string>[],
): readonly InheritedPair[] {
  const isKey = (columns: readonly TableColumn[], of: Table<unknown, string>) =>
    columns.length === of.primaryKey.columns.length && of.primaryKey.columns.every((each) => columns.includes(each));
  for (const { elements } of table.foreignKeyConstraints) {
    if (!elements.every((element) => element.resolved)) continue;
    const other = above.find((each) => each === elements[0]?.column.table);
    if (other === undefined) continue;
    const pairs = elements.map(({ parent: own, column: parent }) => ({ own, parent }));
    const areKeys = isKey(
      pairs.map(({ own }) => own),
      table,
    );
    const leadToKeys = isKey(
      pairs.map(({ parent }) => parent),
      other,
    );
    if (areKeys && leadToKeys) return pairs;
  }
  throw new NoForeignKeysError(
    `modelOf(): the tables of one class share their primary key, and that of ${JSON.stringify(table.name)} is no foreign key to the primary key of ` +
      `${above.map((each) => JSON.stringify(each.name)).join(" or ")}. Map each table to a class of its own, or read them joined: modelOf(select(…).join(…).subquery("name")).`,
  );
}

/** What a mapper of several tables is made of, to which each object brings a row. */
export function sharedKeyFacts(
  name: string,
  table: Table<unknown, string>,
  others: readonly SharedKeyTable[],
  from: FromNode,
  isMapped: (column: TableColumn) => boolean,
  eagerDefaults: boolean | "auto",
): MapperFacts {
  const columns: ColumnProperty[] = [];
  const tables: WrittenTable[] = [];
  for (const { table: each, pairs } of [{ table, pairs: () => [] }, ...others]) {
    const written: ColumnProperty[] = [];
    const inherited: InheritedKey[] = [];
    const shared: readonly InheritedPair[] = pairs();
    for (const column of each.columns) {
      const pair = shared.find(({ own }) => own === column);
      if (pair === undefined && !isMapped(column)) continue;
      const source = pair === undefined ? undefined : columns.find((known) => known.isKeptIn(pair.parent));
      const known = columns.find(({ key }) => key === column.key);
      if (known !== undefined && known !== source) throw namedTwice(name, column, known);
      const index = known?.index ?? columns.length;
      const property = new ColumnProperty(column.key, column, index);
      columns[index] =
        known === undefined
          ? property
          : new ColumnProperty(known.key, known.column, index, [...known.columns.slice(1), column]);
      written.push(property);
      if (source !== undefined) inherited.push({ source, destination: property });
    }
    const { name: tableName, primaryKey } = each;
    const part = {
      className: name,
      tableName,
      target: each[NODE],
      columns: written,
      eagerDefaults,
      version: null,
      inherited,
    };
    tables.push(writtenTable(part, primaryKey.columns));
  }
  const keyColumns = table.primaryKey.columns;
  return { parent: null, isConcrete: false, isQuery: false, table, from, columns, keyColumns, tables };
}

function namedTwice(name: string, column: TableColumn, known: ColumnProperty): ArgumentError {
  return new ArgumentError(
    `${name}.${column.key}: both ${known.column} and ${column} are called so. ` +
      `Declare one of them under another key: ${column.key}Of…: ….name(${JSON.stringify(column.name)}); or leave one out: { excludeProperties }.`,
  );
}
