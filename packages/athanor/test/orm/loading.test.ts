import { and, createSyncEngine, func, InvalidRequestError, integer, LazyLoadError, select, varchar } from "athanor";
import {
  aliased,
  containsEager,
  declarativeBase,
  inspect,
  joinedload,
  lazyload,
  loadOnly,
  many,
  map,
  noload,
  one,
  oneOrNone,
  raiseload,
  SyncSession,
  selectinload,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Employee, OrgBase, Room } from "../oracle/orm-models/org.ts";
import { Order, OrderItem, Product, ShopBase, User } from "../oracle/orm-models/shop.ts";
import { type OracleDatabase, oracleDatabase } from "./support/oracle-database.ts";

let shop: OracleDatabase;
beforeEach(() => {
  shop = oracleDatabase(ShopBase);
});
afterEach(() => shop.engine.dispose());

/** How many statements some work sends. */
function count(work: () => unknown, database = shop): number {
  database.sent();
  work();
  return database.sent().length;
}

describe("what is read from rows", () => {
  test("one row is one object, whatever query finds it", () => {
    using session = new SyncSession(shop.engine);
    const [first] = session.scalars(select(User).orderBy(User.id)).all();
    expect(session.scalars(select(User).where(User.name.eq("Alice"))).one()).toBe(first);
    const [row] = session.execute(select(Order, User).join(Order.user).orderBy(Order.id)).all();
    expect(row?.[1]).toBe(first);
  });

  test("an object that is there keeps its changes, unless it is to be overwritten", () => {
    using session = new SyncSession(shop.engine, { autoflush: false });
    const alice = session.getOne(User, 1);
    alice.name = "mine";
    session.scalars(select(User)).all();
    expect(alice.name).toBe("mine");
    session.scalars(select(User).executionOptions({ populateExisting: true })).all();
    expect(alice.name).toBe("Alice");
    expect(session.dirty.size).toBe(0);
  });

  test("an outer join that finds nothing gives null", () => {
    using session = new SyncSession(shop.engine);
    const rows = session.execute(select(User, Order).outerJoin(User.orders).where(User.id.eq(4))).all();
    expect(rows.map(([user, order]) => [user.name, order])).toEqual([["Dave", null]]);
  });

  test("entities stand beside expressions, under their names", () => {
    using session = new SyncSession(shop.engine);
    const other = aliased(User, "other");
    const row = session
      .execute(
        select(User, other, func.count(Order.id).label("orders"))
          .join(User.orders)
          .join(other, other.id.eq(2))
          .where(User.id.eq(1))
          .groupBy(User.id, other.id),
      )
      .one();
    expect(row.orders).toBe(2);
    expect(row.other.name).toBe("Bob");
    expect(row[0].name).toBe("Alice");
  });

  test("loadOnly loads the rest when it is read, column by column", () => {
    using session = new SyncSession(shop.engine);
    const alice = session.scalars(select(User).where(User.id.eq(1)).options(loadOnly(User.name))).one();
    expect(Object.keys(alice)).toEqual(["id", "name"]);
    expect(count(() => expect(alice.email).toBe("alice@example.com"))).toBe(1);
    expect(inspect(alice).unloaded).toContain("role");
  });

  test("a later query fills what an object is missing", () => {
    using session = new SyncSession(shop.engine);
    const alice = session.scalars(select(User).where(User.id.eq(1)).options(loadOnly(User.name))).one();
    alice.role = "owner";
    session.scalars(select(User), undefined, { autoflush: false }).all();
    expect(count(() => alice.email)).toBe(0);
    expect(alice.role).toBe("owner");
  });
});

test("a statement built anew with another alias is the same statement", () => {
  const build = (id: number) => {
    const other = aliased(User, "other");
    return select(other, Order)
      .join(other.orders)
      .where(other.id.eq(id))
      .options(selectinload(other.orders.and(Order.total.gt(id))));
  };
  expect(build(1).$key.text).toBe(build(2).$key.text);
  using session = new SyncSession(shop.engine);
  const ids = [1, 2].map((id) =>
    session
      .execute(build(id))
      .all()
      .map(([user]) => user.id),
  );
  expect(ids).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

describe("relationships beside the query", () => {
  test("selectinload asks for 500 keys at a time", () => {
    using session = new SyncSession(shop.engine);
    session.addAll(
      Array.from({ length: 1097 }, (_, i) => new User({ email: `${i}@x`, name: `${i}`, orders: [new Order({})] })),
    );
    session.commit();
    session.expungeAll();
    shop.sent();
    const users = session.scalars(select(User).options(selectinload(User.orders))).all();
    const lengths = shop.sent().map(({ parameters }) => parameters.length);
    expect(lengths).toEqual([0, 500, 500, 102]);
    expect(users.flatMap(({ orders }) => orders)).toHaveLength(1102);
  });

  test("members know their parent, without a statement", () => {
    using session = new SyncSession(shop.engine);
    const [alice] = session.scalars(select(User).options(selectinload(User.orders)).orderBy(User.id)).all();
    expect(count(() => expect(alice?.orders[0]?.user).toBe(alice))).toBe(0);
  });

  test("members know their parent also where that is mapped to be refused", () => {
    const Base = declarativeBase({ defaultLazy: "raise" });
    class Account extends Base.model("account", {
      id: integer().primaryKey(),
      get invoices() {
        return many(() => Invoice, { backPopulates: "account" });
      },
    }) {
      static {
        map(this);
      }
    }
    class Invoice extends Base.model("invoice", {
      id: integer().primaryKey(),
      accountId: integer().references(() => Account.id),
      get account() {
        return one(() => Account, { backPopulates: "invoices" });
      },
    }) {
      static {
        map(this);
      }
    }
    const engine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(engine);
    using session = new SyncSession(engine);
    session.add(new Account({ invoices: [new Invoice({})] }));
    session.commit();
    session.expungeAll();
    for (const load of [selectinload(Account.invoices), joinedload(Account.invoices)]) {
      const account = session.scalars(select(Account).options(load)).unique().one();
      expect(account.invoices[0]?.account).toBe(account);
      session.expungeAll();
    }
    const invoice = session.scalars(select(Invoice)).one();
    expect(() => invoice.account).toThrow(/lazy: "raise"/);
    session.close();
    engine.dispose();
  });

  test("a many-to-one is looked up in the session first", () => {
    using session = new SyncSession(shop.engine);
    session.scalars(select(User)).all();
    expect(count(() => session.scalars(select(Order).options(selectinload(Order.user))).all())).toBe(1);
  });

  test("what is loaded stays; what lies beyond it is loaded", () => {
    using session = new SyncSession(shop.engine);
    const bob = session.scalars(select(User).where(User.id.eq(2)).options(selectinload(User.orders))).one();
    const { orders } = bob;
    orders.pop();
    const query = select(User).options(selectinload(User.orders).selectinload(Order.items));
    session.scalars(query, undefined, { autoflush: false }).all();
    expect(orders).toHaveLength(1);
    expect(count(() => expect(orders[0]?.items).toHaveLength(1))).toBe(0);
  });

  test("a collection takes in what was added before it was loaded", () => {
    using session = new SyncSession(shop.engine, { autoflush: false });
    const bob = session.getOne(User, 2);
    const order = new Order({ total: 1 });
    order.user = bob;
    session.add(order);
    session.scalars(select(User).options(selectinload(User.orders))).all();
    expect(bob.orders).toHaveLength(3);
    expect(bob.orders.at(-1)).toBe(order);
  });

  test("criteria take the values of each execution", () => {
    using session = new SyncSession(shop.engine);
    const idsAbove = (total: number) => {
      session.expungeAll();
      const query = select(User)
        .options(selectinload(User.orders.and(Order.total.gt(total))))
        .orderBy(User.id);
      return session
        .scalars(query)
        .all()
        .map(({ orders }) => orders.map(({ id }) => id));
    };
    expect(idsAbove(50)).toEqual([[1], [4], [], [], []]);
    expect(idsAbove(100)).toEqual([[], [4], [], [], []]);
    expect(idsAbove(0)).toEqual([[1, 2], [3, 4], [5], [], []]);
  });

  test("recursionDepth goes as deep as it says, or to the end", () => {
    const org = oracleDatabase(OrgBase);
    using session = new SyncSession(org.engine);
    const bosses = (recursionDepth: number) =>
      select(Employee).where(Employee.managerId.is(null)).options(selectinload(Employee.reports, { recursionDepth }));
    expect(count(() => session.scalars(bosses(1)).all(), org)).toBe(3);
    session.expungeAll();
    expect(count(() => session.scalars(bosses(-1)).all(), org)).toBe(4);
    const names = (employees: readonly Employee[]): unknown[] =>
      employees.map(({ name, reports }) => [name, names(reports)]);
    expect(count(() => expect(JSON.stringify(names(session.scalars(bosses(-1)).all()))).toContain("Ken"), org)).toBe(1);
    org.engine.dispose();
  });

  test("a key of several columns", () => {
    const org = oracleDatabase(OrgBase);
    using session = new SyncSession(org.engine);
    const rooms = session
      .scalars(select(Room).options(selectinload(Room.site)).orderBy(Room.country, Room.number))
      .all();
    expect(rooms.map(({ site }) => site.city)).toEqual(["Berlin", "Berlin", "Paris", "Lyon"]);
    org.engine.dispose();
  });
});

describe("relationships in the same rows", () => {
  test("a joined collection wants a result without repetitions", () => {
    using session = new SyncSession(shop.engine);
    const query = select(User).options(joinedload(User.orders));
    expect(() => session.scalars(query).all()).toThrow(InvalidRequestError);
    expect(session.scalars(query).unique().all()).toHaveLength(5);
  });

  test("two joined collections do not multiply each other", () => {
    using session = new SyncSession(shop.engine);
    const query = select(Product).options(joinedload(Product.tags), joinedload(Product.orderItems)).orderBy(Product.id);
    const products = session.scalars(query).unique().all();
    expect(products.map(({ tags, orderItems }) => [tags.length, orderItems.length])).toEqual([
      [2, 2],
      [1, 2],
      [0, 3],
      [1, 0],
    ]);
  });

  test("an inner join behind an outer one drops no rows", () => {
    using session = new SyncSession(shop.engine);
    const query = select(User).options(joinedload(User.orders).joinedload(Order.items, { innerJoin: true }));
    expect(session.scalars(query).unique().all()).toHaveLength(5);
  });

  test("containsEager keeps what the query has found, until it is to be overwritten", () => {
    using session = new SyncSession(shop.engine);
    const bob = session.getOne(User, 2);
    expect(bob.orders).toHaveLength(2);
    const query = select(User)
      .where(User.id.eq(2))
      .join(User.orders)
      .where(Order.status.eq("shipped"))
      .options(containsEager(User.orders));
    session.scalars(query).unique().all();
    expect(bob.orders).toHaveLength(2);
    session
      .scalars(query.executionOptions({ populateExisting: true }))
      .unique()
      .all();
    expect(bob.orders.map(({ status }) => status)).toEqual(["shipped"]);
  });

  test("DISTINCT and an expression in ORDER BY are kept inside", () => {
    using session = new SyncSession(shop.engine);
    const query = select(User)
      .join(User.orders)
      .distinct()
      .options(joinedload(User.orders))
      .orderBy(func.lower(User.name).desc());
    expect(
      session
        .scalars(query)
        .unique()
        .all()
        .map(({ name, orders }) => [name, orders.length]),
    ).toEqual([
      ["Carol", 1],
      ["Bob", 2],
      ["Alice", 2],
    ]);
  });
});

describe("when an attribute is read", () => {
  test("options reach what is loaded later", () => {
    using session = new SyncSession(shop.engine);
    const query = select(User)
      .where(User.id.eq(2))
      .options(lazyload(User.orders.and(Order.total.gt(50))).selectinload(Order.items));
    const bob = session.scalars(query).one();
    expect(count(() => expect(bob.orders.map(({ id }) => id)).toEqual([4]))).toBe(2);
    expect(count(() => expect(bob.orders[0]?.items).toHaveLength(3))).toBe(0);
  });

  test("a foreign key that is null, and an object that is there, take no statement", () => {
    const org = oracleDatabase(OrgBase);
    using session = new SyncSession(org.engine);
    const employees = session.scalars(select(Employee).orderBy(Employee.id)).all();
    expect(count(() => expect(employees.map(({ manager }) => manager?.name ?? null)).toContain("Mary"), org)).toBe(0);
    org.engine.dispose();
  });

  test("raiseload refuses; with sqlOnly it gives what is there", () => {
    using session = new SyncSession(shop.engine);
    const query = select(Order).where(Order.id.eq(1));
    const order = session
      .scalars(query.options(raiseload(Order.user), raiseload(Order.items, { sqlOnly: true })))
      .one();
    expect(() => order.user).toThrow(LazyLoadError);
    expect(() => order.items).toThrow(/Order\.items is not loaded.*raiseload/);
    session.expungeAll();
    const again = session.scalars(query.options(raiseload("*", { sqlOnly: true }))).one();
    expect(() => again.user).toThrow(LazyLoadError);
    const alice = session.getOne(User, 1);
    expect(again.user).toBe(alice);
  });

  test('raiseload("*") spares what is named, and reaches what is loaded along', () => {
    using session = new SyncSession(shop.engine);
    const query = select(Order).where(Order.id.eq(1)).options(joinedload(Order.user), raiseload("*"));
    const order = session.scalars(query).one();
    expect(order.user.name).toBe("Alice");
    expect(() => order.items).toThrow(LazyLoadError);
    expect(() => order.user.profile).toThrow(LazyLoadError);
  });

  test("noload leaves a relationship empty", () => {
    using session = new SyncSession(shop.engine);
    const bob = session
      .scalars(select(User).where(User.id.eq(2)).options(noload(User.orders), noload(User.profile)))
      .one();
    expect(count(() => expect([bob.orders, bob.profile]).toEqual([[], null]))).toBe(0);
  });
});

describe("options", () => {
  test("name the step that does not fit", () => {
    using session = new SyncSession(shop.engine);
    expect(() => session.scalars(select(User).options(joinedload(Order.items))).all()).toThrow(
      "The option joinedload(Order.items) starts at Order, which the query does not select; it selects User.",
    );
    expect(() =>
      // @ts-expect-error the path has led to Order
      select(User).options(selectinload(User.orders).joinedload(User.profile)),
    ).toThrow("selectinload(User.orders).joinedload(User.profile): User.profile does not start at Order");
    // @ts-expect-error a column is nothing to load
    expect(() => selectinload(User.email)).toThrow("selectinload() takes a relationship");
    // @ts-expect-error columns of where the path stands
    expect(() => select(User).options(selectinload(User.orders).loadOnly(User.id))).toThrow("id is no column of Order");
    expect(() => select(User).options(selectinload(User.orders, { recursionDepth: 2 }))).toThrow("refer to themselves");
  });

  test("the last one for a relationship counts", () => {
    using session = new SyncSession(shop.engine);
    const query = select(User).where(User.id.eq(1)).options(joinedload(User.orders), selectinload(User.orders));
    expect(count(() => session.scalars(query).all())).toBe(2);
  });

  test("defaults of the mapping apply, do not go in circles, and can be overruled", () => {
    const Base = declarativeBase();
    class Home extends Base.model("home", {
      id: integer().primaryKey(),
      get owners() {
        return many(() => Person, { backPopulates: "home", lazy: "joined" });
      },
    }) {
      static {
        map(this);
      }
    }
    class Person extends Base.model("person", {
      id: integer().primaryKey(),
      get homeId() {
        return integer().references(() => Home.id);
      },
      get home() {
        return one(() => Home, { backPopulates: "owners", lazy: "joined" });
      },
      get pets() {
        return many(() => Pet, { lazy: "selectin", orderBy: () => Pet.id });
      },
    }) {
      static {
        map(this);
      }
    }
    class Pet extends Base.model("pet", {
      id: integer().primaryKey(),
      personId: integer().references(() => Person.id),
    }) {
      static {
        map(this);
      }
    }
    const engine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(engine);
    const database = { engine, sent: () => shop.sent() };
    using session = new SyncSession(engine);
    session.add(new Person({ home: new Home({}), pets: [new Pet({}), new Pet({})] }));
    session.commit();
    session.expungeAll();
    const [person] = session.scalars(select(Person)).all();
    expect(inspect(person as Person).unloaded).toEqual([]);
    expect(inspect((person as Person).home).unloaded).toEqual(["owners"]);
    session.expungeAll();
    const [lazy] = session.scalars(select(Person).options(lazyload("*"))).all();
    expect(inspect(lazy as Person).unloaded).toEqual(["home", "pets"]);
    database.engine.dispose();
  });
});

describe("conditions of a user's own", () => {
  const Base = declarativeBase();
  class Shelf extends Base.model("shelf", {
    id: integer().primaryKey(),
    topic: varchar(20),
    get books() {
      return many(() => Book, { backPopulates: "shelf" });
    },
    get fresh() {
      return many(() => Book, {
        viewOnly: true,
        primaryJoin: () => and(Book.shelfId.eq(Shelf.id), Book.year.gt(2000)),
      });
    },
    get fitting() {
      return many(() => Book, {
        viewOnly: true,
        primaryJoin: () => and(Book.shelfId.eq(Shelf.id), Book.topic.eq(Shelf.topic)),
      });
    },
  }) {
    static {
      map(this);
    }
  }
  class Book extends Base.model("book", {
    id: integer().primaryKey(),
    shelfId: integer().references(() => Shelf.id),
    topic: varchar(20),
    year: integer(),
    get shelf() {
      return oneOrNone(() => Shelf, { backPopulates: "books" });
    },
  }) {
    static {
      map(this);
    }
  }

  test("are loaded with every strategy", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(engine);
    using session = new SyncSession(engine);
    session.add(
      new Shelf({
        topic: "sql",
        books: [
          new Book({ topic: "sql", year: 1992 }),
          new Book({ topic: "sql", year: 2016 }),
          new Book({ topic: "cooking", year: 2020 }),
        ],
      }),
    );
    session.commit();
    const load = [
      () => select(Shelf),
      () => select(Shelf).options(selectinload(Shelf.fresh), selectinload(Shelf.fitting)),
      () => select(Shelf).options(joinedload(Shelf.fresh), joinedload(Shelf.fitting)),
    ];
    for (const build of load) {
      session.expungeAll();
      const shelf = session.scalars(build()).unique().one();
      expect(shelf.fresh.map(({ year }) => year).toSorted()).toEqual([2016, 2020]);
      expect(shelf.fitting.map(({ year }) => year).toSorted()).toEqual([1992, 2016]);
    }
    engine.dispose();
  });
});

test("an item of another statement's rows", () => {
  using session = new SyncSession(shop.engine);
  const items = session
    .scalars(select(OrderItem).options(selectinload(OrderItem.product), selectinload(OrderItem.order)))
    .all();
  expect(items.every((item) => item.order.id === item.orderId && item.product.id === item.productId)).toBe(true);
});
