import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { Repository } from "../../../src/ext.ts";
import { createEngine, type Engine, integer, NoResultFound, varchar } from "../../../src/index.ts";
import { declarativeBase, type Loaded, many, map, one, Session, selectinload } from "../../../src/orm/index.ts";
import { forEachDatabase } from "../../support/databases.ts";

const Base = declarativeBase();
class Author extends Base.model("authors", {
  id: integer().primaryKey(),
  name: varchar(50),
  rank: integer().default(0),
  get books() {
    return many(() => Book, { backPopulates: "author", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}
class Book extends Base.model("books", {
  id: integer().primaryKey(),
  title: varchar(50),
  get authorId() {
    return integer().references(() => Author.id);
  },
  get author() {
    return one(() => Author, { backPopulates: "books" });
  },
}) {
  static {
    map(this);
  }
}
class Authors extends Repository<typeof Author> {
  constructor(session: Session) {
    super(session, Author);
  }
  ranked(rank: number) {
    return this.list({ where: Author.rank.ge(rank), orderBy: [Author.rank.desc(), Author.name] });
  }
}

describe("repository", () => {
  forEachDatabase((database) => {
    let engine: Engine | undefined;
    afterEach(async () => {
      await engine?.dispose();
      engine = undefined;
    });

    test("the usual questions, typed by the class", async () => {
      engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      await using session = new Session(engine);
      const authors = new Authors(session);
      for (const [index, name] of ["Ada", "Bea", "Cid", "Dan"].entries()) {
        const made = await authors.create({ name, rank: index, books: [new Book({ title: `${name}'s` })] });
        expect(made.id).toBe(index + 1);
      }
      expect((await authors.ranked(2)).map(({ name }) => name)).toEqual(["Dan", "Cid"]);
      const page = await authors.page({ where: [Author.rank.gt(0)], limit: 2, offset: 1 });
      expect(page.items.map(({ name }) => name)).toEqual(["Cid", "Dan"]);
      expect(page.total).toBe(3);
      expect(await authors.count()).toBe(4);
      expect(await authors.exists({ where: Author.name.eq("Eva") })).toBe(false);
      expect(await authors.exists({ where: Author.name.eq("Ada") })).toBe(true);

      session.expungeAll();
      const loaded = await authors.list({ options: [selectinload(Author.books)] });
      expectTypeOf(loaded).toEqualTypeOf<Loaded<Author, "books">[]>();
      expect(loaded[0]?.books.map(({ title }) => title)).toEqual(["Ada's"]);

      expect((await authors.update(2, { rank: 9 })).rank).toBe(9);
      // @ts-expect-error no such attribute
      await expect(authors.update(2, { rang: 9 }).then(() => null)).resolves.toBeNull();
      await expect(authors.update(2, { name: undefined as never })).rejects.toThrow(/leave it out, or pass null/);
      await expect(authors.update(77, { rank: 1 })).rejects.toThrow(NoResultFound);
      expect(await authors.delete(1)).toBe(true);
      expect(await authors.delete(1)).toBe(false);
      await session.commit();
      expect(await new Repository(session, Book).count()).toBe(3);
      expect(await authors.get(1)).toBeNull();
      await expect(authors.getOne(1)).rejects.toThrow(NoResultFound);
    });
  });
});
