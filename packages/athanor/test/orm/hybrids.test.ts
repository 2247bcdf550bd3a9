import {
  createEngine,
  createSyncEngine,
  type Engine,
  func,
  InvalidRequestError,
  insert,
  LazyLoadError,
  select,
  update,
} from "athanor";
import { aliased, awaitable, defer, loadOnly, Session, SyncSession, selectinload } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { HybridBase, Person, Post, people } from "./support/hybrids.ts";
import { sent } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await HybridBase.metadata.createAll(engine);
    session = new Session(engine);
    session.addAll(people());
    await session.commit();
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });

  describe("a hybrid", () => {
    const names = ["fullName", "isAdult", "group", "initials", "handle", "isOdd", "doubled", "inMiddle"] as const;
    test.each(names)("gives objects what it gives in SQL: %s", async (name) => {
      const rows = await session.execute(select(Person, Person[name].label("value")).orderBy(Person.id)).all();
      const plain = (value: unknown) => (name === "doubled" ? Number(value) : value);
      expect(rows.map((row) => plain(row[0][name]))).toEqual(rows.map((row) => plain(row.value)));
    });

    test("is used in conditions and orderings, of the class, of aliases and through relationships", async () => {
      const adults = select(Person.firstName).where(Person.isAdult).orderBy(Person.fullName.desc());
      expect(await session.scalars(adults).all()).toEqual(["Dan", "Ann"]);
      const author = aliased(Person, "author");
      const posts = select(Post.title, author.fullName)
        .join(Post.author.ofType(author))
        .where(author.isAdult.eq(false));
      const [row] = await session.execute(posts).all();
      expect([row?.title, row?.fullName]).toEqual(["one", "Bob Bo"]);
      expect(
        await session.scalars(select(Post).where(Post.author.has(Person.fullName.eq("Bob Bo")))).all(),
      ).toHaveLength(1);
      const ann = select(Person).filterBy({ fullName: "Ann Ash", isAdult: true });
      expect((await session.scalars(ann).one()).id).toBe(1);
      const grouped = select(Person.group, func.count(Person.id).label("n"))
        .groupBy(Person.group)
        .orderBy(Person.group);
      expect((await session.execute(grouped).all()).map((each) => [each.group, each.n])).toEqual([
        ["adult", 1],
        ["child", 1],
        ["senior", 2],
      ]);
    });

    test("is worked out for objects without a row", () => {
      const eve = new Person({ firstName: "Eve", email: "e@e.org", age: 20 });
      expect([eve.fullName, eve.isAdult, eve.group, eve.isOdd]).toEqual(["Eve ?", true, "adult", true]);
      eve.age = null;
      expect([eve.isAdult, eve.inMiddle, eve.group]).toEqual([null, null, "senior"]);
    });

    test("can be assigned and given to a constructor where it says what that does", async () => {
      const eve = new Person({ fullName: "Eve Elm", email: "e@e.org", firstName: "" });
      expect([eve.firstName, eve.lastName]).toEqual(["Eve", "Elm"]);
      eve.fullName = "Eva";
      expect([eve.firstName, eve.lastName]).toEqual(["Eva", null]);
      expect(() => Object.assign(eve, { isAdult: true })).toThrow(/Person\.isAdult is computed and cannot be assigned/);
      expect(() => new Person({ firstName: "x", email: "y", isAdult: true as never })).toThrow(InvalidRequestError);
    });

    test("is taken by values() of INSERT and UPDATE where it says what they write", async () => {
      const ann = await session.getOne(Person, 1);
      await session.execute(update(Person).where(Person.fullName.eq("Ann Ash")).values({ fullName: "Anna Elm" }));
      expect([ann.firstName, ann.lastName]).toEqual(["Anna", "Elm"]);
      await session.execute(insert(Person).values({ fullName: "Flo Fir", email: "f", firstName: "" }));
      expect(await session.scalars(select(Person.lastName).where(Person.email.eq("f"))).one()).toBe("Fir");
      expect(() => update(Person).values({ isAdult: true as never })).toThrow(/Person\.isAdult is no column/);
    });

    test("says when only the database can tell", async () => {
      const bob = await session
        .scalars(select(Person).where(Person.isWriter).options(selectinload(Person.posts)))
        .one();
      expect([bob.firstName, bob.isWriter]).toEqual(["Bob", true]);
      expect(() => bob.hasPosts).toThrow(/Person\.hasPosts cannot be worked out for an object.*get\(self\)/);
    });

    test("loads the columns that it follows from, where it can", async () => {
      const found = await session
        .scalars(
          select(Person).options(defer(Person.age)).where(Person.id.eq(1)).executionOptions({ populateExisting: true }),
        )
        .one();
      session.expunge(found);
      session.expungeAll();
      const ann = await session.scalars(select(Person).options(defer(Person.age)).where(Person.id.eq(1))).one();
      expect(() => ann.isAdult).toThrow(LazyLoadError);
      expect(await awaitable(ann).isAdult).toBe(true);
      session.expungeAll();
      const named = await session
        .scalars(select(Person).options(loadOnly(Person.fullName)).where(Person.id.eq(1)))
        .one();
      expect([Object.keys(named).sort(), named.fullName]).toEqual([["firstName", "id", "lastName"], "Ann Ash"]);
    });
  });

  describe("a hybrid method", () => {
    test("takes arguments on both sides", async () => {
      const other = aliased(Person, "other");
      expect(await session.scalars(select(Person.firstName).where(Person.isOlder(40))).all()).toEqual(["Dan"]);
      expect(await session.scalars(select(other.id).where(other.isOlder(20)).orderBy(other.id)).all()).toEqual([1, 4]);
      const ann = await session.getOne(Person, 1);
      expect([ann.isOlder(29), ann.isOlder(30), ann.scored(2)]).toEqual([true, false, "2.5"]);
      expect(Number(await session.scalars(select(Person.scored(3)).where(Person.id.eq(1))).one())).toBe(3.75);
    });
  });

  describe("a synonym", () => {
    test("is another name of a column", async () => {
      const [row] = await session.execute(select(Person.login, Person.mail).where(Person.login.like("ann%"))).all();
      expect([row?.login, row?.mail]).toEqual(["ann@a.org", "ann@a.org"]);
      const ann = await session.scalars(select(Person).filterBy({ login: "ann@a.org" })).one();
      ann.login = "new@a.org";
      expect([ann.email, ann.mail]).toEqual(["new@a.org", "new@a.org"]);
      await session.execute(update(Person).where(Person.id.eq(2)).values({ mail: "bob@b.com" }));
      expect(await session.scalars(select(Person.email).where(Person.id.eq(2))).one()).toBe("bob@b.com");
      const other = aliased(Person, "o");
      expect(await session.scalars(select(other.login).orderBy(other.login.desc()).limit(1)).one()).toBe("new@a.org");
      expect(new Person({ firstName: "x", login: "y", email: "z" }).email).toBe("y");
    });

    test("is another name of a relationship", async () => {
      const bob = await session
        .scalars(select(Person).join(Person.writings).options(selectinload(Person.writings)))
        .one();
      expect(bob.writings).toBe(bob.posts);
    });
  });
});

test("what a synchronous session has not loaded is loaded when a hybrid is read", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  HybridBase.metadata.createAll(engine);
  using session = new SyncSession(engine);
  session.addAll(people());
  session.commit();
  const ann = session.scalars(select(Person).options(defer(Person.age, Person.lastName)).where(Person.id.eq(1))).one();
  const log = sent(engine);
  expect([ann.isAdult, ann.fullName, log().length]).toEqual([true, "Ann Ash", 2]);
});
