// Collections that are never loaded: what is added and removed is written, members are asked for with statements.
import { inspect as print } from "node:util";
import { createEngine, type Engine, func, InvalidRequestError, integer, listen, select, table, varchar } from "athanor";
import {
  awaitable,
  DynamicCollection,
  declarativeBase,
  inspect,
  many,
  map,
  oneOrNone,
  Session,
  selectinload,
  WriteOnlyCollection,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";

const Base = declarativeBase();

const followers = table("followers", Base.metadata, {
  channelId: integer().references("channels.id", { onDelete: "cascade" }).primaryKey(),
  readerId: integer().references("readers.id", { onDelete: "cascade" }).primaryKey(),
});

class Channel extends Base.model("channels", {
  id: integer().primaryKey(),
  name: varchar(50),
  get posts() {
    return many(() => Post, {
      lazy: "writeOnly",
      backPopulates: "channel",
      cascade: "all, delete-orphan",
      passiveDeletes: true,
      orderBy: () => Post.id,
    });
  },
  get events() {
    return many(() => Event, { lazy: "dynamic", cascade: "all, delete-orphan", orderBy: () => Event.id.desc() });
  },
  get followers() {
    return many(() => Reader, {
      lazy: "writeOnly",
      secondary: followers,
      backPopulates: "channels",
      passiveDeletes: true,
    });
  },
}) {
  static {
    map(this);
  }
}

/** Its notes have no way back, and no help of the database's. */
class Board extends Base.model("boards", {
  id: integer().primaryKey(),
  get notes() {
    return many(() => Note, { lazy: "writeOnly" });
  },
}) {
  static {
    map(this);
  }
}

class Post extends Base.model("posts", {
  id: integer().primaryKey(),
  title: varchar(50),
  views: integer().default(0),
  channelId: integer()
    .nullable()
    .references(() => Channel.id, { onDelete: "cascade" }),
  get channel() {
    return oneOrNone(() => Channel, { backPopulates: "posts" });
  },
}) {
  static {
    map(this);
  }
}

class Note extends Base.model("notes", {
  id: integer().primaryKey(),
  text: varchar(50),
  boardId: integer()
    .nullable()
    .references(() => Board.id),
}) {
  static {
    map(this);
  }
}

class Event extends Base.model("events", {
  id: integer().primaryKey(),
  name: varchar(50),
  channelId: integer().references(() => Channel.id),
}) {
  static {
    map(this);
  }
}

class Reader extends Base.model("readers", {
  id: integer().primaryKey(),
  name: varchar(50),
  get channels() {
    return many(() => Channel, { secondary: followers, backPopulates: "followers" });
  },
}) {
  static {
    map(this);
  }
}

const post = (title: string) => new Post({ title });

describe("a collection that is not kept in memory", () => {
  test("is no array: it has no length and no positions", () => {
    const channel = new Channel({ name: "c", posts: [post("a")] });
    const loose = channel.posts as unknown as unknown[];
    expect(() => loose.length).toThrow("so it has no length. Ask for members with select()");
    expect(() => loose[0]).toThrow(InvalidRequestError);
    expect(() => [...loose]).toThrow("not iterable");
    expect(print(channel.posts)).toBe("WriteOnlyCollection { Channel.posts }");
    expect([channel.posts instanceof WriteOnlyCollection, channel.events instanceof DynamicCollection]).toEqual([
      true,
      true,
    ]);
  });
  test("keeps both sides in step, as far as there are two", () => {
    const [a, b] = [post("a"), post("b")];
    const channel = new Channel({ name: "c", posts: [a] });
    channel.posts.add(b);
    expect([a.channel, b.channel]).toEqual([channel, channel]);
    channel.posts.remove(a);
    expect(a.channel).toBeNull();
    a.channel = channel;
    expect(inspect(channel).history("posts")).toMatchObject({
      added: [b, a],
      unchanged: [],
      deleted: [],
    });
    const reader = new Reader({ name: "r" });
    channel.followers.add(reader);
    expect(reader.channels).toEqual([channel]);
    channel.posts = [a] as never;
    expect([a.channel, b.channel]).toEqual([channel, null]);
  });
  test("cannot be asked about an object without a row, and takes members alone", () => {
    const channel = new Channel({ name: "c" });
    expect(() => channel.posts.select()).toThrow("Channel.posts.select(): the object has no row yet");
    expect(() => channel.posts.add(new Channel({ name: "d" }) as never)).toThrow("holds objects of class Post");
  });
  test("is for relationships declared with many(), one by one", () => {
    const Wrong = declarativeBase({ defaultLazy: "writeOnly" });
    class Thing extends Wrong.model("things", {
      id: integer().primaryKey(),
      otherId: integer().references("things.id"),
      get others() {
        return many(() => Thing);
      },
    }) {
      static {
        map(this);
      }
    }
    expect(() => new Thing({ otherId: 1 })).toThrow(
      'lazy: "writeOnly" is for single relationships declared with many()',
    );
  });
});

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    if (database.dialect === "sqlite") {
      listen(engine, "connect", (connection) =>
        (connection as { exec?: (sql: string) => void }).exec?.("PRAGMA foreign_keys = ON"),
      );
    }
    await Base.metadata.createAll(engine);
    session = new Session(engine);
    session.add(
      new Channel({
        id: 1,
        name: "one",
        posts: [post("a"), post("b"), post("c")],
        events: [new Event({ name: "x" }), new Event({ name: "y" })],
        followers: [new Reader({ name: "r" }), new Reader({ name: "s" })],
      }),
    );
    session.add(new Board({ id: 1, notes: [new Note({ text: "n" })] }));
    await session.commit();
    session.expungeAll();
    log = sent(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const titles = async (channel: Channel) =>
    (await session.scalars(channel.posts.select()).all()).map(({ title }) => title).join();

  test("what a new object was given is stored, and is asked for with select()", async () => {
    const channel = await session.getOne(Channel, 1);
    expect(await titles(channel)).toBe("a,b,c");
    const two = await session
      .scalars(channel.posts.select().where(Post.title.ne("b")).orderBy(null).orderBy(Post.id.desc()).limit(1))
      .one();
    expect(two.title).toBe("c");
    const board = await session.getOne(Board, 1);
    expect((await session.scalars(board.notes.select()).all()).length).toBe(1);
    const readers = await session.scalars(channel.followers.select().orderBy(Reader.name)).all();
    expect(readers.map(({ name }) => name)).toEqual(["r", "s"]);
    expect(await awaitable(channel).posts).toBe(channel.posts);
  });
  test("adding and removing loads nothing", async () => {
    const channel = await session.getOne(Channel, 1);
    const board = await session.getOne(Board, 1);
    const [a, b] = await session.scalars(select(Post).orderBy(Post.id).limit(2)).all();
    const [reader] = await session.scalars(select(Reader).orderBy(Reader.name)).all();
    log();
    channel.posts.add(post("d")).remove(a!);
    board.notes.addAll([new Note({ text: "m" }), new Note({ text: "o" })]);
    channel.followers.remove(reader!);
    await session.flush();
    expect(log().filter((each) => each.startsWith("SELECT"))).toEqual([]);
    expect(await titles(channel)).toBe("b,c,d");
    // Without its parent it must not be.
    expect(inspect(a!).status).toBe("deleted");
    expect((await session.scalars(board.notes.select()).all()).length).toBe(3);
    expect((await session.scalars(channel.followers.select()).all()).map(({ name }) => name)).toEqual(["s"]);
    b!.channel = null;
    await session.commit();
    expect(await titles(channel)).toBe("c,d");
  });
  test("insert(), update() and delete() are of the members alone", async () => {
    const channel = await session.getOne(Channel, 1);
    const other = new Channel({ id: 2, name: "two", posts: [post("z")] });
    session.add(other);
    await session.flush();
    await session.execute(
      channel.posts.insert([
        { title: "d", views: 4 },
        { title: "e", views: 5 },
      ]),
    );
    await session.execute(channel.posts.insert({ title: "f" }));
    expect(await titles(channel)).toBe("a,b,c,d,e,f");
    await session.execute(
      channel.posts
        .update()
        .where(Post.title.in(["a", "z"]))
        .values({ views: 9 }),
    );
    expect(
      await session
        .execute(select(Post.title).where(Post.views.eq(9)))
        .scalars()
        .all(),
    ).toEqual(["a"]);
    await session.execute(channel.posts.delete().where(Post.title.ne("b")));
    expect([await titles(channel), await titles(other)]).toEqual(["b", "z"]);
    await session.execute(channel.followers.update().where(Reader.name.eq("r")).values({ name: "q" }));
    await session.execute(other.followers.update().values({ name: "nobody" }));
    expect(await session.scalars(select(Reader.name).orderBy(Reader.name)).all()).toEqual(["q", "s"]);
  });
  test("it cannot be loaded, and not be replaced once there is a row", async () => {
    expect(() => selectinload(Channel.posts)).not.toThrow();
    expect(() => select(Channel).options(selectinload(Channel.posts))).toThrow("Channel.posts is not kept in memory");
    const channel = await session.getOne(Channel, 1);
    expect(() => {
      channel.posts = [] as never;
    }).toThrow("cannot be replaced as a whole once its object has a row");
  });
  test("deleting the parent leaves members to the database, or is refused", async () => {
    const channel = await session.getOne(Channel, 1);
    await session.delete(channel);
    log();
    await session.flush();
    expect(log().filter((each) => !each.startsWith("SELECT"))).toEqual([
      expect.stringContaining("DELETE FROM events"),
      expect.stringContaining("DELETE FROM channels"),
    ]);
    expect(await session.scalars(select(func.count(Post.id))).one()).toBe(0);
    const board = await session.getOne(Board, 1);
    await session.delete(board);
    await expect(session.flush()).rejects.toThrow("Board.notes is write-only: its members are never loaded");
  });
  test("a rollback forgets what was added", async () => {
    const channel = await session.getOne(Channel, 1);
    channel.posts.add(post("d"));
    await session.rollback();
    expect(await titles(await session.getOne(Channel, 1))).toBe("a,b,c");
    expect(
      await session
        .execute(select(func.count(Post.id)))
        .scalars()
        .one(),
    ).toBe(3);
  });
  test("a dynamic collection asks its object's session", async () => {
    const channel = await session.getOne(Channel, 1);
    expect((await channel.events.all()).map(({ name }) => name)).toEqual(["y", "x"]);
    channel.events.add(new Event({ name: "z" }));
    expect([await channel.events.count(), (await channel.events.first())?.name]).toEqual([3, "z"]);
    expect(await channel.events.count((events) => events.where(Event.name.lt("z")))).toBe(2);
    const seen: string[] = [];
    for await (const each of channel.events) seen.push(each.name);
    expect(seen).toEqual(["z", "y", "x"]);
    expect((await channel.events.all((events) => events.orderBy(null).orderBy(Event.name).limit(1)))[0]?.name).toBe(
      "x",
    );
    channel.events.remove((await channel.events.first())!);
    await session.flush();
    expect(await channel.events.count()).toBe(2);
    await expect(new Channel({ name: "n" }).events.count()).rejects.toThrow(/no row yet|no session/);
  });
});
