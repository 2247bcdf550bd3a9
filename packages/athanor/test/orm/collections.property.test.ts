// Arrays as arrays: whatever is done to a collection gives what a plain array gives, and the other side follows. The same for
// Sets, Maps and lists that number their members.
import { ArgumentError } from "athanor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { List, type Song, song, Tag } from "./support/playlists.ts";

const runs = { numRuns: 400, seed: 20250131 };
const pool = 6;
const member = fc.integer({ min: 0, max: pool - 1 });
const index = fc.integer({ min: -8, max: 8 });
const strange = fc.oneof(index, fc.constantFrom(Number.NaN, 1.5, -1.5, Number.POSITIVE_INFINITY, undefined));

type Change = (array: Song[], songs: readonly Song[]) => unknown;
const compare = (a: Song, b: Song): number => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0);

/** Changes of an array in every way that there is; `songs` are those that may be put in, each once. */
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.array(member).map(
    (m): Change =>
      (array, songs) =>
        array.push(...m.map((each) => songs[each]!)),
  ),
  fc.array(member).map(
    (m): Change =>
      (array, songs) =>
        array.unshift(...m.map((each) => songs[each]!)),
  ),
  fc.constant<Change>((array) => array.pop()),
  fc.constant<Change>((array) => array.shift()),
  fc.tuple(strange, strange, fc.array(member, { maxLength: 3 })).map(
    ([start, count, m]): Change =>
      (array, songs) =>
        array.splice(start!, count!, ...m.map((each) => songs[each]!)),
  ),
  strange.map(
    (start): Change =>
      (array) =>
        array.splice(start!),
  ),
  fc.constant<Change>((array) => (array.splice as () => Song[])()),
  fc.constant<Change>((array) => array.sort(compare)),
  fc.constant<Change>((array) => array.reverse()),
  fc.tuple(member, strange, strange).map(
    ([m, from, to]): Change =>
      (array, songs) =>
        array.fill(songs[m]!, from, to),
  ),
  fc.tuple(index, index, strange).map(
    ([to, from, end]): Change =>
      (array) =>
        array.copyWithin(to, from, end),
  ),
  fc.tuple(fc.nat(8), member).map(
    ([at, m]): Change =>
      (array, songs) => {
        if (at <= array.length) array[at] = songs[m]!;
      },
  ),
  fc.nat(8).map(
    (length): Change =>
      (array) => {
        if (length <= array.length) array.length = length;
      },
  ),
);

describe("an array", () => {
  const readings: [string, (array: Song[]) => unknown][] = [
    ["spread", (array) => [...array]],
    ["concat", (array) => array.concat(array)],
    ["slice", (array) => array.slice(-2)],
    ["filter", (array) => array.filter(({ title }) => title > "c")],
    ["map", (array) => array.map(({ title }) => title)],
    ["flatMap", (array) => array.flatMap((each) => [each, each])],
    ["reduce", (array) => array.reduce((sum, { title }) => sum + title, "")],
    ["find", (array) => [array.find(({ title }) => title === "c"), array.findLastIndex(({ title }) => title === "c")]],
    ["entries", (array) => [...array.entries()]],
    ["keys", (array) => [Object.keys(array), [...array.keys()]]],
    ["at", (array) => [array.at(0), array.at(-1), array.at(99)]],
    ["toSorted", (array) => [array.toSorted(compare), array.toReversed(), array.toSpliced(0, 1)]],
    ["includes", (array) => array.map((each) => [array.includes(each), array.indexOf(each), array.lastIndexOf(each)])],
    ["join", (array) => [array.some(Boolean), array.every(Boolean), array.length, Array.isArray(array)]],
    ["JSON", (array) => JSON.stringify(array)],
    ["Array.from", (array) => Array.from(array, (each, at) => [each, at])],
    ["groupBy", (array) => Object.groupBy(array, ({ title }) => title)],
  ];

  test("answers and changes as plain arrays do, and the members know it (one-to-many)", () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 12 }), (steps) => {
        const songs = Array.from({ length: pool }, (_, at) => song("abcdef".charAt(at)));
        const list = new List({ name: "l" });
        const model: Song[] = [];
        for (const step of steps) {
          const [given, expected] = [step(list.songs, songs), step(model, songs)];
          expect(given === list.songs ? "itself" : given).toEqual(expected === model ? "itself" : expected);
          expect(list.songs.length).toBe(model.length);
          for (const [at, each] of model.entries()) expect(list.songs[at]).toBe(each);
          for (const each of songs) expect(each.list).toBe(model.includes(each) ? list : null);
        }
        for (const [, read] of readings) expect(read(list.songs)).toEqual(read(model));
        expect(list.songs).toEqual(model);
      }),
      runs,
    );
  });

  test("both sides stay in step, whichever is changed (many-to-many)", () => {
    const action = fc.tuple(fc.boolean(), fc.nat(2), fc.nat(2), fc.constantFrom("push", "remove", "assign", "clear"));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), (actions) => {
        const lists = [1, 2, 3].map((id) => new List({ id, name: `${id}` }));
        const tags = [1, 2, 3].map((id) => new Tag({ id, name: `${id}` }));
        for (const [fromTag, at, other, what] of actions) {
          const [list, tag] = [lists[at]!, tags[other]!];
          if (fromTag) {
            if (what === "push") tag.lists.push(list);
            else if (what === "remove") tag.lists.splice(tag.lists.indexOf(list) >>> 0, 1);
            else if (what === "assign") tag.lists = lists.filter((_, n) => n !== at);
            else tag.lists.length = 0;
          } else if (what === "push") list.tags.add(tag);
          else if (what === "remove") list.tags.delete(tag);
          else if (what === "assign") list.tags = new Set(tags.filter((_, n) => n !== other));
          else list.tags.clear();
          for (const each of lists) for (const tag of tags) expect(each.tags.has(tag)).toBe(tag.lists.includes(each));
          for (const each of tags) {
            for (const holder of lists) expect(each.lists.includes(holder)).toBe(holder.tags.has(each));
          }
        }
      }),
      runs,
    );
  });

  test("refuses holes, and what is no member", () => {
    const list = new List({ name: "l", songs: [song("a")] });
    const loose = list.songs as unknown[];
    const refused: (() => unknown)[] = [
      () => (loose[3] = song("x")),
      () => (loose[-1] = song("x")),
      () => (loose[0.5] = song("x")),
      () => (loose.length = 5),
      () => (loose.length = -1),
      () => delete loose[0],
      () => Object.defineProperty(loose, "0", { value: song("x") }),
      () => loose.push(undefined),
      () => loose.push(null),
      () => loose.push({ title: "plain" }),
      () => loose.push(new Tag({ name: "t" })),
      () => loose.fill(1),
      () => loose.splice(0, 1, "x"),
      () => Reflect.set(list, "songs", new Set([song("a")])),
      () => Reflect.set(list, "songs", null),
    ];
    for (const each of refused) expect(each).toThrow(ArgumentError);
    expect(list.songs.map(({ title }) => title)).toEqual(["a"]);
  });

  test("may be changed while it is gone through", () => {
    const list = new List({ name: "l", songs: [song("a"), song("b"), song("c")] });
    const seen: string[] = [];
    for (const each of list.songs) {
      seen.push(each.title);
      if (each.title === "a") list.songs.push(song("d"));
      if (each.title === "b") list.songs.splice(2, 1);
    }
    expect(seen).toEqual(["a", "b", "d"]);
  });

  test("takes as many members as there are", () => {
    const songs = Array.from({ length: 200_000 }, (_, at) => song(`${at}`));
    const list = new List({ name: "l", songs });
    expect([list.songs.length, songs[199_999]!.list === list]).toEqual([200_000, true]);
    list.songs = songs.slice(0, 3);
    expect([list.songs.length, songs[3]!.list]).toEqual([3, null]);
  });
});

describe("a set", () => {
  const change = fc.tuple(member, fc.constantFrom("add", "delete", "clear", "in", "out", "assign"));
  test("is what a plain Set is, and the members know it", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (steps) => {
        const songs = Array.from({ length: pool }, (_, at) => song(`${at}`));
        const list = new List({ name: "l" });
        const model = new Set<Song>();
        for (const [m, what] of steps) {
          const each = songs[m]!;
          if (what === "add")
            expect([list.favourites.add(each) === list.favourites, model.add(each).size >= 0][0]).toBe(true);
          else if (what === "delete") expect(list.favourites.delete(each)).toBe(model.delete(each));
          else if (what === "clear") {
            list.favourites.clear();
            model.clear();
          } else if (what === "in") {
            each.fan = list;
            model.add(each);
          } else if (what === "out") {
            each.fan = null;
            model.delete(each);
          } else {
            list.favourites = new Set([each]);
            model.clear();
            model.add(each);
          }
          expect(list.favourites).toEqual(model);
          expect([...list.favourites]).toEqual([...model]);
          for (const one of songs) expect(one.fan).toBe(model.has(one) ? list : null);
        }
      }),
      runs,
    );
  });
});

describe("a map", () => {
  const change = fc.tuple(member, fc.constantFrom("set", "delete", "clear", "in", "out", "assign"));
  test("is what a plain Map is, and the members know it", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (steps) => {
        // Two songs for each title.
        const songs = Array.from({ length: pool }, (_, at) => song(`${at % 3}`));
        const list = new List({ name: "l" });
        const model = new Map<string, Song>();
        for (const [m, what] of steps) {
          const each = songs[m]!;
          if (what === "set") {
            list.byTitle.set(each.title, each);
            model.set(each.title, each);
          } else if (what === "delete") expect(list.byTitle.delete(each.title)).toBe(model.delete(each.title));
          else if (what === "clear") {
            list.byTitle.clear();
            model.clear();
          } else if (what === "in") {
            each.shelf = list;
            model.set(each.title, each);
          } else if (what === "out") {
            each.shelf = null;
            if (model.get(each.title) === each) model.delete(each.title);
          } else {
            list.byTitle = new Map([[each.title, each]]);
            model.clear();
            model.set(each.title, each);
          }
          expect(new Map(list.byTitle)).toEqual(model);
          for (const [title, one] of model) expect(list.byTitle.get(title)).toBe(one);
          for (const one of songs) expect(one.shelf).toBe(model.get(one.title) === one ? list : null);
        }
      }),
      runs,
    );
  });
});

describe("a list that numbers its members", () => {
  test("has them numbered without gaps after any change but the taking of a number along", () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 12 }), (steps) => {
        const list = new List({ name: "l" });
        const model: Song[] = [];
        for (const step of steps) {
          // A member once: a list with the same twice cannot number it.
          const fresh = (prefix: string) => Array.from({ length: pool }, (_, at) => song(`${prefix}${at}`));
          const songs = fresh("n");
          step(list.ranked, songs);
          step(model, songs);
          const unique = new Set(list.ranked).size === list.ranked.length;
          if (!unique) return;
          expect(list.ranked.map(({ rank }) => rank)).toEqual(list.ranked.map((_, at) => at + 1));
          expect(list.ranked).toEqual(model);
        }
      }),
      runs,
    );
  });
});
