import { describe, expect, test } from "vitest";
import { compileFragment } from "../../src/sql/compile/fragment.ts";
import { NODE } from "../../src/util/symbols.ts";
import { archive, counters, items, nodes, orders, tags, users } from "../oracle/models.ts";
import {
  bindparam,
  deleteFrom,
  func,
  insert,
  integer,
  MetaData,
  select,
  sqliteInsert,
  table,
  text,
  union,
  update,
  varchar,
} from "../support/core.ts";
import { sqlite as dialect, sqlOf } from "../support/sqlite-statements.ts";

const sqlite = (statement: unknown, parameters?: Readonly<Record<string, unknown>>) => sqlOf(statement, parameters)[0];

describe("INSERT", () => {
  test("takes its columns from the execution where it does not say them", () => {
    expect(sqlOf(insert(tags), { name: "x" })).toEqual(["INSERT INTO tags (name) VALUES (?)", "x"]);
    expect(sqlite(insert(table("t", new MetaData(), { id: integer().primaryKey() })))).toBe(
      "INSERT INTO t DEFAULT VALUES",
    );
  });

  test("makes a default anew for every row", () => {
    let made = 0;
    const t = table("t", new MetaData(), { id: integer().primaryKey(), n: integer().default(() => (made += 1)) });
    const statement = insert(t).values([{ id: 1 }, { id: 2 }, { id: 3, n: 9 }]);
    expect(sqlOf(statement)).toEqual(["INSERT INTO t (id, n) VALUES (?, ?), (?, ?), (?, ?)", 1, 1, 2, 2, 3, 9]);
    expect(sqlOf(statement).slice(1)).toEqual([1, 3, 2, 4, 3, 9]);
  });

  test("writes NULL into rows that leave a column out, which others give", () => {
    expect(sqlOf(insert(archive).values([{ id: 1, label: "a" }, { id: 2 }]))).toEqual([
      "INSERT INTO archive (id, label) VALUES (?, ?), (?, NULL)",
      1,
      "a",
      2,
    ]);
    expect(() => sqlite(insert(counters).values([{ key: "a", note: "x" }, { key: "b" }]))).toThrow(
      /sqlite cannot say DEFAULT in one of them: "note" is given in some rows only/,
    );
  });

  test("adds words and the defaults of a SELECT", () => {
    expect(sqlite(insert(tags).prefixWith("OR IGNORE").values({ name: "x" }))).toBe(
      "INSERT OR IGNORE INTO tags (name) VALUES (?)",
    );
    expect(() => sqlite(insert(nodes).fromSelect(["name"], union(select(tags.c.name), select(users.c.name))))).toThrow(
      /cannot add the defaults of weight.*includeDefaults: false/,
    );
  });

  test("refuses what it cannot write", () => {
    const unknown = { nope: 1 } as never;
    expect(() => insert(tags).values(unknown)).toThrow(
      'values() was given "nope", which is no column of "tags". There are: id, name.',
    );
    expect(() => insert(tags).values({ name: undefined } as never)).toThrow(
      /values\(\) for "name" was given undefined/,
    );
    expect(() => insert(tags).values("x" as never)).toThrow('values() takes rows as objects, not the string "x".');
    expect(() => sqlite(insert(tags).values([]))).toThrow("An INSERT was given no rows.");
    expect(() => insert("tags" as never)).toThrow('insert() takes a table or a model, not the string "tags".');
    expect(() => insert(tags.alias("t"))).toThrow("insert() takes a table or a model, not an alias of one.");
    expect(() => insert(tags).fromSelect(["nope" as never], select(tags.c.id))).toThrow(/knows no column "nope"/);
    expect(() => insert(tags).fromSelect(["id"], select(tags.c.id)).values({ name: "x" })).toThrow(
      "An INSERT takes its rows from values() or from fromSelect(), not from both.",
    );
    expect(() => sqlOf(insert(tags), { name: undefined })).toThrow(/A value for "name" is required/);
  });
});

describe("UPDATE", () => {
  test("sets columns in the table's order, or in the given one", () => {
    expect(sqlite(update(users).values({ role: "x", name: "y" }))).toBe("UPDATE users SET name = ?, role = ?");
    expect(sqlite(update(users).orderedValues([users.c.role, "x"], [users.c.name, "y"]))).toBe(
      "UPDATE users SET role = ?, name = ?",
    );
    expect(sqlOf(update(tags).where(tags.c.id.eq(1)), { name: "x" })).toEqual([
      "UPDATE tags SET name = ? WHERE tags.id = ?",
      "x",
      1,
    ]);
  });

  test("adds what columns get at every change", () => {
    expect(sqlite(update(counters).values({ note: "x" }))).toBe("UPDATE counters SET hits = ?, note = ?, touched = ?");
  });

  test("replaces a value that is given again", () => {
    expect(sqlOf(update(tags).values({ name: "x" }).values({ name: "y" }))).toEqual(["UPDATE tags SET name = ?", "y"]);
  });

  test("works on aliases and joins other tables", () => {
    const t = tags.alias("t");
    expect(
      sqlite(
        update(t)
          .where(t.c.id.eq(1))
          .values({ name: func.upper(t.c.name) }),
      ),
    ).toBe("UPDATE tags AS t SET name = upper(t.name) WHERE t.id = ?");
    const sums = select(items.c.orderId, func.count().label("n")).groupBy(items.c.orderId).subquery("s");
    expect(sqlite(update(orders).where(orders.c.id.eq(sums.c.orderId)).values({ total: sums.c.n }))).toBe(
      "UPDATE orders SET total = s.n FROM (SELECT order_items.order_id AS order_id, count(*) AS n FROM order_items " +
        "GROUP BY order_items.order_id) AS s WHERE orders.id = s.order_id",
    );
  });

  test("takes named parameters at execution", () => {
    const statement = update(tags)
      .where(tags.c.id.eq(bindparam("key", integer())))
      .values({ name: bindparam("fresh", varchar(), "none") });
    expect(sqlOf(statement, { key: 1 })).toEqual(["UPDATE tags SET name = ? WHERE tags.id = ?", "none", 1]);
    expect(sqlOf(statement, { key: 1, fresh: "x" }).slice(1)).toEqual(["x", 1]);
    expect(() => sqlOf(statement, {})).toThrow('The statement needs a value for the parameter "key".');
  });

  test("needs something to set", () => {
    expect(() => sqlite(update(tags))).toThrow("An UPDATE needs values().");
    expect(() => update(tags).orderedValues([func.now(), 1] as never)).toThrow(/pairs of a column and its value/);
  });
});

describe("DELETE", () => {
  test("by the conditions of another table is refused where the database cannot", () => {
    expect(() => sqlite(deleteFrom(items).where(items.c.orderId.eq(orders.c.id)))).toThrow(
      "sqlite cannot delete from one table by the conditions of another. " +
        "Use a subquery: where(column.in(select(…))) or exists().",
    );
  });
});

describe("ON CONFLICT", () => {
  const tag = sqliteInsert(tags).values({ id: 1, name: "x" });

  test("has several clauses, one after the other", () => {
    const both = tag
      .onConflictDoUpdate({ indexElements: [tags.c.id], set: { name: tag.excluded.name }, where: tags.c.id.gt(5) })
      .onConflictDoNothing();
    expect(sqlite(both)).toBe(
      "INSERT INTO tags (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name " +
        "WHERE tags.id > ? ON CONFLICT DO NOTHING",
    );
  });

  test("has subqueries that speak of the row in the way", () => {
    const other = tags.alias("other");
    const longest = select(func.max(other.c.name)).where(other.c.id.lt(tags.c.id)).scalarSubquery();
    const set = { name: func.coalesce(longest, tag.excluded.name) };
    expect(sqlite(tag.onConflictDoUpdate({ indexElements: [tags.c.id], set }))).toBe(
      "INSERT INTO tags (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = " +
        "coalesce((SELECT max(other.name) AS max_1 FROM tags AS other WHERE other.id < tags.id), excluded.name)",
    );
  });

  test("of a SELECT gets a WHERE, without which SQLite would read it as the ON of a join", () => {
    const copied = sqliteInsert(tags)
      .fromSelect(["id", "name"], select(users.c.id, users.c.name))
      .onConflictDoNothing();
    expect(sqlite(copied)).toBe(
      "INSERT INTO tags (id, name) SELECT users.id, users.name FROM users WHERE 1 = 1 ON CONFLICT DO NOTHING",
    );
  });

  test("refuses an empty change", () => {
    expect(() => tag.onConflictDoUpdate({ set: {} })).toThrow(/needs something to set/);
  });
});

test("a fragment of DDL stands by itself", () => {
  const t = table("t", new MetaData(), { a: text(), n: integer() });
  expect(compileFragment(t.c.a.like("x'%")[NODE], dialect)).toBe("a LIKE 'x''%'");
  expect(() => compileFragment(bindparam("x", integer())[NODE], dialect)).toThrow(/no value that could be written/);
});
