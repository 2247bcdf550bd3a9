import { canonicalDecimal } from "../../util/decimal.ts";

/** Negative, zero or positive; NaN, which no comparison holds for but "not equal", where values have no order. */
export function order(a: unknown, b: unknown): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, index) => byte === b[index]) ? 0 : Number.NaN;
  }
  if (typeof a === "boolean" || typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return Number.NaN;
}

export function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

// ── decimals ─────────────────────────────────────────────────────────────────
/** A decimal as a whole number and how many of its digits stand behind the point. */
interface Scaled {
  readonly digits: bigint;
  readonly scale: number;
}

function scaled(value: unknown): Scaled | null {
  const text = canonicalDecimal(String(value));
  if (text === null) return null;
  const [whole = "0", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

/** Two decimals with the same number of digits behind the point. */
function aligned(a: unknown, b: unknown): { readonly a: bigint; readonly b: bigint; readonly scale: number } | null {
  const [left, right] = [scaled(a), scaled(b)];
  if (left === null || right === null) return null;
  const scale = Math.max(left.scale, right.scale);
  return {
    a: left.digits * 10n ** BigInt(scale - left.scale),
    b: right.digits * 10n ** BigInt(scale - right.scale),
    scale,
  };
}

/** The order of two decimals, which are texts or numbers. */
export function decimalOrder(a: unknown, b: unknown): number {
  const both = aligned(a, b);
  return both === null ? Number.NaN : both.a < both.b ? -1 : both.a > both.b ? 1 : 0;
}

/** The exact sum, difference or product of two decimals; null where one is no decimal. */
export function decimalArithmetic(sign: "+" | "-" | "*", a: unknown, b: unknown): string | null {
  const both = aligned(a, b);
  if (both === null) return null;
  if (sign === "*") return unscaled(both.a * both.b, both.scale * 2);
  return unscaled(sign === "+" ? both.a + both.b : both.a - both.b, both.scale);
}

function unscaled(digits: bigint, scale: number): string {
  const negative = digits < 0n;
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, "0");
  const point = text.length - scale;
  const unsigned = scale === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`;
  return canonicalDecimal(negative ? `-${unsigned}` : unsigned) ?? unsigned;
}
