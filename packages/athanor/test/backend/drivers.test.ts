import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeSqliteError } from "../../src/dialects/sqlite/errors.ts";
import { betterSqlite3Driver } from "../../src/drivers/better-sqlite3.ts";
import { libsqlDriver } from "../../src/drivers/libsql.ts";
import { nodeSqliteDriver } from "../../src/drivers/node-sqlite.ts";
import type { DriverEntry } from "../../src/engine/dialect.ts";
import type { Driver, DriverConnection, DriverResult, ExecuteOptions } from "../../src/engine/driver.ts";
import { makeUrl } from "../../src/engine/url.ts";

const plain: ExecuteOptions = { returnsRows: true, bigints: false, converted: false, prepare: true };
const bigints: ExecuteOptions = { ...plain, bigints: true };

function open(entry: DriverEntry, url = "sqlite:///:memory:"): DriverConnection {
  return (entry.load(makeUrl(url), {}) as Driver).connect() as DriverConnection;
}

/** What a statement gives; these drivers answer at once. */
function run(connection: DriverConnection, sql: string, parameters: readonly unknown[] = [], options = plain) {
  return connection.execute(sql, parameters, options) as DriverResult;
}
function rows(connection: DriverConnection, sql: string, parameters: readonly unknown[] = [], options = plain) {
  return run(connection, sql, parameters, options).rows;
}
function failure(work: () => unknown) {
  try {
    work();
  } catch (error) {
    return describeSqliteError(error);
  }
  throw new Error("It did not fail");
}

describe.each([nodeSqliteDriver, betterSqlite3Driver, libsqlDriver])("the driver $name", (entry) => {
  test("gives rows as arrays, with the columns' names, duplicates and all", () => {
    const connection = open(entry);
    const result = run(connection, `SELECT 1 AS a, 'x' AS a, NULL AS "odd name", 2.5 AS b`);
    expect(result).toEqual({
      rows: [[1, "x", null, 2.5]],
      columns: ["a", "a", "odd name", "b"],
      rowCount: 1,
      lastInsertId: null,
    });
    expect(run(connection, "SELECT 1 AS a WHERE 0")).toMatchObject({ rows: [], columns: ["a"] });
  });

  test("counts rows, and tells the keys of INSERT only", () => {
    const connection = open(entry);
    expect(run(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER UNIQUE)")).toMatchObject({
      columns: [],
      rows: [],
    });
    expect(run(connection, "INSERT INTO t (id, a) VALUES (7, 1)")).toMatchObject({ rowCount: 1, lastInsertId: 7 });
    expect(run(connection, "UPDATE t SET a = 2")).toMatchObject({ rowCount: 1, lastInsertId: null });
    expect(run(connection, "INSERT OR IGNORE INTO t (a) VALUES (2)")).toMatchObject({
      rowCount: 0,
      lastInsertId: null,
    });
    expect(run(connection, "INSERT INTO t (a) VALUES (3), (4) RETURNING id").rows).toEqual([[8], [9]]);
    expect(run(connection, "DELETE FROM t")).toMatchObject({ rowCount: 3, lastInsertId: null });
    run(connection, "INSERT INTO t (id, a) VALUES (?, 1)", [9_007_199_254_740_993n]);
    expect(run(connection, "INSERT INTO t (a) VALUES (5)").lastInsertId).toBe(9_007_199_254_740_994n);
  });

  test("executes batches in order", () => {
    const connection = open(entry);
    run(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE)");
    expect(
      connection.executeMany("INSERT OR IGNORE INTO t (a) VALUES (?)", [["x"], ["y"], ["x"], ["z"]], plain),
    ).toEqual({
      rows: [],
      columns: [],
      rowCount: 3,
      lastInsertIds: [1, 2, null, 3],
      unmatched: 2, // the third
    });
    expect(connection.executeMany("INSERT INTO t (a) VALUES (?) RETURNING a", [["p"], ["q"]], plain)).toMatchObject({
      rows: [["p"], ["q"]],
      rowCount: 2,
    });
    expect(connection.executeMany("UPDATE t SET a = a WHERE a = ?", [["x"], ["none"]], plain)).toMatchObject({
      rowCount: 1,
      lastInsertIds: null,
    });
  });

  test("keeps values as they are", () => {
    const connection = open(entry);
    const values = [0, -1, 5, 2 ** 53 - 1, 1.5, 1e300, -0.1, "", "ä\u{1F600}", "'); drop table users; --", null];
    for (const value of values) expect(rows(connection, "SELECT ?", [value])).toEqual([[value]]);
    const [[bytes]] = rows(connection, "SELECT ?", [new Uint8Array([0, 255, 7])]) as [[Uint8Array]];
    expect([...bytes]).toEqual([0, 255, 7]);
  });

  test("keeps text with NUL, or refuses it", () => {
    const connection = open(entry);
    const read = () => rows(connection, "SELECT ?", ["a\u0000b"]);
    if (entry === libsqlDriver) expect(failure(read)).toMatchObject({ kind: "interface" });
    else expect(read()).toEqual([["a\u0000b"]]);
  });

  test("binds whole numbers as integers, and leaves the caller's parameters alone", () => {
    const connection = open(entry);
    const parameters = [5, 5, 5, 0.5];
    expect(rows(connection, "SELECT typeof(?), 'a' || ?, json_array(?), typeof(?)", parameters)).toEqual([
      ["integer", "a5", "[5]", "real"],
    ]);
    expect(parameters).toEqual([5, 5, 5, 0.5]);
  });

  test("reads large integers as bigints on request, and never rounds them", () => {
    const connection = open(entry);
    run(connection, "CREATE TABLE t (n BIGINT, r REAL)");
    run(connection, "INSERT INTO t VALUES (?, ?)", [2n ** 63n - 1n, 1e300]);
    expect(rows(connection, "SELECT n FROM t", [], bigints)).toEqual([[2n ** 63n - 1n]]);
    expect(rows(connection, "SELECT r FROM t")).toEqual([[1e300]]);
    expect(failure(() => rows(connection, "SELECT n FROM t"))).toMatchObject({
      kind: "data",
      message: expect.stringMatching(/bigInteger\(\)/),
    });
    expect(
      failure(() => (connection.stream("SELECT n FROM t", [], plain) as { next(size: number): unknown }).next(1)),
    ).toMatchObject({ kind: "data" });
  });

  test("does not round what an expression gives either", async () => {
    const connection = open(entry);
    connection.run("CREATE TABLE t (n BIGINT, r REAL); INSERT INTO t VALUES (9007199254740993, 9007199254740994.0)");
    expect(failure(() => rows(connection, "SELECT max(n) FROM t"))).toMatchObject({ kind: "data" });
    expect(failure(() => rows(connection, "UPDATE t SET r = r RETURNING n + 1"))).toMatchObject({ kind: "data" });
    const stream = await connection.stream("SELECT n + 1 FROM t", [], plain);
    expect(failure(() => stream.next(1))).toMatchObject({ kind: "data" });
    await stream.close();
    expect(rows(connection, "SELECT max(r), count(*), 1e300 FROM t")).toEqual([[9007199254740994, 1, 1e300]]);
    expect(rows(connection, "UPDATE t SET r = 2 RETURNING n - 9007199254740990, r + 1")).toEqual([[3, 3]]);
    expect(rows(connection, "SELECT max(n), 1 FROM t", [], bigints)).toEqual([[9007199254740993n, 1n]]);
  });

  test("refuses what would be lost without a word", () => {
    const connection = open(entry);
    connection.run("CREATE TABLE t (a)");
    const refused = [
      () => rows(connection, "SELECT 1; DROP TABLE t"),
      () => rows(connection, "SELECT ?, ? /* ? */ || '?'", [1]),
      () => rows(connection, "SELECT ?", [1, 2]),
      () => connection.executeMany("INSERT INTO t VALUES (?)", [[1], []], plain),
      () => connection.stream("SELECT ?", [], plain),
      () => rows(connection, "SELECT ?", [undefined]),
      () => rows(connection, "SELECT ?", [Number.NaN]),
      () => rows(connection, ""),
    ];
    for (const work of refused) expect(failure(work), String(work)).not.toBeNull();
    expect(rows(connection, "SELECT count(*) FROM t; -- the end\n")).toEqual([[0]]);
  });

  test("tells no key for rows that were there before", () => {
    const connection = open(entry);
    connection.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE); INSERT INTO t VALUES (1, 'x'), (2, 'y')");
    const upsert = "INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET a = excluded.a";
    expect(run(connection, upsert, ["x"])).toMatchObject({ rowCount: 1, lastInsertId: null });
    const update = "WITH c AS (SELECT 1) UPDATE t SET a = 'insert' WHERE id IN c";
    expect(run(connection, update)).toMatchObject({ rowCount: 1, lastInsertId: null });
    const insert = "-- new\nWITH c AS (SELECT 'z') INSERT INTO t (a) SELECT * FROM c";
    expect(run(connection, insert)).toMatchObject({ rowCount: 1, lastInsertId: 3 });
  });

  test("executes a kept statement again after the schema has changed", () => {
    const connection = open(entry);
    connection.run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    expect(rows(connection, "SELECT a FROM t WHERE a = ?", [1])).toEqual([[1]]);
    connection.run("ALTER TABLE t ADD COLUMN b; CREATE INDEX ix ON t (a)");
    expect(rows(connection, "SELECT a FROM t WHERE a = ?", [1])).toEqual([[1]]);
    connection.run("DROP TABLE t");
    expect(failure(() => rows(connection, "SELECT a FROM t WHERE a = ?", [1]))).toMatchObject({ kind: "operational" });
    connection.run("CREATE TABLE t (z, a); INSERT INTO t VALUES (0, 1)");
    expect(rows(connection, "SELECT a FROM t WHERE a = ?", [1])).toEqual([[1]]);
    for (let i = 0; i < 1000; i += 1) expect(rows(connection, `SELECT a + ${i} FROM t`)).toEqual([[1 + i]]);
  });

  test("tells a stream's failure to the stream, when it comes to it", async () => {
    const connection = open(entry);
    connection.run("CREATE TABLE t (n BIGINT); INSERT INTO t VALUES (1), (2), (9007199254740993)");
    const stream = await connection.stream("SELECT n FROM t", [], plain);
    expect(await stream.next(1)).toEqual([[1]]);
    expect(rows(connection, "SELECT 5")).toEqual([[5]]);
    expect(await stream.next(9)).toEqual([[2]]);
    expect(failure(() => stream.next(9))).toMatchObject({ kind: "data" });
    expect(await stream.next(9)).toEqual([]);
    const left = await connection.stream("SELECT n FROM t", [], bigints);
    await left.next(1);
    await connection.close();
    expect(await left.next(1)).toEqual([]);
  });

  test("learns the columns of a star anew", () => {
    const connection = open(entry);
    connection.run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    expect(run(connection, "SELECT * FROM t")).toMatchObject({ columns: ["a"], rows: [[1]] });
    connection.run("ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t ADD COLUMN c DEFAULT 2");
    expect(run(connection, "SELECT * FROM t")).toMatchObject({ columns: ["b", "c"], rows: [[1, 2]] });
    expect(run(connection, "SELECT t.* FROM t").columns).toEqual(["b", "c"]);
  });

  test("streams in batches while other statements run, and is not misled by what they write", async () => {
    const connection = open(entry);
    run(connection, "CREATE TABLE t (n INTEGER)");
    connection.executeMany(
      "INSERT INTO t VALUES (?)",
      Array.from({ length: 10 }, (_, i) => [i]),
      plain,
    );
    connection.run("BEGIN");
    const stream = await connection.stream("SELECT n FROM t", [], plain);
    expect(stream.columns).toEqual(["n"]);
    expect(await stream.next(4)).toEqual([[0], [1], [2], [3]]);
    run(connection, "INSERT INTO t SELECT n + 100 FROM t");
    connection.run("COMMIT");
    expect(await stream.next(4)).toEqual([[4], [5], [6], [7]]);
    expect(await stream.next(4)).toEqual([[8], [9]]);
    expect(await stream.next(4)).toEqual([]);
    await stream.close();
    const left = await connection.stream("SELECT n FROM t", [], plain);
    await left.next(1);
    await left.close();
    expect(await left.next(1)).toEqual([]);
    run(connection, "DROP TABLE t");
  });

  test("knows whether a transaction is under way", () => {
    const connection = open(entry);
    expect(connection.inTransaction).toBe(false);
    connection.run("BEGIN");
    expect(connection.inTransaction).toBe(true);
    connection.run("ROLLBACK");
    expect(connection.inTransaction).toBe(false);
  });

  test("opens files, for reading only on request", () => {
    expect(failure(() => open(entry, "sqlite:////no/such/folder/x.db"))).toMatchObject({ kind: "operational" });
    expect(failure(() => open(entry, "sqlite:////tmp/athanor-no-such-file.db?mode=ro"))).toMatchObject({
      kind: "operational",
    });
  });

  test("opens what a file: URI names, and waits for locks as long as it is told", () => {
    const folder = mkdtempSync(join(tmpdir(), "athanor-drivers-"));
    open(entry, `sqlite:///${folder}/a.db`).run("CREATE TABLE t (a)");
    const connection = open(entry, `sqlite:///file:${folder}/a.db?mode=ro&uri=true&busyTimeout=70`);
    expect(rows(connection, "SELECT count(*) FROM t")).toEqual([[0]]);
    expect(failure(() => run(connection, "DELETE FROM t"))).toMatchObject({ kind: "operational" });
    expect(rows(connection, "PRAGMA busy_timeout")).toEqual([[70]]);
    expect(rows(open(entry), "PRAGMA busy_timeout")).toEqual([[5000]]);
    expect(rows(open(entry, "sqlite:///file::memory:"), "PRAGMA database_list")).toEqual([[0, "main", ""]]);
    expect(() => open(entry, "sqlite:///a.db?timeout=5")).toThrow(/timeout.*busyTimeout/);
    expect(() => open(entry, "sqlite:///a.db?busyTimeout=soon")).toThrow(/milliseconds/);
    connection.close();
    rmSync(folder, { recursive: true });
  });

  describe("reports as the same error", () => {
    const database = (): DriverConnection => {
      const connection = open(entry);
      connection.run(
        `PRAGMA foreign_keys = ON;
         CREATE TABLE p (id INTEGER PRIMARY KEY, email TEXT UNIQUE, "odd.name" TEXT NOT NULL DEFAULT '');
         CREATE TABLE c (a INTEGER, b INTEGER, p REFERENCES p (id), PRIMARY KEY (a, b), CONSTRAINT positive CHECK (a > 0));
         CREATE UNIQUE INDEX ux ON p (lower(email));
         INSERT INTO p VALUES (1, 'x', ''); INSERT INTO c VALUES (1, 1, 1)`,
      );
      return connection;
    };
    test.each([
      ["INSERT INTO p (email) VALUES ('x')", { kind: "integrity", violation: "unique" }],
      ["INSERT INTO p (id) VALUES (1)", { violation: "primaryKey", table: "p", columns: ["id"] }],
      ["INSERT INTO c VALUES (1, 1, 1)", { violation: "primaryKey", table: "c", columns: ["a", "b"] }],
      [`UPDATE p SET "odd.name" = NULL`, { violation: "notNull", table: "p", columns: ["odd.name"] }],
      ["INSERT INTO c VALUES (0, 1, 1)", { violation: "check", constraint: "positive" }],
      ["INSERT INTO c VALUES (2, 1, 9)", { violation: "foreignKey" }],
      ["INSERT INTO p (email) VALUES ('X')", { violation: "unique", constraint: "ux" }],
      ["SELEC", { kind: "operational" }],
      ["SELECT * FROM nowhere", { kind: "operational" }],
      ["INSERT INTO p (id) VALUES ('text')", { kind: "integrity" }],
    ])("%s", (sql, expected) => {
      expect(failure(() => run(database(), sql))).toMatchObject(expected);
    });

    test("values that SQLite has no type for", () => {
      for (const value of [{}, undefined, Symbol("s"), [1], new Date(0)]) {
        expect(failure(() => rows(database(), "SELECT ?", [value]))).toMatchObject({ kind: "programming" });
      }
      expect(failure(() => rows(database(), "SELECT ?", [2n ** 64n]))).toMatchObject({ kind: "data" });
    });

    test("a closed connection", () => {
      const connection = open(entry);
      connection.close();
      expect(failure(() => rows(connection, "SELECT 1"))).toMatchObject({ kind: "programming", disconnect: true });
    });

    test("a lock that another connection has", () => {
      const file = `sqlite:////tmp/athanor-drivers-${process.pid}-${entry.name}-${Math.random()}.db`;
      const [a, b] = [open(entry, file), open(entry, file)];
      a.run("PRAGMA journal_mode = MEMORY; CREATE TABLE t (a)");
      b.run("PRAGMA busy_timeout = 0");
      a.run("BEGIN IMMEDIATE");
      expect(failure(() => b.run("BEGIN IMMEDIATE"))).toMatchObject({ kind: "operational", retryable: true });
      a.close();
      b.close();
    });
  });
});
