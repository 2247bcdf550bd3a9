import { Column, type Given } from "../../schema/column.ts";
import { type SqlSide, SqlSideType } from "../../sqltypes/sql-side.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { expressionOf } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { Expression } from "./expression.ts";

export interface SqlWrapping<T> {
  /** What stands around each value of the type that goes into a statement. */
  readonly bindExpression?: (value: Expression<T>) => Expression<unknown, string, string>;
  /** What stands around the column where a statement returns it: only in the outermost columns clause. */
  readonly columnExpression?: (column: Expression<T>) => Expression<unknown, string, string>;
}

/**
 * A type whose values the database converts, too, by functions around parameters and around returned columns.
 *
 * @example
 * const point = wrappedType(userDefinedType<string>({ name: "GEOMETRY" }), {
 *   bindExpression: (value) => func.call("ST_GeomFromText", text(), value),
 *   columnExpression: (column) => func.call("ST_AsText", text(), column),
 * });
 */
export function wrappedType<T, G extends Given>(type: Column<T, G>, wrapping: SqlWrapping<T>): Column<T, G> {
  const { bindExpression, columnExpression } = wrapping;
  const side: SqlSide = {
    bind: bindExpression === undefined ? null : around(bindExpression, "bindExpression"),
    column: columnExpression === undefined ? null : around(columnExpression, "columnExpression"),
  };
  return new Column({ ...type.definition, type: new SqlSideType<T>(typeOfColumn(type), side) });
}

function around<T>(
  wrap: (inner: Expression<T>) => Expression<unknown, string, string>,
  where: string,
): (node: object) => object {
  // Whoever reads the functions gives nodes of the expression language.
  return (node) => expressionOf(wrap(new Expression<T>(node as ExpressionNode)), where);
}
