import { BooleanType } from "../../sqltypes/boolean.ts";
import { DateType, TimeType } from "../../sqltypes/date-time.ts";
import { DoubleType } from "../../sqltypes/floats.ts";
import { inferType } from "../../sqltypes/infer.ts";
import { IntegerType } from "../../sqltypes/integers.ts";
import { nullType } from "../../sqltypes/null-type.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { TextType } from "../../sqltypes/strings.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";
import type { Operator } from "../nodes/operators.ts";

export { nullType };
export const integerType: SqlType = /* @__PURE__ */ new IntegerType();
export const doubleType: SqlType = /* @__PURE__ */ new DoubleType();
export const numericType: SqlType = /* @__PURE__ */ new NumericType();
export const booleanType: SqlType = /* @__PURE__ */ new BooleanType();
export const textType: SqlType = /* @__PURE__ */ new TextType();
export const dateType: SqlType = /* @__PURE__ */ new DateType();
export const timeType: SqlType = /* @__PURE__ */ new TimeType();
export const timestampType: SqlType = /* @__PURE__ */ new TimestampType();

const maxInt64 = 2n ** 63n - 1n;

/**
 * The type of a plain value next to an expression: the expression's own where it can hold the value, so that a date is
 * written as the column writes dates; the value's own where it is wider (1.5 next to an integer).
 */
export function comparedType(value: unknown, against: SqlType): SqlType {
  const own = against.comparedType(value);
  if (own !== null) return own;
  if (against.affinity === "null") return inferType(value);
  if (against.affinity === "integer" && typeof value === "number" && !Number.isInteger(value)) return doubleType;
  if (against.affinity === "integer" && typeof value === "bigint") {
    // Only a type without a sign has values beyond those of 64 bits with one.
    return against.needsBigInt && value > maxInt64 ? against : inferType(value);
  }
  return against;
}

const numericRank: Readonly<Record<string, number>> = { integer: 1, numeric: 2, float: 3 };

/** The type of an arithmetic operator's result: the wider of both; division of integers is a fraction. */
export function resultType(operator: Operator, left: SqlType, right: SqlType): SqlType {
  const leftRank = numericRank[left.affinity];
  const rightRank = numericRank[right.affinity];
  if (leftRank === undefined) return right.affinity === "null" || rightRank === undefined ? left : right;
  if (rightRank === undefined) return left;
  if (operator.name === "div" && leftRank === 1 && rightRank === 1) return doubleType;
  const wider = leftRank >= rightRank ? left : right;
  // A decimal's digits after the point are no longer the column's.
  return wider.affinity === "numeric" && operator.name !== "add" && operator.name !== "sub" ? numericType : wider;
}

/** avg() of integers is a fraction; of decimals a decimal of its own scale. */
export function averageType(type: SqlType): SqlType {
  return type.affinity === "numeric" ? numericType : doubleType;
}
