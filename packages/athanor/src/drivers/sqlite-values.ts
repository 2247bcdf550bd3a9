const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);

/**
 * Parameters as all of SQLite's drivers take them, and in the same way. Whole numbers become bigints, because the drivers
 * bind every number as floating point: `'a' || 5` would be `a5.0`. The caller's array stays as it is.
 *
 * Throws TypeError and RangeError for what SQLite has no type for; some drivers would take an object for named parameters.
 */
export function bindable(parameters: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let i = 0; i < parameters.length; i += 1) {
    const value = parameters[i];
    if (typeof value === "string" || value === null) continue;
    const bound = bindableValue(value, i);
    if (bound === value) continue;
    copy ??= parameters.slice();
    copy[i] = bound;
  }
  return copy ?? parameters;
}

function bindableValue(value: unknown, index: number): unknown {
  switch (typeof value) {
    case "number":
      if (Number.isSafeInteger(value)) return BigInt(value);
      if (!Number.isNaN(value)) return value;
      throw new RangeError(`Parameter ${index + 1} is NaN, which SQLite would keep as NULL.`);
    case "bigint":
      if (value <= maxInt64 && value >= minInt64) return value;
      throw new RangeError(`Parameter ${index + 1} is too large for SQLite, whose integers have 64 bits.`);
    case "boolean":
      return value ? 1n : 0n;
    default:
      if (ArrayBuffer.isView(value)) return value;
      throw new TypeError(
        `Parameter ${index + 1} is ${describe(value)}. SQLite takes numbers, bigints, strings, bytes and null.`,
      );
  }
}

function describe(value: unknown): string {
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  const name = value?.constructor?.name ?? "object";
  return Array.isArray(value) ? "an array" : `an object (${name})`;
}

/** Makes the bigints of a row numbers. Throws RangeError for one beyond 2^53. */
export function toNumbers(row: unknown[]): void {
  for (let i = 0; i < row.length; i += 1) {
    const value = row[i];
    if (typeof value === "bigint") row[i] = exactNumber(value);
  }
}

function exactNumber(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(`Value is too large to be represented as a JavaScript number: ${value}.`);
}
