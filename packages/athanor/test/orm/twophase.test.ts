// Sessions over two databases that commit together or not at all.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createEngine,
  type Engine,
  integer,
  listen,
  NotSupportedError,
  select,
  sqlText,
  varchar,
} from "../../src/index.ts";
import { binds, declarativeBase, inspect, map, Session, sessionmaker } from "../../src/orm/index.ts";
import { forEachDatabase } from "../support/databases.ts";
import { describeWithPrograms, OwnPostgresql } from "../support/own-server.ts";

const OrdersBase = declarativeBase();
class Order extends OrdersBase.model("orders", { id: integer().primaryKey(), item: varchar(50).unique() }) {
  static {
    map(this);
  }
}
const StockBase = declarativeBase();
class Stock extends StockBase.model("stock", { id: integer().primaryKey(), item: varchar(50).unique() }) {
  static {
    map(this);
  }
}

/** Transactions on the way to two databases. */
function steps(engines: Readonly<Record<string, Engine>>): () => string[] {
  let log: string[] = [];
  for (const [name, engine] of Object.entries(engines)) {
    for (const event of ["prepareTwophase", "commitTwophase", "rollbackTwophase"] as const) {
      listen(engine, event, () => {
        log.push(`${name}: ${event.replace("Twophase", "")}`);
      });
    }
  }
  return () => {
    const taken = log;
    log = [];
    return taken;
  };
}

/** The tests, with two empty databases that can do it. */
function testTwophase(databases: () => Promise<readonly [Engine, Engine]>): void {
  let orders: Engine;
  let stock: Engine;
  let log: () => string[];
  beforeEach(async () => {
    [orders, stock] = await databases();
    await OrdersBase.metadata.createAll(orders);
    await StockBase.metadata.createAll(stock);
    log = steps({ orders, stock });
  });
  afterEach(async () => {
    await OrdersBase.metadata.dropAll(orders);
    await StockBase.metadata.dropAll(stock);
    await orders.dispose();
    await stock.dispose();
  });
  const target = () =>
    binds<Engine>([
      [OrdersBase, orders],
      [StockBase, stock],
    ]);
  const make = () => new Session(target(), { twophase: true });
  const items = async () => {
    await using session = new Session(target());
    return [
      await session.scalars(select(Order.item).orderBy(Order.id)).all(),
      await session.scalars(select(Stock.item).orderBy(Stock.id)).all(),
    ];
  };

  test("all databases are asked before any of them commits", async () => {
    await using session = make();
    session.addAll([new Order({ item: "lamp" }), new Stock({ item: "lamp" })]);
    await session.beginNested(() => session.add(new Order({ item: "rug" })));
    await session.commit();
    expect(log().map((each) => each.replace(/.*: /, ""))).toEqual(["prepare", "prepare", "commit", "commit"]);
    const loaded = await session.getOne(Order, 1);
    loaded.item = "chair";
    await session.rollback();
    expect([loaded.item, await items()]).toEqual(["lamp", [["lamp", "rug"], ["lamp"]]]);
  });

  test("what fails in one database is rolled back in both", async () => {
    await sessionmaker(target(), { twophase: true }).begin((session) => session.add(new Stock({ item: "lamp" })));
    log();
    await using session = make();
    const order = new Order({ item: "lamp" });
    session.addAll([order, new Stock({ item: "lamp" })]);
    await expect(session.commit()).rejects.toThrow("stock");
    await session.rollback();
    expect([inspect(order).status, log().some((each) => each.endsWith("commit"))]).toEqual(["transient", false]);
    expect(await items()).toEqual([[], ["lamp"]]);
  });

  test("where one cannot prepare, those that have are rolled back", async () => {
    await using session = make();
    session.addAll([new Order({ item: "lamp" }), new Stock({ item: "lamp" })]);
    await session.flush();
    const prepared: Engine[] = [];
    for (const engine of [orders, stock]) {
      listen(engine, "prepareTwophase", () => {
        if (prepared.push(engine) === 2) throw new RangeError("the second does not want to");
      });
    }
    await expect(session.commit()).rejects.toThrow("the second does not want to");
    await session.rollback();
    expect(await items()).toEqual([[], []]);
  });

  test("prepare() leaves the decision to the program", async () => {
    await using session = make();
    session.addAll([new Order({ item: "lamp" }), new Stock({ item: "lamp" })]);
    await session.prepare();
    await expect(session.get(Order, 2)).rejects.toThrow("has been prepared");
    await session.rollback();
    expect(await items()).toEqual([[], []]);
    session.addAll([new Order({ item: "lamp" }), new Stock({ item: "lamp" })]);
    await session.prepare();
    await session.commit();
    expect(await items()).toEqual([["lamp"], ["lamp"]]);
    await using other = new Session(target());
    await expect(other.prepare()).rejects.toThrow("{ twophase: true }");
  });

  test("once decided, what cannot be told is named, and can be committed later", async () => {
    await using session = make();
    const order = new Order({ item: "lamp" });
    session.addAll([order, new Stock({ item: "lamp" })]);
    await session.prepare();
    const once = (engine: Engine) =>
      listen(
        engine,
        "commitTwophase",
        () => {
          throw new RangeError("the line is cut");
        },
        { once: true },
      );
    once(stock);
    const error = await session.commit().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "transaction-in-doubt",
      message: expect.stringContaining("is prepared still"),
    });
    expect([inspect(order).status, (await items())[0]]).toEqual(["persistent", ["lamp"]]);
    const [, xid = ""] = /: (\S+) at /.exec(String(error)) ?? [];
    await using connection = await stock.connect();
    await vi.waitFor(async () => expect(await connection.recoverTwophase()).toContain(xid), { timeout: 5000 });
    // The server may need a moment to let go of the connection that was cut.
    await vi.waitFor(() => connection.commitPrepared(xid), { timeout: 5000, interval: 50 });
    expect(await items()).toEqual([["lamp"], ["lamp"]]);
  });
}

forEachDatabase((database) => {
  if (database.dialect === "mysql") {
    describe("a session in two phases", () => {
      testTwophase(async () => [createEngine(database.url), createEngine(database.sharedUrl)]);
    });
  } else if (database.dialect === "sqlite") {
    test("a session in two phases is refused", async () => {
      const engine = createEngine(database.url);
      await using session = new Session(engine, { twophase: true });
      await expect(session.execute(sqlText("SELECT 1")).all()).rejects.toThrow(NotSupportedError);
      await expect(session.get(Order, 1)).rejects.toThrow("sqlite has no transactions in two phases");
      await engine.dispose();
    });
  } else {
    test("a server that has it switched off keeps nothing", async () => {
      const engine = createEngine(database.url);
      await OrdersBase.metadata.createAll(engine);
      await using session = new Session(engine, { twophase: true });
      session.add(new Order({ item: "lamp" }));
      await expect(session.commit()).rejects.toThrow("prepared transactions are disabled");
      await session.rollback();
      await using other = new Session(engine);
      expect(await other.scalars(select(Order)).all()).toEqual([]);
      await other.close();
      await engine.dispose();
    });
  }
});

// Servers have it switched off by default: this one has not.
describeWithPrograms("a session in two phases on postgresql", ["initdb", "pg_ctl"], () => {
  let server: OwnPostgresql;
  beforeAll(async () => {
    server = await OwnPostgresql.start();
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });
  for (const driver of ["pg", "postgres"]) {
    describe(driver, () => {
      testTwophase(async () => [createEngine(server.url(driver)), createEngine(server.url(driver))]);
    });
  }
});
