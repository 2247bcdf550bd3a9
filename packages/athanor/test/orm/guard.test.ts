// Sessions that count their statements, and tell of what is sent again and again.
import { createEngine, createSyncEngine, type Engine, InvalidRequestError, select } from "athanor";
import {
  awaitable,
  declarativeBase,
  type GuardOptions,
  many,
  map,
  Session,
  type SessionOptions,
  type StatementReport,
  SyncSession,
  selectinload,
  sessionmaker,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { integer } from "../../src/index.ts";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, Tag } from "./support/library.ts";

const authors = () =>
  [1, 2, 3, 4, 5].map((id) => new Author({ name: `author ${id}`, books: [new Book({ title: `book ${id}` })] }));

forEachDatabase((database) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => setup.addAll(authors()));
  });
  afterEach(() => engine.dispose());

  /** A session that keeps what it reports. */
  function guarded(guard: GuardOptions = {}, options: SessionOptions = {}) {
    const reports: StatementReport[] = [];
    const report = (each: StatementReport) => reports.push(each);
    return { reports, session: new Session(engine, { guard: { repeated: 3, report, ...guard }, ...options }) };
  }

  describe("a session with a guard", () => {
    test("tells once of a relationship that is loaded object by object, and of where and what to write", async () => {
      const { session, reports } = guarded();
      await using _ = session;
      for (const author of await session.scalars(select(Author)).all()) await awaitable(author).books;
      expect(reports.map(({ kind, count, attribute }) => [kind, count, attribute])).toEqual([
        ["repeated", 3, "Author.books"],
      ]);
      expect(reports[0]?.place).toContain("guard.test.ts");
      expect(reports[0]?.message).toContain("Load it with the query: options(selectinload(Author.books)).");
      expect(reports[0]?.session).toBe(session);
    });

    test("tells of what a program asks for in a loop", async () => {
      const { session, reports } = guarded();
      await using _ = session;
      for (let id = 1; id <= 4; id += 1) await session.get(Author, id);
      for (let id = 1; id <= 4; id += 1)
        await session.scalars(select(Book).where(Book.authorId.in([id, id + 1]))).all();
      expect(reports.map(({ attribute, sql }) => [attribute, /FROM (\w+)/.exec(sql)?.[1]])).toEqual([
        [null, "authors"],
        [null, "books"],
      ]);
      expect(reports[1]?.message).toContain("Ask for all rows at once, with in() or a join");
      expect(reports[1]?.place).toContain("guard.test.ts");
    });

    test("takes lists of different lengths for one shape", async () => {
      const { session } = guarded();
      await using _ = session;
      for (let last = 2; last <= 4; last += 1) {
        const ids = Array.from({ length: last }, (_each, index) => index);
        await session.scalars(select(Tag.name).where(Tag.id.in(ids))).all();
      }
      expect(session.statistics.shapes.map(({ count }) => count)).toEqual([3]);
    });

    test("has nothing to say of eager loads, of flushes, and of what several transactions send", async () => {
      const { session, reports } = guarded();
      await using _ = session;
      const query = select(Author).options(selectinload(Author.books).selectinload(Book.tags));
      for (const author of await session.scalars(query).all()) author.name += "!";
      session.addAll([1, 2, 3, 4].map((id) => new Tag({ name: `tag ${id}` })));
      await session.commit();
      for (let round = 0; round < 4; round += 1) {
        await session.scalars(select(Tag)).all();
        await session.rollback();
      }
      expect(reports).toEqual([]);
    });

    test("has a limit for all statements of a transaction", async () => {
      const { session, reports } = guarded({ maxStatements: 3, repeated: 100 });
      await using _ = session;
      for (let id = 1; id <= 5; id += 1) await session.get(Author, id);
      expect(reports.map(({ kind, count }) => [kind, count])).toEqual([["total", 4]]);
      expect(reports[0]?.message).toContain("More than 3 statements were sent in one transaction, at last by");
    });

    test("may refuse the statement", async () => {
      await using session = new Session(engine, { guard: { repeated: 2, report: "throw" } });
      await session.get(Author, 1);
      const refused = session.get(Author, 2);
      await expect(refused).rejects.toThrow(InvalidRequestError);
      await expect(refused).rejects.toMatchObject({ code: "too-many-statements" });
      await session.rollback();
      expect((await session.getOne(Author, 2)).name).toBe("author 2");
    });

    test("can be asked what was sent, for tests of one's own", async () => {
      const { session } = guarded({}, { expireOnCommit: false });
      await using _ = session;
      await session.scalars(select(Author).options(selectinload(Author.books))).all();
      session.add(new Tag({ name: "new" }));
      await session.commit();
      const { statements, shapes } = session.statistics;
      expect([statements, shapes.map(({ attribute }) => attribute)]).toEqual([3, [null, "Author.books", null]]);
      await session.get(Author, 99);
      expect(session.statistics.statements).toBe(1);
      await using other = new Session(engine);
      expect(() => other.statistics).toThrow("make it with { guard: true }");
      expect(() => new Session(engine, { guard: { repeated: 0 } })).toThrow("guard.repeated is a number from 1, not 0");
    });
  });
});

describe("a synchronous session with a guard", () => {
  test("tells of what is loaded by reading, and warns where nothing else is said", async () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    LibraryBase.metadata.createAll(engine);
    const warnings: string[] = [];
    const note = ({ message }: Error) => warnings.push(message);
    process.on("warning", note);
    using session = new SyncSession(engine, { guard: { repeated: 4 } });
    session.addAll(authors());
    session.commit();
    const read = () => {
      for (const author of session.scalars(select(Author).orderBy(Author.id)).all()) void author.books.length;
    };
    read();
    await new Promise((resolve) => setTimeout(resolve, 0));
    process.off("warning", note);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^Author.books is loaded one by one: .* 4 times in one transaction, at last by read \(.*guard/,
      ),
    ]);
    engine.dispose();
  });

  test("tells of columns that have expired", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    LibraryBase.metadata.createAll(engine);
    const reports: StatementReport[] = [];
    using session = new SyncSession(engine, { guard: { repeated: 3, report: (each) => reports.push(each) } });
    const all = authors();
    session.addAll(all);
    session.commit();
    expect(all.map(({ name }) => name).length).toBe(5);
    expect(reports.map(({ message }) => message)).toEqual([
      expect.stringContaining("keep them after commits with expireOnCommit: false"),
    ]);
    engine.dispose();
  });
});

describe("a base with defaultLazy", () => {
  test("refuses to load by reading whatever does not say otherwise", () => {
    const Base = declarativeBase({ defaultLazy: "raise" });
    class Team extends Base.model("teams", {
      id: integer().primaryKey(),
      get players() {
        return many(() => Player);
      },
      get coaches() {
        return many(() => Coach, { lazy: "select" });
      },
    }) {
      static {
        map(this);
      }
    }
    class Player extends Base.model("players", {
      id: integer().primaryKey(),
      teamId: integer().references(() => Team.id),
    }) {
      static {
        map(this);
      }
    }
    class Coach extends Base.model("coaches", {
      id: integer().primaryKey(),
      teamId: integer().references(() => Team.id),
    }) {
      static {
        map(this);
      }
    }
    const engine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(engine);
    using session = new SyncSession(engine);
    session.add(new Team({ id: 7 }));
    session.commit();
    session.expungeAll();
    const team = session.getOne(Team, 7);
    expect(team.coaches.length).toBe(0);
    expect(() => team.players).toThrow(
      /Team\.players is not loaded for Team\(7\).*mapped with lazy: "raise".*options\(selectinload\(Team\.players\)\)/,
    );
    engine.dispose();
  });
});
