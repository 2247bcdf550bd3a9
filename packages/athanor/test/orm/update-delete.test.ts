import {
  bindparam,
  caseOf,
  caseWhen,
  deleteFrom,
  func,
  InvalidRequestError,
  insert,
  integer,
  StaleDataError,
  select,
  sqlText,
  update,
} from "athanor";
import { inspect, SyncSession } from "athanor/orm";
import { insert as upsert } from "athanor/sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Order, OrderItem, Product, ShopBase, Tag, User } from "../oracle/orm-models/shop.ts";
import { type OracleDatabase, oracleDatabase } from "./support/oracle-database.ts";

let shop: OracleDatabase;
beforeEach(() => {
  shop = oracleDatabase(ShopBase);
});
afterEach(() => shop.engine.dispose());

const changing = () => shop.sent().filter(({ sql }) => /^(UPDATE|DELETE)/.test(sql));

describe("UPDATE of a model", () => {
  test("changes the objects that its condition meets, without asking", () => {
    using session = new SyncSession(shop.engine);
    const users = session.scalars(select(User).orderBy(User.id)).all();
    shop.sent();
    const { rowCount } = session.execute(
      update(User).where(User.role.eq("user"), User.id.gt(2)).values({ role: "guest" }),
    );
    expect(rowCount).toBe(2);
    expect(users.map(({ role }) => role)).toEqual(["admin", "user", "guest", "editor", "guest"]);
    expect(shop.sent()).toHaveLength(1);
    expect(session.dirty.size).toBe(0);
  });

  test("computes what can be computed, and looks the rest up again", () => {
    using session = new SyncSession(shop.engine);
    const product = session.getOne(Product, 1);
    session.execute(
      update(Product)
        .where(Product.id.eq(1))
        .values({ stock: Product.stock.sub(1), name: func.upper(Product.name) }),
    );
    expect(product.stock).toBe(99);
    expect(inspect(product).unloaded).toContain("name");
    expect(product.name).toBe("WIDGET A");
  });

  test("asks which rows it met where only the database can tell", () => {
    using session = new SyncSession(shop.engine);
    const users = session.scalars(select(User).orderBy(User.id)).all();
    shop.sent();
    session.execute(update(User).where(func.length(User.name).eq(3)).values({ role: "short" }));
    expect(changing().map(({ sql }) => sql)).toEqual([
      "UPDATE users SET role = ? WHERE length(users.name) = ? RETURNING id",
    ]);
    expect(users.map(({ role }) => role)).toEqual(["admin", "short", "user", "editor", "short"]);
    const query = update(User).where(func.length(User.name).eq(3)).values({ role: "x" });
    expect(() => session.execute(query, undefined, { synchronizeSession: "evaluate" })).toThrow(InvalidRequestError);
  });

  test("on request it always asks, or leaves the objects alone", () => {
    using session = new SyncSession(shop.engine);
    const bob = session.getOne(User, 2);
    shop.sent();
    session.execute(
      update(User).where(User.id.eq(2)).values({ active: false }).executionOptions({ synchronizeSession: "fetch" }),
    );
    expect(changing()[0]?.sql).toContain("RETURNING id");
    expect(bob.active).toBe(false);
    session.execute(
      update(User).where(User.id.eq(2)).values({ active: true }).executionOptions({ synchronizeSession: false }),
    );
    expect(bob.active).toBe(false);
  });

  test("pending changes are written before", () => {
    using session = new SyncSession(shop.engine);
    const bob = session.getOne(User, 2);
    bob.role = "chief";
    session.execute(update(User).where(User.role.eq("chief")).values({ name: "Robert" }));
    expect(bob.name).toBe("Robert");
  });

  test("a foreign key that changes leads elsewhere", () => {
    using session = new SyncSession(shop.engine);
    const order = session.getOne(Order, 3);
    expect(order.user.name).toBe("Bob");
    session.execute(update(Order).where(Order.id.eq(3)).values({ userId: 1 }));
    expect(order.user.name).toBe("Alice");
  });

  test("RETURNING gives objects, with what their rows hold now", () => {
    using session = new SyncSession(shop.engine);
    const product = session.getOne(Product, 1);
    const query = update(Product)
      .where(Product.stock.gt(10))
      .values({ stock: Product.stock.sub(1) })
      .returning(Product);
    const products = session.scalars(query).all();
    expect(products).toContain(product);
    expect(products.map(({ stock }) => stock).toSorted()).toEqual([49, 99]);
  });

  test("a rollback brings objects back", () => {
    using session = new SyncSession(shop.engine);
    const bob = session.getOne(User, 2);
    session.execute(update(User).where(User.id.eq(2)).values({ name: "x" }));
    session.rollback();
    expect(bob.name).toBe("Bob");
  });

  test("values of conditions may come with the execution", () => {
    using session = new SyncSession(shop.engine);
    const tag = session.getOne(Tag, 2);
    session.execute(
      update(Tag)
        .where(Tag.id.eq(bindparam("wanted", integer())))
        .values({ name: "fresh" }),
      { wanted: 2 } as never,
    );
    expect(tag.name).toBe("fresh");
  });

  test("with a list of rows each is found by its key", () => {
    using session = new SyncSession(shop.engine);
    const tag = session.getOne(Tag, 1);
    shop.sent();
    session.execute(update(Tag), [
      { id: 1, name: "n1" },
      { id: 2, name: "n2" },
    ]);
    expect(shop.sent()).toHaveLength(1);
    expect(tag.name).toBe("n1");
    expect(() => session.execute(update(Tag), [{ name: "x" }])).toThrow(/primary key/);
    expect(() => session.execute(update(Tag), [{ id: 99, name: "x" }])).toThrow(StaleDataError);
    expect(() => session.execute(update(Tag).where(Tag.name.eq("x")), [{ id: 1, name: "y" }])).toThrow(
      InvalidRequestError,
    );
  });
});

describe("the conditions that are evaluated", () => {
  const conditions = {
    eq: User.id.eq(2),
    ne: User.name.ne("Bob"),
    lt: User.id.lt(3),
    between: User.id.between(2, 4),
    in: User.name.in(["Bob", "Eve"]),
    notIn: User.id.notIn([1, 2]),
    boolean: User.active,
    date: User.createdAt.ge(new Date("2024-01-03T09:00:00Z")),
    null: User.name.is(null),
    arithmetic: User.id.add(1).mul(2).gt(6),
    concatenated: User.name.concat("!").eq("Bob!"),
    distinct: User.name.isDistinctFrom("Bob"),
    case: caseWhen(User.id.gt(3), 1).when(User.id.gt(1), 2).else(3).eq(2),
    "case of": caseOf(User.id).when(1, "one").when(2, "two").else("many").eq("two"),
    coalesce: func.coalesce(func.nullif(User.name, "Bob"), "none").eq("none"),
    nullif: func.nullif(User.id, 2).is(null),
    absolute: func.abs(User.id.sub(3)).eq(1),
  };
  test.each(Object.entries(conditions))("%s: as the database answers", (_name, condition) => {
    using session = new SyncSession(shop.engine);
    const users = session.scalars(select(User)).all();
    shop.sent();
    session.execute(update(User).where(condition).values({ role: "met" }));
    expect(changing()[0]?.sql).not.toContain("RETURNING");
    const met = users.filter(({ role }) => role === "met").map(({ id }) => id);
    const ids = session.execute(sqlText("SELECT id FROM users WHERE role = 'met'")).scalars().all();
    expect(met.toSorted()).toEqual(ids.toSorted());
  });
});

describe("DELETE of a model", () => {
  test("takes the objects out of the session", () => {
    using session = new SyncSession(shop.engine);
    const item = session.getOne(OrderItem, 2);
    const kept = session.getOne(OrderItem, 1);
    const { rowCount } = session.execute(deleteFrom(OrderItem).where(OrderItem.quantity.eq(1)));
    expect(rowCount).toBe(4);
    expect(inspect(item).deleted).toBe(true);
    expect(inspect(kept).persistent).toBe(true);
    expect(session.get(OrderItem, 2)).toBeNull();
    session.rollback();
    expect(inspect(item).persistent).toBe(true);
  });

  test("with a subquery the database tells which", () => {
    using session = new SyncSession(shop.engine);
    const item = session.getOne(OrderItem, 7);
    const cancelled = select(Order.id).where(Order.status.eq("cancelled"));
    session.execute(deleteFrom(OrderItem).where(OrderItem.orderId.in(cancelled)));
    expect(inspect(item).deleted).toBe(true);
  });
});

describe("INSERT of a model", () => {
  test("gives objects of the session", () => {
    using session = new SyncSession(shop.engine);
    const tags = session
      .scalars(insert(Tag).returning(Tag, { sortByParameterOrder: true }), [{ name: "z" }, { name: "y" }])
      .all();
    expect(tags.map(({ name }) => name)).toEqual(["z", "y"]);
    expect(session.get(Tag, tags[0]?.id ?? 0)).toBe(tags[0]);
    expect(inspect(tags[0] as Tag).persistent).toBe(true);
  });

  test("rows with different columns go in groups", () => {
    using session = new SyncSession(shop.engine);
    shop.sent();
    const { rowCount } = session.execute(insert(Order), [{ userId: 1 }, { userId: 2 }, { userId: 1, total: 9.5 }]);
    expect(rowCount).toBe(3);
    expect(shop.sent()).toHaveLength(2);
  });

  test("an upsert shows its values in objects that are there on request", () => {
    using session = new SyncSession(shop.engine);
    const tag = session.getOne(Tag, 1);
    const statement = upsert(Tag).values([
      { id: 1, name: "upserted" },
      { id: 8, name: "brand new" },
    ]);
    const merged = statement
      .onConflictDoUpdate({ indexElements: [Tag.id], set: { name: statement.excluded.name } })
      .returning(Tag);
    const names = session
      .scalars(merged, undefined, { populateExisting: true })
      .all()
      .map(({ name }) => name);
    expect(names.toSorted()).toEqual(["brand new", "upserted"]);
    expect(tag.name).toBe("upserted");
  });
});

test("text gives objects when it is told which", () => {
  using session = new SyncSession(shop.engine);
  const text = sqlText("SELECT id, name FROM tags WHERE name = :name", { name: "sale" });
  const tag = session.scalars(text.columns(Tag as never)).one();
  expect(tag).toBe(session.getOne(Tag, 2));
});
