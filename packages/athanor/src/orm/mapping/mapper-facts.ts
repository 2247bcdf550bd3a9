import { ArgumentError } from "../../errors/errors.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { Table } from "../../sql/expression/table.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { NODE } from "../../util/symbols.ts";
import { ColumnProperty } from "./column-property.ts";
import type { InheritedPair } from "./inheritance.ts";
import type { Mapper } from "./mapper.ts";
import { type InheritedKey, type WrittenTable, writtenTable } from "./written-table.ts";

/** What a mapper is made of: its tables, and its attributes with their columns. */
export interface MapperFacts {
  readonly parent: Mapper | null;
  /** It shares no row with its parent. */
  readonly isConcrete: boolean;
  /** The table that the class brings along, or the one that it shares with its parent. */
  readonly table: Table<unknown, string>;
  readonly from: FromNode;
  readonly columns: readonly ColumnProperty[];
  /** The primary key, as the topmost table has it. */
  readonly keyColumns: readonly TableColumn[];
  /** It is selected from a query, whose rows cannot be written. */
  readonly isQuery: boolean;
  /** The tables to write, from the topmost down; null: the class alone has one. */
  readonly tables: readonly WrittenTable[] | null;
}

/** Of a class that inherits from none, or that has a table with everything. */
export function ownFacts(
  table: Table<unknown, string>,
  from: FromNode,
  columns: readonly TableColumn[],
  keyColumns: readonly TableColumn[],
  parent: Mapper | null,
  isQuery: boolean,
): MapperFacts {
  return {
    parent,
    isQuery,
    isConcrete: parent !== null,
    table,
    from,
    columns: columns.map((column, index) => new ColumnProperty(column.key, column, index)),
    keyColumns,
    tables: null,
  };
}

/** Of a class that shares its parent's table: the parent's attributes, then its own. */
export function singleFacts(
  name: string,
  parent: Mapper,
  table: Table<unknown, string>,
  from: FromNode,
  own: readonly TableColumn[],
): MapperFacts {
  for (const { key } of own) if (parent.columnsByKey.has(key)) throw declaredTwice(name, key, parent);
  const added = own.map((column, index) => new ColumnProperty(column.key, column, parent.columns.length + index));
  const columns = [...parent.columns, ...added];
  const [last, ...above] = parent.tables.toReversed();
  if (added.length > 0 && last !== undefined && last.target.table !== table) {
    throw new ArgumentError(
      `${name}: ${parent.className} has several tables, none of which can be given columns of a class below it. ` +
        'Give the class a table of its own: inherit("…", { … }).',
    );
  }
  const isOnly = above.length === 0 || last === undefined;
  const tables = isOnly ? null : [...above.toReversed(), extended(last, name, parent, added)];
  const { keyColumns } = parent;
  return { parent, isConcrete: false, isQuery: false, table, from, columns, keyColumns, tables };
}

/** The last of several tables, with the columns of a class that has none of its own. */
function extended(
  last: WrittenTable,
  className: string,
  { eagerDefaults }: Mapper,
  added: readonly ColumnProperty[],
): WrittenTable {
  const { tableName, target, inherited, columns, version } = last;
  const primaryKey = last.primaryKey.map(({ column }) => column);
  return writtenTable(
    { className, tableName, target, eagerDefaults, inherited, version, columns: [...columns, ...added] },
    primaryKey,
  );
}

/** Of a class whose table is joined to its parent's: the parent's attributes, then its own; keys are one attribute. */
export function joinedFacts(
  name: string,
  parent: Mapper,
  table: Table<unknown, string>,
  from: FromNode,
  own: readonly TableColumn[],
  pairs: readonly InheritedPair[],
): MapperFacts {
  const columns = [...parent.columns];
  const written: ColumnProperty[] = [];
  const inherited: InheritedKey[] = [];
  for (const column of own) {
    const pair = pairs.find((each) => each.own === column);
    const source = pair === undefined ? undefined : parent.columns.find((each) => each.isKeptIn(pair.parent));
    const known = parent.columnsByKey.get(column.key);
    if (known !== undefined && known !== source) throw declaredTwice(name, column.key, parent);
    const index = known?.index ?? columns.length;
    columns[index] = new ColumnProperty(column.key, column, index, known?.columns);
    const destination = new ColumnProperty(column.key, column, index);
    written.push(destination);
    if (source !== undefined) inherited.push({ source, destination });
  }
  const part = writtenTable(
    {
      className: name,
      tableName: table.name,
      target: table[NODE],
      columns: written,
      eagerDefaults: parent.eagerDefaults,
      version: null,
      inherited,
    },
    table.primaryKey.columns,
  );
  return {
    parent,
    isConcrete: false,
    isQuery: false,
    table,
    from,
    columns,
    keyColumns: parent.keyColumns,
    tables: [...parent.tables, part],
  };
}

function declaredTwice(name: string, key: string, parent: Mapper): ArgumentError {
  return new ArgumentError(
    `${name}.${key}: ${parent.className} has an attribute of that name. Only the key by which the tables are joined is declared again; ` +
      `call another column otherwise: ${key}Of${name}: ….name(${JSON.stringify(key)}).`,
  );
}
