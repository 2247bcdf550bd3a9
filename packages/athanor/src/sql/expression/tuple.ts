import { ArgumentError } from "../../errors/errors.ts";
import { TupleType } from "../../sqltypes/composite.ts";
import { NODE, type OWNERS, type VALUE } from "../../util/symbols.ts";
import { expressionOf, isQueryNode, offersNode, scalarSubquery } from "../coercions/operands.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import { quantifiedNode } from "./collection-nodes.ts";
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

/**
 * For comparisons with some row of a SELECT, or some element of an array: `User.id.eq(any(select(Order.userId)))`. Not
 * every database has it.
 */
export function any<T>(values: SingleColumn<T> | Expression<readonly T[] | null, string, string>): Expression<T> {
  return quantified(values, operators.any);
}
/**
 * For comparisons with every row of a SELECT, or every element of an array: `User.age.gt(all(select(…)))`. Not every
 * database has it.
 */
export function all<T>(values: SingleColumn<T> | Expression<readonly T[] | null, string, string>): Expression<T> {
  return quantified(values, operators.all);
}

function quantified<T>(values: unknown, operator: Operator): Expression<T> {
  const node = offersNode(values) ? values[NODE] : null;
  if (node === null) throw new ArgumentError(`${operator.name}() takes a SELECT of one column or an array.`);
  const operand = isQueryNode(node) ? scalarSubquery(node) : expressionOf(values, `${operator.name}()`);
  if (operand.kind !== "scalarSubquery") return new Expression(quantifiedNode(operand, operator));
  return new Expression({ kind: "unary", operator, operand, type: operand.type });
}
