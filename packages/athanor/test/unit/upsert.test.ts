import { describe, expect, test } from "vitest";
import { ArgumentError, CompileError, func, insert, integer, MetaData, select, table, text } from "../../src/index.ts";
import { dialect as mysql } from "../../src/mysql.ts";
import { dialect as postgresql } from "../../src/postgresql.ts";
import { dialect as sqlite } from "../../src/sqlite.ts";

const metadata = new MetaData();
const products = table("products", metadata, {
  id: integer().primaryKey(),
  sku: text().unique(),
  stock: integer(),
  seen: integer().default(0),
});
const accounts = table("accounts", metadata, {
  id: integer().primaryKey(),
  email: text().unique(),
  name: text().unique(),
});

const row = insert(products).values({ sku: "P1", stock: 7 });
const adding = row.onConflictDoUpdate({
  indexElements: [products.c.sku],
  set: { stock: products.c.stock.add(row.excluded.stock) },
});

describe("an upsert for every database", () => {
  test("is written as each has it", () => {
    const values = "INSERT INTO products (sku, stock, seen) VALUES";
    expect(adding.compile({ dialect: sqlite() }).sql).toBe(
      `${values} (?, ?, ?) ON CONFLICT (sku) DO UPDATE SET stock = products.stock + excluded.stock`,
    );
    expect(adding.compile({ dialect: postgresql() }).sql).toBe(
      `${values} ($1, $2, $3) ON CONFLICT (sku) DO UPDATE SET stock = products.stock + excluded.stock`,
    );
    expect(adding.compile({ dialect: mysql() }).sql).toBe(
      `${values} (?, ?, ?) AS new ON DUPLICATE KEY UPDATE stock = products.stock + new.stock`,
    );
  });

  test("leaves rows as they are", () => {
    const statement = row.onConflictDoNothing();
    expect(statement.compile({ dialect: sqlite() }).sql).toMatch(/ON CONFLICT DO NOTHING$/);
    expect(statement.compile({ dialect: postgresql() }).sql).toMatch(/ON CONFLICT DO NOTHING$/);
    expect(statement.compile({ dialect: mysql() }).sql).toMatch(/ON DUPLICATE KEY UPDATE id = products.id$/);
    expect(String(row.onConflictDoNothing({ indexElements: [products.c.sku] }))).toMatch(
      /ON CONFLICT \(sku\) DO NOTHING$/,
    );
  });

  test("may have a condition where there are such", () => {
    const statement = row.onConflictDoUpdate({
      indexElements: [products.c.sku],
      set: { stock: 1 },
      where: products.c.stock.lt(5),
    });
    expect(statement.compile({ dialect: postgresql() }).sql).toMatch(
      /DO UPDATE SET stock = \$4 WHERE products.stock < \$5/,
    );
    expect(() => statement.compile({ dialect: mysql() })).toThrow(/has no condition in an upsert/);
  });

  test("is refused by MySQL where another key could be meant", () => {
    const account = insert(accounts).values({ email: "a@x", name: "Ann" });
    const byEmail = account.onConflictDoUpdate({ indexElements: [accounts.c.email], set: { name: "Ann" } });
    expect(byEmail.compile({ dialect: sqlite() }).sql).toMatch(/ON CONFLICT \(email\)/);
    expect(() => byEmail.compile({ dialect: mysql() })).toThrow(CompileError);
    expect(() => byEmail.compile({ dialect: mysql() })).toThrow(
      'only the key (email) is meant, and "accounts" has others: (name)',
    );
    const withKey = insert(products).values({ id: 1, sku: "P1", stock: 7 });
    const bySku = withKey.onConflictDoUpdate({ indexElements: [products.c.sku], set: { stock: 1 } });
    expect(() => bySku.compile({ dialect: mysql() })).toThrow("others: (id)");
  });

  test("is refused by MySQL where a value would read what was just written", () => {
    const statement = row.onConflictDoUpdate({
      indexElements: [products.c.sku],
      set: { stock: 0, seen: products.c.stock },
    });
    expect(() => statement.compile({ dialect: mysql() })).toThrow(
      /the value for "seen" would read the new value of "stock"/,
    );
  });

  test("takes its rows from a SELECT, too", () => {
    const from = insert(products).fromSelect(
      ["sku", "stock"],
      select(accounts.c.name, func.count()).groupBy(accounts.c.name),
    );
    const statement = from.onConflictDoNothing();
    expect(statement.compile({ dialect: sqlite() }).sql).toMatch(
      /FROM accounts WHERE 1 = 1 GROUP BY accounts.name ON CONFLICT/,
    );
  });

  test("refuses what says nothing", () => {
    expect(() => row.onConflictDoUpdate({ indexElements: [products.c.sku], set: {} })).toThrow(ArgumentError);
    expect(() => row.onConflictDoUpdate({ indexElements: [], set: { stock: 1 } })).toThrow(/indexElements is empty/);
    expect(() => row.onConflictDoNothing({ indexElements: [func.lower(products.c.sku)] })).toThrow(/are columns, not/);
  });
});
