import { describe, expect, test } from "vitest";
import {
  createSyncEngine,
  crossJoin,
  exists,
  fullJoin,
  func,
  integer,
  join,
  literal,
  MetaData,
  select,
  table,
  tablesample,
  text,
  union,
} from "../../src/index.ts";
import { dialect } from "../../src/sqlite.ts";
import { NODE } from "../../src/util/symbols.ts";

const metadata = new MetaData();
const users = table("users", metadata, { id: integer().primaryKey(), name: text() });
const orders = table("orders", metadata, {
  id: integer().primaryKey(),
  userId: integer().references(() => users.c.id),
  status: text(),
});
const items = table("items", metadata, {
  id: integer().primaryKey(),
  orderId: integer().references(() => orders.c.id),
  giverId: integer().references(() => users.c.id),
});

describe("what a SELECT is made of", () => {
  test("columns by name", () => {
    const statement = select(users.c.id, func.lower(users.c.name).label("lower"), orders.c.status);
    expect(Object.keys(statement.selectedColumns)).toEqual(["id", "lower", "status"]);
    expect(String(statement.selectedColumns.status)).toBe("orders.status");
    const both = union(select(users.c.id, users.c.name), select(orders.c.id, orders.c.status));
    expect(String(both.orderBy(both.selectedColumns.name.desc()))).toMatch(/ORDER BY name DESC$/);
  });
  test("descriptions", () => {
    const statement = select(users.c.id, func.count().label("n"), literal(1)).addColumns(users.c.name);
    expect(statement.columnDescriptions.map(({ name, type }) => [name, type?.kind])).toEqual([
      ["id", "integer"],
      ["n", "integer"],
      [null, "integer"],
      ["name", "text"],
    ]);
    const [whole] = select(users).columnDescriptions;
    expect(whole).toEqual({ name: "users", type: null, entity: users, expression: null });
  });
  test("FROM", () => {
    expect(select(users.c.id, orders.c.id).finalFroms).toEqual([users, orders]);
    const [joined] = select(users.c.id).join(orders).finalFroms;
    expect(joined).toMatchObject({ [NODE]: { kind: "join", left: users[NODE], right: orders[NODE] } });
    expect(select(literal(1)).finalFroms).toEqual([]);
  });
});

describe("tables and subqueries as a whole", () => {
  test("give all of their columns", () => {
    expect(String(select(users, orders.c.id))).toBe(
      "SELECT users.id, users.name, orders.id AS id_1 FROM users, orders",
    );
    const sub = select(users.c.id, func.count().label("n")).groupBy(users.c.id).subquery("s");
    expect(String(select(sub))).toMatch(/^SELECT s.id, s.n FROM \(SELECT/);
    expect(String(select(select(users.c.id).cte("c")))).toBe(
      "WITH c AS (SELECT users.id AS id FROM users) SELECT c.id FROM c",
    );
  });
  test("are read by name", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    const connection = engine.connect();
    metadata.createAll(connection);
    connection.execDriverSql("INSERT INTO users VALUES (1, 'Ann')");
    const row = connection.execute(select(users)).one();
    expect([row.id, row.name, row[1]]).toEqual([1, "Ann", "Ann"]);
    engine.dispose();
  });
});

describe("joins", () => {
  test("named on the left ask that side alone for foreign keys", () => {
    expect(String(select(users.c.id).join(orders).join(items))).toMatch(
      /JOIN orders ON users.id = orders.user_id JOIN items ON orders.id = items.order_id$/,
    );
    expect(String(select(users.c.id).join(orders).joinFrom(users, items))).toMatch(
      /JOIN items ON users.id = items.giver_id$/,
    );
  });
  test("of every kind stand in FROM", () => {
    expect(String(select(func.count()).selectFrom(fullJoin(users, orders)))).toMatch(/users FULL OUTER JOIN orders ON/);
    expect(String(select(func.count()).selectFrom(crossJoin(users, orders)))).toMatch(/users CROSS JOIN orders$/);
    expect(String(select(func.count()).selectFrom(join(users, orders).crossJoin(items)))).toMatch(/CROSS JOIN items$/);
  });
});

test("the same subquery under another name", () => {
  const sub = select(users.c.id).subquery("s");
  const other = sub.alias("o");
  expect(String(select(sub.c.id).join(other, other.c.id.gt(sub.c.id)))).toMatch(
    /AS s JOIN \(SELECT .* AS o ON o.id > s.id$/,
  );
});

describe("withOnlyColumns()", () => {
  const count = { maintainColumnFroms: true } as const;
  test("takes FROM from the new columns, or keeps it", () => {
    expect(String(select(users.c.id).withOnlyColumns(func.count()))).toBe("SELECT count(*) AS count_1");
    expect(String(select(users.c.id).withOnlyColumns(func.count(), count))).toBe(
      "SELECT count(*) AS count_1 FROM users",
    );
  });
  test("keeps joins where they are", () => {
    const joined = select(users.c.id, orders.c.id).join(orders);
    expect(String(joined.withOnlyColumns(func.count(), count))).toMatch(
      /FROM users JOIN orders ON users.id = orders.user_id$/,
    );
  });
});

test("slice() counts from 0", () => {
  expect(select(users.c.id).slice(10, 15).compile()).toMatchObject({ parameters: [5, 10] });
  expect(select(users.c.id).slice(0, 5).compile().sql).toMatch(/LIMIT \?$/);
  expect(() => select(users.c.id).slice(5, 1)).toThrow(/slice\(\) ends at 1, before it begins at 5/);
});

test("exists() of a SELECT, and its correlation", () => {
  const open = select(orders.c.id).where(orders.c.userId.eq(users.c.id));
  expect(String(select(users.c.id).where(open.exists()))).toMatch(/EXISTS \(SELECT orders.id FROM orders WHERE/);
  expect(String(select(users.c.id).where(exists().where(orders.c.userId.eq(users.c.id)).correlate(null)))).toMatch(
    /EXISTS \(SELECT \* FROM orders, users WHERE/,
  );
  expect(
    String(select(users.c.id).where(exists().where(orders.c.userId.eq(users.c.id)).correlateExcept(orders))),
  ).toMatch(/EXISTS \(SELECT \* FROM orders WHERE/);
});

test("a sample of a table", () => {
  const sample = tablesample(users, func.call("system", integer(), 5), { name: "s", seed: 3 });
  expect(String(select(sample.c.name))).toBe("SELECT s.name FROM users AS s TABLESAMPLE system(?) REPEATABLE (?)");
  expect(() => select(sample.c.name).compile({ dialect: dialect() })).toThrow(/sqlite has no TABLESAMPLE/);
  // @ts-expect-error a subquery is no table
  expect(() => tablesample(select(users.c.id).subquery(), func.call("system", integer(), 5))).toThrow(/takes a table/);
});

test("grouping and ordering start anew with null", () => {
  expect(String(select(users.c.id).groupBy(users.c.id).groupBy(null).orderBy(users.c.id).orderBy(null))).toBe(
    "SELECT users.id FROM users",
  );
});

describe("setLabelStyle()", () => {
  test("calls columns by their tables' names and their own", () => {
    const u = users.alias("u");
    const statement = select(u, orders.c.userId, func.count()).join(orders, orders.c.userId.eq(u.c.id));
    expect(String(statement.setLabelStyle("tablenamePlusColumn"))).toBe(
      'SELECT u.id AS u_id, u.name AS u_name, orders.user_id AS "orders_userId", count(*) AS count_1 ' +
        "FROM users AS u JOIN orders ON orders.user_id = u.id",
    );
  });
  test("refuses other styles", () => {
    // @ts-expect-error there is one style
    expect(() => select(users.c.id).setLabelStyle("none")).toThrow(
      /takes "tablenamePlusColumn", not the string "none"/,
    );
  });
});
