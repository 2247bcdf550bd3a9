// Databases in pairs: one behind an Athanor engine, one behind the driver alone, with the same tables and rows.
import { createRequire } from "node:module";
import { DatabaseSync } from "node:sqlite";
import { createEngine, type Engine, listen } from "athanor";
import type BetterSqlite3 from "better-sqlite3";
import { Base } from "./models.ts";

export const drivers = ["better-sqlite3", "node-sqlite"] as const;
export type DriverName = (typeof drivers)[number];

/** What the drivers' own databases have in common. */
export interface RawDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): RawStatement;
  close(): void;
}
export interface RawStatement {
  all(...parameters: readonly SqlValue[]): unknown[];
  get(...parameters: readonly SqlValue[]): unknown;
  run(...parameters: readonly SqlValue[]): { readonly lastInsertRowid: number | bigint };
}
export type SqlValue = number | string | null;

const require = createRequire(import.meta.url);

export function openRaw(driver: DriverName, path: string): RawDatabase {
  if (driver === "node-sqlite") return new DatabaseSync(path);
  const Database = require("better-sqlite3") as typeof BetterSqlite3;
  // Its statements take any values; ours say which.
  return new Database(path) as RawDatabase;
}

export interface Pair {
  readonly engine: Engine;
  readonly raw: RawDatabase;
  close(): Promise<void>;
}

export interface PairOptions {
  /** SQL that fills the tables, for both. */
  readonly rows?: string;
  /** Files of the two databases. Default: both in memory. */
  readonly files?: readonly [athanor: string, raw: string];
  /** SQL for each new connection. */
  readonly settings?: string;
}

export async function openPair(driver: DriverName, options: PairOptions = {}): Promise<Pair> {
  const { rows = "", files = [":memory:", ":memory:"], settings = "" } = options;
  const [file, rawFile] = files;
  const engine = createEngine(`sqlite+${driver}:///${file}`);
  let schema: unknown[] = [];
  listen(engine, "connect", (connection) => {
    (connection as RawDatabase).exec(settings);
  });
  await Base.metadata.createAll(engine);
  {
    await using connection = await engine.connect();
    schema = (await connection.execDriverSql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")).scalars().all();
    for (const statement of statementsOf(rows)) await connection.execDriverSql(statement);
    await connection.commit();
  }
  const raw = openRaw(driver, rawFile);
  // As the engine sets it for each of its connections.
  raw.exec(`PRAGMA foreign_keys = ON; ${settings}`);
  for (const statement of [...schema, ...statementsOf(rows)]) raw.exec(String(statement));
  return {
    engine,
    raw,
    async close() {
      await engine.dispose();
      raw.close();
    },
  };
}

function statementsOf(sql: string): readonly string[] {
  return sql.split(";").filter((statement) => statement.trim() !== "");
}
