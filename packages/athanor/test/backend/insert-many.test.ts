import { afterEach, beforeEach, expect, test } from "vitest";
import {
  bindparam,
  type CursorEvent,
  createEngine,
  type Engine,
  func,
  insert,
  integer,
  listen,
  literal,
  MetaData,
  numeric,
  Sequence,
  select,
  table,
  timestamp,
  update,
  varchar,
} from "../../src/index.ts";
import { forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const events = table("events", metadata, {
  id: integer().primaryKey(),
  name: varchar(50),
  position: integer(),
  amount: numeric(10, 2).nullable(),
  at: timestamp().nullable(),
  origin: varchar(20).default("here"),
  size: integer().default(literal(2).mul(2)),
});
const keyed = table("keyed", metadata, { code: varchar(20).primaryKey(), note: varchar(20).serverDefault("none") });

const counted = table("counted", metadata, {
  id: integer().primaryKey().sequence(new Sequence("counted_ids")),
  name: varchar(20),
});

const rows = Array.from({ length: 2500 }, (_, i) => ({
  name: `n${2500 - i}`,
  position: i,
  amount: `${i}.50`,
  at: new Date(i * 1000),
}));

forEachDatabase((database) => {
  let engine: Engine;
  let executed: CursorEvent[];

  async function open(pageSize?: number): Promise<void> {
    engine = createEngine(database.url, pageSize === undefined ? {} : { insertmanyvaluesPageSize: pageSize });
    await metadata.createAll(engine);
    executed = [];
    listen(engine, "beforeCursorExecute", (event) => void executed.push(event));
  }
  beforeEach(() => open());
  afterEach(() => engine.dispose());

  const statements = () => executed.reduce((sum, event) => sum + (event.batch ? event.parameters.length : 1), 0);

  test("a batch with RETURNING comes in pages, in the order of its parameters on request", async () => {
    await using connection = await engine.connect();
    const { id, position, amount, at, origin, size } = events.c;
    const statement = insert(events).returning(id, position, amount, at, origin, size, { sortByParameterOrder: true });
    const result = await connection.execute(statement, rows);
    expect(result.keys()).toEqual(["id", "position", "amount", "at", "origin", "size"]);
    const inserted = result.all();
    expect(inserted.map((row) => row.position)).toEqual(rows.map((row) => row.position));
    expect(inserted.map((row) => row.id)).toEqual(rows.map((_, i) => i + 1));
    expect(inserted[7]).toEqual([8, 7, "7.50", new Date(7000), "here", 4]);
    expect(statements()).toBe(3);
    expect(await connection.scalar(select(func.count(id)))).toBe(2500);
  });

  test("pages are as large as the engine says", async () => {
    await engine.dispose();
    await open(400);
    await using connection = await engine.connect();
    const result = await connection.execute(insert(events).returning(events.c.position), rows.slice(0, 1000));
    expect(result.all()).toHaveLength(1000);
    expect(statements()).toBe(3);
  });

  test("rows whose keys come with them keep what the database adds", async () => {
    await using connection = await engine.connect();
    const codes = ["z", "a", "m"].map((code) => ({ code }));
    const statement = insert(keyed).returning(keyed.c.code, keyed.c.note, { sortByParameterOrder: true });
    expect((await connection.execute(statement, codes)).all()).toEqual([
      ["z", "none"],
      ["a", "none"],
      ["m", "none"],
    ]);
  });

  test("a single INSERT tells its key", async () => {
    await using connection = await engine.connect();
    const first = await connection.execute(insert(events).values({ name: "a", position: 1 }));
    expect([first.insertedPrimaryKey, first.returnsRows, first.rowCount]).toEqual([[1], false, 1]);
    const second = await connection.execute(insert(events), { name: "b", position: 2 });
    expect(second.insertedPrimaryKey).toEqual([2]);
    const given = await connection.execute(insert(keyed).values({ code: "k" }));
    expect(given.insertedPrimaryKey).toEqual(["k"]);
  });

  test("keys of a sequence, where there are sequences, count like others", async () => {
    await using connection = await engine.connect();
    const first = await connection.execute(insert(counted).values({ name: "a" }));
    expect(first.insertedPrimaryKey).toEqual([1]);
    await connection.execute(insert(counted).fromSelect(["name"], select(counted.c.name)));
    const { id, name } = counted.c;
    const many = insert(counted).returning(id, name, { sortByParameterOrder: true });
    const names = [{ name: "x" }, { name: "b" }];
    expect((await connection.execute(many, names)).all()).toEqual([
      [3, "x"],
      [4, "b"],
    ]);
    expect(await connection.scalars(select(id).orderBy(id)).all()).toEqual([1, 2, 3, 4]);
  });

  test("a batch of UPDATEs counts the rows of all", async () => {
    await using connection = await engine.connect();
    await connection.execute(insert(events), rows.slice(0, 3));
    const renamed = update(events)
      .where(events.c.position.eq(bindparam("at_position", integer())))
      .values({ name: bindparam("new_name", varchar()) });
    const result = await connection.execute(renamed, [
      { at_position: 0, new_name: "zero" },
      { at_position: 1, new_name: "one" },
      { at_position: 99, new_name: "none" },
    ]);
    expect(result.rowCount).toBe(2);
    expect(await connection.scalars(select(events.c.name).orderBy(events.c.position)).all()).toEqual([
      "zero",
      "one",
      "n2498",
    ]);
  });

  test("an upsert for every database adds and changes rows", async () => {
    await using connection = await engine.connect();
    const row = insert(keyed).values([
      { code: "a", note: "first" },
      { code: "b", note: "first" },
    ]);
    await connection.execute(row);
    const again = insert(keyed).values([
      { code: "b", note: "second" },
      { code: "c", note: "second" },
    ]);
    const target = { indexElements: [keyed.c.code] };
    await connection.execute(again.onConflictDoUpdate({ ...target, set: { note: again.excluded.note } }));
    await connection.execute(insert(keyed).values({ code: "a", note: "third" }).onConflictDoNothing(target));
    expect((await connection.execute(select(keyed.c.code, keyed.c.note).orderBy(keyed.c.code))).all()).toEqual([
      ["a", "first"],
      ["b", "second"],
      ["c", "second"],
    ]);
  });
});
