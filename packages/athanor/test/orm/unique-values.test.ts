// One flush in which rows pass unique values on to each other.
import { check, createEngine, type Engine, IntegrityError, integer, select, sqlText, unique, varchar } from "athanor";
import { declarativeBase, many, map, oneOrNone, Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { refused } from "../support/refused.ts";
import { sent } from "./support/library.ts";

const Base = declarativeBase();

class User extends Base.model("users", {
  id: integer().primaryKey(),
  email: varchar(40).unique(),
  nick: varchar(20).nullable().unique(),
  badge: integer().default(0),
  version: integer().default(1),
  get posts() {
    return many(() => Post, { backPopulates: "author" });
  },
}) {
  static {
    map(this, [], { versionId: "version" });
  }
}
class Post extends Base.model("posts", {
  id: integer().primaryKey(),
  authorId: integer()
    .nullable()
    .references(() => User.id),
  slug: varchar(20),
  get author() {
    return oneOrNone(() => User, { backPopulates: "posts" });
  },
}) {
  static {
    map(this, [unique().on(this.authorId, this.slug)]);
  }
}
/** An ordered list without gaps, in a tree. */
class Step extends Base.model("steps", {
  id: integer().primaryKey(),
  position: integer().unique(),
  get parentId() {
    return integer()
      .nullable()
      .references(() => Step.id);
  },
  get children() {
    return many(() => Step, { cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}
/** Nothing can stand in for its values for a while. */
class Seat extends Base.model("seats", { id: integer().primaryKey(), number: integer().unique() }) {
  static {
    map(this, [check("positive", this.number.gt(0))]);
  }
}

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
  const writes = () =>
    log()
      .filter((each) => /^(INSERT|UPDATE|DELETE)/.test(each))
      .map((each) => each.replace(/ (WHERE|VALUES|\(|RETURNING).*$/, ""));
  const users = async (...emails: string[]) => {
    const found = emails.map((email) => new User({ email, nick: email }));
    session.addAll(found);
    await session.commit();
    log();
    return found;
  };
  const emails = () => session.execute(select(User.email, User.nick).orderBy(User.id)).all();

  describe("a unique value", () => {
    test("can be that of a row that is deleted in the same flush", async () => {
      const [a] = await users("a", "b");
      await session.delete(a!);
      session.add(new User({ email: "a", nick: "a" }));
      await session.flush();
      expect(writes()).toEqual(["DELETE FROM users", "INSERT INTO users"]);
      await session.commit();
      expect(await emails()).toEqual([
        ["b", "b"],
        ["a", "a"],
      ]);
    });

    test("can be that of a deleted row to which others refer until then", async () => {
      const [a] = await users("a");
      a!.posts.push(new Post({ slug: "x" }));
      await session.commit();
      const heir = new User({ email: "c" });
      await session.delete(a!);
      heir.nick = "a";
      session.add(heir);
      await session.commit();
      expect(await session.execute(select(User.email, User.nick)).all()).toEqual([["c", "a"]]);
      expect(await session.scalars(select(Post.authorId)).all()).toEqual([null]);
    });

    test("can be that of a deleted row whose members go over to the new object", async () => {
      const [a] = await users("a");
      const post = new Post({ slug: "x" });
      a!.posts.push(post);
      await session.commit();
      const heir = new User({ email: "a", nick: "a" });
      session.add(heir);
      post.author = heir;
      await session.delete(a!);
      await session.commit();
      expect([post.authorId, (await emails()).length]).toEqual([heir.id, 1]);
    });

    test("can be taken by an update from a row that is deleted", async () => {
      const [a, b] = await users("a", "b");
      await session.delete(b!);
      a!.email = "b";
      await session.commit();
      expect(await emails()).toEqual([["b", "a"]]);
    });

    test("can be passed on along a chain of updates, in one batch", async () => {
      const steps = Array.from({ length: 50 }, (_, i) => new Step({ position: i }));
      session.addAll(steps);
      await session.commit();
      log();
      for (const step of steps) step.position += 1;
      session.add(new Step({ position: 0 }));
      await session.commit();
      const sentStatements = log().filter((each) => /^(UPDATE|INSERT)/.test(each));
      expect(sentStatements.filter((each) => each.startsWith("UPDATE")).length).toBeLessThanOrEqual(2);
      const found = await session.scalars(select(Step.position).orderBy(Step.position)).all();
      expect(found).toEqual(Array.from({ length: 51 }, (_, i) => i));
    });

    test("can be swapped: one row is given NULL for a while, or a value that nobody has", async () => {
      const [a, b, c] = await users("a", "b", "c");
      [a!.nick, b!.nick] = [b!.nick, a!.nick];
      await session.flush();
      expect(writes()).toEqual(["UPDATE users SET nick = ?", "UPDATE users SET nick = ?, version = ?"]);
      [a!.email, b!.email, c!.email] = [b!.email, c!.email, a!.email];
      await session.commit();
      expect(await emails()).toEqual([
        ["b", "b"],
        ["c", "a"],
        ["a", "c"],
      ]);
      expect([a!.version, b!.version, c!.version]).toEqual([3, 3, 2]);
      expect(session.dirty.size).toBe(0);
    });

    test("returns with a rollback, whatever it was for a while", async () => {
      const [a, b] = await users("a", "b");
      [a!.email, b!.email] = ["b", "a"];
      await session.flush();
      await session.rollback();
      expect([a!.email, b!.email]).toEqual(["a", "b"]);
      expect(session.dirty.size).toBe(0);
    });

    test("of several columns counts as a whole", async () => {
      const [a, b] = await users("a", "b");
      const [x, y] = [new Post({ slug: "x" }), new Post({ slug: "y" })];
      a!.posts.push(x, y);
      await session.commit();
      [x.slug, y.slug] = ["y", "x"];
      await session.commit();
      const z = new Post({ slug: "y" });
      b!.posts.push(z);
      await session.commit();
      // x gives up (a, y) for (b, y), which z gives up for (a, y).
      x.author = b!;
      z.author = a!;
      await session.commit();
      expect(await session.execute(select(Post.id, Post.authorId, Post.slug).orderBy(Post.id)).all()).toEqual([
        [1, 2, "y"],
        [2, 1, "x"],
        [3, 1, "y"],
      ]);
    });

    test("can move inside a tree, where rows are written one level after the other", async () => {
      const root = new Step({ position: 1 });
      const child = new Step({ position: 2 });
      root.children.push(child);
      session.add(root);
      await session.commit();
      const next = new Step({ position: 2 });
      root.children.push(next);
      child.position = 3;
      root.children.splice(0, 1);
      await session.commit();
      expect(await session.scalars(select(Step.position).orderBy(Step.position)).all()).toEqual([1, 2]);
    });

    test("of which nothing can stand in its place is refused with what to do", async () => {
      const seats = [new Seat({ number: 1 }), new Seat({ number: 2 })];
      session.addAll(seats);
      await session.commit();
      [seats[0]!.number, seats[1]!.number] = [2, 1];
      await refused(
        () => session.flush(),
        IntegrityError,
        "Seat(1) is to have the number 2, which the row of Seat(2) holds until later in the same flush",
        "flush() before",
      );
      await session.rollback();
      // A chain needs no stand-in.
      seats[1]!.number = 3;
      seats[0]!.number = 2;
      await session.commit();
      expect(await session.scalars(select(Seat.number).orderBy(Seat.id)).all()).toEqual([2, 3]);
    });

    test("that somebody else has is the database's to refuse", async () => {
      const [a] = await users("a", "b");
      await session.execute(sqlText("UPDATE users SET badge = 1"));
      a!.email = "b";
      await refused(() => session.flush(), IntegrityError, /unique|duplicate/i);
    });
  });
});
