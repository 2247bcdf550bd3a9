import { type AnyColumn, Column, columnOf } from "../schema/column.ts";
import type { ColumnDefinition, ServerDefault, SqlElement } from "../schema/column-definition.ts";
import { boolean } from "../schema/column-types.ts";
import {
  CheckConstraint,
  type Constraint,
  type ConstraintOptions,
  PrimaryKeyConstraint,
  UniqueConstraint,
} from "../schema/constraint.ts";
import { columnChanges } from "../schema/ddl-events.ts";
import { ForeignKeyConstraint } from "../schema/foreign-key.ts";
import type { MetaData } from "../schema/metadata.ts";
import { conv } from "../schema/naming.ts";
import type { ReflectedColumn } from "../schema/reflected-column.ts";
import { Sequence } from "../schema/sequence.ts";
import type { TableColumn } from "../schema/table-column.ts";
import { Index } from "../schema/table-index.ts";
import { columnIn } from "../sql/compile/from-clause.ts";
import { literalColumn } from "../sql/expression/constants.ts";
import { Expression } from "../sql/expression/expression.ts";
import { desc, nullsFirst, nullsLast, type Ordering } from "../sql/expression/ordering.ts";
import { Table } from "../sql/expression/table.ts";
import { snakeCase } from "../util/snake-case.ts";
import { LISTENERS, NODE } from "../util/symbols.ts";
import type { TableAnswers } from "./catalog.ts";
import type { IndexSorting, ReflectedForeignKey, ReflectedIndex, ReflectedPrimaryKey } from "./reflected.ts";

/** The columns of a reflected table, of which the program knows names and types only while it runs. */
export type ReflectedShape = Readonly<Record<string, AnyColumn>>;

/** Columns of the program's own, by key, that stand in the place of the database's. */
export type ColumnOverrides = ReflectedShape;

/** All that is known of a table. */
export interface TableDescription extends Omit<TableAnswers, "viewDefinitions" | "partitions"> {
  readonly name: string;
  /** As it is named in the MetaData. */
  readonly schema: string | null;
}

/** A new table as the database describes it, in a MetaData. */
export function buildTable(
  metadata: MetaData,
  described: TableDescription,
  overrides: ColumnOverrides = {},
): Table<ReflectedShape, string> {
  const { name, schema, tableOptions, tableComments } = described;
  const table = new Table<ReflectedShape, string>(name, metadata, {
    ...tableOptions,
    ...(schema === null ? {} : { schema }),
    ...(tableComments.text === null ? {} : { comment: tableComments.text }),
  });
  try {
    for (const column of described.columns) {
      const { key, declaration } = declarationOf(column, described, metadata, overrides);
      table.appendColumn(key, declaration);
    }
    addConstraints(table, described);
    return table;
  } catch (error) {
    metadata.remove(table);
    throw error;
  }
}

/**
 * Gives a table of the MetaData what the database knows beyond it; `replace`: where both know a column, the database is
 * right.
 */
export function extendTable(
  table: Table<ReflectedShape, string>,
  described: TableDescription,
  replace: boolean,
  overrides: ColumnOverrides = {},
): void {
  for (const column of described.columns) {
    const { key, declaration, overridden } = declarationOf(column, described, table.metadata, overrides);
    const known = table.columnNamed(column.name);
    if (known === undefined) table.appendColumn(key, declaration);
    else if (replace || overridden) table.redefineColumn(known, declaration);
  }
  addConstraints(table, described);
}

// ── columns ──────────────────────────────────────────────────────────────────
/** How a column is declared: by the program, or as the database says and handlers of `columnReflect` change it. */
function declarationOf(
  column: ReflectedColumn,
  described: TableDescription,
  metadata: MetaData,
  overrides: ColumnOverrides,
): { readonly key: string; readonly declaration: AnyColumn; readonly overridden: boolean } {
  const [ownKey, declared] = overrideOf(column.name, overrides);
  if (declared !== null) return { key: ownKey, declaration: declared, overridden: true };
  const event = { table: { name: described.name, schema: described.schema }, column };
  const { key = column.name, info = {}, ...changes } = columnChanges(metadata[LISTENERS], event);
  const declaration = reflectedColumn({ ...column, ...changes }, described, metadata);
  return { key, declaration: declaration.info(info), overridden: false };
}

/** What the database says about keys, indexes and checks comes from the database also where a column is overridden. */
function overrideOf(name: string, overrides: ColumnOverrides): readonly [key: string, declared: AnyColumn | null] {
  for (const [key, { definition }] of Object.entries(overrides)) {
    if ((definition.name ?? (key === name ? key : snakeCase(key))) !== name) continue;
    return [key, new Column({ ...definition, name, primaryKey: false, unique: false, index: null, checks: [] })];
  }
  return [name, null];
}

function reflectedColumn(column: ReflectedColumn, { primaryKeys }: TableDescription, metadata: MetaData): AnyColumn {
  const isKey = primaryKeys.constrainedColumns.includes(column.name);
  // A key that counts itself is written as such, wherever its table is created anew: its sequence comes with it.
  const countsItself = isKey && column.autoincrement;
  if (!countsItself && column.sequence !== null) knowSequence(metadata, column.sequence);
  const definition: ColumnDefinition = {
    ...columnOf(column.type).definition,
    name: column.name,
    nullable: column.nullable,
    serverDefault: countsItself || column.computed !== null ? null : serverDefault(column),
    serverOnUpdate: column.onUpdate !== null,
    computed: column.computed,
    identity: column.identity,
    autoincrement: isKey ? column.autoincrement : null,
    comment: column.comment,
  };
  return new Column(definition);
}

function serverDefault({ default: initial, onUpdate }: ReflectedColumn): ServerDefault | null {
  if (initial === null && onUpdate === null) return null;
  const text = onUpdate === null ? initial : `${initial ?? "NULL"} ON UPDATE ${onUpdate}`;
  return { kind: "sql", expression: literalColumn(text ?? "NULL") };
}

function knowSequence(metadata: MetaData, { name, schema }: NonNullable<ReflectedColumn["sequence"]>): void {
  const known = metadata.sequences.some((sequence) => sequence.name === name && sequence.schema === schema);
  if (!known) new Sequence(name, { metadata, ...(schema === null ? {} : { schema }) });
}

// ── constraints and indexes ──────────────────────────────────────────────────
function addConstraints(table: Table<ReflectedShape, string>, described: TableDescription): void {
  const known = new Set(table.constraints.map(identityOf));
  const add = (constraint: Constraint): void => {
    if (!known.has(identityOf(constraint))) table.addConstraint(constraint);
  };
  table.addConstraint(primaryKeyOf(table, described.primaryKeys));
  for (const each of described.foreignKeys) {
    const constraint = foreignKeyOf(table, each);
    if (constraint !== null) add(constraint);
  }
  for (const each of described.uniqueConstraints) {
    if (each.duplicatesIndex !== null) continue;
    add(new UniqueConstraint(table, columnsOf(table, each.columnNames), optionsOf(each)));
  }
  for (const each of described.checkConstraints) {
    add(new CheckConstraint(table, literalColumn(each.sqlText), optionsOf(each)));
  }
  const indexes = new Set(table.indexes.map(({ name }) => name));
  for (const each of described.indexes) {
    if (each.duplicatesConstraint === null && !indexes.has(each.name)) table.addIndex(indexOf(table, each));
  }
}

/** Two constraints of a table with the same identity are the same, whatever they are called. */
function identityOf(constraint: Constraint): string {
  const condition = constraint instanceof CheckConstraint ? (constraint.name ?? "") : "";
  return JSON.stringify([constraint.kind, condition, constraint.columns.map(({ name }) => name)]);
}

function primaryKeyOf(table: Table<ReflectedShape, string>, key: ReflectedPrimaryKey): PrimaryKeyConstraint {
  return new PrimaryKeyConstraint(table, columnsOf(table, key.constrainedColumns), optionsOf(key));
}

/** Null: a foreign key over a column that brought its own. */
function foreignKeyOf(
  table: Table<ReflectedShape, string>,
  { referredSchema, referredTable, referredColumns, options, ...key }: ReflectedForeignKey,
): ForeignKeyConstraint | null {
  const columns = columnsOf(table, key.constrainedColumns);
  if (columns.some((column) => column.definition.references.length > 0)) return null;
  const prefix = referredSchema === null ? "" : `${referredSchema}.`;
  const targets = referredColumns.map((name) => `${prefix}${referredTable}.${name}`);
  return new ForeignKeyConstraint(table, columns, targets, { ...optionsOf(key), ...options });
}

function indexOf(table: Table<ReflectedShape, string>, index: ReflectedIndex): Index {
  const elements = index.columnNames.map((name, position): TableColumn | SqlElement => {
    const sorting = index.sorting[position] ?? [];
    if (name === null) {
      // Options (operator classes) speak of an expression by its label: its own text.
      const text = index.expressions?.[position] ?? "";
      return sorted(literalColumn(text).label(text), sorting);
    }
    const [column] = columnsOf(table, [name]);
    if (column === undefined) throw new RangeError(`the column ${JSON.stringify(name)} of an index is missing`);
    return sorting.length === 0 ? column : sorted(new Expression<unknown>(columnIn(table[NODE], column)), sorting);
  });
  return new Index(table, elements, {
    name: conv(index.name),
    unique: index.unique,
    dialectOptions: index.dialectOptions,
    ...(index.where === null ? {} : { where: literalColumn<boolean>(index.where, boolean()) }),
  });
}

function sorted(expression: Expression<unknown, never, string>, sorting: readonly IndexSorting[]): SqlElement {
  let element: Expression<unknown, never, string> | Ordering = expression;
  if (sorting.includes("desc")) element = desc(expression);
  if (sorting.includes("nullsFirst")) element = nullsFirst(element);
  if (sorting.includes("nullsLast")) element = nullsLast(element);
  return element;
}

/** Names of the database are complete: no naming convention is applied to them. */
function optionsOf(constraint: Omit<ReflectedPrimaryKey, "constrainedColumns">): ConstraintOptions {
  const { name, comment, dialectOptions, deferrable, initially } = constraint;
  return {
    dialectOptions,
    ...(name === null ? {} : { name: conv(name) }),
    ...(comment === null ? {} : { comment }),
    ...(deferrable === undefined ? {} : { deferrable }),
    ...(initially === undefined ? {} : { initially }),
  };
}

function columnsOf(table: Table<ReflectedShape, string>, names: readonly string[]): readonly TableColumn[] {
  return names.map((name) => {
    const column = table.columnNamed(name);
    if (column === undefined) throw new RangeError(`the column ${JSON.stringify(name)} of "${table}" is missing`);
    return column;
  });
}
