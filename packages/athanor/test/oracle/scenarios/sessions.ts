import { type SyncSession, syncSessionmaker } from "athanor/orm";
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
  later: [{ issue: 5, reason: "sessionmaker() for a class of one's own, configure()", ids: ["sessions/sessionmaker"] }],
};
