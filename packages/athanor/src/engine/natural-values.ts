import type { CompiledStatement } from "../sql/compile/compiled.ts";
import type { Dialect } from "./dialect.ts";
import type { DriverResult } from "./driver.ts";

type Answer = Pick<DriverResult, "columns" | "typeCodes">;
type Decoder = (rows: unknown[][]) => void;

/**
 * Converts the rows that a driver gave: columns by the types that the statement knows, the others by the types that the
 * database tells, where it tells any.
 */
export function decodeRows(
  dialect: Dialect,
  compiled: CompiledStatement | null,
  answer: Answer,
  rows: unknown[][],
): void {
  compiled?.decode?.(rows);
  if (answer.typeCodes !== undefined && rows.length > 0) naturalDecoder(dialect, compiled, answer.typeCodes)?.(rows);
}

/** The conversion of columns whose types the statement does not know; null where there is nothing to do. */
function naturalDecoder(
  { naturalReader }: Dialect,
  compiled: CompiledStatement | null,
  typeCodes: readonly number[],
): Decoder | null {
  if (naturalReader === undefined) return null;
  // Raw SQL has no columns that a statement could know.
  const positions = compiled === null || !compiled.knowsColumns ? typeCodes.keys() : compiled.untyped;
  const steps: { readonly index: number; readonly read: (value: unknown) => unknown }[] = [];
  for (const index of positions) {
    const read = naturalReader(typeCodes[index] ?? 0);
    if (read !== null) steps.push({ index, read });
  }
  if (steps.length === 0) return null;
  return (rows) => {
    for (const { index, read } of steps) {
      for (const row of rows) if (row[index] !== null) row[index] = read(row[index]);
    }
  };
}
