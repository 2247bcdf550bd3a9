import { describe, expect, test } from "vitest";
import { copyField, copyFields, LineReader } from "../../src/dialects/postgresql/copy-text.ts";
import {
  ArgumentError,
  binary,
  boolean,
  type Connection,
  createEngine,
  func,
  integer,
  json,
  MetaData,
  NotSupportedError,
  numeric,
  select,
  sqlText,
  table,
  timestamp,
  varchar,
} from "../../src/index.ts";
import { copyFrom, copyTo } from "../../src/postgresql.ts";
import { forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const items = table("items", metadata, {
  id: integer().primaryKey(),
  name: varchar(50).nullable(),
  price: numeric(10, 2).nullable(),
  ok: boolean().default(true),
  made: timestamp().nullable(),
  data: json<unknown>().nullable(),
  raw: binary().nullable(),
});
const full = {
  id: 1,
  name: 'a\tb\\c\nd\r"é',
  price: "1.50",
  made: new Date(0),
  data: { a: [1, "x\n\\"] },
  raw: new Uint8Array([0, 92, 255]),
};
const empty = { id: 2, name: null, price: null, made: null, data: null, raw: null };

async function listOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of source) list.push(each);
  return list;
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of pieces) text += decoder.decode(piece, { stream: true });
  return text;
}

forEachDatabase(
  (database) => {
    describe("COPY", () => {
      async function withItems(work: (connection: Connection) => Promise<void>): Promise<void> {
        const engine = createEngine(database.url);
        await metadata.createAll(engine);
        {
          await using connection = await engine.connect();
          await work(connection);
        }
        expect(engine.pool.checkedOut).toBe(0);
        await engine.dispose();
      }

      test("takes rows of a table and gives them back as they were", async () => {
        await withItems(async (connection) => {
          expect(await copyFrom(connection, items, [full, empty])).toBe(2);
          expect(await copyFrom(connection, items, [])).toBe(0);
          const rows = await listOf(copyTo(connection, select(items).orderBy(items.c.id)));
          expect(rows).toEqual(await connection.execute(select(items).orderBy(items.c.id)).all());
          const [first, second] = rows;
          expect({ ...full, ok: true }).toEqual({
            id: first?.id,
            name: first?.name,
            price: first?.price,
            ok: first?.ok,
            made: first?.made,
            data: first?.data,
            raw: first?.raw,
          });
          expect(second?.slice(1)).toEqual([null, null, true, null, null, null]);
        });
      });

      test("reads a query with values in it", async () => {
        await withItems(async (connection) => {
          await copyFrom(connection, items, [full, empty]);
          const named = select(func.upper(items.c.name), items.c.id).where(items.c.name.like("a%"), items.c.id.lt(2));
          expect(await listOf(copyTo(connection, named))).toEqual([[full.name.toUpperCase(), 1]]);
        });
      });

      test("takes and gives files", async () => {
        await withItems(async (connection) => {
          const file = ["id,name,ok\n1,", 'one,true\n2,"two, or\n', 'three",f\n'];
          const columns = ["id", "name", "ok"] as const;
          await copyFrom(connection, items, file, { format: "csv", header: true, columns });
          const query = select(items.c.id, items.c.name, items.c.ok).orderBy(items.c.id);
          expect(await textOf(copyTo(connection, query, { format: "csv", header: true }))).toBe(
            'id,name,ok\n1,one,t\n2,"two, or\nthree",f\n',
          );
          expect(await textOf(copyTo(connection, query, { format: "text", delimiter: "|", null: "it's" }))).toBe(
            "1|one|t\n2|two, or\\nthree|f\n",
          );
          const binaryFile = await listOf(copyTo(connection, select(items), { format: "binary" }));
          await connection.execute(sqlText("DELETE FROM items"));
          await copyFrom(connection, items, binaryFile, { format: "binary" });
          expect(await connection.execute(query).all()).toEqual([
            [1, "one", true],
            [2, "two, or\nthree", false],
          ]);
        });
      });

      test("says what was wrong, and the connection goes on", async () => {
        await withItems(async (connection) => {
          await copyFrom(connection, items, [full]);
          await connection.commit();
          await expect(copyFrom(connection, items, [full])).rejects.toMatchObject({
            name: "IntegrityError",
            violation: "primaryKey",
            statement: expect.stringMatching(/^COPY items \(id, .*\) FROM STDIN/),
          });
          await connection.rollback();
          const bad = copyFrom(connection, items, ["x,y\n"], { format: "csv", columns: ["id", "name"] });
          await expect(bad).rejects.toMatchObject({ name: "DataError" });
          await connection.rollback();
          await expect(
            copyFrom(
              connection,
              items,
              (async function* () {
                yield { ...full, id: 5 };
                throw new RangeError("the source has failed");
              })(),
            ),
          ).rejects.toThrow(RangeError);
          await connection.rollback();
          await expect(copyFrom(connection, items, [{ id: 5 }, full])).rejects.toThrow(/Row 2 has: id,name/);
          await connection.rollback();
          await expect(async () => copyFrom(connection, items, [{ nope: 5 } as never])).rejects.toThrow(
            /no column "nope"/,
          );
          expect(() => copyTo(connection, select(items), { format: "xml" as never })).toThrow(ArgumentError);
          expect(() => copyTo(connection, select(items), { format: "binary", header: true })).toThrow(/no header/);
          expect(await connection.scalar(select(func.count()).selectFrom(items))).toBe(1);
        });
      });

      test("keeps no more than is taken, and is left early", async () => {
        await withItems(async (connection) => {
          const count = 50_000;
          const rows = (function* () {
            for (let id = 1; id <= count; id += 1) yield { id, name: `item ${id}` };
          })();
          expect(await copyFrom(connection, items, rows)).toBe(count);
          let sum = 0;
          for await (const { id } of copyTo(connection, select(items.c.id))) sum += id;
          expect(sum).toBe((count * (count + 1)) / 2);
          for await (const row of copyTo(connection, select(items.c.id))) {
            expect(row.id).toBe(1);
            break;
          }
          expect(await connection.scalar(select(func.count()).selectFrom(items))).toBe(count);
        });
      });
    });
  },
  { dialect: "postgresql" },
);

test("COPY is PostgreSQL's alone", async () => {
  const engine = createEngine("sqlite:///:memory:");
  await metadata.createAll(engine);
  await using connection = await engine.connect();
  await expect(copyFrom(connection, items, [full])).rejects.toThrow(NotSupportedError);
});

test("lines of COPY hold any text, whatever the pieces they come in", () => {
  const rows = [
    ["", null, "\\N", "\b\f\n\r\t\v\\"],
    ["é€😀", "\\.", " ", "x"],
  ];
  const bytes = new TextEncoder().encode(rows.map((row) => `${row.map(copyField).join("\t")}\n`).join(""));
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new LineReader();
    const lines: string[] = [];
    for (let start = 0; start < bytes.length; start += size) {
      lines.push(...reader.read(bytes.subarray(start, start + size)));
    }
    expect(lines.map((line) => copyFields(line))).toEqual(rows);
  }
});
