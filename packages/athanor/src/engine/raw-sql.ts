import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { CursorResult } from "./cursor-result.ts";

/** Executes SQL as it is: no cache, no conversion. */
export function* executeRaw(core: ConnectionCore, sql: string, parameters: readonly unknown[]): Task<CursorResult> {
  const result = yield* core.driverExecute(sql, parameters, {
    returnsRows: true,
    bigints: false,
    converted: false,
    prepare: true,
  });
  return {
    returnsRows: result.columns.length > 0,
    keys: result.columns,
    rows: result.rows,
    rowCount: result.rowCount,
    lastInsertId: result.lastInsertId,
    insertedPrimaryKeys: null,
    compiled: null,
  };
}
