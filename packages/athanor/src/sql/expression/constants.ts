import type { Column, Given } from "../../schema/column.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { nullType } from "../coercions/literal-types.ts";
import { bind, falseNode, nullNode, operand, trueNode, undefinedError } from "../coercions/operands.ts";
import { Expression } from "./expression.ts";

export interface LiteralOptions {
  /** The value is written into the SQL, escaped, at each execution, instead of being bound. Default false. */
  readonly literalExecute?: boolean;
}

/** A plain value as an expression: a bound parameter. Its type follows from the value, or from the column given. */
export function literal<const T extends string | number | bigint | boolean | Date | Uint8Array | null>(
  value: T,
): Expression<Widened<T>>;
export function literal<T>(value: NoInfer<T>, type: Column<T, Given>, options?: LiteralOptions): Expression<T>;
export function literal(
  value: unknown,
  type?: Column<unknown, Given>,
  { literalExecute = false }: LiteralOptions = {},
): Expression<unknown> {
  if (value === undefined) throw undefinedError("literal()");
  if (type === undefined) return new Expression(operand(value, nullType, "literal()"));
  const node = bind(value, typeOfColumn(type));
  return new Expression(literalExecute ? { ...node, literal: true } : node);
}
/** A literal's type without its value: `literal(1)` is a number, not 1. */
export type Widened<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends bigint
      ? bigint
      : T extends boolean
        ? boolean
        : T;

/**
 * SQL that stands for a value and is written as it is: the programmer's text, never a user's input. Where values have
 * to go into it, use the `sql` template.
 */
export function literalColumn(text: string): Expression<unknown>;
export function literalColumn<T>(text: string, type: Column<T, Given>): Expression<T>;
export function literalColumn(text: string, type?: Column<unknown, Given>): Expression<unknown> {
  const node = { kind: "fragment", texts: [text], expressions: [] } as const;
  return new Expression({ ...node, type: type === undefined ? nullType : typeOfColumn(type) });
}

/** `TRUE`, or what the database has for it. */
export function trueValue(): Expression<boolean> {
  return new Expression(trueNode);
}
/** `FALSE`, or what the database has for it. */
export function falseValue(): Expression<boolean> {
  return new Expression(falseNode);
}
/** `NULL`. */
export function nullValue(): Expression<null> {
  return new Expression(nullNode);
}
