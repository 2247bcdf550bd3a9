import { ArgumentError } from "../../errors/errors.ts";
import type { AnyColumn } from "../../schema/column.ts";
import { Column, columnOf } from "../../schema/column.ts";
import { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import { MetaData } from "../../schema/metadata.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { describe, fromOf, offersNode } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import { Table } from "../../sql/expression/table.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { CteNode, FromNode, SubqueryNode } from "../../sql/nodes/froms.ts";
import { itemColumns, outputColumns } from "../../sql/traverse/output-columns.ts";
import { NODE } from "../../util/symbols.ts";
import { joinedFrom } from "./inheritance.ts";
import { type SharedKeyTable, sharedKey } from "./shared-key.ts";

/** What a class is mapped to that was there before it. */
export interface GivenSource {
  /** Its columns; of a query, those that it returns. */
  readonly table: Table<unknown, string>;
  readonly from: FromNode;
  readonly isQuery: boolean;
  /** Further tables that share the key of the first: each object has a row in each. */
  readonly others: readonly SharedKeyTable[];
}

type Query = SubqueryNode["query"] | CteNode["query"];

/**
 * What `modelOf()` was given.
 *
 * @throws ArgumentError when it is neither a table nor a query in the place of one
 */
export function givenSource(value: unknown): GivenSource {
  if (value instanceof Table) {
    return { table: value as Table<unknown, string>, from: value[NODE], isQuery: false, others: [] };
  }
  if (Array.isArray(value)) return tablesSource(value);
  const from = offersNode(value) ? fromOf(value, "modelOf()") : null;
  const query = from === null ? null : queryOf(from);
  if (from === null || query === null) {
    throw new ArgumentError(
      `modelOf() takes a table, or a query in the place of one, select(…).subquery("name"), not ${describe(value)}.`,
    );
  }
  return { table: queryTable(nameOf(from), query), from, isQuery: true, others: [] };
}

function tablesSource(tables: readonly unknown[]): GivenSource {
  const [first, ...others] = tables.filter((each) => each instanceof Table);
  if (first === undefined || others.length < tables.length - 1 || new Set(tables).size < tables.length) {
    throw new ArgumentError("modelOf() takes a list of different tables: [users, userDetails].");
  }
  const above: Table<unknown, string>[] = [first];
  const shared: SharedKeyTable[] = [];
  let from: FromNode = first[NODE];
  for (const table of others) {
    const known = [...above];
    const each: SharedKeyTable = { table, pairs: () => sharedKey(table, known) };
    from = joinedFrom(from, table[NODE], each.pairs);
    shared.push(each);
    above.push(table);
  }
  return { table: first, from, isQuery: false, others: shared };
}

function queryOf(from: FromNode): Query | null {
  if (from.kind === "subquery" || from.kind === "cte") return from.query;
  return from.kind === "alias" ? queryOf(from.of) : null;
}

function nameOf(from: FromNode): string | null {
  return "name" in from ? from.name : null;
}

/** What a query returns as the columns of a table, which stands in no MetaData that anybody creates. */
function queryTable(name: string | null, query: Query): Table<unknown, string> {
  const table = new Table<unknown, string>(name ?? "anonymous", new MetaData());
  const origins = originsOf(query);
  for (const [i, { key, name: column, type }] of outputColumns(query).entries()) {
    const origin = origins[i] ?? null;
    const primaryKey = origin?.primaryKey ?? false;
    const mapping = origin?.definition.mapping ?? null;
    const { definition } = columnOf(type);
    table.appendColumn(key, new Column({ ...definition, name: column, nullable: !primaryKey, primaryKey, mapping }));
  }
  return table;
}

/** The columns of tables that a query returns, in its order; null for what it computes. */
function originsOf(query: Query): readonly (TableColumn | null)[] {
  switch (query.kind) {
    case "compound":
      return query.members[0] === undefined ? [] : originsOf(query.members[0]);
    case "values":
      return [];
    case "select":
    case "textStatement":
      return query.columns.flatMap(itemColumns).map(originOf);
    default:
      return query.returning.flatMap(itemColumns).map(originOf);
  }
}

function originOf(node: ExpressionNode): TableColumn | null {
  if (node.kind === "label") return originOf(node.expression);
  return node.kind === "column" ? node.column : null;
}

/** What a query returns refers to what the columns refer to that it has it from. Told when all tables are complete. */
export function adoptForeignKeys({ table, from }: GivenSource): void {
  const query = queryOf(from);
  if (query === null || table.foreignKeyConstraints.length > 0) return;
  const origins = originsOf(query);
  const constraints = new Set(origins.flatMap((origin) => origin?.foreignKeys ?? []).map((each) => each.constraint));
  for (const { elements } of constraints) {
    const columns = elements.flatMap(({ parent }) => table.columns[origins.indexOf(parent)] ?? []);
    if (columns.length < elements.length) continue;
    const targets = elements.map((element) => () => ({ [NODE]: columnIn(from, element.column) }));
    table.addConstraint(new ForeignKeyConstraint(table, columns, targets));
  }
}

/** A shape may say more of a column than the query does, but adds none. */
export function assertReturned(
  name: string,
  table: Table<unknown, string>,
  columns: readonly (readonly [key: string, column: AnyColumn])[],
): void {
  const missing = columns.find(([key]) => table.getColumn(key) === undefined);
  if (missing === undefined) return;
  throw new ArgumentError(
    `${name}.${missing[0]} is a column that the query ${JSON.stringify(table.name)} does not return. ` +
      `It returns ${table.columns.map(({ key }) => JSON.stringify(key)).join(", ")}.`,
  );
}

/** Of several tables, each declares its own columns. */
export function assertNoColumns(name: string, columns: readonly (readonly [key: string, column: AnyColumn])[]): void {
  const [first] = columns;
  if (first === undefined) return;
  throw new ArgumentError(`${name}.${first[0]}: the columns of a class of several tables are declared by the tables.`);
}
