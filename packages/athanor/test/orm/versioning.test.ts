import { randomUUID } from "node:crypto";
import {
  ArgumentError,
  bigInteger,
  createEngine,
  createSyncEngine,
  type Engine,
  func,
  integer,
  literal,
  StaleDataError,
  select,
  sqlText,
  table,
  timestamp,
  update,
  varchar,
} from "athanor";
import { declarativeBase, loadOnly, many, map, oneOrNone, Session, SyncSession, sessionmaker } from "athanor/orm";
import { xid } from "athanor/postgresql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { refused } from "../support/refused.ts";
import { sent } from "./support/library.ts";

const Base = declarativeBase();

const accountTags = table("account_tags", Base.metadata, {
  accountId: integer().references("accounts.id").primaryKey(),
  tagId: integer().references("tags.id").primaryKey(),
});

class Tag extends Base.model("tags", { id: integer().primaryKey(), name: varchar(20) }) {
  static {
    map(this);
  }
}

class Account extends Base.model("accounts", {
  id: integer().primaryKey(),
  owner: varchar(50),
  balance: integer().default(0),
  version: integer().default(1),
  get parentId() {
    return integer()
      .nullable()
      .references(() => Account.id);
  },
  get parent() {
    return oneOrNone(() => Account, { remoteSide: () => Account.id, backPopulates: "children" });
  },
  get children() {
    return many(() => Account, { backPopulates: "parent" });
  },
  get tags() {
    return many(() => Tag, { secondary: accountTags });
  },
}) {
  static {
    map(this, [], { versionId: "version" });
  }
}

/** A version that is no number. */
class Page extends Base.model("pages", {
  id: integer().primaryKey(),
  text: varchar(50),
  etag: varchar(36).default(""),
}) {
  static {
    map(this, [], { versionId: () => Page.etag, versionIdGenerator: () => randomUUID() });
  }
}

let clock = Date.UTC(2024, 0, 1);
class Note extends Base.model("notes", {
  id: integer().primaryKey(),
  text: varchar(50),
  changed: timestamp({ timezone: true }).default(new Date(0)),
}) {
  static {
    map(this, [], {
      versionId: "changed",
      versionIdGenerator: () => {
        clock += 1000;
        return new Date(clock);
      },
    });
  }
}

/** The program counts. */
class Draft extends Base.model("drafts", { id: integer().primaryKey(), text: varchar(50), revision: integer() }) {
  static {
    map(this, [], { versionId: "revision", versionIdGenerator: false });
  }
}

/** The database counts: a default for the first version, and a trigger in these tests' stead. */
class Ledger extends Base.model("ledgers", {
  id: integer().primaryKey(),
  text: varchar(50),
  version: bigInteger().serverDefault("1"),
}) {
  static {
    map(this, [], { versionId: "version", versionIdGenerator: false, eagerDefaults: false });
  }
}

/** Rows that are older than the counter. */
class Legacy extends Base.model("legacies", {
  id: integer().primaryKey(),
  text: varchar(50),
  version: integer().nullable(),
}) {
  static {
    map(this, [], { versionId: "version" });
  }
}

class Unconfirmed extends Base.model("unconfirmed", {
  id: integer().primaryKey(),
  text: varchar(50),
  version: integer().default(1),
}) {
  static {
    map(this, [], { versionId: "version", confirmDeletedRows: false });
  }
}

const SystemBase = declarativeBase();

/** PostgreSQL keeps a version of every row by itself. */
class Contract extends SystemBase.model("contracts", {
  id: integer().primaryKey(),
  text: varchar(50),
  xmin: xid().system(),
}) {
  static {
    map(this, [], { versionId: "xmin", versionIdGenerator: false });
  }
}

const countLedgers: Readonly<Record<string, readonly string[]>> = {
  sqlite: [
    "CREATE TRIGGER count_ledgers AFTER UPDATE OF text ON ledgers FOR EACH ROW BEGIN UPDATE ledgers SET version = OLD.version + 1 WHERE id = OLD.id; END",
  ],
  postgresql: [
    "CREATE FUNCTION count_ledger() RETURNS trigger AS $$ BEGIN NEW.version = OLD.version + 1; RETURN NEW; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER count_ledgers BEFORE UPDATE ON ledgers FOR EACH ROW EXECUTE FUNCTION count_ledger()",
  ],
  mysql: ["CREATE TRIGGER count_ledgers BEFORE UPDATE ON ledgers FOR EACH ROW SET NEW.version = OLD.version + 1"],
};

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.sharedUrl);
    await Base.metadata.createAll(engine);
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const updates = () => log().filter((each) => each.startsWith("UPDATE"));
  /** What somebody else does in the meantime. */
  const elsewhere = (sql: string) => session.execute(sqlText(sql)).then(() => log());

  describe("a version counter", () => {
    test("is 1 in a new row, whatever the object says, and counts up with each change of a column", async () => {
      const account = new Account({ owner: "A", version: 7 });
      session.add(account);
      await session.flush();
      expect(account.version).toBe(1);
      log();
      account.balance = 5;
      await session.flush();
      expect(account.version).toBe(2);
      expect(updates()).toEqual([
        "UPDATE accounts SET balance = ?, version = ? WHERE accounts.id = ? AND accounts.version = ?",
      ]);
      account.balance = 5;
      await session.flush();
      expect([account.version, updates()]).toEqual([2, []]);
      expect(await session.scalars(select(Account.version)).all()).toEqual([2]);
    });

    test("counts a foreign key that follows a relationship, and neither a collection nor its links", async () => {
      const [parent, child] = [new Account({ owner: "P" }), new Account({ owner: "C" })];
      session.addAll([parent, child]);
      await session.commit();
      parent.children.push(child);
      parent.tags.push(new Tag({ name: "t" }));
      await session.commit();
      expect([parent.version, child.version]).toEqual([1, 2]);
    });

    test("is checked in batches, and the error names the object, its key and the version that was expected", async () => {
      const accounts = ["A", "B", "C"].map((owner) => new Account({ owner }));
      session.addAll(accounts);
      await session.commit();
      await elsewhere("UPDATE accounts SET version = 5 WHERE id = 2");
      for (const account of accounts) account.balance = 1;
      await refused(
        () => session.flush(),
        StaleDataError,
        'UPDATE of "accounts" expected to change 3 rows, but found 2',
        "Account(2) (expected version 1)",
      );
      await session.rollback();
      expect(accounts.map(({ version, balance }) => [version, balance])).toEqual([
        [1, 0],
        [1, 0],
        [1, 0],
      ]);
      for (const account of accounts) account.balance = 1;
      await session.commit();
      expect(updates()).toEqual([
        "UPDATE accounts SET balance = ?, version = ? WHERE accounts.id = ? AND accounts.version = ? ×3",
        "UPDATE accounts SET balance = ?, version = ? WHERE accounts.id = ? AND accounts.version = ? ×3",
      ]);
    });

    test("tells of the object that was not found", async () => {
      const account = new Account({ owner: "A" });
      session.add(account);
      await session.commit();
      await elsewhere("DELETE FROM accounts");
      account.balance = 1;
      const error = await session.flush().catch((each: unknown) => each);
      expect(error).toBeInstanceOf(StaleDataError);
      expect((error as StaleDataError).objects).toEqual([account]);
    });

    test("is checked by DELETE", async () => {
      const [a, b] = [new Account({ owner: "A" }), new Account({ owner: "B" })];
      session.addAll([a, b]);
      await session.commit();
      await session.delete(a);
      await session.flush();
      expect(log().at(-1)).toBe("DELETE FROM accounts WHERE accounts.id = ? AND accounts.version = ?");
      await elsewhere("UPDATE accounts SET version = 2");
      await session.delete(b);
      await refused(() => session.flush(), StaleDataError, "Account(2) (expected version 1)", "DELETE");
    });

    test("is not checked by DELETE with confirmDeletedRows: false, which then deletes nothing", async () => {
      const object = new Unconfirmed({ text: "x" });
      session.add(object);
      await session.commit();
      await elsewhere("UPDATE unconfirmed SET version = 2");
      await session.delete(object);
      await session.flush();
      expect(await session.scalars(select(Unconfirmed.id)).all()).toEqual([1]);
    });

    test("takes a version that the program has assigned", async () => {
      const account = new Account({ owner: "A" });
      session.add(account);
      await session.commit();
      [account.balance, account.version] = [1, 10];
      await session.commit();
      account.balance = 2;
      await session.commit();
      expect(account.version).toBe(11);
    });

    test("goes with SQL expressions as values", async () => {
      const account = new Account({ owner: "A" });
      session.add(account);
      await session.commit();
      account.balance = Account.balance.add(3) as unknown as number;
      await session.flush();
      expect([account.version, account.balance]).toEqual([2, 3]);
      await elsewhere("UPDATE accounts SET version = 9");
      account.owner = func.upper(literal("b")) as unknown as string;
      await refused(() => session.flush(), StaleDataError, "expected version 2");
    });

    test("returns to what it was with a savepoint that is rolled back", async () => {
      const account = new Account({ owner: "A" });
      session.add(account);
      await session.commit();
      const failed = session.beginNested(async () => {
        account.balance = 1;
        await session.flush();
        expect(account.version).toBe(2);
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect(account.version).toBe(1);
      account.balance = 2;
      await session.commit();
      expect(account.version).toBe(2);
    });

    test("is looked up where the query left it out", async () => {
      session.add(new Account({ owner: "A" }));
      await session.commit();
      session.expungeAll();
      const [account] = await session.scalars(select(Account).options(loadOnly(Account.balance))).all();
      account!.balance = 4;
      await session.commit();
      expect(account!.version).toBe(2);
    });

    test("goes on from the version of a row that a new object takes over", async () => {
      const account = new Account({ owner: "A" });
      session.add(account);
      await session.commit();
      await session.delete(account);
      const next = new Account({ id: account.id, owner: "B" });
      session.add(next);
      await session.commit();
      expect(await session.execute(select(Account.owner, Account.version)).all()).toEqual([["B", 2]]);
      expect(next.version).toBe(2);
    });

    test("begins with rows that have none", async () => {
      await elsewhere("INSERT INTO legacies (id, text) VALUES (1, 'x'), (2, 'y')");
      const [one, two] = await session.scalars(select(Legacy).orderBy(Legacy.id)).all();
      one!.text = "z";
      await session.flush();
      expect(one!.version).toBe(1);
      expect(updates()).toEqual([
        "UPDATE legacies SET text = ?, version = ? WHERE legacies.id = ? AND legacies.version IS NULL",
      ]);
      await elsewhere("UPDATE legacies SET version = 1 WHERE id = 2");
      two!.text = "z";
      await refused(() => session.flush(), StaleDataError, "Legacy(2) (expected version null)");
    });
  });

  describe("other versions", () => {
    test("can be random", async () => {
      const page = new Page({ text: "a" });
      session.add(page);
      await session.flush();
      const first = page.etag;
      page.text = "b";
      await session.flush();
      expect([first.length, page.etag.length, page.etag === first]).toEqual([36, 36, false]);
      await elsewhere("UPDATE pages SET etag = 'other'");
      page.text = "c";
      await refused(() => session.flush(), StaleDataError, "Page(1) (expected etag");
    });

    test("can be timestamps", async () => {
      const note = new Note({ text: "a" });
      session.add(note);
      await session.commit();
      const first = note.changed;
      note.text = "b";
      await session.commit();
      expect(note.changed.getTime() - first.getTime()).toBe(1000);
      session.expungeAll();
      const [again] = await session.scalars(select(Note)).all();
      again!.text = "c";
      await session.commit();
      expect(again!.changed.getTime() - first.getTime()).toBe(2000);
    });

    test("can be the program's", async () => {
      const draft = new Draft({ text: "a", revision: 1 });
      session.add(draft);
      await session.commit();
      draft.text = "b";
      await session.commit();
      expect(draft.revision).toBe(1);
      [draft.text, draft.revision] = ["c", 2];
      await session.commit();
      await elsewhere("UPDATE drafts SET revision = 3");
      draft.text = "d";
      await refused(() => session.flush(), StaleDataError, "expected revision 2");
    });

    test("can be the database's, and come back with every statement", async () => {
      for (const sql of countLedgers[database.dialect] ?? []) await engine.begin((c) => c.execDriverSql(sql));
      const ledgers = ["a", "b"].map((text) => new Ledger({ text }));
      session.addAll(ledgers);
      await session.commit();
      expect(ledgers.map(({ version }) => version)).toEqual([1n, 1n]);
      for (const each of ledgers) each.text += "!";
      await session.commit();
      expect(ledgers.map(({ version }) => version)).toEqual([2n, 2n]);
      await elsewhere("UPDATE ledgers SET text = 'other' WHERE id = 1");
      ledgers[0]!.text = "mine";
      await refused(() => session.flush(), StaleDataError, "expected version 2");
    });

    test("must be columns that can count, or say how they go on", async () => {
      const Other = declarativeBase();
      const shape = { id: integer().primaryKey(), name: varchar(20) };
      const cases = [
        [{ versionId: "nmae" }, 'versionId names "nmae"'],
        [{ versionId: () => Account.version }, "versionId leads to"],
        [{ versionId: "name" }, "versionIdGenerator, such as () => new Date()"],
        [{ versionIdGenerator: () => 1 }, "versionIdGenerator needs a versionId"],
      ] as const;
      for (const [index, [options, message]] of cases.entries()) {
        const One = declarativeBase();
        class Wrong extends One.model(`wrong_${index}`, shape) {
          static {
            map(this, [], options);
          }
        }
        await refused(() => new Wrong({ name: "x" }), ArgumentError, message);
      }
      expect(Other.metadata.tables.size).toBe(0);
    });
  });

  describe("an object of an old version", () => {
    test("cannot be merged over a newer one", async () => {
      const account = new Account({ owner: "A" });
      session.add(account);
      await session.commit();
      account.balance = 1;
      await session.commit();
      const old = new Account({ id: account.id, owner: "Old", version: 1 });
      await refused(() => session.merge(old), StaleDataError, "Account(1) cannot be merged", "its version is 2", "1");
      expect(account.owner).toBe("A");
      const unset = new Account({ id: account.id, owner: "New" });
      await session.merge(unset);
      await session.commit();
      expect([account.owner, account.version]).toEqual(["New", 3]);
    });

    test("cannot be locked with get(); refresh() takes what the row holds", async () => {
      const account = new Account({ owner: "A" });
      session.add(account);
      await session.commit();
      await elsewhere("UPDATE accounts SET version = 2, owner = 'B'");
      await refused(
        () => session.get(Account, account.id, { withForUpdate: true }),
        StaleDataError,
        "Account(1) was loaded with version 1, but its row has 2",
      );
      expect(account.owner).toBe("A");
      await session.refresh(account, undefined, { withForUpdate: true });
      expect([account.owner, account.version]).toEqual(["B", 2]);
      expect(await session.get(Account, account.id, { withForUpdate: true })).toBe(account);
    });
  });

  describe("two sessions", () => {
    test("cannot write the same row one after the other without having read it anew", async () => {
      session.add(new Account({ owner: "A" }));
      await session.commit();
      await using other = new Session(engine);
      const [mine, theirs] = [await session.getOne(Account, 1), await other.getOne(Account, 1)];
      await session.commit();
      await other.commit();
      theirs.balance = 10;
      await other.commit();
      mine.balance = 20;
      await refused(() => session.commit(), StaleDataError, "Account(1) (expected version 1)");
      await session.rollback();
      await session.refresh(mine);
      mine.balance += 20;
      await session.commit();
      expect([mine.balance, mine.version]).toEqual([30, 3]);
    });

    test("have their work done again by sessions.begin() with retry", async () => {
      session.add(new Account({ owner: "A" }));
      await session.commit();
      const sessions = sessionmaker(engine);
      let attempts = 0;
      await sessions.begin(
        async (own) => {
          attempts += 1;
          const account = await own.getOne(Account, 1);
          // The row changes between reading and writing, twice.
          if (attempts < 3) await own.execute(sqlText("UPDATE accounts SET version = version + 1"));
          account.balance += 1;
        },
        { retry: { attempts: 3, backoff: 1 } },
      );
      expect(attempts).toBe(3);
      expect((await session.getOne(Account, 1, { populateExisting: true })).balance).toBe(1);
    });
  });
});

describe("a system column", () => {
  forEachDatabase(
    (database) => {
      test("can be the version: createAll leaves it out, and it comes back with every statement", async () => {
        const engine = createEngine(database.url);
        await SystemBase.metadata.createAll(engine);
        const log = sent(engine);
        const session = new Session(engine);
        const contracts = ["a", "b", "c"].map((text) => new Contract({ text }));
        session.addAll(contracts);
        await session.commit();
        const [first] = contracts;
        const before = first!.xmin;
        for (const each of contracts) each.text += "!";
        await session.commit();
        expect(first!.xmin).not.toBe(before);
        expect(log().filter((each) => each.startsWith("SELECT"))).toEqual([]);
        await session.execute(sqlText("UPDATE contracts SET text = 'other'"));
        await session.commit();
        first!.text = "mine";
        await refused(() => session.flush(), StaleDataError, "Contract(1) (expected xmin");
        await session.rollback();
        await session.refresh(first!);
        await session.delete(first!);
        await session.commit();
        expect(await session.scalars(select(Contract.text).orderBy(Contract.id)).all()).toEqual(["other", "other"]);
        await session.close();
        await engine.dispose();
      });
    },
    { dialect: "postgresql" },
  );
});

describe("a synchronous session", () => {
  forEachDatabase(
    (database) => {
      test("looks up the versions of objects that have expired, all at once", () => {
        const engine = createSyncEngine(database.sharedUrl);
        Base.metadata.createAll(engine);
        const log = sent(engine);
        using session = new SyncSession(engine);
        const accounts = ["A", "B", "C"].map((owner) => new Account({ owner }));
        session.addAll(accounts);
        session.commit();
        for (const account of accounts) account.balance = 3;
        log();
        session.flush();
        expect(log().filter((each) => each.startsWith("SELECT"))).toHaveLength(1);
        expect(accounts.map(({ version }) => version)).toEqual([2, 2, 2]);
        session.execute(update(Account).values({ version: 9 }), undefined, { synchronizeSession: false });
        accounts[0]!.balance = 4;
        expect(() => session.flush()).toThrow(StaleDataError);
        session.rollback();
        session.close();
        engine.dispose();
      });
    },
    { synchronous: true },
  );
});
