import { canonicalDecimal, significantDigits, toScale } from "../util/decimal.ts";
import { refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

/** Floating point keeps this many decimal digits of every number. */
const exactDigits = 15;
/** Marks an exact decimal kept as text, so that the database's number affinity leaves it alone. */
const exactMark = "d";
const plainForm = /^\d+(?:\.\d+)?$/;
const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

/**
 * An exact decimal. Values are text (`"12.50"`), read back with the declared number of digits after the point.
 *
 * Where the database keeps decimals as floating point (SQLite), a value of at most 15 digits is stored as a number, so
 * that sums and comparisons work; whole numbers of 64 bits are stored as integers; what is longer is stored as exact
 * text, which SQL there orders behind all numbers and takes for the nearest number in arithmetic.
 */
export class NumericType extends SqlType<string> {
  readonly kind = "numeric";
  readonly affinity = "numeric";
  readonly precision: number | null;
  readonly scale: number | null;

  constructor(precision: number | null = null, scale: number | null = null) {
    super();
    this.precision = precision;
    this.scale = scale;
  }

  override get key(): string {
    return `numeric:${this.precision ?? ""}:${this.scale ?? ""}`;
  }
  override get needsBigInt(): boolean {
    return this.precision === null || this.precision > exactDigits;
  }

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    if (!traits.nativeDecimal) return storableDecimal;
    return traits.nativeNaN ? (value) => (isSpecial(value) ? String(value) : exactText(value)) : exactText;
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    if (traits.nativeDecimal) return null;
    const { scale } = this;
    if (scale === null) return (value) => readDecimal(value);
    const largest = 10 ** (exactDigits - scale);
    return (value) =>
      typeof value === "number" && value < largest && value > -largest
        ? withoutNegativeZero(value.toFixed(scale))
        : toScale(readDecimal(value), scale);
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (Object.is(snapshot, value)) return true;
    const before = decimalOf(snapshot);
    return before !== null && before === decimalOf(value);
  }
}

function decimalOf(value: unknown): string | null {
  switch (typeof value) {
    case "string":
      return canonicalDecimal(value);
    case "number":
      return Number.isFinite(value) ? canonicalDecimal(String(value)) : null;
    case "bigint":
      return String(value);
    default:
      return null;
  }
}

/** What some databases keep beside numbers. */
const specials: ReadonlySet<unknown> = new Set(["NaN", "Infinity", "-Infinity", Number.NaN, Infinity, -Infinity]);
function isSpecial(value: unknown): boolean {
  return specials.has(value);
}

/** The decimal as text, with all the digits that were given, for databases that keep it exactly. */
function exactText(value: unknown): string {
  const decimal = decimalOf(value);
  return (typeof value === "string" && decimal !== null ? value : decimal) ?? refuseDecimal(value);
}

function refuseDecimal(value: unknown): never {
  return refuseValue("numeric()", "a decimal as text or a finite number", value);
}

/** The form that a database without decimals keeps exactly. */
function storableDecimal(value: unknown): unknown {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && value.length <= exactDigits && plainForm.test(value)) return Number(value);
  const decimal = decimalOf(value) ?? refuseDecimal(value);
  if (significantDigits(decimal) <= exactDigits) return Number(decimal);
  if (!decimal.includes(".")) {
    const integer = BigInt(decimal);
    if (integer >= minInt64 && integer <= maxInt64) return integer;
  }
  return decimal + exactMark;
}

/** What the database gave as a canonical decimal; noise of floating-point arithmetic beyond 15 digits is dropped. */
function readDecimal(value: unknown): string {
  if (typeof value === "number" && Number.isFinite(value)) {
    const text = canonicalDecimal(String(value));
    if (text !== null) {
      return significantDigits(text) <= exactDigits || Number.isInteger(value)
        ? text
        : (canonicalDecimal(value.toPrecision(exactDigits)) ?? text);
    }
  }
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") {
    const text = canonicalDecimal(value.endsWith(exactMark) ? value.slice(0, -1) : value);
    if (text !== null) return text;
  }
  return refuseResult("numeric()", "decimals", value);
}

function withoutNegativeZero(text: string): string {
  return text.startsWith("-") && !/[1-9]/.test(text) ? text.slice(1) : text;
}
