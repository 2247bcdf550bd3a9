import { BinaryType } from "./binary.ts";
import { BooleanType } from "./boolean.ts";
import { DoubleType } from "./floats.ts";
import { BigIntegerType, IntegerType } from "./integers.ts";
import { JsonType } from "./json.ts";
import { nullType } from "./null-type.ts";
import { isBytes, isDate } from "./refuse.ts";
import type { SqlType } from "./sql-type.ts";
import { TextType } from "./strings.ts";
import { TimestampType } from "./timestamp.ts";

const integer: SqlType = /* @__PURE__ */ new IntegerType();
const bigInteger: SqlType = /* @__PURE__ */ new BigIntegerType();
/** Beyond the 32 bits of INTEGER, and still a number. */
const wideInteger: SqlType = /* @__PURE__ */ new BigIntegerType("number");
const double: SqlType = /* @__PURE__ */ new DoubleType();
const boolean: SqlType = /* @__PURE__ */ new BooleanType();
const text: SqlType = /* @__PURE__ */ new TextType();
const binary: SqlType = /* @__PURE__ */ new BinaryType();
const timestamp: SqlType = /* @__PURE__ */ new TimestampType();
const json: SqlType = /* @__PURE__ */ new JsonType();

/** The type of a value that nothing else gives a type to, by what it is in JavaScript. */
export function inferType(value: unknown): SqlType {
  switch (typeof value) {
    case "number":
      if (!Number.isSafeInteger(value)) return double;
      return Math.abs(value) < 2 ** 31 ? integer : wideInteger;
    case "bigint":
      return bigInteger;
    case "boolean":
      return boolean;
    case "string":
      return text;
    case "object":
      if (value === null) return nullType;
      if (isDate(value)) return timestamp;
      if (isBytes(value)) return binary;
      return json;
    default:
      return nullType;
  }
}
