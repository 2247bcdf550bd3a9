import {
  createEngine,
  createSyncEngine,
  type Engine,
  func,
  insert,
  LazyLoadError,
  literal,
  type SyncEngine,
  select,
} from "athanor";
import {
  aliased,
  awaitable,
  defer,
  inspect,
  joinedload,
  loadOnly,
  Session,
  SyncSession,
  selectinload,
  undefer,
  withExpression,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";
import { AttributeBase, Customer, customers, Purchase } from "./support/shop-attributes.ts";

forEachDatabase((database) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await AttributeBase.metadata.createAll(engine);
    const session = new Session(engine);
    session.addAll(customers());
    await session.commit();
    await session.close();
  });
  afterEach(() => engine.dispose());

  describe("columnProperty", () => {
    test("is selected with the object, as data that cannot be assigned", async () => {
      await using session = new Session(engine);
      const found = await session.scalars(select(Customer).orderBy(Customer.id)).all();
      expect(found.map((each) => [each.fullName, Number(each.purchaseCount)])).toEqual([
        ["Ann Ash", 2],
        ["Bob Birch", 1],
        ["Cid Cedar", 0],
      ]);
      const [ann] = found;
      expect(Object.keys({ ...ann })).toContain("fullName");
      expect(() => Object.assign(ann ?? {}, { fullName: "x" })).toThrow(/read.?only/i);
      expect(() => new Customer({ firstName: "x", lastName: "y", fullName: "z" as never })).toThrow(
        /Customer\.fullName is computed by the database and cannot be assigned/,
      );
    });

    test("is an expression on the class and on aliases", async () => {
      await using session = new Session(engine);
      const other = aliased(Customer, "other");
      const rows = await session
        .execute(
          select(Customer.fullName, other.fullName.label("next"), other.purchaseCount)
            .join(other, other.id.eq(Customer.id.add(1)))
            .where(other.purchaseCount.lt(2), Customer.fullName.like("% %"))
            .orderBy(Customer.fullName.desc()),
        )
        .all();
      expect(rows.map((row) => [row.fullName, row.next, Number(row.purchaseCount)])).toEqual([
        ["Bob Birch", "Cid Cedar", 0],
        ["Ann Ash", "Bob Birch", 1],
      ]);
      const whole = await session.scalars(select(other).where(other.purchaseCount.eq(1))).one();
      expect([whole.fullName, Number(whole.purchaseCount)]).toEqual(["Bob Birch", 1]);
    });

    test("is loaded with what is joined and with what is loaded beside", async () => {
      await using session = new Session(engine);
      const joined = await session
        .scalars(select(Purchase).options(joinedload(Purchase.customer)).orderBy(Purchase.id).limit(2))
        .all();
      expect(joined.map(({ total, customer }) => [total, customer.fullName])).toEqual([
        [6, "Ann Ash"],
        [5, "Ann Ash"],
      ]);
      session.expungeAll();
      const beside = await session
        .scalars(select(Customer).options(selectinload(Customer.purchases)).orderBy(Customer.id))
        .all();
      expect(beside.map(({ purchases }) => purchases.map(({ total }) => total))).toEqual([[6, 5], [14], []]);
      session.expungeAll();
      const wrapped = await session
        .scalars(select(Customer).options(joinedload(Customer.purchases)).orderBy(Customer.fullName).limit(2))
        .unique()
        .all();
      expect(wrapped.map((each) => [each.fullName, each.purchases.map(({ total }) => total)])).toEqual([
        ["Ann Ash", [6, 5]],
        ["Bob Birch", [14]],
      ]);
    });

    test("has no value before there is a row, and is refused after a flush until it is loaded", async () => {
      await using session = new Session(engine);
      const dora = new Customer({ firstName: "Dora", lastName: "Dill" });
      expect([dora.fullName, Object.hasOwn(dora, "fullName")]).toEqual([undefined, false]);
      session.add(dora);
      await session.flush();
      expect(() => dora.fullName).toThrow(LazyLoadError);
      expect(() => dora.shout).toThrow(/undefer\(Customer\.shout\).*awaitable\(object\)\.shout/);
      expect(inspect(dora).unloaded).toEqual(expect.arrayContaining(["fullName", "purchaseCount", "shout"]));
      expect(await awaitable(dora).fullName).toBe("Dora Dill");
      await session.refresh(dora, ["purchaseCount"]);
      expect(Number(dora.purchaseCount)).toBe(0);
      dora.lastName = "Dahl";
      await session.flush();
      expect(() => dora.fullName).toThrow(/Customer\.fullName is not loaded/);
      await session.refresh(dora);
      expect(dora.fullName).toBe("Dora Dahl");
    });

    test("is what loader options say", async () => {
      await using session = new Session(engine);
      const [ann] = await session
        .scalars(
          select(Customer)
            .options(defer(Customer.fullName, Customer.purchaseCount), undefer(Customer.shout))
            .where(Customer.id.eq(1)),
        )
        .all();
      expect([ann?.shout, Object.hasOwn(ann ?? {}, "fullName")]).toEqual(["ANN", false]);
      session.expungeAll();
      const only = await session
        .scalars(select(Customer).options(loadOnly(Customer.fullName)).where(Customer.id.eq(1)))
        .one();
      expect(Object.keys(only).sort()).toEqual(["fullName", "id", "initial"]);
    });

    test("is read again with populateExisting, and stays as it is otherwise", async () => {
      await using session = new Session(engine, { autoflush: false });
      const ann = await session.getOne(Customer, 1);
      await session.execute(insert(Purchase).values({ customerId: 1, item: "cap", price: 1 }));
      await session.scalars(select(Customer)).all();
      expect(Number(ann.purchaseCount)).toBe(2);
      await session.scalars(select(Customer).executionOptions({ populateExisting: true })).all();
      expect(Number(ann.purchaseCount)).toBe(3);
    });
  });

  describe("queryExpression", () => {
    test("is null, or its default, unless the query says what it is", async () => {
      await using session = new Session(engine);
      const plain = await session.getOne(Customer, 1);
      expect([plain.rank, plain.initial]).toEqual([null, "ann"]);
      const asked = await session
        .scalars(
          select(Customer)
            .options(
              withExpression(Customer.rank, func.length(Customer.firstName).add(7)),
              withExpression(Customer.initial, func.upper(Customer.lastName)),
            )
            .orderBy(Customer.id),
        )
        .all();
      // An object that has no value yet gets one; what is there stays.
      expect(asked.map(({ rank, initial }) => [rank, initial])).toEqual([
        [10, "ann"],
        [10, "BIRCH"],
        [10, "CEDAR"],
      ]);
      await session.scalars(select(Customer)).all();
      expect(plain.rank).toBe(10);
      session.expire(plain);
      await session.scalars(select(Customer).executionOptions({ populateExisting: true })).all();
      expect([plain.rank, plain.initial]).toEqual([null, "ann"]);
    });

    test("has values of its own in each execution, also at the end of a path", async () => {
      for (const more of [1, 2]) {
        await using session = new Session(engine);
        const found = await session
          .scalars(
            select(Purchase)
              .options(
                joinedload(Purchase.customer).withExpression(Customer.rank, func.length(Customer.firstName).add(more)),
              )
              .where(Purchase.id.eq(1)),
          )
          .one();
        expect(found.customer.rank).toBe(3 + more);
      }
      for (const more of [1, 2]) {
        await using session = new Session(engine);
        const found = await session
          .scalars(
            select(Purchase)
              .options(selectinload(Purchase.customer).withExpression(Customer.rank, literal(more)))
              .where(Purchase.id.eq(1)),
          )
          .one();
        expect(found.customer.rank).toBe(more);
      }
    });

    test("takes expressions for attributes that are computed, of a class that the query selects", async () => {
      expect(() => withExpression(Customer.firstName, literal("x"))).toThrow(/firstName is not/);
      const wrong = select(Purchase).options(withExpression(Customer.rank, literal(1)));
      await using session = new Session(engine);
      await expect(session.scalars(wrong).all()).rejects.toThrow(/selects Purchase/);
    });
  });
});

forEachDatabase(
  (database) => {
    let engine: SyncEngine;
    let log: () => string[];
    beforeEach(() => {
      engine = createSyncEngine(database.url);
      AttributeBase.metadata.createAll(engine);
      using session = new SyncSession(engine);
      session.addAll(customers());
      session.commit();
      log = sent(engine);
    });
    afterEach(() => engine.dispose());

    describe("computed attributes", () => {
      test("are loaded when they are read", () => {
        using session = new SyncSession(engine);
        const dora = new Customer({ firstName: "Dora", lastName: "Dill" });
        session.add(dora);
        session.flush();
        log();
        expect([dora.fullName, dora.shout]).toEqual(["Dora Dill", "DORA"]);
        expect(log()).toHaveLength(2);
        dora.lastName = "Dahl";
        session.flush();
        expect(dora.fullName).toBe("Dora Dahl");
        session.commit();
        log();
        expect([dora.id, dora.fullName, dora.purchaseCount]).toEqual([4, "Dora Dahl", 0]);
        expect(log().filter((each) => !each.startsWith("["))).toHaveLength(1);
      });
    });
  },
  { synchronous: true },
);
