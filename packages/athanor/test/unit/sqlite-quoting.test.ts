import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SqliteDialect } from "../../src/dialects/sqlite/dialect.ts";
import { reservedWords } from "../../src/dialects/sqlite/reserved-words.ts";
import { IdentifierError } from "../../src/errors/errors.ts";

const dialect = new SqliteDialect();

describe("SqliteDialect.quote", () => {
  test.each(["users", "user_id", "_x", "a1", "a$b"])("leaves %s as it is", (name) => {
    expect(dialect.quote(name)).toBe(name);
  });

  test.each([
    ["Users", '"Users"'],
    ["userId", '"userId"'],
    ["order", '"order"'],
    ["group", '"group"'],
    ["1st", '"1st"'],
    ["$a", '"$a"'],
    ["two words", '"two words"'],
    ["a.b", '"a.b"'],
    ["it's", `"it's"`],
    ["[x]", '"[x]"'],
    ["a`b", '"a`b"'],
    ["größe", '"größe"'],
    ['say "hi"', '"say ""hi"""'],
    ['"; drop table users; --', '"""; drop table users; --"'],
    ["a -- b", '"a -- b"'],
    ["a\nb", '"a\nb"'],
  ])("quotes %j", (name, quoted) => {
    expect(dialect.quote(name)).toBe(quoted);
  });

  test.each(["", "\u0000", "a\u0000b"])("refuses %j", (name) => {
    expect(() => dialect.quote(name)).toThrow(IdentifierError);
  });

  test("whatever a name holds, SQLite reads the name that was meant", () => {
    const database = new DatabaseSync(":memory:");
    const name = fc
      .oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.constantFrom(...reservedWords, "rowid", "true", "false"))
      .filter((text) => !text.includes("\u0000") && !/^sqlite_/i.test(text));
    fc.assert(
      fc.property(name, (text) => {
        const quoted = dialect.quote(text);
        database.exec(`CREATE TABLE ${quoted} (${quoted} INTEGER, "other column" TEXT)`);
        const [column] = database.prepare(`SELECT ${quoted}.${quoted} FROM ${quoted}`).columns();
        database.exec(`DROP TABLE ${quoted}`);
        expect(column).toMatchObject({ name: text, table: text });
      }),
    );
  });

  test("no keyword of SQLite's is left without quotes where it would not be a name", () => {
    const database = new DatabaseSync(":memory:");
    for (const word of reservedWords) {
      expect(dialect.quote(word)).toBe(`"${word}"`);
    }
    for (const word of [
      "abort",
      "cross",
      "end",
      "key",
      "row",
      "temp",
      "true",
      "false",
      "rowid",
      "generated",
      "always",
    ]) {
      const quoted = dialect.quote(word);
      database.exec(`CREATE TABLE t (${quoted} INTEGER); INSERT INTO t (${quoted}) VALUES (7)`);
      expect(database.prepare(`SELECT ${quoted} AS v FROM t WHERE ${quoted} = 7`).all()).toMatchObject([{ v: 7 }]);
      database.exec("DROP TABLE t");
    }
  });
});
