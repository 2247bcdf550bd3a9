import { arrayLiteral } from "../sqltypes/array-literal.ts";
import { isoTimestamp } from "../sqltypes/iso-timestamp.ts";
import { describeValue } from "../sqltypes/refuse.ts";

/** What drivers give as JavaScript values, by the types' object identifiers: bool, int2, int4, oid, float4, float8. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === "t",
  21: Number,
  23: Number,
  26: Number,
  700: Number,
  701: Number,
};

export const parsedTypes: readonly number[] = Object.keys(parsers).map(Number);

/** A parameter as the server reads it, for drivers that would convert it by themselves. */
export function parameterText(value: unknown): string {
  if (!(value instanceof Uint8Array)) return String(value);
  return `\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function asText(text: string): string {
  return text;
}

/** How a driver reads a column: numbers of up to 53 bits and booleans as such, everything else as the server's text. */
export function parserOf(typeCode: number): (text: string) => unknown {
  return parsers[typeCode] ?? asText;
}

/**
 * A user's own parameters in a form that all drivers send in the same way: text, or bytes. The server makes of a text what
 * the statement asks for. The caller's array stays as it is.
 *
 * Throws TypeError for what PostgreSQL has no form for.
 */
export function bindable(parameters: readonly unknown[]): readonly unknown[] {
  return parameters.map((value, index) => bindableValue(value, index));
}

function bindableValue(value: unknown, index: number): unknown {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return value;
    case "object":
      if (value === null || value instanceof Uint8Array) return value;
      if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      if (value instanceof Date && !Number.isNaN(value.getTime())) return isoTimestamp(value);
      if (Array.isArray(value)) return arrayLiteral(value, (item) => bindableValue(item, index));
      break;
    default:
      break;
  }
  throw new TypeError(
    `Parameter ${index + 1} is ${describeValue(value)}. PostgreSQL takes numbers, bigints, booleans, strings, dates, bytes, ` +
      "arrays of them, and null; write JSON as text.",
  );
}
