import { ArgumentError } from "../../errors/errors.ts";
import { allOf, anyOf } from "../coercions/boolean-lists.ts";
import { booleanType } from "../coercions/literal-types.ts";
import { condition, falseNode, trueNode } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { negationOf, operators } from "../nodes/operators.ts";
import { Expression } from "./expression.ts";

/** All of the conditions. Without any: true. */
export function and<T extends boolean | null, O extends string>(
  ...conditions: readonly Expression<T, O, string>[]
): Expression<T, O> {
  return new Expression(allOf(conditions.map((each) => condition(each, "and()"))));
}

/** One of the conditions at least. Without any: false. */
export function or<T extends boolean | null, O extends string>(
  ...conditions: readonly Expression<T, O, string>[]
): Expression<T, O> {
  return new Expression(anyOf(conditions.map((each) => condition(each, "or()"))));
}

/** The opposite. Comparisons turn into their counterpart (`=` into `!=`), anything else gets a NOT. */
export function not<T extends boolean | null, O extends string>(operand: Expression<T, O, string>): Expression<T, O> {
  return new Expression(negated(condition(operand, "not()")));
}

export function negated(node: ExpressionNode): ExpressionNode {
  switch (node.kind) {
    case "constant":
      if (node.value === "true") return falseNode;
      return node.value === "false" ? trueNode : node;
    case "unary":
      if (node.operator === operators.not) return node.operand;
      break;
    case "binary":
    case "between": {
      const opposite = negationOf(node.operator);
      if (opposite !== null) return { ...node, operator: opposite };
      break;
    }
    case "label":
      return negated(node.expression);
    case "bind":
      if (node.expanding) throw new ArgumentError("not() takes a condition, not a list.");
      break;
  }
  return { kind: "unary", operator: operators.not, operand: node, type: booleanType };
}
