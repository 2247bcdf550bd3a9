import { expect, test } from "vitest";
import { statementsOf } from "../support/sql-script.ts";

test("a script is split at semicolons that end statements", () => {
  const script = `-- a; comment
\\c other;
CREATE TABLE a (b TEXT DEFAULT ';', "c;" INT); /* ; */ INSERT INTO a VALUES ('it''s;', 1);
DO $x$ BEGIN; END $x$;
SELECT \`d;\`, 'a\\';'`;
  expect(statementsOf(script)).toEqual([
    `CREATE TABLE a (b TEXT DEFAULT ';', "c;" INT)`,
    "INSERT INTO a VALUES ('it''s;', 1)",
    "DO $x$ BEGIN; END $x$",
    "SELECT `d;`, 'a\\';'",
  ]);
});
