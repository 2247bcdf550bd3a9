import type { Url } from "../engine/url.ts";
import { ArgumentError } from "../errors/errors.ts";

/** Where a server is and how it is entered, as both drivers take it. */
export interface MysqlAddress {
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly connectTimeout: number;
  readonly ssl?: { readonly rejectUnauthorized: boolean };
}

const known = ["charset", "unix_socket", "socket", "ssl", "connect_timeout"];

/**
 * Reads `mysql://user:password@host:3306/database?unix_socket=/run/mysqld.sock&ssl=true&connect_timeout=5`. `ssl` is true,
 * false, or `no-verify` for a server whose certificate nobody vouches for; `connect_timeout` is in seconds, 10 by default.
 *
 * Throws ArgumentError for parameters that do not exist.
 */
export function mysqlAddress(url: Url): MysqlAddress {
  const unknown = Object.keys(url.query).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new ArgumentError(
      `A URL of MySQL has no parameter ${unknown.map((each) => JSON.stringify(each)).join(", ")}. There are: ${known.join(", ")}.`,
    );
  }
  const charset = parameter(url, "charset");
  if (charset !== null && charset.toLowerCase() !== "utf8mb4") {
    throw new ArgumentError(
      `Athanor speaks utf8mb4 with MySQL, which holds all of Unicode; leave out charset=${charset}.`,
    );
  }
  const socketPath = parameter(url, "unix_socket") ?? parameter(url, "socket");
  return {
    ...(socketPath === null ? { host: url.host ?? "127.0.0.1", port: url.port ?? 3306 } : { socketPath }),
    ...(url.username === null ? {} : { user: url.username }),
    ...(url.password === null ? {} : { password: url.password }),
    ...(url.database === null ? {} : { database: url.database }),
    connectTimeout: timeout(parameter(url, "connect_timeout")),
    ...ssl(parameter(url, "ssl")),
  };
}

function parameter(url: Url, name: string): string | null {
  const value = url.query[name];
  if (value === undefined) return null;
  if (typeof value === "string") return value;
  throw new ArgumentError(`The URL gives ${name} twice.`);
}

function timeout(text: string | null): number {
  if (text === null) return 10_000;
  const seconds = Number(text);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds * 1000;
  throw new ArgumentError(`connect_timeout is a number of seconds, not ${JSON.stringify(text)}.`);
}

function ssl(text: string | null): Pick<MysqlAddress, "ssl"> {
  switch (text) {
    case null:
    case "false":
      return {};
    case "true":
      return { ssl: { rejectUnauthorized: true } };
    case "no-verify":
      return { ssl: { rejectUnauthorized: false } };
    default:
      throw new ArgumentError(`ssl is "true", "false" or "no-verify", not ${JSON.stringify(text)}.`);
  }
}
