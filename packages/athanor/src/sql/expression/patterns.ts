import { ArgumentError } from "../../errors/errors.ts";
import { textType } from "../coercions/literal-types.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { operators } from "../nodes/operators.ts";

export interface LikeOptions {
  /** The character that makes a following `%` or `_` stand for itself. */
  readonly escape?: string;
}
export interface PatternOptions extends LikeOptions {
  /** Escapes `%`, `_` and the escape character in the text, with `escape` or `/`. Default false, as in SQLAlchemy. */
  readonly autoescape?: boolean;
}

export const wildcard: ExpressionNode = { kind: "fragment", texts: ["'%'"], expressions: [], type: textType };

export function joined(left: ExpressionNode, right: ExpressionNode): ExpressionNode {
  return { kind: "binary", operator: operators.concat, left, right, type: textType, modifier: null };
}

/** @throws ArgumentError when it is not a single character. */
export function checkEscape(escape: string): string {
  if ([...escape].length === 1 && escape !== "\u0000") return escape;
  throw new ArgumentError(`escape is one character, not ${JSON.stringify(escape)}.`);
}

/** Makes `%`, `_` and the escape character itself plain. */
export function escapeLike(text: string, escape: string): string {
  return text.replace(/[%_]|./gsu, (character) =>
    character === "%" || character === "_" || character === escape ? escape + character : character,
  );
}
