import {
  binary,
  createEngine,
  type Engine,
  enumType,
  integer,
  json,
  select,
  text,
  timestamp,
  typeDecorator,
  varchar,
} from "athanor";
import { declarativeBase, inspect, map, Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";

class Color {
  red: number;
  readonly name: string;
  constructor(red: number, name: string) {
    this.red = red;
    this.name = name;
  }
}
/** Values that can change in place, and values that cannot. */
const tags = typeDecorator({
  impl: text(),
  bind: (value: Set<string>) => [...value].sort().join(","),
  result: (stored) => new Set(stored === "" ? [] : stored.split(",")),
});
const color = typeDecorator({
  impl: json<{ readonly red: number; readonly name: string }>(),
  bind: ({ red, name }: Color) => ({ red, name }),
  result: ({ red, name }) => new Color(red, name),
});
const shout = typeDecorator({
  impl: varchar(20),
  bind: (value: string) => value.toUpperCase(),
  result: (stored) => stored.toLowerCase(),
});

const Base = declarativeBase();
class Thing extends Base.model("things", {
  id: integer().primaryKey(),
  document: json<{ list: number[]; deep: { a: { b: number } } }>(),
  items: json<string[]>(),
  tags,
  color: color.nullable(),
  shout,
  moment: timestamp(),
  bytes: binary(),
  level: enumType("thing_level", ["low", "high"]),
}) {
  static {
    map(this);
  }
}

/** What a change does, and how the value can be told apart afterwards. */
const changes: readonly (readonly [name: string, change: (thing: Thing) => void, read: (thing: Thing) => unknown])[] = [
  ["a nested document", ({ document }) => (document.deep.a.b = 2), ({ document }) => document.deep.a.b],
  ["a list in a document", ({ document }) => document.list.push(4), ({ document }) => document.list],
  ["an array", ({ items }) => items.splice(0, 1, "z"), ({ items }) => items],
  ["a Set of a type of the program's own", ({ tags }) => tags.add("new"), ({ tags }) => [...tags].sort()],
  ["an object of a class of the program's own", ({ color }) => (color as Color).red++, ({ color }) => color?.red],
  ["a Date", ({ moment }) => moment.setFullYear(2001), ({ moment }) => moment.getFullYear()],
  ["bytes", ({ bytes }) => bytes.fill(7), ({ bytes }) => [...bytes]],
];

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    session = new Session(engine);
    session.add(
      new Thing({
        document: { list: [1, 2, 3], deep: { a: { b: 1 } } },
        items: ["a", "b"],
        tags: new Set(["x", "y"]),
        color: new Color(1, "red"),
        shout: "Hey",
        moment: new Date("2024-05-06T07:08:09Z"),
        bytes: new Uint8Array([1, 2]),
        level: "low",
      }),
    );
    await session.commit();
    session.expungeAll();
    log = sent(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });

  describe("a value that is changed in place", () => {
    test.each(changes)("is written: %s", async (_name, change, read) => {
      const thing = await session.getOne(Thing, 1);
      const before = read(thing);
      await session.flush();
      expect(log().filter((each) => each.startsWith("UPDATE"))).toEqual([]);
      change(thing);
      const now = read(thing);
      expect([inspect(thing).modified, session.dirty.has(thing)]).toEqual([true, true]);
      await session.commit();
      expect(log().filter((each) => each.startsWith("UPDATE"))).toHaveLength(1);
      expect(inspect(thing).modified).toBe(false);
      session.expungeAll();
      const again = await session.getOne(Thing, 1);
      expect(read(again)).toEqual(now);
      change(again);
      await session.rollback();
      expect([read(again), inspect(again).modified]).toEqual([now, false]);
      expect(before).not.toEqual(null);
    });

    test("is not written when it is what it was", async () => {
      const thing = await session.getOne(Thing, 1);
      thing.tags.add("z");
      thing.tags.delete("z");
      thing.items = ["a", "b"];
      thing.bytes = new Uint8Array([1, 2]);
      thing.color = new Color(1, "red");
      thing.shout = "hEY";
      thing.level = "low";
      await session.commit();
      expect(log().filter((each) => each.startsWith("UPDATE"))).toEqual([]);
    });

    test("is looked for in queries by what is stored of it", async () => {
      const found = select(Thing.id).where(
        Thing.tags.eq(new Set(["y", "x"])),
        Thing.shout.eq("hey"),
        Thing.level.eq("low"),
      );
      expect(await session.scalars(found).all()).toEqual([1]);
    });
  });
});
