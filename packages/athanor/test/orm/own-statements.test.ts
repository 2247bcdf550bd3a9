import { column, createEngine, type Engine, func, integer, select, sqlText, unionAll, values, varchar } from "athanor";
import { aliased, awaitable, inspect, Session, selectinload, sessionmaker, withParent } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, Shelf, sent, Tag } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => {
      const tags = [new Tag({ id: 1, name: "a" }), new Tag({ id: 2, name: "b" })];
      const book = (id: number, title: string) => new Book({ id, title, tags: tags.slice(0, id) });
      setup.addAll([
        new Author({ id: 1, name: "Ada", settings: { theme: "dark" }, books: [book(1, "one"), book(2, "two")] }),
        new Author({ id: 2, name: "Bob", books: [book(3, "three")] }),
      ]);
      const leaf = new Shelf({ id: 2, name: "leaf" });
      setup.add(new Shelf({ id: 1, name: "root", children: [leaf] }));
    });
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const selects = () => log().filter((each) => /SELECT/i.test(each));

  describe("objects of a statement of one's own", () => {
    test("a set operation, with relationships loaded along", async () => {
      const both = unionAll(select(Author).where(Author.id.eq(2)), select(Author).where(Author.name.eq("Ada")));
      const query = select(Author)
        .fromStatement(unionAll(select(Author).where(Author.id.eq(1)), select(Author).where(Author.id.eq(2))))
        .options(selectinload(Author.books));
      const found = await session.scalars(query).all();
      expect(found.map(({ name, books }) => [name, books.length]).toSorted()).toEqual([
        ["Ada", 2],
        ["Bob", 1],
      ]);
      expect(found.find(({ id }) => id === 1)?.settings).toEqual({ theme: "dark" });
      expect(selects()).toHaveLength(2);
      const again = select(Author).options(selectinload(Author.books)).fromStatement(both.orderBy("id"));
      expect(await session.scalars(again).all()).toEqual(found.toSorted((a, b) => a.id - b.id));
    });

    test("text whose columns are found by their names, and converted", async () => {
      const text = sqlText("select name, settings, id from authors where id = :id", { id: 1 });
      const ada = await session.scalars(select(Author).fromStatement(text)).one();
      expect(ada.name).toBe("Ada");
      expect(ada.settings).toEqual({ theme: "dark" });
      expect(ada).toBe(await session.get(Author, 1));
      const streamed: string[] = [];
      const all = select(Author).fromStatement(sqlText("select * from authors order by id"));
      for await (const author of session.scalars(all)) streamed.push(author.name);
      expect(streamed).toEqual(["Ada", "Bob"]);
    });

    test("what is not returned is loaded later; without a key nothing is known", async () => {
      const ids = select(Author).fromStatement(sqlText("select id from authors where name = :name"));
      const ada = await session.scalars(ids, { name: "Ada" }).one();
      expect(inspect(ada).unloaded).toContain("name");
      expect(await awaitable(ada).name).toBe("Ada");
      const nameless = select(Author).fromStatement(sqlText("select name from authors"));
      await expect(session.scalars(nameless).all()).rejects.toThrow(/does not return Author.id/);
    });

    test("entities beside columns, and columns alone", async () => {
      const count = func.count(Book.id).label("books");
      const counted = select(Author, count).join(Author.books).groupBy(Author.id, Author.name, Author.settings);
      if (database.dialect !== "postgresql") {
        const rows = await session.execute(select(Author, count).fromStatement(counted.orderBy(Author.id))).all();
        expect(rows.map((row) => [row[0].name, row.books])).toEqual([
          ["Ada", 2],
          ["Bob", 1],
        ]);
      }
      const names = select(Author.name, Author.id).fromStatement(sqlText("select id, name from authors order by id"));
      const rows = await session.execute(names).all();
      expect(rows.map((row) => [row.name, row.id])).toEqual([
        ["Ada", 1],
        ["Bob", 2],
      ]);
      const missing = select(Author.name).fromStatement(sqlText("select id from authors"));
      await expect(session.execute(missing).all()).rejects.toThrow(/returns no "name"/);
    });

    test("the same text with other values is prepared once, and other columns are no confusion", async () => {
      const text = sqlText("select id, name, settings from authors where id = :id");
      const query = select(Author).fromStatement(text);
      expect((await session.scalars(query, { id: 1 }).one()).name).toBe("Ada");
      expect((await session.scalars(query, { id: 2 }).one()).name).toBe("Bob");
      // @ts-expect-error a string is no statement
      expect(() => select(Author).fromStatement("select 1")).toThrow(/takes a query/);
    });
  });

  describe("an alias of a class", () => {
    test("over a CTE, a subquery and VALUES", async () => {
      const early = aliased(Author, select(Author).where(Author.id.eq(1)).cte("early"));
      expect((await session.scalars(select(early)).one()).name).toBe("Ada");
      const joined = select(early.name, Book.title).join(Book, Book.authorId.eq(early.id)).orderBy(Book.id);
      expect((await session.execute(joined).all()).map((row) => [...row])).toEqual([
        ["Ada", "one"],
        ["Ada", "two"],
      ]);
      const along = early.books;
      expect(await session.scalars(select(Book.title).selectFrom(early).join(along).orderBy(Book.id)).all()).toEqual([
        "one",
        "two",
      ]);
    });

    test("over names that are not the class's own", async () => {
      const columns = { id: integer(), name: varchar(20), parentId: integer() };
      const made = values(columns, [
        { id: 71, name: "x", parentId: 70 },
        { id: 72, name: "y", parentId: 71 },
      ]);
      const shelf = aliased(Shelf, made);
      const found = await session.scalars(select(shelf).orderBy(shelf.id)).all();
      expect(found.map(({ id, name }) => [id, name])).toEqual([
        [71, "x"],
        [72, "y"],
      ]);
    });
  });

  describe("what belongs to an object", () => {
    test("is asked for by its keys, along every kind of relationship", async () => {
      const [ada, three] = [await session.getOne(Author, 1), await session.getOne(Book, 3)];
      session.expungeAll();
      const titles = select(Book.title).orderBy(Book.id);
      expect(await session.scalars(titles.where(withParent(ada, Author.books))).all()).toEqual(["one", "two"]);
      expect(await session.scalars(select(Author.name).where(withParent(three, Book.author))).all()).toEqual(["Bob"]);
      expect(await session.scalars(select(Tag.name).where(withParent(three, Book.tags)).orderBy(Tag.id)).all()).toEqual(
        ["a", "b"],
      );
      const root = await session.getOne(Shelf, 1);
      expect(await session.scalars(select(Shelf.name).where(withParent(root, Shelf.children))).all()).toEqual(["leaf"]);
      const leaf = await session.getOne(Shelf, 2);
      expect(await session.scalars(select(Shelf.name).where(withParent(leaf, Shelf.parent))).all()).toEqual(["root"]);
    });

    test("with conditions, and for an alias", async () => {
      const ada = await session.getOne(Author, 1);
      const own = Author.books.and(Book.title.ne("one"));
      expect(await session.scalars(select(Book.title).where(withParent(ada, own))).all()).toEqual(["two"]);
      const other = aliased(Book, "other");
      const query = select(other.title)
        .where(withParent(ada, Author.books.ofType(other)))
        .orderBy(other.id);
      expect(await session.scalars(query).all()).toEqual(["one", "two"]);
      expect(() => withParent(ada, Book.tags)).toThrow(/starts at Book/);
      expect(() => withParent(new Author({ name: "new" }), Author.books)).toThrow(/flush it first/);
    });
  });

  test("text that names its columns is read by what they are", async () => {
    const text = sqlText("select id as a, name as b, settings as c from authors where id = 1").columns(
      column("a", integer()).label("x"),
    );
    await expect(session.execute(select(Author).fromStatement(text)).all()).rejects.toThrow(/does not return/);
    const told = sqlText("select name as n, id as i, settings as s from authors where id = 1").columns(
      Author.name,
      Author.id,
      Author.settings,
    );
    expect((await session.scalars(select(Author).fromStatement(told)).one()).name).toBe("Ada");
  });
});
