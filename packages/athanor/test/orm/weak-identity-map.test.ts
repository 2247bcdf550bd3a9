// Sessions that live long: objects without changes, and that nobody else has, leave them.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createEngine, type Engine, func, select } from "athanor";
import { awaitable, inspect, Session, type SessionOptions, SyncSession, selectinload, sessionmaker } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSyncEngine } from "../../src/index.ts";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase } from "./support/library.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** Collects garbage until enough has gone, or for a while. */
async function collected(until: () => boolean): Promise<void> {
  for (let round = 0; round < 5 && !until(); round += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const weak = { identityMap: "weak" } as const;
const many = 200;
/** The engine may hold on to what it has touched last. */
const few = 10;
const authors = () =>
  Array.from({ length: many }, (_each, index) => new Author({ name: `author ${index}`, settings: { index } }));

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => setup.addAll(authors()));
    session = new Session(engine, weak);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const known = () => session.identityMap.size;
  const load = async (own: Session = session) => (await own.scalars(select(Author)).all()).length;

  describe("a session with weak references", () => {
    test("lets go of objects when their transaction is over; another keeps them", async () => {
      await using keeping = new Session(engine);
      expect(await load(keeping)).toBe(many);
      await keeping.commit();
      expect(await load()).toBe(many);
      expect(known()).toBe(many);
      await session.commit();
      await collected(() => known() < few);
      expect(known()).toBeLessThan(few);
      expect(keeping.identityMap.size).toBe(many);
    });

    test("knows the objects that somebody has, and reads and writes them as ever", async () => {
      const author = await session.getOne(Author, 7);
      await load();
      await session.commit();
      await collected(() => known() < few);
      expect(known()).toBeLessThan(few);
      expect({ ...author }).toMatchObject({ id: 7, name: "author 6" });
      expect(await session.get(Author, 7)).toBe(author);
      author.name = "changed";
      await session.commit();
      expect(await session.scalar(select(Author.name).where(Author.id.eq(7)))).toBe("changed");
      await session.rollback();
      expect([author.name, inspect(author).modified]).toEqual(["changed", false]);
    });

    test("loses no change of an object that nobody has any more", async () => {
      const change = async () => {
        for (const author of await session.scalars(select(Author).where(Author.id.le(3))).all()) held.push(author);
        await session.commit();
        await collected(() => false);
        const [first, second, third] = held.splice(0) as [Author, Author, Author];
        first.name = "assigned";
        (second.settings as { index: number }).index = 99;
        (await awaitable(third).books).push(new Book({ title: "new" }));
      };
      const held: Author[] = [];
      await change();
      await collected(() => false);
      await session.commit();
      const [first, second, third] = await session
        .scalars(select(Author).where(Author.id.le(3)).options(selectinload(Author.books)).orderBy(Author.id))
        .all();
      expect([first?.name, second?.settings, third?.books.length]).toEqual(["assigned", { index: 99 }, 1]);
    });

    test("keeps a stream of rows small", async () => {
      let most = 0;
      let seen = 0;
      for await (const author of session.scalars(select(Author).executionOptions({ yieldPer: 20 }))) {
        seen += author.name === "" ? 0 : 1;
        if (seen % 20 === 0) {
          await collected(() => known() < 60);
          most = Math.max(most, known());
        }
      }
      expect(seen).toBe(many);
      expect(most).toBeLessThan(80);
    });

    test("gives values back after a rollback", async () => {
      const author = await session.getOne(Author, 1);
      await session.commit();
      author.name = "flushed";
      await session.flush();
      author.name = "not flushed";
      await session.rollback();
      expect(author.name).toBe("author 0");
      await session.delete(author);
      await session.commit();
      expect(await session.scalar(select(func.count(Author.id)))).toBe(many - 1);
    });
  });
});

describe("a synchronous session with weak references", () => {
  test("loads what has expired, and writes what was changed since", async () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    LibraryBase.metadata.createAll(engine);
    const options: SessionOptions = weak;
    using session = new SyncSession(engine, options);
    session.addAll(authors());
    session.commit();
    await collected(() => session.identityMap.size < few);
    expect(session.identityMap.size).toBeLessThan(few);
    const change = () => {
      session.getOne(Author, 1).name = "changed";
      const expired = session.getOne(Author, 2);
      session.commit();
      expired.name = "written unread";
    };
    change();
    await collected(() => false);
    session.commit();
    expect(session.scalars(select(Author.name).where(Author.id.le(2)).orderBy(Author.id)).all()).toEqual([
      "changed",
      "written unread",
    ]);
    expect(() => new SyncSession(engine, { identityMap: "soft" } as unknown as SessionOptions)).toThrow(
      'identityMap is "strong" or "weak", not "soft"',
    );
    engine.dispose();
  });
});
