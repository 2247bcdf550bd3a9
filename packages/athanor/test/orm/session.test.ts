import {
  createEngine,
  createSyncEngine,
  type Engine,
  InvalidRequestError,
  listen,
  NoResultFound,
  select,
} from "athanor";
import { inspect, Session, SyncSession, selectinload, sessionmaker, syncSessionmaker } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, objectEvents, sent, Tag } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((session) => {
      session.addAll([
        new Author({ name: "Ada", books: [new Book({ title: "1" }), new Book({ title: "2" })] }),
        new Author({ name: "Bob" }),
      ]);
    });
    log = sent(engine);
  });
  afterEach(() => engine.dispose());

  describe("a session", () => {
    test("has one object for each row, and asks once", async () => {
      await using session = new Session(engine);
      const ada = await session.getOne(Author, 1);
      expect(await session.get(Author, 1)).toBe(ada);
      expect(await session.scalars(select(Author).where(Author.name.eq("Ada"))).one()).toBe(ada);
      expect(log().filter((each) => each.startsWith("SELECT"))).toHaveLength(2);
      expect(await session.get(Author, 99)).toBeNull();
      await expect(session.getOne(Author, 99)).rejects.toThrow(NoResultFound);
    });

    test("takes a connection with the first statement, and gives it back with the end of the transaction", async () => {
      await using session = new Session(engine);
      session.add(new Author({ name: "new" }));
      expect([session.inTransaction, engine.pool.checkedOut]).toEqual([true, 0]);
      await session.flush();
      expect(engine.pool.checkedOut).toBe(1);
      await session.commit();
      expect([session.inTransaction, engine.pool.checkedOut]).toEqual([false, 0]);
    });

    test("does what is asked at the same time one after the other", async () => {
      await using session = new Session(engine);
      const answers = await Promise.all([
        session.get(Author, 1),
        session.scalars(select(Book.title).orderBy(Book.id)).all(),
        session.beginNested(async () => {
          session.add(new Tag({ name: "inner" }));
          return (await session.scalars(select(Tag.name)).all()).length;
        }),
        session.scalars(select(Tag.name)).all(),
        session.commit(),
      ]);
      expect(answers.slice(1, 4)).toEqual([["1", "2"], 1, ["inner"]]);
    });

    test("keeps its values, and what is loaded, after a commit", async () => {
      await using session = new Session(engine);
      const ada = await session.getOne(Author, 1, { options: [selectinload(Author.books)] });
      await session.commit();
      log();
      expect([ada.name, ada.books.length]).toEqual(["Ada", 2]);
      expect(log()).toEqual([]);
    });

    test("shows what is new, changed and deleted, also to those who listen after the flush", async () => {
      await using session = new Session(engine);
      const ada = await session.getOne(Author, 1);
      const bob = await session.getOne(Author, 2);
      const tag = new Tag({ name: "t" });
      await session.delete(bob);
      session.add(tag);
      ada.name = "X";
      const sets = () => [[...session.new], [...session.dirty], [...session.deleted]];
      expect(sets()).toEqual([[tag], [ada], [bob]]);
      const seen: unknown[] = [];
      listen(session, "afterFlush", () => seen.push(sets(), tag.id));
      listen(session, "afterFlushPostexec", () => seen.push(sets()));
      await session.flush();
      expect(seen).toEqual([[[tag], [ada], [bob]], 1, [[], [], []]]);
    });

    test("writes what a listener adds before the flush, and in the next one what it adds after it", async () => {
      await using session = new Session(engine);
      listen(session, "beforeFlush", () => session.add(new Tag({ name: "before" })), { once: true });
      listen(session, "afterFlush", () => session.add(new Tag({ name: "after" })), { once: true });
      session.add(new Tag({ name: "own" }));
      await session.commit();
      expect(await session.scalars(select(Tag.name).orderBy(Tag.id)).all()).toEqual(["own", "before", "after"]);
    });

    test("tells of every change of an object's state once", async () => {
      await using session = new Session(engine);
      const heard: string[] = [];
      for (const name of objectEvents) listen(session, name, () => heard.push(name));
      const tag = new Tag({ name: "t" });
      const take = () => heard.splice(0);
      session.add(tag);
      session.add(tag);
      expect(take()).toEqual(["beforeAttach", "afterAttach", "transientToPending"]);
      await session.flush();
      expect(take()).toEqual(["pendingToPersistent"]);
      await session.delete(tag);
      await session.flush();
      expect(take()).toEqual(["persistentToDeleted"]);
      await session.rollback();
      expect(inspect(tag).status).toBe("transient");
      take();
      const ada = await session.getOne(Author, 1);
      session.expunge(ada);
      session.add(ada);
      await session.delete(ada);
      await session.commit();
      expect(take()).toEqual(
        expect.arrayContaining([
          "persistentToDetached",
          "detachedToPersistent",
          "persistentToDeleted",
          "deletedToDetached",
        ]),
      );
    });

    test("finds an object again that was expunged, and refuses a second one for its row", async () => {
      await using session = new Session(engine);
      const ada = await session.getOne(Author, 1);
      session.expunge(ada);
      expect(session.contains(ada)).toBe(false);
      const other = await session.getOne(Author, 1);
      expect(other).not.toBe(ada);
      expect(() => session.add(ada)).toThrow(InvalidRequestError);
      expect(await session.merge(ada)).toBe(other);
    });

    test("warns of an object that a relationship leads to, but nobody has added", async () => {
      await using session = new Session(engine);
      const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
      const ada = await session.getOne(Author, 1);
      const book = new Book({ title: "3", author: ada });
      expect(session.contains(book)).toBe(false);
      await session.flush();
      expect(warnings.mock.calls.map(([text]) => String(text))).toEqual([
        expect.stringMatching(/Book\(new\) is in Author\.books but not in the session/),
      ]);
      warnings.mockRestore();
      session.add(book);
      await session.flush();
      expect(book.authorId).toBe(1);
    });

    test("merges a graph into its own objects", async () => {
      await using session = new Session(engine);
      const given = new Author({
        id: 1,
        name: "Merged",
        books: [new Book({ id: 1, title: "first" }), new Book({ title: "new" })],
      });
      const merged = await session.merge(given);
      expect(merged).not.toBe(given);
      await session.commit();
      expect([merged.name, merged.books.map(({ title }) => title)]).toEqual(["Merged", ["first", "new"]]);
      const titles = select(Book.title, Book.authorId).orderBy(Book.id);
      expect((await session.execute(titles).all()).map((row) => [row.title, row.authorId])).toEqual([
        ["first", 1],
        ["2", null],
        ["new", 1],
      ]);
    });

    test("can be reset and used again, but not after it was closed", async () => {
      const session = new Session(engine);
      const ada = await session.getOne(Author, 1);
      await session.reset();
      expect(inspect(ada).status).toBe("detached");
      expect(await session.getOne(Author, 1)).not.toBe(ada);
      await session.close();
      await expect(session.get(Author, 1)).rejects.toThrow(/closed/);
      expect(() => session.add(ada)).toThrow(/closed/);
    });

    test("flushes before queries, unless it is told not to", async () => {
      await using session = new Session(engine);
      session.add(new Tag({ name: "t" }));
      const names = select(Tag.name);
      expect(await session.noAutoflush(() => session.scalars(names).all())).toEqual([]);
      expect(await session.scalars(names.executionOptions({ autoflush: false })).all()).toEqual([]);
      expect(await session.scalars(names).all()).toEqual(["t"]);
    });
  });

  test("a factory commits what succeeds, rolls back what fails, and speaks for all its sessions", async () => {
    const sessions = sessionmaker(engine);
    const commits: Session[] = [];
    listen(sessions, "afterCommit", (session) => commits.push(session));
    await sessions.begin((session) => session.add(new Tag({ name: "kept" })));
    await expect(
      sessions.begin(async (session) => {
        session.add(new Tag({ name: "lost" }));
        await session.flush();
        throw new RangeError("on purpose");
      }),
    ).rejects.toThrow(RangeError);
    expect(commits).toHaveLength(1);
    await using session = sessions({ autoflush: false });
    expect(await session.scalars(select(Tag.name)).all()).toEqual(["kept"]);
  });
});

test("a synchronous session forgets values with the commit, and loads them when they are read", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  LibraryBase.metadata.createAll(engine);
  const sessions = syncSessionmaker(engine);
  const ada = new Author({ name: "Ada", books: [new Book({ title: "1" })] });
  using session = sessions();
  session.add(ada);
  session.commit();
  expect(inspect(ada).unloaded).toContain("name");
  const log = sent(engine);
  expect([ada.name, ada.books[0]?.title]).toEqual(["Ada", "1"]);
  expect(log().filter((each) => each.startsWith("SELECT"))).toHaveLength(2);
  expect(() => new SyncSession(createEngine("sqlite:///:memory:") as never)).toThrow(/createSyncEngine/);
});
