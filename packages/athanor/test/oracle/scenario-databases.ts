import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createEngine, createSyncEngine, type Engine, type EngineOptions, type SyncEngine } from "athanor";
import { mariadbDatabase } from "../../src/drivers/mysql.ts";
import { postgresqlDatabase } from "../../src/drivers/postgresql.ts";
import { syncEngineFor } from "../../src/engine/create-engine.ts";
import { blockingDriver } from "../support/blocking/driver.ts";
import { probeDatabases } from "../support/database-matrix.ts";
import { fixtureDatabase, loadFixture } from "./fixture.ts";

/** A database of a scenario's own. */
export interface ScenarioDatabase {
  engine(options: EngineOptions): SyncEngine;
  asyncEngine(): Engine;
  /** Creates the schemas of the oracle with their rows. */
  fixture(): void;
  /** Rows as the driver gives them, through a connection of its own. */
  rows(sql: string, ...parameters: readonly (string | number)[]): unknown[][];
  close(): void;
}
/** One on a server. */
export interface ServerScenarioDatabase extends ScenarioDatabase {
  remove(): Promise<void>;
}

export function sqliteScenarioDatabase(): ScenarioDatabase {
  const folder = mkdtempSync(join(tmpdir(), "athanor-oracle-"));
  const file = join(folder, "oracle.db");
  return {
    engine: (options) => createSyncEngine(`sqlite:///${file}`, options),
    asyncEngine: () => createEngine(`sqlite:///${file}`),
    fixture() {
      using database = fixtureDatabase();
      database.prepare("VACUUM INTO ?").run(file);
    },
    rows(sql, ...parameters) {
      using database = new DatabaseSync(file);
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement.all(...parameters) as unknown as unknown[][];
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const servers = [postgresqlDatabase, mariadbDatabase].map((database) => ({
  ...database,
  drivers: database.drivers.map(blockingDriver),
}));

/** A database on an entry of the matrix whose driver answers with promises; null where it is missing, which is said. */
export async function serverScenarioDatabase(name: string): Promise<ServerScenarioDatabase | null> {
  const entry = (await probeDatabases()).find((each) => each.name === name);
  if (entry === undefined || entry.missing !== null) {
    if (process.env["CI"]) throw new Error(`${name} is missing: ${entry?.missing ?? "there is no such entry"}`);
    return null;
  }
  const fresh = await entry.create();
  const engine = (options: EngineOptions) => syncEngineFor(servers, fresh.url, options);
  const others: SyncEngine[] = [];
  const other = () => {
    const made = others[0] ?? engine({});
    others[0] = made;
    return made;
  };
  return {
    engine,
    asyncEngine: () => createEngine(fresh.url),
    fixture() {
      using connection = other().connect();
      loadFixture(connection);
    },
    rows(sql, ...parameters) {
      using connection = other().connect();
      return connection
        .execDriverSql(sql, parameters)
        .all()
        .map((row) => [...row]);
    },
    close() {
      for (const each of others) each.dispose();
    },
    remove: () => fresh.remove(),
  };
}
