import { describe, expect, test } from "vitest";
import { all, any, array, func, integer, json, MetaData, select, table, text, varchar } from "../../src/index.ts";

const docs = table("docs", new MetaData(), {
  id: integer(),
  name: varchar(),
  words: array(text()),
  data: json<{ a: { b: number } }>(),
});
const { c } = docs;
const sql = (expression: { compile(): { readonly sql: string } }) => expression.compile().sql;

describe("operators of one's own", () => {
  test("are signs or words, and nothing more", () => {
    expect(sql(c.name.boolOp("SIMILAR TO", "x"))).toBe("docs.name SIMILAR TO ?");
    expect(sql(c.id.op("OPERATOR(pg_catalog.+)", 1))).toBe("docs.id OPERATOR(pg_catalog.+) ?");
    for (const hostile of ["= 1 OR 1 =", "--", "/*", "; DROP TABLE docs", "= 'x' OR", "`", "+ (", "a.b", ""]) {
      expect(() => c.id.op(hostile, 1), hostile).toThrow(/is no operator/);
    }
  });
});

describe("parentheses", () => {
  test("stand around operators on whose strength databases do not agree", () => {
    expect(sql(c.words.contains(c.words.concat(["x"])))).toBe("docs.words @> (docs.words || ?)");
    expect(sql(c.data.at("a").at("b").asText().concat("!"))).toBe("((docs.data -> ?) ->> ?) || ?");
    expect(sql(c.words.overlaps(["a"]).eq(c.id.gt(1)))).toBe("(docs.words && ?) = (docs.id > ?)");
  });
});

describe("ANY and ALL", () => {
  test("stand on the right, wherever they were written", () => {
    expect(sql(any(c.words).eq(c.name))).toBe("docs.name = ANY (docs.words)");
    expect(sql(all(select(c.id)).lt(c.id))).toBe("docs.id > ALL (SELECT docs.id FROM docs)");
    expect(sql(c.words.any("x", "ne"))).toBe("? != ANY (docs.words)");
  });
});

describe("wrong operands", () => {
  test("are refused where they are written", () => {
    // @ts-expect-error text is compared with text
    expect(() => c.name.eq(5)).toThrow(/eq\(\) takes text next to varchar\(\), not 5/);
    expect(() => c.name.gt(5)).toThrow(/gt\(\) takes text next to varchar\(\), not 5/);
    expect(() => c.name.asString()).toThrow(/call at\(\) or path\(\) first/);
    // @ts-expect-error text has no elements
    expect(() => c.name.at("x")).toThrow(/at\(\) is for JSON, arrays and hstore, not for varchar\(\)/);
    // @ts-expect-error a key is text or a number
    expect(() => c.data.at(null)).toThrow(/takes a key or a position/);
    expect(() => array([])).toThrow(/needs a type/);
    expect(() => c.name.match("x", { config: "a', b" })).toThrow(/name of a configuration/);
    expect(() => c.words.path(["x"] as never)).toThrow(/path\(\) is for JSON/);
    expect(() => func.call("", integer())).toThrow(/name of a function/);
  });
});
