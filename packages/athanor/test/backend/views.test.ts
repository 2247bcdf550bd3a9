import { describe, expect, test } from "vitest";
import {
  createEngine,
  createTableAs,
  createView,
  dropTable,
  dropView,
  func,
  insert,
  integer,
  MetaData,
  numeric,
  refreshMaterializedView,
  select,
  table,
  union,
  varchar,
  view,
} from "../../src/index.ts";
import { forEachDatabase } from "../support/databases.ts";

function shop() {
  const metadata = new MetaData();
  const users = table("users", metadata, { id: integer().primaryKey(), fullName: varchar(50) });
  const orders = table("orders", metadata, {
    id: integer().primaryKey(),
    userId: integer().references(() => users.c.id),
    total: numeric(10, 2),
  });
  return { metadata, users, orders };
}

const rows = {
  users: [
    { id: 1, fullName: "o'x" },
    { id: 2, fullName: "b\\n" },
  ],
  orders: [
    { id: 1, userId: 1, total: "5.00" },
    { id: 2, userId: 1, total: "7.50" },
    { id: 3, userId: 2, total: "1.00" },
  ],
};

describe("views", () => {
  forEachDatabase((database) => {
    test("are created after what they read, selected from and joined, and dropped before", async () => {
      const { metadata, users, orders } = shop();
      // Declared before the view that it reads is created, and read in another order.
      const spent = view(
        "spent",
        metadata,
        select(orders.c.userId, func.sum(orders.c.total).label("sum"), func.count(orders.c.id).label("orders")).groupBy(
          orders.c.userId,
        ),
      );
      const quoted = view(
        "quoted",
        metadata,
        select(users.c.id, users.c.fullName).where(users.c.fullName.in(["o'x", "b\\n"])),
      );
      const both = view(
        "both_of_them",
        metadata,
        select(quoted.c.fullName, spent.c.sum).join(spent, spent.c.userId.eq(quoted.c.id)),
      );
      const engine = createEngine(database.url);
      await engine.begin(async (connection) => {
        await metadata.createAll(connection);
        await connection.execute(insert(users), rows.users);
        await connection.execute(insert(orders), rows.orders);
        const found = await connection.execute(select(both.c.fullName, both.c.sum).orderBy(both.c.sum)).all();
        expect(found.map((row) => [row.fullName, Number(row.sum)])).toEqual([
          ["b\\n", 1],
          ["o'x", 12.5],
        ]);
        const other = spent.alias("other");
        const counts = select(other.c.orders).join(users, users.c.id.eq(other.c.userId)).orderBy(users.c.id);
        expect(await connection.scalars(counts).all()).toEqual([2, 1]);
        // Everything is there already.
        await metadata.createAll(connection);
        await metadata.dropAll(connection);
        await metadata.dropAll(connection);
      });
      await engine.dispose();
    });

    test("are made of set operations, too", async () => {
      const { metadata, users, orders } = shop();
      const ids = view("ids", metadata, union(select(users.c.id.label("number")), select(orders.c.id)));
      const engine = createEngine(database.url);
      await engine.begin(async (connection) => {
        await metadata.createAll(connection);
        await connection.execute(insert(users), rows.users);
        await connection.execute(insert(orders), rows.orders);
        expect(await connection.scalars(select(ids.c.number).orderBy(ids.c.number)).all()).toEqual([1, 2, 3]);
        await connection.execute(dropView(ids));
        await connection.execute(dropView(ids, { ifExists: true }));
        await connection.execute(createView(ids));
        await metadata.dropAll(connection);
      });
      await engine.dispose();
    });

    test("a table is made of a query's rows", async () => {
      const { metadata, users } = shop();
      const engine = createEngine(database.url);
      await engine.begin(async (connection) => {
        await metadata.createAll(connection);
        await connection.execute(insert(users), rows.users);
        const copy = createTableAs("copied", select(users.c.id, users.c.fullName).where(users.c.fullName.ne("a'b")));
        await connection.execute(copy);
        expect(await connection.scalars(select(copy.table.c.fullName).orderBy(copy.table.c.id)).all()).toEqual([
          "o'x",
          "b\\n",
        ]);
        await connection.execute(dropTable(copy.table));
        await metadata.dropAll(connection);
      });
      await engine.dispose();
    });
  });

  test("refuses what is no view, no query, or cannot be", () => {
    const { metadata, users } = shop();
    expect(() => createView(users)).toThrow(/takes a view, and "users" is a table/);
    expect(() => refreshMaterializedView(view("v", metadata, select(users.c.id)))).toThrow(/is not materialized/);
    expect(() => view("w", metadata, select(users.c.id), { withData: true })).toThrow(/for materialized views/);
    expect(() => view("w", metadata, select(users.c.id), { primaryKey: ["nothing"] })).toThrow(/does not return/);
    expect(() => view("users", metadata, select(users.c.id))).toThrow(/defined already/);
  });
});
