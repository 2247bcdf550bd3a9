import { afterEach, describe, expect, test } from "vitest";
import { everyTenant, notDeleted, SoftDeletable, softDelete, Tenancy, withDeleted } from "../../../src/ext.ts";
import { createEngine, deleteFrom, type Engine, func, integer, select, update, varchar } from "../../../src/index.ts";
import {
  aliased,
  awaitable,
  declarativeBase,
  joinedload,
  many,
  map,
  mixin,
  one,
  selectinload,
  sessionmaker,
} from "../../../src/orm/index.ts";
import { forEachDatabase } from "../../support/databases.ts";

const Owned = mixin({ tenantId: integer().index() });

function models() {
  const Base = declarativeBase();
  class Post extends Base.model("posts", SoftDeletable, Owned, {
    id: integer().primaryKey(),
    title: varchar(50),
    get comments() {
      return many(() => Comment, { backPopulates: "post", cascade: "all, delete-orphan" });
    },
  }) {
    static {
      map(this);
    }
  }
  class Comment extends Base.model("comments", SoftDeletable, Owned, {
    id: integer().primaryKey(),
    text: varchar(50),
    get postId() {
      return integer().references(() => Post.id);
    },
    get post() {
      return one(() => Post, { backPopulates: "comments" });
    },
  }) {
    static {
      map(this);
    }
  }
  return { Base, Post, Comment };
}

describe("rows that are not everybody's", () => {
  forEachDatabase((database) => {
    let engine: Engine | undefined;
    afterEach(async () => {
      await engine?.dispose();
      engine = undefined;
    });

    test("soft delete: what is marked is hidden in every way of reading, and can be shown", async () => {
      const { Base, Post, Comment } = models();
      engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      const sessions = sessionmaker(engine, { options: [notDeleted] });
      softDelete(sessions);
      const owned = { tenantId: 1 };
      await sessions.begin(async (session) => {
        const comments = ["a", "b"].map((text) => new Comment({ text, ...owned }));
        session.add(new Post({ title: "kept", ...owned, comments }));
        session.add(new Post({ title: "gone", ...owned, comments: [new Comment({ text: "c", ...owned })] }));
      });
      await sessions.begin(async (session) => {
        const gone = await session.scalars(select(Post).where(Post.title.eq("gone"))).one();
        await session.delete(gone);
        const [comment] = await session.scalars(select(Comment).where(Comment.text.eq("b"))).all();
        comment?.softDelete();
        await session.flush();
        expect(gone.isDeleted).toBe(true);
      });

      await using session = sessions();
      const titles = async (statement: ReturnType<typeof all>) =>
        (await session.scalars(statement.orderBy(Post.id)).all()).map(({ title }) => title);
      const all = () => select(Post);
      expect(await titles(all())).toEqual(["kept"]);
      session.expungeAll();
      expect(await titles(all().options(withDeleted()))).toEqual(["kept", "gone"]);
      expect(await session.scalars(select(func.count()).selectFrom(Comment)).one()).toBe(1);
      expect(await titles(all().join(Post.comments).where(Comment.text.eq("b")))).toEqual([]);
      expect(await titles(all().where(Post.comments.any(Comment.text.eq("b"))))).toEqual([]);
      const other = aliased(Comment, "other");
      expect(await session.scalars(select(other.text)).all()).toEqual(["a"]);
      for (const option of [selectinload(Post.comments), joinedload(Post.comments)]) {
        session.expungeAll();
        const post = await session.scalars(select(Post).options(option)).unique().one();
        expect(post.comments.map(({ text }) => text)).toEqual(["a"]);
      }
      session.expungeAll();
      const lazy = await session.scalars(all()).one();
      expect((await awaitable(lazy).comments).map(({ text }) => text)).toEqual(["a"]);
      expect(await session.get(Post, 2)).toBeNull();
      await session.execute(update(Post).values({ title: "changed" }));
      await session.execute(deleteFrom(Comment).where(Comment.text.ne("a")));
      await session.commit();
      session.expungeAll();
      const every = await session.scalars(select(Post).options(withDeleted()).orderBy(Post.id)).all();
      expect(every.map(({ title }) => title)).toEqual(["changed", "gone"]);
      every[1]?.restore();
      await session.commit();
      session.expungeAll();
      expect(await titles(all())).toEqual(["changed", "gone"]);
      expect(await session.scalars(select(func.count()).selectFrom(Comment).options(withDeleted())).one()).toBe(3);
    });

    test("tenancy: a session reads and writes the rows of its tenant alone", async () => {
      const { Base, Post, Comment } = models();
      engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      const tenancy = new Tenancy(Owned, "tenantId", {
        tenant: ({ info }) => info["tenant"] as number | typeof everyTenant | undefined,
      });
      const sessions = sessionmaker(engine, { options: tenancy.options });
      tenancy.guard(sessions);
      const of = (tenant: number | typeof everyTenant) => sessions({ info: { tenant } });
      for (const tenant of [1, 2]) {
        await using session = of(tenant);
        // The tenant comes with the session.
        const post = new Post({ title: `of ${tenant}`, comments: [new Comment({ text: "c" } as never)] } as never);
        session.add(post);
        await session.commit();
        expect(post.tenantId).toBe(tenant);
        expect(post.comments[0]?.tenantId).toBe(tenant);
      }
      {
        await using session = of(2);
        expect((await session.scalars(select(Post).options(selectinload(Post.comments))).all()).length).toBe(1);
        expect(await session.get(Post, 1)).toBeNull();
        session.add(new Post({ title: "stolen", tenantId: 1 }));
        await expect(session.flush()).rejects.toThrow(/tenantId is 1, but the session works for 2/);
        await session.rollback();
        const own = await session.getOne(Post, 2);
        own.tenantId = 1;
        await expect(session.flush()).rejects.toThrow(/cannot be written/);
        await session.rollback();
        await session.execute(update(Post).values({ title: "mine" }));
        await session.commit();
      }
      await using every = of(everyTenant);
      expect(await every.scalars(select(Post.title).orderBy(Post.id)).all()).toEqual(["of 1", "mine"]);
      await using nobody = sessions();
      await expect(nobody.get(Post, 1)).rejects.toThrow(/No tenant is at work/);
    });
  });
});
