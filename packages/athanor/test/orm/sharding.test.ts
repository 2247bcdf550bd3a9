// Rows of the same classes spread over two databases: each object is written to its own, and what it loads comes from there.
import { createEngine, deleteFrom, type Engine, func, integer, listen, select, table, update, varchar } from "athanor";
import {
  awaitable,
  type BindRequest,
  declarativeBase,
  identityKey,
  inspect,
  many,
  map,
  one,
  Session,
  selectinload,
  sessionmaker,
  sharded,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const Base = declarativeBase();
const customerLabels = table("customer_labels", Base.metadata, {
  customerId: integer().references("customers.id").primaryKey(),
  labelId: integer().references("labels.id").primaryKey(),
});
class Customer extends Base.model("customers", {
  id: integer().primaryKey(),
  region: varchar(20),
  name: varchar(50),
  get orders() {
    return many(() => Order, { backPopulates: "customer", cascade: "all, delete-orphan", orderBy: () => Order.id });
  },
  get labels() {
    return many(() => Label, { secondary: customerLabels });
  },
}) {
  static {
    map(this);
  }
}
class Order extends Base.model("orders", {
  id: integer().primaryKey(),
  customerId: integer().references(() => Customer.id),
  item: varchar(50),
  get customer() {
    return one(() => Customer, { backPopulates: "orders" });
  },
}) {
  static {
    map(this);
  }
}
class Label extends Base.model("labels", { id: integer().primaryKey(), region: varchar(20), name: varchar(50) }) {
  static {
    map(this);
  }
}

function regionOf(object: object): string {
  return object instanceof Order ? object.customer.region : (object as Customer | Label).region;
}

forEachDatabase((database) => {
  let north: Engine;
  let south: Engine;
  let sent: string[];
  beforeEach(async () => {
    north = createEngine(database.url);
    south = createEngine(database.sharedUrl);
    for (const [name, engine] of Object.entries({ north, south })) {
      await Base.metadata.createAll(engine);
      listen(engine, "beforeCursorExecute", ({ statement }) => {
        sent.push(`${name}: ${statement.split(" ")[0]}`);
      });
    }
    sent = [];
  });
  afterEach(async () => {
    await north.dispose();
    await south.dispose();
  });

  const target = (options = {}) => sharded({ shards: { north, south }, forObject: regionOf, ...options });
  const customer = (region: string, name: string) =>
    new Customer({
      region,
      name,
      orders: [new Order({ item: `${name}'s first` }), new Order({ item: `${name}'s second` })],
    });
  const named = (session: Session, name: string) =>
    session.scalars(select(Customer).where(Customer.name.eq(name))).one();
  const log = () => {
    const taken = sent;
    sent = [];
    return taken;
  };
  const fill = () =>
    sessionmaker(target()).begin((session) => session.addAll([customer("north", "Nora"), customer("south", "Sam")]));

  describe("sharded()", () => {
    test("writes each object to its own database, where the same key may be another row", async () => {
      await fill();
      expect(new Set(log())).toEqual(new Set(["north: INSERT", "south: INSERT"]));
      await using session = new Session(target());
      const nora = await session.getOne(Customer, 1, { identityToken: "north" });
      const sam = await session.getOne(Customer, 1, { identityToken: "south" });
      expect([nora.name, sam.name, nora === sam]).toEqual(["Nora", "Sam", false]);
      expect(identityKey(sam)).toEqual({ model: Customer, key: [1], identityToken: "south" });
      expect(session.identityMap.get(Customer, 1, "south")).toBe(sam);
      log();
      expect(await session.get(Customer, 1, { identityToken: "south" })).toBe(sam);
      expect(log()).toEqual([]);
    });

    test("loads what belongs to an object from its database, along with it and later", async () => {
      await fill();
      await using session = new Session(target());
      log();
      const sam = await named(session, "Sam");
      expect((await awaitable(sam).orders).map(({ item }) => item)).toEqual(["Sam's first", "Sam's second"]);
      expect(sam.orders[0]?.customer).toBe(sam);
      expect(log()).toEqual(["north: SELECT", "south: SELECT", "south: SELECT"]);
      session.expungeAll();
      const all = await session.scalars(select(Customer).options(selectinload(Customer.orders))).all();
      expect(all.map(({ name, orders }) => [name, orders.map(({ item }) => item)])).toEqual([
        ["Nora", ["Nora's first", "Nora's second"]],
        ["Sam", ["Sam's first", "Sam's second"]],
      ]);
      await session.refresh(sam === all[1] ? sam : (all[1] as Customer));
      expect(log().at(-1)).toBe("south: SELECT");
    });

    test("changes, deletes and links rows where they are", async () => {
      await fill();
      await using session = new Session(target());
      const [nora, sam] = [await named(session, "Nora"), await named(session, "Sam")];
      const [first] = await awaitable(sam).orders;
      await awaitable(sam).labels;
      nora.name = "Nora N.";
      sam.labels.push(new Label({ region: "south", name: "good" }));
      await session.delete(first as Order);
      log();
      await session.commit();
      expect(new Set(log())).toEqual(new Set(["north: UPDATE", "south: INSERT", "south: DELETE"]));
      session.expungeAll();
      const again = await named(session, "Sam");
      expect([(await awaitable(again).labels).map(({ name }) => name), (await awaitable(again).orders).length]).toEqual(
        [["good"], 1],
      );
      await session.delete(again);
      await session.commit();
      expect(await session.scalars(select(Customer.name)).all()).toEqual(["Nora N."]);
    });

    test("executes statements everywhere, or where it is said", async () => {
      await fill();
      await using session = new Session(target());
      const names = select(Customer.name).orderBy(Customer.id);
      expect(await session.scalars(names).all()).toEqual(["Nora", "Sam"]);
      expect(await session.scalars(names, {}, { identityToken: "south" }).all()).toEqual(["Sam"]);
      expect(await session.scalars(names.executionOptions({ identityToken: "north" })).all()).toEqual(["Nora"]);
      const streamed: string[] = [];
      for await (const each of session.scalars(names)) streamed.push(each);
      expect(streamed).toEqual(["Nora", "Sam"]);
      expect((await session.execute(update(Order).values({ item: "x" }))).rowCount).toBe(4);
      expect((await session.execute(deleteFrom(Order), undefined, { identityToken: "north" })).rowCount).toBe(2);
      await session.commit();
      expect(await session.scalars(select(func.count(Order.id))).all()).toEqual([0, 2]);
      const connection = await session.connection({ identityToken: "south" });
      expect(await connection.scalars(names).all()).toEqual(["Sam"]);
    });

    test("asks the choosers of keys and statements", async () => {
      await fill();
      const asked: unknown[] = [];
      const choosers = {
        forKey: (_model: unknown, key: readonly unknown[]) => {
          asked.push(key);
          return ["south", "north"];
        },
        forStatement: ({ model, bindArguments }: { model: unknown; bindArguments: { readonly region?: string } }) => {
          asked.push(model);
          return [bindArguments.region ?? "north"];
        },
      };
      await using session = new Session(target(choosers));
      expect((await session.getOne(Customer, 1)).name).toBe("Sam");
      const names = select(Customer.name);
      expect(await session.scalars(names).all()).toEqual(["Nora"]);
      expect(await session.scalars(select(Customer), {}, { bindArguments: { region: "south" } }).all()).toHaveLength(1);
      expect(asked).toEqual([[1], Customer, Customer]);
    });

    test("rolls back everywhere, and takes objects back that were in another session", async () => {
      await fill();
      await using session = new Session(target());
      const [nora, sam] = [await named(session, "Nora"), await named(session, "Sam")];
      nora.name = "?";
      sam.name = "?";
      const late = customer("south", "Sue");
      session.add(late);
      await session.flush();
      await session.rollback();
      expect([nora.name, sam.name, inspect(late).status]).toEqual(["Nora", "Sam", "transient"]);
      session.expunge(sam);
      sam.name = "Samuel";
      await using other = new Session(target());
      other.add(sam);
      await other.commit();
      const merged = await session.merge(sam);
      expect([merged === sam, merged.name, identityKey(merged).identityToken]).toEqual([false, "Samuel", "south"]);
    });

    test("refuses what is of no database", async () => {
      await using session = new Session(target());
      await expect(session.get(Customer, 1, { identityToken: "west" })).rejects.toThrow(
        'There is no shard "west". There are: north, south',
      );
      await expect(session.connection()).rejects.toThrow("Say so with { identityToken }, one of north, south");
      expect(() => sharded({ shards: {}, forObject: regionOf })).toThrow("at least one database");
      expect(session.getBind(Customer, { identityToken: "south" })).toBe(south);
    });
  });

  describe("an identity token", () => {
    test("keeps rows apart that one session has from several places, without a router", async () => {
      await fill();
      const requests: BindRequest[] = [];
      const router = {
        getBind(request: BindRequest) {
          requests.push(request);
          return request.identityToken === "south" ? south : north;
        },
      };
      await using session = new Session(router);
      const query = select(Customer);
      const [nora] = await session.scalars(query, {}, { bindArguments: { why: "report" } }).all();
      const [sam] = await session.scalars(query, {}, { identityToken: "south" }).all();
      expect([nora?.name, sam?.name]).toEqual(["Nora", "Sam"]);
      expect(requests[0]?.bindArguments).toEqual({ why: "report" });
      expect((await awaitable(sam as Customer).orders).length).toBe(2);
      expect(requests.at(-1)?.identityToken).toBe("south");
    });
  });
});
