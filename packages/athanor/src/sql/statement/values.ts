import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import { NODE, ROW, type VALUE } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { describe, operand } from "../coercions/operands.ts";
import type { Expression } from "../expression/expression.ts";
import type { SingleColumn } from "../expression/types.ts";
import type { ColumnNode } from "../nodes/expressions.ts";
import type { SubqueryNode } from "../nodes/froms.ts";
import type { RowNode, ValuesNode } from "../nodes/statements.ts";
import { type Cte, cteOf, exportedColumns, Subquery } from "./subquery.ts";

type Shape = Readonly<Record<string, Column<unknown, Given>>>;
type ColumnsOf<S, N extends string> = {
  readonly [K in keyof S]: S[K] extends { readonly [VALUE]: infer T } ? Expression<T, N, K & string> : never;
};
type RowOf<S> = {
  readonly [K in keyof S]: S[K] extends { readonly [VALUE]: infer T } ? T | Expression<T, string, string> : never;
};
type ValueIn<S> = S[keyof S] extends { readonly [VALUE]: infer T } ? T : never;

/** A VALUES list as a table; its columns are under `c`. */
export class Values<S, N extends string> extends Subquery<ColumnsOf<S, N>, N> {
  declare readonly [NODE]: SubqueryNode;
  readonly #query: ValuesNode;

  constructor(query: ValuesNode, name: string | null) {
    const node: SubqueryNode = { kind: "subquery", query, name, lateral: false };
    super(node, exportedColumns(node, query));
    this.#query = query;
  }
  /** The rows as a common table expression: `WITH name(…) AS (VALUES …)`. */
  cte<const M extends string = "anonymous">(name?: M): Cte<ColumnsOf<S, M>, M> {
    return cteOf(this.#query, name ?? null, {});
  }
  /** The values of the one column, for `in()`. */
  scalarValues(): SingleColumn<ValueIn<S>> {
    return new ScalarValues<ValueIn<S>>(this.#query);
  }
}

class ScalarValues<T> {
  declare readonly [ROW]: readonly [T];
  readonly [NODE]: ValuesNode;

  constructor(node: ValuesNode) {
    this[NODE] = node;
  }
}

export interface ValuesOptions {
  /** The values are written into the SQL, escaped, at each execution, instead of being bound. Default false. */
  readonly literalBinds?: boolean;
}

/**
 * Rows that are given with the statement, as a table: `values({ id: integer(), label: varchar() }, rows, "v")`. All
 * values are bound, unless the options say otherwise.
 *
 * @throws ArgumentError when there are no rows, or a row lacks a column.
 */
export function values<S extends Shape, const N extends string = "anonymous">(
  columns: S,
  rows: readonly RowOf<S>[],
  name?: N,
  { literalBinds = false }: ValuesOptions = {},
): Values<S, N> {
  if (rows.length === 0) throw new ArgumentError("values() needs one row at least.");
  const nodes: readonly ColumnNode[] = Object.entries(columns).map(([key, column]) => ({
    kind: "column",
    from: null,
    name: key,
    key,
    type: typeOfColumn(column),
    column: null,
    entity: null,
  }));
  return new Values<S, N>(
    { kind: "values", columns: nodes, rows: rows.map((row) => rowNode(row, nodes, literalBinds)) },
    name ?? null,
  );
}

function rowNode(row: unknown, columns: readonly ColumnNode[], literal: boolean): RowNode {
  if (typeof row !== "object" || row === null) {
    throw new ArgumentError(`values() takes rows as objects, not ${describe(row)}.`);
  }
  const given: Readonly<Record<string, unknown>> = { ...row };
  const items = columns.map(({ key, type }) => operand(given[key], type, `values() for "${key}"`));
  return {
    kind: "row",
    items: literal ? items.map((node) => (node.kind === "bind" ? { ...node, literal } : node)) : items,
  };
}
