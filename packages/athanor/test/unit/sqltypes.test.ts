import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { sqliteLiteral, sqliteTraits, sqliteTypeName } from "../../src/dialects/sqlite/types.ts";
import type { AnyColumn } from "../../src/schema/column.ts";
import {
  bigInteger,
  binary,
  boolean,
  char,
  date,
  double,
  enumType,
  float,
  integer,
  interval,
  json,
  numeric,
  real,
  smallInteger,
  text,
  time,
  timestamp,
  typeDecorator,
  uuid,
  varchar,
} from "../../src/schema/column-types.ts";
import { typeOfColumn } from "../../src/sql/coercions/column-type.ts";
import { ArrayType, TupleType } from "../../src/sqltypes/composite.ts";
import { inferType } from "../../src/sqltypes/infer.ts";
import { jsonNull } from "../../src/sqltypes/json.ts";
import { nullType } from "../../src/sqltypes/null-type.ts";
import { resultProcessorOf } from "../../src/sqltypes/processors.ts";
import type { SqlType } from "../../src/sqltypes/sql-type.ts";

function bind(column: AnyColumn, value: unknown): unknown {
  const type = typeOfColumn(column);
  const processor = type.bindProcessor(sqliteTraits);
  return processor === null ? value : processor(value);
}

function read(type: SqlType, value: unknown, bigints: boolean): unknown {
  const processor = resultProcessorOf(type, sqliteTraits, bigints);
  return value === null || processor === null ? value : processor(value);
}

/** Stores values in a column of SQLite and reads them back through the type, the way a statement would. */
function throughSqlite(column: AnyColumn, values: readonly unknown[]): unknown[] {
  const type = typeOfColumn(column);
  using database = new DatabaseSync(":memory:");
  database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, x ${sqliteTypeName(type, "ddl")})`);
  const insert = database.prepare("INSERT INTO t (x) VALUES (?)");
  for (const value of values) insert.run(value === null ? null : (bind(column, value) as string));
  const select = database.prepare("SELECT x FROM t ORDER BY id");
  if (type.needsBigInt) select.setReadBigInts(true);
  return select.all().map((row) => read(type, row["x"], type.needsBigInt));
}

const digits38 = "1234567890123456789012345678.0123456789";

describe("values come back from SQLite as they went in", () => {
  const tags = { deep: [1, { a: null, ключ: "✓" }], flag: true };
  test.each<[string, AnyColumn, readonly unknown[]]>([
    ["integer", integer(), [0, -1, 42, 2 ** 53 - 1, -(2 ** 53) + 1, null]],
    ["smallInteger", smallInteger(), [-32768, 32767]],
    ["bigInteger", bigInteger(), [0n, 9007199254740993n, 2n ** 63n - 1n, -(2n ** 63n)]],
    ["bigInteger as number", bigInteger({ mode: "number" }), [0, 2 ** 53 - 1]],
    ["bigInteger as string", bigInteger({ mode: "string" }), ["0", "9223372036854775807", "-9007199254740993"]],
    ["double", double(), [0.1, -1e300, 5e-324, 31, Number.POSITIVE_INFINITY]],
    ["float", float(), [1.5]],
    ["real", real(), [0.25]],
    ["numeric(12, 2)", numeric(12, 2), ["0.00", "12.50", "-0.01", "9999999999.99"]],
    ["numeric(12, 4)", numeric(12, 4), ["12500.5000", "99.9900"]],
    ["numeric(38, 10)", numeric(38, 10), [digits38, `-${digits38}`, "0.0000000001", "1.0000000000"]],
    [
      "numeric(38, 0)",
      numeric(38, 0),
      ["12345678901234567890123456789012345678", "9007199254740993", "9223372036854775808"],
    ],
    ["numeric(20, 18)", numeric(20, 18), ["0.100000000000000000", "1.123456789012345678"]],
    ["numeric", numeric(), ["0.1", "123456789012345678.5", "1", "0.000000000000000000001", "-12345678901234567"]],
    ["boolean", boolean(), [true, false, null]],
    ["varchar", varchar(3), ["abc", "", "longer than three", "'); drop table t; --", "a\u0000b"]],
    ["text", text(), ["1.50", "1e5", "007", "ünïcödé 🜍"]],
    ["char", char(3), ["abc"]],
    ["uuid", uuid(), ["10000000-0000-4000-8000-000000000001", "12345678-1234-1234-1234-123456789012"]],
    ["date", date(), ["2024-02-29", "0001-01-01", "9999-12-31"]],
    ["time", time(), ["08:00:00", "23:59:59.999999", "00:00:00.5"]],
    ["interval", interval(), [0, 1, -1, 90_000, 63_093_600_000, 0.001, -1.5, 86_399_999.999]],
    ["json", json(), [tags, [], {}, "text", 5, 1.5, true, false, "5", "true", "null", 12345678901, { $a: "\u0000" }]],
    ["enumType", enumType("status", ["draft", "o'pen"]), ["draft", "o'pen"]],
    ["binary", binary(), [new Uint8Array(), new Uint8Array([0, 1, 254, 255])]],
  ])("%s", (_, column, values) => {
    expect(throughSqlite(column, values)).toEqual(values);
  });

  test("timestamps, to the millisecond, of every age", () => {
    const instants = [
      "2020-01-02T03:04:05.678Z",
      "1969-12-31T23:59:59.999Z",
      "0001-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999Z",
    ];
    const dates = instants.map((each) => new Date(each));
    expect(throughSqlite(timestamp(), dates)).toEqual(dates);
    expect(throughSqlite(timestamp({ timezone: true }), dates)).toEqual(dates);
  });

  test("bytes never come back as a Buffer", () => {
    const [value] = throughSqlite(binary(), [Buffer.from("abc")]);
    expect(value?.constructor).toBe(Uint8Array);
    expect(read(typeOfColumn(binary()), Buffer.from("abc"), false)?.constructor).toBe(Uint8Array);
  });

  test("JSON null is not NULL", () => {
    expect(bind(json(), jsonNull)).toBe("null");
    expect(read(typeOfColumn(json()), "null", false)).toBeNull();
  });
});

describe("decimals in SQLite", () => {
  function query(values: readonly string[], sql: string): unknown {
    using database = new DatabaseSync(":memory:");
    database.exec("CREATE TABLE t (x NUMERIC(12, 2))");
    const insert = database.prepare("INSERT INTO t VALUES (?)");
    for (const value of values) insert.run(bind(numeric(12, 2), value) as number);
    return database
      .prepare(sql)
      .all()
      .map((row) => read(typeOfColumn(numeric(12, 2)), row["x"], false));
  }

  test("are summed, compared and sorted as numbers", () => {
    const values = ["10.50", "9.25", "100.00", "-3.10"];
    expect(query(values, "SELECT sum(x) AS x FROM t")).toEqual(["116.65"]);
    expect(query(values, "SELECT x FROM t ORDER BY x")).toEqual(["-3.10", "9.25", "10.50", "100.00"]);
    expect(query(values, "SELECT x FROM t WHERE x > 9.5 ORDER BY x")).toEqual(["10.50", "100.00"]);
    expect(query(["0.10", "0.20"], "SELECT x + 0.1 + 0.1 AS x FROM t ORDER BY x")).toEqual(["0.30", "0.40"]);
  });

  test("take strings, numbers and bigints", () => {
    expect(bind(numeric(12, 2), "1.50")).toBe(1.5);
    expect(bind(numeric(12, 2), 1.5)).toBe(1.5);
    expect(bind(numeric(12, 2), 15n)).toBe(15);
    expect(bind(numeric(12, 2), "1.5e3")).toBe(1500);
    expect(bind(numeric(), digits38)).toBe(`${digits38}d`);
    expect(bind(numeric(), "9007199254740993")).toBe(9007199254740993n);
  });

  test("come back rounded to their scale, without a negative zero", () => {
    const type = typeOfColumn(numeric(12, 2));
    expect(read(type, 0.1 + 0.2, false)).toBe("0.30");
    expect(read(type, -0.001, false)).toBe("0.00");
    expect(read(type, 12345678901234567890n, true)).toBe("12345678901234567890.00");
    expect(read(typeOfColumn(numeric()), 0.1 + 0.2, false)).toBe("0.3");
    expect(read(typeOfColumn(numeric(6)), 5, false)).toBe("5");
  });

  test("are text where the database keeps them exactly", () => {
    const type = typeOfColumn(numeric(38, 10));
    const native = type.bindProcessor({ ...sqliteTraits, nativeDecimal: true });
    expect(native?.("1.50")).toBe("1.50");
    expect(native?.(1e-7)).toBe("0.0000001");
    expect(type.resultProcessor({ ...sqliteTraits, nativeDecimal: true })).toBeNull();
  });
});

describe("what others wrote is read", () => {
  test.each<[string, string]>([
    ["2024-06-01 12:00:00", "2024-06-01T12:00:00.000Z"],
    ["2024-06-01 12:00:00.123456", "2024-06-01T12:00:00.123Z"],
    ["2024-06-01T12:00:00Z", "2024-06-01T12:00:00.000Z"],
    ["2024-06-01 12:00:00+02:00", "2024-06-01T10:00:00.000Z"],
    ["2024-06-01 12:00:00-0530", "2024-06-01T17:30:00.000Z"],
    ["2024-06-01 12:00", "2024-06-01T12:00:00.000Z"],
    ["2024-06-01", "2024-06-01T00:00:00.000Z"],
    ["0050-03-01 00:00:00", "0050-03-01T00:00:00.000Z"],
  ])("timestamp %s", (stored, instant) => {
    expect(read(typeOfColumn(timestamp()), stored, false)).toEqual(new Date(instant));
  });

  test("days with a time, UUIDs with dashes, booleans as any number", () => {
    expect(read(typeOfColumn(date()), "2024-06-01 00:00:00.000000", false)).toBe("2024-06-01");
    expect(read(typeOfColumn(uuid()), "A0000000-0000-4000-8000-000000000001", false)).toBe(
      "a0000000-0000-4000-8000-000000000001",
    );
    expect(read(typeOfColumn(boolean()), 2, false)).toBe(true);
    expect(read(typeOfColumn(boolean()), 1n, true)).toBe(true);
  });

  test.each<[string, AnyColumn, unknown]>([
    ["timestamp", timestamp(), "yesterday"],
    ["timestamp", timestamp(), "2024-0x-01 00:00:00"],
    ["timestamp", timestamp(), 5],
    ["time", time(), "noon"],
    ["uuid", uuid(), "xyz"],
    ["uuid", uuid(), 7],
    ["boolean", boolean(), "yes"],
    ["enumType", enumType("s", ["a"]), "b"],
    ["numeric", numeric(), "abc"],
    ["json", json(), new Uint8Array()],
    ["interval", interval(), "long"],
    ["bigInteger", bigInteger(), "many"],
  ])("%s refuses what is none", (_, column, stored) => {
    expect(() => read(typeOfColumn(column), stored, false)).toThrow(TypeError);
  });

  test("whole numbers become bigints for the columns that ask for it, numbers for the others", () => {
    expect(read(typeOfColumn(integer()), 5n, true)).toBe(5);
    expect(read(typeOfColumn(double()), 5n, true)).toBe(5);
    expect(read(typeOfColumn(bigInteger()), 5n, true)).toBe(5n);
    expect(() => read(typeOfColumn(integer()), 2n ** 60n, true)).toThrow(/bigInteger\(\)/);
  });
});

describe("values that a column cannot hold are refused", () => {
  test.each<[string, AnyColumn, unknown, RegExp]>([
    ["integer, text", integer(), "5", /^integer\(\) takes a whole number, not a string$/],
    ["integer, fraction", integer(), 1.5, /a number with a fraction/],
    ["integer, NaN", integer(), Number.NaN, /not NaN/],
    ["integer, Infinity", integer(), Number.POSITIVE_INFINITY, /not an infinite number/],
    ["integer, bigint", integer(), 5n, /use bigInteger\(\)/],
    ["integer, unsafe", integer(), 2 ** 60, /beyond; use bigInteger\(\)/],
    ["integer, undefined", integer(), undefined, /not undefined; write null for SQL NULL/],
    ["smallInteger, boolean", smallInteger(), true, /^smallInteger\(\).* not a boolean/],
    ["bigInteger, fraction", bigInteger(), 1.5, /fraction/],
    ["bigInteger, too long", bigInteger(), 2n ** 63n, /64 bits/],
    ["bigInteger as number", bigInteger({ mode: "number" }), 5n, /bigint/],
    ["bigInteger as string", bigInteger({ mode: "string" }), "5.0", /digits/],
    ["double, text", double(), "1.5", /^double\(\) takes a number, not a string$/],
    ["double, NaN", double(), Number.NaN, /NaN/],
    ["numeric, text", numeric(), "12,50", /decimal/],
    ["numeric, empty", numeric(), "", /decimal/],
    ["numeric, NaN", numeric(), Number.NaN, /NaN/],
    ["boolean, 5", boolean(), 5, /^boolean\(\) takes true or false, not a whole number$/],
    ["boolean, 1", boolean(), 1, /true or false/],
    ["varchar, number", varchar(), 5, /^varchar\(\) takes a string, not a whole number$/],
    ["text, Date", text(), new Date(), /^text\(\) .* not a Date$/],
    ["uuid, text", uuid(), "abc", /UUID/],
    ["uuid, number", uuid(), 5, /UUID/],
    ["timestamp, text", timestamp(), "2024-01-01", /^timestamp\(\) takes a Date, not a string$/],
    ["timestamp, invalid", timestamp(), new Date("x"), /an invalid Date/],
    ["timestamp, far", timestamp(), new Date(8e15), /years 0 to 9999/],
    ["date, Date", date(), new Date(), /timestamp\(\)/],
    ["date, no day", date(), "2023-02-29", /the string is none/],
    ["date, loose", date(), "2023-2-1", /the string is none/],
    ["time, no time", time(), "25:00:00", /the string is none/],
    ["interval, text", interval(), "1 day", /milliseconds/],
    ["json, function", json(), () => 1, /JSON value, not a function/],
    ["json, undefined", json(), undefined, /undefined/],
    ["json, NaN", json(), Number.NaN, /NaN/],
    ["enumType, other", enumType("s", ["a", "b"]), "c", /enumType\("s"\) takes "a" or "b"/],
    ["enumType, number", enumType("s", ["a"]), 1, /not a whole number/],
    ["binary, text", binary(), "abc", /^binary\(\) takes a Uint8Array, not a string$/],
    ["binary, array", binary(), [1], /not an array/],
    ["varchar, object", varchar(), new (class Money {})(), /an object of class Money/],
  ])("%s", (_, column, value, message) => {
    expect(() => bind(column, value)).toThrow(message);
  });

  test("messages never hold the value", () => {
    for (const column of [integer(), boolean(), date(), uuid(), enumType("s", ["a"])]) {
      expect(() => bind(column, "secret")).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("secret") }),
      );
    }
  });

  test("an enumeration needs values, each once", () => {
    expect(() => enumType("s", [])).toThrow(/one value at least/);
    expect(() => enumType("s", ["a", "a"])).toThrow(/twice/);
  });

  test("a parameter without a type refuses undefined and nothing else", () => {
    const pass = nullType.bindProcessor(sqliteTraits);
    expect(pass(5)).toBe(5);
    expect(() => pass(undefined)).toThrow(/write null/);
  });
});

describe("changes are noticed by value", () => {
  test.each<[string, AnyColumn, unknown, unknown, boolean]>([
    ["dates of one instant", timestamp(), new Date(5), new Date(5), true],
    ["dates", timestamp(), new Date(5), new Date(6), false],
    ["a date and null", timestamp(), new Date(5), null, false],
    ["null and null", timestamp(), null, null, true],
    ["decimals of one value", numeric(10, 2), "1.50", "1.5", true],
    ["a decimal and a number", numeric(10, 2), "1.50", 1.5, true],
    ["decimals", numeric(10, 2), "1.50", "1.51", false],
    ["decimal and null", numeric(10, 2), "1.50", null, false],
    ["JSON of one text", json(), { a: [1] }, { a: [1] }, true],
    ["JSON", json(), { a: [1] }, { a: [2] }, false],
    ["JSON and its text", json(), { a: 1 }, '{"a":1}', false],
    ["bytes", binary(), new Uint8Array([1]), new Uint8Array([1]), true],
    ["other bytes", binary(), new Uint8Array([1]), new Uint8Array([2]), false],
    ["more bytes", binary(), new Uint8Array([1]), new Uint8Array([1, 2]), false],
    ["UUIDs in another form", uuid(), "A0000000-0000-4000-8000-000000000001", "a0000000000040008000000000000001", true],
    ["times in another form", time(), "08:00", "08:00:00.000", true],
    ["bigint and number", bigInteger(), 5n, 5, true],
    ["bigints", bigInteger(), 9007199254740993n, 9007199254740992, false],
    ["texts", text(), "a", "b", false],
    ["NaN", double(), Number.NaN, Number.NaN, true],
  ])("%s", (_, column, before, after, unchanged) => {
    const type = typeOfColumn(column);
    expect(type.isUnchanged(type.snapshot(before), after)).toBe(unchanged);
  });

  test("also inside a value", () => {
    const cases: [AnyColumn, unknown, () => void][] = [];
    const instant = new Date(5);
    cases.push([timestamp(), instant, () => instant.setTime(6)]);
    const document = { tags: ["a"] };
    cases.push([json(), document, () => document.tags.push("b")]);
    const bytes = new Uint8Array([1, 2]);
    cases.push([binary(), bytes, () => bytes.fill(0)]);
    for (const [column, value, change] of cases) {
      const type = typeOfColumn(column);
      expect(type.mutable).toBe(true);
      const snapshot = type.snapshot(value);
      expect(type.isUnchanged(snapshot, value)).toBe(true);
      const before = structuredClone(value);
      change();
      expect(type.isUnchanged(snapshot, value)).toBe(false);
      expect(type.restore(snapshot)).toEqual(before);
      expect(type.isUnchanged(snapshot, type.restore(snapshot))).toBe(true);
    }
  });
});

describe("typeDecorator", () => {
  class Money {
    readonly cents: number;
    constructor(cents: number) {
      this.cents = cents;
    }
  }
  const money = typeDecorator({
    impl: integer(),
    bind: (value: Money) => value.cents,
    result: (cents) => new Money(cents),
  });
  const tags = typeDecorator({
    impl: text(),
    bind: (value: Set<string>) => [...value].join(","),
    result: (stored) => new Set(stored.split(",")),
    mutable: true,
  });

  test("converts both ways around the type it stores", () => {
    expect(throughSqlite(money, [new Money(150), null])).toEqual([new Money(150), null]);
    expect(sqliteTypeName(typeOfColumn(money), "ddl")).toBe("INTEGER");
    expect(typeOfColumn(money).affinity).toBe("integer");
    expect(sqliteLiteral(new Money(5), typeOfColumn(money))).toBe("5");
  });

  test("compares what is stored", () => {
    const type = typeOfColumn(money);
    expect(type.isUnchanged(type.snapshot(new Money(1)), new Money(1))).toBe(true);
    expect(type.isUnchanged(type.snapshot(new Money(1)), new Money(2))).toBe(false);
    expect(type.isUnchanged(type.snapshot(null), new Money(2))).toBe(false);
    const value = new Set(["a"]);
    const snapshot = typeOfColumn(tags).snapshot(value);
    expect(typeOfColumn(tags).isUnchanged(snapshot, value)).toBe(true);
    value.add("b");
    expect(typeOfColumn(tags).isUnchanged(snapshot, value)).toBe(false);
    expect(typeOfColumn(tags).restore(snapshot)).toEqual(new Set(["a"]));
  });

  test("checks what its bind returns, and refuses undefined", () => {
    const wrong = typeDecorator({
      impl: integer(),
      bind: (value: string) => value.length / 2,
      result: String,
      name: "half",
    });
    expect(() => bind(wrong, "abc")).toThrow(/whole number/);
    expect(() => bind(wrong, undefined)).toThrow(/^half takes a value, not undefined/);
  });

  test("is a type of its own in cache keys", () => {
    expect(typeOfColumn(money).key).not.toBe(typeOfColumn(tags).key);
    expect(typeOfColumn(money.nullable()).key).toBe(typeOfColumn(money).key);
    expect(typeOfColumn(money).key).not.toBe(typeOfColumn(integer()).key);
  });
});

describe("types", () => {
  test("of one kind and the same parameters have one key", () => {
    expect(typeOfColumn(varchar(50)).key).toBe(typeOfColumn(varchar(50)).key);
    const keys = [
      varchar(50),
      varchar(51),
      varchar(),
      varchar(50, { collation: "NOCASE" }),
      char(50),
      text(),
      numeric(),
      numeric(10),
      numeric(10, 2),
      numeric(10, 0),
      integer(),
      smallInteger(),
      bigInteger(),
      bigInteger({ mode: "number" }),
      bigInteger({ mode: "string" }),
      timestamp(),
      timestamp({ timezone: true }),
      enumType("a", ["x"]),
      enumType("a", ["x", "y"]),
      enumType("b", ["x"]),
      uuid(),
      uuid({ native: false }),
      float(),
      float(24),
    ].map((column) => typeOfColumn(column).key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new TupleType([typeOfColumn(integer()), typeOfColumn(text())]).key).toBe("tuple(integer,text)");
  });

  test("are inferred from values", () => {
    const kinds = [1, 1.5, 1n, true, "a", new Date(), new Uint8Array(), { a: 1 }, [1], null].map(
      (value) => inferType(value).kind,
    );
    expect(kinds).toEqual([
      "integer",
      "double",
      "bigInteger",
      "boolean",
      "text",
      "timestamp",
      "binary",
      "json",
      "json",
      "null",
    ]);
  });

  test("arrays convert and compare member by member", () => {
    const type = new ArrayType(typeOfColumn(timestamp()));
    const bindArray = type.bindProcessor(sqliteTraits);
    expect(bindArray([[new Date(0)], null])).toEqual([["1970-01-01 00:00:00.000000"], null]);
    expect(type.resultProcessor(sqliteTraits)?.(["1970-01-01 00:00:00"])).toEqual([new Date(0)]);
    expect(type.isUnchanged(type.snapshot([[new Date(0)]]), [[new Date(0)]])).toBe(true);
    expect(type.isUnchanged(type.snapshot([[new Date(0)]]), [[new Date(1)]])).toBe(false);
    expect(() => bindArray("x")).toThrow(/takes an array/);
  });
});

describe("SQLite literals", () => {
  test.each<[AnyColumn, unknown, string]>([
    [text(), "it's", "'it''s'"],
    [text(), "'); drop table t; --", "'''); drop table t; --'"],
    [text(), "a\u0000b", "CAST(X'610062' AS TEXT)"],
    [integer(), -5, "-5"],
    [bigInteger(), 9007199254740993n, "9007199254740993"],
    [double(), Number.POSITIVE_INFINITY, "9e999"],
    [double(), 1.5, "1.5"],
    [boolean(), true, "1"],
    [binary(), new Uint8Array([1, 255]), "X'01ff'"],
    [timestamp(), new Date(0), "'1970-01-01 00:00:00.000000'"],
    [json(), { a: "it's" }, `'{"a":"it''s"}'`],
    [numeric(12, 2), "1.50", "1.5"],
    [uuid(), "10000000-0000-4000-8000-000000000001", "'10000000000040008000000000000001'"],
    [text(), null, "NULL"],
  ])("%o %o", (column, value, sql) => {
    const literal = sqliteLiteral(value, typeOfColumn(column));
    expect(literal).toBe(sql);
    using database = new DatabaseSync(":memory:");
    const select = database.prepare(`SELECT ${literal} AS x, ? AS y`);
    select.setReadBigInts(typeof value === "bigint");
    const [row] = select.all(value === null ? null : (bind(column, value) as string));
    expect(row?.["x"]).toEqual(row?.["y"]);
  });
});
