import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type AnyExpression,
  array,
  bindparam,
  createEngine,
  defineFunction,
  type Engine,
  type Executable,
  func,
  insert,
  integer,
  json,
  jsonNull,
  literal,
  MetaData,
  nullValue,
  select,
  table,
  text,
  typeDecorator,
  update,
  userDefinedType,
  varchar,
  wrappedType,
} from "../../src/index.ts";
import { forEachDatabase } from "../support/databases.ts";

interface Document {
  readonly tags: readonly string[];
  readonly size?: number;
  readonly "odd 'key'.x[0] $": string;
  readonly nothing: null;
}

const shouted = wrappedType(varchar(40), {
  bindExpression: (value) => func.upper(value),
  columnExpression: (column) => func.lower(column),
});
const points = typeDecorator({
  impl: varchar(20),
  bind: ([x, y]: readonly [number, number]) => `${x};${y}`,
  result: (stored: string): readonly [number, number] => {
    const [x = 0, y = 0] = stored.split(";").map(Number);
    return [x, y];
  },
  coerceComparedValue: (value) => (typeof value === "string" ? varchar() : null),
});

const metadata = new MetaData();
const things = table("ex_things", metadata, {
  id: integer().primaryKey(),
  word: shouted.nullable(),
  point: points.nullable(),
  data: json<Document>().nullable(),
  strict: json<{ a: number } | null>({ noneAsNull: false }).nullable(),
  other: text().withVariant(["mysql", "sqlite"], varchar(30)).nullable(),
  own: userDefinedType<string>({ name: "VARCHAR(9)", bind: (value) => value.trim(), affinity: "text" }).nullable(),
});
const { c } = things;
const document: Document = { tags: ["a", "b"], "odd 'key'.x[0] $": "here", nothing: null };

forEachDatabase((database) => {
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

  describe("types with SQL around their values", () => {
    test("write and read through their functions, in the outermost columns clause only", async () => {
      await write(
        insert(things).values([
          { id: 1, word: "Loud" },
          { id: 2, word: null },
        ]),
      );
      expect(await rows(select(c.word).orderBy(c.id))).toEqual([["loud"], [null]]);
      expect(await rows(select(c.id).where(c.word.eq("lOUD")))).toEqual([[1]]);
      expect(await rows(select(c.id).where(c.word.in(["x", "loud"])))).toEqual([[1]]);
      const inner = select(c.word).where(c.id.eq(1)).subquery("s");
      expect(select(inner.c.word).compile().sql).toBe(
        "SELECT lower(s.word) AS word FROM (SELECT ex_things.word AS word FROM ex_things WHERE ex_things.id = ?) AS s",
      );
      await write(update(things).where(c.id.eq(1)).values({ word: "quiet" }));
      expect(await rows(select(func.upper(c.word)).where(c.id.eq(1)))).toEqual([["QUIET"]]);
    });

    test("write lists of parameters at execution, too", async () => {
      await engine.begin(async (connection) => {
        await connection.execute(insert(things), [
          { id: 5, word: "a" },
          { id: 6, word: "b" },
        ]);
        const found = await connection.execute(select(c.id).where(c.word.in(bindparam("words", shouted).expanding())), {
          words: ["B", "z"],
        });
        expect(found.all()).toEqual([[6]]);
      });
    });
  });

  describe("types of one's own", () => {
    test("decide what a plain value beside them is", async () => {
      await write(insert(things).values({ id: 1, point: [3, 4], own: " x " }));
      expect(await rows(select(c.point, c.own))).toEqual([[[3, 4], "x"]]);
      expect(await rows(select(c.id).where(c.point.eq([3, 4])))).toEqual([[1]]);
      const asText = c.point.op<boolean>("LIKE", "3;%", { comparison: true });
      expect(await rows(select(c.id).where(asText))).toEqual([[1]]);
    });

    test("are other types on other databases", async () => {
      await write(insert(things).values({ id: 1, other: "text" }));
      expect(await rows(select(c.other))).toEqual([["text"]]);
    });
  });

  describe("elements of JSON documents", () => {
    test("are read by key, path and position, whatever is in the keys", async () => {
      await write(insert(things).values({ id: 1, data: document }));
      const one = async (expression: AnyExpression) => (await rows(select(expression)))[0]?.[0];
      expect(await one(c.data.at("tags"))).toEqual(["a", "b"]);
      expect(await one(c.data.at("tags").at(-1).asString())).toBe("b");
      expect(await one(c.data.path(["tags", 0]).asString())).toBe("a");
      expect(await one(c.data.at("odd 'key'.x[0] $").asString())).toBe("here");
      expect(await one(c.data.path(["odd 'key'.x[0] $"]))).toBe("here");
      expect(await one(c.data.at("size").asInteger())).toBe(null);
      expect(await one(c.data.at("nothing").asString())).toBe(null);
      expect(await one(c.data.at("nothing"))).toBe(null);
    });

    test("keep JSON's null apart from SQL's", async () => {
      await write(
        insert(things).values([
          { id: 1, strict: null, data: jsonNull as unknown as Document },
          { id: 2, strict: nullValue(), data: null },
          { id: 3, strict: { a: 1 } },
        ]),
      );
      expect(await rows(select(c.id, c.strict.is(null), c.data.is(null)).orderBy(c.id))).toEqual([
        [1, false, false],
        [2, true, true],
        [3, false, true],
      ]);
      expect(await rows(select(c.strict).orderBy(c.id))).toEqual([[null], [null], [{ a: 1 }]]);
    });

    test("make documents of rows", async () => {
      await write(insert(things).values([{ id: 1, data: document }, { id: 2 }]));
      const made = func.jsonObject({ id: c.id, big: c.id.gt(1), tags: c.data.at("tags"), text: "it's" });
      expect(await rows(select(made).orderBy(c.id))).toEqual([
        [{ id: 1, big: false, tags: ["a", "b"], text: "it's" }],
        [{ id: 2, big: true, tags: null, text: "it's" }],
      ]);
      expect(await rows(select(func.jsonArrayAgg(c.id)))).toEqual([[[1, 2]]]);
      expect(await rows(select(func.jsonArrayLength(c.data.at("tags"))).where(c.id.eq(1)))).toEqual([[2]]);
    });
  });

  describe("values written into the SQL", () => {
    test("are escaped, and the statement is the same for all of them", async () => {
      for (const value of ["it's", 'a"b', "x\\'; DROP TABLE ex_things; --", "%_?:x $1"]) {
        expect(await rows(select(literal(value, varchar(), { literalExecute: true })))).toEqual([[value]]);
        const bound = bindparam("x", varchar(), () => value).literalExecute();
        expect(await rows(select(bound))).toEqual([[value]]);
      }
    });
  });

  test("functions of the program's own have types, and a text for each database", async () => {
    const doubled = defineFunction({
      name: "no_such_function",
      arguments: [integer(), text()],
      returns: integer(),
      compile: Object.fromEntries(
        ["sqlite", "postgresql", "mysql"].map((name) => [
          name,
          ([number], compiler) => `(2 * ${number === undefined ? "" : compiler.process(number)})`,
        ]),
      ),
    });
    const upper = defineFunction({ name: "upper", arguments: [text()], returns: text() });
    expect(await rows(select(doubled(21, "unused"), upper("it's")))).toEqual([[42, "IT'S"]]);
    expect(doubled(1, "x").compile().sql).toBe("no_such_function(?, ?)");
  });

  test("arrays are arrays, or refused", async () => {
    const statement = select(
      array([1, 2, 3]).at(2),
      array([1, 2, 3]).slice(2, null),
      literal(2).eq(func.unnest(array([2]))),
    );
    if (database.name.startsWith("postgresql")) expect(await rows(statement)).toEqual([[2, [2, 3], true]]);
    else await expect(rows(statement)).rejects.toThrow(/has no arrays/);
  });
});
