import { describe, expect, test } from "vitest";
import { createEngine, func, insert, integer, MetaData, numeric, select, varchar } from "../../src/index.ts";
import { declarativeBase, map, one, selectinload, sessionmaker } from "../../src/orm/index.ts";
import { forEachDatabase } from "../support/databases.ts";

function models() {
  const Base = declarativeBase({ metadata: new MetaData() });
  class User extends Base.model("users", { id: integer().primaryKey(), name: varchar(50) }) {
    static {
      map(this);
    }
  }
  class Spending extends Base.model("spending", {
    userId: integer()
      .primaryKey()
      .references(() => User.id),
    total: numeric(10, 2).nullable(),
    orders: integer(),
    get user() {
      return one(() => User);
    },
  }) {
    static {
      // The class of the orders is declared below.
      map(this, [], {
        view: {
          query: () =>
            select(Order.userId, func.sum(Order.total).label("total"), func.count(Order.id).label("orders"))
              .where(Order.total.gt("0"))
              .groupBy(Order.userId),
        },
      });
    }
  }
  class Order extends Base.model("orders", {
    id: integer().primaryKey(),
    userId: integer().references(() => User.id),
    total: numeric(10, 2),
  }) {
    static {
      map(this);
    }
  }
  return { Base, User, Spending, Order };
}

describe("a class that is mapped to a view", () => {
  forEachDatabase((database) => {
    test("is created with the tables, and read like any other", async () => {
      const { Base, User, Spending, Order } = models();
      const engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      await Base.metadata.createAll(engine);
      await using session = sessionmaker(engine)();
      await session.execute(insert(User), [
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ]);
      await session.execute(insert(Order), [
        { id: 1, userId: 1, total: "5.00" },
        { id: 2, userId: 1, total: "7.50" },
        { id: 3, userId: 2, total: "0.00" },
      ]);
      const all = await session.scalars(select(Spending).options(selectinload(Spending.user))).all();
      expect(all.map(({ user, total, orders }) => [user.name, Number(total), orders])).toEqual([["a", 12.5, 2]]);
      const same = await session.get(Spending, 1);
      expect(same).toBe(all[0]);
      expect(await session.get(Spending, 2)).toBeNull();
      await session.commit();
      await session.close();
      await Base.metadata.dropAll(engine);
      await engine.dispose();
    });
  });

  test("has columns of the query only", () => {
    const { Base, User } = models();
    class Wrong extends Base.model("wrong", { id: integer().primaryKey(), missing: integer() }) {
      static {
        map(this, [], { view: { query: select(User.id) } });
      }
    }
    expect(Wrong).toBeDefined();
    expect(() => Base.metadata.tables).toThrow(
      /Wrong.missing is the column "missing" of a view whose query does not return it. It returns "id"/,
    );
  });
});
