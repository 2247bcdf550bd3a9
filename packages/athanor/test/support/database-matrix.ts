// The databases that tests run on. This file is data for the tests and for the report at the end of a run;
// a test takes its database from databases.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A database that tests can run on, if it is there. */
export interface DatabaseEntry {
  /** `dialect/driver`, as reports show it. */
  readonly name: string;
  readonly dialect: "sqlite";
  /** The driver can serve a SyncEngine. */
  readonly synchronous: boolean;
  /** Text may hold the character NUL; otherwise it is refused. */
  readonly keepsNul: boolean;
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
