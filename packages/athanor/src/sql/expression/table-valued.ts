import type { Column, Given } from "../../schema/column.ts";
import { FROM, JOINS, NODE, type VALUE } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { integerType } from "../coercions/literal-types.ts";
import { expressionOf } from "../coercions/operands.ts";
import type { ColumnNode } from "../nodes/expressions.ts";
import type { TableFunctionNode } from "../nodes/froms.ts";
import { type AnyExpression, Expression } from "./expression.ts";
import { expressionsOf } from "./table.ts";

export interface TableValuedOptions<N extends string, P extends string = never> {
  /** The name under which it stands in FROM. Without it, one is made up. */
  readonly name?: N;
  /** The alias names the columns, `AS g(n)`; with "types", their types too, where the function does not know them. */
  readonly derived?: boolean | "types";
  /** A column of this name counts the rows: WITH ORDINALITY. */
  readonly ordinality?: P;
}

type ColumnsOf<S, N extends string> = {
  readonly [K in keyof S]: S[K] extends { readonly [VALUE]: infer T } ? Expression<T, N, K & string> : never;
};

/** A function in FROM; its columns are under `c`. */
export class TableValued<out C, out N extends string> {
  declare readonly [FROM]: N;
  declare readonly [JOINS]: N;
  readonly [NODE]: TableFunctionNode;
  readonly c: C;

  constructor(node: TableFunctionNode) {
    this[NODE] = node;
    this.c = expressionsOf<C>(
      node.columnNames.map((name, i) => columnOf(node, name, node.columnTypes[i] ?? integerType)),
    );
  }
}

/**
 * A function that gives rows, in the place of a table:
 * `tableValued(func.call("json_each", json(), Doc.tags), { key: integer(), value: text() })`.
 */
export function tableValued<
  S extends Readonly<Record<string, Column<unknown, Given>>>,
  const N extends string = "anonymous",
  const P extends string = never,
>(
  call: AnyExpression,
  columns: S,
  options: TableValuedOptions<N, P> = {},
): TableValued<ColumnsOf<S, N> & { readonly [K in P]: Expression<number, N, K> }, N> {
  const { name = null, derived = false, ordinality = null } = options;
  const names = Object.keys(columns);
  const types = Object.values(columns).map(typeOfColumn);
  return new TableValued({
    kind: "tableFunction",
    function: expressionOf(call, "tableValued()"),
    name,
    columnNames: ordinality === null ? names : [...names, ordinality],
    columnTypes: ordinality === null ? types : [...types, integerType],
    derived: derived === false ? null : derived === "types" ? "types" : "names",
    ordinality,
    scalar: false,
  });
}

/** A function that gives rows of one value, as that value: `select(columnValued(func.call("generate_series", …), "n"))`. */
export function columnValued<T, const N extends string>(
  call: Expression<T, string, string>,
  name: N,
): Expression<T, N, N> {
  const expression = expressionOf(call, "columnValued()");
  const node: TableFunctionNode = {
    kind: "tableFunction",
    function: expression,
    name,
    columnNames: [name],
    columnTypes: [expression.type],
    derived: null,
    ordinality: null,
    scalar: true,
  };
  return new Expression(columnOf(node, name, expression.type));
}

function columnOf(from: TableFunctionNode, name: string, type: ColumnNode["type"]): ColumnNode {
  return { kind: "column", from, name, key: name, type, column: null, entity: null };
}
