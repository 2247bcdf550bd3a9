import { Range, type RangeItem } from "../../src/dialects/postgresql/range.ts";
import { canonicalDecimal, toScale } from "../../src/util/decimal.ts";

/** The mark under which the oracle writes a value that JSON has no form for. */
function tagged(value: unknown): readonly [tag: string, content: unknown] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const [entry, another] = Object.entries(value);
  return entry !== undefined && another === undefined && entry[0].startsWith("$") ? entry : null;
}

/** Whether a value is what the oracle says, by the rules of its README. */
export function sameValue(expected: unknown, actual: unknown): boolean {
  const tag = tagged(expected);
  if (tag !== null) return sameTagged(tag[0], tag[1], actual);
  if (typeof expected === "boolean" || typeof actual === "boolean") return Number(expected) === Number(actual);
  if (typeof expected === "number") return sameNumber(expected, actual);
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((each, i) => sameValue(each, actual[i]))
    );
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null) return false;
    const wanted = Object.entries(expected);
    const found = new Map(Object.entries(actual));
    return (
      wanted.length === found.size && wanted.every(([key, value]) => found.has(key) && sameValue(value, found.get(key)))
    );
  }
  return Object.is(expected, actual);
}

function sameTagged(tag: string, content: unknown, actual: unknown): boolean {
  switch (tag) {
    case "$decimal":
      return (
        sameDecimal(String(content), actual) || (typeof actual === "number" && sameNumber(Number(content), actual))
      );
    case "$bigint":
      return String(actual) === String(content);
    case "$date":
      return actual === content || (actual instanceof Date && actual.toISOString().slice(0, 10) === content);
    case "$time":
      return typeof actual === "string" && actual.replace(/\.0+$/, "") === String(content).replace(/\.0+$/, "");
    case "$datetime": {
      const text = String(content);
      // Without an offset it is UTC; a Date has milliseconds.
      const instant = Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`);
      return actual instanceof Date && actual.getTime() === instant;
    }
    case "$interval":
      return sameNumber(Number(content) * 1000, actual);
    case "$uuid":
      return String(actual).replaceAll("-", "").toLowerCase() === String(content).replaceAll("-", "").toLowerCase();
    case "$bytes":
      return actual instanceof Uint8Array && hex(actual) === String(content).toLowerCase();
    case "$range":
      return actual instanceof Range && sameRange(content as readonly unknown[], actual);
    case "$enum":
      return String(actual).toLowerCase() === String(content).toLowerCase();
    default:
      return false;
  }
}

function sameRange([lower, upper, bounds, isEmpty]: readonly unknown[], actual: Range<RangeItem>): boolean {
  if (isEmpty === true) return actual.isEmpty;
  return bounds === actual.bounds && sameValue(lower, actual.lower) && sameValue(upper, actual.upper);
}

function sameNumber(expected: number, actual: unknown): boolean {
  const number = typeof actual === "string" && actual.trim() !== "" ? Number(actual) : actual;
  if (typeof number === "bigint") return BigInt(Math.trunc(expected)) === number && Number.isInteger(expected);
  return (
    typeof number === "number" && (number === expected || Math.abs(number - expected) <= Math.abs(expected) * 1e-12)
  );
}

function sameDecimal(expected: string, actual: unknown): boolean {
  const wanted = canonicalDecimal(expected);
  const found = canonicalDecimal(String(actual));
  if (wanted === null || found === null) return false;
  // Digits beyond the scale with which the oracle writes it may differ.
  const scale = fractionLength(expected);
  return wanted === found || toScale(wanted, scale) === toScale(found, scale);
}

function fractionLength(decimal: string): number {
  const point = decimal.indexOf(".");
  return point < 0 ? 0 : decimal.length - point - 1;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
