import {
  AmbiguousForeignKeysError,
  createEngine,
  createSyncEngine,
  func,
  integer,
  StaleDataError,
  select,
  table,
  timestamp,
  varchar,
} from "athanor";
import {
  type Attributes,
  columnProperty,
  composite,
  declarativeBase,
  hybrid,
  inspect,
  many,
  map,
  mixin,
  one,
  oneOrNone,
  Session,
  SyncSession,
} from "athanor/orm";
import { describe, expect, test } from "vitest";
import { mapTable } from "../../src/orm/mapping/map-table.ts";
import { forEachDatabase } from "../support/databases.ts";

const priced = { price: integer(), quantity: integer().default(1) };
const Priced = mixin(
  {
    ...priced,
    get total() {
      return hybrid((self: Attributes<typeof priced, string>) => self.price.mul(self.quantity));
    },
    get dear() {
      return columnProperty((self: Attributes<typeof priced, string>) => func.coalesce(self.price.add(1000), 0));
    },
  },
  {
    raise(by: number) {
      this.price += by;
    },
    get isFree() {
      return this.price === 0;
    },
  },
);
class Size {
  readonly width: number;
  readonly height: number;
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }
}
const Sized = mixin({ size: composite(Size, { width: integer(), height: integer() }) });
/** Who has made and changed a row: two foreign keys to the same class. */
const Audited = mixin({
  createdAt: timestamp().serverDefault(func.now()).sortOrder(10),
  get createdById() {
    return integer()
      .nullable()
      .references(() => Person.id);
  },
  get updatedById() {
    return integer()
      .nullable()
      .references(() => Person.id);
  },
  get createdBy() {
    return oneOrNone(() => Person, { foreignKeys: "createdById" });
  },
  get updatedBy() {
    return oneOrNone(() => Person, { foreignKeys: "updatedById" });
  },
});
const Versioned = mixin({ version: integer().default(1) }, {}, { versionId: "version" });

const Base = declarativeBase();
class Person extends Base.model("people", {
  id: integer().primaryKey(),
  name: varchar(20),
  get papers() {
    return many(() => Paper, { backPopulates: "author", foreignKeys: "authorId" });
  },
}) {
  static {
    map(this);
  }
}
class Paper extends Base.model("papers", Audited, Priced, Versioned, {
  title: varchar(20).sortOrder(5),
  id: integer().primaryKey(),
  get authorId() {
    return integer().references(() => Person.id);
  },
  get author() {
    return one(() => Person, { backPopulates: "papers", foreignKeys: () => [Paper.authorId] });
  },
}) {
  static {
    map(this);
  }
}
class Box extends Base.model("boxes", Priced, Sized, { id: integer().primaryKey() }) {
  static {
    map(this);
  }
}

forEachDatabase((database) => {
  describe("a mixin", () => {
    test("brings columns, relationships, derived attributes, methods and getters to each of its classes", async () => {
      const engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      const session = new Session(engine);
      const [ann, bob] = [new Person({ name: "Ann" }), new Person({ name: "Bob" })];
      session.addAll([
        new Paper({ title: "one", price: 3, quantity: 2, author: ann, createdBy: bob }),
        new Box({ price: 5, size: new Size(2, 3) }),
      ]);
      await session.commit();
      session.expungeAll();
      const paper = await session.scalars(select(Paper).where(Paper.total.eq(6))).one();
      const box = await session.scalars(select(Box).where(Box.total.lt(6), Box.size.eq(new Size(2, 3)))).one();
      expect([paper.total, paper.dear, box.total, box.dear, box.size.height]).toEqual([6, 1003, 5, 1005, 3]);
      paper.raise(2);
      expect([paper.price, paper.total, paper.isFree]).toEqual([5, 10, false]);
      expect([paper.version, inspect(paper).modified]).toEqual([1, true]);
      const names = await session.scalars(select(Person.name).where(Person.papers.any(Paper.title.eq("one")))).all();
      expect(names).toEqual(["Ann"]);
      const makers = await session.scalars(select(Paper.title).where(Paper.createdBy.has(Person.name.eq("Bob")))).all();
      expect(makers).toEqual(["one"]);
      await session.commit();
      expect(paper.version).toBe(2);
      await session.close();
      await engine.dispose();
    });
  });
});

test("columns stand in the order of their sortOrder(), then the class's own before those of its mixins", () => {
  expect(Paper.title).toBeDefined();
  const columns = Base.metadata.tables.get("papers")?.columns.map(({ key }) => key);
  expect(columns).toEqual([
    "id",
    "authorId",
    "createdById",
    "updatedById",
    "price",
    "quantity",
    "version",
    "title",
    "createdAt",
  ]);
});

test("a relationship that several foreign keys fit says how to choose one", () => {
  const Torn = declarativeBase();
  class User extends Torn.model("users", { id: integer().primaryKey() }) {
    static {
      map(this);
    }
  }
  class Post extends Torn.model("posts", {
    id: integer().primaryKey(),
    authorId: integer().references(() => User.id),
    editorId: integer().references(() => User.id),
    get author() {
      return one(() => User);
    },
  }) {
    static {
      map(this);
    }
  }
  expect(() => select(Post)).toThrow(AmbiguousForeignKeysError);
  const Unknown = declarativeBase();
  class Other extends Unknown.model("others", {
    id: integer().primaryKey(),
    otherId: integer().nullable().references("others.id"),
    get other() {
      return oneOrNone(() => Other, { foreignKeys: "nope" });
    },
  }) {
    static {
      map(this);
    }
  }
  expect(() => select(Other)).toThrow(/Other\.other: foreignKeys names "nope", which is no column of Other/);
});

test("of a table that was there before, columns may be left out", () => {
  const Old = declarativeBase();
  const notes = table("notes", Old.metadata, {
    id: integer().primaryKey(),
    text: varchar(20),
    secret: varchar(20).serverDefault("hidden"),
  });
  const engine = createSyncEngine("sqlite:///:memory:");
  Old.metadata.createAll(engine);
  const Note = mapTable<{ text: ReturnType<typeof varchar> }>(
    Old.registry,
    "Note",
    notes,
    {},
    { excludeProperties: ["secret"] },
  );
  using session = new SyncSession(engine);
  session.add(new Note({ text: "x" }));
  session.commit();
  const [note] = session.scalars(select(Note)).all();
  expect({ ...note }).toEqual({ id: 1, text: "x" });
  expect(session.execute(select(notes.c.secret)).all()).toEqual([["hidden"]]);
});

test("a version of a mixin guards rows", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  Base.metadata.createAll(engine);
  using session = new SyncSession(engine);
  const paper = new Paper({ title: "x", price: 1, author: new Person({ name: "A" }) });
  session.add(paper);
  session.flush();
  session.connection().execDriverSql("UPDATE papers SET version = 9");
  paper.price = 2;
  expect(() => session.flush()).toThrow(StaleDataError);
  session.rollback();
});
