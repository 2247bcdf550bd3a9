import { describe, expect, test } from "vitest";
import {
  bindparam,
  deleteFrom,
  func,
  insert,
  integer,
  MetaData,
  numeric,
  select,
  sqlText,
  table,
  timestamp,
  UnsupportedCompilationError,
  update,
  varchar,
} from "../../src/index.ts";
import { dialect, insert as sqliteInsert } from "../../src/sqlite.ts";

const users = table("users", new MetaData(), {
  id: integer().primaryKey(),
  name: varchar(50),
  balance: numeric(10, 2).nullable(),
  seenAt: timestamp().nullable(),
});

describe("compile()", () => {
  test("gives SQL and parameters for a dialect", () => {
    const statement = select(users.c.name).where(users.c.id.in([1, 2]), users.c.name.ne("x"));
    expect(statement.compile({ dialect: dialect() })).toEqual({
      sql: "SELECT users.name FROM users WHERE users.id IN (?, ?) AND users.name != ?",
      parameters: [1, 2, "x"],
    });
  });

  test("writes portable SQL without one", () => {
    expect(select(users.c.id).offset(3).limit(2).compile()).toEqual({
      sql: "SELECT users.id FROM users LIMIT ? OFFSET ?",
      parameters: [2, 3],
    });
    expect(users.c.seenAt.cast(varchar(20)).compile().sql).toBe("CAST(users.seen_at AS VARCHAR(20))");
    expect(users.c.id.cast(numeric(10, 2)).compile().sql).toBe("CAST(users.id AS NUMERIC(10, 2))");
  });

  test("writes values as literals on request", () => {
    const statement = select(users.c.id).where(
      users.c.name.eq("O'Reilly"),
      users.c.balance.gt("12.50"),
      users.c.id.in([1, 2]),
      users.c.id.notIn([]),
    );
    expect(statement.compile({ literalBinds: true })).toEqual({
      sql:
        "SELECT users.id FROM users WHERE users.name = 'O''Reilly' AND users.balance > 12.50 AND users.id IN (1, 2) " +
        "AND (users.id NOT IN (NULL) OR (1 = 1))",
      parameters: [],
    });
  });

  test("takes values of named parameters and of columns", () => {
    const byName = select(users.c.id).where(users.c.name.eq(bindparam("wanted", varchar())));
    expect(byName.compile({ parameters: { wanted: "Ann" } }).parameters).toEqual(["Ann"]);
    expect(byName.compile({ parameters: { wanted: "Ann" }, literalBinds: true }).sql).toMatch(/name = 'Ann'$/);
    expect(() => byName.compile({ literalBinds: true })).toThrow(/"wanted" has no value/);
    expect(insert(users).compile({ parameters: { name: "Ann" } })).toEqual({
      sql: "INSERT INTO users (name) VALUES (?)",
      parameters: ["Ann"],
    });
    expect(insert(users).compile({ parameters: { name: "Ann" }, literalBinds: true }).sql).toBe(
      "INSERT INTO users (name) VALUES ('Ann')",
    );
    expect(() => insert(users).compile({ parameters: { nam: "Ann" } })).toThrow(/"nam", which is no column/);
  });

  test("compiles expressions alone", () => {
    expect(users.c.id.add(1).compile({ dialect: dialect() })).toEqual({ sql: "users.id + ?", parameters: [1n] });
    expect(sqlText("x = :x", { x: 5 }).compile()).toEqual({ sql: "x = ?", parameters: [5] });
  });

  test("refuses what is no dialect", () => {
    // @ts-expect-error a name is no dialect
    expect(() => select(users.c.id).compile({ dialect: "sqlite" })).toThrow(/takes a dialect as dialect\(\) gives it/);
  });
});

describe("toString()", () => {
  test("is portable SQL without values", () => {
    expect(`${select(users.c.id).where(users.c.id.in([1, 2]))}`).toBe(
      "SELECT users.id FROM users WHERE users.id IN (?)",
    );
    expect(`${select(users.c.id).where(users.c.id.eq(bindparam("id", integer())))}`).toMatch(/users.id = \?$/);
    expect(`${update(users).where(users.c.id.eq(1)).values({ name: "x" })}`).toBe(
      "UPDATE users SET name = ? WHERE users.id = ?",
    );
    expect(`${deleteFrom(users).returning(users.c.id)}`).toBe("DELETE FROM users RETURNING users.id");
    expect(`${func.lower(users.c.name)}`).toBe("lower(users.name)");
  });

  test("writes all columns of an INSERT or UPDATE without values", () => {
    expect(`${insert(users)}`).toBe("INSERT INTO users (id, name, balance, seen_at) VALUES (?, ?, ?, ?)");
    expect(`${update(users)}`).toBe("UPDATE users SET id = ?, name = ?, balance = ?, seen_at = ?");
  });

  test("refuses what only one database has", () => {
    const upsert = sqliteInsert(users).values({ name: "x" }).onConflictDoNothing();
    expect(() => String(upsert)).toThrow(UnsupportedCompilationError);
    expect(() => String(select(users.c.id).distinctOn(users.c.name))).toThrow(
      expect.objectContaining({ code: "unsupported-compilation-error" }),
    );
    expect(upsert.compile({ dialect: dialect() }).sql).toMatch(/ON CONFLICT DO NOTHING$/);
  });
});
