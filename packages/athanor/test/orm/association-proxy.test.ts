// What members of a relationship have under an attribute, as if it were the object's own: read, written, asked for.
import { inspect as print } from "node:util";
import { ArgumentError, createEngine, type Engine, type Expression, integer, select, varchar } from "athanor";
import {
  aliased,
  associationProxy,
  awaitable,
  declarativeBase,
  keyedBy,
  many,
  map,
  one,
  oneOrNone,
  Session,
  selectinload,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const Base = declarativeBase();

class Keyword extends Base.model("keywords", {
  id: integer().primaryKey(),
  word: varchar(50),
}) {
  static {
    map(this);
  }
}

class User extends Base.model("users", {
  id: integer().primaryKey(),
  name: varchar(50),
  get userKeywords() {
    return many(() => UserKeyword, {
      backPopulates: "user",
      cascade: "all, delete-orphan",
      orderBy: () => UserKeyword.id,
    });
  },
  keywords: associationProxy("userKeywords", "keyword"),
  /** Over another proxy. */
  words: associationProxy("keywords", "word"),
  get nicks() {
    return many(() => Nick, { cascade: "all, delete-orphan", collection: "set" });
  },
  get nickNames() {
    return associationProxy("nicks", "text", { creator: (text: string) => new Nick({ text }) });
  },
  get settings() {
    return many(() => Setting, { cascade: "all, delete-orphan", collection: keyedBy("name") });
  },
  values: associationProxy("settings", "value"),
  get profile() {
    return oneOrNone(() => Profile, { backPopulates: "user", cascade: "all, delete-orphan" });
  },
  bio: associationProxy("profile", "bio"),
}) {
  static {
    map(this);
  }
}

class UserKeyword extends Base.model("user_keywords", {
  id: integer().primaryKey(),
  userId: integer().references(() => User.id),
  keywordId: integer().references(() => Keyword.id),
  get user() {
    return oneOrNone(() => User, { backPopulates: "userKeywords" });
  },
  get keyword() {
    return one(() => Keyword);
  },
  word: associationProxy("keyword", "word"),
  owner: associationProxy("user", "name"),
}) {
  static {
    map(this);
  }
}

class Nick extends Base.model("nicks", {
  id: integer().primaryKey(),
  userId: integer().references(() => User.id),
  text: varchar(50),
}) {
  static {
    map(this);
  }
}

class Setting extends Base.model("settings", {
  id: integer().primaryKey(),
  userId: integer().references(() => User.id),
  name: varchar(50),
  value: varchar(50),
}) {
  static {
    map(this);
  }
}

class Profile extends Base.model("profiles", {
  id: integer().primaryKey(),
  userId: integer().references(() => User.id),
  bio: varchar(50),
  get user() {
    return oneOrNone(() => User, { backPopulates: "profile" });
  },
}) {
  static {
    map(this);
  }
}

const keyword = (word: string) => new Keyword({ word });

describe("over a list", () => {
  test("it is an array of what members have, and makes members of what is put in", () => {
    const [a, b, c] = [keyword("a"), keyword("b"), keyword("c")];
    const user = new User({ name: "Ada", keywords: [a, b] });
    expect(user.userKeywords.map(({ keyword }) => keyword)).toEqual([a, b]);
    expect(user.userKeywords[0]!.user).toBe(user);
    expect(user.keywords).toBe(user.keywords);
    expect(user.keywords).toEqual([a, b]);
    expect([Array.isArray(user.keywords), user.keywords.length, 1 in user.keywords, 2 in user.keywords]).toEqual([
      true,
      2,
      true,
      false,
    ]);
    expect([user.keywords.push(c), user.keywords.at(-1) === c, user.keywords.indexOf(b)]).toEqual([3, true, 1]);
    expect(user.keywords.splice(0, 1)).toEqual([a]);
    user.keywords.unshift(a);
    expect(user.keywords.reverse().map(({ word }) => word)).toEqual(["c", "b", "a"]);
    expect(
      user.keywords
        .sort((x, y) => (x.word < y.word ? -1 : 1))
        .map(({ word }) => word)
        .join(""),
    ).toBe("abc");
    expect([user.keywords.pop() === c, user.keywords.shift() === a, user.userKeywords.length]).toEqual([true, true, 1]);
    expect(JSON.stringify(user.keywords)).toBe('[{"word":"b"}]');
    expect(print(user.keywords)).toContain("word: 'b'");
    expect([...Object.keys(user.keywords)]).toEqual(["0"]);
  });
  test("a position that is assigned changes its member, a length takes members away", () => {
    const [a, b, c] = [keyword("a"), keyword("b"), keyword("c")];
    const user = new User({ name: "Ada", keywords: [a] });
    const [link] = user.userKeywords;
    user.keywords[0] = b;
    expect([user.userKeywords[0] === link, link!.keyword === b]).toEqual([true, true]);
    user.keywords[1] = c;
    expect(user.userKeywords.length).toBe(2);
    user.keywords.length = 1;
    expect(user.keywords).toEqual([b]);
    expect(() => {
      user.keywords[5] = c;
    }).toThrow("User.keywords has 1 members: position 5 would leave a hole");
    expect(() => delete user.keywords[0]).toThrow(ArgumentError);
  });
  test("another list keeps the members whose values stay", () => {
    const [a, b, c] = [keyword("a"), keyword("b"), keyword("c")];
    const user = new User({ name: "Ada", keywords: [a, b] });
    const [first, second] = user.userKeywords;
    user.keywords = [b, c, b];
    expect(user.keywords).toEqual([b, c, b]);
    expect([user.userKeywords.includes(first!), user.userKeywords[0] === second, first!.user]).toEqual([
      false,
      true,
      null,
    ]);
  });
  test("over another proxy, both make what is missing", () => {
    const user = new User({ name: "Ada", words: ["a", "b"] });
    expect(user.keywords.map(({ word }) => word)).toEqual(["a", "b"]);
    user.words.push("c");
    expect([user.userKeywords.length, user.words.includes("c"), user.userKeywords[2]!.word]).toEqual([3, true, "c"]);
  });
});

describe("over a Set", () => {
  test("it is a Set", () => {
    const user = new User({ name: "Ada", nickNames: new Set(["x", "y"]) });
    expect(user.nickNames).toEqual(new Set(["x", "y"]));
    user.nickNames.add("x").add("z");
    expect([user.nicks.size, user.nickNames.size, user.nickNames.has("z")]).toEqual([3, 3, true]);
    expect([user.nickNames.delete("x"), user.nickNames.delete("x")]).toEqual([true, false]);
    expect([...user.nickNames.union(new Set(["q"]))]).toEqual(["y", "z", "q"]);
    expect(print(user.nickNames)).toBe("Set(2) { 'y', 'z' }");
    const kept = [...user.nicks].find(({ text }) => text === "z");
    user.nickNames = new Set(["z", "n"]);
    expect([user.nicks.has(kept!), [...user.nickNames].toSorted().join("")]).toEqual([true, "nz"]);
    user.nickNames.clear();
    expect(user.nicks.size).toBe(0);
  });
});

describe("over a Map", () => {
  test("it is a Map, and members get their keys", () => {
    const user = new User({ name: "Ada", values: new Map([["theme", "dark"]]) });
    expect(user.settings.get("theme")).toMatchObject({ name: "theme", value: "dark" });
    user.values.set("size", "9").set("theme", "light");
    expect([...user.values]).toEqual([
      ["theme", "light"],
      ["size", "9"],
    ]);
    expect([user.settings.size, user.values.get("size"), user.values.has("no"), user.values.get("no")]).toEqual([
      2,
      "9",
      false,
      undefined,
    ]);
    expect(user.values).toEqual(
      new Map([
        ["theme", "light"],
        ["size", "9"],
      ]),
    );
    expect(user.values.delete("theme")).toBe(true);
    const kept = user.settings.get("size");
    user.values = new Map([
      ["size", "10"],
      ["font", "mono"],
    ]);
    expect([user.settings.get("size") === kept, kept!.value, [...user.settings.keys()]]).toEqual([
      true,
      "10",
      ["size", "font"],
    ]);
    expect(print(user.values)).toBe("Map(2) { 'size' => '10', 'font' => 'mono' }");
  });
});

describe("over a single object", () => {
  test("it is a single value", () => {
    const user = new User({ name: "Ada" });
    expect(user.bio).toBeNull();
    user.bio = "short";
    expect([user.profile?.bio, user.profile?.user === user]).toEqual(["short", true]);
    const { profile } = user;
    user.bio = "long";
    expect([user.profile === profile, user.bio]).toEqual([true, "long"]);
    expect(new User({ name: "Bob", bio: "b" }).profile?.bio).toBe("b");
  });
});

test("names that lead nowhere are refused", () => {
  const Wrong = declarativeBase();
  class Thing extends Wrong.model("things", {
    id: integer().primaryKey(),
    parts: associationProxy("missing", "name"),
    get others() {
      return many(() => Other);
    },
    names: associationProxy("others", "nothing"),
  }) {
    static {
      map(this);
    }
  }
  class Other extends Wrong.model("others", {
    id: integer().primaryKey(),
    thingId: integer().references(() => Thing.id),
  }) {
    static {
      map(this);
    }
  }
  const thing = new Thing({});
  expect(() => Reflect.set(thing, "parts", "x")).toThrow("no relationship of Thing. There are: others");
  expect(() => Reflect.get(thing, "names")).toThrow('leads to "nothing", which is no attribute of Other');
});

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    session = new Session(engine);
    const [a, b, c] = [keyword("alpha"), keyword("beta"), keyword("gamma")];
    session.addAll([
      new User({
        id: 1,
        name: "Ada",
        keywords: [a, b],
        nickNames: new Set(["x"]),
        values: new Map([["k", "1"]]),
        bio: "long",
      }),
      new User({ id: 2, name: "Bob", keywords: [c], nickNames: new Set(["y"]), values: new Map([["k", "2"]]) }),
      new User({ id: 3, name: "Eve" }),
    ]);
    await session.commit();
    session.expungeAll();
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });

  test("what was put in is stored, and what is taken out is deleted", async () => {
    const query = select(User).options(
      selectinload(User.userKeywords).selectinload(UserKeyword.keyword),
      selectinload(User.nicks),
      selectinload(User.settings),
      selectinload(User.profile),
    );
    const ada = await session.scalars(query.where(User.id.eq(1))).one();
    expect([ada.words, [...ada.nickNames], [...ada.values], ada.bio]).toEqual([
      ["alpha", "beta"],
      ["x"],
      [["k", "1"]],
      "long",
    ]);
    ada.words = ["beta", "delta"];
    ada.nickNames.delete("x");
    ada.values.set("k", "3");
    ada.bio = "short";
    await session.commit();
    session.expungeAll();
    const again = await session.scalars(query.where(User.id.eq(1))).one();
    expect([again.words, [...again.nickNames], [...again.values], again.bio]).toEqual([
      ["beta", "delta"],
      [],
      [["k", "3"]],
      "short",
    ]);
    expect((await session.scalars(select(UserKeyword.id)).all()).length).toBe(3);
  });
  test("what is not loaded says what to load", async () => {
    const ada = await session.getOne(User, 1);
    expect(() => ada.nickNames).toThrow("User.nicks is not loaded");
    expect([...(await awaitable(ada).nickNames)]).toEqual(["x"]);
    expect([await awaitable(ada).bio, await awaitable(await session.getOne(User, 3)).bio]).toEqual(["long", null]);
  });
  test("the class asks for it with EXISTS", async () => {
    const names = async (...conditions: Expression<boolean>[]) =>
      (
        await session
          .scalars(
            select(User.name)
              .where(...conditions)
              .orderBy(User.id),
          )
          .all()
      ).join();
    const alpha = await session.scalars(select(Keyword).where(Keyword.word.eq("alpha"))).one();
    expect(await names(User.keywords.contains(alpha))).toBe("Ada");
    expect(await names(User.keywords.eq(alpha))).toBe("Ada");
    expect(await names(User.keywords.any())).toBe("Ada,Bob");
    expect(await names(User.keywords.any(Keyword.word.like("%mm%")))).toBe("Bob");
    expect(await names(User.words.eq("beta"))).toBe("Ada");
    expect(await names(User.words.in(["beta", "gamma"]))).toBe("Ada,Bob");
    expect(await names(User.words.startsWith("g"))).toBe("Bob");
    expect(await names(User.nickNames.contains("y"))).toBe("Bob");
    expect(await names(User.nickNames.ne("x"))).toBe("Bob");
    expect(await names(User.values.gt("1"))).toBe("Bob");
    expect(await names(User.values.between("0", "1"))).toBe("Ada");
    expect(await names(User.bio.eq("long"))).toBe("Ada");
    expect(await names(User.bio.eq(null))).toBe("Bob,Eve");
    expect(await names(User.bio.has(), User.bio.like("l%"))).toBe("Ada");
    const other = aliased(User, "other");
    const found = await session.scalars(select(other.name).where(other.nickNames.eq("y"))).all();
    expect(found).toEqual(["Bob"]);
    const links = await session.scalars(select(UserKeyword.id).where(UserKeyword.owner.eq("Bob"))).all();
    expect(links.length).toBe(1);
  });
  test("what it leads to may lack an operator", () => {
    expect(() => User.keywords.like("x" as never)).toThrow("User.keywords cannot be asked for like()");
  });
});
