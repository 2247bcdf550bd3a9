import { IntegrityError, select } from "athanor";
import { awaitable, Session, selectinload, sessionmaker } from "athanor/orm";
import { BlogTag, BlogUser } from "../orm-models/blog.ts";
import type { ScenarioArea } from "../scenario-case.ts";

export const async: ScenarioArea = {
  name: "async",
  scenarios: {
    "async/crud": async (t) => {
      t.fixture();
      const engine = t.asyncEngine();
      const make = sessionmaker(engine, { expireOnCommit: false });
      {
        await using s = make();
        const user = new BlogUser({ email: "n@x", username: "n", hashedPassword: "h" });
        s.add(user);
        await s.commit();
        await s.refresh(user);
        t.fact("created", [typeof user.id === "number", user.createdAt instanceof Date]);
      }
      {
        await using s = make();
        const found = await s.execute(select(BlogUser).where(BlogUser.email.eq("n@x"))).scalarOneOrNone();
        t.fact("found", found?.username);
      }
      await make.begin(async (s) => {
        (await s.getOne(BlogUser, 1)).fullName = "Changed";
      });
      await engine.dispose();
      t.fact("row", t.rows("select full_name from blog_users where id = 1"));
    },

    "async/lazy-load": async (t) => {
      t.fixture();
      const engine = t.asyncEngine();
      {
        await using s = new Session(engine);
        const user = await s.getOne(BlogUser, 1);
        t.raises("implicit", () => user.posts);
        const posts = await awaitable(user).posts;
        t.fact("run_sync", posts.map(({ title }) => title).toSorted());
        const eager = await s
          .scalars(select(BlogUser).where(BlogUser.id.eq(2)).options(selectinload(BlogUser.posts)))
          .one();
        t.fact(
          "eager",
          eager.posts.map(({ title }) => title),
        );
        const refreshed = await s.getOne(BlogUser, 3);
        await s.refresh(refreshed, ["posts"]);
        t.fact("refreshed", refreshed.posts.length);
      }
      await engine.dispose();
    },

    "async/rollback": async (t) => {
      t.fixture();
      const engine = t.asyncEngine();
      {
        await using s = new Session(engine);
        s.add(new BlogTag({ name: "outer" }));
        try {
          await s.beginNested(() => s.add(new BlogTag({ name: "sql" })));
        } catch (error) {
          if (error instanceof IntegrityError) t.fact("error", error.name);
        }
        await s.commit();
      }
      await engine.dispose();
      t.fact("rows", t.rows("select name from blog_tags order by id"));
    },
  },
  deviations: {
    "async/lazy-load": {
      reason: "there is an error of its own for what an asynchronous session does not load, which says what to do",
      facts: { implicit: { class: "LazyLoadError", mro: ["InvalidRequestError"] } },
    },
  },
};
