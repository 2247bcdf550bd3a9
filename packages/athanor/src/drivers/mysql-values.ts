const minInt64 = -(2n ** 63n);
const maxUint64 = 2n ** 64n - 1n;

/**
 * Parameters as both drivers take them, and in the same way: whole numbers as bigints, because the binary protocol sends
 * other numbers as floating point; bytes as a Buffer, because everything else is text to them. The caller's array stays as
 * it is.
 *
 * Throws TypeError and RangeError for what MySQL has no type for: some of it the drivers would take for a list of values.
 */
export function bindable(
  parameters: readonly unknown[],
  integer: (value: bigint) => unknown = (value) => value,
): unknown[] {
  return parameters.map((value, index) => {
    switch (typeof value) {
      case "string":
        return value;
      case "number":
        if (Number.isSafeInteger(value)) return Object.is(value, -0) ? value : integer(BigInt(value));
        if (Number.isFinite(value)) return value;
        throw new RangeError(`Parameter ${index + 1} is ${value}, which MySQL has no number for.`);
      case "bigint":
        if (value >= minInt64 && value <= maxUint64) return integer(value);
        throw new RangeError(`Parameter ${index + 1} is too large for MySQL, whose integers have 64 bits.`);
      case "boolean":
        return integer(value ? 1n : 0n);
      default:
        if (value === null) return null;
        if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        throw new TypeError(
          `Parameter ${index + 1} is ${describe(value)}. MySQL takes numbers, bigints, strings, bytes and null.`,
        );
    }
  });
}

function describe(value: unknown): string {
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  if (Array.isArray(value)) return "an array";
  return `an object (${value?.constructor?.name ?? "object"})`;
}

/** A whole number as it is kept in rows: a number while it is exact, and text beyond. */
export function integerValue(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
