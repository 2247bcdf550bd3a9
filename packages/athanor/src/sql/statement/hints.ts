import { ArgumentError } from "../../errors/errors.ts";
import { nullType } from "../coercions/literal-types.ts";
import { describe, expressionOf, offersNode } from "../coercions/operands.ts";
import type { AnyExpression } from "../expression/expression.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import type { FromNode } from "../nodes/froms.ts";
import type { HintNode, HintPosition } from "../nodes/statements.ts";

/**
 * Text that goes into a statement as it is, so that it must be the programmer's own and never a user's input; or an
 * element: a `sql` fragment, whose values are bound, or a `CustomExpression`.
 */
export type HintText = string | AnyExpression;

/** Places in a statement where an element of one's own may stand. */
export type ExtensionPoint = Exclude<HintPosition, "table">;

/** A prefix, a hint or another extension of a statement. @internal */
export function hintNode(
  text: HintText,
  dialect: string | null,
  position: HintPosition,
  from: FromNode | null = null,
): HintNode {
  return { kind: "hint", text: hintText(text, position), dialect, position, from };
}

function hintText(text: unknown, position: HintPosition): ExpressionNode {
  if (typeof text === "string") return { kind: "fragment", texts: [text], expressions: [], type: nullType };
  if (offersNode(text)) return expressionOf(text, "a hint");
  throw new ArgumentError(`The ${position} of a statement is text or a SQL element, not ${describe(text)}.`);
}
