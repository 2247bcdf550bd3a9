import { describe, expect, test } from "vitest";
import { generatesKeys, hasStar, isScript, parameterCount } from "../../src/drivers/statement-text.ts";

describe("what a statement's text tells", () => {
  test.each([
    ["SELECT 1", 0],
    ["SELECT ?, ? + ?", 3],
    [`SELECT '?', "?", \`?\`, [?], ? -- ?\n, /* ? */ ?`, 2],
    ["SELECT 'it''s ?', ?", 1],
    ["SELECT ?1, ?", null],
    ["SELECT :name", null],
    ["SELECT a->'$.b' = ?", 1],
  ])("%s has %s parameters", (sql, count) => {
    expect(parameterCount(sql)).toBe(count);
  });

  test.each([
    ["SELECT 1; SELECT 2", true],
    ["SELECT 1; -- ; SELECT 2", false],
    ["SELECT ';'; /* ; */ ;", false],
    [`SELECT ';' AS ";"`, false],
    ["SELECT 1;'x'", true],
    ["CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; DELETE FROM c; END", false],
  ])("%s is several statements: %s", (sql, several) => {
    expect(isScript(sql)).toBe(several);
  });

  test.each([
    ["INSERT INTO t VALUES (1)", true],
    ["  -- why\n/* who */ replace into t values (1)", true],
    ["WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", true],
    ["WITH a AS (SELECT 1) DELETE FROM t", false],
    ["INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", true],
    ["INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1", false],
    ["UPDATE t SET a = 'insert into'", false],
  ])("%s generates keys: %s", (sql, generates) => {
    expect(generatesKeys(sql)).toBe(generates);
  });

  test.each([
    ["SELECT * FROM t", true],
    ["SELECT a, t.* FROM t", true],
    ["DELETE FROM t RETURNING *", true],
    ["SELECT DISTINCT * FROM t", true],
    ["SELECT count(*), a * 2 FROM t", false],
  ])("%s has a star: %s", (sql, star) => {
    expect(hasStar(sql)).toBe(star);
  });
});
