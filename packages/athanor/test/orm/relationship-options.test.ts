// Options of relationships: who owns what, what is only looked at, what contradicts what.
import {
  createEngine,
  createSyncEngine,
  type Engine,
  InvalidRequestError,
  insert,
  integer,
  select,
  sqlText,
  table,
  varchar,
} from "athanor";
import {
  declarativeBase,
  inspect,
  joinedload,
  many,
  map,
  one,
  oneOrNone,
  Session,
  SyncSession,
  selectinload,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const Base = declarativeBase();

const pinned = table("pinned", Base.metadata, {
  boardId: integer().references("boards.id").primaryKey(),
  noteId: integer().references("notes.id").primaryKey(),
});

/** Owns what it refers to. */
class Board extends Base.model("boards", {
  id: integer().primaryKey(),
  coverId: integer()
    .nullable()
    .references(() => Cover.id),
  get cover() {
    return oneOrNone(() => Cover, { cascade: "all, delete-orphan", singleParent: true, backPopulates: "boards" });
  },
  get notes() {
    return many(() => Note, { secondary: () => pinned, cascade: "all, delete-orphan", singleParent: true });
  },
  get first() {
    return oneOrNone(() => Line, { backPopulates: "board", lazy: "select", syncBackref: false });
  },
  get lines() {
    return many(() => Line, { viewOnly: true, backPopulates: "seenOn", orderBy: () => Line.id });
  },
}) {
  static {
    map(this);
  }
}
class Cover extends Base.model("covers", {
  id: integer().primaryKey(),
  colour: varchar(20),
  get boards() {
    return many(() => Board, { backPopulates: "cover" });
  },
}) {
  static {
    map(this);
  }
}
class Note extends Base.model("notes", { id: integer().primaryKey(), text: varchar(20) }) {
  static {
    map(this);
  }
}
class Line extends Base.model("lines", {
  id: integer().primaryKey(),
  boardId: integer()
    .nullable()
    .references(() => Board.id),
  get board() {
    return oneOrNone(() => Board, { backPopulates: "first", activeHistory: true });
  },
  get seenOn() {
    return oneOrNone(() => Board, { viewOnly: true, backPopulates: "lines" });
  },
}) {
  static {
    map(this);
  }
}

const warnings = vi.spyOn(process, "emitWarning");
beforeEach(() => {
  warnings.mockReset();
  warnings.mockImplementation(() => {});
});

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    session = new Session(engine);
    session.add(
      new Board({
        id: 1,
        cover: new Cover({ id: 1, colour: "red" }),
        notes: [new Note({ id: 1, text: "a" }), new Note({ id: 2, text: "b" })],
      }),
    );
    await session.commit();
    session.expungeAll();
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const count = async (name: "covers" | "notes" | "pinned") =>
    Number([...((await session.execute(sqlText(`select count(*) from ${name}`)).one()) as unknown as unknown[])][0]);
  const board = () => session.getOne(Board, 1, { options: [selectinload(Board.cover), selectinload(Board.notes)] });

  describe("singleParent, with delete-orphan", () => {
    test("what a many-to-one has let go of is deleted", async () => {
      const loaded = await board();
      loaded.cover = new Cover({ id: 2, colour: "blue" });
      await session.commit();
      expect(await session.scalars(select(Cover.colour)).all()).toEqual(["blue"]);
      loaded.cover = null;
      await session.commit();
      expect(await count("covers")).toBe(0);
    });
    test("what a many-to-many has let go of is deleted, with its association row", async () => {
      const loaded = await board();
      loaded.notes.splice(0, 1);
      await session.commit();
      expect([await count("notes"), await count("pinned")]).toEqual([1, 1]);
      await session.delete(loaded);
      await session.commit();
      expect([await count("notes"), await count("pinned"), await count("covers")]).toEqual([0, 0, 0]);
    });
    test("it is loaded before it is replaced, or the assignment is refused", async () => {
      const loaded = await session.getOne(Board, 1);
      expect(() => {
        loaded.cover = null;
      }).toThrow("Board.cover is not loaded");
    });
    test("a second parent is refused", () => {
      const cover = new Cover({ colour: "green" });
      const first = new Board({ cover });
      expect(() => new Board({ cover })).toThrow(InvalidRequestError);
      first.cover = null;
      expect(new Board({ cover }).cover).toBe(cover);
      const note = new Note({ text: "x" });
      first.notes.push(note);
      expect(() => new Board({ notes: [note] })).toThrow("may have one only: it is declared with singleParent");
    });
  });

  test("a relationship that is only looked at follows nothing, and nothing follows it", async () => {
    const loaded = await session.getOne(Board, 1, { options: [selectinload(Board.lines)] });
    const line = new Line({ id: 5 });
    loaded.lines.push(line);
    expect(line.seenOn).toBeNull();
    await session.flush();
    expect([inspect(line).transient, await session.scalars(select(Line)).all()]).toEqual([true, []]);
  });

  test("several rows for one object: the first is taken, with a warning", async () => {
    await session.execute(
      insert(Line).values([
        { id: 1, boardId: 1 },
        { id: 2, boardId: 1 },
      ]),
    );
    for (const load of [selectinload, joinedload]) {
      session.expungeAll();
      const [loaded] = await session
        .scalars(select(Board).options(load(Board.first)))
        .unique()
        .all();
      expect(loaded!.first?.id).toBe(1);
    }
    expect(warnings.mock.calls.map(([text]) => text)).toEqual(
      Array(2).fill(expect.stringContaining("Board.first holds one object, but the database has several")),
    );
  });
});

describe("synchronous sessions", () => {
  test("activeHistory loads what was there before; syncBackref: false keeps a side to itself", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(engine);
    const session = new SyncSession(engine);
    const [a, b] = [new Board({ id: 1 }), new Board({ id: 2 })];
    session.addAll([a, b, new Line({ id: 1, board: a })]);
    session.commit();
    const line = session.getOne(Line, 1);
    line.board = b;
    expect(inspect(line).history("board")).toMatchObject({ added: [b], deleted: [a] });
    session.commit();
    expect(line.board).toBe(b);
    b.first = null;
    expect(line.board).toBe(b);
    session.close();
    engine.dispose();
  });
});

describe("what contradicts itself is refused", () => {
  const wrong: [string, object, string][] = [
    ["delete-orphan of many parents", { cascade: "all, delete-orphan" }, "singleParent: true"],
    ["a view that is followed", { viewOnly: true, syncBackref: true }, "leave syncBackref out"],
    ["a view that cascades", { viewOnly: true, cascade: "all" }, "it is never written"],
    ["members that are left alone and deleted", { cascade: "all", passiveDeletes: "all" }, "contradicts"],
  ];
  test.each(wrong)("%s", (_name, options, message) => {
    const Wrong = declarativeBase();
    class Part extends Wrong.model("parts", {
      id: integer().primaryKey(),
      wholeId: integer().references("wholes.id"),
      get whole() {
        return one(() => Whole, options);
      },
    }) {
      static {
        map(this);
      }
    }
    class Whole extends Wrong.model("wholes", { id: integer().primaryKey() }) {
      static {
        map(this);
      }
    }
    expect(() => new Part({ whole: new Whole({}) })).toThrow(message);
  });

  test("two relationships that write one column warn, unless they say so", () => {
    const configure = (overlaps: string) => {
      const Two = declarativeBase();
      class Part extends Two.model("parts", {
        id: integer().primaryKey(),
        wholeId: integer().references("wholes.id"),
        get whole() {
          return one(() => Whole);
        },
      }) {
        static {
          map(this);
        }
      }
      class Whole extends Two.model("wholes", {
        id: integer().primaryKey(),
        get parts() {
          return many(() => Part, { overlaps });
        },
        get shown() {
          return many(() => Part, { viewOnly: true });
        },
      }) {
        static {
          map(this);
        }
      }
      return new Whole({ parts: [new Part({})] });
    };
    configure("whole");
    expect(warnings).not.toHaveBeenCalled();
    configure("");
    expect(warnings.mock.calls.map(([text]) => text)).toEqual([
      expect.stringContaining("Whole.parts writes parts.whole_id, and so does Part.whole."),
    ]);
  });
});
