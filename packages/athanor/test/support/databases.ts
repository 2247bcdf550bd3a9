import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DatabaseFacts, type FreshDatabase, type ProbedDatabase, probeDatabases } from "./database-matrix.ts";

/** The database of the tests inside `forEachDatabase`. */
export interface Database extends DatabaseFacts {
  /** `dialect/driver`, as reports show it. */
  readonly name: string;
  readonly dialect: ProbedDatabase["dialect"];
  /** URL of an empty database of the running test's own. In-memory databases end with their engine. */
  readonly url: string;
  /** URL of another empty database of the running test's own, which several engines may open. */
  readonly sharedUrl: string;
}

/** Which databases a group of tests is for; all of them where nothing is said. */
export interface DatabaseFilter {
  readonly dialect?: ProbedDatabase["dialect"];
  readonly synchronous?: true;
}

const databases = await probeDatabases();

/**
 * Declares the tests of `body` once for each database of the matrix. A database that is missing skips them, and the
 * report at the end of the run says so; with CI set, it fails them.
 */
export function forEachDatabase(body: (database: Database) => void, filter: DatabaseFilter = {}): void {
  for (const entry of databases) {
    if (filter.dialect !== undefined && entry.dialect !== filter.dialect) continue;
    if (filter.synchronous && !entry.synchronous) continue;
    if (entry.missing === null) describe(entry.name, () => body(prepare(entry)));
    else declareMissing(entry.name, entry.missing);
  }
}

function declareMissing(name: string, reason: string): void {
  describe(name, () => {
    if (process.env["CI"]) test("is there", () => expect.unreachable(`${name} is missing: ${reason}`));
    else test.skip(`needs ${name}: ${reason}`, () => {});
  });
}

function prepare(entry: ProbedDatabase): Database {
  let fresh: FreshDatabase | undefined;
  beforeEach(async () => {
    fresh = await entry.create();
  });
  afterEach(async () => {
    await fresh?.remove();
    fresh = undefined;
  });
  const current = (): FreshDatabase => {
    if (fresh === undefined) throw new Error("A database's URL is known only while a test runs");
    return fresh;
  };
  return {
    ...entry,
    get url() {
      return current().url;
    },
    get sharedUrl() {
      return current().sharedUrl;
    },
  };
}
