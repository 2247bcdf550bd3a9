import type { Sql } from "postgres";
import type { CopyStatement } from "../dialects/postgresql/copy.ts";
import { quoteIdentifier } from "../dialects/postgresql/identifiers.ts";
import type { DriverEntry } from "../engine/dialect.ts";
import { loadPackage } from "./load-package.ts";
import { cancelRequest } from "./postgresql-cancel.ts";
import { type PostgresqlAnswer, type PostgresqlClient, PostgresqlConnection } from "./postgresql-connection.ts";
import { keepsSessions, type PostgresqlServer, postgresqlServer } from "./postgresql-url.ts";
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
          prepare: (options.preparedStatements ?? true) && keepsSessions(url),
          onnotice: () => {},
          onclose: () => session?.lost(),
          ...{ onnotify: (channel: string, payload: string) => session?.notified(channel, payload) },
          types: plainTypes,
        });
        const opened = new PostgresSession(sql, server);
        session = opened;
        try {
          await sql.unsafe("");
        } catch (error) {
          await sql.end({ timeout: 0 });
          throw error;
        }
        return new PostgresqlConnection(opened, keepsSessions(url));
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

/** Rejects when the query fails, even after it has given its stream. */
function failureOf(query: object): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const inner = query as { reject(error: unknown): void };
  const rejectQuery = inner.reject;
  inner.reject = (error) => {
    rejectQuery(error);
    reject(error);
  };
  return promise;
}

/** What a query knows once it is sent, and the driver's declarations leave out. */
interface Sent {
  readonly state: { readonly pid: number | null; readonly secret: number | null };
}

class PostgresSession implements PostgresqlClient {
  readonly raw: Sql;
  closed = false;
  readonly #hearing = new Set<(channel: string, payload: string) => void>();
  readonly #losing = new Set<() => void>();
  readonly #server: PostgresqlServer;
  /** Behind every text. The driver knows a prepared statement again by its text. */
  #mark = "";
  #schemaChanges = 0;
  /** The statement that was sent last. */
  #query: object | null = null;

  constructor(sql: Sql, server: PostgresqlServer) {
    this.raw = sql;
    this.#server = server;
  }

  query(sql: string, parameters: readonly unknown[], prepare: boolean): Promise<PostgresqlAnswer> {
    if (this.closed) return Promise.reject(new ConnectionLost());
    const query = this.raw.unsafe(sql + this.#mark, parameters.map(sendable) as never[], { prepare }).values();
    return this.#sent(query).then((result) => ({
      rows: Array.from(result as Iterable<unknown[]>),
      columns: (result.columns ?? []).map((column) => column.name),
      typeCodes: (result.columns ?? []).map((column) => column.type),
      rowCount: result.count ?? -1,
    }));
  }

  lost(): void {
    const isNews = !this.closed;
    this.closed = true;
    if (isNews) for (const tell of this.#losing) tell();
  }
  notified(channel: string, payload: string): void {
    for (const hear of this.#hearing) hear(channel, payload);
  }

  forgetPrepared(): void {
    this.#schemaChanges += 1;
    this.#mark = ` --${this.#schemaChanges}`;
  }

  async script(sql: string): Promise<void> {
    if (this.closed) throw new ConnectionLost();
    await this.#sent(this.raw.unsafe(sql).simple());
  }

  /** The driver notes in a query which session executes it, once it is sent. */
  #sent<T>(query: PromiseLike<T>): Promise<T> {
    this.#query = query;
    return Promise.resolve(query);
  }

  /** Here, and not as the driver would: over another connection, which it opens and replaces by itself. */
  async listen(channel: string, receive: (payload: string) => void, lost: () => void): Promise<() => Promise<void>> {
    const hear = (name: string, payload: string): void => {
      if (name === channel) receive(payload);
    };
    this.#hearing.add(hear);
    this.#losing.add(lost);
    const name = quoteIdentifier(channel);
    await this.script(`LISTEN ${name}`);
    return async () => {
      this.#hearing.delete(hear);
      this.#losing.delete(lost);
      await this.script(`UNLISTEN ${name}`);
    };
  }

  /** The driver's stream does not hear of an error after its end, of which the query still hears. */
  async copyIn({ head, tail }: CopyStatement, data: AsyncIterable<Uint8Array>): Promise<number> {
    const { pipeline } = await import("node:stream/promises");
    const { Readable } = await import("node:stream");
    const query = this.raw.unsafe(`${head} STDIN ${tail}`);
    const failed = failureOf(query);
    const target = await this.#sent(Promise.race([query.writable(), failed]));
    await Promise.race([pipeline(Readable.from(data), target), failed]);
    return -1;
  }
  async *copyOut({ head, tail }: CopyStatement): AsyncGenerator<Uint8Array> {
    const query = this.raw.unsafe(`${head} STDOUT ${tail}`);
    const failed = failureOf(query);
    const source = await this.#sent(Promise.race([query.readable(), failed]));
    const chunks = source[Symbol.asyncIterator]();
    const next = (): Promise<IteratorResult<Uint8Array>> => Promise.race([chunks.next(), failed]);
    let step = await next();
    try {
      for (; step.done !== true; step = await next()) yield step.value;
    } finally {
      // Nothing else can be sent before the server has said all.
      while (step.done !== true) step = await next();
    }
  }

  async cancel(): Promise<void> {
    const backend = (this.#query as Partial<Sent> | null)?.state;
    if (typeof backend?.pid !== "number" || typeof backend.secret !== "number") return;
    await cancelRequest(this.#server, { processId: backend.pid, secret: backend.secret });
  }

  terminate(): void {
    this.closed = true;
    this.raw.end({ timeout: 0 }).catch(() => {});
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
