import type { Sql } from "postgres";
import type { DriverEntry } from "../engine/dialect.ts";
import { loadPackage } from "./load-package.ts";
import { type PostgresqlAnswer, type PostgresqlClient, PostgresqlConnection } from "./postgresql-connection.ts";
import { postgresqlServer } from "./postgresql-url.ts";
import { parameterText, parsedTypes, parserOf } from "./postgresql-values.ts";

/** The npm package `postgres`. */
export const postgresDriver: DriverEntry = {
  dialect: "postgresql",
  name: "postgres",
  package: "postgres",
  synchronous: false,
  async load(url, options) {
    const { default: postgres } = (await loadPackage(
      "postgres",
      () => import("postgres"),
    )) as typeof import("postgres") & {
      default: typeof import("postgres");
    };
    const server = postgresqlServer(url);
    return {
      name: "postgres",
      synchronous: false,
      async connect() {
        let session: PostgresSession | null = null;
        const sql = postgres({
          host: server.host,
          port: server.port,
          username: server.user,
          database: server.database,
          ssl: server.ssl,
          ...(server.password === undefined ? {} : { password: server.password }),
          connection: {
            ...(server.applicationName === undefined ? {} : { application_name: server.applicationName }),
            ...(server.options === undefined ? {} : { options: server.options }),
          },
          connect_timeout: server.connectTimeout / 1000,
          // The pool is the engine's: this one has a single connection, which nothing closes or opens again.
          max: 1,
          max_lifetime: null,
          fetch_types: false,
          prepare: options.preparedStatements ?? true,
          onnotice: () => {},
          onclose: () => {
            if (session !== null) session.closed = true;
          },
          types: plainTypes,
        });
        const opened = new PostgresSession(sql);
        session = opened;
        try {
          await sql.unsafe("");
        } catch (error) {
          await sql.end({ timeout: 0 });
          throw error;
        }
        return new PostgresqlConnection(opened);
      },
    };
  },
};

/** Types that postgres.js would convert by itself, with the array and date types that it knows. */
const converted = [16, 17, 20, 25, 114, 1082, 1114, 1184, 3802, ...parsedTypes];

/** Each type as text, or as what every driver gives alike. */
const plainTypes = Object.fromEntries(
  [...new Set(converted)].map((code) => [
    `type_${code}`,
    { to: code, from: [code], serialize: parameterText, parse: parserOf(code) },
  ]),
);

/** The driver would open a new connection by itself, in which the transaction is not. */
class ConnectionLost extends Error {
  readonly code = "CONNECTION_CLOSED";
  constructor() {
    super("The connection to the server is closed.");
  }
}

class PostgresSession implements PostgresqlClient {
  readonly raw: Sql;
  closed = false;

  constructor(sql: Sql) {
    this.raw = sql;
  }

  query(sql: string, parameters: readonly unknown[], prepare: boolean): Promise<PostgresqlAnswer> {
    if (this.closed) return Promise.reject(new ConnectionLost());
    return this.raw
      .unsafe(sql, parameters.map(sendable) as never[], { prepare })
      .values()
      .then((result) => ({
        rows: Array.from(result as Iterable<unknown[]>),
        columns: (result.columns ?? []).map((column) => column.name),
        typeCodes: (result.columns ?? []).map((column) => column.type),
        rowCount: result.count ?? -1,
      }));
  }

  async script(sql: string): Promise<void> {
    if (this.closed) throw new ConnectionLost();
    await this.raw.unsafe(sql).simple();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.raw.end({ timeout: 5 });
  }
}

/** Anything but text would be sent as the type that the driver takes it for, whatever the statement asks for. */
function sendable(value: unknown): unknown {
  return typeof value === "string" || value === null ? value : parameterText(value);
}
