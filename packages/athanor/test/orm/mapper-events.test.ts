import {
  createEngine,
  createSyncEngine,
  type Engine,
  hasListener,
  InvalidRequestError,
  insert,
  integer,
  listen,
  removeListener,
  select,
  table,
  varchar,
} from "athanor";
import {
  attributeOf,
  type DeclarativeBase,
  declarativeBase,
  type FlushContext,
  many,
  map,
  one,
  Session,
  SyncSession,
  skipMapper,
  validates,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const rowEvents = [
  "beforeInsert",
  "afterInsert",
  "beforeUpdate",
  "afterUpdate",
  "beforeDelete",
  "afterDelete",
] as const;

/** Classes of their own for each test, so that nobody hears the listeners of another. */
function library() {
  const Base = declarativeBase();
  const audit = table("audit", Base.metadata, { id: integer().primaryKey(), text: varchar(50) });
  class Note extends Base.model("notes", {
    id: integer().primaryKey(),
    text: varchar(50),
    slug: varchar(50).nullable(),
    revision: integer()
      .default(1)
      .onUpdate(() => 2),
    get lines() {
      return many(() => Line, { backPopulates: "note", cascade: "all, delete-orphan" });
    },
  }) {
    static {
      map(this);
    }
  }
  class Line extends Base.model("lines", {
    id: integer().primaryKey(),
    noteId: integer().references(() => Note.id),
    get note() {
      return one(() => Note, { backPopulates: "lines" });
    },
  }) {
    static {
      map(this);
    }
  }
  return { Base, Note, Line, audit };
}

function synchronous(Base: DeclarativeBase): SyncSession {
  const engine = createSyncEngine("sqlite:///:memory:");
  Base.metadata.createAll(engine);
  return new SyncSession(engine);
}

forEachDatabase((database) => {
  let engine: Engine;
  let models: ReturnType<typeof library>;
  beforeEach(async () => {
    models = library();
    engine = createEngine(database.url);
    await models.Base.metadata.createAll(engine);
  });
  afterEach(() => engine.dispose());

  describe("mapped classes", () => {
    test("tell of their rows, and handlers may change columns", async () => {
      const { Note, Line } = models;
      const heard: string[] = [];
      for (const name of rowEvents) listen(Note, name, (note) => void heard.push(`${name} ${note.text}`));
      listen(Note, "beforeInsert", (note) => {
        note.slug = note.text.toLowerCase();
      });
      await using session = new Session(engine);
      const note = new Note({ text: "A" });
      session.addAll([note, new Line({ note })]);
      await session.flush();
      expect(note.slug).toBe("a");
      note.text = "B";
      await session.flush();
      await session.delete(note);
      await session.commit();
      expect(heard).toEqual(rowEvents.map((name) => `${name} ${name.endsWith("Insert") ? "A" : "B"}`));
    });

    test("let handlers send statements on the connection of the flush", async () => {
      const { Note, audit } = models;
      const add = async (text: string, { connection }: FlushContext): Promise<void> => {
        await connection.execute(insert(audit).values({ text }));
      };
      listen(Note, "afterInsert", (note, _session, flush) => add(`+ ${note.id} ${note.text}`, flush));
      listen(Note, "afterDelete", (note, _session, flush) => add(`- ${note.id}`, flush));
      await using session = new Session(engine);
      const [a, b] = [new Note({ text: "a" }), new Note({ text: "b" })];
      session.addAll([a, b]);
      await session.flush();
      await session.delete(a);
      await session.commit();
      expect(await session.scalars(select(audit.c.text).orderBy(audit.c.id)).all()).toEqual(["+ 1 a", "+ 2 b", "- 1"]);
    });

    test("wait for handlers, whose errors are the flush's", async () => {
      const { Note } = models;
      listen(Note, "beforeInsert", async (note) => {
        await Promise.resolve();
        if (note.text === "") throw new RangeError("empty");
        note.slug = "waited";
      });
      await using session = new Session(engine);
      const note = new Note({ text: "a" });
      session.add(note);
      await session.commit();
      expect(note.slug).toBe("waited");
      session.add(new Note({ text: "" }));
      await expect(session.commit()).rejects.toThrow("empty");
      await session.rollback();
      expect(await session.scalars(select(Note.slug)).all()).toEqual(["waited"]);
    });

    test("tell of objects that are loaded, refreshed, expired, and given values by a flush", async () => {
      const { Note } = models;
      const log: unknown[] = [];
      listen(Note, "init", (_note, values) => void log.push(["init", Object.keys(values)]));
      listen(Note, "load", (note, session) => void log.push(["load", note.id, session instanceof Session]));
      listen(Note, "refresh", (_note, _session, names) => void log.push(["refresh", names]));
      listen(Note, "refreshFlush", (_note, _session, names) => void log.push(["refreshFlush", names]));
      {
        await using session = new Session(engine);
        const note = new Note({ text: "a" });
        session.add(note);
        await session.flush();
        note.text = "b";
        await session.commit();
      }
      expect(log.splice(0)).toEqual([
        ["init", ["text"]],
        ["refreshFlush", ["revision"]],
        ["refreshFlush", ["revision"]],
      ]);
      await using session = new Session(engine);
      const note = await session.getOne(Note, 1);
      await session.scalars(select(Note)).all();
      await session.refresh(note);
      await session.refresh(note, ["text"]);
      expect(log).toEqual([
        ["load", 1, true],
        ["refresh", null],
        ["refresh", ["text"]],
      ]);
    });
  });
});

describe("rows", () => {
  test("are told of in synchronous sessions too, with their connection", () => {
    const { Base, Note, audit } = library();
    listen(Note, "afterInsert", (note, _session, { syncConnection }) => {
      syncConnection.execute(insert(audit).values({ text: note.text }));
    });
    using session = synchronous(Base);
    session.add(new Note({ text: "a" }));
    session.flush();
    expect(session.scalars(select(audit.c.text)).all()).toEqual(["a"]);
    listen(Note, "beforeUpdate", (_note, _session, flush) => flush.connection);
    session.scalars(select(Note)).one().text = "b";
    expect(() => session.flush()).toThrow(InvalidRequestError);
    session.rollback();
    listen(Note, "beforeInsert", () => Promise.resolve());
    session.add(new Note({ text: "c" }));
    expect(() => session.flush()).toThrow("A handler of beforeInsert has returned a promise");
  });

  test("of every dirty object are told before, also where nothing is written", () => {
    const { Base, Note, Line } = library();
    const heard: string[] = [];
    listen(Note, "beforeUpdate", (note) => void heard.push(note.text));
    using session = synchronous(Base);
    const note = new Note({ text: "a" });
    session.add(note);
    session.commit();
    note.lines.push(new Line({}));
    session.flush();
    expect(heard).toEqual(["a"]);
  });

  test("warn of what a handler asks of a flush that is under way", () => {
    const { Base, Note, Line } = library();
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    using session = synchronous(Base);
    listen(
      Note,
      "beforeInsert",
      (note) => {
        session.add(new Note({ text: "x" }));
        note.lines.push(new Line({}));
      },
      { once: true },
    );
    session.add(new Note({ text: "a" }));
    session.flush();
    expect(warnings.mock.calls.map(([text]) => String(text).split(":")[0])).toEqual([
      "Note(new) was added to the session in a handler of beforeInsert, while rows are written",
      "Note.lines was changed in a handler of beforeInsert, while rows are written",
      "Line(new) was added to the session in a handler of beforeInsert, while rows are written",
    ]);
    warnings.mockRestore();
  });
});

describe("objects", () => {
  test("of a synchronous session tell what they forget", () => {
    const { Base, Note } = library();
    const log: unknown[] = [];
    using session = synchronous(Base);
    const note = new Note({ text: "a" });
    session.add(note);
    session.commit();
    listen(Note, "expire", (_note, names) => void log.push(["expire", names]));
    listen(Note, "refresh", (_note, _session, names) => void log.push(["refresh", names]));
    expect(note.text).toBe("a");
    session.expire(note, ["text", "lines"]);
    expect(note.text).toBe("a");
    session.commit();
    session.scalars(select(Note)).all();
    expect(log).toEqual([
      ["refresh", ["id", "text", "slug", "revision"]],
      ["expire", ["text", "lines"]],
      ["refresh", ["text"]],
      ["expire", null],
      ["refresh", ["id", "text", "slug", "revision"]],
    ]);
  });

  test("may be given more by those who hear of their making, and tell when it fails", () => {
    const { Note } = library();
    const failures: unknown[] = [];
    listen(Note, "init", (note, values) => {
      expect(Object.keys(note)).toEqual([]);
      values["slug"] ??= "none";
    });
    listen(Note, "initFailure", (_note, values, error) => void failures.push([values, error]));
    const given = { text: "a" };
    expect([new Note(given).slug, given]).toEqual(["none", { text: "a" }]);
    expect(() => new Note({ text: "a", nope: 1 } as never)).toThrow("no attribute");
    expect(failures).toEqual([[{ text: "a", nope: 1, slug: "none" }, expect.any(Error)]]);
  });
});

describe("listeners", () => {
  test("of a base hear all its classes, those of a class it alone; all can be taken back", () => {
    const { Base, Note, Line } = library();
    const heard: string[] = [];
    const handler = (object: object): void => void heard.push(object.constructor.name);
    listen(Base, "init", handler);
    listen(Note, "init", () => void heard.push("note"));
    new Note({ text: "a" });
    new Line({});
    expect(heard).toEqual(["Note", "note", "Line"]);
    expect([hasListener(Base, "init", handler), hasListener(Note, "init", handler)]).toEqual([true, false]);
    expect(removeListener(Base, "init", handler)).toBe(true);
    new Line({});
    expect(heard).toHaveLength(3);
    expect(() => listen(Note, "beforeLunch" as "beforeInsert", () => {})).toThrow(/There are: beforeInsert/);
  });

  test("of a class hear its subclasses, unless they say otherwise; so do those of attributes, and validators", () => {
    const Base = declarativeBase();
    class Animal extends Base.model("animals", {
      id: integer().primaryKey(),
      kind: varchar(10).default("animal"),
      name: varchar(20),
    }) {
      static {
        map(this, [], { polymorphicOn: () => this.kind, polymorphicIdentity: "animal" });
        validates(this, "name", (_animal, name) => name.trim());
      }
    }
    class Dog extends Animal.inherit({ bark: varchar(10).nullable() }, { polymorphicIdentity: "dog" }) {
      static {
        map(this);
        validates(this, "name", (_dog, name) => name.toUpperCase());
      }
    }
    const heard: string[] = [];
    listen(Animal, "beforeInsert", (animal) => void heard.push(`any ${animal.name}`));
    listen(Animal, "beforeInsert", (animal) => void heard.push(`animal ${animal.name}`), { propagate: false });
    listen(Dog, "beforeInsert", (dog) => void heard.push(`dog ${dog.name}`));
    listen(attributeOf(Animal, "name"), "set", (_animal, name) => void heard.push(`name ${name}`));
    listen(attributeOf(Dog, "name"), "set", (_dog, name) => void heard.push(`dog's ${name}`));
    using session = synchronous(Base);
    session.addAll([new Animal({ name: " a " }), new Dog({ name: " b " })]);
    session.flush();
    expect(heard).toEqual(["name a", "name  B ", "dog's  B ", "any a", "animal a", "any  B ", "dog  B "]);
    session.expungeAll();
    expect(session.scalars(select(Animal.name).orderBy(Animal.id)).all()).toEqual(["a", " B "]);
    expect(heard).toHaveLength(7);
  });

  test("may come before the classes that a class refers to", () => {
    const Base = declarativeBase();
    class First extends Base.model("firsts", {
      id: integer().primaryKey(),
      get seconds() {
        return many(() => Second);
      },
    }) {
      static {
        map(this);
        listen(this, "init", () => {});
      }
    }
    const Second = class Second extends Base.model("seconds", {
      id: integer().primaryKey(),
      firstId: integer().references(() => First.id),
    }) {
      static {
        map(this);
      }
    };
    expect(new First({}).seconds).toEqual([]);
  });

  test("hear of configuration, and may put a class off", () => {
    const { Base, Note } = library();
    const heard: string[] = [];
    for (const name of ["instrumentClass", "afterMapperConstructed", "mapperConfigured"] as const)
      listen(
        Note,
        name,
        ({ className, tableName }, model) => void heard.push(`${name} ${className} ${tableName} ${model === Note}`),
      );
    listen(Base, "beforeConfigured", () => void heard.push("before"));
    listen(Base, "afterConfigured", () => void heard.push("after"));
    new Note({ text: "a" });
    new Note({ text: "a" });
    expect(heard).toEqual([
      "before",
      "instrumentClass Note notes true",
      "afterMapperConstructed Note notes true",
      "mapperConfigured Note notes true",
      "after",
    ]);
    const Other = declarativeBase();
    class Late extends Other.model("lates", {
      id: integer().primaryKey(),
      get self() {
        return many(() => Late);
      },
      parentId: integer().nullable(),
    }) {
      static {
        map(this);
      }
    }
    let skip = true;
    listen(Late, "beforeMapperConfigured", () => (skip ? skipMapper : undefined));
    listen(Late, "mapperConfigured", () => void heard.push("late"));
    new Late({});
    expect(heard.at(-1)).toBe("after");
    skip = false;
    expect(() => new Late({})).toThrow("foreign key");
  });
});
