import { createEngine, createSyncEngine, type Engine, LazyLoadError, type SyncEngine, select } from "athanor";
import {
  awaitable,
  defer,
  inspect,
  joinedload,
  loadOnly,
  Session,
  SyncSession,
  selectinload,
  undefer,
  undeferGroup,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";
import { AttributeBase, Customer, customers, Purchase } from "./support/shop-attributes.ts";

/** Which of the deferred columns an object has. */
function loaded(object: object): string[] {
  return ["biography", "photo", "voice", "secret"].filter((key) => Object.hasOwn(object, key));
}

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

  describe("deferred columns", () => {
    test("are left out, and refused with advice where reading cannot load them", async () => {
      await using session = new Session(engine);
      const ann = await session.getOne(Customer, 1);
      expect([loaded(ann), ann.firstName]).toEqual([[], "Ann"]);
      expect(() => ann.biography).toThrow(LazyLoadError);
      expect(() => ann.biography).toThrow(/undefer\(Customer\.biography\).*await awaitable\(object\)\.biography/);
      expect(await awaitable(ann).photo).toBe("p1");
      expect(loaded(ann)).toEqual(["photo", "voice"]);
      await expect(awaitable(ann).secret).rejects.toThrow(/deferred with raiseload/);
    });

    test.each([
      ["undefer()", undefer(Customer.biography, Customer.secret), ["biography", "secret"]],
      ['undefer("*")', undefer("*"), ["biography", "photo", "voice", "secret"]],
      ["undeferGroup()", undeferGroup("media"), ["photo", "voice"]],
      ["loadOnly()", loadOnly(Customer.secret), ["secret"]],
      ["defer() of a column that is not", defer(Customer.firstName), []],
    ])("are loaded by %s", async (_name, option, expected) => {
      await using session = new Session(engine);
      const ann = await session.scalars(select(Customer).options(option).where(Customer.id.eq(1))).one();
      expect(loaded(ann)).toEqual(expected);
    });

    test("are what options say at the end of a path", async () => {
      await using session = new Session(engine);
      const [ann] = await session
        .scalars(
          select(Customer)
            .options(selectinload(Customer.purchases).undefer(Purchase.note).defer(Purchase.item))
            .where(Customer.id.eq(1)),
        )
        .all();
      const [pen] = ann?.purchases ?? [];
      expect([pen?.note, Object.hasOwn(pen ?? {}, "item")]).toEqual(["blue", false]);
      session.expungeAll();
      const purchase = await session
        .scalars(select(Purchase).options(joinedload(Purchase.customer).undeferGroup("media")).where(Purchase.id.eq(1)))
        .one();
      expect(loaded(purchase.customer)).toEqual(["photo", "voice"]);
    });

    test("can be written without being loaded", async () => {
      await using session = new Session(engine);
      const ann = await session.getOne(Customer, 1);
      ann.biography = "long";
      await session.commit();
      const again = await session.scalars(select(Customer.biography, Customer.photo).where(Customer.id.eq(1))).one();
      expect(again).toBe("long");
    });

    test("stay loaded when the object is refreshed, and are not loaded by it", async () => {
      await using session = new Session(engine);
      const ann = await session
        .scalars(select(Customer).options(undefer(Customer.biography)).where(Customer.id.eq(1)))
        .one();
      await session.refresh(ann);
      expect(loaded(ann)).toEqual(["biography"]);
      await session.refresh(ann, ["photo"]);
      expect(loaded(ann)).toEqual(["biography", "photo"]);
      const bob = await session.getOne(Customer, 2);
      await session.refresh(bob);
      expect(loaded(bob)).toEqual([]);
    });
  });
});

forEachDatabase(
  (database) => {
    let engine: SyncEngine;
    let log: () => string[];
    let session: SyncSession;
    beforeEach(() => {
      engine = createSyncEngine(database.url);
      AttributeBase.metadata.createAll(engine);
      using filling = new SyncSession(engine);
      filling.addAll(customers());
      filling.commit();
      session = new SyncSession(engine);
      log = sent(engine);
    });
    afterEach(() => {
      session.close();
      engine.dispose();
    });
    const statements = () => log().filter((each) => !each.startsWith("["));

    describe("deferred columns that are read", () => {
      test("are loaded with the others of their group, in one statement", () => {
        const ann = session.getOne(Customer, 1);
        statements();
        expect([ann.photo, ann.voice, loaded(ann)]).toEqual(["p1", "v1", ["photo", "voice"]]);
        expect(statements()).toEqual(["SELECT customers.photo, customers.voice FROM customers WHERE customers.id = ?"]);
        expect([ann.biography, loaded(ann)]).toEqual(["born", ["biography", "photo", "voice"]]);
        expect(inspect(ann).unloaded).toContain("secret");
      });

      test("throw where they are deferred with raiseload, by mapping or option", () => {
        const ann = session.getOne(Customer, 1);
        expect(() => ann.secret).toThrow(/Customer\.secret is not loaded.*options\(undefer\(Customer\.secret\)\)/);
        session.expungeAll();
        const strict = session
          .scalars(
            select(Customer)
              .options(defer(Customer.lastName, { raiseload: true }))
              .where(Customer.id.eq(1)),
          )
          .one();
        expect(() => strict.lastName).toThrow(/deferred with raiseload/);
        session.expungeAll();
        const narrow = session
          .scalars(
            select(Customer)
              .options(loadOnly(Customer.firstName, { raiseload: true }))
              .where(Customer.id.eq(1)),
          )
          .one();
        expect(narrow.firstName).toBe("Ann");
        expect(() => narrow.biography).toThrow(/deferred with raiseload/);
        session.expungeAll();
        const undeferred = session
          .scalars(select(Customer).options(undefer(Customer.secret)).where(Customer.id.eq(1)))
          .one();
        expect(undeferred.secret).toBe("s1");
        expect(undeferred.biography).toBe("born");
      });

      test("are not loaded with an expired object, unless one of them is what is read", () => {
        const ann = session.getOne(Customer, 1);
        expect(ann.photo).toBe("p1");
        session.expire(ann);
        statements();
        expect(ann.firstName).toBe("Ann");
        expect([loaded(ann), statements().length]).toEqual([[], 1]);
        session.expire(ann);
        expect(ann.biography).toBe("born");
        expect([ann.firstName, statements().length]).toEqual(["Ann", 1]);
      });

      test("tell what an assignment has replaced, where their history is active", () => {
        const ann = session.scalars(select(Customer).options(defer(Customer.lastName, Customer.firstName))).first();
        if (ann === null) expect.unreachable("there is no customer");
        statements();
        ann.lastName = "Elm";
        expect([inspect(ann).history("lastName").deleted, statements().length]).toEqual([["Ash"], 1]);
        ann.firstName = "Eve";
        expect([inspect(ann).history("firstName").deleted, statements().length]).toEqual([[], 0]);
      });

      test("leave the unit of work alone", () => {
        const ann = session.getOne(Customer, 1);
        session.delete(session.getOne(Purchase, 1));
        session.delete(session.getOne(Purchase, 2));
        session.flush();
        session.delete(ann);
        session.commit();
        expect(session.scalars(select(Customer.firstName).orderBy(Customer.id)).all()).toEqual(["Bob", "Cid"]);
      });
    });
  },
  { synchronous: true },
);
