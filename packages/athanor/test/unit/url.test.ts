import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { makeUrl, Url } from "../../src/engine/url.ts";
import { ArgumentError } from "../../src/errors/errors.ts";

describe("makeUrl", () => {
  test("reads every part", () => {
    const url = makeUrl("postgresql+pg://ada:p%40ss%3A%2F@db.example.com:5433/shop?sslmode=require&host=a&host=b");
    expect({ ...url, password: url.password }).toEqual({
      dialect: "postgresql",
      driver: "pg",
      username: "ada",
      password: "p@ss:/",
      host: "db.example.com",
      port: 5433,
      database: "shop",
      query: { sslmode: "require", host: ["a", "b"] },
    });
  });

  test.each([
    ["sqlite://", null],
    ["sqlite:///:memory:", ":memory:"],
    ["sqlite:///shop.db", "shop.db"],
    ["sqlite:////var/lib/shop.db", "/var/lib/shop.db"],
  ])("%s names the database %s", (text, database) => {
    expect(makeUrl(text).database).toBe(database);
  });

  test("reads IPv6 addresses in brackets", () => {
    expect(makeUrl("postgresql://u@[2001:db8::1]:5432/x")).toMatchObject({ host: "2001:db8::1", port: 5432 });
  });

  test("renders what it has read, without the password unless it is asked for", () => {
    const url = makeUrl("postgresql+pg://ada:p%40ss@[::1]:5433/shop?a=1");
    expect(String(url)).toBe("postgresql+pg://ada:***@[::1]:5433/shop?a=1");
    expect(JSON.stringify({ url })).not.toContain("p@ss");
    expect(url.render({ hidePassword: false })).toBe("postgresql+pg://ada:p%40ss@[::1]:5433/shop?a=1");
  });

  test("shows no password, however it is printed", () => {
    const url = makeUrl("postgresql://ada:p%40ss@h/shop?password=p%40ss&a=1");
    for (const shown of [inspect(url), inspect({ url }), `${url}`, JSON.stringify(url)]) {
      expect(shown).not.toMatch(/p@ss|p%40ss/);
    }
    expect(String(url)).toBe("postgresql://ada:***@h/shop?password=***&a=1");
    expect(url.password).toBe("p@ss");
    expect(url.set({ host: "other" }).password).toBe("p@ss");
  });

  test("takes a database's name with special characters", () => {
    const url = makeUrl("sqlite:///my%20notes%3F%25.db?mode=ro");
    expect(url).toMatchObject({ database: "my notes?%.db", query: { mode: "ro" } });
    expect(makeUrl(String(url))).toEqual(url);
  });

  test("updateQuery() adds and replaces parameters", () => {
    const url = makeUrl("postgresql://h/x?a=1&b=2").updateQuery({ b: "3", c: ["4", "5"] });
    expect(String(url)).toBe("postgresql://h/x?a=1&b=3&c=4&c=5");
  });

  test("set() changes parts of a copy", () => {
    const url = makeUrl("sqlite:///a.db");
    expect(String(url.set({ database: "b.db", driver: "better-sqlite3" }))).toBe("sqlite+better-sqlite3:///b.db");
    expect(url.database).toBe("a.db");
    expect(makeUrl(url)).toBe(url);
    expect(url).toBeInstanceOf(Url);
  });

  test.each([
    "shop.db",
    "",
    "://x",
    "sqlite:/shop.db",
    "postgresql://u:secret@host:port/x",
    "postgresql://u:%zz@h/x",
    "postgresql://u:se@cret@h/x",
  ])("refuses %j without repeating a password", (text) => {
    expect(() => makeUrl(text)).toThrow(ArgumentError);
    expect(() => makeUrl(text)).not.toThrow(/se@?cret/);
  });
});
