import { integerType, textType } from "../../coercions/literal-types.ts";
import { operand } from "../../coercions/operands.ts";
import type { AnyExpression, Expression } from "../expression.ts";
import { called, given, of, type TextOf } from "./call.ts";

type Text<T, O extends string> = Expression<T, O, string>;

/** Functions of text. */
export const textFunctions = {
  lower<T extends string | null, O extends string>(expression: Text<T, O>): Expression<TextOf<T>, O> {
    return called("lower", [of(expression)], textType);
  },
  upper<T extends string | null, O extends string>(expression: Text<T, O>): Expression<TextOf<T>, O> {
    return called("upper", [of(expression)], textType);
  },
  /** Number of characters; of bytes on MySQL. */
  length<T extends string | null, O extends string>(expression: Text<T, O>): Expression<number | (T & null), O> {
    return called("length", [of(expression)], integerType);
  },
  /** Number of characters, by the standard's name. */
  charLength<T extends string | null, O extends string>(expression: Text<T, O>): Expression<number | (T & null), O> {
    return called("char_length", [of(expression)], integerType);
  },
  /** Without blanks at both ends. */
  trim<T extends string | null, O extends string>(expression: Text<T, O>): Expression<TextOf<T>, O> {
    return called("trim", [of(expression)], textType);
  },
  ltrim<T extends string | null, O extends string>(expression: Text<T, O>): Expression<TextOf<T>, O> {
    return called("ltrim", [of(expression)], textType);
  },
  rtrim<T extends string | null, O extends string>(expression: Text<T, O>): Expression<TextOf<T>, O> {
    return called("rtrim", [of(expression)], textType);
  },
  /** Part of a text; the first character is number 1. */
  substr<T extends string | null, O extends string>(
    expression: Text<T, O>,
    start: number | Expression<number | null, string, string>,
    length?: number | Expression<number | null, string, string>,
  ): Expression<TextOf<T>, O> {
    const bounds = given(length === undefined ? [start] : [start, length], integerType, "substr()");
    return called("substr", [of(expression), ...bounds], textType);
  },
  replace<T extends string | null, O extends string>(
    expression: Text<T, O>,
    from: string | Text<string | null, string>,
    to: string | Text<string | null, string>,
  ): Expression<TextOf<T>, O> {
    return called("replace", [of(expression), ...given([from, to], textType, "replace()")], textType);
  },
  /** Joins texts; other values are turned into text by the database. */
  concat(...parts: readonly (string | AnyExpression)[]): Expression<string> {
    return called(
      "concat",
      parts.map((each) => operand(each, textType, "concat()")),
      textType,
    );
  },
};
