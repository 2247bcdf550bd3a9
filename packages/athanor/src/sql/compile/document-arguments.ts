import { textType } from "../coercions/literal-types.ts";
import { falseNode, trueNode } from "../coercions/operands.ts";
import type { CaseNode, ExpressionNode } from "../nodes/expressions.ts";

/** Functions that make documents of their arguments. */
export const documentFunctions: ReadonlySet<string> = new Set([
  "json_object",
  "json_array",
  "json_arrayagg",
  "json_objectagg",
]);

/**
 * Arguments of such a function where the database keeps documents as text and truth as a number: it is told, by `parse`,
 * which of them are JSON.
 */
export function documentArguments(
  nodes: readonly ExpressionNode[],
  parse: (text: ExpressionNode) => ExpressionNode,
): readonly ExpressionNode[] {
  return nodes.map((node) => {
    if (node.type.affinity === "json") return parse(node);
    return node.type.affinity === "boolean" ? parse(truth(node)) : node;
  });
}

/** A truth value as JSON spells it. */
function truth(node: ExpressionNode): CaseNode {
  const text = (value: string): ExpressionNode => ({
    kind: "fragment",
    texts: [value],
    expressions: [],
    type: textType,
  });
  const whens = [
    { kind: "when", condition: trueNode, result: text("'true'") },
    { kind: "when", condition: falseNode, result: text("'false'") },
  ] as const;
  return { kind: "case", operand: node, whens, otherwise: null, type: textType };
}
