import {
  bindparam,
  createSyncEngine,
  IntegrityError,
  insert,
  integer,
  MetaData,
  makeUrl,
  select,
  table,
  typeDecorator,
  varchar,
} from "athanor";
import { declarativeBase, many, map } from "athanor/orm";
import { blogUsers } from "../models/blog.ts";
import { assets, sites } from "../models/org.ts";
import { tags } from "../models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { Outcome } from "../trace.ts";

export const errors: ScenarioArea = {
  name: "errors",
  scenarios: {
    "errors/data": (t) => {
      t.fixture();
      using connection = t.engine.connect();
      const status = (value: string) => Reflect.apply(assets.c.status.eq, assets.c.status, [value]);
      t.raises("enum lookup", () => connection.execute(select(assets.c.id).where(status("nope"))).all());
      connection.rollback();
      const user = { email: "e", username: "u", hashedPassword: "h" };
      t.raises("datetime type", () =>
        connection.execute(insert(blogUsers).values(Object.assign({ ...user }, { deletedAt: "not a date" }) as never)),
      );
      connection.rollback();
      t.raises("string length", () => {
        connection.execute(insert(sites).values({ country: "toolong", code: "x", city: "y" }));
        return "a result";
      });
    },

    "errors/statement-error": (t) => {
      const metadata = new MetaData();
      const strict = table("strict", metadata, {
        v: typeDecorator({
          impl: integer(),
          bind: (value: number) => {
            if (value < 0) throw new RangeError("negative");
            return value;
          },
          result: (value: number) => value,
        }),
      });
      t.create(metadata);
      using connection = t.engine.connect();
      t.raises("bind", () => connection.execute(insert(strict).values({ v: -1 })));
      t.raises("missing", () => connection.execute(select(strict.c.v).where(strict.c.v.eq(bindparam("x", integer())))));
    },

    "errors/mapping-errors": (t) => {
      const wrong = {
        no_pk: noPrimaryKey,
        no_fk: noForeignKey,
        ambiguous,
        unknown_class: unmapped,
        bad_back_populates: noWayBack,
      };
      for (const [name, declare] of Object.entries(wrong)) t.raises(name, declare);
    },

    "errors/hide-parameters": (t) => {
      t.fixture();
      const engine = t.quiet(() => t.newEngine({ hideParameters: true }));
      using connection = engine.connect();
      const { error } = Outcome.of(() => connection.execute(insert(tags).values({ id: 9, name: "new" })));
      t.fact("hidden", error instanceof IntegrityError && /parameters: hidden/.test(error.message));
    },

    "errors/url": (t) => {
      const url = makeUrl("postgresql+psycopg2://scott:ti%40ger@db.example:5433/shop?sslmode=require&a=1&a=2");
      t.fact("parts", [url.drivername, url.username, url.password, url.host, url.port, url.database, url.query]);
      t.fact("shown", String(url));
      t.fact("full", url.render({ hidePassword: false }));
      t.fact("set", url.set({ database: "other", query: {} }).render({ hidePassword: false }));
      t.fact("backend", [url.dialect, url.driver]);
      t.fact("update", String(url.updateQuery({ b: "3" })));
      t.fact("create", makeUrl("sqlite:///x.db").render());
      t.raises("bad", () => makeUrl("not a url"));
      t.raises("no dialect", () => createSyncEngine("nodb://x"));
    },
  },
  deviations: {
    "errors/data": {
      reason:
        "a value that an enumeration does not have is refused, as the types do; what is not executed begins no transaction",
      facts: { "enum lookup": { class: "StatementError", mro: ["AthanorError"] } },
      transactions: { BEGIN: 1, ROLLBACK: 1 },
    },
    "errors/statement-error": {
      reason: "what is not executed begins no transaction, and there is none to roll back",
      transactions: {},
    },
    "errors/mapping-errors": {
      reason:
        "classes are named by themselves, so that none is unknown; what is wrong with a mapping is a wrong argument",
      facts: {
        unknown_class: { class: "ArgumentError", mro: ["AthanorError"] },
        bad_back_populates: { class: "ArgumentError", mro: ["AthanorError"] },
      },
    },
    "errors/url": {
      reason: "the options of a URL keep their order",
      facts: {
        shown: "postgresql+psycopg2://scott:***@db.example:5433/shop?sslmode=require&a=1&a=2",
        full: "postgresql+psycopg2://scott:ti%40ger@db.example:5433/shop?sslmode=require&a=1&a=2",
        update: "postgresql+psycopg2://scott:***@db.example:5433/shop?sslmode=require&a=1&a=2&b=3",
      },
    },
  },
};

function noPrimaryKey(): void {
  const Base = declarativeBase();
  class A extends Base.model("a", { x: integer() }) {
    static {
      map(this);
    }
  }
  new A({ x: 1 });
}

function noForeignKey(): void {
  const Base = declarativeBase();
  class B extends Base.model("b", { id: integer().primaryKey() }) {
    static {
      map(this);
    }
  }
  class A extends Base.model("a", {
    id: integer().primaryKey(),
    get bs() {
      return many(() => B);
    },
  }) {
    static {
      map(this);
    }
  }
  new A({});
}

function ambiguous(): void {
  const Base = declarativeBase();
  class B extends Base.model("b", {
    id: integer().primaryKey(),
    a1: integer().references("a.id"),
    a2: integer().references("a.id"),
  }) {
    static {
      map(this);
    }
  }
  class A extends Base.model("a", {
    id: integer().primaryKey(),
    get bs() {
      return many(() => B);
    },
  }) {
    static {
      map(this);
    }
  }
  new A({});
}

/** A class is named by itself; what can go wrong is that it was never mapped. */
function unmapped(): void {
  const Base = declarativeBase();
  class Nowhere extends Base.model("nowhere", { id: integer().primaryKey() }) {}
  class A extends Base.model("a", {
    id: integer().primaryKey(),
    get bs() {
      return many(() => Nowhere);
    },
  }) {
    static {
      map(this);
    }
  }
  new A({});
}

function noWayBack(): void {
  const Base = declarativeBase();
  class B extends Base.model("b", { id: integer().primaryKey(), aId: integer().references("a.id"), name: varchar() }) {
    static {
      map(this);
    }
  }
  class A extends Base.model("a", {
    id: integer().primaryKey(),
    get bs() {
      return many(() => B, { backPopulates: "nope" });
    },
  }) {
    static {
      map(this);
    }
  }
  new A({});
}
