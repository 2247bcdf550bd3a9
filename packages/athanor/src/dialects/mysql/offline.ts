import type { Dialect } from "../../engine/dialect.ts";
import { ArgumentError } from "../../errors/errors.ts";
import { MysqlDialect } from "./dialect.ts";
import { assumedServer, serverOf } from "./server.ts";

export interface DialectOptions {
  /** The server's version as `SELECT VERSION()` gives it: `"8.0.36"`, `"10.11.6-MariaDB"`. Default: MySQL 8.0.36. */
  readonly serverVersion?: string;
}

/**
 * The dialect without a database, to compile statements with. Where no version is given, it writes MySQL 8.0's SQL, and
 * what only MariaDB has (RETURNING) as well, because a `mysql://` URL may lead to either.
 *
 * @throws ArgumentError when the version is none.
 */
export function dialect(options: DialectOptions = {}): Dialect {
  const { serverVersion } = options;
  if (serverVersion === undefined) return new MysqlDialect(assumedServer(false));
  const server = serverOf(serverVersion);
  if (server !== null) return new MysqlDialect(server);
  throw new ArgumentError(
    `${JSON.stringify(serverVersion)} is no version of MySQL or MariaDB, such as "8.0.36" or "10.11.6-MariaDB".`,
  );
}
