import type { SqlType, TypeTraits } from "./sql-type.ts";

/**
 * The result processor of a column in a statement. Where one column makes the driver read every integer as a bigint,
 * the columns of other types get numbers all the same.
 */
export function resultProcessorOf(
  type: SqlType,
  traits: TypeTraits,
  bigints: boolean,
): ((value: unknown) => unknown) | null {
  const read = type.resultProcessor(traits);
  // Decimals are exact whatever form they come in.
  if (!bigints || type.needsBigInt || type.affinity === "numeric") return read;
  return read === null
    ? (value) => (typeof value === "bigint" ? safeNumber(value) : value)
    : (value) => read(typeof value === "bigint" ? safeNumber(value) : value);
}

/** A bigint, or a number's text, as a number; a whole one beyond 2^53 would become another number, and is refused. */
export function safeNumber(value: bigint | string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) || !Number.isInteger(number)) return number;
  throw new RangeError(
    "the database gave a whole number beyond 2^53, which a number cannot hold; declare the column as bigInteger()",
  );
}
