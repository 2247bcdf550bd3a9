import { describe, expect, test } from "vitest";
import { sameValue } from "./compare-values.ts";
import { oracleCases } from "./expressions.ts";
import { normaliseSql } from "./normalise.ts";

describe("normaliseSql", () => {
  test.each([
    ["SELECT  a,\n b FROM t", "select a, b from t"],
    ['SELECT "t"."name" FROM "t"', "SELECT t.name FROM t"],
    ["SELECT `a` FROM t WHERE a != %s", "SELECT a FROM t WHERE a <> :a_1"],
    ["x = $1 AND y = $2", "x = ? AND y = ?"],
    ["x = :id::UUID AND y", "x = ? AND y"],
    ["x = $1::TIMESTAMP WITHOUT TIME ZONE", "x = ?"],
    ["x = $1::VARCHAR(20)[] AND y", "x = ? AND y"],
    ["SELECT anon_1.x FROM (SELECT 1 AS x) AS anon_1", "SELECT anon_7.x FROM (SELECT 1 AS x) AS anon_7"],
    ["WHERE ((a = 1))", "WHERE a = 1"],
    ["WHERE (a = 1) AND (b = 2)", "WHERE a = 1 AND b = 2"],
    ["WHERE a OR (b AND c)", "WHERE a OR b AND c"],
    ["SELECT (a + b) + c", "SELECT a + b + c"],
    ["SELECT (a * b) + c", "SELECT a * b + c"],
    ["SELECT (t.a)", "SELECT t.a"],
    ["WHERE a = (?)", "WHERE a = ?"],
    ["WHERE NOT (a = 1)", "WHERE NOT a = 1"],
  ])("takes %s for %s", (a, b) => {
    expect(normaliseSql(a)).toBe(normaliseSql(b));
  });

  test.each([
    ["SELECT a FROM t", "SELECT b FROM t"],
    ["SELECT 'A'", "SELECT 'a'"],
    ['SELECT "Name"', "SELECT name"],
    ["WHERE a AND (b OR c)", "WHERE a AND b OR c"],
    ["SELECT a - (b - c)", "SELECT a - b - c"],
    ["SELECT (a + b) * c", "SELECT a + b * c"],
    ["SELECT count(a)", "SELECT count a"],
    ["x IN (1)", "x IN 1"],
    ["NOT (a AND b)", "NOT a AND b"],
    ["SELECT t_1.x, t_2.x", "SELECT t_1.x, t_1.x"],
    ["x = (SELECT 1)", "x = SELECT 1"],
    ["a::int", "a"],
    ["CREATE TABLE t (a)", "CREATE TABLE t a"],
  ])("tells %s from %s", (a, b) => {
    expect(normaliseSql(a)).not.toBe(normaliseSql(b));
  });

  test("reads every statement of the oracle", () => {
    for (const { sql } of oracleCases) {
      for (const text of Object.values(sql ?? {}).flat()) {
        const normal = normaliseSql(text);
        expect(normal).not.toBe("");
        expect(normaliseSql(`  ${text};`)).toBe(normal);
      }
    }
  });
});

describe("sameValue", () => {
  test.each([
    [{ $decimal: "1.50" }, "1.5"],
    [{ $decimal: "0.3333333333" }, "0.33333333333333331"],
    [{ $datetime: "2024-01-31T08:00:00" }, new Date("2024-01-31T08:00:00Z")],
    [{ $date: "2024-01-31" }, "2024-01-31"],
    [{ $time: "08:00:00" }, "08:00:00"],
    [{ $interval: 90 }, 90_000],
    [{ $uuid: "10000000-0000-4000-8000-000000000001" }, "10000000-0000-4000-8000-000000000001"],
    [{ $bytes: "0001feff" }, new Uint8Array([0, 1, 254, 255])],
    [{ $bigint: "9007199254740993" }, 9007199254740993n],
    [true, 1],
    [31, 31n],
    [
      [1, { a: [null] }],
      [1, { a: [null] }],
    ],
  ])("%o is %o", (expected, actual) => {
    expect(sameValue(expected, actual)).toBe(true);
  });

  test.each([
    [{ $decimal: "1.50" }, "1.51"],
    [{ $datetime: "2024-01-31T08:00:00" }, new Date("2024-01-31T09:00:00Z")],
    [1, 2],
    ["1", 1],
    [null, undefined],
    [{ a: 1 }, { a: 1, b: 2 }],
  ])("%o is not %o", (expected, actual) => {
    expect(sameValue(expected, actual)).toBe(false);
  });
});
