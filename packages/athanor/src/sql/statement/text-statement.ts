import { selectItem } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import type { TextStatementNode } from "../nodes/statements.ts";

/** @internal */
export function textStatement(text: ExpressionNode, columns: readonly unknown[]): TextStatementNode {
  return {
    kind: "textStatement",
    text,
    columns: columns.map((each) => selectItem(each, "columns()")),
    options: [],
  };
}
