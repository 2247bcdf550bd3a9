// Entities are plain to look at: loaded columns are data, collections are arrays, and classes keep what they have.
import { inspect as print } from "node:util";
import {
  boolean,
  createEngine,
  createSyncEngine,
  type Engine,
  integer,
  json,
  type SyncEngine,
  select,
  timestamp,
  varchar,
} from "athanor";
import { declarativeBase, inspect, many, map, one, oneOrNone, Session, SyncSession, selectinload } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const Base = declarativeBase();

interface Settings {
  theme: string;
  tags: string[];
}

class Author extends Base.model("authors", {
  id: integer().primaryKey(),
  name: varchar(50),
  active: boolean().default(true),
  joined: timestamp().nullable(),
  settings: json<Settings>().nullable(),
  get books() {
    return many(() => Book, { backPopulates: "author", cascade: "all, delete-orphan" });
  },
  get profile() {
    return oneOrNone(() => Profile, { backPopulates: "author", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
  get initial(): string {
    return this.name.slice(0, 1);
  }
}

class Book extends Base.model("books", {
  id: integer().primaryKey(),
  authorId: integer().references(() => Author.id),
  title: varchar(50),
  get author() {
    return one(() => Author, { backPopulates: "books" });
  },
}) {
  static {
    map(this);
  }
}

class Profile extends Base.model("profiles", {
  id: integer().primaryKey(),
  authorId: integer()
    .unique()
    .references(() => Author.id),
  bio: varchar(50),
  get author() {
    return one(() => Author, { backPopulates: "profile" });
  },
}) {
  static {
    map(this);
  }
}

/** What users put into classes. */
class Account extends Base.model("accounts", { id: integer().primaryKey(), owner: varchar(50), balance: integer() }) {
  static {
    map(this);
  }
  static constructions = 0;
  /** A field that is no column. */
  notes: string[] = [];
  #secret = "none";

  constructor(values: { owner: string; balance: number }) {
    const { owner, balance } = values;
    super({ owner: owner.trim(), balance: Math.max(0, balance) });
    Account.constructions += 1;
    this.#secret = `${owner}'s`;
  }

  get secret(): string {
    return this.#secret;
  }
}

let engine: Engine;
let session: Session;
beforeEach(async () => {
  engine = createEngine("sqlite:///:memory:");
  await Base.metadata.createAll(engine);
  session = new Session(engine);
});
afterEach(async () => {
  await session.close();
  await engine.dispose();
});

const joined = new Date("2024-02-29T12:00:00Z");

/** An author with two books, loaded by a session that has not seen them before. */
async function loadedAuthor(): Promise<Author> {
  const settings = { theme: "dark", tags: ["a"] };
  const books = [new Book({ title: "One" }), new Book({ title: "Two" })];
  session.add(new Author({ name: "Ada", joined, settings, books }));
  await session.commit();
  session.expungeAll();
  return session.scalars(select(Author).options(selectinload(Author.books))).one();
}

const columns = { id: 1, name: "Ada", active: true, joined, settings: { theme: "dark", tags: ["a"] } };

describe("to look at", () => {
  test("loaded columns are own, enumerable data; nothing else is", async () => {
    const author = await loadedAuthor();
    expect({ ...author }).toEqual(columns);
    expect(Object.keys(author)).toEqual(["id", "name", "active", "joined", "settings"]);
    expect(Object.getOwnPropertySymbols(author)).toEqual([]);
    expect(Object.getOwnPropertyDescriptor(author, "name")).toEqual({
      value: "Ada",
      writable: true,
      enumerable: true,
      configurable: true,
    });
    expect(Object.entries(author).length).toBe(5);
  });

  test("toEqual sees columns, and not the way to the session", async () => {
    const author = await loadedAuthor();
    expect(author).toEqual(columns);
    expect(author).toMatchObject({ name: "Ada" });
    expect(author).not.toEqual({ ...columns, name: "Bob" });
    expect(author.books).toEqual([
      { id: 1, authorId: 1, title: "One" },
      { id: 2, authorId: 1, title: "Two" },
    ]);
  });

  test("structuredClone copies the columns", async () => {
    const author = await loadedAuthor();
    expect(structuredClone(author)).toEqual(columns);
    expect(structuredClone(author)).not.toBeInstanceOf(Author);
  });

  test("JSON has no cycles, though relationships lead both ways", async () => {
    const author = await loadedAuthor();
    expect(author.books[0]?.author).toBe(author);
    expect(JSON.parse(JSON.stringify(author))).toEqual({ ...columns, joined: joined.toISOString() });
    expect(JSON.parse(JSON.stringify({ author, books: author.books })).books).toHaveLength(2);
  });

  test("console.log shows the class and its columns", async () => {
    const author = await loadedAuthor();
    const shown = print(author);
    expect(shown).toMatch(/^Author \{/);
    expect(shown).toContain("name: 'Ada'");
    expect(shown).not.toMatch(/state|session|#/i);
    expect(print(author.books)).toMatch(/^\[\s*Book \{/);
    expect(print(new Book({ title: "New" }))).toContain("title: 'New'");
  });

  test("new objects look the same as loaded ones", () => {
    const book = new Book({ title: "New" });
    expect({ ...book }).toEqual({ title: "New" });
    expect(Object.keys(book)).toEqual(["title"]);
    expect(book).toBeInstanceOf(Book);
  });

  test("methods and getters of the class are there, and no data", async () => {
    const author = await loadedAuthor();
    expect(author.initial).toBe("A");
    expect("initial" in author).toBe(true);
    expect(Object.keys(author)).not.toContain("initial");
  });
});

describe("classes", () => {
  test("the constructor of a class runs for new objects only", async () => {
    Account.constructions = 0;
    session.add(new Account({ owner: " Ada ", balance: -5 }));
    await session.commit();
    expect(Account.constructions).toBe(1);
    session.expungeAll();
    const account = await session.getOne(Account, 1);
    expect({ ...account }).toEqual({ id: 1, owner: "Ada", balance: 0, notes: [] });
    expect(account).toBeInstanceOf(Account);
  });

  test("class fields and private members work on loaded objects, each with its own", async () => {
    session.addAll([new Account({ owner: "Ada", balance: 1 }), new Account({ owner: "Bob", balance: 2 })]);
    await session.commit();
    session.expungeAll();
    const [ada, bob] = await session.scalars(select(Account).orderBy(Account.id)).all();
    ada?.notes.push("hello");
    expect(ada?.notes).toEqual(["hello"]);
    expect(bob?.notes).toEqual([]);
    expect(typeof ada?.secret).toBe("string");
    if (ada !== undefined) ada.balance = 10;
    expect([...session.dirty]).toEqual([ada]);
    await session.commit();
    expect(await session.scalar(select(Account.balance).where(Account.owner.eq("Ada")))).toBe(10);
  });

  test("class fields that are no columns are not written and make nothing dirty", async () => {
    const account = new Account({ owner: "Ada", balance: 1 });
    session.add(account);
    await session.commit();
    account.notes.push("hello");
    account.notes = ["other"];
    expect(session.dirty.size).toBe(0);
  });
});

describe("changes", () => {
  test("JSON that is changed in place is noticed", async () => {
    const author = await loadedAuthor();
    expect(session.dirty.size).toBe(0);
    author.settings?.tags.push("b");
    expect(session.dirty.has(author)).toBe(true);
    await session.commit();
    session.expungeAll();
    expect((await session.getOne(Author, 1)).settings).toEqual({ theme: "dark", tags: ["a", "b"] });
  });

  test("a Date that is changed in place is noticed", async () => {
    const author = await loadedAuthor();
    author.joined?.setUTCFullYear(2020);
    expect(inspect(author).modified).toBe(true);
    await session.commit();
    session.expungeAll();
    expect((await session.getOne(Author, 1)).joined?.getUTCFullYear()).toBe(2020);
  });

  test("an assignment that changes nothing makes nothing dirty", async () => {
    const author = await loadedAuthor();
    author.name = "Ada";
    author.joined = new Date(joined);
    author.settings = { theme: "dark", tags: ["a"] };
    expect(session.dirty.size).toBe(0);
    author.name = "Grace";
    author.name = "Ada";
    expect(session.dirty.size).toBe(0);
  });

  test("Object.assign and destructured values work as on any object", async () => {
    const author = await loadedAuthor();
    Object.assign(author, { name: "Grace", active: false });
    const { name, active } = author;
    expect([name, active]).toEqual(["Grace", false]);
    expect(inspect(author).history("name")).toEqual({ added: ["Grace"], unchanged: [], deleted: ["Ada"] });
    await session.commit();
    expect(inspect(author).modified).toBe(false);
  });

  test("a rollback takes changes in place back, too", async () => {
    const author = await loadedAuthor();
    author.settings?.tags.push("b");
    author.joined?.setUTCFullYear(2020);
    author.name = "Grace";
    await session.rollback();
    expect(author).toEqual(columns);
    expect(session.dirty.size).toBe(0);
  });
});

describe("collections are arrays", () => {
  let author: Author;
  let one: Book;
  let two: Book;
  beforeEach(async () => {
    author = await loadedAuthor();
    [one, two] = author.books as [Book, Book];
  });
  const titles = (): string[] => author.books.map((book) => book.title);

  test("to every way of reading", () => {
    expect(Array.isArray(author.books)).toBe(true);
    expect(author.books).toHaveLength(2);
    expect(author.books.filter((book) => book.title === "Two")).toEqual([two]);
    expect(author.books.includes(one)).toBe(true);
    expect(author.books.indexOf(two)).toBe(1);
    expect(author.books.at(-1)).toBe(two);
    expect([...author.books]).toEqual([one, two]);
    expect(author.books.slice(1)).toEqual([two]);
    expect(author.books.concat([]).length).toBe(2);
    expect(author.books.toSorted((a, b) => b.id - a.id)).toEqual([two, one]);
    expect(Object.keys(author.books)).toEqual(["0", "1"]);
    expect(author.books).toBe(author.books);
    const [first, ...rest] = author.books;
    expect([first, rest]).toEqual([one, [two]]);
  });

  test("push and unshift bring members in, with their way back", async () => {
    const [zero, three] = [new Book({ title: "Zero" }), new Book({ title: "Three" })];
    expect(author.books.push(three)).toBe(3);
    expect(author.books.unshift(zero)).toBe(4);
    expect(titles()).toEqual(["Zero", "One", "Two", "Three"]);
    expect([zero.author, three.author]).toEqual([author, author]);
    expect([...session.new]).toEqual([three, zero]);
    await session.commit();
    expect([zero.authorId, three.authorId]).toEqual([1, 1]);
  });

  test("pop, shift and splice take members out, with their way back", async () => {
    expect(author.books.pop()).toBe(two);
    expect(inspect(two).history("author").deleted).toEqual([author]);
    expect(author.books.shift()).toBe(one);
    expect(author.books.shift()).toBeUndefined();
    await session.commit();
    expect(await session.scalars(select(Book)).all()).toEqual([]);
  });

  test("splice replaces", async () => {
    const half = new Book({ title: "Half" });
    expect(author.books.splice(0, 1, half)).toEqual([one]);
    expect(titles()).toEqual(["Half", "Two"]);
    expect(half.author).toBe(author);
    await session.commit();
    expect(await session.scalars(select(Book.title).orderBy(Book.title)).all()).toEqual(["Half", "Two"]);
  });

  test("assignment to an index and to the length", async () => {
    const other = new Book({ title: "Other" });
    author.books[0] = other;
    expect(titles()).toEqual(["Other", "Two"]);
    expect(other.author).toBe(author);
    author.books.length = 1;
    expect(titles()).toEqual(["Other"]);
    await session.commit();
    expect(await session.scalars(select(Book.title)).all()).toEqual(["Other"]);
  });

  test("assignment of a whole array keeps what is in both", async () => {
    const three = new Book({ title: "Three" });
    author.books = [two, three];
    expect(author.books).toEqual([two, three]);
    expect(inspect(author).history("books")).toMatchObject({ added: [three], unchanged: [two], deleted: [one] });
    await session.commit();
    expect(await session.scalars(select(Book.title).orderBy(Book.id)).all()).toEqual(["Two", "Three"]);
  });

  test("filter and assign back deletes what is left out", async () => {
    author.books = author.books.filter((book) => book !== one);
    await session.commit();
    expect(await session.scalars(select(Book.title)).all()).toEqual(["Two"]);
  });

  test("sort and reverse change the order, and nothing in the database", () => {
    author.books.sort((a, b) => b.id - a.id);
    expect(titles()).toEqual(["Two", "One"]);
    author.books.reverse();
    expect(titles()).toEqual(["One", "Two"]);
    expect(session.dirty.size).toBe(0);
  });

  test("assignment on the other side moves a member between collections", async () => {
    const other = new Author({ name: "Bob" });
    session.add(other);
    one.author = other;
    expect(titles()).toEqual(["Two"]);
    expect(other.books).toEqual([one]);
    await session.commit();
    expect(one.authorId).toBe(other.id);
  });

  test("a member that is pushed twice is there twice, and has one row", async () => {
    author.books.push(one);
    expect(titles()).toEqual(["One", "Two", "One"]);
    await session.commit();
    expect(await session.scalars(select(Book)).all()).toHaveLength(2);
  });

  test("one-to-one: each side follows the other", async () => {
    session.add(new Profile({ bio: "first", author }));
    await session.commit();
    session.expungeAll();
    const loaded = await session.scalars(select(Author).options(selectinload(Author.profile))).one();
    expect(loaded.profile?.author).toBe(loaded);
    const next = new Profile({ bio: "second" });
    loaded.profile = next;
    expect(next.author).toBe(loaded);
    await session.commit();
    expect(await session.scalars(select(Profile.bio)).all()).toEqual(["second"]);
    loaded.profile = null;
    await session.commit();
    expect(await session.scalars(select(Profile)).all()).toEqual([]);
  });
});

describe("synchronous sessions", () => {
  let syncEngine: SyncEngine;
  beforeEach(() => {
    syncEngine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(syncEngine);
    using sync = new SyncSession(syncEngine);
    sync.add(new Author({ name: "Ada", joined, books: [new Book({ title: "One" })] }));
    sync.commit();
  });
  afterEach(() => syncEngine.dispose());

  test("expired attributes load themselves when they are read, and are data again", () => {
    using sync = new SyncSession(syncEngine);
    const author = sync.getOne(Author, 1);
    sync.expire(author);
    expect(Object.keys(author)).toEqual([]);
    expect(author.name).toBe("Ada");
    expect(Object.keys(author).sort()).toEqual(["active", "id", "joined", "name", "settings"]);
  });

  test("relationships load themselves, once", () => {
    using sync = new SyncSession(syncEngine);
    const author = sync.getOne(Author, 1);
    expect(inspect(author).unloaded).toEqual(["books", "profile"]);
    expect(author.books.map((book) => book.title)).toEqual(["One"]);
    expect(author.profile).toBeNull();
    expect(inspect(author).unloaded).toEqual([]);
    expect(Object.keys(author)).not.toContain("books");
  });
});
