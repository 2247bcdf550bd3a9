import { safeNumber } from "./processors.ts";
import { refuseResult, refuseValue } from "./refuse.ts";
import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";

const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;

/** A whole number that JavaScript's `number` holds exactly. */
export class IntegerType extends SqlType<number> {
  readonly kind: string = "integer";
  readonly affinity: Affinity = "integer";

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => (Number.isSafeInteger(value) ? value : refuseInteger(`${this.kind}()`, value));
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return traits.textNumbers === true ? readSafeInteger : null;
  }
}

export class SmallIntegerType extends IntegerType {
  override readonly kind: string = "smallInteger";
}

export type BigIntegerMode = "number" | "bigint" | "string";

/** A whole number of 64 bits, as a bigint, as a number while it is safe, or as text. */
export class BigIntegerType extends SqlType<number | bigint | string> {
  readonly kind = "bigInteger";
  readonly affinity = "integer";
  readonly mode: BigIntegerMode;

  constructor(mode: BigIntegerMode = "bigint") {
    super();
    this.mode = mode;
  }

  override get key(): string {
    return `bigInteger:${this.mode}`;
  }
  override get needsBigInt(): boolean {
    return this.mode !== "number";
  }

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    switch (this.mode) {
      case "number":
        return (value) =>
          Number.isSafeInteger(value) ? value : refuseInteger('bigInteger({ mode: "number" })', value);
      case "bigint":
        return bindBigInt;
      case "string":
        return bindIntegerText;
    }
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    switch (this.mode) {
      case "number":
        return traits.textNumbers === true ? readSafeInteger : null;
      case "bigint":
        return readBigInt;
      case "string":
        return (value) => String(readBigInt(value));
    }
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    return Object.is(snapshot, value) || (this.mode === "bigint" && sameInteger(snapshot, value));
  }
}

/** `1` and `1n` are the same value of a column; JavaScript's `==` compares them exactly. */
function sameInteger(a: unknown, b: unknown): boolean {
  const bothNumeric =
    (typeof a === "bigint" || typeof a === "number") && (typeof b === "bigint" || typeof b === "number");
  return bothNumeric && !(a < b) && !(a > b) && !Number.isNaN(Number(a));
}

function bindBigInt(value: unknown): unknown {
  if (typeof value === "bigint") {
    if (value >= minInt64 && value <= maxInt64) return value;
    throw new RangeError("bigInteger() takes 64 bits, and the value needs more; use numeric(precision, 0)");
  }
  return Number.isSafeInteger(value) ? value : refuseValue("bigInteger()", "a bigint or a safe whole number", value);
}

function bindIntegerText(value: unknown): unknown {
  if (typeof value === "string" && /^-?\d+$/.test(value)) return bindBigInt(BigInt(value));
  return refuseValue('bigInteger({ mode: "string" })', "the digits of a whole number", value);
}

function readBigInt(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (Number.isSafeInteger(value) || (typeof value === "string" && /^-?\d+$/.test(value))) {
    return BigInt(value as number | string);
  }
  return refuseResult("bigInteger()", "whole numbers", value);
}

/** What the database counts and adds up is wider than what it adds up, and comes as text. */
function readSafeInteger(value: unknown): unknown {
  return typeof value === "string" ? safeNumber(value) : value;
}

function refuseInteger(type: string, value: unknown): never {
  if (typeof value === "bigint") {
    throw new TypeError(`${type} takes a whole number, not a bigint; use bigInteger() for a column of bigints`);
  }
  if (Number.isInteger(value)) {
    throw new RangeError(`${type} takes whole numbers up to 2^53, and the value is beyond; use bigInteger()`);
  }
  return refuseValue(type, "a whole number", value);
}
