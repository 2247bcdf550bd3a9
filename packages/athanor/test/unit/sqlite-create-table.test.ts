import { describe, expect, test } from "vitest";
import { parseCreateIndex, parseCreateTable, parseCreateView } from "../../src/dialects/sqlite/create-table.ts";
import { isSingleTerm, tokensOf } from "../../src/dialects/sqlite/tokens.ts";

describe("the tokens of SQLite's SQL", () => {
  test("are identifiers in all quotes, strings, numbers, blobs and signs, without comments", () => {
    const sql = `"a""b" \`c\`\`\` [d e] 'it''s' -- no, nothing\n x'ff' 1.5e-3 0x1F word$1 /* , */ ( ä`;
    expect(tokensOf(sql).map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'name a"b',
      "name c`",
      "name d e",
      "string it's",
      "blob x'ff'",
      "number 1.5e-3",
      "number 0x1F",
      "word word$1",
      "symbol (",
      "word ä",
    ]);
  });

  test("end where the text ends, whatever is left open", () => {
    expect(tokensOf("a /* never closed").map(({ value }) => value)).toEqual(["a"]);
    expect(tokensOf("'open").map(({ value }) => value)).toEqual(["'", "open"]);
  });

  test("tell a single term from an expression", () => {
    for (const term of ["1", "-1.5", "+0x1", "'a''b'", "CURRENT_TIMESTAMP", "(1 + 1)", "x'00'", '"word"']) {
      expect(isSingleTerm(term), term).toBe(true);
    }
    for (const expression of ["1 + 1", "'a' || 'b'", "(1) + (2)", "lower('A')", "- (1)", ""]) {
      expect(isSingleTerm(expression), expression).toBe(false);
    }
  });
});

describe("the text of CREATE TABLE", () => {
  test("gives columns with collations and expressions", () => {
    const { columns } = parseCreateTable(`CREATE TABLE t (
      id INTEGER PRIMARY KEY, -- the key, as always
      "check" DECIMAL(10, 2) DEFAULT (max(1, 2)) NOT NULL,
      name VARCHAR(20) COLLATE NOCASE NOT NULL DEFAULT 'a, b)',
      "a, b" TEXT GENERATED ALWAYS AS (name || ',' || ("check" + 1)) STORED,
      short AS (lower(name)),
      untyped
    )`);
    expect(columns).toEqual([
      { name: "id", collation: null, generated: null },
      { name: "check", collation: null, generated: null },
      { name: "name", collation: "NOCASE", generated: null },
      { name: "a, b", collation: null, generated: `name || ',' || ("check" + 1)` },
      { name: "short", collation: null, generated: "lower(name)" },
      { name: "untyped", collation: null, generated: null },
    ]);
  });

  test("gives constraints of columns and of the table, with their names", () => {
    const { constraints } = parseCreateTable(`CREATE TABLE "x (y"(
      a INT CONSTRAINT "pk a" PRIMARY KEY ON CONFLICT REPLACE CONSTRAINT ck CHECK (a > 0) CHECK (a < 9),
      b INT CONSTRAINT u UNIQUE ON CONFLICT IGNORE REFERENCES p (id) ON DELETE SET NULL ON UPDATE NO ACTION MATCH FULL,
      c INT DEFAULT -1 CONSTRAINT f REFERENCES p NOT DEFERRABLE INITIALLY IMMEDIATE,
      CONSTRAINT two UNIQUE (b COLLATE NOCASE DESC, [c])
      CONSTRAINT three FOREIGN KEY (b, "c") REFERENCES q(x, y) DEFERRABLE INITIALLY DEFERRED
      CHECK (a IN (1, 2) OR ')' = '('), UNIQUE (a)
    ) WITHOUT ROWID, STRICT`);
    const shown = constraints.map(({ kind, name, columns, sqlText, referredTable, deferrable, initially }) =>
      [kind, name, columns.join("+"), sqlText, referredTable, deferrable, initially].join("|"),
    );
    expect(shown).toEqual([
      "primaryKey|pk a|a||||",
      "check|ck|a|a > 0|||",
      "check||a|a < 9|||",
      "unique|u|b||||",
      "foreignKey||b||p||",
      "foreignKey|f|c||p|false|immediate",
      "unique|two|b+c||||",
      "foreignKey|three|b+c||q|true|deferred",
      "check|||a IN (1, 2) OR ')' = '('|||",
      "unique||a||||",
    ]);
  });

  test("says whether keys are never given again", () => {
    expect(parseCreateTable("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)").autoincrement).toBe(true);
    expect(parseCreateTable("CREATE TABLE t (autoincrement INTEGER PRIMARY KEY)").autoincrement).toBe(false);
  });

  test("of a virtual table, or one that is cut off, is no trouble", () => {
    expect(parseCreateTable("CREATE VIRTUAL TABLE v USING fts5(a, b)").columns).toEqual([]);
    expect(parseCreateTable("CREATE TABLE t (a INT, CHECK (a >").constraints).toHaveLength(1);
    expect(parseCreateTable("").columns).toEqual([]);
  });
});

test("the text of CREATE INDEX gives elements and condition", () => {
  expect(
    parseCreateIndex(`CREATE UNIQUE INDEX "i (" ON t (a COLLATE NOCASE DESC, lower(b), (c + 1) asc) WHERE a > ')'`),
  ).toEqual({
    elements: ["a COLLATE NOCASE", "lower(b)", "(c + 1)"],
    where: "a > ')'",
  });
  expect(parseCreateIndex("CREATE INDEX i ON t (a)")).toEqual({ elements: ["a"], where: null });
});

test("the text of CREATE VIEW gives its query", () => {
  expect(parseCreateView('CREATE VIEW "v as" (a) AS SELECT 1 AS a')).toBe("SELECT 1 AS a");
});
