// What is built on the events of a flush: audit trails, histories, stamps.
import { afterEach, describe, expect, test } from "vitest";
import {
  AuditRecord,
  auditTrail,
  historyModel,
  onRowChanges,
  type RowChange,
  recordHistory,
  stampAuthors,
  Timestamps,
} from "../../../src/ext.ts";
import { createEngine, type Engine, integer, numeric, select, varchar } from "../../../src/index.ts";
import { declarativeBase, many, map, one, type Session, sessionmaker } from "../../../src/orm/index.ts";
import { forEachDatabase } from "../../support/databases.ts";

function models() {
  const Base = declarativeBase();
  class Account extends Base.model("accounts", Timestamps, {
    id: integer().primaryKey(),
    owner: varchar(50),
    secret: varchar(50).nullable(),
    createdBy: varchar(50).nullable(),
    updatedBy: varchar(50).nullable(),
    get payments() {
      return many(() => Payment, { backPopulates: "account", cascade: "all, delete-orphan" });
    },
  }) {
    static {
      map(this);
    }
  }
  class Payment extends Base.model("payments", {
    id: integer().primaryKey(),
    amount: numeric(10, 2),
    get accountId() {
      return integer().references(() => Account.id);
    },
    get account() {
      return one(() => Account, { backPopulates: "payments" });
    },
  }) {
    static {
      map(this);
    }
  }
  class AuditEntry extends Base.model("audit_entries", AuditRecord, {}) {
    static {
      map(this);
    }
  }
  return { Base, Account, Payment, AuditEntry };
}

describe("row changes", () => {
  forEachDatabase((database) => {
    let engine: Engine | undefined;
    afterEach(async () => {
      await engine?.dispose();
      engine = undefined;
    });
    async function opened(metadata: ReturnType<typeof models>["Base"]["metadata"]) {
      engine = createEngine(database.url);
      await metadata.createAll(engine);
      return sessionmaker(engine);
    }

    test("a flush tells what it did to rows, cascades and orphans included", async () => {
      const { Base, Account, Payment } = models();
      const sessions = await opened(Base.metadata);
      const heard: RowChange[] = [];
      onRowChanges(sessions, [Account, Payment], (changes) => heard.push(...changes));
      await using session = sessions();
      const account = new Account({
        owner: "Ada",
        payments: [new Payment({ amount: "1.00" }), new Payment({ amount: "2.00" })],
      });
      session.add(account);
      await session.flush();
      expect(heard.map(({ kind, model }) => `${kind} ${model === Account ? "account" : "payment"}`)).toEqual([
        "insert account",
        "insert payment",
        "insert payment",
      ]);
      expect(heard[0]?.key).toEqual({ id: account.id });
      expect(heard[0]?.before).toEqual({});

      heard.length = 0;
      account.owner = "Eva";
      account.payments.pop();
      await session.flush();
      const updated = heard.find(({ kind }) => kind === "update");
      expect(updated).toMatchObject({ before: { owner: "Ada" }, after: { owner: "Eva" } });
      expect(updated?.changed).toContain("owner");
      expect(updated?.changed).not.toContain("id");
      expect(heard.find(({ kind }) => kind === "delete")).toMatchObject({ model: Payment, before: { amount: "2.00" } });

      heard.length = 0;
      account.owner = "Bea";
      account.owner = "Eva";
      await session.flush();
      expect(heard).toEqual([]);
      await session.delete(account);
      await session.commit();
      expect(heard.map(({ kind }) => kind)).toEqual(["delete", "delete"]);
    });

    test("an audit trail is written in the transaction of the change", async () => {
      const { Base, Account, Payment, AuditEntry } = models();
      const sessions = await opened(Base.metadata);
      const at = new Date("2024-06-01T12:00:00Z");
      auditTrail(sessions, AuditEntry, {
        of: [Account, Payment],
        by: (session) => String(session.info["user"]),
        except: ["secret", "createdAt", "updatedAt"],
        now: () => at,
      });
      const session = sessions({ info: { user: "clerk" } });
      const account = new Account({ owner: "Ada", secret: "hush" });
      session.add(account);
      await session.commit();
      account.owner = "Eva";
      account.secret = "other";
      await session.commit();
      account.secret = "third";
      await session.commit();
      account.owner = "Bea";
      await session.flush();
      await session.rollback();
      await session.delete(account);
      await session.commit();
      await session.close();

      await using reader = sessions();
      const entries = await reader.scalars(select(AuditEntry).orderBy(AuditEntry.id)).all();
      expect(entries.map(({ action, model, key, by }) => ({ action, model, key, by }))).toEqual(
        ["insert", "update", "delete"].map((action) => ({ action, model: "Account", key: { id: 1 }, by: "clerk" })),
      );
      expect(entries[0]?.changes["owner"]).toEqual([null, "Ada"]);
      expect(entries[1]?.changes).toEqual({ owner: ["Ada", "Eva"] });
      expect(entries[2]?.changes["owner"]).toEqual(["Eva", null]);
      expect(entries[0]?.at).toEqual(at);
    });

    test("a history keeps every former version of a row", async () => {
      const { Base, Account } = models();
      const AccountHistory = historyModel(Account);
      const sessions = await opened(Base.metadata);
      recordHistory(sessions, [AccountHistory]);
      await using session = sessions();
      const account = new Account({ owner: "Ada" });
      session.add(account);
      await session.commit();
      for (const owner of ["Eva", "Bea"]) {
        account.owner = owner;
        await session.commit();
      }
      await session.delete(account);
      await session.commit();
      const versions = await session
        .scalars(select(AccountHistory).where(AccountHistory.id.eq(1)).orderBy(AccountHistory.historyId))
        .all();
      expect(versions.map(({ owner, endedBy }) => [owner, endedBy])).toEqual([
        ["Ada", "update"],
        ["Eva", "update"],
        ["Bea", "delete"],
      ]);
    });

    test("stamps say when and who", async () => {
      const { Base, Account } = models();
      const sessions = await opened(Base.metadata);
      stampAuthors(Account, {
        created: "createdBy",
        updated: "updatedBy",
        author: (session: Session) => String(session.info["user"]),
      });
      const first = sessions({ info: { user: "ada" } });
      const account = new Account({ owner: "A" });
      first.add(account);
      await first.commit();
      await first.close();
      await using second = sessions({ info: { user: "eva" } });
      const same = await second.getOne(Account, account.id);
      expect(same).toMatchObject({ createdBy: "ada", updatedBy: "ada" });
      expect(same.createdAt).toBeInstanceOf(Date);
      same.owner = "A"; // no change
      await second.commit();
      expect(same.updatedBy).toBe("ada");
      same.owner = "B";
      await second.commit();
      expect(same).toMatchObject({ createdBy: "ada", updatedBy: "eva" });
    });
  });
});
