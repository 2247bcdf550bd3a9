import type { CompiledStatement } from "../sql/compile/compiled.ts";

/** What an execution gave, before it is dressed for users: rows are plain arrays, converted and in order. */
export interface CursorResult {
  readonly returnsRows: boolean;
  /** Names of the columns in a row. */
  readonly keys: readonly string[];
  readonly rows: unknown[][];
  /** Rows matched; of a batch, the sum; -1 where the driver does not tell. */
  readonly rowCount: number;
  readonly lastInsertId: number | bigint | null;
  /** The primary keys of inserted rows in the order of the parameters; null for other statements, or where unknown. */
  readonly insertedPrimaryKeys: readonly (readonly unknown[])[] | null;
  /** Null for SQL that was given as a string. */
  readonly compiled: CompiledStatement | null;
}
