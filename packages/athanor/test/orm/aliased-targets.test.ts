// Relationships that lead to an alias of a class: to some of its rows, numbered or joined by a subquery, or to its table under a name.
import { and, createEngine, type Engine, func, integer, listen, select, varchar } from "athanor";
import {
  aliased,
  awaitable,
  containsEager,
  declarativeBase,
  immediateload,
  joinedload,
  many,
  map,
  oneOrNone,
  type RelationshipOptions,
  raiseload,
  Session,
  selectinload,
  subqueryload,
  withParent,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const Base = declarativeBase();

class Shelf extends Base.model("shelves", {
  id: integer().primaryKey(),
  name: varchar(30),
  /** The two newest of each shelf. */
  get newest() {
    return many(() => numbered, {
      primaryJoin: () => and(Shelf.id.eq(numbered.shelfId), ranked.c.place.le(2)),
      viewOnly: true,
      orderBy: () => numbered.year.desc(),
    });
  },
  /** The newest alone. */
  get latest() {
    return oneOrNone(() => numbered, {
      primaryJoin: () => and(numbered.shelfId.eq(Shelf.id), ranked.c.place.eq(1)),
      viewOnly: true,
    });
  },
  /** Of the class's table under another name. */
  get old() {
    return many(() => oldBook, {
      primaryJoin: () => and(Shelf.id.eq(oldBook.shelfId), oldBook.year.lt(1960)),
      viewOnly: true,
      orderBy: () => oldBook.year,
    });
  },
  /** Through a table in between. */
  get writers() {
    return many(() => writer, {
      secondary: () => Book,
      primaryJoin: () => Shelf.id.eq(Book.shelfId),
      secondaryJoin: () => and(Book.authorId.eq(writer.id), writer.name.ne("Bob")),
      viewOnly: true,
    });
  },
}) {
  static {
    map(this);
  }
}

class Author extends Base.model("authors", {
  id: integer().primaryKey(),
  name: varchar(30),
}) {
  static {
    map(this);
  }
}

class Book extends Base.model("books", {
  id: integer().primaryKey(),
  title: varchar(30),
  year: integer(),
  shelfId: integer().references(() => Shelf.id),
  authorId: integer().references(() => Author.id),
  get shelf() {
    return oneOrNone(() => Shelf);
  },
  get author() {
    return oneOrNone(() => Author);
  },
  /** Books of the same shelf, by the table under a name of its own. */
  get earlier() {
    return many(() => oldBook, {
      primaryJoin: () => and(Book.shelfId.eq(oldBook.shelfId), oldBook.year.lt(Book.year)),
      viewOnly: true,
      orderBy: () => oldBook.year,
    });
  },
}) {
  static {
    map(this);
  }
}

const ranked = select(
  Book,
  func.rowNumber().over({ partitionBy: Book.shelfId, orderBy: Book.year.desc() }).label("place"),
).subquery();
const numbered = aliased(Book, ranked);
const oldBook = aliased(Book, "old_book");
const writer = aliased(Author, "writer");

/** Titles by shelf. */
const newest = { fiction: ["f1990", "f1980"], maps: ["m1950"], empty: [] };

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    session = new Session(engine);
    const [fiction, maps] = [new Shelf({ id: 1, name: "fiction" }), new Shelf({ id: 2, name: "maps" })];
    const author = new Author({ id: 1, name: "Ann" });
    session.addAll([
      ...[fiction, maps, new Shelf({ id: 3, name: "empty" }), author],
      ...[1950, 1990, 1940, 1980].map((year, i) => {
        return new Book({ id: i + 1, title: `f${year}`, year, shelf: fiction, author });
      }),
      new Book({ id: 5, title: "m1950", year: 1950, shelf: maps, author: new Author({ id: 2, name: "Bob" }) }),
    ]);
    await session.commit();
    session.expungeAll();
  });
  afterEach(async () => {
    await session.close();
    await Base.metadata.dropAll(engine);
    await engine.dispose();
  });

  const titlesOf = (books: readonly Book[]) => books.map(({ title }) => title);
  const statements = async (work: () => Promise<void>): Promise<number> => {
    let count = 0;
    listen(engine, "beforeCursorExecute", () => {
      count += 1;
    });
    await work();
    return count;
  };

  describe("loading", () => {
    test.each([
      ["selectinload", selectinload, 3],
      ["joinedload", joinedload, 1],
      ["subqueryload", subqueryload, 3],
      ["immediateload", immediateload, 7],
    ] as const)("%s loads the class's own objects of a numbered subquery", async (_, load, expected) => {
      const count = await statements(async () => {
        const shelves = await session
          .scalars(select(Shelf).orderBy(Shelf.id).options(load(Shelf.newest), load(Shelf.latest)))
          .unique()
          .all();
        expect(Object.fromEntries(shelves.map((shelf) => [shelf.name, titlesOf(shelf.newest)]))).toEqual(newest);
        expect(shelves.map(({ latest }) => latest?.title ?? null)).toEqual(["f1990", "m1950", null]);
        expect(shelves[0]?.newest[0]).toBe(shelves[0]?.latest);
        expect(shelves[0]?.newest[0]).toBeInstanceOf(Book);
      });
      expect(count).toBe(expected);
    });

    test("the foreign key that the alias shows is what is looked for", async () => {
      const seen: string[] = [];
      listen(engine, "beforeCursorExecute", ({ statement }) => {
        seen.push(statement);
      });
      await session.scalars(select(Shelf).options(selectinload(Shelf.newest))).all();
      expect(seen).toHaveLength(2);
      expect(seen[1]).toMatch(/ AS anon_1\s+WHERE anon_1\.shelf_id (IN|= ANY)/);
      expect(seen[1]).not.toContain("shelves");
    });

    test("is done by reading it, where the session can", async () => {
      const shelf = await session.getOne(Shelf, 1);
      expect(titlesOf(await awaitable(shelf).newest)).toEqual(newest.fiction);
      expect((await awaitable(shelf).latest)?.title).toBe("f1990");
      expect(titlesOf(await awaitable(shelf).old)).toEqual(["f1940", "f1950"]);
    });

    test("is refused by raiseload()", async () => {
      const shelf = await session.getOne(Shelf, 1, { options: [raiseload(Shelf.newest)] });
      expect(() => shelf.newest).toThrow(/Shelf\.newest is not loaded/);
    });

    test.each([
      ["selectinload", selectinload],
      ["joinedload", joinedload],
      ["subqueryload", subqueryload],
      ["immediateload", immediateload],
    ] as const)("%s goes by the table under another name, also from the class itself", async (_, load) => {
      const shelves = await session
        .scalars(select(Shelf).orderBy(Shelf.id).options(load(Shelf.old)))
        .unique()
        .all();
      expect(shelves.map(({ old }) => titlesOf(old))).toEqual([["f1940", "f1950"], ["m1950"], []]);
      const books = await session
        .scalars(select(Book).orderBy(Book.year, Book.id).options(load(Book.earlier)))
        .unique()
        .all();
      expect(books.map(({ earlier }) => titlesOf(earlier))).toEqual([
        [],
        ["f1940"],
        [],
        ["f1940", "f1950"],
        ["f1940", "f1950", "f1980"],
      ]);
    });

    test.each([
      ["selectinload", selectinload(Shelf.newest).selectinload(numbered.author)],
      ["joinedload", joinedload(Shelf.newest).joinedload(numbered.author)],
      ["subqueryload", subqueryload(Shelf.newest).subqueryload(numbered.author)],
      ["joinedload of selectinload", selectinload(Shelf.newest).joinedload(numbered.author)],
      ["selectinload of joinedload", joinedload(Shelf.newest).selectinload(numbered.author)],
    ] as const)("options go on beyond it: %s", async (_, beyond) => {
      const shelf = await session
        .scalars(select(Shelf).where(Shelf.id.eq(1)).options(beyond))
        .unique()
        .one();
      expect(shelf.newest.map((book) => book.author?.name)).toEqual(["Ann", "Ann"]);
    });

    test.each([
      ["selectinload", selectinload],
      ["joinedload", joinedload],
      ["subqueryload", subqueryload],
      ["immediateload", immediateload],
    ] as const)("%s goes through a table in between", async (_, load) => {
      const shelves = await session
        .scalars(select(Shelf).orderBy(Shelf.id).options(load(Shelf.writers)))
        .unique()
        .all();
      expect(shelves.map(({ writers }) => writers.map(({ name }) => name))).toEqual([["Ann"], [], []]);
      expect(await session.scalars(select(Shelf.name).where(Shelf.writers.any())).all()).toEqual(["fiction"]);
    });

    test("options add conditions, an order and limits", async () => {
      const options = [
        selectinload(Shelf.newest.and(numbered.year.lt(1990))),
        selectinload(Shelf.old, { orderBy: oldBook.year.desc(), limit: 1 }),
      ];
      const shelves = await session
        .scalars(
          select(Shelf)
            .orderBy(Shelf.id)
            .options(...options),
        )
        .all();
      expect(shelves.map((shelf) => titlesOf(shelf.newest))).toEqual([["f1980"], ["m1950"], []]);
      expect(shelves.map((shelf) => titlesOf(shelf.old))).toEqual([["f1950"], ["m1950"], []]);
      const [first] = await session
        .scalars(
          select(Shelf)
            .where(Shelf.id.eq(1))
            .options(selectinload(Shelf.newest, { offset: 1, limit: 5 }))
            .executionOptions({ populateExisting: true }),
        )
        .all();
      expect(titlesOf(first?.newest ?? [])).toEqual(["f1980"]);
    });

    test("the query's own join can be what is loaded", async () => {
      const shelves = await session
        .scalars(select(Shelf).join(Shelf.newest).where(ranked.c.place.eq(2)).options(containsEager(Shelf.newest)))
        .unique()
        .all();
      expect(shelves.map((shelf) => titlesOf(shelf.newest))).toEqual([["f1980"]]);
    });

    test("a join of the query's own stands beside the one that loads", async () => {
      const shelves = await session
        .scalars(select(Shelf).join(Shelf.newest).where(ranked.c.place.eq(2)).options(joinedload(Shelf.newest)))
        .unique()
        .all();
      expect(shelves.map((shelf) => titlesOf(shelf.newest))).toEqual([newest.fiction]);
    });
  });

  describe("asking along it", () => {
    const names = async (...conditions: Parameters<typeof Shelf.newest.and>[0][]) =>
      await session
        .scalars(
          select(Shelf.name)
            .where(...conditions)
            .orderBy(Shelf.id),
        )
        .all();

    test("any() and has() speak of the alias", async () => {
      expect(await names(Shelf.newest.any())).toEqual(["fiction", "maps"]);
      expect(await names(Shelf.newest.any(numbered.year.lt(1960)))).toEqual(["maps"]);
      expect(await names(Shelf.latest.has(numbered.title.eq("f1990")))).toEqual(["fiction"]);
      expect(await names(Shelf.latest.eq(null))).toEqual(["empty"]);
      expect(await names(Shelf.old.any(oldBook.year.lt(1950)))).toEqual(["fiction"]);
    });

    test("contains(), eq() and ne() ask whether the object's row is among those of the alias", async () => {
      const [f1950, f1990] = [await session.getOne(Book, 1), await session.getOne(Book, 2)];
      expect(await names(Shelf.newest.contains(f1990))).toEqual(["fiction"]);
      expect(await names(Shelf.newest.contains(f1950))).toEqual([]);
      expect(await names(Shelf.latest.eq(f1990))).toEqual(["fiction"]);
      expect(await names(Shelf.latest.ne(f1990))).toEqual(["maps", "empty"]);
      expect(await names(Shelf.old.contains(f1950))).toEqual(["fiction"]);
      expect(await names(Shelf.old.contains(f1990))).toEqual([]);
    });

    test("a join leads to the alias, with the subquery's own columns", async () => {
      const rows = await session
        .execute(
          select(Shelf.name, numbered.title, ranked.c.place).join(Shelf.newest).orderBy(Shelf.id, ranked.c.place),
        )
        .all();
      expect(rows.map((row) => [...row])).toEqual([
        ["fiction", "f1990", 1],
        ["fiction", "f1980", 2],
        ["maps", "m1950", 1],
      ]);
    });

    test("withParent() and the alias as what is selected", async () => {
      const shelf = await session.getOne(Shelf, 1);
      const books = await session.scalars(select(numbered).where(withParent(shelf, Shelf.newest))).all();
      expect(titlesOf(books).sort()).toEqual(["f1980", "f1990"]);
    });
  });

  test("what is done to it is not written", async () => {
    const shelf = await session.getOne(Shelf, 3, { options: [selectinload(Shelf.newest)] });
    shelf.newest.push(await session.getOne(Book, 5));
    await session.commit();
    expect((await session.getOne(Book, 5)).shelfId).toBe(2);
  });
});

describe("declarations that cannot be", () => {
  /** A class with a relationship to an alias of another one. */
  const declared = (options: RelationshipOptions) => {
    class Holder extends declarativeBase().model("holders", {
      id: integer().primaryKey(),
      get books() {
        return many(() => oldBook, options);
      },
    }) {
      static {
        map(this);
      }
    }
    return () => new Holder({ id: 1 });
  };

  test.each([
    [
      "one that is written",
      { primaryJoin: () => oldBook.id.gt(1) },
      /Holder\.books leads to an alias of Book.* viewOnly: true/,
    ],
    ["one without a condition", { viewOnly: true }, /Holder\.books leads to an alias of Book.* primaryJoin/],
    [
      "a condition on another alias",
      { viewOnly: true, primaryJoin: () => numbered.id.gt(1) },
      /primaryJoin does not speak of the alias of Book/,
    ],
    [
      "a collection that is asked for",
      { viewOnly: true, primaryJoin: () => oldBook.id.gt(1), lazy: "dynamic" },
      /lazy: "dynamic" is for relationships to a class/,
    ],
  ] as const)("%s", (_, options, message) => {
    expect(declared(options)).toThrow(message);
  });
});
