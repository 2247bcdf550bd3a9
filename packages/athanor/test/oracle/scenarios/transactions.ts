import { IntegrityError, insert, listen, type SyncEngine, select, sqlText } from "athanor";
import { binds, SyncSession } from "athanor/orm";
import { archive } from "../models/core.ts";
import { ShopBase, Tag, User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { loaded, Outcome, states } from "../trace.ts";

const one = sqlText("select 1");

export const transactions: ScenarioArea = {
  name: "transactions",
  scenarios: {
    "transactions/rollback-unflushed": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 1);
      const tag = new Tag({ name: "p" });
      s.add(tag);
      user.name = "changed";
      s.rollback();
      t.fact("states", [states(tag), loaded(user)]);
      t.fact("name", user.name);
    },

    "transactions/savepoint-release": (t) => {
      t.fixture();
      const s = t.session();
      s.add(new Tag({ name: "outer" }));
      s.beginNested(() => s.add(new Tag({ name: "inner" })));
      s.commit();
      t.fact("rows", t.rows("select name from tags order by id"));
    },

    "transactions/savepoint-error": (t) => {
      t.fixture();
      const s = t.session();
      s.add(new Tag({ name: "kept" }));
      for (const name of ["new", "brand"]) {
        const { error } = Outcome.of(() => s.beginNested(() => s.add(new Tag({ name }))));
        if (error instanceof IntegrityError) t.fact("error", error.name);
      }
      s.commit();
      t.fact("rows", t.rows("select name from tags order by name"));
    },

    "transactions/failed-execute": (t) => {
      t.fixture();
      const s = t.session();
      t.raises("execute", () => s.execute(sqlText("select * from nowhere")));
      t.raises("next", () => s.execute(one).scalar());
      s.rollback();
      t.fact("ok", s.execute(one).scalar());
    },

    "transactions/begin-twice": (t) => {
      t.fixture();
      const s = t.session();
      s.get(User, 1);
      t.raises("begin", () => s.begin());
      s.rollback();
      s.begin();
      t.raises("again", () => s.begin());
    },

    "transactions/external-transaction": (t) => {
      t.fixture();
      using connection = t.engine.connect();
      const outer = connection.begin();
      const s = new SyncSession(connection, { joinTransactionMode: "createSavepoint" });
      s.add(new Tag({ name: "tmp" }));
      s.commit();
      s.add(new Tag({ name: "tmp2" }));
      s.rollback();
      s.close();
      outer.rollback();
      t.fact("rows", t.rows("select count(*) from tags"));
    },

    "transactions/connection-as-you-go": (t) => {
      t.fixture();
      const add = (id: number, label: string) => insert(archive).values({ id, label });
      {
        using connection = t.engine.connect();
        connection.execute(add(5, "a"));
        connection.commit();
        connection.execute(add(6, "b"));
        connection.rollback();
        t.raises("begin after autobegin", () => {
          connection.execute(select(archive.c.id));
          connection.begin();
        });
      }
      const closed = t.engine.begin((connection) => {
        connection.execute(add(7, "c"));
        return connection;
      });
      t.fact("rows", t.rows("select id from archive order by id"));
      t.raises("closed", () => closed.execute(select(archive.c.id)));
    },

    "transactions/connection-nested": (t) => {
      t.fixture();
      const add = (id: number, label: string) => insert(archive).values({ id, label });
      t.engine.begin((connection) => {
        connection.execute(add(5, "a"));
        const savepoint = connection.beginNested();
        connection.execute(add(6, "b"));
        savepoint.rollback();
        connection.beginNested(() => connection.execute(add(7, "c")));
        t.fact("state", [connection.inTransaction, connection.inNestedTransaction, savepoint.isActive]);
      });
      t.fact("rows", t.rows("select id from archive order by id"));
    },

    "transactions/isolation-level": (t) => {
      t.fixture();
      {
        using connection = t.engine.connect();
        connection.executionOptions({ isolationLevel: "SERIALIZABLE" });
        t.fact("inside", connection.isolationLevel);
      }
      {
        using connection = t.engine.connect();
        t.fact("after", connection.isolationLevel);
        t.fact("default", t.engine.connect().isolationLevel);
      }
      {
        using connection = t.engine.connect();
        connection.execute(select(archive.c.id));
        t.raises("mid transaction", () => connection.executionOptions({ isolationLevel: "SERIALIZABLE" }));
      }
      using connection = t.engine.connect();
      t.raises("bad level", () => Reflect.apply(connection.executionOptions, connection, [{ isolationLevel: "NOPE" }]));
    },

    "transactions/isolation-autocommit": (t) => {
      t.fixture();
      {
        using connection = t.engine.connect();
        connection.executionOptions({ isolationLevel: "AUTOCOMMIT" });
        connection.execute(insert(archive).values({ id: 5, label: "a" }));
        t.fact("seen", t.rows("select count(*) from archive"));
        connection.rollback();
      }
      t.fact("rows", t.rows("select count(*) from archive"));
      {
        using s = new SyncSession(t.newEngine({ isolationLevel: "AUTOCOMMIT" }));
        s.execute(insert(archive).values({ id: 6 }));
      }
      t.fact("rows2", t.rows("select count(*) from archive"));
    },

    "transactions/session-isolation": (t) => {
      t.fixture();
      const s = t.session();
      const connection = s.connection().executionOptions({ isolationLevel: "SERIALIZABLE" });
      t.fact("level", connection.isolationLevel);
      s.get(User, 1);
      s.commit();
    },

    // SQLAlchemy's close() leaves a session that can be used again: here that is reset(), and close() ends it.
    "transactions/close-and-reset": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 1);
      s.reset();
      t.fact("states", states(user));
      t.fact("again", s.get(User, 1) === user);
      const final = new SyncSession(t.engine);
      final.get(User, 1);
      final.close();
      t.raises("closed", () => final.get(User, 1));
    },

    "transactions/prepared-events": (t) => {
      t.fixture();
      const s = t.session();
      listen(s, "afterCommit", (session) => t.raises("sql in after_commit", () => session.execute(one)));
      s.add(new Tag({ name: "z" }));
      s.commit();
    },

    "transactions/session-binds": (t) => {
      t.fixture();
      const other = t.newEngine();
      const s = new SyncSession(
        binds([
          [Tag, other],
          [ShopBase, t.engine],
        ]),
      );
      t.fact("tag bind", s.getBind(Tag) === other);
      t.fact("user bind", s.getBind(User) === t.engine);
      s.get(Tag, 1);
      s.get(User, 1);
      s.close();
      const unbound = new SyncSession(binds<SyncEngine>([]));
      t.raises("unbound", () => unbound.execute(one).scalar());
    },

    "transactions/autobegin-off": (t) => {
      t.fixture();
      const s = t.session({ autobegin: false });
      t.raises("execute", () => s.execute(one).scalar());
      s.begin(() => t.fact("ok", s.execute(one).scalar()));
    },
  },
};
