import {
  createEngine,
  createSyncEngine,
  type Engine,
  func,
  InvalidRequestError,
  integer,
  listen,
  NoInspectionAvailable,
  select,
  varchar,
} from "athanor";
import {
  aliased,
  attributeOf,
  classMapper,
  columnProperty,
  declarativeBase,
  flagDirty,
  flagModified,
  getHistory,
  hasIdentity,
  inspect,
  isModified,
  map,
  objectMapper,
  Session,
  SyncSession,
  selectinload,
  sessionmaker,
  setCommittedValue,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, bookTags, LibraryBase, sent, Tag } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((session) => {
      session.add(new Author({ name: "Ada", books: [new Book({ title: "1" }), new Book({ title: "2" })] }));
    });
    log = sent(engine);
  });
  afterEach(() => engine.dispose());

  describe("an object", () => {
    test("is in one of five states, and tells where it belongs", async () => {
      const states = ["transient", "pending", "persistent", "deleted", "detached"] as const;
      await using session = new Session(engine);
      const tag = new Tag({ name: "t" });
      const info = inspect(tag);
      const state = () => [...states.filter((each) => info[each]), info.session === session, info.hasIdentity];
      expect([state(), info.identity, info.identityKey]).toEqual([["transient", false, false], null, null]);
      session.add(tag);
      expect(state()).toEqual(["pending", true, false]);
      await session.flush();
      expect([state(), info.identity, hasIdentity(tag)]).toEqual([["persistent", true, true], [1], true]);
      expect(info.identityKey).toMatchObject({ model: Tag, key: [1] });
      await session.delete(tag);
      await session.flush();
      expect(state()).toEqual(["deleted", false, true]);
      await session.commit();
      expect(state()).toEqual(["detached", false, true]);
      expect([info.object === tag, info.mapper === inspect(Tag), objectMapper(tag) === classMapper(Tag)]).toEqual([
        true,
        true,
        true,
      ]);
    });

    test("tells what is loaded without asking the database", async () => {
      await using session = new Session(engine);
      const ada = await session.getOne(Author, 1);
      const { attrs, unloaded } = inspect(ada);
      log();
      expect(unloaded).toEqual(["books", "portrait"]);
      expect([attrs.name.loadedValue, attrs.books.loadedValue, attrs.name.value]).toEqual(["Ada", undefined, "Ada"]);
      expect(attrs.books.history).toEqual({ added: [], unchanged: [], deleted: [] });
      expect(log()).toEqual([]);
      const history = await attrs.books.loadHistory();
      expect(history.unchanged).toHaveLength(2);
      expect([attrs.books.loadedValue?.length, inspect(ada).unloaded]).toEqual([2, ["portrait"]]);
    });

    test("tells what has changed since the last flush", async () => {
      await using session = new Session(engine);
      const ada = await session.getOne(Author, 1, { options: [selectinload(Author.books)] });
      const [first, second] = ada.books;
      const third = new Book({ title: "3" });
      ada.name = "Eve";
      ada.books = [second as Book, third];
      expect(getHistory(ada, "name")).toEqual({ added: ["Eve"], unchanged: [], deleted: ["Ada"] });
      expect(getHistory(ada, "books")).toEqual({ added: [third], unchanged: [second], deleted: [first] });
      expect(getHistory(first as Book, "author")).toEqual({ added: [], unchanged: [], deleted: [ada] });
      expect([isModified(ada), isModified(ada, "name"), isModified(ada, "settings")]).toEqual([true, true, false]);
      await session.flush();
      expect(getHistory(ada, "name")).toEqual({ added: [], unchanged: ["Eve"], deleted: [] });
      expect(isModified(ada)).toBe(false);
    });

    test("can be given values that are no change", async () => {
      await using session = new Session(engine);
      const ada = await session.getOne(Author, 1);
      const set: unknown[] = [];
      listen(attributeOf(Author, "portrait"), "set", () => void set.push(1));
      const book = await session.getOne(Book, 2);
      setCommittedValue(ada, "name", "known");
      setCommittedValue(ada, "books", [book]);
      setCommittedValue(ada, "portrait", null);
      expect([ada.name, ada.books, ada.portrait, session.dirty.size, set]).toEqual(["known", [book], null, 0, []]);
      const fresh = new Author({ name: "x" });
      setCommittedValue(fresh, "name", "y");
      session.add(fresh);
      await session.commit();
      expect(await session.scalars(select(Author.name).orderBy(Author.id)).all()).toEqual(["Ada", "y"]);
      expect(() => setCommittedValue(ada, "books", 5 as never)).toThrow("is a collection");
    });

    test("can be said to have changed", async () => {
      await using session = new Session(engine);
      const ada = await session.getOne(Author, 1);
      const heard: string[] = [];
      listen(attributeOf(Author, "name"), "modified", (author) => void heard.push(author.name), { once: true });
      flagModified(ada, "name");
      expect([session.dirty.has(ada), heard]).toEqual([true, ["Ada"]]);
      log();
      await session.flush();
      expect(log().filter((each) => each.startsWith("UPDATE"))).toHaveLength(1);
      expect(session.dirty.size).toBe(0);
      const updates: unknown[] = [];
      listen(Author, "beforeUpdate", (author) => void updates.push(author), { once: true });
      flagDirty(ada);
      expect([session.dirty.has(ada), isModified(ada)]).toEqual([true, true]);
      await session.flush();
      expect([updates, log().filter((each) => each.startsWith("UPDATE")), session.dirty.size]).toEqual([[ada], [], 0]);
      flagModified(ada, "name");
      await session.rollback();
      expect(session.dirty.size).toBe(0);
      expect(() => flagModified(ada, "books")).toThrow(InvalidRequestError);
      expect(() => flagModified(ada, "nope" as "name")).toThrow('no attribute "nope"');
    });

    test("tells handlers of afterFlush what was written, with the keys of new rows", async () => {
      await using session = new Session(engine);
      const trail: unknown[] = [];
      listen(session, "afterFlush", () => {
        for (const object of session.new) trail.push(["+", inspect(object).mapper.className, inspect(object).identity]);
        for (const object of session.dirty) {
          const { mapper, identity } = inspect(object);
          for (const key of ["name", "authorId", "author"].filter((each) => mapper.hasProperty(each))) {
            const { added, deleted } = inspect(object).history(key);
            if (deleted.length > 0) trail.push(["=", mapper.className, identity, key, deleted, added]);
          }
        }
        for (const object of session.deleted)
          trail.push(["-", inspect(object).mapper.className, inspect(object).identity]);
      });
      const ada = await session.getOne(Author, 1);
      const [first, second] = await session.scalars(select(Book).orderBy(Book.id)).all();
      ada.name = "Eve";
      session.add(new Tag({ name: "t" }));
      if (first !== undefined) await session.delete(first);
      if (second !== undefined) second.author = null;
      await session.commit();
      expect(trail).toEqual([
        ["+", "Tag", [1]],
        ["=", "Author", [1], "name", ["Ada"], ["Eve"]],
        ["=", "Book", [2], "authorId", [1], [null]],
        ["=", "Book", [2], "author", [ada], []],
        ["-", "Book", [1]],
      ]);
    });
  });
});

describe("a mapped class", () => {
  test("tells of its columns, relationships and keys", () => {
    const info = inspect(Author);
    expect([info.className, info.tableName, info.model]).toEqual(["Author", "authors", Author]);
    expect(info.columns.map(({ key, column }) => `${key} ${column.name}`)).toEqual([
      "id id",
      "name name",
      "settings settings",
    ]);
    expect(info.primaryKey.map(({ key }) => key)).toEqual(["id"]);
    expect(info.allDescriptors.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      "column id",
      "column name",
      "column settings",
      "relationship books",
      "relationship portrait",
    ]);
    expect([info.hasProperty("books"), info.hasProperty("nope"), info.getProperty("name").kind]).toEqual([
      true,
      false,
      "column",
    ]);
    expect(() => info.getProperty("nope")).toThrow('Author has no attribute "nope"');
    expect(info.attrs["name"]).toEqual(info.columns[1]);
  });

  test("tells how its relationships are configured", () => {
    const books = inspect(Author.books);
    expect([String(books), books.direction, books.isCollection, books.target === inspect(Book)]).toEqual([
      "Author.books",
      "oneToMany",
      true,
      true,
    ]);
    expect(books.localRemotePairs.map((pair) => pair.map(({ name }) => name))).toEqual([["id", "author_id"]]);
    expect(books.remoteSide.map(({ name }) => name)).toEqual(["author_id"]);
    expect([books.reverse === inspect(Book.author), books.reverse?.direction]).toEqual([true, "manyToOne"]);
    expect(inspect(Author).relationships.find(({ key }) => key === "portrait")?.cascade).toContain("delete-orphan");
    const tags = inspect(Book.tags);
    expect([tags.direction, tags.secondary === bookTags]).toEqual(["manyToMany", true]);
    expect(tags.localRemotePairs).toHaveLength(2);
  });

  test("tells of its place among others", () => {
    const Base = declarativeBase();
    class Animal extends Base.model("animals", {
      id: integer().primaryKey(),
      kind: varchar(10).default("animal"),
      get shout() {
        return columnProperty(() => func.upper(Animal.kind));
      },
    }) {
      static {
        map(this, [], { polymorphicOn: () => this.kind, polymorphicIdentity: "animal" });
      }
    }
    class Dog extends Animal.inherit({ bark: varchar(10).nullable() }, { polymorphicIdentity: "dog" }) {
      static {
        map(this);
      }
    }
    const [animal, dog] = [inspect(Animal), inspect(Dog)];
    expect([dog.inherits === animal, dog.base === animal, dog.isA(animal), animal.isA(dog)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(animal.selfAndDescendants).toEqual([animal, dog]);
    expect([animal.polymorphicOn, dog.polymorphicIdentity]).toEqual(["kind", "dog"]);
    expect([...animal.polymorphicMap].map(([identity, { className }]) => `${identity} ${className}`)).toEqual([
      "animal Animal",
      "dog Dog",
    ]);
    expect(animal.derived.map(({ key }) => key)).toEqual(["shout"]);
    expect(dog.tables).toEqual([animal.table]);
  });

  test("is behind an alias; columns and tables are what they are; nothing else can be inspected", () => {
    const other = aliased(Author, "other");
    expect(inspect(other)).toEqual({ mapper: inspect(Author), name: "other" });
    expect(inspect(Author.name)).toBe(Author.name);
    expect(inspect(bookTags)).toBe(bookTags);
    for (const subject of [{}, [], () => 1, class {}, 5 as never, null as never]) {
      expect(() => inspect(subject as object)).toThrow(NoInspectionAvailable);
    }
  });
});

test("a synchronous session's objects load for their history, and say what has expired", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  LibraryBase.metadata.createAll(engine);
  using session = new SyncSession(engine);
  const ada = new Author({ name: "Ada" });
  session.add(ada);
  session.commit();
  const info = inspect(ada);
  expect(info.expiredAttributes).toEqual(["id", "name", "settings"]);
  expect([info.attrs.name.loadedValue, info.attrs.name.loadHistory(), info.expiredAttributes]).toEqual([
    undefined,
    { added: [], unchanged: ["Ada"], deleted: [] },
    [],
  ]);
});
