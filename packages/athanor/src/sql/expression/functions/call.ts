import type { SqlType } from "../../../sqltypes/sql-type.ts";
import { expressionOf, operand } from "../../coercions/operands.ts";
import type { ExpressionNode, FunctionNode } from "../../nodes/expressions.ts";
import { type AnyExpression, Expression } from "../expression.ts";

// What all functions are made with.

/** What arithmetic works on; decimals are text. */
export type Arithmetic = number | bigint | string | null;
export type TextOf<T> = string | (T & null);
/** An expression, or a plain value of its type. */
export type Given<T> = NonNullable<T> | Expression<T | null, string, string>;

export function call(name: string, args: readonly ExpressionNode[], type: SqlType): FunctionNode {
  return { kind: "function", name, arguments: args, type, distinct: false, orderBy: [] };
}

/** A function as an expression; what its value may be, the declaration around says. */
export function called<T, O extends string = never>(
  name: string,
  args: readonly ExpressionNode[],
  type: SqlType,
): Expression<T, O> {
  return new Expression(call(name, args, type));
}

export function of(expression: AnyExpression): ExpressionNode {
  return expressionOf(expression, "a function");
}

/** Expressions as they are, plain values as parameters of a type. */
export function given(values: readonly unknown[], type: SqlType, where: string): readonly ExpressionNode[] {
  return values.map((each) => operand(each, type, where));
}
