// Sessions over several databases: by class, and over a primary with replicas.
import { createEngine, type Engine, insert, integer, listen, OperationalError, select, sqlText, text } from "athanor";
import { binds, declarativeBase, map, replicated, Session, type SessionTarget, sessionmaker } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const MainBase = declarativeBase();
class Account extends MainBase.model("accounts", { id: integer().primaryKey(), name: text() }) {
  static {
    map(this);
  }
}
const LogBase = declarativeBase();
class Entry extends LogBase.model("entries", { id: integer().primaryKey(), what: text() }) {
  static {
    map(this);
  }
}

forEachDatabase((database) => {
  let first: Engine;
  let second: Engine;
  beforeEach(() => {
    first = createEngine(database.url);
    second = createEngine(database.sharedUrl);
  });
  afterEach(async () => {
    await first.dispose();
    await second.dispose();
  });

  /** Names the engine of each statement as it is sent. */
  function statements(): string[] {
    const sent: string[] = [];
    for (const [name, engine] of Object.entries({ first, second })) {
      listen(engine, "beforeCursorExecute", ({ statement }) => {
        sent.push(`${name}: ${statement.split(" ")[0]}`);
      });
    }
    return sent;
  }

  describe("binds()", () => {
    const names = (session: Session) => session.scalars(select(Account.name).orderBy(Account.id)).all();
    let target: SessionTarget;
    beforeEach(async () => {
      await MainBase.metadata.createAll(first);
      await LogBase.metadata.createAll(second);
      target = binds([
        [MainBase, first],
        [Entry, second],
      ]);
    });

    test("sends each class to its database, in one unit of work", async () => {
      const sent = statements();
      await using session = new Session(target);
      session.addAll([new Account({ name: "Ada" }), new Entry({ what: "made Ada" }), new Account({ name: "Bob" })]);
      await session.commit();
      expect(sent.toSorted()).toEqual(["first: INSERT", "second: INSERT"]);
      session.expungeAll();
      const ada = await session.scalars(select(Account).where(Account.name.eq("Ada"))).one();
      const entry = await session.scalars(select(Entry)).one();
      ada.name = "Ada L.";
      await session.delete(entry);
      await session.commit();
      expect(await names(session)).toEqual(["Ada L.", "Bob"]);
      expect(await session.scalars(select(Entry)).all()).toEqual([]);
    });

    test("rolls back everywhere", async () => {
      await using session = new Session(target);
      session.addAll([new Account({ name: "Ada" }), new Entry({ what: "made Ada" })]);
      await session.flush();
      await session.rollback();
      expect([await names(session), await session.scalars(select(Entry.what)).all()]).toEqual([[], []]);
    });

    test("keeps savepoints on every database, also on one that is first used inside", async () => {
      await using session = new Session(target);
      session.add(new Account({ name: "Ada" }));
      const failed = session.beginNested(async () => {
        session.addAll([new Account({ name: "Bob" }), new Entry({ what: "made Bob" })]);
        await session.flush();
        throw new RangeError("on purpose");
      });
      await expect(failed).rejects.toThrow("on purpose");
      await session.beginNested(() => {
        session.add(new Entry({ what: "made Ada" }));
      });
      await session.commit();
      expect([await names(session), await session.scalars(select(Entry.what)).all()]).toEqual([["Ada"], ["made Ada"]]);
    });

    test("sends statements by their table, and refuses what belongs nowhere", async () => {
      await using session = new Session(target);
      await session.execute(insert(Entry).values({ what: "by hand" }));
      expect(await session.scalar(select(Entry.what))).toBe("by hand");
      await expect(session.execute(sqlText("SELECT 1")).all()).rejects.toThrow(
        "The session's router has named no engine",
      );
      expect(() => session.getBind()).toThrow("named no engine");
      expect([session.getBind(Account), session.getBind(Entry)]).toEqual([first, second]);
      await using other = new Session(binds([[Entry, second]], first));
      expect(await other.execute(sqlText("SELECT 1")).scalar()).toBe(1);
    });
  });

  describe("replicated()", () => {
    const target = (options: Partial<Parameters<typeof replicated<Engine>>[0]> = {}) =>
      replicated({ primary: first, replicas: [second], ...options });
    beforeEach(async () => {
      await MainBase.metadata.createAll(first);
      await MainBase.metadata.createAll(second);
      await sessionmaker(first).begin((session) => session.add(new Account({ name: "primary" })));
      await sessionmaker(second).begin((session) => session.add(new Account({ name: "replica" })));
    });
    const read = (session: Session) => session.scalar(select(Account.name).where(Account.id.eq(1)));

    test("reads from the replica, until the session writes", async () => {
      await using session = new Session(target());
      expect(await read(session)).toBe("replica");
      session.add(new Account({ name: "new" }));
      expect(await read(session)).toBe("primary");
      await session.commit();
      expect(await read(session)).toBe("primary");
      await session.commit();
      await using other = new Session(target());
      expect(await read(other)).toBe("replica");
      expect(await other.scalar(select(Account.name).where(Account.id.eq(1)).withForUpdate())).toBe("primary");
    });

    test("reads from the replica again when the session does not care, or the time is over", async () => {
      for (const readYourWrites of [false, 0]) {
        await using session = new Session(target({ readYourWrites }));
        session.add(new Account({ name: "new" }));
        await session.flush();
        expect(await read(session)).toBe("primary");
        await session.commit();
        expect(await read(session)).toBe("replica");
      }
    });

    test("works on the primary inside begin()", async () => {
      const sessions = sessionmaker(target());
      expect(await sessions.begin(read)).toBe("primary");
      await using session = sessions();
      await session.begin();
      expect(await read(session)).toBe("primary");
    });

    test("loads lazily from where its object came from", async () => {
      await using session = new Session(target());
      const account = await session.getOne(Account, 1);
      await session.refresh(account);
      expect(account.name).toBe("replica");
    });

    test("passes over a replica that cannot be reached, for a while", async () => {
      const down = createEngine(database.url);
      let attempts = 0;
      listen(down, "checkout", () => {
        attempts += 1;
        throw new OperationalError("down");
      });
      const sessions = sessionmaker(target({ replicas: [down, second], retryAfter: 60_000 }));
      for (let i = 0; i < 6; i += 1) {
        await using session = sessions();
        expect(await read(session)).toBe("replica");
      }
      expect(attempts).toBe(1);
      await using alone = new Session(target({ replicas: [down] }));
      expect(await read(alone)).toBe("primary");
      await down.dispose();
    });

    test("shares reading among replicas", async () => {
      const sent = statements();
      const sessions = sessionmaker(target({ replicas: [first, second] }));
      for (let i = 0; i < 4; i += 1) {
        await using session = sessions();
        await read(session);
      }
      expect(sent.toSorted()).toEqual(["first: SELECT", "first: SELECT", "second: SELECT", "second: SELECT"]);
    });

    test("needs a primary", () => {
      expect(() => replicated({ primary: [], replicas: [second] })).toThrow("needs a primary");
    });
  });
});
