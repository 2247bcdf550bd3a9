import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { CursorResult } from "./cursor-result.ts";
import { decodeRows } from "./natural-values.ts";

/** Executes SQL as it is: no cache, and no conversion but what the database's own types ask for. */
export function* executeRaw(core: ConnectionCore, sql: string, parameters: readonly unknown[]): Task<CursorResult> {
  const result = yield* core.driverExecute(sql, parameters, {
    returnsRows: true,
    bigints: false,
    converted: false,
    prepare: true,
  });
  decodeRows(core.engine.dialect, null, result, result.rows);
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
