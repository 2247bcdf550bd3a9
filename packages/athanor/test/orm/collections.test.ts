// What collections look like: Sets, Maps, lists that number their members, classes of one's own. Whatever they are, both
// sides stay in step, and every loader fills them.
import { inspect as print } from "node:util";
import { ArgumentError, createEngine, type Engine, InvalidRequestError, select } from "athanor";
import {
  awaitable,
  inspect,
  joinedload,
  RelatedCollection,
  reorder,
  Session,
  selectinload,
  subqueryload,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { List, PlaylistBase, Setlist, Song, song, Tag } from "./support/playlists.ts";

const titles = (songs: Iterable<Song>) => Array.from(songs, ({ title }) => title);

describe("a set", () => {
  test("keeps both sides in step", () => {
    const [a, b] = [song("a"), song("b")];
    const list = new List({ name: "l", favourites: [a, a] });
    expect(list.favourites).toBeInstanceOf(Set);
    expect([list.favourites.size, list.favourites.has(a), a.fan === list]).toEqual([1, true, true]);
    list.favourites.add(b).add(b);
    expect(titles(list.favourites)).toEqual(["a", "b"]);
    b.fan = null;
    expect(list.favourites).toEqual(new Set([a]));
    expect(list.favourites.delete(b)).toBe(false);
    expect(list.favourites.delete(a)).toBe(true);
    expect(a.fan).toBeNull();
    a.fan = list;
    expect([...list.favourites]).toEqual([a]);
    list.favourites.clear();
    expect([a.fan, list.favourites.size]).toEqual([null, 0]);
  });
  test("has the operations of sets, which give plain ones", () => {
    const [a, b, c] = [song("a"), song("b"), song("c")];
    const list = new List({ name: "l", favourites: new Set([a, b]) });
    expect(titles(list.favourites.intersection(new Set([b, c])))).toEqual(["b"]);
    expect(titles(list.favourites.union(new Set([c])))).toEqual(["a", "b", "c"]);
    expect(list.favourites.isSubsetOf(new Set([a, b, c]))).toBe(true);
    expect(c.fan).toBeNull();
    list.favourites = list.favourites.difference(new Set([a]));
    expect([a.fan, b.fan]).toEqual([null, list]);
  });
  test("looks like one to consoles and structuredClone, and refuses what is no member", () => {
    const list = new List({ name: "l", favourites: [song("a")] });
    expect(print(list.favourites, { compact: true })).toMatch(/^Set\(1\) .*title: 'a'/s);
    expect(structuredClone(new Set(list.favourites)).size).toBe(1);
    const loose = list.favourites as Set<unknown>;
    expect(() => loose.add({ title: "plain" })).toThrow(
      "List.favourites holds objects of class Song, not a plain object",
    );
    expect(() => loose.add(undefined)).toThrow(ArgumentError);
    expect(() => Reflect.set(list, "favourites", "songs")).toThrow("assign a Set or an array of Song");
  });
});

describe("a map", () => {
  test("is keyed by an attribute, from either side", () => {
    const [a, b] = [song("a"), song("b")];
    const list = new List({ name: "l", byTitle: [a] });
    list.byTitle.set("b", b);
    expect([...list.byTitle.keys()]).toEqual(["a", "b"]);
    expect([list.byTitle.get("a") === a, b.shelf === list, list.byTitle.has("c")]).toEqual([true, true, false]);
    const c = new Song({ shelf: list, title: "c" });
    expect(list.byTitle.get("c")).toBe(c);
    c.shelf = null;
    expect(list.byTitle).toEqual(
      new Map([
        ["a", a],
        ["b", b],
      ]),
    );
    expect([list.byTitle.delete("a"), list.byTitle.delete("a"), a.shelf]).toEqual([true, false, null]);
    list.byTitle.clear();
    expect([b.shelf, list.byTitle.size]).toEqual([null, 0]);
  });
  test("a member takes the place of another with its key", () => {
    const [first, second, third] = [song("a"), song("a"), song("a")];
    const list = new List({ name: "l", byTitle: new Map([["a", first]]) });
    list.byTitle.set("a", second);
    expect([first.shelf, second.shelf]).toEqual([null, list]);
    third.shelf = list;
    expect([list.byTitle.size, list.byTitle.get("a") === third, second.shelf]).toEqual([1, true, null]);
  });
  test("a key is found out when the member comes in, and stays", () => {
    const a = song("a");
    const list = new List({ name: "l", byTitle: [a] });
    a.title = "z";
    expect([...list.byTitle.keys()]).toEqual(["a"]);
    expect([list.byTitle.delete("a"), a.shelf]).toEqual([true, null]);
  });
  test("a wrong key, or none, is refused", () => {
    const list = new List({ name: "l" });
    expect(() => list.byTitle.set("b", song("a"))).toThrow(
      'List.byTitle keeps its members by Song.title: this Song belongs under "a", not "b".',
    );
    expect(() => {
      list.byTitle = new Map([["b", song("a")]]);
    }).toThrow(ArgumentError);
    const nameless = new Song({} as { title: string });
    expect(() => list.byTitle.set("a", nameless)).toThrow(InvalidRequestError);
    expect(() => {
      nameless.shelf = list;
    }).toThrow("which this Song has not got yet");
  });
});

describe("a list that numbers its members", () => {
  const ranks = (list: List) => list.ranked.map(({ title, rank }) => `${title}${rank}`);
  const chart = () => new List({ name: "l", ranked: [song("a"), song("b"), song("c")] });
  const changes: [string, (list: List) => void, string[]][] = [
    ["push", (list) => list.ranked.push(song("d"), song("e")), ["a1", "b2", "c3", "d4", "e5"]],
    ["push of a member that has a number", (list) => list.ranked.push(song("d", 9)), ["a1", "b2", "c3", "d9"]],
    ["unshift", (list) => list.ranked.unshift(song("d")), ["d1", "a2", "b3", "c4"]],
    ["shift", (list) => list.ranked.shift(), ["b1", "c2"]],
    ["pop", (list) => list.ranked.pop(), ["a1", "b2"]],
    ["splice", (list) => list.ranked.splice(1, 1, song("x"), song("y")), ["a1", "x2", "y3", "c4"]],
    ["an assigned position", (list) => (list.ranked[0] = song("x")), ["x1", "b2", "c3"]],
    ["an assigned length", (list) => (list.ranked.length = 1), ["a1"]],
    ["reverse", (list) => list.ranked.reverse(), ["c1", "b2", "a3"]],
    ["sort", (list) => list.ranked.sort((x, y) => (x.title < y.title ? 1 : -1)), ["c1", "b2", "a3"]],
    ["another list", (list) => (list.ranked = [list.ranked[2]!, list.ranked[0]!]), ["c1", "a2"]],
    ["the other side: in", (list) => (song("d").chart = list), ["a1", "b2", "c3", "d4"]],
    ["the other side: out", (list) => (list.ranked[0]!.chart = null), ["b1", "c2"]],
  ];
  test.each(changes)("after %s", (_name, change, expected) => {
    const list = chart();
    change(list);
    expect(ranks(list)).toEqual(expected);
  });
  test("reorder() numbers anew", () => {
    const list = chart();
    list.ranked[0]!.rank = 7;
    reorder(list.ranked);
    expect(ranks(list)).toEqual(["a1", "b2", "c3"]);
    expect(() => reorder(list.songs)).toThrow("orderingList()");
  });
});

describe("a class of one's own", () => {
  test("is made of the members, and changes them", () => {
    const [a, b] = [song("a"), song("b")];
    const list = new List({ name: "l", concert: [a] });
    expect(list.concert).toBeInstanceOf(Setlist);
    list.concert.open(b);
    expect([titles(list.concert), list.concert.last === a, b.gig === list]).toEqual([["b", "a"], true, true]);
    b.gig = null;
    expect([list.concert.size, list.concert.has(b), list.concert.remove(b)]).toEqual([1, false, false]);
    list.concert.replaceWith([b]);
    expect([a.gig, b.gig === list]).toEqual([null, true]);
    const other = new List({ name: "m" });
    other.concert = list.concert;
    expect([list.concert.size, titles(other.concert)]).toEqual([0, ["b"]]);
    expect(JSON.stringify(other.concert)).toContain('"title":"b"');
  });
  test("cannot be made by hand, and must extend RelatedCollection", () => {
    expect(() => new Setlist({} as never)).toThrow("Setlist is made by the library");
    expect(RelatedCollection.prototype).toBeDefined();
  });
});

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await PlaylistBase.metadata.createAll(engine);
    session = new Session(engine);
    const [a, b, c] = [song("a"), song("b"), song("c")];
    session.add(
      new List({
        name: "one",
        songs: [a, b],
        favourites: [b, c],
        byTitle: [a, c],
        ranked: [c, a],
        concert: [a, b, c],
        tags: new Set([new Tag({ name: "rock" }), new Tag({ name: "pop" })]),
      }),
    );
    session.add(new List({ name: "empty" }));
    await session.commit();
    session.expungeAll();
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const collections = ["songs", "favourites", "byTitle", "ranked", "concert", "tags", "tagsByInitial"] as const;
  // They lead to two classes, which loaders tell apart by type.
  const attribute = (key: (typeof collections)[number]) => List[key] as typeof List.songs;
  const loaders = { selectinload, joinedload, subqueryload };
  const members = (value: unknown): string[] => {
    const objects = value instanceof Map ? [...value.values()] : [...(value as Iterable<Song | Tag>)];
    return objects.map((each) => (each instanceof Song ? each.title : (each as Tag).name)).toSorted();
  };
  const expected = [
    ["a", "b"],
    ["b", "c"],
    ["a", "c"],
    ["a", "c"],
    ["a", "b", "c"],
    ["pop", "rock"],
    ["pop", "rock"],
  ];

  test.each(Object.keys(loaders) as (keyof typeof loaders)[])(
    "collections of all kinds are filled by %s",
    async (name) => {
      const load = loaders[name];
      const query = select(List).orderBy(List.id);
      for (const [index, key] of collections.entries()) {
        session.expungeAll();
        const [full, empty] = await session
          .scalars(query.options(load(attribute(key))))
          .unique()
          .all();
        expect(members(full![key])).toEqual(expected[index]);
        expect(members(empty![key])).toEqual([]);
      }
    },
  );
  test("and by awaitable()", async () => {
    const list = await session.getOne(List, 1);
    for (const [index, key] of collections.entries()) {
      expect(members(await awaitable(list)[key])).toEqual(expected[index]);
    }
    expect(list.ranked.map(({ title }) => title)).toEqual(["c", "a"]);
    expect([...list.tagsByInitial.keys()].toSorted()).toEqual(["p", "r"]);
  });
  test("what changes in them is written", async () => {
    const list = await session.getOne(List, 1, { options: collections.map((key) => selectinload(attribute(key))) });
    const [a, b] = [list.songs[0]!, list.songs[1]!];
    list.favourites.delete(b);
    list.favourites.add(a);
    list.byTitle.set("d", song("d"));
    list.byTitle.delete("c");
    list.ranked.unshift(b);
    list.concert.remove(a);
    list.tags.clear();
    expect(inspect(list).history("favourites")).toMatchObject({ added: [a], deleted: [b] });
    await session.commit();
    session.expungeAll();
    const again = await session.getOne(List, 1, { options: collections.map((key) => selectinload(attribute(key))) });
    expect(titles(again.favourites).toSorted()).toEqual(["a"]);
    expect([...again.byTitle.keys()].toSorted()).toEqual(["a", "d"]);
    expect(again.ranked.map(({ title, rank }) => `${title}${rank}`)).toEqual(["b1", "a3"]);
    expect(titles(again.concert)).toEqual(["b"]);
    expect(again.tags.size).toBe(0);
  });
  test("a rollback puts them back", async () => {
    const list = await session.getOne(List, 1, { options: collections.map((key) => selectinload(attribute(key))) });
    const before = collections.map((key) => members(list[key]));
    const [a, b] = [list.songs[0]!, list.songs[1]!];
    list.favourites.delete(b);
    list.byTitle.delete("a");
    list.byTitle.set("e", song("e"));
    list.concert.add(song("x"), 0);
    list.tags.clear();
    a.list = null;
    await session.flush();
    list.favourites.clear();
    await session.rollback();
    expect(collections.map((key) => members(list[key]))).toEqual(before);
    expect([...list.byTitle.keys()].toSorted()).toEqual(["a", "c"]);
  });
  test("merge() copies them", async () => {
    const [e, f, g, h] = [song("e"), song("f"), song("g"), song("h")];
    const given = new List({ id: 1, name: "two", favourites: [e], byTitle: [f], concert: [g], ranked: [h, song("i")] });
    const merged = await session.merge(given);
    expect([titles(merged.favourites), [...merged.byTitle.keys()], titles(merged.concert)]).toEqual([
      ["e"],
      ["f"],
      ["g"],
    ]);
    expect(merged.ranked.map(({ title, rank }) => `${title}${rank}`)).toEqual(["h1", "i2"]);
    await session.commit();
    // What the map has lost is deleted.
    expect((await session.scalars(select(Song.title).orderBy(Song.title)).all()).join("")).toBe("befghi");
  });
});
