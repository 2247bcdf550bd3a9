import type { TwoPhase } from "../../engine/dialect.ts";
import { askRows, type DriverConnection } from "../../engine/driver.ts";
import { settled, type Task } from "../../util/task.ts";

// Identifiers have been checked: they consist of letters, digits and a few marks.
function* run(connection: DriverConnection, ...statements: readonly string[]): Task<void> {
  for (const sql of statements) yield* settled(connection.run(sql));
}

/** https://dev.mysql.com/doc/refman/8.4/en/xa-statements.html */
export const twoPhase: TwoPhase = {
  begin: (connection, xid) => run(connection, `XA START '${xid}'`),
  prepare: (connection, xid) => run(connection, `XA END '${xid}'`, `XA PREPARE '${xid}'`),
  commit: (connection, xid, isPrepared) =>
    isPrepared
      ? run(connection, `XA COMMIT '${xid}'`)
      : run(connection, `XA END '${xid}'`, `XA COMMIT '${xid}' ONE PHASE`),
  rollback: (connection, xid, isPrepared) =>
    isPrepared ? run(connection, `XA ROLLBACK '${xid}'`) : run(connection, `XA END '${xid}'`, `XA ROLLBACK '${xid}'`),
  /** Of the whole server: transactions of this kind belong to no database. */
  *recover(connection) {
    const { rows } = yield* settled(connection.execute("XA RECOVER", [], askRows));
    // The last column holds both parts of the identifier, of which the second is not used here.
    return rows.map((row) => textOf(row[3]));
  },
};

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}
