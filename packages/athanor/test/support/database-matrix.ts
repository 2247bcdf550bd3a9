// The databases that tests run on. This file is data for the tests and for the report at the end of a run;
// a test takes its database from databases.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mariadb } from "./mariadb-databases.ts";
import { pglite, postgresqlServer } from "./postgresql-databases.ts";

/** What databases differ in, where a test of all of them has to know it. */
export interface DatabaseFacts {
  /** The driver can serve a SyncEngine. */
  readonly synchronous: boolean;
  /** Text may hold the character NUL; otherwise it is refused. */
  readonly keepsNul: boolean;
  /** `url` is of a database that lives in its one connection. */
  readonly inMemory: boolean;
  /** Isolation levels, that of a new session first. */
  readonly isolationLevels: readonly string[];
  /** What the driver's error becomes where a table is not there. */
  readonly missingTable: "OperationalError" | "ProgrammingError";
  /** What is told of a violated unique column `notes.text`. */
  readonly uniqueViolation: object;
  readonly deferredConstraints: boolean;
  /** How a driver's own SQL marks its n-th parameter. */
  readonly placeholder: (position: number) => string;
  /** After a statement has failed, a transaction takes nothing but a rollback. */
  readonly failureEndsTransaction: boolean;
  /** `sharedUrl` takes several connections at the same time. */
  readonly concurrent: boolean;
}

/** A database that tests can run on, if it is there. */
export interface DatabaseEntry extends DatabaseFacts {
  /** `dialect/driver`, as reports show it. */
  readonly name: string;
  readonly dialect: "sqlite" | "postgresql" | "mysql";
  /** Resolves if the database can be used here; what it rejects with says why not. */
  probe(): Promise<void>;
  /** Makes an empty database, for one test. */
  create(): Promise<FreshDatabase>;
}

/** An empty database and the way to get rid of it. */
export interface FreshDatabase {
  readonly url: string;
  /** Like `url`, but of a database that several engines may open. */
  readonly sharedUrl: string;
  remove(): Promise<void>;
}

/** An entry with what its probe found: null, or the reason why it cannot run here. */
export interface ProbedDatabase extends DatabaseEntry {
  readonly missing: string | null;
}

const entries: readonly DatabaseEntry[] = [
  sqlite("sqlite/node:sqlite", "node-sqlite", async () => {
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(":memory:").close();
  }),
  sqlite("sqlite/better-sqlite3", "better-sqlite3", async () => {
    const { default: Database } = await import("better-sqlite3");
    new Database(":memory:").close();
  }),
  sqlite("sqlite/libsql", "libsql", async () => {
    const { default: Database } = await import("libsql");
    new Database(":memory:").close();
  }),
  postgresqlServer("postgresql/pg", "pg"),
  postgresqlServer("postgresql/postgres", "postgres"),
  pglite("postgresql/pglite"),
  mariadb("mariadb/mysql2", "mysql2"),
  mariadb("mariadb/mariadb", "mariadb"),
];

/** Every database of the matrix, with whether it can run here. */
export async function probeDatabases(): Promise<ProbedDatabase[]> {
  return Promise.all(
    entries.map(async (entry) => {
      const missing = await entry.probe().then(
        () => null,
        (error: unknown) => (error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)),
      );
      return { ...entry, missing };
    }),
  );
}

function sqlite(name: string, driver: string, probe: () => Promise<void>): DatabaseEntry {
  return {
    name,
    dialect: "sqlite",
    synchronous: true,
    keepsNul: driver !== "libsql",
    inMemory: true,
    isolationLevels: ["SERIALIZABLE", "READ UNCOMMITTED", "AUTOCOMMIT"],
    missingTable: "OperationalError",
    uniqueViolation: { table: "notes", columns: ["text"] },
    deferredConstraints: true,
    placeholder: () => "?",
    failureEndsTransaction: false,
    concurrent: true,
    probe,
    async create() {
      let folder: string | undefined;
      return {
        url: `sqlite+${driver}:///:memory:`,
        get sharedUrl() {
          folder ??= mkdtempSync(join(tmpdir(), "athanor-test-"));
          return `sqlite+${driver}:///${join(folder, "test.db")}`;
        },
        async remove() {
          if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}
