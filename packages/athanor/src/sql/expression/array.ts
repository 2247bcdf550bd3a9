import { ArgumentError } from "../../errors/errors.ts";
import { type Column, columnOf, type Given } from "../../schema/column.ts";
import { ArrayType } from "../../sqltypes/composite.ts";
import { inferType } from "../../sqltypes/infer.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { nullType } from "../coercions/literal-types.ts";
import { describe, expressionOf, offersNode, operand } from "../coercions/operands.ts";
import type { Widened } from "./constants.ts";
import { Expression } from "./expression.ts";

export interface ArrayOptions {
  /** How many indexes an element has. Databases do not check it; it is part of the declaration. Default 1. */
  readonly dimensions?: number;
}

/** What an array is put together of: values, expressions, and arrays for further dimensions. */
type Elements<T> = readonly (T | Expression<T, string, string>)[];

/** A column of arrays (`INTEGER[]`), where the database has them: `array(integer())`. */
export function array<T>(item: Column<T, Given>, options?: ArrayOptions): Column<readonly T[]>;
/**
 * An array that is put together of values and expressions: `ARRAY[$1, users.id]`. The first element tells its type; an
 * empty one is told it: `array([], integer())`.
 *
 * @throws ArgumentError when it is empty and has no type.
 */
export function array<T extends string | number | bigint | boolean>(
  items: Elements<T>,
): Expression<readonly Widened<T>[]>;
export function array<T>(items: Elements<T>, type?: Column<T, Given>): Expression<readonly T[]>;
export function array(
  given: Column<unknown, Given> | readonly unknown[],
  second: ArrayOptions | Column<unknown, Given> = {},
): Column<readonly unknown[]> | Expression<readonly unknown[]> {
  if (isList(given)) return arrayLiteral(given, "definition" in second ? typeOfColumn(second) : null);
  const { dimensions = null } = second as ArrayOptions;
  return columnOf(arrayOf(typeOfColumn(given), dimensions));
}

/** An array of arrays has a dimension more. */
function arrayOf(item: SqlType, dimensions: number | null): ArrayType {
  return item instanceof ArrayType
    ? new ArrayType(item.item, (item.dimensions ?? 1) + 1)
    : new ArrayType(item, dimensions);
}

function isList(given: unknown): given is readonly unknown[] {
  return Array.isArray(given);
}

function arrayLiteral(values: readonly unknown[], type: SqlType | null): Expression<readonly unknown[]> {
  const [first] = values;
  const item = type ?? (offersNode(first) ? expressionOf(first, "array()").type : inferType(first ?? null));
  if (type === null && first === undefined) {
    throw new ArgumentError("array() needs a type where it has no element to tell it: array([], integer()).");
  }
  if (Array.isArray(first))
    throw new ArgumentError(`array() takes array(…) for a further dimension, not ${describe(first)}.`);
  const items = values.map((each) => operand(each, item ?? nullType, "array()"));
  return new Expression({ kind: "array", items, type: arrayOf(item, null) });
}
