import { describe, expect, test } from "vitest";
import {
  bindparam,
  CompileError,
  deleteFrom,
  func,
  InvalidRequestError,
  insert,
  integer,
  MetaData,
  select,
  table,
  text,
  UnsupportedCompilationError,
  update,
} from "../../src/index.ts";
import { dialect as mysql } from "../../src/mysql.ts";
import { dialect as postgresql } from "../../src/postgresql.ts";
import { dialect as sqlite } from "../../src/sqlite.ts";

const users = table("users", new MetaData(), { id: integer().primaryKey(), name: text(), role: text().nullable() });

describe("values() of an INSERT", () => {
  test("called again adds to the row, and the last value of a column counts", () => {
    const statement = insert(users).values({ name: "Ann" }).values({ name: "Ben", role: "admin" });
    expect(statement.compile()).toEqual({
      sql: "INSERT INTO users (name, role) VALUES (?, ?)",
      parameters: ["Ben", "admin"],
    });
  });
  test("does not mix one row with several", () => {
    const rows = [{ name: "a" }, { name: "b" }];
    expect(() => insert(users).values({ name: "Ann" }).values(rows)).toThrow(InvalidRequestError);
    expect(() => insert(users).values(rows).values({ name: "Ann" })).toThrow(/has given rows to this INSERT already/);
  });
});

describe("addCte()", () => {
  const all = select(users.c.id).cte("all_users");
  test.each([
    ["INSERT", insert(users).values({ name: "x" }).addCte(all)],
    ["UPDATE", update(users).values({ name: "x" }).addCte(all)],
    ["DELETE", deleteFrom(users).addCte(all)],
    ["SELECT", select(users.c.name).addCte(all)],
    ["a set operation", select(users.c.role).union(select(users.c.name)).addCte(all)],
  ])("stands before %s", (_, statement) => {
    expect(String(statement)).toMatch(
      /^WITH all_users AS \(SELECT users.id AS id FROM users\) (INSERT|UPDATE|DELETE|SELECT)/,
    );
  });
});

test("a parameter may not be called like a column that the execution sets", () => {
  const statement = update(users).where(users.c.name.eq(bindparam("name", text())));
  expect(() => statement.compile({ parameters: { name: "x" } })).toThrow(CompileError);
  expect(() => statement.compile({ parameters: { name: "x" } })).toThrow(/Call it otherwise: bindparam\("name_of_row"/);
  const renamed = update(users).where(users.c.name.eq(bindparam("old", text())));
  expect(renamed.compile({ parameters: { name: "new", old: "x" } })).toEqual({
    sql: "UPDATE users SET name = ? WHERE users.name = ?",
    parameters: ["new", "x"],
  });
});

describe("ROLLUP, CUBE and GROUPING SETS", () => {
  const grouped = (by: ReturnType<typeof func.rollup>) => select(users.c.role, func.count()).groupBy(by);
  test("are PostgreSQL's", () => {
    const sets = grouped(func.groupingSets(users.c.role, users.c.name)).compile({ dialect: postgresql() });
    expect(sets.sql).toMatch(/GROUP BY GROUPING SETS\(users.role, users.name\)$/);
    expect(grouped(func.cube(users.c.role)).compile({ dialect: postgresql() }).sql).toMatch(
      /GROUP BY CUBE\(users.role\)$/,
    );
  });
  test("are refused where there are none", () => {
    expect(() => grouped(func.rollup(users.c.role)).compile({ dialect: sqlite() })).toThrow(
      UnsupportedCompilationError,
    );
    expect(() => grouped(func.cube(users.c.role)).compile({ dialect: mysql() })).toThrow(/has no CUBE/);
    expect(grouped(func.rollup(users.c.role)).compile({ dialect: mysql() }).sql).toMatch(
      /GROUP BY users.`role` WITH ROLLUP$/,
    );
  });
});
