import {
  array,
  bigInteger,
  binary,
  boolean,
  type Column,
  createEngine,
  DataError,
  date,
  double,
  type Engine,
  enumType,
  type Given,
  insert,
  integer,
  interval as intervalInMilliseconds,
  json,
  jsonNull,
  literal,
  MetaData,
  numeric,
  real,
  select,
  smallInteger,
  sqlText,
  table,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "athanor";
import {
  bit,
  cidr,
  citext,
  datemultirange,
  daterange,
  domain,
  hstore,
  inet,
  int4multirange,
  int4range,
  int8multirange,
  int8range,
  interval,
  jsonb,
  macaddr,
  macaddr8,
  money,
  nummultirange,
  numrange,
  oid,
  Range,
  timestampText,
  timetz,
  tsmultirange,
  tsquery,
  tsrange,
  tstzmultirange,
  tstzrange,
  tsvector,
  varbit,
  xml,
} from "athanor/postgresql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const instant = new Date("2024-02-29T23:59:59.999Z");
const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

/** A type, values that come back as they were given, and others that come back as PostgreSQL writes them. */
interface Case {
  readonly name: string;
  readonly type: () => Column<never, Given>;
  readonly same: readonly unknown[];
  readonly rewritten: readonly (readonly [unknown, unknown])[];
}
function of<T>(
  name: string,
  type: () => Column<T, Given>,
  same: readonly T[],
  rewritten: readonly (readonly [T, T])[] = [],
): Case {
  return { name, type: type as unknown as () => Column<never, Given>, same, rewritten };
}

const cases: readonly Case[] = [
  of("smallInteger", smallInteger, [-32_768, 0, 32_767]),
  of("integer", integer, [-2_147_483_648, 2_147_483_647]),
  of("bigInteger", bigInteger, [-(2n ** 63n), 2n ** 53n + 1n, 2n ** 63n - 1n]),
  of("bigInteger as numbers", () => bigInteger({ mode: "number" }), [Number.MAX_SAFE_INTEGER, -5]),
  of("bigInteger as text", () => bigInteger({ mode: "string" }), ["9223372036854775807"]),
  of("numeric", numeric, [
    "12345678901234567890123456789012345678.12345678901234567890",
    "-0.000000000000000000000000000001",
    "1.50",
    "NaN",
    "Infinity",
    "-Infinity",
  ]),
  of("numeric(10, 2)", () => numeric(10, 2), ["12.50", "-99999999.99"], [["1", "1.00"]]),
  of("real", real, [1.5, -0.1, Infinity, Number.NaN]),
  of("double", double, [5e-324, Number.MAX_VALUE, 0.1, -Infinity, Number.NaN]),
  of("oid", oid, [0, 4_294_967_295]),
  of("boolean", boolean, [true, false]),
  of("text", text, ["", "é\u{1f600}\\'\"{}", "NULL", "a\nb"]),
  of("varchar", () => varchar(10), ["ten chars!"]),
  of("binary", binary, [new Uint8Array(), bytes]),
  of("uuid", uuid, ["6f1c1c52-3f6c-4f5e-9a8a-0123456789ab"]),
  of("enumType", () => enumType("mood", ["sad", "it's"]), ["sad", "it's"]),
  of("domain", () => domain("positive", integer(), { check: sqlText("VALUE > 0") }), [7]),
  of("timestamp", timestamp, [
    instant,
    new Date(0),
    new Date(Date.UTC(-43, 2, 15)),
    new Date("+012345-01-01T00:00:00Z"),
  ]),
  of("timestamp with time zone", () => timestamp({ timezone: true }), [instant, new Date("1883-11-18T12:00:00Z")]),
  of("timestampText", timestampText, ["2024-02-29 23:59:59.123456", "infinity", "-infinity", "0044-03-15 00:00:00 BC"]),
  of("timestampText with time zone", () => timestampText({ timezone: true }), ["infinity"]),
  of("date", date, ["2024-02-29", "infinity", "-infinity", "0044-03-15 BC", "12345-01-01"]),
  of("time", time, ["00:00:00", "23:59:59.999999"]),
  of("timetz", timetz, ["12:34:56.789012+05:30", "00:00:00-11"]),
  of("interval in milliseconds", intervalInMilliseconds, [0, -90_061_001.5, 86_400_000, 0.001]),
  of(
    "interval in parts",
    interval,
    [
      { years: 1, months: 2, days: -3, hours: 4, minutes: 5, seconds: 6, microseconds: 789_000 },
      { years: 0, months: 0, days: 0, hours: -1, minutes: -2, seconds: -3, microseconds: -4 },
      { years: 178_000_000, months: 0, days: 0, hours: 0, minutes: 0, seconds: 0, microseconds: 0 },
    ],
    [
      [
        { months: 14, seconds: 61 },
        { years: 1, months: 2, days: 0, hours: 0, minutes: 1, seconds: 1, microseconds: 0 },
      ],
    ],
  ),
  of("json", () => json<unknown>(), [{ a: [1, null, "x"] }, [], "text", 0, false]),
  of("jsonb", () => jsonb<unknown>(), [{ a: [1, null, "x"] }, [], "text", 0, false]),
  of("inet", inet, ["192.168.0.1", "10.0.0.0/8", "::1"]),
  of("cidr", cidr, ["10.0.0.0/8", "2001:db8::/32"]),
  of("macaddr", macaddr, ["08:00:2b:01:02:03"]),
  of("macaddr8", macaddr8, ["08:00:2b:01:02:03:04:05"]),
  of("bit", () => bit(5), ["10101"]),
  of("varbit", varbit, ["", "1", "101010101"]),
  of("money", money, ["$92,233,720,368,547,758.07", "-$1.00"]),
  of("tsvector", tsvector, ["'cat':3 'fat':2A"]),
  of("tsquery", tsquery, ["'fat' & ( 'rat' | !'cat' )"]),
  of("xml", xml, ["<a>&amp;</a>"]),
  of(
    "int4range",
    int4range,
    [new Range(1, 10), new Range<number>(null, 5, "()"), Range.empty<number>()],
    [[new Range(1, 10, "[]"), new Range(1, 11)]],
  ),
  of("int8range", int8range, [new Range(-(2n ** 63n), 2n ** 63n - 1n)]),
  of("numrange", numrange, [new Range("1.5", "2.50", "(]"), new Range<string>(null, null, "()")]),
  of("daterange", daterange, [
    new Range("2024-01-01", "2024-02-01"),
    new Range<string>("2024-01-01", null),
    new Range("9999-01-01", "12345-01-01"),
    new Range("0044-03-15 BC", "infinity"),
  ]),
  of("tsrange", tsrange, [new Range(new Date(0), instant, "[]")]),
  of("tstzrange", tstzrange, [new Range(new Date(0), instant)]),
  of("int4multirange", int4multirange, [[], [new Range(1, 3), new Range(5, 8)]]),
  of("int8multirange", int8multirange, [[new Range(1n, 3n)]]),
  of("nummultirange", nummultirange, [[new Range("1", "2"), new Range("3", "4", "(]")]]),
  of("datemultirange", datemultirange, [[new Range("2024-01-01", "2024-02-01")]]),
  of("tsmultirange", tsmultirange, [[new Range(new Date(0), instant)]]),
  of("tstzmultirange", tstzmultirange, [
    [new Range(new Date(0), instant), new Range<Date>(new Date(Date.UTC(2030)), null)],
  ]),
];

forEachDatabase(
  (database) => {
    let engine: Engine;
    beforeEach(() => {
      engine = createEngine(database.url);
    });
    afterEach(() => engine.dispose());

    /** A table with a column of a type, one of its arrays, and one of arrays of arrays. */
    async function samplesOf(type: Column<never, Given>) {
      const metadata = new MetaData();
      const samples = table("samples", metadata, {
        id: integer().primaryKey(),
        value: type.nullable(),
        list: (array(type) as Column<never, Given>).nullable(),
        grid: (array(type, { dimensions: 2 }) as Column<never, Given>).nullable(),
      });
      await metadata.createAll(engine);
      return samples;
    }

    test.each(cases)(
      "$name: values come back as they were given, alone, in arrays and without a column",
      async (each) => {
        const type = each.type();
        const samples = await samplesOf(type);
        const { id, value, list, grid } = samples.c;
        await using connection = await engine.connect();
        for (const [given] of each.rewritten)
          await connection.execute(insert(samples).values({ value: given as never }));
        for (const given of each.same) await connection.execute(insert(samples).values({ value: given as never }));
        expect(await connection.scalars(select(value).orderBy(id)).all()).toEqual([
          ...each.rewritten.map(([, written]) => written),
          ...each.same,
        ]);
        const items = [...each.same, null];
        for (const [given, matrix] of [
          [null, null],
          [[], []],
          [items, [items, items]],
        ]) {
          const row = { list: given as never, grid: matrix as never };
          const inserted = await connection.execute(insert(samples).values(row).returning(list, grid)).one();
          expect([...(inserted as unknown as unknown[])]).toEqual([given, matrix]);
        }
        for (const given of each.same) {
          expect(await connection.scalar(select(literal(given as never, type)))).toEqual(given);
        }
      },
    );

    test("JSON's null is not SQL's", async () => {
      const metadata = new MetaData();
      const documents = table("documents", metadata, {
        id: integer().primaryKey(),
        a: json<unknown>().nullable(),
        b: jsonb<unknown>().nullable(),
      });
      await metadata.createAll(engine);
      await using connection = await engine.connect();
      await connection.execute(insert(documents).values({ a: jsonNull, b: jsonNull }));
      await connection.execute(insert(documents).values({ a: null, b: null }));
      const kinds = sqlText("SELECT json_typeof(a), jsonb_typeof(b) FROM documents ORDER BY id");
      expect((await connection.execute(kinds)).all()).toEqual([
        ["null", "null"],
        [null, null],
      ]);
      expect((await connection.execute(select(documents.c.a, documents.c.b))).all()).toEqual([
        [null, null],
        [null, null],
      ]);
    });

    test("what the statement knows no type of is read by the server's type", async () => {
      await using connection = await engine.connect();
      const query =
        sqlText(`SELECT 1::smallint, 2::bigint, 9007199254740993::bigint, 1.50::numeric, 'NaN'::float4, true,
        '2024-02-29 23:59:59.999+00'::timestamptz, '2024-02-29 23:59:59.999'::timestamp, '2024-02-29'::date, '[1]'::json,
        '{"a": 1}'::jsonb, '\\x00ff'::bytea, '{{1,2},{3,NULL}}'::int[], ARRAY['a', 'b,"c'], '1 day'::interval,
        '[1,5)'::int4range, '{[1,5)}'::int4multirange, '10.0.0.1'::inet, '{t,f}'::bool[], NULL, 'x'::name`);
      const [row] = (await connection.execute(query)).all();
      expect([...(row as unknown as unknown[])]).toEqual([
        ...[1, 2, 9007199254740993n, "1.50", Number.NaN, true, instant, instant, "2024-02-29", [1], { a: 1 }],
        ...[
          Uint8Array.of(0, 255),
          [
            [1, 2],
            [3, null],
          ],
          ["a", 'b,"c'],
          86_400_000,
          new Range(1, 5),
          [new Range(1, 5)],
        ],
        ...["10.0.0.1", [true, false], null, "x"],
      ]);
      const streamed: unknown[] = [];
      for await (const each of connection.execute(sqlText("SELECT generate_series(1, 3)::bigint")))
        streamed.push([...(each as unknown as unknown[])]);
      expect(streamed).toEqual([[1], [2], [3]]);
    });

    test("a driver's own parameters go as text that the server reads", async () => {
      await using connection = await engine.connect();
      const sql = "SELECT $1::int, $2::bigint, $3::bool, $4::timestamptz, $5::bytea, $6::int[], $7::text";
      const result = await connection.execDriverSql(sql, [1, 2n ** 60n, true, instant, bytes, [1, null], null]);
      expect(result.all()).toEqual([[1, 2n ** 60n, true, instant, bytes, [1, null], null]]);
      await expect(connection.execDriverSql("SELECT $1", [{}])).rejects.toThrow(/write JSON as text/);
    });

    test("a Date cannot hold infinity, and says so", async () => {
      await using connection = await engine.connect();
      await expect(connection.execute(sqlText("SELECT 'infinity'::timestamptz")).all()).rejects.toThrow(
        /infinity; read/,
      );
    });

    test("what PostgreSQL refuses is a DataError, what no value can be is refused before", async () => {
      await using connection = await engine.connect();
      await expect(connection.scalar(select(literal("nowhere", inet())))).rejects.toThrow(DataError);
      await connection.rollback();
      await expect(connection.scalar(select(literal(5 as never, inet())))).rejects.toThrow(/INET takes a string/);
      await expect(connection.scalar(select(literal([1, 2] as never, int4range())))).rejects.toThrow(/takes a Range/);
      await expect(connection.scalar(select(literal({ weeks: 1 } as never, interval())))).rejects.toThrow(
        /years, months/,
      );
      expect(() => new Range(1, 2, "<>" as never)).toThrow(/bounds/);
      expect(() => interval({ fields: "; DROP" })).toThrow(/no fields/);
      expect(() => bit(0)).toThrow(/whole number from 1/);
    });

    if (!database.inMemory) {
      test("extensions bring citext and hstore", async () => {
        await engine.begin(async (connection) => {
          await connection.execDriverSql("CREATE EXTENSION citext");
          await connection.execDriverSql("CREATE EXTENSION hstore");
        });
        const map = { a: "1", 'q"\\=>': "x, y", none: null, "": "" };
        const samples = await samplesOf(hstore() as unknown as Column<never, Given>);
        await using connection = await engine.connect();
        for (const value of [{}, map]) {
          const inserted = connection.execute(
            insert(samples)
              .values({ value: value as never })
              .returning(samples.c.value),
          );
          expect(await inserted.scalar()).toEqual(value);
        }
        expect(await connection.scalar(select(literal("ABC", citext()).eq("abc")))).toBe(true);
      });
    }
  },
  { dialect: "postgresql" },
);
