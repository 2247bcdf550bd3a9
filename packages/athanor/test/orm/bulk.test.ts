import {
  ArgumentError,
  and,
  CompileError,
  createEngine,
  type Engine,
  insert,
  integer,
  numeric,
  StaleDataError,
  select,
  sqlText,
  unique,
  update,
  varchar,
} from "athanor";
import { declarativeBase, inspect, many, map, one, Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { refused } from "../support/refused.ts";
import { sent } from "./support/library.ts";

const Base = declarativeBase();

class Product extends Base.model("products", {
  id: integer().primaryKey(),
  sku: varchar(20).unique(),
  name: varchar(40).default("unnamed"),
  stock: integer().default(0),
  price: numeric(10, 2).default("0"),
  changes: integer()
    .default(0)
    .onUpdate(() => 7),
}) {
  static {
    map(this);
  }
}
/** Known by its key alone; counts its versions. */
class Setting extends Base.model("settings", {
  area: varchar(20).primaryKey(),
  name: varchar(20).primaryKey(),
  value: varchar(40),
  version: integer().default(1),
  get notes() {
    return many(() => Note, {
      backPopulates: "setting",
      cascade: "all, delete-orphan",
      foreignKeys: () => [Note.area, Note.name],
      primaryJoin: () => and(Setting.area.eq(Note.area), Setting.name.eq(Note.name)),
    });
  },
}) {
  static {
    map(this, [], { versionId: "version" });
  }
}
class Note extends Base.model("notes", {
  id: integer().primaryKey(),
  area: varchar(20),
  name: varchar(20),
  text: varchar(40),
  get setting() {
    return one(() => Setting, {
      backPopulates: "notes",
      foreignKeys: () => [Note.area, Note.name],
      primaryJoin: () => and(Setting.area.eq(Note.area), Setting.name.eq(Note.name)),
    });
  },
}) {
  static {
    map(this);
  }
}
class Account extends Base.model("accounts", {
  id: integer().primaryKey(),
  email: varchar(40).unique(),
  login: varchar(40),
}) {
  static {
    map(this, [unique().on(this.login)]);
  }
}

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.sharedUrl);
    await Base.metadata.createAll(engine);
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const writes = () => log().filter((each) => /^(INSERT|UPDATE|DELETE)/.test(each));

  describe("session.upsert()", () => {
    test("inserts rows and updates those that are there, and gives their objects in the same order", async () => {
      const widget = new Product({ sku: "W", name: "Widget", stock: 5 });
      session.add(widget);
      await session.commit();
      log();
      const products = await session.upsert(
        Product,
        [
          { sku: "N", name: "New", stock: 1 },
          { sku: "W", name: "Renamed", stock: 9 },
        ],
        { conflict: [Product.sku] },
      );
      expect(products[1]).toBe(widget);
      expect(products.map(({ sku, name, stock }) => [sku, name, stock])).toEqual([
        ["N", "New", 1],
        ["W", "Renamed", 9],
      ]);
      // What every UPDATE writes is written, and what was not given stays.
      expect([widget.changes, products[0]!.changes]).toEqual([7, 0]);
      expect(inspect(products[0]!).status).toBe("persistent");
      expect(session.dirty.size).toBe(0);
      expect(writes()).toHaveLength(1);
      products[0]!.stock = 3;
      await session.commit();
      expect(await session.scalars(select(Product.stock).orderBy(Product.sku)).all()).toEqual([3, 9]);
    });

    test("updates only what it is told to, or with what it is told", async () => {
      session.add(new Product({ sku: "A", name: "Old", stock: 5, price: "1.00" }));
      await session.commit();
      const row = { sku: "A", name: "New", stock: 2, price: "9.00" };
      const [some] = await session.upsert(Product, [row], { conflict: [Product.sku], update: [Product.price] });
      expect([some!.name, some!.stock, some!.price]).toEqual(["Old", 5, "9.00"]);
      const [added] = await session.upsert(Product, [row], {
        conflict: [Product.sku],
        update: (given) => ({ stock: Product.stock.add(given.stock) }),
      });
      expect([added!.name, added!.stock]).toEqual(["Old", 7]);
      const [left, right] = await session.upsert(Product, [row, { sku: "B" }], { conflict: [Product.sku], update: [] });
      expect([left!.stock, right!.name]).toEqual([7, "unnamed"]);
    });

    test("knows rows by a key of several columns, by default the primary key, and counts their versions", async () => {
      const [first] = await session.upsert(Setting, [{ area: "ui", name: "theme", value: "dark" }]);
      expect(first!.version).toBe(1);
      const [again, other] = await session.upsert(Setting, [
        { area: "ui", name: "theme", value: "light" },
        { area: "ui", name: "font", value: "mono" },
      ]);
      expect(again).toBe(first);
      expect([first!.value, first!.version, other!.version]).toEqual(["light", 2, 1]);
      first!.value = "blue";
      await session.commit();
      expect(first!.version).toBe(3);
    });

    test("writes what is pending before, and goes with rows of different attributes", async () => {
      const a = new Product({ sku: "A", stock: 1 });
      session.add(a);
      const found = await session.upsert(Product, [{ sku: "A", stock: 2 }, { sku: "B", name: "B" }, { sku: "C" }], {
        conflict: [Product.sku],
      });
      expect(found.map(({ sku, name, stock }) => [sku, name, stock])).toEqual([
        ["A", "unnamed", 2],
        ["B", "B", 0],
        ["C", "unnamed", 0],
      ]);
      expect(found[0]).toBe(a);
      expect(await session.upsert(Product, [], { conflict: [Product.sku] })).toEqual([]);
    });

    test("takes thousands of rows", async () => {
      const rows = Array.from({ length: 2500 }, (_, i) => ({ sku: `S${i}`, stock: i }));
      await session.upsert(Product, rows.slice(0, 1500), { conflict: [Product.sku] });
      const found = await session.upsert(
        Product,
        rows.map((row) => ({ ...row, stock: row.stock + 1 })),
        {
          conflict: [Product.sku],
        },
      );
      expect(found.every(({ sku, stock }, i) => sku === `S${i}` && stock === i + 1)).toBe(true);
      await session.commit();
    });

    test("finds again what the database writes in another way", async () => {
      class Rate extends declarativeBase().model("rates", { rate: numeric(10, 2).primaryKey(), text: varchar(9) }) {
        static {
          map(this);
        }
      }
      await session.execute(sqlText("CREATE TABLE rates (rate NUMERIC(10, 2) PRIMARY KEY, text VARCHAR(9) NOT NULL)"));
      const [rate] = await session.upsert(Rate, [{ rate: "1.5", text: "x" }]);
      expect(rate!.text).toBe("x");
    });

    test("refuses rows that nobody could tell apart", async () => {
      const conflict = [Product.sku];
      await refused(
        () => session.upsert(Product, [{ sku: "A" }, { sku: "A" }], { conflict }),
        ArgumentError,
        'two rows of Product with the sku "A"',
      );
      await refused(() => session.upsert(Product, [{ sku: "A" }]), ArgumentError, "Product.id has no value in row 0");
      await refused(
        () => session.upsert(Product, [{ sku: "A" }], { conflict: [Account.email.concat("x")] }),
        ArgumentError,
        "takes column attributes of Product",
      );
    });

    test("is refused by MySQL and MariaDB where another key could be meant", async () => {
      const work = () =>
        session.upsert(Account, [{ email: "a", login: "b" }], { conflict: [Account.email], update: [Account.login] });
      if (database.dialect === "mysql") await refused(work, CompileError, "only the key");
      else expect((await work())[0]!.login).toBe("b");
    });
  });

  describe("rows in lists", () => {
    test("are inserted by attribute names, with defaults and versions, and come back as objects in their order", async () => {
      const statement = insert(Setting).returning(Setting, { sortByParameterOrder: true });
      const rows = ["z", "y", "x"].map((name) => ({ area: "a", name, value: name }));
      const settings = await session.scalars(statement, rows).all();
      expect(settings.map(({ name, version }) => [name, version])).toEqual([
        ["z", 1],
        ["y", 1],
        ["x", 1],
      ]);
      const { rowCount } = await session.execute(insert(Product), [{ sku: "1" }, { sku: "2" }]);
      expect(rowCount).toBe(2);
    });

    test("are updated by key, and of the version that they say", async () => {
      const settings = ["a", "b"].map((name) => new Setting({ area: "x", name, value: name }));
      session.addAll(settings);
      await session.commit();
      await session.execute(
        update(Setting),
        settings.map(({ area, name, version }) => ({ area, name, version, value: "new" })),
      );
      expect(settings.map(({ value, version }) => [value, version])).toEqual([
        ["new", 2],
        ["new", 2],
      ]);
      const stale = [
        { area: "x", name: "a", version: 2, value: "newer" },
        { area: "x", name: "b", version: 1, value: "newer" },
      ];
      await refused(() => session.execute(update(Setting), stale), StaleDataError, "in these versions (version)");
      await session.rollback();
      const without = [{ area: "x", name: "a", value: "q" }];
      await refused(() => session.execute(update(Setting), without), ArgumentError, "needs the version (version)");
    });
  });

  describe("many objects", () => {
    test("are merged together: what several lead to is merged once", async () => {
      session.add(new Setting({ area: "x", name: "a", value: "old" }));
      await session.commit();
      session.expungeAll();
      const shared = new Setting({ area: "x", name: "a", value: "new" });
      const notes = [1, 2].map((id) => new Note({ id, area: "x", name: "a", text: `n${id}`, setting: shared }));
      const merged = await session.mergeAll(notes);
      expect(merged[0]!.setting).toBe(merged[1]!.setting);
      await session.commit();
      expect(await session.scalars(select(Setting.value)).all()).toEqual(["new"]);
      expect(await session.scalars(select(Note.text).orderBy(Note.id)).all()).toEqual(["n1", "n2"]);
    });

    test("are deleted together, with what belongs to them", async () => {
      const settings = ["a", "b"].map((name) => {
        const setting = new Setting({ area: "x", name, value: name });
        setting.notes.push(new Note({ area: "x", name, text: name, setting }));
        return setting;
      });
      session.addAll(settings);
      await session.commit();
      await session.deleteAll(settings);
      await session.commit();
      expect(
        writes()
          .filter((each) => each.startsWith("DELETE"))
          .map((each) => each.split(" ")[2]),
      ).toEqual(["notes", "settings"]);
      expect(settings.map((each) => inspect(each).status)).toEqual(["detached", "detached"]);
    });
  });
});
