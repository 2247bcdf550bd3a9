// Classes that are mapped to what was there before them: tables and queries.
import { describe, expect, test } from "vitest";
import { InvalidRequestError } from "../../src/errors/errors.ts";
import { createEngine, func, insert, integer, MetaData, select, table, varchar } from "../../src/index.ts";
import {
  aliased,
  declarativeBase,
  inspect,
  joinedload,
  many,
  map,
  one,
  selectinload,
  sessionmaker,
} from "../../src/orm/index.ts";
import { forEachDatabase } from "../support/databases.ts";

function tables() {
  const metadata = new MetaData();
  const users = table("users", metadata, {
    id: integer().primaryKey(),
    name: varchar(50),
    secret: varchar(50).nullable(),
  });
  const orders = table("orders", metadata, {
    id: integer().primaryKey(),
    userId: integer().references(() => users.c.id),
    total: integer(),
  });
  return { metadata, users, orders };
}

function models() {
  const { metadata, users, orders } = tables();
  const Base = declarativeBase({ metadata });
  class User extends Base.modelOf(users, {
    get orders() {
      return many(() => Order, { backPopulates: "user", orderBy: () => Order.id });
    },
    get spending() {
      return many(() => Spending, { viewOnly: true });
    },
  }) {
    static {
      map(this, [], { excludeProperties: ["secret"] });
    }
    greeting(): string {
      return `Hello, ${this.name}`;
    }
  }
  class Order extends Base.modelOf(orders, {
    get user() {
      return one(() => User, { backPopulates: "orders" });
    },
  }) {
    static {
      map(this);
    }
  }
  const spending = select(orders.c.userId, func.sum(orders.c.total).label("total"), func.count(orders.c.id).label("n"))
    .groupBy(orders.c.userId)
    .subquery("spending");
  class Spending extends Base.modelOf(spending, {
    get user() {
      return one(() => User, { viewOnly: true });
    },
  }) {
    static {
      map(this, [], { primaryKey: ["userId"] });
    }
  }
  return { Base, User, Order, Spending, users, orders };
}

describe("a class that is mapped to what was there before it", () => {
  forEachDatabase((database) => {
    const set = async () => {
      const all = models();
      const engine = createEngine(database.url);
      await all.Base.metadata.createAll(engine);
      const session = sessionmaker(engine)();
      const end = async () => {
        await session.close();
        await all.Base.metadata.dropAll(engine);
        await engine.dispose();
      };
      return { ...all, engine, session, end };
    };

    test("keeps its objects in the table", async () => {
      const { User, Order, users, session, end } = await set();
      const user = new User({ name: "a" });
      user.orders.push(new Order({ total: 3 }));
      session.add(user);
      await session.commit();
      const loaded = await session.scalars(select(User).options(selectinload(User.orders))).one();
      expect(loaded.greeting()).toBe("Hello, a");
      expect(loaded.orders.map(({ userId, total }) => [userId, total])).toEqual([[1, 3]]);
      expect({ ...loaded }).not.toHaveProperty("secret");
      loaded.name = "b";
      await session.commit();
      expect(await session.scalars(select(users.c.name)).all()).toEqual(["b"]);
      const [order] = loaded.orders;
      if (order !== undefined) await session.delete(order);
      await session.flush();
      await session.delete(loaded);
      await session.commit();
      expect(await session.scalars(select(users.c.name)).all()).toEqual([]);
      await end();
    });

    test("reads its objects from a query", async () => {
      const { User, Order, Spending, session, end } = await set();
      await session.execute(insert(User), [
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ]);
      await session.execute(insert(Order), [
        { id: 1, userId: 1, total: 5 },
        { id: 2, userId: 1, total: 7 },
        { id: 3, userId: 2, total: 1 },
      ]);
      const shown = ({ userId, total, n }: { userId: number; total: unknown; n: number }) => [userId, Number(total), n];
      const all = await session.scalars(select(Spending).orderBy(Spending.userId)).all();
      expect(all.map(shown)).toEqual([
        [1, 12, 2],
        [2, 1, 1],
      ]);
      // By its key, under another name, through relationships in both directions.
      expect(await session.get(Spending, 1)).toBe(all[0]);
      expect(await session.get(Spending, 9)).toBeNull();
      const Other = aliased(Spending, "other");
      expect(await session.scalars(select(Other).where(Other.n.gt(1))).all()).toEqual([all[0]]);
      session.expungeAll();
      const loaded = await session
        .scalars(select(Spending).options(joinedload(Spending.user)).where(Spending.total.gt(5)))
        .all();
      expect(loaded.map(({ user }) => user.name)).toEqual(["a"]);
      for (const loader of [selectinload(User.spending), joinedload(User.spending)]) {
        session.expungeAll();
        const people = await session.scalars(select(User).options(loader).orderBy(User.id)).unique().all();
        expect(people.map((user) => user.spending.map(shown))).toEqual([[[1, 12, 2]], [[2, 1, 1]]]);
      }
      const rows = await session.execute(
        select(User.name, Spending.n).join(Spending, Spending.userId.eq(User.id)).orderBy(User.id),
      );
      expect(rows.all()).toEqual([
        ["a", 2],
        ["b", 1],
      ]);
      await end();
    });

    test("gets what its query says now when it is refreshed", async () => {
      const { User, Order, Spending, session, end } = await set();
      session.add(new User({ id: 1, name: "a", orders: [new Order({ id: 1, total: 5 })] }));
      await session.flush();
      const spending = await session.scalars(select(Spending)).one();
      session.add(new Order({ id: 2, userId: 1, total: 6 }));
      await session.flush();
      expect(spending.n).toBe(1);
      await session.refresh(spending);
      expect([Number(spending.total), spending.n]).toEqual([11, 2]);
      await end();
    });

    test("refuses to write what a query returns", async () => {
      const { User, Order, Spending, session, end } = await set();
      session.add(new User({ id: 1, name: "a", orders: [new Order({ id: 1, total: 5 })] }));
      await session.commit();
      const changes: (() => Promise<void> | void)[] = [
        () => session.add(new Spending({ userId: 7 })),
        async () => {
          const [spending] = await session.scalars(select(Spending)).all();
          if (spending !== undefined) spending.n = 9;
        },
        async () => session.delete(await session.scalars(select(Spending)).one()),
      ];
      for (const change of changes) {
        await change();
        const refused = await session.flush().catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(InvalidRequestError);
        expect(refused).toMatchObject({ code: "mapped-to-query" });
        expect(String(refused)).toMatch(
          /Objects of Spending cannot be added, changed or deleted: the class is mapped to the query "spending"/,
        );
        await session.rollback();
      }
      await end();
    });
  });

  test("stands in no metadata of the schema where it is a query", () => {
    const { Base, Spending } = models();
    expect([...Base.metadata.tables.keys()]).toEqual(["users", "orders"]);
    expect(inspect(Spending).primaryKey.map(({ key }) => key)).toEqual(["userId"]);
    expect(() => insert(Spending)).toThrow(/insert\(\) changes tables, and Spending is mapped to a query/);
  });

  test("is known by the primary keys that a query returns, where no other is named", () => {
    const { users, orders } = tables();
    const Base = declarativeBase();
    const both = select(users.c.id, users.c.name, orders.c.id.label("orderId")).join(orders).subquery("both");
    class Both extends Base.modelOf(both) {
      static {
        map(this);
      }
    }
    expect(inspect(Both).primaryKey.map(({ key }) => key)).toEqual(["id", "orderId"]);
  });

  test("says what is wrong with what it is mapped to", () => {
    const { users } = tables();
    const Base = declarativeBase();
    const names = select(users.c.name).subquery("names");
    expect(() => Base.modelOf(select(users.c.name) as never)).toThrow(/call .subquery\(\) on the SELECT/);
    expect(() => Base.modelOf("users" as never)).toThrow(/modelOf\(\) takes a table, or a query in the place of one/);
    expect(() => {
      class Name extends Base.modelOf(names, { age: integer() }) {
        static {
          map(this);
        }
      }
      return select(Name);
    }).toThrow(/Name.age is a column that the query "names" does not return. It returns "name"/);
    const Other = declarativeBase();
    class Keyless extends Other.modelOf(names) {
      static {
        map(this);
      }
    }
    expect(() => select(Keyless)).toThrow(/Keyless: the query "names" has no primary key.*primaryKey: \["…"\]/);
    const Third = declarativeBase();
    class Wrong extends Third.modelOf(names) {
      static {
        map(this, [], { primaryKey: ["nme"] });
      }
    }
    expect(() => select(Wrong)).toThrow(/Wrong: primaryKey names "nme", which is no column of "names"/);
  });
});
