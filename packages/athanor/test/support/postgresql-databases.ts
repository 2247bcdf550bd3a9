import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PGlite, PGliteOptions } from "@electric-sql/pglite";
import type { Client } from "pg";
import type { DatabaseEntry } from "./database-matrix.ts";

const facts = {
  dialect: "postgresql",
  synchronous: false,
  keepsNul: false,
  isolationLevels: ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "READ UNCOMMITTED", "AUTOCOMMIT"],
  missingTable: "ProgrammingError",
  uniqueViolation: { constraint: "notes_text_key", table: "notes", columns: ["text"] },
  deferredConstraints: true,
  placeholder: (position: number) => `$${position}`,
  failureEndsTransaction: true,
} as const;

/** The server of the tests: where the environment says, or on this machine. */
const serverUrl = process.env["ATHANOR_POSTGRESQL_URL"] ?? "postgresql://postgres@127.0.0.1:5432/postgres";

/**
 * A server that somebody runs. Each worker has two databases, which are emptied when a test that used them is over: to create
 * one takes longer than most tests.
 */
export function postgresqlServer(name: string, driver: string): DatabaseEntry {
  const urlOf = (database: string): string => {
    const url = new URL(serverUrl);
    url.protocol = `postgresql+${driver}:`;
    url.pathname = `/${database}`;
    return url.href;
  };
  const databases = ["own", "shared"].map((use) => new ServerDatabase(`${ownNames}${workerId}_${driver}_${use}`));
  return {
    name,
    ...facts,
    inMemory: false,
    concurrent: true,
    async probe() {
      await onServer(serverUrl, async (client) => {
        await client.query("SELECT 1");
      });
    },
    async create() {
      const [own, shared] = databases;
      if (own === undefined || shared === undefined) throw new Error("There are two databases a worker");
      await Promise.all([own.prepare(), shared.prepare()]);
      return {
        url: urlOf(own.name),
        get sharedUrl() {
          shared.used = true;
          return urlOf(shared.name);
        },
        async remove() {
          own.used = true;
        },
      };
    },
  };
}

const workerId = process.env["VITEST_POOL_ID"] ?? "0";
/** Runs beside each other have databases of their own; global-setup.ts says which run this is. */
const ownNames = `athanor_test_${process.env["ATHANOR_TEST_RUN"] ?? process.pid}_`;

/** Drops the databases of this run; where there is no server, there are none. */
export async function dropServerDatabases(): Promise<void> {
  const work = onServer(serverUrl, async (client) => {
    const sql = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)";
    const { rows } = await client.query<{ datname: string }>(sql, [ownNames]);
    for (const { datname } of rows) await client.query(`DROP DATABASE ${datname} WITH (FORCE)`);
  });
  await work.catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ECONNREFUSED")) throw error;
  });
}

/** A database on the server that is made once and emptied before it is used again. */
class ServerDatabase {
  readonly name: string;
  used = true;
  #exists = false;

  constructor(name: string) {
    this.name = name;
  }
  async prepare(): Promise<void> {
    if (!this.#exists) {
      await onServer(serverUrl, async (client) => {
        const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [this.name]);
        if (rowCount === 0) await client.query(`CREATE DATABASE ${this.name}`);
      });
      this.#exists = true;
    }
    if (!this.used) return;
    const url = new URL(serverUrl);
    url.pathname = `/${this.name}`;
    await onServer(url.href, (client) => client.query(endOthers + emptySchemas));
    this.used = false;
  }
}

/** Drops the schemas of tests. */
const emptySchemas = `
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
      EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
  END $$;
  CREATE SCHEMA public;`;
const endOthers =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();";

async function onServer<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** PostgreSQL inside the process. It cannot be opened twice, and takes a second to start: a worker's tests share one. */
export function pglite(name: string): DatabaseEntry {
  return {
    name,
    ...facts,
    inMemory: true,
    concurrent: false,
    async probe() {
      const { PGlite } = await import("@electric-sql/pglite");
      start = PGlite.create.bind(PGlite);
      PGlite.create = lend as typeof PGlite.create;
    },
    async create() {
      // It starts here, and not while the test's own time runs.
      if (idle.length === 0) idle.push(await start());
      let folder: string | undefined;
      return {
        url: "postgresql+pglite://",
        get sharedUrl() {
          folder ??= mkdtempSync(join(tmpdir(), "athanor-test-"));
          return `postgresql+pglite:///${folder}`;
        },
        async remove() {
          for (const key of [...lent.keys()]) await takeBack(key);
          if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** PGlite's own way to start one. */
let start: (options?: PGliteOptions) => Promise<PGlite>;
const idle: PGlite[] = [];
/** What the running test has: databases by their folders, and those in memory. */
const lent = new Map<string | symbol, PGlite>();

/**
 * Databases are lent, and emptied when the test is over, instead of started and closed. A folder stands for one of them as long
 * as the test runs.
 */
async function lend(options: PGliteOptions = {}): Promise<PGlite> {
  const { dataDir, ...others } = options;
  // PGlite itself needs a helper, and has options for it.
  if (Object.keys(others).length > 0) return start(options);
  const key = dataDir ?? Symbol("memory");
  const database = lent.get(key) ?? idle.pop() ?? (await start());
  lent.set(key, database);
  let closed = false;
  return new Proxy(database, {
    get(target, property) {
      if (property === "closed") return closed;
      if (property === "close") {
        return async () => {
          closed = true;
          await target.exec("ROLLBACK");
          if (typeof key === "symbol") await takeBack(key);
        };
      }
      if (closed && typeof property === "string" && /^(?:query|exec)/.test(property))
        throw new Error("PGlite is closed");
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function takeBack(key: string | symbol): Promise<void> {
  const database = lent.get(key);
  if (!lent.delete(key) || database === undefined) return;
  await database.exec(`ROLLBACK; ${emptySchemas}`);
  await database.exec("DISCARD ALL");
  idle.push(database);
}
