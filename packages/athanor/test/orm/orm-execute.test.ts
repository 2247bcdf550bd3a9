import {
  createEngine,
  deleteFrom,
  type Engine,
  InvalidRequestError,
  insert,
  listen,
  type Result,
  removeListener,
  select,
  sqlText,
  update,
} from "athanor";
import { inspect, type OrmExecuteState, Session, selectinload, sessionmaker } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, sent, Tag } from "./support/library.ts";

const kinds = [
  "isSelect",
  "isInsert",
  "isUpdate",
  "isDelete",
  "isOrmStatement",
  "isExecutemany",
  "isFromStatement",
] as const;
function described(state: OrmExecuteState<Session>): string {
  const is: string[] = kinds.filter((kind) => state[kind]);
  if (state.isColumnLoad) is.push("columns");
  const relationship = state.loadedRelationship;
  if (relationship !== null) is.push(`${relationship.parent.className}.${relationship.key}`);
  return [state.bindMapper?.className ?? "-", ...is].join(" ");
}

forEachDatabase((database) => {
  let engine: Engine;
  let log: () => string[];
  const selects = () => log().filter((each) => each.startsWith("SELECT"));
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

  describe("doOrmExecute", () => {
    test("tells of every statement of a session, and what it is for", async () => {
      await using session = new Session(engine);
      const heard: string[] = [];
      listen(session, "doOrmExecute", (state) => void heard.push(described(state)));
      const [ada] = await session.scalars(select(Author).orderBy(Author.id)).all();
      await session.scalars(select(Author).options(selectinload(Author.books))).all();
      await session.get(Book, 1);
      await session.get(Author, 99);
      if (ada !== undefined) await session.refresh(ada);
      await session.execute(select(Author.name));
      await session.execute(insert(Tag), [{ name: "a" }, { name: "b" }]);
      await session.execute(update(Tag).where(Tag.name.eq("a")).values({ name: "c" }));
      await session.execute(deleteFrom(Tag));
      await session.execute(sqlText("SELECT 1"));
      await session.execute(select(Author).fromStatement(sqlText("SELECT * FROM authors")));
      expect(heard).toEqual([
        "Author isSelect isOrmStatement",
        "Author isSelect isOrmStatement",
        "Book isSelect isOrmStatement Author.books",
        "Author isSelect isOrmStatement",
        "Author isSelect isOrmStatement columns",
        "Author isSelect isOrmStatement",
        "Tag isInsert isOrmStatement isExecutemany",
        "Tag isUpdate isOrmStatement",
        "Tag isDelete isOrmStatement",
        "-",
        "Author isSelect isOrmStatement isFromStatement",
      ]);
    });

    test("handlers change the statement, its parameters and its options", async () => {
      await using session = new Session(engine);
      const handler = (state: OrmExecuteState<Session>): void => {
        if (state.isSelect && !state.isRelationshipLoad && state.bindMapper?.className === "Author") {
          state.setStatement(select(Author).where(Author.name.eq("Bob")));
          state.addOptions(selectinload(Author.books));
          state.updateExecutionOptions({ populateExisting: true });
        }
      };
      listen(session, "doOrmExecute", handler);
      const authors = await session.scalars(select(Author)).all();
      expect(authors.map(({ name, books }) => [name, books.length])).toEqual([["Bob", 0]]);
      removeListener(session, "doOrmExecute", handler);
      listen(session, "doOrmExecute", (state) => state.setParameters({ name: "x" }), { once: true });
      await session.execute(insert(Tag), { name: "y" });
      expect(await session.scalars(select(Tag.name)).all()).toEqual(["x"]);
    });

    test("also the statements of loaders", async () => {
      await using session = new Session(engine);
      listen(session, "doOrmExecute", (state) => {
        if (state.loadedRelationship?.key !== "books") return;
        state.setStatement((state.statement as ReturnType<typeof select>).where(Book.title.eq("2")));
      });
      const [ada] = await session.scalars(select(Author).options(selectinload(Author.books)).orderBy(Author.id)).all();
      expect(ada?.books.map(({ title }) => title)).toEqual(["2"]);
    });

    test("a handler gives another result, and one after it is not heard", async () => {
      await using session = new Session(engine);
      let kept: (() => Result<unknown, unknown>) | null = null;
      const heard: string[] = [];
      listen(session, "doOrmExecute", async (state) => {
        if (!state.isSelect || state.isRelationshipLoad || state.isColumnLoad) return undefined;
        kept ??= (await state.invokeStatement()).freeze();
        return await state.mergeFrozen(kept);
      });
      listen(session, "doOrmExecute", (state) => void heard.push(described(state)));
      const query = select(Author, Author.name).orderBy(Author.id);
      const [first] = await session.execute(query).all();
      const [again] = await session.execute(query).all();
      expect(again?.[0]).toBe(first?.[0]);
      expect([first?.[1], heard.length, selects().length]).toEqual(["Ada", 1, 1]);
    });

    test("results of another session are merged without a statement", async () => {
      const sessions = sessionmaker(engine);
      const cache = new Map<string, () => Result<unknown, unknown>>();
      listen(sessions, "doOrmExecute", async (state) => {
        if (!state.isSelect || state.isRelationshipLoad) return undefined;
        const key = String(state.statement);
        let frozen = cache.get(key);
        if (frozen === undefined) {
          frozen = (await state.invokeStatement()).freeze();
          cache.set(key, frozen);
        }
        return await state.mergeFrozen(frozen);
      });
      const query = select(Author).options(selectinload(Author.books)).orderBy(Author.id);
      const names: unknown[] = [];
      for (let i = 0; i < 3; i += 1) {
        await using session = sessions();
        const authors = await session.scalars(query).all();
        names.push(authors.map(({ name, books }) => [name, books.length]));
        expect(authors.map((author) => [inspect(author).persistent, session.contains(author)])).toEqual([
          [true, true],
          [true, true],
        ]);
      }
      expect(new Set(names.map((each) => JSON.stringify(each)))).toEqual(new Set(['[["Ada",2],["Bob",0]]']));
      expect(selects()).toHaveLength(2);
    });

    test("handlers may use the session before the statement goes on", async () => {
      await using session = new Session(engine);
      const seen: unknown[] = [];
      listen(
        session,
        "doOrmExecute",
        async () => {
          seen.push(await session.scalars(select(Tag.name)).all());
          session.add(new Tag({ name: "new" }));
        },
        { once: true },
      );
      seen.push(await session.scalars(select(Tag.name)).all());
      expect(seen).toEqual([[], ["new"]]);
    });

    test("tells of rows that are read as they come", async () => {
      await using session = new Session(engine);
      listen(session, "doOrmExecute", (state) => state.setStatement(select(Author).where(Author.name.eq("Bob"))), {
        once: true,
      });
      const names: string[] = [];
      for await (const author of session.scalars(select(Author))) names.push(author.name);
      listen(session, "doOrmExecute", async (state) => await state.invokeStatement(), { once: true });
      for await (const author of session.scalars(select(Author).orderBy(Author.id))) names.push(author.name);
      expect(names).toEqual(["Bob", "Ada", "Bob"]);
    });

    test("what a handler returns has to be a result, and its errors are the execution's", async () => {
      await using session = new Session(engine);
      listen(session, "doOrmExecute", () => 5 as never, { once: true });
      await expect(session.execute(select(Author))).rejects.toThrow("returns a result, or nothing, not 5");
      listen(session, "doOrmExecute", () => Promise.reject(new Error("not today")), { once: true });
      await expect(session.execute(select(Author))).rejects.toThrow("not today");
      listen(session, "doOrmExecute", (state) => state.addOptions(selectinload(Author.books)), { once: true });
      await expect(session.execute(sqlText("SELECT 1"))).rejects.toThrow(InvalidRequestError);
      expect(await session.scalars(select(Author)).all()).toHaveLength(2);
    });
  });
});
