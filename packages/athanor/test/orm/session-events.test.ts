import { createEngine, createSyncEngine, type Engine, InvalidRequestError, insert, listen, select } from "athanor";
import { inspect, Session, type SessionEvents, SyncSession, sessionmaker, syncSessionmaker } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, Tag } from "./support/library.ts";

const steps = [
  "transientToPending",
  "pendingToTransient",
  "pendingToPersistent",
  "persistentToTransient",
  "persistentToDeleted",
  "deletedToPersistent",
  "deletedToDetached",
  "persistentToDetached",
  "detachedToPersistent",
  "loadedAsPersistent",
] as const satisfies readonly (keyof SessionEvents<Session>)[];

/** The steps of objects, as they are told. */
function stepsOf(session: Session): () => string[] {
  const heard: string[] = [];
  for (const name of steps) {
    listen(session, name, (_session, object) => void heard.push(`${inspect(object).mapper.className} ${name}`));
  }
  return () => heard.splice(0);
}

forEachDatabase((database) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((session) => session.add(new Author({ name: "Ada" })));
  });
  afterEach(() => engine.dispose());

  describe("a session tells", () => {
    test("each step of an object once, also when a savepoint is rolled back", async () => {
      await using session = new Session(engine);
      const heard = stepsOf(session);
      const ada = await session.getOne(Author, 1);
      expect(heard()).toEqual(["Author loadedAsPersistent"]);
      const tag = new Tag({ name: "t" });
      const book = new Book({ title: "b" });
      await expect(
        session.beginNested(async () => {
          session.addAll([tag, book]);
          session.expunge(book);
          await session.flush();
          await session.delete(ada);
          await session.flush();
          throw new Error("undo");
        }),
      ).rejects.toThrow("undo");
      expect(heard()).toEqual([
        "Tag transientToPending",
        "Book transientToPending",
        "Book pendingToTransient",
        "Tag pendingToPersistent",
        "Author persistentToDeleted",
        "Tag persistentToTransient",
        "Author deletedToPersistent",
      ]);
      session.add(tag);
      await session.flush();
      await session.delete(ada);
      await session.commit();
      expect(heard()).toEqual([
        "Tag transientToPending",
        "Tag pendingToPersistent",
        "Author persistentToDeleted",
        "Author deletedToDetached",
      ]);
      session.expunge(tag);
      session.add(tag);
      await session.close();
      expect(heard()).toEqual(["Tag persistentToDetached", "Tag detachedToPersistent", "Tag persistentToDetached"]);
    });

    test("of its flushes; the sets show what they were about until they are over", async () => {
      await using session = new Session(engine);
      const sets = () => [session.new.size, session.dirty.size, session.deleted.size];
      const heard: unknown[] = [];
      for (const name of ["beforeFlush", "afterFlush", "afterFlushPostexec"] as const) {
        listen(session, name, () => void heard.push([name, ...sets()]));
      }
      const ada = await session.getOne(Author, 1);
      await session.flush();
      ada.name = "Eve";
      session.add(new Tag({ name: "t" }));
      await session.flush();
      expect(heard).toEqual([
        ["beforeFlush", 1, 1, 0],
        ["afterFlush", 1, 1, 0],
        ["afterFlushPostexec", 0, 0, 0],
      ]);
    });

    test("and waits for handlers, which may use it", async () => {
      await using session = new Session(engine);
      const names: unknown[] = [];
      listen(session, "beforeFlush", async () => {
        const found = await session.scalars(select(Tag.name)).all();
        if (!found.includes("made")) session.add(new Tag({ name: "made" }));
      });
      listen(
        session,
        "afterFlush",
        async () => {
          await session.execute(insert(Tag).values({ name: "written" }));
        },
        { once: true },
      );
      listen(session, "beforeCommit", async () => {
        names.push(await session.scalars(select(Tag.name).orderBy(Tag.name)).all());
      });
      session.add(new Book({ title: "b" }));
      await session.commit();
      expect(names).toEqual([["made", "written"]]);
    });

    test("of transactions, savepoints among them, and refuses statements when one is over", async () => {
      await using session = new Session(engine);
      const heard: string[] = [];
      for (const name of [
        "afterTransactionCreate",
        "afterTransactionEnd",
        "afterBegin",
        "afterSoftRollback",
      ] as const) {
        listen(session, name, (_session, { nested }) => void heard.push(nested ? `${name} nested` : name));
      }
      for (const name of ["beforeCommit", "afterCommit", "afterRollback"] as const) {
        listen(session, name, () => void heard.push(name));
      }
      session.add(new Tag({ name: "a" }));
      await session.beginNested(() => session.flush());
      await session.commit();
      expect(heard.splice(0)).toEqual([
        "afterTransactionCreate",
        "afterBegin",
        "afterTransactionCreate nested",
        "beforeCommit",
        "afterTransactionEnd nested",
        "beforeCommit",
        "afterCommit",
        "afterTransactionEnd",
      ]);
      await expect(
        session.beginNested(() => {
          throw new Error("undo");
        }),
      ).rejects.toThrow("undo");
      await session.rollback();
      expect(heard.splice(0)).toEqual([
        "afterTransactionCreate",
        "afterBegin",
        "afterTransactionCreate nested",
        "afterTransactionEnd nested",
        "afterSoftRollback nested",
        "afterRollback",
        "afterTransactionEnd",
        "afterSoftRollback",
      ]);
      listen(session, "afterCommit", () => session.scalars(select(Tag)).all(), { once: true });
      session.add(new Tag({ name: "b" }));
      await expect(session.commit()).rejects.toThrow("afterCommit is no place for SQL");
    });

    test("no handler may change objects for ever", async () => {
      await using session = new Session(engine);
      let count = 0;
      listen(session, "afterFlush", () => {
        count += 1;
        session.add(new Tag({ name: `t${count}` }));
      });
      session.add(new Tag({ name: "first" }));
      await expect(session.commit()).rejects.toThrow(InvalidRequestError);
      expect(count).toBe(100);
    });

    test("a handler that refuses a flush leaves the transaction as it is", async () => {
      await using session = new Session(engine);
      session.add(new Tag({ name: "kept" }));
      await session.flush();
      listen(session, "beforeFlush", () => Promise.reject(new Error("no")), { once: true });
      session.add(new Tag({ name: "later" }));
      await expect(session.flush()).rejects.toThrow("no");
      await session.commit();
      expect(await session.scalars(select(Tag.name).orderBy(Tag.id)).all()).toEqual(["kept", "later"]);
    });
  });
});

test("classes of sessions, factories and sessions are heard one after the other", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  LibraryBase.metadata.createAll(engine);
  class Special extends SyncSession {}
  const heard: string[] = [];
  const make = syncSessionmaker(engine, { class: Special });
  listen(Special, "beforeCommit", () => void heard.push("Special"));
  const all = (): void => void heard.push("SyncSession");
  listen(SyncSession, "beforeCommit", all, { once: true });
  listen(make, "beforeCommit", () => void heard.push("factory"));
  {
    using session = make();
    listen(session, "beforeCommit", () => void heard.push("session"));
    session.add(new Tag({ name: "t" }));
    session.commit();
  }
  using other = new SyncSession(engine);
  other.add(new Tag({ name: "u" }));
  other.commit();
  expect(heard).toEqual(["SyncSession", "Special", "factory", "session"]);
});
