import { type PostgresqlVariant, variantNamed, variantNames } from "../dialects/postgresql/variants.ts";
import type { Url } from "../engine/url.ts";
import { ArgumentError } from "../errors/errors.ts";

/** Where a server is and how to reach it. */
export interface PostgresqlServer {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly ssl: PostgresqlSsl;
  readonly applicationName: string | undefined;
  /** Milliseconds to wait for a connection. */
  readonly connectTimeout: number;
  /** Settings of the session, as the server's command line takes them. */
  readonly options: string | undefined;
}

/** `require` encrypts without asking whose server it is, as libpq does; `verify-full` asks. */
export type PostgresqlSsl = false | { readonly rejectUnauthorized: boolean };

const sslModes: Readonly<Record<string, PostgresqlSsl>> = {
  disable: false,
  allow: false,
  prefer: false,
  require: { rejectUnauthorized: false },
  "verify-ca": { rejectUnauthorized: true },
  "verify-full": { rejectUnauthorized: true },
};
const knownKeys = ["host", "port", "sslmode", "application_name", "connect_timeout", "options", "variant"];

/**
 * The server that a URL names: `postgresql://user:password@host:5432/database`. What the URL leaves out comes from libpq's
 * environment variables (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE), or is 5432 on this machine. `?host=` takes
 * the folder of a Unix socket, `connect_timeout` seconds.
 *
 * @throws ArgumentError for parameters that are unknown or have a value that they do not take.
 */
export function postgresqlServer(url: Url): PostgresqlServer {
  const query = singleValues(url);
  const env = globalThis.process?.env ?? {};
  const user = url.username ?? env["PGUSER"] ?? env["USER"] ?? "postgres";
  const mode = query["sslmode"] ?? env["PGSSLMODE"] ?? "prefer";
  const ssl = sslModes[mode];
  if (ssl === undefined) {
    throw new ArgumentError(`${url}: sslmode is one of ${Object.keys(sslModes).join(", ")}.`);
  }
  return {
    host: url.host ?? query["host"] ?? env["PGHOST"] ?? "localhost",
    port: url.port ?? numberOf(url, "port", query["port"] ?? env["PGPORT"] ?? "5432"),
    user,
    password: url.password ?? env["PGPASSWORD"],
    database: url.database ?? env["PGDATABASE"] ?? user,
    ssl,
    applicationName: query["application_name"] ?? env["PGAPPNAME"],
    connectTimeout: numberOf(url, "connect_timeout", query["connect_timeout"] ?? "30") * 1000,
    options: query["options"] ?? env["PGOPTIONS"],
  };
}

function singleValues(url: Url): Readonly<Record<string, string | undefined>> {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(url.query)) {
    if (!knownKeys.includes(key)) {
      throw new ArgumentError(`${url} has the unknown parameter ${key}. There are: ${knownKeys.join(", ")}.`);
    }
    if (typeof value !== "string") throw new ArgumentError(`${url} gives the parameter ${key} more than once.`);
    values[key] = value;
  }
  return values;
}

function numberOf(url: Url, key: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new ArgumentError(`${url}: ${key} is a whole number.`);
}

/**
 * The variant that a URL names: by its scheme, as in `cockroachdb://`, or by `?variant=pgbouncer`. Null where it names none.
 *
 * @throws ArgumentError for one that there is not.
 */
export function variantOfUrl(url: Url): PostgresqlVariant | null {
  const { variant } = url.query;
  if (variant === undefined) return variantNames.includes(url.dialect) ? variantNamed(url.dialect) : null;
  const found = typeof variant === "string" ? variantNamed(variant) : null;
  if (found !== null) return found;
  throw new ArgumentError(`${url}: variant is one of postgresql, ${variantNames.join(", ")}.`);
}

/** Statements can be prepared under a name: a connection is one session. */
export function keepsSessions(url: Url): boolean {
  return variantOfUrl(url)?.sessions ?? true;
}
