import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SqliteDialect } from "../../src/dialects/sqlite/dialect.ts";
import { betterSqlite3Driver } from "../../src/drivers/better-sqlite3.ts";
import { nodeSqliteDriver } from "../../src/drivers/node-sqlite.ts";
import type { Driver, DriverConnection } from "../../src/engine/driver.ts";
import { makeUrl } from "../../src/engine/url.ts";
import { runSync, type Task } from "../../src/util/task.ts";

function atOnce<T>(task: Task<T>): T {
  return runSync(task, () => new Error("It had to wait"));
}

describe.each([nodeSqliteDriver, betterSqlite3Driver])("SQLite's dialect over $name", (entry) => {
  const dialect = new SqliteDialect();
  let folder: string;
  let connection: DriverConnection;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "athanor-dialect-"));
    connection = (entry.load(makeUrl(`sqlite:///${folder}/a.db`), {}) as Driver).connect() as DriverConnection;
    atOnce(dialect.initialize(connection));
  });
  afterEach(() => {
    connection.close();
    rmSync(folder, { recursive: true });
  });

  function pragma(name: string): unknown {
    const options = { returnsRows: true, bigints: false, converted: false, prepare: false };
    const result = connection.execute(`PRAGMA ${name}`, [], options);
    return "rows" in result ? result.rows[0]?.[0] : undefined;
  }

  test("minds foreign keys", () => {
    expect(pragma("foreign_keys")).toBe(1);
  });

  test("begins, commits and rolls back", () => {
    atOnce(dialect.begin(connection, "SERIALIZABLE"));
    expect(connection.inTransaction).toBe(true);
    connection.run("CREATE TABLE t (a)");
    atOnce(dialect.rollback(connection));
    expect(connection.inTransaction).toBe(false);
    atOnce(dialect.rollback(connection));
    atOnce(dialect.begin(connection, "SERIALIZABLE"));
    connection.run("CREATE TABLE t (a)");
    atOnce(dialect.commit(connection));
    atOnce(dialect.begin(connection, "AUTOCOMMIT"));
    expect(connection.inTransaction).toBe(false);
    atOnce(dialect.commit(connection));
    atOnce(dialect.ping(connection));
  });

  test("takes the write lock at once on request", () => {
    const other = (entry.load(makeUrl(`sqlite:///${folder}/a.db?busyTimeout=0`), {}) as Driver).connect();
    atOnce(new SqliteDialect({ sqliteBegin: "immediate" }).begin(connection, "SERIALIZABLE"));
    const immediate = new SqliteDialect({ sqliteBegin: "immediate" });
    expect(() => atOnce(immediate.begin(other as DriverConnection, "SERIALIZABLE"))).toThrow(/locked/);
    atOnce(dialect.rollback(connection));
    (other as DriverConnection).close();
  });

  test("finds tables and views, temporary and attached ones too", () => {
    connection.run(
      `CREATE TABLE "a b" (x UNIQUE); CREATE VIEW v AS SELECT 1; CREATE INDEX ix ON "a b" (x); CREATE TEMP TABLE tmp (x);
       ATTACH ':memory:' AS "Other"; CREATE TABLE "Other".far (x); CREATE INDEX "Other".far_ix ON far (x)`,
    );
    const found = (schemas: readonly (string | null)[]) => atOnce(dialect.existingObjects(connection, schemas)).tables;
    expect([...found([null])].sort()).toEqual(["a b", "tmp", "v"]);
    expect([...found(["Other"])]).toEqual(["Other.far"]);
    expect([...found([null, "Other"])].sort()).toEqual(["Other.far", "a b", "tmp", "v"]);
    expect([...found([])]).toEqual([]);
  });

  test("keeps a database in memory in one connection", () => {
    for (const url of ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:", "sqlite:///x?mode=memory"]) {
      expect(dialect.defaultPool(makeUrl(url))).toBe("static");
    }
    expect(dialect.defaultPool(makeUrl("sqlite:///shop.db"))).toBe("queue");
  });
});
