import { ArgumentError } from "../../errors/errors.ts";

/** Which ends belong to a range: `[` and `]` do, `(` and `)` do not. */
export type RangeBounds = "[)" | "[]" | "(]" | "()";
/** What ranges are made of: numbers, decimals and dates as text, instants. */
export type RangeItem = number | bigint | string | Date;

/**
 * The values between two ends, as PostgreSQL's range types hold them; null is no end. PostgreSQL brings ranges of whole
 * numbers and days into the form `[)`.
 *
 * @example new Range(1, 10)            // 1 to 9
 * @example new Range("2024-01-01", null) // from that day on
 */
export class Range<out T extends RangeItem> {
  readonly lower: T | null;
  readonly upper: T | null;
  readonly bounds: RangeBounds;
  readonly isEmpty: boolean;

  /** @throws ArgumentError when the lower end is beyond the upper one, or the bounds are no bounds. */
  constructor(lower: T | null, upper: T | null, bounds: RangeBounds = "[)") {
    if (!["[)", "[]", "(]", "()"].includes(bounds)) {
      throw new ArgumentError(`The bounds of a range are "[)", "[]", "(]" or "()", not ${JSON.stringify(bounds)}.`);
    }
    const order = lower === null || upper === null ? -1 : compareItems(lower, upper);
    if (order > 0) throw new ArgumentError(`A range goes upwards, not from ${String(lower)} to ${String(upper)}.`);
    this.isEmpty = order === 0 && bounds !== "[]";
    this.lower = this.isEmpty ? null : lower;
    this.upper = this.isEmpty ? null : upper;
    this.bounds = bounds;
  }

  /** The range that holds nothing. */
  static empty<T extends RangeItem = never>(): Range<T> {
    const range: Range<RangeItem> = new Range<RangeItem>(0, 0, "()");
    // It holds no item of any type.
    return range as Range<T>;
  }

  /** Whether the value, or all of the other range, lies in it. */
  contains(other: RangeItem | Range<RangeItem>): boolean {
    if (!(other instanceof Range)) return !this.isEmpty && this.#fromLower(other) && this.#toUpper(other);
    if (other.isEmpty) return true;
    if (this.isEmpty) return false;
    return compareLower(this, other) <= 0 && compareUpper(this, other) >= 0;
  }
  /** Whether some value lies in both. */
  overlaps(other: Range<RangeItem>): boolean {
    return !this.isEmpty && !other.isEmpty && reaches(this, other) && reaches(other, this);
  }
  /** What lies in both; the empty range where nothing does. */
  intersection(other: Range<T>): Range<T> {
    if (!this.overlaps(other)) return Range.empty();
    const from: Range<T> = compareLower(this, other) >= 0 ? this : other;
    const to: Range<T> = compareUpper(this, other) <= 0 ? this : other;
    return new Range<T>(from.lower, to.upper, `${from.bounds[0]}${to.bounds[1]}` as RangeBounds);
  }
  /** Whether both hold the same values, as far as their ends tell. */
  equals(other: Range<RangeItem>): boolean {
    if (this.isEmpty || other.isEmpty) return this.isEmpty && other.isEmpty;
    return compareLower(this, other) === 0 && compareUpper(this, other) === 0;
  }
  toString(): string {
    if (this.isEmpty) return "empty";
    const end = (value: T | null) => (value instanceof Date ? value.toISOString() : (value ?? ""));
    return `${this.bounds[0]}${end(this.lower)},${end(this.upper)}${this.bounds[1]}`;
  }

  #fromLower(value: RangeItem): boolean {
    if (this.lower === null) return true;
    const order = compareItems(this.lower, value);
    return order < 0 || (order === 0 && this.bounds.startsWith("["));
  }
  #toUpper(value: RangeItem): boolean {
    if (this.upper === null) return true;
    const order = compareItems(value, this.upper);
    return order < 0 || (order === 0 && this.bounds.endsWith("]"));
  }
}

/** Which range begins first: one without an end does, and one with its end before one without. */
function compareLower(a: Range<RangeItem>, b: Range<RangeItem>): number {
  if (a.lower === null || b.lower === null) return (a.lower === null ? 0 : 1) - (b.lower === null ? 0 : 1);
  return compareItems(a.lower, b.lower) || (a.bounds.startsWith("[") ? 0 : 1) - (b.bounds.startsWith("[") ? 0 : 1);
}
function compareUpper(a: Range<RangeItem>, b: Range<RangeItem>): number {
  if (a.upper === null || b.upper === null) return (a.upper === null ? 1 : 0) - (b.upper === null ? 1 : 0);
  return compareItems(a.upper, b.upper) || (a.bounds.endsWith("]") ? 1 : 0) - (b.bounds.endsWith("]") ? 1 : 0);
}
/** Whether a range goes up to where another begins. */
function reaches(a: Range<RangeItem>, b: Range<RangeItem>): boolean {
  if (a.upper === null || b.lower === null) return true;
  const order = compareItems(b.lower, a.upper);
  return order < 0 || (order === 0 && a.bounds.endsWith("]") && b.bounds.startsWith("["));
}

const dayForm = /^(\d{4,7})-(\d{2})-(\d{2})( BC)?$/;
const decimal = /^-?\d+(?:\.\d+)?$/;

/** Decimals are compared digit by digit, days by the calendar. */
function compareItems(a: RangeItem, b: RangeItem): number {
  if (typeof a === "string" && typeof b === "string" && decimal.test(a) && decimal.test(b)) {
    const digits = Math.max(fraction(a).length, fraction(b).length);
    return order(scaled(a, digits), scaled(b, digits));
  }
  return order(orderable(a), orderable(b));
}
/** What sorts as the value does; years of days may have more digits than four, and be before Christ. */
function orderable(value: RangeItem): number | bigint | string {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== "string") return value;
  if (value === "infinity" || value === "-infinity") return value === "infinity" ? Infinity : -Infinity;
  const [, year, month, day, era] = dayForm.exec(value) ?? [];
  if (year === undefined) return value;
  return (era === undefined ? Number(year) : 1 - Number(year)) * 10_000 + Number(month) * 100 + Number(day);
}
function fraction(value: string): string {
  return value.split(".")[1] ?? "";
}
function scaled(value: string, digits: number): bigint {
  return BigInt(value.replace(".", "") + "0".repeat(digits - fraction(value).length));
}
function order<V extends number | bigint | string>(a: V, b: V): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
