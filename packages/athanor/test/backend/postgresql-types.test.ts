import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  and,
  array,
  createEngine,
  type Engine,
  type Executable,
  func,
  insert,
  integer,
  literal,
  MetaData,
  select,
  sqlText,
  table,
  text,
  update,
} from "../../src/index.ts";
import {
  datemultirange,
  hstore,
  int4multirange,
  int8range,
  jsonb,
  jsonbSet,
  numrange,
  plaintoTsquery,
  Range,
  toTsvector,
  tsHeadline,
  tsRank,
  tstzrange,
} from "../../src/postgresql.ts";
import { forEachDatabase } from "../support/databases.ts";

interface Settings {
  readonly theme: string;
  readonly sizes: readonly number[];
  readonly nested?: { readonly deep: boolean };
}

const metadata = new MetaData();
const docs = table("ex_documents", metadata, {
  id: integer().primaryKey(),
  settings: jsonb<Settings>().nullable(),
  numbers: array(integer()).nullable(),
  big: int8range().nullable(),
  price: numrange().nullable(),
  during: tstzrange().nullable(),
  parts: int4multirange().nullable(),
  days: datemultirange().nullable(),
  body: text().nullable(),
});
const { c } = docs;

forEachDatabase(
  (database) => {
    let engine: Engine;
    beforeEach(async () => {
      engine = createEngine(database.url);
      await metadata.createAll(engine);
    });
    afterEach(async () => {
      await metadata.dropAll(engine);
      await engine.dispose();
    });
    const write = (statement: Executable<readonly unknown[], object, unknown>) =>
      engine.begin(async (connection) => {
        await connection.execute(statement);
      });
    const rows = (statement: Executable<readonly unknown[], object, unknown>) =>
      engine.begin(async (connection) => (await connection.execute(statement)).all());

    describe("ranges", () => {
      const from = new Date("2024-01-01T00:00:00.000Z");
      const row = {
        id: 1,
        big: new Range(1n, 9_007_199_254_740_993n),
        price: new Range("0.10", "12.50", "(]"),
        during: new Range(from, null),
        parts: [new Range(1, 3), new Range(7, 9)],
        days: [new Range("2024-01-01", "2024-02-01")],
      } as const;

      test("come back as they went, ends, bounds and all", async () => {
        await write(insert(docs).values([row, { id: 2, big: Range.empty(), price: new Range<string>(null, null) }]));
        const [first, second] = await rows(select(c.big, c.price, c.during, c.parts, c.days).orderBy(c.id));
        expect(first?.map(String)).toEqual([
          "[1,9007199254740993)",
          "(0.10,12.50]",
          "[2024-01-01T00:00:00.000Z,)",
          "[1,3),[7,9)",
          "[2024-01-01,2024-02-01)",
        ]);
        expect(second?.slice(0, 2).map(String)).toEqual(["empty", "(,)"]);
      });

      test("are asked for values and for each other", async () => {
        await write(insert(docs).values(row));
        const holds = [
          c.big.contains(5n),
          c.big.contains(new Range(2n, 3n)),
          c.price.overlaps(new Range("12", "13")),
          c.parts.contains(8),
          c.parts.contains(new Range(1, 2)),
          c.during.strictlyRightOf(new Range(new Date(0), from)),
          c.big.notExtendLeftOf(new Range(0n, 5n)),
        ];
        expect(await rows(select(and(...holds)))).toEqual([[true]]);
      });
    });

    describe("binary documents", () => {
      const settings: Settings = { theme: "dark", sizes: [1, 2] };

      test("are asked for keys, parts and paths", async () => {
        await write(insert(docs).values({ id: 1, settings }));
        const holds = [
          c.settings.hasKey("theme"),
          c.settings.hasAny(["x", "sizes"]),
          c.settings.hasAll(["theme", "sizes"]),
          c.settings.contains({ sizes: [2] }),
          c.settings.pathExists("$.sizes[*] ? (@ > 1)"),
          c.settings.pathMatch("$.sizes[0] == 1"),
          c.settings.at("theme").eq("dark"),
          c.settings.at("sizes").at(-1).asInteger().eq(2),
        ];
        expect(await rows(select(and(...holds)))).toEqual([[true]]);
      });

      test("are changed in place", async () => {
        await write(insert(docs).values({ id: 1, settings, numbers: [1, 2, 3] }));
        await write(update(docs).values({ settings: jsonbSet(c.settings, ["sizes", 0], 9) }));
        await write(update(docs).orderedValues([c.settings.at("theme"), "light"], [c.numbers.at(2), 20]));
        expect(await rows(select(c.settings, c.numbers))).toEqual([[{ theme: "light", sizes: [9, 2] }, [1, 20, 3]]]);
        expect(await rows(select(c.settings.deletePath(["sizes", 0])))).toEqual([[{ theme: "light", sizes: [2] }]]);
      });
    });

    test("an expression with a parameter may be grouped by", async () => {
      await write(
        insert(docs).values([
          { id: 1, numbers: [1] },
          { id: 2, numbers: [2] },
          { id: 3, numbers: [1] },
        ]),
      );
      const first = c.numbers.at(1);
      expect(await rows(select(first, func.count()).groupBy(first).orderBy(first))).toEqual([
        [1, 2],
        [2, 1],
      ]);
      expect(await rows(select(c.id).where(literal(2).eq(func.cardinality(c.numbers.concat([5])))))).toHaveLength(3);
    });

    test("texts are searched", async () => {
      await write(
        insert(docs).values([
          { id: 1, body: "Foxes jump over dogs" },
          { id: 2, body: "Nothing here" },
        ]),
      );
      const vector = toTsvector(c.body, "english");
      const query = plaintoTsquery("jumping fox", "english");
      const found = vector.op<boolean>("@@", query, { comparison: true });
      expect(
        await rows(
          select(c.id, tsHeadline(c.body, query, { config: "english" }), tsRank(vector, query).gt(0)).where(found),
        ),
      ).toEqual([[1, "<b>Foxes</b> <b>jump</b> over dogs", true]]);
      expect(await rows(select(c.id).where(c.body.match("dog", { config: "english" })))).toEqual([[1]]);
    });

    test("hstore keeps texts by keys", async () => {
      const hasExtension = await rows(
        sqlText("SELECT count(*) FROM pg_available_extensions WHERE name = 'hstore'").columns(func.count()),
      );
      if (hasExtension[0]?.[0] === 0) return;
      const own = new MetaData();
      const maps = table("ex_maps", own, { id: integer().primaryKey(), tags: hstore() });
      await write(sqlText("CREATE EXTENSION IF NOT EXISTS hstore"));
      await own.createAll(engine);
      const tags = { color: "red", 'odd "key", => \\': "it's", size: null };
      await write(insert(maps).values({ id: 1, tags }));
      expect(await rows(select(maps.c.tags, maps.c.tags.at("color")).where(maps.c.tags.hasKey("size")))).toEqual([
        [tags, "red"],
      ]);
      await own.dropAll(engine);
    });
  },
  { dialect: "postgresql" },
);
