import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { integerType } from "../coercions/literal-types.ts";
import { bind, expressionOf, offersNode, undefinedError } from "../coercions/operands.ts";
import type { CastNode } from "../nodes/expressions.ts";
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

/**
 * `CAST(… AS type)`: converts in the database. A plain value is bound as a value of the type.
 *
 * @example cast("10.0.0.0/8", inet())
 */
export function cast<T, O extends string = never, U = unknown>(
  value: T | Expression<T, O, string>,
  type: Column<U, Given>,
): Expression<U | (T & null), O> {
  return new Expression(castNode(value, type, false, "cast()"));
}
/**
 * `TRY_CAST(… AS type)`: NULL where the value cannot be converted.
 *
 * @throws UnsupportedCompilationError at compilation, where the database has no such cast; none of the library's own has.
 */
export function tryCast<T, O extends string = never, U = unknown>(
  value: T | Expression<T, O, string>,
  type: Column<U, Given>,
): Expression<U | null, O> {
  return new Expression(castNode(value, type, true, "tryCast()"));
}

function castNode(value: unknown, column: Column<unknown, Given>, safe: boolean, where: string): CastNode {
  if (value === undefined) throw undefinedError(where);
  const type = typeOfColumn(column);
  return { kind: "cast", expression: offersNode(value) ? expressionOf(value, where) : bind(value, type), type, safe };
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
