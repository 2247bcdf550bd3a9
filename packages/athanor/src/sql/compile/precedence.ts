import type { ExpressionNode } from "../nodes/expressions.ts";
import { type Operator, operators } from "../nodes/operators.ts";

/** What stands between the items of a list binds less than anything else. */
export const listOperator: Operator = {
  name: "list",
  symbol: ",",
  precedence: -1,
  associative: true,
  comparison: false,
  negation: null,
};

/** Raw SQL may hold anything: next to an operator it stands in parentheses. */
const fragmentOperator: Operator = { ...listOperator, name: "fragment", precedence: 0, associative: false };

/** The operator that holds a node together, or null where it holds together by itself. */
export function operatorOf(node: ExpressionNode): Operator | null {
  switch (node.kind) {
    case "binary":
    case "unary":
    case "booleanList":
    case "between":
      return node.operator;
    case "label":
    case "typeCoerce":
      return operatorOf(node.expression);
    case "fragment":
      return node.texts.length > 1 || /\s/.test(node.texts[0] ?? "") ? fragmentOperator : null;
    default:
      return null;
  }
}

/** Whether what `inner` holds together stands in parentheses beside `around`. */
export function needsParentheses(inner: Operator, around: Operator): boolean {
  if (inner === around && inner.associative) return false;
  if (inner.precedence <= around.precedence || around.eager === true) return true;
  return (inner.eager === true && around.precedence > operators.and.precedence) || isAmbiguous(inner, around);
}

/** Databases do not agree whether `||` binds tighter than arithmetic. */
function isAmbiguous(inner: Operator, around: Operator): boolean {
  if (inner !== operators.concat && around !== operators.concat) return false;
  return inner !== around && inner.precedence > 5 && around.precedence > 5;
}

/** A column (or the like) that is true or false without any comparison. */
export function isPlainBoolean(node: ExpressionNode): boolean {
  if (node.kind === "label") return isPlainBoolean(node.expression);
  return node.kind === "column" && node.type.affinity === "boolean";
}

export function isComposite(node: ExpressionNode): boolean {
  return node.kind === "booleanList" || node.kind === "binary" || node.kind === "between";
}

/** Whether a pattern was put between wildcards by `startsWith` and its like. */
export function isWildcarded(node: ExpressionNode): boolean {
  if (node.kind === "fragment") return node.texts[0] === "'%'";
  return node.kind === "binary" && node.operator === operators.concat && [node.left, node.right].some(isWildcarded);
}
