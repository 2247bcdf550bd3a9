// Every type of MySQL's and MariaDB's keeps its values, at their limits, whichever driver and protocol carries them.
import {
  type AnyColumn,
  createEngine,
  date,
  type Engine,
  func,
  insert,
  integer,
  json,
  MetaData,
  select,
  sqlText,
  table,
  uuid,
} from "athanor";
import * as mysql from "athanor/mysql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const max64 = 2n ** 64n - 1n;
const longest = "😀".repeat(16_383);
const bytes = Uint8Array.from({ length: 255 }, (_, i) => i);

/** A type, and values that it has to give back as they were. */
const kept: readonly (readonly [name: string, column: AnyColumn, values: readonly unknown[]])[] = [
  ["tinyint", mysql.tinyint(), [-128, 127, 0]],
  ["tinyint unsigned", mysql.tinyint({ unsigned: true }), [0, 255]],
  ["smallint", mysql.smallint(), [-32_768, 32_767]],
  ["smallint unsigned", mysql.smallint({ unsigned: true }), [0, 65_535]],
  ["mediumint", mysql.mediumint(), [-8_388_608, 8_388_607]],
  ["mediumint unsigned", mysql.mediumint({ unsigned: true }), [0, 16_777_215]],
  ["int", mysql.int(), [-2_147_483_648, 2_147_483_647]],
  ["int unsigned", mysql.int({ unsigned: true }), [0, 4_294_967_295]],
  ["int zerofill", mysql.int({ zerofill: true }), [0, 42]],
  ["bigint", mysql.bigint(), [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, 0n, -1n]],
  ["bigint unsigned", mysql.bigint({ unsigned: true }), [0n, max64, 2n ** 63n]],
  [
    "decimal",
    mysql.decimal(65, 30),
    [`${"9".repeat(35)}.${"9".repeat(30)}`, `-${"9".repeat(35)}.${"9".repeat(30)}`, `0.${"0".repeat(29)}1`],
  ],
  ["double", mysql.double(), [Number.MAX_VALUE, -Number.MAX_VALUE, 2.2250738585072014e-308, 0.1, 1e21, -0.5, 0]],
  ["bit", mysql.bit(), [0n, 1n]],
  ["bit(64)", mysql.bit(64), [0n, max64, 2n ** 63n, 2n ** 53n + 1n, 1n]],
  ["bit(17)", mysql.bit(17), [2n ** 17n - 1n, 65n]],
  ["year", mysql.year(), [1901, 2155]],
  [
    "varchar",
    mysql.varchar(20, { charset: "utf8mb4", collation: "utf8mb4_bin" }),
    ["", "é😀", "it's \\ \n\r\t\u0000 \"", "%_"],
  ],
  ["char", mysql.char(5), ["ab", ""]],
  ["tinytext", mysql.tinytext(), ["é".repeat(127)]],
  ["text", mysql.text(), [longest, " trailing "]],
  ["mediumtext", mysql.mediumtext(), [longest + longest]],
  ["longtext", mysql.longtext(), ["x".repeat(100_000)]],
  ["latin1", mysql.varchar(10, { charset: "latin1" }), ["éß"]],
  ["enum", mysql.enumType(["a", "it's", "é\\"]), ["a", "it's", "é\\"]],
  ["set", mysql.set(["a", "b", "c d"]), [[], ["a"], ["a", "b", "c d"]]],
  ["binary", mysql.binary(4), [new Uint8Array([0, 255, 0, 1])]],
  ["varbinary", mysql.varbinary(255), [bytes, new Uint8Array()]],
  ["tinyblob", mysql.tinyblob(), [bytes]],
  ["blob", mysql.blob(), [new Uint8Array(65_535).fill(39)]],
  ["mediumblob", mysql.mediumblob(), [new Uint8Array(70_000).fill(92)]],
  ["longblob", mysql.longblob(), [new Uint8Array(100_000)]],
  ["json", json<unknown>(), [{ a: [1, null, "é'\\"] }, [], "text", 1.5, true]],
  ["date", date(), ["1000-01-01", "9999-12-31", "2024-02-29"]],
  ["datetime", mysql.datetime(), [new Date("1000-01-01T00:00:00Z"), new Date("9999-12-31T23:59:59Z")]],
  [
    "datetime(3)",
    mysql.datetime({ fsp: 3 }),
    [new Date("2024-02-29T23:59:59.999Z"), new Date("1969-12-31T23:59:59.001Z")],
  ],
  [
    "datetime(6)",
    mysql.datetime({ fsp: 6, mode: "string" }),
    ["2024-02-29 23:59:59.999999", "1000-01-01 00:00:00.000001"],
  ],
  ["timestamp", mysql.timestamp(), [new Date("1970-01-01T00:00:01Z"), new Date("2038-01-19T03:14:07Z")]],
  ["timestamp(6)", mysql.timestamp({ fsp: 6, mode: "string" }), ["2038-01-19 03:14:07.999999"]],
  ["time", mysql.time(), ["-838:59:59", "838:59:59", "00:00:00", "25:00:00", "-00:00:01"]],
  ["time(6)", mysql.time({ fsp: 6 }), ["-00:00:00.000001", "838:59:59", "12:34:56.78"]],
  ["uuid", uuid(), ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-fffffffffffe"]],
  ["inet4", mysql.inet4(), ["255.255.255.255", "0.0.0.0"]],
  ["inet6", mysql.inet6(), ["2001:db8::ff00:42:8329", "::"]],
];

/** What the database refuses, and by what error. */
const refused: readonly (readonly [name: string, column: AnyColumn, value: unknown, error: RegExp])[] = [
  ["tinyint", mysql.tinyint(), 128, /Out of range/],
  ["int unsigned", mysql.int({ unsigned: true }), -1, /Out of range/],
  ["bigint", mysql.bigint(), 2n ** 63n, /needs more/],
  ["bigint unsigned", mysql.bigint({ unsigned: true }), -1n, /from 0 to 18446744073709551615/],
  ["decimal", mysql.decimal(4, 2), "100.00", /Out of range/],
  ["double", mysql.double(), Number.NaN, /not NaN/],
  ["bit", mysql.bit(3), 8n, /from 0 to 7/],
  ["varchar", mysql.varchar(2), "abc", /too long/],
  ["set", mysql.set(["a"]), ["b"], /"a", and a value is none/],
  ["enum", mysql.enumType(["a"]), "b", /takes "a"/],
  ["time", mysql.time(), "839:00:00", /838:59:59/],
  ["datetime", mysql.datetime({ mode: "string" }), "yesterday", /YYYY-MM-DD/],
];

forEachDatabase(
  (database) => {
    describe.each([true, false])("with preparedStatements: %s", (preparedStatements) => {
      let engine: Engine;
      beforeEach(() => {
        engine = createEngine(database.url, { preparedStatements });
      });
      afterEach(() => engine.dispose());

      async function valuesBack(column: AnyColumn, values: readonly unknown[]): Promise<readonly unknown[]> {
        const t = await created(column);
        await using connection = await engine.connect();
        for (const [i, v] of values.entries()) await connection.execute(insert(t).values({ id: i + 1, v } as never));
        const found = await connection.scalars(select(t.c.v).orderBy(t.c.id)).all();
        const streamed: unknown[] = [];
        for await (const each of connection.scalars(select(t.c.v).orderBy(t.c.id))) streamed.push(each);
        expect(streamed).toEqual(found);
        for (const [i, v] of values.entries()) {
          if (typeof v === "object") continue;
          const ids = await connection
            .scalars(select(t.c.id).where((t.c.v as never as { eq(o: unknown): never }).eq(v)))
            .all();
          expect(ids, String(v)).toContain(i + 1);
        }
        return found;
      }

      async function created(column: AnyColumn) {
        const metadata = new MetaData();
        const t = table("t", metadata, { id: integer().primaryKey(), v: column.nullable() });
        await metadata.createAll(engine);
        return t;
      }

      test.each(kept)("%s keeps its values", async (_, column, values) => {
        expect(await valuesBack(column, [...values, null])).toEqual([...values, null]);
      });

      test.each(refused)("%s refuses what it cannot keep", async (_, column, value, error) => {
        const t = await created(column);
        await using connection = await engine.connect();
        await expect(connection.execute(insert(t).values({ id: 1, v: value } as never))).rejects.toThrow(error);
      });

      test("days that are none are an error, or null on request", async () => {
        const metadata = new MetaData();
        const t = table("zero", metadata, {
          id: integer().primaryKey(),
          strict: mysql.datetime(),
          lax: mysql.datetime({ zeroDates: "null" }),
          exact: mysql.datetime({ zeroDates: "null", mode: "string", fsp: 6 }),
          day: date(),
        });
        await metadata.createAll(engine);
        await using connection = await engine.connect();
        await connection.execute(sqlText("SET SESSION sql_mode = ''"));
        await connection.execute(
          sqlText("INSERT INTO zero VALUES (1, '0000-00-00', '0000-00-00', '2024-00-10', '0000-00-00')"),
        );
        expect(await connection.execute(select(t.c.lax, t.c.exact, t.c.day)).all()).toEqual([
          [null, null, "0000-00-00"],
        ]);
        await expect(connection.execute(select(t.c.strict)).all()).rejects.toThrow(/zeroDates: "null"/);
      });

      test("sums, averages and counts are numbers, whatever the database calls them", async () => {
        const metadata = new MetaData();
        const t = table("sums", metadata, { id: integer().primaryKey(), v: mysql.bigint({ unsigned: true }) });
        await metadata.createAll(engine);
        await using connection = await engine.connect();
        await connection.execute(insert(t), [
          { id: 1, v: max64 },
          { id: 2, v: max64 },
        ]);
        expect(
          (await connection.execute(select(func.sum(t.c.id), func.sum(t.c.v), func.count(), func.avg(t.c.id)))).one(),
        ).toEqual([3, 2n * max64, 2, expect.anything()]);
      });

      test("columns that the database computes come back", async () => {
        const metadata = new MetaData();
        const t = table("computed", metadata, {
          id: integer().primaryKey(),
          net: mysql.int(),
          gross: mysql.int().computed("net * 2", { stored: true }),
          half: mysql.decimal(10, 1).computed("net / 2"),
        });
        await metadata.createAll(engine);
        await using connection = await engine.connect();
        await connection.execute(insert(t).values({ id: 1, net: 5 }));
        expect((await connection.execute(select(t.c.gross, t.c.half))).one()).toEqual([10, "2.5"]);
      });
    });
  },
  { dialect: "mysql" },
);
