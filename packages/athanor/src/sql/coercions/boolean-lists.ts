import type { ExpressionNode } from "../nodes/expressions.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import { booleanType } from "./literal-types.ts";
import { falseNode, trueNode } from "./operands.ts";

/** Joins nodes by AND; used for the conditions of WHERE, HAVING and ON. */
export function allOf(nodes: readonly ExpressionNode[]): ExpressionNode {
  return join(operators.and, nodes, trueNode, falseNode);
}

/** Joins nodes by OR. */
export function anyOf(nodes: readonly ExpressionNode[]): ExpressionNode {
  return join(operators.or, nodes, falseNode, trueNode);
}

/** Flattens lists of the same operator; `neutral` disappears, `absorbing` wins. */
function join(
  operator: Operator,
  nodes: readonly ExpressionNode[],
  neutral: ExpressionNode,
  absorbing: ExpressionNode,
): ExpressionNode {
  const items: ExpressionNode[] = [];
  for (const node of nodes) {
    if (node.kind === "booleanList" && node.operator === operator) items.push(...node.items);
    else if (isConstant(node, absorbing)) return absorbing;
    else if (!isConstant(node, neutral)) items.push(node);
  }
  const [only] = items;
  if (only === undefined) return neutral;
  return items.length === 1 ? only : { kind: "booleanList", operator, items, type: booleanType };
}

function isConstant(node: ExpressionNode, constant: ExpressionNode): boolean {
  return node.kind === "constant" && constant.kind === "constant" && node.value === constant.value;
}
