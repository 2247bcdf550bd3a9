import { describe, expect, test } from "vitest";
import { makeUrl, Url } from "../../src/engine/url.ts";
import { ArgumentError } from "../../src/errors/errors.ts";

describe("makeUrl", () => {
  test("reads every part", () => {
    const url = makeUrl("postgresql+pg://ada:p%40ss%3A%2F@db.example.com:5433/shop?sslmode=require&host=a&host=b");
    expect({ ...url }).toEqual({
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

  test("set() changes parts of a copy", () => {
    const url = makeUrl("sqlite:///a.db");
    expect(String(url.set({ database: "b.db", driver: "better-sqlite3" }))).toBe("sqlite+better-sqlite3:///b.db");
    expect(url.database).toBe("a.db");
    expect(makeUrl(url)).toBe(url);
    expect(url).toBeInstanceOf(Url);
  });

  test.each(["shop.db", "", "://x", "sqlite:/shop.db", "postgresql://u:secret@host:port/x", "postgresql://u:%zz@h/x"])(
    "refuses %j without repeating a password",
    (text) => {
      expect(() => makeUrl(text)).toThrow(ArgumentError);
      expect(() => makeUrl(text)).not.toThrow(/secret/);
    },
  );
});
