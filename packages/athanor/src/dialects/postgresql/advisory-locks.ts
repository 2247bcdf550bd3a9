import type { AdvisoryLocks } from "../../engine/advisory-lock.ts";
import { askRows, type DriverConnection } from "../../engine/driver.ts";
import { md5 } from "../../util/md5.ts";
import { settled, type Task } from "../../util/task.ts";

/** https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS */
export const advisoryLocks: AdvisoryLocks = {
  shared: true,
  scopes: ["transaction", "session"],
  *acquire(connection, key, { shared, scope, wait }) {
    const name = `pg_${wait ? "" : "try_"}advisory_${scope === "transaction" ? "xact_" : ""}lock${shared ? "_shared" : ""}`;
    const answer = yield* ask(connection, name, key);
    // Those that wait return nothing, as void.
    return wait || answer === true;
  },
  *release(connection, key, { shared }) {
    yield* ask(connection, `pg_advisory_unlock${shared ? "_shared" : ""}`, key);
  },
};

function* ask(connection: DriverConnection, name: string, key: string | number | bigint): Task<unknown> {
  const { rows } = yield* settled(connection.execute(`SELECT ${name}($1::bigint)`, [String(number(key))], askRows));
  return rows[0]?.[0];
}

/** Locks are numbers of 64 bits; of a name, the first of its digest. */
function number(key: string | number | bigint): bigint {
  return typeof key === "string" ? BigInt.asIntN(64, BigInt(`0x${md5(key).slice(0, 16)}`)) : BigInt(key);
}
