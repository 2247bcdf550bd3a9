// A server's database for one measurement: behind an Athanor engine, and behind the driver alone.
import { createEngine, type Engine, type InsertRow, insert, type Target } from "athanor";
import mysql from "mysql2/promise";
import pg from "pg";
import { Base } from "../models.ts";

export const serverNames = ["postgresql", "mariadb"] as const;
export type ServerName = (typeof serverNames)[number];

export type Value = number | string | boolean | Date | null;

/** A connection of the driver's own, used as a careful program uses it: with prepared statements. */
export interface RawClient {
  /** Rows as objects. Parameters are written `?`. */
  rows(sql: string, ...values: readonly Value[]): Promise<unknown[]>;
  /** A statement without rows. */
  run(sql: string, ...values: readonly Value[]): Promise<{ readonly insertId: number }>;
  close(): Promise<void>;
}

/** A pool of the driver's own. */
export interface RawPool {
  /** Takes a connection, executes one prepared statement, gives the connection back. */
  rows(sql: string, ...values: readonly Value[]): Promise<unknown[]>;
  close(): Promise<void>;
}

export interface Server {
  readonly name: ServerName;
  readonly url: string;
  readonly parts: ServerParts;
  readonly engine: Engine;
  readonly raw: RawClient;
  pool(size: number): RawPool;
  /** Fills a table of both sides, which are the same here. */
  fill<S>(target: Target<S, string>, rows: readonly InsertRow<S>[]): Promise<void>;
  close(): Promise<void>;
}

const urls: Readonly<Record<ServerName, string>> = {
  postgresql: process.env["ATHANOR_POSTGRESQL_URL"] ?? "postgresql://postgres@127.0.0.1:5432/postgres",
  mariadb: process.env["ATHANOR_MARIADB_URL"] ?? "mariadb+mysql2://root@127.0.0.1:3306/test",
};

export async function openServer(name: ServerName): Promise<Server> {
  const database = `athanor_bench_${process.pid}`;
  const administration = createEngine(urls[name], { isolationLevel: "AUTOCOMMIT" });
  await using connection = await administration.connect();
  await connection.execDriverSql(`CREATE DATABASE ${database}`);
  await connection.close();
  const own = administration.url.set({ database });
  const engine = createEngine(own, { poolSize: 10, maxOverflow: 0 });
  await Base.metadata.createAll(engine);
  const parts = {
    host: own.host ?? "127.0.0.1",
    ...(own.port === null ? {} : { port: own.port }),
    ...(own.username === null ? {} : { user: own.username }),
    ...(own.password === null ? {} : { password: own.password }),
    database,
  };
  const raw = name === "postgresql" ? await pgClient(parts) : await mysqlClient(parts);
  return {
    name,
    url: own.render({ hidePassword: false }),
    parts,
    engine,
    raw,
    pool: (size) => (name === "postgresql" ? pgPool(parts, size) : mysqlPool(parts, size)),
    async fill(target, rows) {
      await engine.begin((each) => each.execute(insert(target), rows));
    },
    async close() {
      await raw.close();
      await engine.dispose();
      await using last = await administration.connect();
      await last.execDriverSql(`DROP DATABASE ${database}`);
      await last.close();
      await administration.dispose();
    },
  };
}

/** What a driver is told of a database. */
export interface ServerParts {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
}

// ── pg ───────────────────────────────────────────────────────────────────────
const names = new Map<string, { readonly name: string; readonly text: string }>();

/** The same text under the same name each time: the server keeps the statement. */
function named(sql: string): { readonly name: string; readonly text: string } {
  let known = names.get(sql);
  if (known === undefined) {
    let position = 0;
    known = { name: `bench_${names.size}`, text: sql.replace(/\?/g, () => `$${++position}`) };
    names.set(sql, known);
  }
  return known;
}

async function pgClient(parts: ServerParts): Promise<RawClient> {
  const client = new pg.Client(parts);
  await client.connect();
  return {
    rows: async (sql, ...values) => (await client.query({ ...named(sql), values: [...values] })).rows,
    async run(sql, ...values) {
      const { rows } = await client.query(values.length === 0 ? sql : { ...named(sql), values: [...values] });
      return { insertId: (rows?.[0] as { id?: number } | undefined)?.id ?? 0 };
    },
    close: () => client.end(),
  };
}

function pgPool(parts: ServerParts, size: number): RawPool {
  const pool = new pg.Pool({ ...parts, max: size });
  return {
    rows: async (sql, ...values) => (await pool.query({ ...named(sql), values: [...values] })).rows,
    close: () => pool.end(),
  };
}

// ── mysql2 ───────────────────────────────────────────────────────────────────
async function mysqlClient(parts: ServerParts): Promise<RawClient> {
  const connection = await mysql.createConnection(parts);
  return {
    rows: async (sql, ...values) => (await connection.execute(sql, [...values]))[0] as unknown[],
    async run(sql, ...values) {
      const [result] = values.length === 0 ? await connection.query(sql) : await connection.execute(sql, [...values]);
      return { insertId: "insertId" in result ? result.insertId : 0 };
    },
    close: () => connection.end(),
  };
}

function mysqlPool(parts: ServerParts, size: number): RawPool {
  const pool = mysql.createPool({ ...parts, connectionLimit: size });
  return {
    rows: async (sql, ...values) => (await pool.execute(sql, [...values]))[0] as unknown[],
    close: () => pool.end(),
  };
}
