import { SyncSession, syncSessionmaker } from "athanor/orm";
import { BlogTag } from "../orm-models/blog.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { Outcome } from "../trace.ts";

export const sessions: ScenarioArea = {
  name: "sessions",
  scenarios: {
    "sessions/get-db": (t) => {
      t.fixture();
      const withSession = (work: (session: SyncSession) => void) => {
        using session = syncSessionmaker(t.engine)();
        try {
          work(session);
          session.commit();
        } catch (error) {
          session.rollback();
          throw error;
        }
      };
      withSession((session) => session.add(new BlogTag({ name: "ok" })));
      Outcome.of(() =>
        withSession((session) => {
          session.add(new BlogTag({ name: "bad" }));
          session.flush();
          throw new Error("x");
        }),
      );
      t.fact("rows", t.rows("select name from blog_tags order by id"));
    },

    "sessions/sessionmaker": (t) => {
      t.fixture();
      const make = syncSessionmaker(null, { expireOnCommit: false });
      make.configure({ bind: t.engine });
      {
        using s = make();
        t.fact("flag", s.expireOnCommit);
      }
      {
        using s = make({ expireOnCommit: true });
        t.fact("override", s.expireOnCommit);
      }
      class MySession extends SyncSession {}
      t.fact("class", syncSessionmaker(null, { class: MySession })().constructor.name);
    },

    "sessions/info-and-bind": (t) => {
      t.fixture();
      const s = t.session({ info: { user: 7 } });
      t.fact("info", s.info);
      t.fact("bind", s.getBind() === t.engine);
      const connection = s.connection();
      t.fact("same connection", connection.$core === s.connection().$core);
    },
  },
  deviations: {
    "sessions/info-and-bind": {
      reason: "a transaction begins with its first statement, not when the connection is taken",
      transactions: {},
    },
  },
};
