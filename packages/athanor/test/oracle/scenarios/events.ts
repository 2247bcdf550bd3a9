import {
  deleteFrom,
  func,
  IntegrityError,
  index,
  insert,
  integer,
  listen,
  MetaData,
  removeListener,
  select,
  sqlText,
  table,
  text,
  update,
} from "athanor";
import {
  attributeOf,
  declarativeBase,
  inspect,
  many,
  map,
  oneOrNone,
  type SessionEvents,
  type SyncSession,
  syncSessionmaker,
} from "athanor/orm";
import { expect } from "vitest";
import { snakeCase } from "../../../src/util/snake-case.ts";
import { archive } from "../models/core.ts";
import { tags } from "../models/shop.ts";
import { OrderItem, Tag, User, UserProfile } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";

type EventName = keyof SessionEvents<SyncSession>;

const aroundTransactions: readonly EventName[] = [
  "beforeFlush",
  "afterFlush",
  "afterFlushPostexec",
  "beforeCommit",
  "afterCommit",
  "afterRollback",
  "afterBegin",
  "afterTransactionCreate",
  "afterTransactionEnd",
  "beforeAttach",
  "afterAttach",
  "afterSoftRollback",
];
const aboutObjects = [
  "transientToPending",
  "pendingToPersistent",
  "pendingToTransient",
  "persistentToDeleted",
  "deletedToDetached",
  "deletedToPersistent",
  "persistentToDetached",
  "persistentToTransient",
  "loadedAsPersistent",
  "detachedToPersistent",
] as const satisfies readonly EventName[];

/** A parent and its children, as the oracle's scenario declares them. */
function family() {
  const Base = declarativeBase();
  class P extends Base.model("p", {
    id: integer().primaryKey(),
    name: text().nullable(),
    get kids() {
      return many(() => K, { backPopulates: "p" });
    },
  }) {
    static {
      map(this);
    }
  }
  class K extends Base.model("k", {
    id: integer().primaryKey(),
    pId: integer()
      .nullable()
      .references(() => P.id),
    get p() {
      return oneOrNone(() => P, { backPopulates: "kids" });
    },
  }) {
    static {
      map(this);
    }
  }
  return { P, K };
}

export const events: ScenarioArea = {
  name: "events",
  scenarios: {
    "events/session-order": (t) => {
      t.fixture();
      const s = t.session();
      const log: string[] = [];
      for (const name of aroundTransactions) listen(s, name, () => void log.push(snakeCase(name)));
      s.add(new Tag({ name: "z" }));
      s.commit();
      log.push("--");
      s.add(new Tag({ name: "zz" }));
      s.flush();
      s.rollback();
      t.fact("log", log);
    },

    "events/lifecycle": (t) => {
      t.fixture();
      const s = t.session();
      const log: unknown[] = [];
      for (const name of aboutObjects) {
        listen(s, name, (_session, object) => void log.push([snakeCase(name), inspect(object).mapper.className]));
      }
      const tag = new Tag({ name: "z" });
      s.add(tag);
      s.flush();
      s.delete(tag);
      s.flush();
      s.commit();
      log.push("--");
      const user = s.getOne(User, 1);
      s.expunge(user);
      s.add(user);
      s.add(new Tag({ name: "y" }));
      s.flush();
      s.rollback();
      t.fact("log", log);
    },

    "events/audit-listener": (t) => {
      t.fixture();
      const make = syncSessionmaker(t.engine);
      const log: string[] = [];
      const described = (object: object) => `${inspect(object).mapper.className} id=${Reflect.get(object, "id")}`;
      listen(make, "afterFlush", (session) => {
        for (const object of session.new) log.push(`INSERT ${inspect(object).mapper.className}`);
        for (const object of session.dirty) log.push(`UPDATE ${described(object)}`);
        for (const object of session.deleted) log.push(`DELETE ${described(object)}`);
      });
      using s = make();
      s.add(new Tag({ name: "z" }));
      s.getOne(User, 1).name = "X";
      s.delete(s.getOne(OrderItem, 7));
      s.commit();
      t.fact("log", log.toSorted());
    },

    "events/engine-events": (t) => {
      t.fixture();
      const log: unknown[] = [];
      listen(t.engine, "beforeCursorExecute", ({ statement, batch }) => {
        log.push(["before", batch]);
        return { statement: `${statement} /* app */` };
      });
      listen(t.engine, "afterCursorExecute", ({ statement }) => {
        log.push(["after", statement.endsWith("/* app */")]);
      });
      using connection = t.engine.connect();
      t.fact("value", connection.scalar(select(func.count(User.id))));
      connection.execute(insert(tags), [{ name: "p" }, { name: "q" }]);
      t.fact("log", log);
    },

    "events/handle-error": (t) => {
      t.fixture();
      class Friendly extends Error {
        override readonly name = "Friendly";
      }
      const seen: unknown[] = [];
      listen(t.engine, "handleError", ({ error }) => {
        if (!(error instanceof Error)) return undefined;
        seen.push([error.name, Reflect.get(error, "connectionInvalidated")]);
        if (error instanceof IntegrityError && error.statement.includes("tags")) return new Friendly("name taken");
        return undefined;
      });
      {
        using connection = t.engine.connect();
        t.raises("replaced", () => connection.execute(insert(tags).values({ name: "new" })));
      }
      {
        using connection = t.engine.connect();
        t.raises("plain", () => connection.execute(sqlText("select * from nowhere")));
      }
      t.fact("seen", seen);
    },

    "events/do-orm-execute": (t) => {
      t.fixture();
      const s = t.session();
      const kinds = ["isSelect", "isInsert", "isUpdate", "isDelete", "isColumnLoad", "isRelationshipLoad"] as const;
      const log: string[][] = [];
      listen(s, "doOrmExecute", (state) => void log.push(kinds.filter((kind) => state[kind]).map(snakeCase)));
      const u = s.scalars(select(User).where(User.id.eq(1))).one();
      expect(u.orders).toHaveLength(2);
      s.refresh(u);
      s.execute(update(User).where(User.id.eq(1)).values({ name: "Z" }));
      s.execute(insert(Tag), [{ name: "k" }]);
      s.execute(deleteFrom(UserProfile).where(UserProfile.id.eq(3)));
      t.fact("log", log);
    },

    "events/attribute-events": (t) => {
      const { P, K } = family();
      const log: unknown[] = [];
      listen(attributeOf(P, "name"), "set", (_p, value, old) => {
        log.push(["set", value, old ?? "no value"]);
        return value === null ? null : value.trim();
      });
      listen(attributeOf(P, "kids"), "append", () => void log.push(["append"]));
      listen(attributeOf(P, "kids"), "remove", () => void log.push(["remove"]));
      listen(attributeOf(K, "p"), "set", (_k, p) => void log.push(["K.p", p !== null]));
      const p = new P({ name: "  x " });
      p.name = " y";
      const k = new K({});
      p.kids.push(k);
      k.p = null;
      t.fact("name", p.name);
      t.fact("log", log);
    },

    "events/instance-events": (t) => {
      const Base = declarativeBase();
      class P extends Base.model("p", { id: integer().primaryKey(), name: text() }) {
        static {
          map(this);
        }
      }
      const log: unknown[] = [];
      const sorted = (names: readonly string[] | null) => names?.toSorted() ?? null;
      listen(P, "init", (_p, values) => void log.push(["init", sorted(Object.keys(values))]));
      listen(P, "load", () => void log.push(["load"]));
      listen(P, "refresh", (_p, _session, names) => void log.push(["refresh", sorted(names)]));
      listen(P, "expire", (_p, names) => void log.push(["expire", sorted(names)]));
      listen(P, "refreshFlush", (_p, _session, names) => void log.push(["refresh_flush", sorted(names)]));
      t.create(Base.metadata);
      const s = t.session();
      const p = new P({ name: "a" });
      s.add(p);
      s.commit();
      expect(p.name).toBe("a");
      s.expire(p, ["name"]);
      expect(p.name).toBe("a");
      s.refresh(p);
      s.expungeAll();
      s.scalars(select(P)).one();
      t.fact("log", log);
    },

    "events/ddl-events": (t) => {
      const metadata = new MetaData();
      const tb = table("t1", metadata, { id: integer().primaryKey() }, [index("ix_t1").on("id")]);
      const log: string[] = [];
      const heard = (name: string) => () => void log.push(name);
      for (const when of ["beforeCreate", "afterCreate", "beforeDrop", "afterDrop"] as const) {
        listen(metadata, when, heard(`md ${snakeCase(when)}`));
        listen(tb, when, heard(`t1 ${snakeCase(when)}`));
      }
      t.engine.begin((connection) => {
        metadata.createAll(connection, { checkFirst: false });
        metadata.dropAll(connection, { checkFirst: false });
      });
      t.fact("log", log);
    },

    // What the legacy Query tells after its bulk changes, doOrmExecute tells of any.
    "events/bulk-events": (t) => {
      t.fixture();
      const s = t.session();
      const log: unknown[] = [];
      s.execute(update(User).where(User.role.eq("user")).values({ role: "x" }));
      s.execute(deleteFrom(OrderItem).where(OrderItem.quantity.gt(2)));
      t.fact("execute", [...log]);
      listen(s, "doOrmExecute", (state) => {
        const result = state.invokeStatement();
        log.push([state.isUpdate ? "update" : "delete", result.rowCount]);
        return result;
      });
      s.execute(update(User).where(User.role.eq("x")).values({ role: "y" }));
      s.execute(deleteFrom(OrderItem).where(OrderItem.quantity.eq(1)));
      t.fact("query", log);
    },

    "events/event-remove-once": (t) => {
      t.fixture();
      const log: string[] = [];
      const a = () => void log.push("a");
      const b = () => void log.push("b");
      listen(t.engine, "beforeCursorExecute", a);
      listen(t.engine, "beforeCursorExecute", b, { first: true });
      listen(t.engine, "beforeCursorExecute", () => void log.push("once"), { once: true });
      using connection = t.engine.connect();
      connection.execute(select(archive.c.id));
      log.push("-");
      removeListener(t.engine, "beforeCursorExecute", a);
      connection.execute(select(archive.c.id));
      t.fact("log", log);
      const isThere = (handler: () => undefined) => removeListener(t.engine, "beforeCursorExecute", handler);
      t.fact("contains", [isThere(a), isThere(b)]);
      t.raises("no such event", () => Reflect.apply(listen, null, [t.engine, "nope", a]));
    },
  },
  deviations: {
    "events/session-order": {
      reason:
        "a flush is no transaction of its own: afterTransactionCreate and afterTransactionEnd speak of transactions alone",
      facts: {
        log: [
          "after_transaction_create",
          "before_attach",
          "after_attach",
          "before_commit",
          "before_flush",
          "after_begin",
          "after_flush",
          "after_flush_postexec",
          "after_commit",
          "after_transaction_end",
          "--",
          "after_transaction_create",
          "before_attach",
          "after_attach",
          "before_flush",
          "after_begin",
          "after_flush",
          "after_flush_postexec",
          "after_rollback",
          "after_transaction_end",
          "after_soft_rollback",
        ],
      },
    },
    "events/engine-events": {
      reason: "the BEGIN that the oracle's program sent as a statement is the transaction's affair here",
      facts: {
        log: [
          ["before", false],
          ["after", true],
          ["before", true],
          ["after", true],
        ],
      },
    },
    "events/event-remove-once": {
      reason: "a handler that was added as the first is called first",
      facts: { log: ["b", "a", "once", "-", "b"] },
    },
  },
};
