import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { integerType } from "../coercions/literal-types.ts";
import { expressionOf } from "../coercions/operands.ts";
import { Expression } from "./expression.ts";

/**
 * Another type for an expression, on this side only: its values are converted as the type says, and the SQL stays the
 * same. To convert in the database, see `cast()`.
 */
export function typeCoerce<T, O extends string, U>(
  expression: Expression<T, O, string>,
  type: Column<U, Given>,
): Expression<U | (T & null), O> {
  const node = expressionOf(expression, "typeCoerce()");
  return new Expression({ kind: "typeCoerce", expression: node, type: typeOfColumn(type) });
}

/** Parts of dates and times, by SQL's names. Databases know more of them; these are common. */
export type DatePart =
  | "year"
  | "quarter"
  | "month"
  | "week"
  | "day"
  | "doy"
  | "dow"
  | "hour"
  | "minute"
  | "second"
  | "milliseconds"
  | "microseconds"
  | "epoch";

/**
 * A part of a date or a time as a number: `EXTRACT(year FROM …)`, or what the database has for it. Days of the week
 * count from Sunday, which is 0.
 *
 * @throws ArgumentError when the part is no word.
 */
export function extract<T, O extends string>(
  part: DatePart,
  expression: Expression<T, O, string>,
): Expression<number | (T & null), O> {
  if (!/^[a-z_]+$/i.test(part))
    throw new ArgumentError(`extract() takes a part such as "year", not ${JSON.stringify(part)}.`);
  const node = expressionOf(expression, "extract()");
  return new Expression({ kind: "extract", field: part, expression: node, type: integerType });
}
