// Databases for a measurement: one for the ORM, and the driver's own beside it, with the same rows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine, type Engine, insert } from "athanor";
import { openRaw } from "../database.ts";
import { Base, Customer, Item, Order, Person } from "../models.ts";
import { customers, items, orders, people } from "../servers/rows.ts";
import { openServer } from "../servers/server.ts";
import type { Baseline } from "./baseline.ts";
import { postgresqlBaseline } from "./driver-postgresql.ts";
import { sqliteBaseline } from "./driver-sqlite.ts";
import { type DatabaseName, type Place, poolSize } from "./operations.ts";
import type { OrmWork } from "./works.ts";

export interface Places {
  /** For the ORM. */
  readonly place: Place;
  readonly baseline: Baseline;
  /** Rows of any query, out of the ORM's database. */
  stored(sql: string): Promise<readonly unknown[]>;
  /** Empties tables, of the ORM's database or of the driver's. */
  empty(side: "place" | "baseline", tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

type Filling = Pick<OrmWork, "people" | "shop">;

export function openPlaces(database: DatabaseName, filling: Filling): Promise<Places> {
  return database === "sqlite" ? files(filling) : server(filling);
}

/** A file each, in WAL mode, as services have it. */
async function files(filling: Filling): Promise<Places> {
  const folder = mkdtempSync(join(tmpdir(), "athanor-bench-"));
  const own = join(folder, "orm.db");
  const [raw, other] = await Promise.all(
    [join(folder, "driver.db"), own].map(async (file) => {
      const engine = createEngine(`sqlite+better-sqlite3:///${file}`);
      await Base.metadata.createAll(engine);
      await fill(engine, filling);
      await engine.dispose();
      const opened = openRaw("better-sqlite3", file);
      opened.exec("PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      return opened;
    }),
  );
  if (raw === undefined || other === undefined) throw new Error("Two databases are needed.");
  const sides = { place: other, baseline: raw };
  return {
    place: { database: "sqlite", file: own },
    baseline: sqliteBaseline(raw),
    stored: async (sql) => other.prepare(sql).all(),
    async empty(side, tables) {
      for (const table of tables) sides[side].exec(`DELETE FROM ${table}`);
    },
    async close() {
      raw.close();
      other.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** One database for both: they take turns. */
async function server(filling: Filling): Promise<Places> {
  const opened = await openServer("postgresql");
  await fill(opened.engine, filling);
  // What autovacuum would do some time later, while the measurement runs.
  await opened.raw.run("VACUUM ANALYZE");
  const { host, port, user, password, database } = opened.parts;
  const pool = opened.pool(poolSize);
  return {
    place: {
      database: "postgresql",
      host,
      port: port ?? 5432,
      user: user ?? "postgres",
      password: password ?? "",
      name: database,
    },
    baseline: postgresqlBaseline(opened.raw, pool),
    stored: (sql) => opened.raw.rows(sql),
    async empty(_side, tables) {
      for (const table of tables) await opened.raw.run(`DELETE FROM ${table}`);
    },
    async close() {
      await pool.close();
      await opened.close();
    },
  };
}

async function fill(engine: Engine, { people: personCount = 0, shop = [0, 0, 0] }: Filling): Promise<void> {
  const [customerCount, orderCount, itemCount] = shop;
  await engine.begin(async (connection) => {
    if (personCount > 0) await connection.execute(insert(Person), people(personCount));
    if (customerCount > 0) await connection.execute(insert(Customer), customers(customerCount));
    if (orderCount > 0) await connection.execute(insert(Order), orders(orderCount, customerCount));
    if (itemCount > 0) await connection.execute(insert(Item), items(itemCount, orderCount));
  });
}
