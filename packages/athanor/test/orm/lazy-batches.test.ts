import { createEngine, type Engine, select } from "athanor";
import { awaitable, ensureLoaded, isLoaded, raiseload, Session, selectinload, sessionmaker } from "athanor/orm";
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
      const tags = [new Tag({ id: 1, name: "a" }), new Tag({ id: 2, name: "b" })];
      const author = (id: number, numbers: readonly number[]) => {
        const books = numbers.map((n) => new Book({ id: id * 10 + n, title: `${id}.${n}`, tags: n === 1 ? tags : [] }));
        return new Author({ id, name: `A${id}`, books });
      };
      setup.addAll([author(1, [1, 2]), author(2, [1, 2]), author(3, [])]);
    });
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const selects = () => log().filter((each) => each.startsWith("SELECT"));
  const authors = () => session.scalars(select(Author).orderBy(Author.id)).all();
  const books = () => session.scalars(select(Book).orderBy(Book.id)).all();

  describe("relationships that are asked for at the same time", () => {
    test("are loaded with one statement for each relationship", async () => {
      const found = await authors();
      log();
      const loaded = await Promise.all(
        found.map(async (author) => {
          const own = await awaitable(author).books;
          const tags = await Promise.all(own.map((book) => awaitable(book).tags));
          return own.map(({ title }, index) => [title, tags[index]?.map(({ name }) => name).toSorted()]);
        }),
      );
      expect(loaded).toEqual([
        [
          ["1.1", ["a", "b"]],
          ["1.2", []],
        ],
        [
          ["2.1", ["a", "b"]],
          ["2.2", []],
        ],
        [],
      ]);
      expect(selects().length).toBeLessThanOrEqual(3);
    });

    test("of several kinds, and many-to-ones out of the session where it has them", async () => {
      const found = await books();
      log();
      const [titles, tags] = await Promise.all([
        Promise.all(found.map(async (book) => (await awaitable(book).author)?.name)),
        Promise.all(found.map(async (book) => (await awaitable(book).tags).length)),
      ]);
      expect(titles).toEqual(["A1", "A1", "A2", "A2"]);
      expect(tags).toEqual([2, 0, 2, 0]);
      expect(selects()).toHaveLength(2);
      session.expungeAll();
      await authors();
      const again = await books();
      log();
      expect((await Promise.all(again.map((book) => awaitable(book).author))).map((author) => author?.id)).toEqual([
        1, 1, 2, 2,
      ]);
      expect(selects()).toEqual([]);
    });

    test("with the options of the queries that loaded the objects", async () => {
      const some = selectinload(Author.books.and(Book.title.like("%.1")));
      const [one] = await session.scalars(select(Author).where(Author.id.eq(1)).options(some)).all();
      const others = await session.scalars(select(Author).where(Author.id.gt(1))).all();
      if (one !== undefined) session.expire(one, ["books"]);
      log();
      const all = [one as Author, ...others];
      const loaded = await Promise.all(all.map(async (author) => (await awaitable(author).books).length));
      expect(loaded).toEqual([1, 2, 0]);
      expect(selects()).toHaveLength(2);
    });

    test("begin before what the session is asked for next", async () => {
      const found = await authors();
      log();
      const loading = Promise.all(found.map((author) => awaitable(author).books));
      const next = session.scalars(select(Tag.name).orderBy(Tag.id)).all();
      await Promise.all([loading, next]);
      const [first, second] = selects();
      expect(first).toContain("FROM books");
      expect(second).toContain("FROM tags");
    });

    test("fail for all that asked, and each on its own where it is refused", async () => {
      const found = await authors();
      const [first] = found;
      if (first !== undefined) session.expunge(first);
      const results = await Promise.allSettled(found.map((author) => awaitable(author).books));
      expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
      session.expungeAll();
      const rest = await authors();
      const loading = Promise.allSettled(rest.map((author) => awaitable(author).books));
      const closing = session.close();
      expect((await loading).every(({ status }) => status === "fulfilled")).toBe(true);
      await closing;
    });
  });

  describe("ensureLoaded()", () => {
    test("loads what is missing on a path, with a statement for each step", async () => {
      const found = await authors();
      const [first] = found;
      if (first !== undefined) await awaitable(first).books;
      expect(first !== undefined && isLoaded(first, "books")).toBe(true);
      expect(first !== undefined && isLoaded(first, "books", "books.tags")).toBe(false);
      log();
      const loaded = await ensureLoaded(found, "books.tags", "books.author");
      expect(selects()).toHaveLength(2);
      expect(loaded).toBe(found);
      expect(loaded.map((author) => author.books.map((book) => book.tags.length))).toEqual([[2, 0], [2, 0], []]);
      expect(found.every((author) => isLoaded(author, "name", "books.tags"))).toBe(true);
    });

    test("of one object, what reading is refused, and what there is one of", async () => {
      const query = select(Author).where(Author.id.eq(2)).options(raiseload("*"));
      const author = await ensureLoaded(await session.scalars(query).one(), "books", "portrait");
      expect(author.books.map(({ title }) => title)).toEqual(["2.1", "2.2"]);
      expect(author.portrait).toBeNull();
      // @ts-expect-error there is no such attribute
      await expect(ensureLoaded(author, "nope")).rejects.toThrow(/no relationship "nope"/);
      session.expungeAll();
      await expect(ensureLoaded(author, "books.tags")).rejects.toThrow(/belongs to no session/);
    });
  });
});
