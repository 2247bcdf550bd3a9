// What MySQL's dialect does without a server: versions, errors of MySQL's own, URLs, what it refuses.
import { createIndex, index, insert, integer, MetaData, makeUrl, select, table, update, varchar } from "athanor";
import { dialect, limit, insert as mysqlInsert } from "athanor/mysql";
import { describe, expect, test } from "vitest";
import { describeMysqlError } from "../../src/dialects/mysql/errors.ts";
import { stringLiteral } from "../../src/dialects/mysql/types.ts";
import { mysqlAddress } from "../../src/drivers/mysql-url.ts";

const users = table("users", new MetaData(), { id: integer().primaryKey(), name: varchar(20) });

function serverError(errno: number, message: string, sqlState = "HY000"): Error {
  return Object.assign(new Error(message), { errno, sqlState, sqlMessage: message, code: "ER_SOMETHING" });
}

describe("errors", () => {
  test.each([
    [1062, "Duplicate entry 'a' for key 'users.name'", { violation: "unique", table: "users", constraint: "name" }],
    [1062, "Duplicate entry 'it's for key 'x'' for key 'users.PRIMARY'", { violation: "primaryKey", table: "users" }],
    [3819, "Check constraint 'ck_price' is violated.", { violation: "check", constraint: "ck_price" }],
    [1048, "Column 'name' cannot be null", { violation: "notNull", columns: ["name"] }],
    [1364, "Field 'name' doesn't have a default value", { violation: "notNull", columns: ["name"] }],
    [
      1452,
      "Cannot add or update a child row: a foreign key constraint fails (`my``db`.`orders`, CONSTRAINT `fk` FOREIGN KEY (`a`, `b`) REFERENCES `users` (`a`, `b`))",
      { violation: "foreignKey", table: "orders", constraint: "fk", columns: ["a", "b"] },
    ],
    [1406, "Data too long for column 'name' at row 1", { kind: "data" }],
    [1213, "Deadlock found when trying to get lock", { kind: "operational", retryable: true }],
    [1205, "Lock wait timeout exceeded", { kind: "operational", retryable: true }],
    [2006, "MySQL server has gone away", { kind: "operational", disconnect: true }],
    [1146, "Table 'x' doesn't exist", { kind: "programming" }],
  ] as const)("%i: %s", (errno, message, details) => {
    expect(describeMysqlError(serverError(errno, message))).toMatchObject(details);
  });

  test("numbers that are not known go by their SQLSTATE; errors of programs are none", () => {
    expect(describeMysqlError(serverError(9999, "?", "23000"))).toMatchObject({ kind: "integrity" });
    expect(describeMysqlError(serverError(9998, "?", "22001"))).toMatchObject({ kind: "data" });
    expect(describeMysqlError(new TypeError("x is not a function"))).toBeNull();
    expect(describeMysqlError("text")).toBeNull();
  });

  test("messages without values", () => {
    const { messageWithoutValues } =
      describeMysqlError(serverError(1062, "Duplicate entry 'se'cret' for key 'k'")) ?? {};
    expect(messageWithoutValues).toBe("Duplicate entry … for key 'k'");
  });
});

describe("URLs", () => {
  test("say where the server is", () => {
    expect(mysqlAddress(makeUrl("mysql://me:p%40ss@db.example:3307/shop?ssl=true&connect_timeout=2"))).toEqual({
      host: "db.example",
      port: 3307,
      user: "me",
      password: "p@ss",
      database: "shop",
      connectTimeout: 2000,
      ssl: { rejectUnauthorized: true },
    });
    expect(mysqlAddress(makeUrl("mysql://me@/shop?unix_socket=/run/mysqld.sock"))).toMatchObject({
      socketPath: "/run/mysqld.sock",
    });
  });

  test.each([
    ["charset=latin1", /utf8mb4/],
    ["nope=1", /"nope".*There are/],
    ["ssl=maybe", /no-verify/],
    ["connect_timeout=soon", /seconds/],
  ])("with %s are refused", (query, message) => {
    expect(() => mysqlAddress(makeUrl(`mysql://localhost/shop?${query}`))).toThrow(message);
  });
});

describe("dialects of versions", () => {
  const sql = (statement: { compile(options: object): { sql: string } }, serverVersion?: string) =>
    statement.compile({ dialect: dialect(serverVersion === undefined ? {} : { serverVersion }) }).sql;

  test("tell of the row that could not be inserted in their own way", () => {
    const added = mysqlInsert(users).values({ id: 1, name: "a" });
    const upsert = added.onDuplicateKeyUpdate({ name: added.inserted.name });
    expect(sql(upsert, "8.0.36")).toMatch(/ AS new ON DUPLICATE KEY UPDATE name = new\.name$/);
    expect(sql(upsert, "8.0.18")).toMatch(/\) ON DUPLICATE KEY UPDATE name = VALUES\(name\)$/);
    expect(sql(upsert, "10.11.6-MariaDB")).toMatch(/ON DUPLICATE KEY UPDATE name = VALUES\(name\)$/);
    const row = select(users.c.id, users.c.name);
    const copied = mysqlInsert(users).fromSelect(["id", "name"], row);
    expect(sql(copied.onDuplicateKeyUpdate({ name: copied.inserted.name }), "8.0.36")).toMatch(/VALUES\(name\)$/);
  });

  test("lock rows in their own way", () => {
    const shared = select(users.c.id).withForUpdate({ read: true, skipLocked: true });
    expect(sql(shared, "8.0.36")).toMatch(/FOR SHARE SKIP LOCKED$/);
    expect(sql(shared, "10.11.6-MariaDB")).toMatch(/LOCK IN SHARE MODE SKIP LOCKED$/);
    expect(() => sql(shared, "10.5.0-MariaDB")).toThrow(/SKIP LOCKED/);
  });

  test("refuse RETURNING where the server is known to have none", () => {
    const returning = insert(users).values({ id: 1, name: "a" }).returning(users.c.id);
    expect(sql(returning)).toMatch(/RETURNING/);
    expect(sql(returning, "10.11.6-MariaDB")).toMatch(/RETURNING/);
    expect(() => sql(returning, "8.0.36")).toThrow(/mysql has no INSERT … RETURNING.*insertedPrimaryKey/);
    const changed = update(users).values({ name: "a" }).returning(users.c.id);
    expect(() => sql(changed, "10.11.6-MariaDB")).toThrow(/mariadb has no UPDATE … RETURNING/);
  });

  test("are told as servers tell them", () => {
    expect(dialect({ serverVersion: "5.5.5-10.11.6-MariaDB-log" }).name).toBe("mariadb");
    expect(() => dialect({ serverVersion: "eight" })).toThrow(/"eight" is no version/);
  });

  test("take a limit that is a number", () => {
    expect(sql(update(users).values({ name: "a" }).ext("afterCriteria", limit(2), "mysql"))).toMatch(/ LIMIT 2$/);
    expect(() => limit(1.5)).toThrow(/whole number/);
    expect(() => mysqlInsert(users).onDuplicateKeyUpdate({})).toThrow(/ignore\(\)/);
  });
});

test("a partial index holds every row; a unique one would refuse more, and is refused", () => {
  const positive = (unique: boolean) => {
    const part = index("ix_positive").on(users.c.id).where(users.c.id.gt(0));
    return createIndex(unique ? part.unique() : part).compile({ dialect: dialect() }).sql;
  };
  expect(positive(false)).toBe("CREATE INDEX ix_positive ON users (id)");
  expect(() => positive(true)).toThrow(/mysql has no partial indexes.*ix_positive.*ddlIf/);
});

test("literals end where they should, whether backslashes escape or not", () => {
  expect(stringLiteral("a\\' OR 1=1")).toBe("'a\\\\'' OR 1=1'");
  expect(stringLiteral("a\u0000b")).toBe("_utf8mb4 X'610062'");
});
