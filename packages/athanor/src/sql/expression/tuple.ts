import { ArgumentError } from "../../errors/errors.ts";
import { TupleType } from "../../sqltypes/composite.ts";
import { NODE, type OWNERS, type VALUE } from "../../util/symbols.ts";
import { expressionOf, isQueryNode, offersNode, scalarSubquery } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import { type AnyExpression, Expression } from "./expression.ts";
import type { SingleColumn } from "./types.ts";

/**
 * Several values as one: `tuple(Item.orderId, Item.id).gt([3, 7])`, or with a list of arrays for `in()`. Comparisons go
 * from left to right, as keyset paging needs them.
 */
export function tuple<const A extends readonly [AnyExpression, AnyExpression, ...AnyExpression[]]>(
  ...items: A
): Expression<{ readonly [I in keyof A]: A[I][typeof VALUE] }, A[number][typeof OWNERS]> {
  const nodes = items.map((each) => expressionOf(each, "tuple()"));
  return new Expression({ kind: "tuple", items: nodes, type: new TupleType(nodes.map((each) => each.type)) });
}

/** For comparisons with some row of a SELECT: `User.id.eq(any(select(Order.userId)))`. Not every database has it. */
export function any<T>(query: SingleColumn<T>): Expression<T> {
  return quantified(query, operators.any);
}
/** For comparisons with every row of a SELECT: `User.age.gt(all(select(…)))`. Not every database has it. */
export function all<T>(query: SingleColumn<T>): Expression<T> {
  return quantified(query, operators.all);
}

function quantified<T>(query: unknown, operator: Operator): Expression<T> {
  const node = offersNode(query) ? query[NODE] : null;
  if (node === null) throw new ArgumentError(`${operator.name}() takes a SELECT of one column.`);
  const operand: ExpressionNode = isQueryNode(node) ? scalarSubquery(node) : expressionOf(query, `${operator.name}()`);
  return new Expression({ kind: "unary", operator, operand, type: operand.type });
}
