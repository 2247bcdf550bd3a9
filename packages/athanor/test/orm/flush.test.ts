import {
  CircularDependencyError,
  createEngine,
  createSyncEngine,
  type Engine,
  func,
  IntegrityError,
  literal,
  StaleDataError,
  select,
  sqlText,
} from "athanor";
import { inspect, Session, SyncSession } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, Loan, Player, Portrait, Shelf, sent, Tag, Team } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const rows = async (sql: string) =>
    (await session.execute(sqlText(sql)).all()).map((row) => [...(row as unknown as unknown[])]);

  describe("a flush", () => {
    test("writes nothing, and begins nothing, when there is nothing to write", async () => {
      await session.flush();
      await session.commit();
      expect(log()).toEqual([]);
    });

    test("inserts a graph with a batch for each class, parents first", async () => {
      session.addAll([
        new Author({ name: "A", books: [new Book({ title: "1" }), new Book({ title: "2" })] }),
        new Author({ name: "B", books: [new Book({ title: "3" })] }),
      ]);
      await session.commit();
      expect(
        log()
          .filter((each) => each.startsWith("INSERT"))
          .map((each) => each.split(" ")[2]),
      ).toEqual(["authors", "books"]);
      expect(await rows("SELECT title, author_id FROM books ORDER BY id")).toEqual([
        ["1", 1],
        ["2", 1],
        ["3", 2],
      ]);
    });

    test("gives objects the keys and the defaults that the database makes", async () => {
      const book = new Book({ title: "1" });
      session.add(book);
      await session.flush();
      expect([book.id, book.edition, book.authorId]).toEqual([1, 1, null]);
      expect(session.dirty.size).toBe(0);
    });

    test("writes the columns that have changed, and nothing for a value that is what it was", async () => {
      const [one, two] = [new Author({ name: "A" }), new Author({ name: "B" })];
      session.addAll([one, two]);
      await session.commit();
      log();
      one.name = "X";
      two.name = "X";
      two.name = "B";
      expect([...session.dirty]).toEqual([one]);
      await session.commit();
      expect(log()).toEqual(["[begin]", "UPDATE authors SET name = ? WHERE authors.id = ?", "[commit]"]);
    });

    test("notices what has changed inside a JSON value", async () => {
      const author = new Author({ name: "A", settings: { theme: "dark", nested: { on: true } } });
      session.add(author);
      await session.commit();
      (author.settings as { nested: { on: boolean } }).nested.on = false;
      expect(session.isModified(author)).toBe(true);
      await session.commit();
      expect(await session.scalars(select(Author.settings)).all()).toEqual([{ theme: "dark", nested: { on: false } }]);
      expect(session.isModified(author)).toBe(false);
    });

    test("brings back what the database makes of an UPDATE, as these objects cannot load it", async () => {
      const book = new Book({ title: "1" });
      session.add(book);
      await session.commit();
      book.title = "2";
      await session.flush();
      expect(book.changed).toBe("CHANGED");
      book.edition = Book.edition.add(1) as unknown as number;
      await session.flush();
      expect(book.edition).toBe(2);
      const tag = new Tag({ name: func.upper(literal("new")) as unknown as string });
      session.add(tag);
      await session.flush();
      expect(tag.name).toBe("NEW");
    });

    test("takes the child of a one-to-one away before another takes its place", async () => {
      const author = new Author({ name: "A", portrait: new Portrait({ file: "old" }) });
      session.add(author);
      await session.commit();
      author.portrait = new Portrait({ file: "new" });
      await session.commit();
      expect(await rows("SELECT file, author_id FROM portraits")).toEqual([["new", 1]]);
    });

    test("lets a new object take over the row of a deleted one", async () => {
      const book = new Book({ title: "1", loans: [new Loan({ reader: "R", days: 1 })] });
      session.add(book);
      await session.commit();
      log();
      // The key is known only when the book has given its part.
      book.loans = [new Loan({ reader: "R", days: 9 })];
      await session.commit();
      expect(log().filter((each) => /loans/.test(each))).toEqual([
        "UPDATE loans SET days = ? WHERE loans.book_id = ? AND loans.reader = ?",
      ]);
      expect(await rows("SELECT * FROM loans")).toEqual([[1, "R", 9]]);
    });

    test("writes the links of a many-to-many once, from whichever side", async () => {
      const [a, b] = [new Tag({ name: "a" }), new Tag({ name: "b" })];
      const book = new Book({ title: "1", tags: [a, b] });
      session.add(book);
      await session.flush();
      a.books.splice(0, 1);
      expect(book.tags).toEqual([b]);
      a.books.push(book);
      b.books = [];
      log();
      await session.flush();
      expect(log().filter((each) => !each.startsWith("["))).toEqual([
        "DELETE FROM book_tags WHERE book_tags.book_id = ? AND book_tags.tag_id = ?",
      ]);
      expect(await rows("SELECT * FROM book_tags")).toEqual([[1, 1]]);
    });

    test("inserts a tree level by level, however it was added, and deletes it the other way round", async () => {
      const leaf = new Shelf({ name: "leaf" });
      const middle = new Shelf({ name: "middle", children: [leaf] });
      const root = new Shelf({ name: "root" });
      session.add(leaf);
      middle.parent = root;
      await session.commit();
      expect([root.id, middle.id, leaf.id]).toEqual([1, 2, 3]);
      await session.delete(root);
      await session.commit();
      expect(await rows("SELECT count(*) FROM shelves")).toEqual([[0]]);
    });

    test("refuses rows that refer to each other in a circle, before anything is written", async () => {
      const [a, b] = [new Shelf({ name: "a" }), new Shelf({ name: "b" })];
      a.parent = b;
      b.parent = a;
      session.addAll([a, b]);
      log();
      await expect(session.flush()).rejects.toThrow(CircularDependencyError);
      expect(log().some((each) => each.startsWith("INSERT"))).toBe(false);
      await session.rollback();
      session.addAll([a, b]);
      await expect(session.flush()).rejects.toThrow(/Shelf.*postUpdate/s);
    });

    test("writes rows that point at each other with an UPDATE of its own, where that is asked for", async () => {
      const captain = new Player({});
      const team = new Team({ players: [captain, new Player({})], captain });
      session.add(team);
      await session.commit();
      expect(await rows("SELECT id, captain_id FROM teams")).toEqual([[1, 1]]);
      for (const player of [...team.players]) await session.delete(player);
      await session.delete(team);
      await session.commit();
      expect(await rows("SELECT (SELECT count(*) FROM teams) + (SELECT count(*) FROM players)")).toEqual([[0]]);
    });

    test("moves an object to another primary key", async () => {
      const author = new Author({ id: 1, name: "A" });
      session.add(author);
      await session.commit();
      author.id = 7;
      await session.commit();
      expect(await session.get(Author, 7)).toBe(author);
      expect(await session.get(Author, 1)).toBeNull();
      expect(await rows("SELECT id FROM authors")).toEqual([[7]]);
    });

    test("tells children whose keys the database has changed along", async () => {
      const loan = new Loan({ reader: "R", days: 1 });
      const book = new Book({ title: "1", loans: [loan] });
      session.add(book);
      await session.commit();
      book.id = 7;
      await session.flush();
      expect([loan.bookId, session.dirty.size, await session.get(Loan, [7, "R"])]).toEqual([7, 0, loan]);
      loan.days = 2;
      await session.commit();
      expect(await rows("SELECT * FROM loans")).toEqual([[7, "R", 2]]);
    });

    test("finds out that somebody else has deleted the row", async () => {
      const author = new Author({ name: "A" });
      session.add(author);
      await session.commit();
      await session.execute(sqlText("DELETE FROM authors"));
      author.name = "B";
      await expect(session.flush()).rejects.toThrow(StaleDataError);
      await session.rollback();
      expect(author.name).toBe("A");
    });

    test("that fails names the statement, and leaves new objects as they were", async () => {
      session.add(new Tag({ name: "a" }));
      await session.commit();
      const twice = new Tag({ name: "a" });
      session.add(twice);
      await expect(session.flush()).rejects.toThrow(IntegrityError);
      await session.rollback();
      expect([inspect(twice).status, twice.name, twice.id]).toEqual(["transient", "a", undefined]);
      twice.name = "b";
      session.add(twice);
      await session.commit();
      expect(await session.scalars(select(Tag.name).orderBy(Tag.id)).all()).toEqual(["a", "b"]);
    });
  });
});

test("a synchronous session loads what the database makes of an UPDATE when it is read", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  LibraryBase.metadata.createAll(engine);
  using session = new SyncSession(engine);
  const book = new Book({ title: "1" });
  session.add(book);
  session.flush();
  book.title = "2";
  session.flush();
  expect(inspect(book).unloaded).toContain("changed");
  expect(book.changed).toBe("CHANGED");
});
