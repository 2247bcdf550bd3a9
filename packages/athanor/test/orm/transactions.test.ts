import {
  createEngine,
  type Engine,
  IntegrityError,
  InvalidRequestError,
  PendingRollbackError,
  select,
  sqlText,
} from "athanor";
import { inspect, Session, selectinload, sessionmaker } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, sent, Tag } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => {
      setup.addAll([
        new Author({
          name: "Ada",
          settings: { theme: "dark" },
          books: [new Book({ title: "1", tags: [new Tag({ name: "a" })] }), new Book({ title: "2" })],
        }),
        new Author({ name: "Bob" }),
      ]);
    });
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const ada = () => session.getOne(Author, 1, { options: [selectinload(Author.books).selectinload(Book.tags)] });
  const names = () => session.scalars(select(Tag.name).orderBy(Tag.id)).all();
  const fail = () => Promise.reject(new RangeError("on purpose"));

  describe("a rollback", () => {
    test("gives values, collections and keys back, whether they were flushed or not", async () => {
      const author = await ada();
      const bob = await session.getOne(Author, 2);
      const [one, two] = author.books as [Book, Book];
      author.name = "X";
      (author.settings as { theme: string }).theme = "light";
      await session.flush();
      author.name = "Y";
      bob.id = 9;
      author.books.splice(0, 1);
      await session.flush();
      two.title = "changed";
      author.books.push(new Book({ title: "3" }));
      await session.rollback();
      expect([bob.id, author.name, author.settings, author.books.map(({ title }) => title)]).toEqual([
        2,
        "Ada",
        { theme: "dark" },
        ["1", "2"],
      ]);
      expect([one.author, one.authorId, session.dirty.size]).toEqual([author, 1, 0]);
      expect(await session.get(Author, 2)).toBe(bob);
    });

    test("makes new objects transient again, with the keys they have got, and deleted ones persistent", async () => {
      const author = await ada();
      const [book] = author.books as [Book];
      const tag = new Tag({ name: "new" });
      book.tags.push(tag);
      await session.flush();
      await session.delete(author.books[1] as Book);
      await session.flush();
      const gone = author.books[1] as Book;
      expect([inspect(tag).status, inspect(gone).status]).toEqual(["persistent", "deleted"]);
      await session.rollback();
      expect([inspect(tag).status, tag.id, inspect(gone).status]).toEqual(["transient", 2, "persistent"]);
      expect([book.tags.map(({ name }) => name), author.books.includes(gone)]).toEqual([["a"], true]);
      session.add(tag);
      await session.commit();
      expect(await names()).toEqual(["a", "new"]);
    });

    test("undoes changes that the database has not been told of", async () => {
      const author = await ada();
      await session.commit();
      author.name = "X";
      session.add(new Tag({ name: "never" }));
      await session.rollback();
      expect([author.name, session.new.size, await names()]).toEqual(["Ada", 0, ["a"]]);
    });
  });

  describe("a savepoint", () => {
    test("is kept when its work returns", async () => {
      session.add(new Tag({ name: "outer" }));
      const answer = await session.beginNested(() => {
        session.add(new Tag({ name: "inner" }));
        return 7;
      });
      await session.commit();
      expect([answer, await names()]).toEqual([7, ["a", "outer", "inner"]]);
      expect(log().filter((each) => each.startsWith("["))).toEqual([
        "[begin]",
        "[savepoint]",
        "[releaseSavepoint]",
        "[commit]",
        "[begin]",
      ]);
    });

    test("is undone when its work throws; what was before it stays, in the database and in the objects", async () => {
      const author = await ada();
      author.name = "before";
      const tag = new Tag({ name: "inner" });
      const work = session.beginNested(async () => {
        author.name = "inside";
        author.books.splice(0, 2);
        session.add(tag);
        await session.flush();
        author.name = "later";
        await fail();
      });
      await expect(work).rejects.toThrow(RangeError);
      expect([author.name, author.books.length, inspect(tag).status]).toEqual(["before", 2, "transient"]);
      await session.commit();
      expect(await session.scalars(select(Author.name).orderBy(Author.id)).all()).toEqual(["before", "Bob"]);
    });

    test("may stand in another; a failed flush inside is told, and the transaction goes on", async () => {
      await session.beginNested(async () => {
        session.add(new Tag({ name: "outer" }));
        await expect(session.beginNested(() => session.add(new Tag({ name: "a" })))).rejects.toThrow(IntegrityError);
        session.add(new Tag({ name: "b" }));
      });
      await session.commit();
      expect(await names()).toEqual(["a", "outer", "b"]);
    });

    test("in which a flush has failed can only be left", async () => {
      const work = session.beginNested(async () => {
        session.add(new Tag({ name: "a" }));
        await session.flush().catch(() => undefined);
        await names();
      });
      await expect(work).rejects.toThrow(PendingRollbackError);
      session.add(new Tag({ name: "b" }));
      await session.commit();
      expect(await names()).toEqual(["a", "b"]);
    });

    test("gives what was loaded inside it what the rows say afterwards", async () => {
      const tag = await session.getOne(Tag, 1);
      await expect(
        session.beginNested(async () => {
          await session.delete(await session.getOne(Book, 1));
          await session.refresh(tag, ["books"]);
          expect(tag.books).toEqual([]);
          await fail();
        }),
      ).rejects.toThrow(RangeError);
      expect(tag.books.map(({ title }) => title)).toEqual(["1"]);
    });
  });

  describe("after an error", () => {
    test("of a flush, nothing is possible but a rollback", async () => {
      session.add(new Tag({ name: "a" }));
      await expect(session.commit()).rejects.toThrow(IntegrityError);
      await expect(names()).rejects.toThrow(PendingRollbackError);
      await expect(names()).rejects.toThrow(/rollback\(\).*INSERT INTO tags/s);
      await session.rollback();
      expect(await names()).toEqual(["a"]);
    });

    test("of a statement, the transaction goes on, where the database lets it", async () => {
      session.add(new Tag({ name: "b" }));
      await session.flush();
      await expect(session.execute(sqlText("SELECT * FROM nowhere")).all()).rejects.toThrow(/nowhere/);
      if (database.failureEndsTransaction) {
        await expect(session.commit()).rejects.toThrow(/rolled back, not committed/);
        await session.rollback();
      } else await session.commit();
      expect(await names()).toEqual(database.failureEndsTransaction ? ["a"] : ["a", "b"]);
    });
  });

  test("a transaction is begun once", async () => {
    await session.begin(() => session.add(new Tag({ name: "b" })));
    await expect(session.begin(fail)).rejects.toThrow(RangeError);
    await session.begin();
    await expect(session.begin()).rejects.toThrow(InvalidRequestError);
    expect(await names()).toEqual(["a", "b"]);
  });

  describe("a session on a connection", () => {
    test("works inside the transaction that it finds there, and leaves it to its owner", async () => {
      await session.close();
      await using connection = await engine.connect();
      await connection.execute(sqlText("INSERT INTO tags (name) VALUES ('mine')"));
      await using guest = new Session(connection);
      guest.add(new Tag({ name: "kept" }));
      await guest.commit();
      guest.add(new Tag({ name: "undone" }));
      await guest.flush();
      await guest.rollback();
      const all = select(Tag.name).orderBy(Tag.id);
      expect(await connection.scalars(all).all()).toEqual(["a", "mine", "kept"]);
      await connection.rollback();
      expect(await connection.scalars(all).all()).toEqual(["a"]);
    });

    test("leads its own transaction where there is none, or where it is told to", async () => {
      await session.close();
      await using connection = await engine.connect();
      await using owner = new Session(connection);
      owner.add(new Tag({ name: "own" }));
      await owner.commit();
      expect(connection.inTransaction).toBe(false);
      await connection.begin();
      await using controlling = new Session(connection, { joinTransactionMode: "controlFully" });
      controlling.add(new Tag({ name: "controlled" }));
      await controlling.commit();
      expect(connection.inTransaction).toBe(false);
      await connection.begin();
      await using guest = new Session(connection, { joinTransactionMode: "rollbackOnly" });
      guest.add(new Tag({ name: "lost" }));
      await guest.commit();
      expect(connection.inTransaction).toBe(true);
      await connection.rollback();
      expect(await connection.scalars(select(Tag.name).orderBy(Tag.id)).all()).toEqual(["a", "own", "controlled"]);
    });
  });
});
