// What programs do with sessions and single objects beyond adding and asking: factories, handles of transactions, refreshing
// and expiring by name, objects that change their state.
import { createEngine, type Engine, listen, select, update } from "athanor";
import {
  identityKey,
  inspect,
  makeTransient,
  makeTransientToDetached,
  objectSession,
  Session,
  selectinload,
  sessionmaker,
  wasDeleted,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, Book, LibraryBase, Loan, sent, Tag } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => {
      setup.addAll([
        new Author({ name: "Ada", settings: null, books: [new Book({ title: "1" }), new Book({ title: "2" })] }),
        new Author({ name: "Bob" }),
        new Tag({ name: "a" }),
      ]);
    });
    await sessionmaker(engine).begin((setup) => setup.add(new Loan({ bookId: 1, reader: "Eve", days: 3 })));
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const verbs = () => log().map((each) => each.replace(/ .*/s, ""));
  const names = () => session.scalars(select(Tag.name).orderBy(Tag.id)).all();

  describe("sessionmaker()", () => {
    class Audited extends Session {
      readonly #made = "here";
      whoami(): string {
        return `${this.info["user"]} ${this.#made}`;
      }
    }

    test("makes sessions of a class of one's own, which its listeners hear", async () => {
      const sessions = sessionmaker(engine, { class: Audited, info: { user: "Ada" } });
      const flushed: unknown[] = [];
      listen(sessions, "afterFlush", (each) => flushed.push(each.new.size));
      const told = await sessions.begin((own) => {
        own.add(new Tag({ name: "b" }));
        return own.whoami();
      });
      expect([told, flushed, await names()]).toEqual(["Ada here", [1], ["a", "b"]]);
    });

    test("configure() changes what is made from then on; a session's own options go before", async () => {
      const sessions = sessionmaker(null, { autoflush: false, info: { a: 1 } });
      await expect(sessions().get(Tag, 1)).rejects.toThrow("made without an engine");
      sessions.configure({ bind: engine, expireOnCommit: true, info: { b: 2 } });
      await using own = sessions({ autoflush: true, info: { c: 3 } });
      expect([own.autoflush, own.expireOnCommit, own.info]).toEqual([true, true, { a: 1, b: 2, c: 3 }]);
      expect((await own.getOne(Tag, 1)).name).toBe("a");
    });

    test("takes options of executions for a whole session, over which a statement's own go", async () => {
      await using own = new Session(engine, { executionOptions: { populateExisting: true } });
      const tag = await own.getOne(Tag, 1);
      tag.name = "mine";
      await own.noAutoflush(() => own.scalars(select(Tag), {}, { populateExisting: false }).all());
      expect(tag.name).toBe("mine");
      await own.noAutoflush(() => own.get(Tag, 1));
      expect(tag.name).toBe("a");
    });
  });

  describe("a handle", () => {
    test("of a savepoint keeps what was done when it is committed, and undoes it otherwise", async () => {
      session.add(new Tag({ name: "outer" }));
      {
        await using savepoint = await session.beginNested();
        session.add(new Tag({ name: "kept" }));
        await savepoint.commit();
        expect(savepoint.isActive).toBe(false);
      }
      const lost = new Tag({ name: "lost" });
      {
        await using savepoint = await session.beginNested();
        session.add(lost);
        await session.flush();
        expect([savepoint.isActive, session.inNestedTransaction]).toEqual([true, true]);
      }
      expect([inspect(lost).status, session.inNestedTransaction]).toEqual(["transient", false]);
      await session.commit();
      expect(await names()).toEqual(["a", "outer", "kept"]);
    });

    test("of an outer savepoint ends those inside it", async () => {
      const outer = await session.beginNested();
      const inner = await session.beginNested();
      session.add(new Tag({ name: "inner" }));
      await outer.rollback();
      expect([outer.isActive, inner.isActive]).toEqual([false, false]);
      await expect(inner.commit()).rejects.toThrow("has ended already");
      expect(await names()).toEqual(["a"]);
    });

    test("of the transaction is the one that is under way", async () => {
      expect([session.getTransaction(), session.getNestedTransaction()]).toEqual([null, null]);
      await using transaction = await session.begin();
      expect(session.getTransaction()?.isActive).toBe(true);
      await session.beginNested(() => {
        expect(session.getNestedTransaction()?.isActive).toBe(true);
      });
      session.add(new Tag({ name: "b" }));
      await transaction.rollback();
      expect([session.inTransaction, await names()]).toEqual([false, ["a"]]);
    });
  });

  describe("get()", () => {
    test("takes composite keys as an array or by name, and asks once", async () => {
      const loan = await session.getOne(Loan, [1, "Eve"]);
      expect(await session.get(Loan, { reader: "Eve", bookId: 1 })).toBe(loan);
      expect(verbs()).toEqual(["[begin]", "SELECT"]);
      expect(session.identityMap.get(Loan, [1, "Eve"])).toBe(loan);
      expect([...session.identityMap.keys()]).toEqual([[Loan, [1, "Eve"]]]);
      await expect(session.get(Loan, [1])).rejects.toThrow("has 2 values");
    });

    test("locks in every form that the database has, also only the rows of some tables", async () => {
      const forms = [true, { read: true }, { nowait: true }, { skipLocked: true }, { of: [Author] }] as const;
      for (const withForUpdate of forms) {
        const author = await session.getOne(Author, 1, { withForUpdate, options: [selectinload(Author.books)] });
        expect(author.books.length).toBe(2);
        await session.refresh(author, ["name"], { withForUpdate });
      }
      const locks = log().filter((each) => / FOR (?:UPDATE|SHARE)|LOCK IN SHARE MODE/.test(each)).length;
      expect(locks).toBe(database.dialect === "sqlite" ? 0 : 2 * forms.length);
    });

    test("with options of the execution leaves out the flush", async () => {
      session.add(new Tag({ name: "new" }));
      await session.get(Book, 1, { executionOptions: { autoflush: false } });
      expect(session.new.size).toBe(1);
      await session.get(Book, 2);
      expect(session.new.size).toBe(0);
    });
  });

  describe("refresh()", () => {
    test("gives up the object's own changes, writes those of others, and loads what is named", async () => {
      const [ada, bob] = [await session.getOne(Author, 1), await session.getOne(Author, 2)];
      ada.name = "given up";
      bob.name = "Bobby";
      log();
      await session.refresh(ada, ["name", "books"]);
      expect(verbs()).toEqual(["UPDATE", "SELECT", "SELECT"]);
      expect([ada.name, ada.books.length, session.dirty.size]).toEqual(["Ada", 2, 0]);
    });

    test("reaches along the cascade, and leaves alone what is not named", async () => {
      const book = await session.getOne(Book, 1, { options: [selectinload(Book.loans)] });
      const [loan] = book.loans as [Loan];
      loan.days = 99;
      book.title = "other";
      await session.refresh(book, ["edition"]);
      expect([book.title, loan.days]).toEqual(["other", 99]);
      book.title = "another";
      loan.days = 100;
      await session.refresh(book);
      expect([book.title, loan.days]).toEqual(["other", 99]);
    });

    test("says what is wrong with an object or a name", async () => {
      const tag = new Tag({ name: "new" });
      await expect(session.refresh(tag)).rejects.toThrow("Tag(new) cannot be refreshed: it is not in this session");
      session.add(tag);
      await expect(session.refresh(tag)).rejects.toThrow("it has no row yet: flush first");
      await session.flush();
      await expect(session.refresh(tag, ["colour"])).rejects.toThrow('Tag has no attribute "colour"');
    });
  });

  describe("the state of an object", () => {
    test("is transient again after makeTransient(), with its values; added, it is a new row", async () => {
      const tag = await session.getOne(Tag, 1);
      makeTransient(tag);
      expect([inspect(tag).status, objectSession(tag), session.has(tag)]).toEqual(["transient", null, false]);
      Object.assign(tag, { id: undefined, name: "copy" });
      session.add(tag);
      await session.commit();
      expect(await names()).toEqual(["a", "copy"]);
    });

    test("a deleted object can be made transient and inserted again", async () => {
      const tag = await session.getOne(Tag, 1);
      await session.delete(tag);
      await session.commit();
      expect([wasDeleted(tag), inspect(tag).status]).toEqual([true, "detached"]);
      expect(() => session.add(tag)).toThrow("has been deleted");
      makeTransient(tag);
      session.add(tag);
      await session.commit();
      expect([wasDeleted(tag), await names()]).toEqual([false, ["a"]]);
    });

    test("is detached after makeTransientToDetached(): changes are written without loading", async () => {
      const tag = Object.assign(new Tag({ name: "a" }), { id: 1 });
      makeTransientToDetached(tag);
      expect(inspect(tag).status).toBe("detached");
      session.add(tag);
      tag.name = "one";
      await session.commit();
      expect(verbs()).toEqual(["[begin]", "UPDATE", "[commit]"]);
      const book = Object.assign(new Book({ title: "1" }), { id: 1 });
      makeTransientToDetached(book);
      session.add(book);
      await session.refresh(book);
      expect([book.title, book.authorId]).toEqual(["1", 1]);
      expect(() => makeTransientToDetached(book)).toThrow("Book(1) is persistent");
      expect(() => makeTransientToDetached(new Book({ title: "x" }))).toThrow("has no primary key: set id first");
    });

    test("the identity of objects is their class and key", async () => {
      const loan = await session.getOne(Loan, [1, "Eve"]);
      expect(identityKey(loan)).toEqual({ model: Loan, key: [1, "Eve"], identityToken: null });
      expect(identityKey(Loan, { bookId: 1, reader: "Eve" })).toEqual(identityKey(loan));
    });

    test("isModified() counts collections, or does not", async () => {
      const ada = await session.getOne(Author, 1, { options: [selectinload(Author.books)] });
      ada.books.pop();
      expect([session.isModified(ada), session.isModified(ada, { includeCollections: false })]).toEqual([true, false]);
      ada.name = "changed";
      expect(session.isModified(ada, { includeCollections: false })).toBe(true);
    });
  });

  describe("the end", () => {
    test("close() of a session with closeResetsOnly leaves it usable; of another it does not", async () => {
      await using own = new Session(engine, { closeResetsOnly: true });
      const tag = await own.getOne(Tag, 1);
      await own.close();
      expect([inspect(tag).status, (await own.getOne(Tag, 1)).name]).toEqual(["detached", "a"]);
      await session.close();
      await expect(session.get(Tag, 1)).rejects.toThrow("This session is closed");
    });

    test("invalidate() gives up the connection, and what was done on it", async () => {
      if (database.inMemory) return;
      await session.execute(update(Tag).values({ name: "lost" }));
      await session.invalidate();
      await using own = new Session(engine);
      expect((await own.getOne(Tag, 1)).name).toBe("a");
    });

    test("a session that does not begin by itself is begun, and again after its end", async () => {
      await using own = new Session(engine, { autobegin: false });
      await expect(own.get(Tag, 1)).rejects.toThrow("call begin() before");
      await own.begin(() => own.getOne(Tag, 1));
      await expect(own.scalars(select(Tag)).all()).rejects.toThrow("call begin() before");
    });
  });
});
