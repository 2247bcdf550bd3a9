import type { AdvisoryLocks, LockKey } from "../../engine/advisory-lock.ts";
import { askRows } from "../../engine/driver.ts";
import { md5 } from "../../util/md5.ts";
import { settled } from "../../util/task.ts";

/** Seconds in a year: MySQL and MariaDB do not agree on a way to say for ever. */
const forEver = 31_536_000;
/** The longest name of a lock. */
const longestName = 64;

/** Locks on names, of the whole server. https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html */
export const advisoryLocks: AdvisoryLocks = {
  shared: false,
  scopes: ["session"],
  *acquire(connection, key, { wait }) {
    const { rows } = yield* settled(
      connection.execute("SELECT GET_LOCK(?, ?)", [nameOf(key), wait ? forEver : 0], askRows),
    );
    return Number(rows[0]?.[0]) === 1;
  },
  *release(connection, key) {
    yield* settled(connection.execute("SELECT RELEASE_LOCK(?)", [nameOf(key)], askRows));
  },
};

function nameOf(key: LockKey): string {
  const name = String(key);
  return name.length > longestName ? md5(name) : name;
}
