/**
 * What a value is, for messages. Never the value itself: messages reach logs, and parameters may be hidden on request.
 */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "string":
      return "a string";
    case "number":
      if (Number.isNaN(value)) return "NaN";
      if (!Number.isFinite(value)) return "an infinite number";
      return Number.isInteger(value) ? "a whole number" : "a number with a fraction";
    case "bigint":
      return "a bigint";
    case "boolean":
      return "a boolean";
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    default:
      break;
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (isDate(value)) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? `an object of class ${name}` : "an object";
}

/** Refuses a value that a type cannot store: `integer() takes a whole number, not a string`. */
export function refuseValue(type: string, expected: string, value: unknown): never {
  const hint = value === undefined ? "; write null for SQL NULL" : "";
  throw new TypeError(`${type} takes ${expected}, not ${describeValue(value)}${hint}`);
}

/** Refuses what the database gave for a column of this type. */
export function refuseResult(type: string, expected: string, value: unknown): never {
  throw new TypeError(`${type} reads ${expected}, but the database gave ${describeValue(value)}`);
}

/** A Date of whichever realm: test runners give programs globals of their own. */
export function isDate(value: unknown): value is Date {
  return value instanceof Date || Object.prototype.toString.call(value) === "[object Date]";
}

/** A Uint8Array of whichever realm, Node's Buffer included. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]";
}
