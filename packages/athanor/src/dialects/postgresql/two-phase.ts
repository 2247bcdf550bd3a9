import type { TwoPhase } from "../../engine/dialect.ts";
import { askRows, type DriverConnection } from "../../engine/driver.ts";
import { settled, type Task } from "../../util/task.ts";

// Identifiers have been checked: they consist of letters, digits and a few marks.
function* run(connection: DriverConnection, sql: string): Task<void> {
  yield* settled(connection.run(sql));
}

/** PREPARE TRANSACTION; the server has it where max_prepared_transactions is more than 0, which is not the default. */
export const twoPhase: TwoPhase = {
  begin: (connection) => run(connection, "BEGIN"),
  prepare: (connection, xid) => run(connection, `PREPARE TRANSACTION '${xid}'`),
  commit: (connection, xid, isPrepared) => run(connection, isPrepared ? `COMMIT PREPARED '${xid}'` : "COMMIT"),
  rollback: (connection, xid, isPrepared) => run(connection, isPrepared ? `ROLLBACK PREPARED '${xid}'` : "ROLLBACK"),
  *recover(connection) {
    const sql = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared";
    const { rows } = yield* settled(connection.execute(sql, [], askRows));
    return rows.map(([gid]) => String(gid));
  },
};
