// Classes that are mapped to what was there before them: tables and queries.
import { describe, expect, test } from "vitest";
import { InvalidRequestError } from "../../src/errors/errors.ts";
import {
  createEngine,
  createSyncEngine,
  deleteFrom,
  func,
  insert,
  integer,
  MetaData,
  select,
  table,
  update,
  varchar,
} from "../../src/index.ts";
import {
  aliased,
  declarativeBase,
  inspect,
  joinedload,
  many,
  map,
  one,
  SyncSession,
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

  forEachDatabase((database) => {
    test("keeps each object in several tables that share a key", async () => {
      const metadata = new MetaData();
      const people = table("people", metadata, {
        id: integer().primaryKey(),
        name: varchar(50),
        version: integer().nullable(),
      });
      const details = table("details", metadata, {
        id: integer()
          .primaryKey()
          .references(() => people.c.id),
        bio: varchar(50).nullable(),
        city: varchar(20).default("Rome"),
      });
      const notes = table("notes", metadata, {
        id: integer().primaryKey(),
        personId: integer().references(() => people.c.id),
        text: varchar(20),
      });
      const Base = declarativeBase({ metadata });
      class Person extends Base.modelOf([people, details], {
        get notes() {
          return many(() => Note, { backPopulates: "person", cascade: "all, delete-orphan" });
        },
      }) {
        static {
          map(this, [], { versionId: "version" });
        }
      }
      class Note extends Base.modelOf(notes, {
        get person() {
          return one(() => Person, { backPopulates: "notes" });
        },
      }) {
        static {
          map(this);
        }
      }
      const engine = createEngine(database.url);
      await metadata.createAll(engine);
      await using session = sessionmaker(engine)();
      const bios = async () =>
        (await session.execute(select(details.c.id, details.c.bio, details.c.city).orderBy(details.c.id))).all();
      const names = async () =>
        (await session.execute(select(people.c.id, people.c.name, people.c.version).orderBy(people.c.id))).all();
      session.addAll([
        new Person({ name: "a", bio: "x", notes: [new Note({ text: "n" })] }),
        new Person({ name: "b" }),
      ]);
      await session.commit();
      expect(await names()).toEqual([
        [1, "a", 1],
        [2, "b", 1],
      ]);
      expect(await bios()).toEqual([
        [1, "x", "Rome"],
        [2, null, "Rome"],
      ]);
      const [a, b] = await session
        .scalars(select(Person).options(selectinload(Person.notes)).where(Person.city.eq("Rome")).orderBy(Person.name))
        .all();
      if (a === undefined || b === undefined) throw new Error("Both are there.");
      expect([a.id, a.name, a.bio, a.city, a.notes.length]).toEqual([1, "a", "x", "Rome", 1]);
      expect(await session.get(Person, 1)).toBe(a);
      a.bio = "y";
      b.name = "c";
      await session.commit();
      expect(await names()).toEqual([
        [1, "a", 2],
        [2, "c", 2],
      ]);
      expect(await bios()).toEqual([
        [1, "y", "Rome"],
        [2, null, "Rome"],
      ]);
      await session.refresh(a);
      expect(a.bio).toBe("y");
      const note = await session.scalars(select(Note).options(joinedload(Note.person))).one();
      expect(note.person).toBe(a);
      await session.delete(a);
      await session.commit();
      expect(await names()).toEqual([[2, "c", 2]]);
      expect((await bios()).length).toBe(1);
      // Statements change the tables that have the columns.
      await session.execute(insert(Person), [{ id: 5, name: "e", bio: "z", city: "Oslo", version: 1 }]);
      await session.execute(update(Person).where(Person.name.eq("e")).values({ name: "f", city: "Bonn" }));
      expect(await session.scalars(select(people.c.name).where(people.c.id.eq(5))).all()).toEqual(["f"]);
      expect((await bios())[1]).toEqual([5, "z", "Bonn"]);
      await session.execute(deleteFrom(Person).where(Person.city.eq("Bonn")));
      expect((await names()).length).toBe(1);
      expect((await bios()).length).toBe(1);
      await session.commit();
      await session.close();
      await metadata.dropAll(engine);
      await engine.dispose();
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

  test("has the keys of its tables in common", () => {
    const { users, orders } = tables();
    const metadata = new MetaData();
    const a = table("a", metadata, { id: integer().primaryKey(), name: varchar(9) });
    const b = table("b", metadata, {
      aId: integer()
        .primaryKey()
        .references(() => a.c.id),
      name: varchar(9),
      title: varchar(9),
    });
    const Base = declarativeBase();
    expect(() => Base.modelOf([users, users])).toThrow(/takes a list of different tables/);
    class Apart extends Base.modelOf([users, orders]) {
      static {
        map(this);
      }
    }
    expect(() => select(Apart)).toThrow(/that of "orders" is no foreign key to the primary key of "users"/);
    const Second = declarativeBase();
    class Twice extends Second.modelOf([a, b]) {
      static {
        map(this);
      }
    }
    expect(() => select(Twice)).toThrow(/Twice.name: both a.name and b.name are called so/);
    const Third = declarativeBase();
    class Once extends Third.modelOf([a, b]) {
      static {
        map(this, [], { includeProperties: ["title"] });
      }
    }
    expect(inspect(Once).columns.map(({ key }) => key)).toEqual(["id", "aId", "title"]);
    const Fourth = declarativeBase();
    class Rekeyed extends Fourth.modelOf([a, b]) {
      static {
        map(this, [], { excludeProperties: ["name"], primaryKey: ["title"] });
      }
    }
    expect(() => select(Rekeyed)).toThrow(/Rekeyed: the key of several tables is their primary key/);
    const Fifth = declarativeBase();
    expect(() => {
      class Adding extends Fifth.modelOf([a, b], { more: integer() }) {
        static {
          map(this);
        }
      }
      return Adding;
    }).toThrow(/Adding.more: the columns of a class of several tables are declared by/);
  });

  test("is inherited from with tables of their own", () => {
    const metadata = new MetaData();
    const films = table("films", metadata, { id: integer().primaryKey(), kind: varchar(9).nullable() });
    const plots = table("plots", metadata, {
      id: integer()
        .primaryKey()
        .references(() => films.c.id),
      plot: varchar(9),
    });
    const Base = declarativeBase({ metadata });
    class Film extends Base.modelOf([films, plots]) {
      static {
        map(this, [], { polymorphicOn: "kind", polymorphicIdentity: "film" });
      }
    }
    class Short extends Film.inherit(
      "shorts",
      {
        id: integer()
          .primaryKey()
          .references(() => Film.id),
        minutes: integer(),
      },
      { polymorphicIdentity: "short" },
    ) {
      static {
        map(this);
      }
    }
    const engine = createSyncEngine("sqlite:///:memory:");
    metadata.createAll(engine);
    using session = new SyncSession(engine);
    session.add(new Short({ plot: "x", minutes: 3 }));
    session.add(new Film({ plot: "y" }));
    session.commit();
    session.expungeAll();
    const all = session.scalars(select(Film).orderBy(Film.plot)).all();
    expect(all.map((film) => [film instanceof Short, film.plot, film.kind])).toEqual([
      [true, "x", "short"],
      [false, "y", "film"],
    ]);
    for (const film of all) session.delete(film);
    session.commit();
    expect(session.execute(select(plots)).all()).toEqual([]);
    class Long extends Film.inherit({ parts: integer() }, { polymorphicIdentity: "long" }) {
      static {
        map(this);
      }
    }
    expect(() => select(Long)).toThrow(/Long: Film has several tables, none of which can be given columns/);
  });

  test("may call the key that its tables share by two names", () => {
    const metadata = new MetaData();
    const films = table("films", metadata, { id: integer().primaryKey(), title: varchar(9) });
    const plots = table("plots", metadata, {
      filmId: integer()
        .primaryKey()
        .references(() => films.c.id),
      plot: varchar(9),
    });
    const Base = declarativeBase({ metadata });
    class Film extends Base.modelOf([films, plots]) {
      static {
        map(this);
      }
    }
    const engine = createSyncEngine("sqlite:///:memory:");
    metadata.createAll(engine);
    using session = new SyncSession(engine);
    const film = new Film({ title: "x", plot: "y" });
    session.add(film);
    session.commit();
    expect([film.id, film.filmId, film.plot]).toEqual([1, 1, "y"]);
    session.expungeAll();
    const [again] = session.scalars(select(Film).where(Film.filmId.eq(1))).all();
    expect({ ...again }).toEqual({ id: 1, filmId: 1, title: "x", plot: "y" });
    if (again !== undefined) again.plot = "z";
    session.commit();
    expect(session.execute(select(plots)).all().length).toBe(1);
    expect(session.scalars(select(plots.c.plot)).all()).toEqual(["z"]);
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
