import type { Client, Notification, QueryArrayConfig, QueryArrayResult } from "pg";
import type { CopyStatement } from "../dialects/postgresql/copy.ts";
import { quoteIdentifier } from "../dialects/postgresql/identifiers.ts";
import type { DriverEntry } from "../engine/dialect.ts";
import { LruCache } from "../util/lru-cache.ts";
import { loadPackage } from "./load-package.ts";
import { pgCopyIn, pgCopyOut, type QueryClass } from "./pg-copy.ts";
import { cancelRequest } from "./postgresql-cancel.ts";
import { type PostgresqlAnswer, type PostgresqlClient, PostgresqlConnection } from "./postgresql-connection.ts";
import { keepsSessions, type PostgresqlServer, postgresqlServer } from "./postgresql-url.ts";
import { parserOf } from "./postgresql-values.ts";

/** Prepared statements that a connection keeps on the server. */
const preparedStatements = 200;

/** The npm package `pg`. */
export const pgDriver: DriverEntry = {
  dialect: "postgresql",
  name: "pg",
  package: "pg",
  synchronous: false,
  async load(url, options) {
    const { default: pg } = (await loadPackage("pg", () => import("pg"))) as { default: typeof import("pg") };
    const server = postgresqlServer(url);
    const prepares = (options.preparedStatements ?? true) && keepsSessions(url);
    return {
      name: "pg",
      synchronous: false,
      async connect() {
        const { host, port, user, password, database, ssl } = server;
        const client = new pg.Client({
          ...{ host, port, user, password, database, ssl },
          ...(server.applicationName === undefined ? {} : { application_name: server.applicationName }),
          ...(server.options === undefined ? {} : { options: server.options }),
          ...pipelining,
          connectionTimeoutMillis: server.connectTimeout,
          keepAlive: true,
        });
        const session = new PgSession(pg, client, server, prepares);
        await client.connect();
        return new PostgresqlConnection(session, keepsSessions(url));
      },
    };
  },
};

/** Queries are sent without waiting for the answers of those before; versions that cannot do it ignore the option. */
const pipelining: object = { pipeline: true };

/** Texts are read by the engine; only what every driver gives alike is read here. */
const types = { getTypeParser: (typeCode: number) => parserOf(typeCode) };

/** As pg takes it; its declarations leave out how a statement is sent. */
interface PgQuery extends QueryArrayConfig {
  readonly queryMode: "extended";
}

/** What pg's declarations leave out. */
interface BackendKey {
  readonly processID: number | null;
  readonly secretKey: number | null;
}
interface Wire {
  readonly connection: { readonly stream: { destroy(): void } };
}

type PgPackage = typeof import("pg");

class PgSession implements PostgresqlClient {
  readonly raw: Client;
  closed = false;
  readonly #Query: QueryClass;
  readonly #server: PostgresqlServer;
  readonly #prepares: boolean;
  /** Names of prepared statements by their texts. */
  readonly #names = new LruCache<string, string>(preparedStatements, (name) => this.#forgotten.push(name));
  readonly #forgotten: string[] = [];
  #count = 0;

  constructor({ Query }: PgPackage, client: Client, server: PostgresqlServer, prepares: boolean) {
    this.#Query = Query as unknown as QueryClass;
    this.raw = client;
    this.#server = server;
    this.#prepares = prepares;
    // A connection that breaks while nobody waits for it is found out at its next use.
    client.on("error", () => {
      this.closed = true;
    });
    client.on("end", () => {
      this.closed = true;
    });
  }

  query(sql: string, parameters: readonly unknown[], prepare: boolean): Promise<PostgresqlAnswer> {
    const query: PgQuery = {
      text: sql,
      values: parameters as unknown[],
      rowMode: "array",
      queryMode: "extended",
      types,
    };
    if (!prepare || !this.#prepares) return this.raw.query<unknown[], unknown[]>(query).then(answerOf);
    return this.raw
      .query<unknown[], unknown[]>({ ...query, name: this.#nameOf(sql) })
      .then(answerOf, (error: unknown) => {
        if (isOutdated(error)) this.#names.delete(sql);
        throw error;
      });
  }

  #nameOf(sql: string): string {
    const known = this.#names.get(sql);
    if (known !== undefined) return known;
    this.#count += 1;
    const name = `athanor_${this.#count}`;
    this.#names.set(sql, name);
    return name;
  }

  forgetPrepared(): void {
    this.#names.clear();
  }

  async script(sql: string): Promise<void> {
    // Between transactions is the time to tell the server which statements are not needed any more.
    const forgotten = this.#forgotten.splice(0).map((name) => `DEALLOCATE ${name}; `);
    await this.raw.query(forgotten.join("") + sql);
  }

  async listen(channel: string, receive: (payload: string) => void, lost: () => void): Promise<() => Promise<void>> {
    const hear = (message: Notification): void => {
      if (message.channel === channel) receive(message.payload ?? "");
    };
    this.raw.on("notification", hear);
    this.raw.once("end", lost);
    const name = quoteIdentifier(channel);
    await this.script(`LISTEN ${name}`);
    return async () => {
      this.raw.off("notification", hear).off("end", lost);
      await this.script(`UNLISTEN ${name}`);
    };
  }

  copyIn(statement: CopyStatement, data: AsyncIterable<Uint8Array>): Promise<number> {
    return pgCopyIn(this.#Query, this.raw, statement, data);
  }
  copyOut(statement: CopyStatement): AsyncIterable<Uint8Array> {
    return pgCopyOut(this.#Query, this.raw, statement);
  }

  /** Does nothing before the server has told how its session is called. */
  async cancel(): Promise<void> {
    const { processID, secretKey } = this.raw as Client & Partial<BackendKey>;
    if (typeof processID !== "number" || typeof secretKey !== "number") return;
    await cancelRequest(this.#server, { processId: processID, secret: secretKey });
  }

  terminate(): void {
    this.closed = true;
    (this.raw as Client & Partial<Wire>).connection?.stream.destroy();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.raw.end();
  }
}

/** The statement's columns or types have changed since it was prepared, or a pooler has given the connection another session. */
function isOutdated(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "0A000" || error.code === "26000" || error.message.startsWith("cache lookup failed");
}

function answerOf({ rows, fields, rowCount }: QueryArrayResult<unknown[]>): PostgresqlAnswer {
  return {
    rows,
    columns: fields.map((field) => field.name),
    typeCodes: fields.map((field) => field.dataTypeID),
    rowCount: rowCount ?? -1,
  };
}
