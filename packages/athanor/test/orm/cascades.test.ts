import { createEngine, type Engine, FlushError, sqlText } from "athanor";
import { awaitable, inspect, Session, selectinload, sessionmaker } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, Loan, Portrait, Shelf, sent, Tag } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => {
      const tags = [new Tag({ name: "a" }), new Tag({ name: "b" })];
      setup.addAll([
        new Author({
          name: "Ada",
          portrait: new Portrait({ file: "ada.png" }),
          books: [
            new Book({
              title: "1",
              tags,
              loans: [new Loan({ reader: "R", days: 1 }), new Loan({ reader: "S", days: 2 })],
            }),
            new Book({ title: "2", tags: tags.slice(0, 1) }),
          ],
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
  const rows = async (sql: string) =>
    (await session.execute(sqlText(sql)).all()).map((row) => [...(row as unknown as unknown[])]);
  const written = () => log().filter((each) => /^(INSERT|UPDATE|DELETE)/.test(each));

  describe("save-update", () => {
    test("brings in what is related to an object, both ways, and what is put into its relationships later", () => {
      const book = new Book({ title: "3", author: new Author({ name: "new" }), tags: [new Tag({ name: "c" })] });
      session.add(book);
      expect([...session.new].map((each) => inspect(each).mapper.className).sort()).toEqual(["Author", "Book", "Tag"]);
      const late = new Tag({ name: "late" });
      book.tags.push(late);
      expect(session.contains(late)).toBe(true);
    });
  });

  describe("delete", () => {
    test("takes along what belongs to an object, and lets go of the rest", async () => {
      const ada = await session.getOne(Author, 1);
      await session.delete(ada);
      expect([...session.deleted].map((each) => inspect(each).mapper.className)).toEqual(["Author", "Portrait"]);
      log();
      await session.flush();
      expect(written()).toEqual([
        expect.stringMatching(/^UPDATE books SET author_id = \?.* ×2$/),
        "DELETE FROM portraits WHERE portraits.id = ?",
        "DELETE FROM authors WHERE authors.id = ?",
      ]);
    });

    test("cuts links, and deletes what a collection without a way back holds", async () => {
      const book = await session.getOne(Book, 1);
      await session.delete(book);
      log();
      await session.commit();
      expect(written()).toEqual([
        "DELETE FROM book_tags WHERE book_tags.book_id = ? AND book_tags.tag_id = ? ×2",
        "DELETE FROM loans WHERE loans.book_id = ? AND loans.reader = ? ×2",
        "DELETE FROM books WHERE books.id = ?",
      ]);
    });

    test("leaves no trace in what is loaded, once it is committed", async () => {
      const ada = await session.getOne(Author, 1, { options: [selectinload(Author.books)] });
      const [first] = ada.books;
      await session.delete(first as Book);
      await session.commit();
      expect(ada.books.map(({ title }) => title)).toEqual(["2"]);
    });

    test("spares an object that is added again", async () => {
      const bob = await session.getOne(Author, 2);
      await session.delete(bob);
      session.add(bob);
      log();
      await session.commit();
      expect(written()).toEqual([]);
    });

    test("keeps a child that has moved to another parent in the meantime", async () => {
      const ada = await session.getOne(Author, 1);
      const book = await session.getOne(Book, 1);
      await session.delete(ada);
      book.author = await session.getOne(Author, 2);
      await session.commit();
      expect(await rows("SELECT id, author_id FROM books ORDER BY id")).toEqual([
        [1, 2],
        [2, null],
      ]);
    });
  });

  describe("delete-orphan", () => {
    test("deletes what is taken out of a collection, or replaced in a one-to-one, with all that belongs to it", async () => {
      const book = await session.getOne(Book, 1, { options: [selectinload(Book.loans)] });
      const [first] = book.loans.splice(0, 1);
      const ada = await session.getOne(Author, 1, { options: [selectinload(Author.portrait)] });
      ada.portrait = null;
      await session.flush();
      expect(inspect(first as Loan).status).toBe("deleted");
      expect(await rows("SELECT (SELECT count(*) FROM loans), (SELECT count(*) FROM portraits)")).toEqual([[1, 0]]);
    });

    test("never inserts a new object that has lost its parent", async () => {
      const root = new Shelf({ name: "root", children: [new Shelf({ name: "child" })] });
      session.add(root);
      const child = root.children.pop() as Shelf;
      expect(session.contains(child)).toBe(false);
      const other = new Shelf({ name: "other", parent: root });
      session.add(other);
      other.parent = null;
      await session.flush();
      expect(await rows("SELECT name FROM shelves")).toEqual([["root"]]);
      expect(inspect(other).status).toBe("transient");
    });

    test("is no matter for an object that never had a parent, or has got another", async () => {
      const [one, two] = [
        new Shelf({ name: "one", children: [new Shelf({ name: "child" })] }),
        new Shelf({ name: "two" }),
      ];
      session.addAll([one, two]);
      await session.flush();
      two.children.push(one.children[0] as Shelf);
      expect(one.children).toEqual([]);
      await session.flush();
      expect(await rows("SELECT name, parent_id FROM shelves ORDER BY id")).toEqual([
        ["one", null],
        ["two", null],
        ["child", 2],
      ]);
    });

    test("moves an object between collections without a way back", async () => {
      const [one, two] = await Promise.all([session.getOne(Book, 1), session.getOne(Book, 2)]);
      const loans = await awaitable(one).loans;
      await awaitable(two).loans;
      const [moved] = loans.splice(0, 1);
      two.loans.push(moved as Loan);
      // The key of a loan has the book's in it: it is the same object with another key.
      await session.commit();
      expect(await rows("SELECT book_id, reader FROM loans ORDER BY 1, 2")).toEqual([
        [1, "S"],
        [2, "R"],
      ]);
      expect(await session.get(Loan, [2, "R"])).toBe(moved);
    });
  });

  test("a key that is part of the primary key is never made null", async () => {
    const { Loose, LooseBase, Owner } = await import("./support/loose.ts");
    await LooseBase.metadata.createAll(engine);
    const owner = new Owner({ parts: [new Loose({ name: "x" })] });
    session.add(owner);
    await session.commit();
    owner.parts.pop();
    await expect(session.flush()).rejects.toThrow(FlushError);
  });

  test("expunge and merge go along their cascades", async () => {
    const root = new Shelf({ name: "root", children: [new Shelf({ name: "child" })] });
    session.add(root);
    await session.commit();
    session.expunge(root);
    expect([...session.identityMap]).toEqual([]);
    root.name = "renamed";
    const merged = await session.merge(root);
    await session.commit();
    expect([merged.name, merged.children[0]?.name, merged === root]).toEqual(["renamed", "child", false]);
  });
});
