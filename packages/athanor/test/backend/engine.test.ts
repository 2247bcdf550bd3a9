import { describe, expect, test } from "vitest";
import {
  column,
  createEngine,
  createSyncEngine,
  DBAPIError,
  Engine,
  func,
  IntegrityError,
  InvalidRequestError,
  insert,
  integer,
  listen,
  MetaData,
  ResourceClosedError,
  removeListener,
  select,
  sqlText,
  table,
  varchar,
} from "../../src/index.ts";
import { forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const notes = table("notes", metadata, { id: integer().primaryKey(), text: varchar(50).unique() });

async function open(url: string) {
  const engine = createEngine(url);
  await metadata.createAll(engine);
  return engine;
}

forEachDatabase((database) => {
  describe("connections", () => {
    test("keep nothing that is not committed", async () => {
      const engine = await open(database.url);
      {
        await using connection = await engine.connect();
        await connection.execute(insert(notes).values({ text: "lost" }));
        expect(connection.inTransaction).toBe(true);
      }
      {
        await using connection = await engine.connect();
        await connection.execute(insert(notes).values({ text: "kept" }));
        await connection.commit();
      }
      await using connection = await engine.connect();
      expect(await connection.scalars(select(notes.c.text)).all()).toEqual(["kept"]);
    });

    test("begin() commits what returns and rolls back what throws", async () => {
      const engine = await open(database.url);
      await engine.begin((connection) => connection.execute(insert(notes).values({ text: "kept" })));
      await expect(
        engine.begin(async (connection) => {
          await connection.execute(insert(notes).values({ text: "lost" }));
          throw new RangeError("no");
        }),
      ).rejects.toThrow(RangeError);
      await using connection = await engine.connect();
      expect(await connection.scalar(select(func.count()).selectFrom(notes))).toBe(1);
    });

    test("savepoints undo their own part only", async () => {
      const engine = await open(database.url);
      await engine.begin(async (connection) => {
        await connection.execute(insert(notes).values({ text: "outer" }));
        await expect(
          connection.beginNested(async () => {
            await connection.execute(insert(notes).values({ text: "inner" }));
            await connection.execute(insert(notes).values({ text: "outer" }));
          }),
        ).rejects.toThrow(IntegrityError);
        await connection.beginNested(() => connection.execute(insert(notes).values({ text: "second" })));
      });
      await using connection = await engine.connect();
      expect(await connection.scalars(select(notes.c.text).orderBy(notes.c.id)).all()).toEqual(["outer", "second"]);
    });

    test("run calls made at the same time one after the other, in order", async () => {
      const engine = await open(database.url);
      await using connection = await engine.connect();
      const inserted = ["a", "b", "c"].map((text) => connection.execute(insert(notes).values({ text })));
      const counted = connection.scalar(select(func.count()).selectFrom(notes));
      expect(await counted).toBe(3);
      expect((await inserted[2]!).insertedPrimaryKey).toEqual([3]);
    });

    test("execute what nobody waits for, before what comes later", async () => {
      const engine = await open(database.url);
      await engine.begin(async (connection) => {
        connection.execute(insert(notes).values({ text: "unwatched" }));
        expect(await connection.scalars(select(notes.c.text)).all()).toEqual(["unwatched"]);
      });
    });

    test("stream rows, with other statements in between", async () => {
      const engine = await open(database.url);
      await using connection = await engine.connect();
      const rows = Array.from({ length: 25 }, (_, i) => ({ text: `n${i}` }));
      expect((await connection.execute(insert(notes), rows)).rowCount).toBe(25);
      const seen: string[] = [];
      const ids: number[] = [];
      const streamed = connection.execute(select(notes.c.id, notes.c.text).orderBy(notes.c.id), undefined, {
        yieldPer: 10,
      });
      for await (const row of streamed) {
        seen.push(row.text);
        ids.push((await connection.scalar(select(notes.c.id).where(notes.c.text.eq(row.text)))) ?? 0);
      }
      expect(seen).toEqual(rows.map((row) => row.text));
      expect(ids).toEqual(rows.map((_, i) => i + 1));
      for await (const part of connection.scalars(select(notes.c.id)).partitions(20))
        expect(part.length).toBeLessThanOrEqual(20);
      for await (const { text } of connection.execute(select(notes.c.text)).mappings()) expect(text).toMatch(/^n/);
    });

    test("stream what cannot be streamed after reading it all", async () => {
      const engine = await open(database.url);
      await using connection = await engine.connect();
      const keys: number[] = [];
      const rows = [{ text: "a" }, { text: "b" }];
      for await (const row of connection.execute(insert(notes).returning(notes.c.id), rows)) keys.push(row.id);
      expect(keys).toEqual([1, 2]);
      const doubled = sqlText("SELECT 1 AS n UNION ALL SELECT 1 UNION ALL SELECT 2").columns(column("n", integer()));
      const lengthened = sqlText("UPDATE notes SET text = CASE text WHEN 'a' THEN 'a!' ELSE 'b!' END");
      const seen: number[] = [];
      for await (const n of connection.scalars(doubled).unique()) seen.push(n);
      for await (const { n } of connection.execute(doubled).unique()) seen.push(n);
      expect(seen).toEqual([1, 2, 1, 2]);
      for await (const _ of connection.execute(lengthened)) expect.unreachable();
      const sizes: number[] = [];
      const paged = select(notes.c.text).executionOptions({ yieldPer: 1 });
      for await (const text of connection.scalars(paged)) sizes.push(text.length);
      expect(sizes).toEqual([2, 2]);
      expect(await connection.execute(select(notes.c.id, notes.c.text)).columns("text").scalars().all()).toEqual([
        "a!",
        "b!",
      ]);
      expect(await connection.execute(select(notes.c.id, notes.c.text)).scalars("text").first()).toBe("a!");
    });

    test("stop a stream that is left early", async () => {
      const engine = await open(database.url);
      await using connection = await engine.connect();
      await connection.execute(insert(notes), [{ text: "a" }, { text: "b" }]);
      for await (const text of connection.scalars(select(notes.c.text))) {
        expect(text).toBe("a");
        break;
      }
      await connection.commit();
    });

    test("refuse work after they are closed", async () => {
      const engine = await open(database.url);
      const connection = await engine.connect();
      await connection.close();
      await connection.close();
      expect(connection.closed).toBe(true);
      await expect(connection.execute(select(notes.c.id))).rejects.toThrow(ResourceClosedError);
      await expect(connection.commit()).rejects.toThrow(/engine\.connect\(\)/);
    });

    test("refuse to begin twice", async () => {
      const engine = await open(database.url);
      await using connection = await engine.connect();
      await connection.execute(select(notes.c.id));
      await expect(connection.begin()).rejects.toThrow(InvalidRequestError);
    });

    test("take raw SQL with named parameters, and the driver's own", async () => {
      const engine = await open(database.url);
      await using connection = await engine.connect();
      await connection.execute(sqlText("INSERT INTO notes (text) VALUES (:text)", { text: "raw" }));
      const typed = sqlText("SELECT id, text FROM notes WHERE text = :text").columns(
        column("id", integer()),
        column("text", varchar()),
      );
      expect(await connection.execute(typed, { text: "raw" }).one()).toEqual([1, "raw"]);
      const untyped = await connection.execute(sqlText("SELECT text AS t FROM notes")).mappings().all();
      expect(untyped).toEqual([{ t: "raw" }]);
      const own = `SELECT text FROM notes WHERE id = ${database.placeholder(1)}`;
      expect((await connection.execDriverSql(own, [1])).all()).toEqual([["raw"]]);
    });

    test("say what was wrong with a statement", async () => {
      const engine = await open(database.url);
      await using connection = await engine.connect();
      await expect(connection.execute("SELECT 1" as never)).rejects.toThrow(/sqlText/);
      await expect(connection.execute(insert(notes), [{ nope: 1 } as never])).rejects.toThrow(
        /"nope".*There are: id, text/,
      );
      await expect(connection.execute(insert(notes), [])).rejects.toThrow(/empty list/);
      const failure: unknown = await connection.execute(sqlText("SELECT * FROM nowhere")).then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(DBAPIError);
      expect(failure).toMatchObject({ statement: "SELECT * FROM nowhere", name: database.missingTable });
      expect((failure as Error).cause).toBeInstanceOf(Error);
    });

    test("tell the same of a violation on every driver", async () => {
      const engine = await open(database.url);
      await using connection = await engine.connect();
      await connection.execute(insert(notes).values({ text: "x" }));
      await expect(connection.execute(insert(notes).values({ text: "x" }))).rejects.toMatchObject({
        name: "IntegrityError",
        violation: "unique",
        ...database.uniqueViolation,
      });
      await connection.rollback();
      await expect(connection.execute(insert(notes).values({ text: null as never }))).rejects.toMatchObject({
        violation: "notNull",
        columns: ["text"],
      });
    });
  });

  describe("engines", () => {
    test("tell of statements, which handlers may change", async () => {
      const engine = await open(database.url);
      const heard: string[] = [];
      listen(engine, "beforeCursorExecute", ({ statement }) => {
        heard.push(statement);
        return { statement: statement.replace("'a'", "'b'") };
      });
      await using connection = await engine.connect();
      expect((await connection.execute(sqlText("SELECT 'a' AS x"))).all()).toEqual([["b"]]);
      expect(heard).toEqual(["SELECT 'a' AS x"]);
    });

    test("tell of what connections are given, which handlers may replace", async () => {
      const engine = createEngine(database.url);
      const seen: unknown[] = [];
      const [asked, answer, streamed] = [sqlText("SELECT 1"), sqlText("SELECT 2"), sqlText("SELECT 3")];
      listen(engine, "beforeExecute", ({ statement, parameters }) => {
        seen.push([statement, parameters]);
        return statement === asked ? { statement: answer } : undefined;
      });
      listen(engine, "afterExecute", ({ statement, rowCount }) => {
        seen.push([statement, rowCount]);
      });
      await using connection = await engine.connect();
      expect(await connection.execute(asked).scalar()).toBe(2);
      for await (const [value] of connection.execute(streamed)) expect(value).toBe(3);
      expect(seen).toEqual([
        [asked, undefined],
        [answer, 1],
        [streamed, undefined],
      ]);
      await connection.close();
      await engine.dispose();
    });

    test("tell of transactions and of the pool", async () => {
      const engine = createEngine(database.sharedUrl);
      const heard: string[] = [];
      for (const event of ["connect", "checkout", "checkin", "begin", "commit", "rollback"] as const) {
        listen(engine, event, () => heard.push(event));
      }
      await engine.begin((connection) => connection.execute(sqlText("SELECT 1")));
      await engine.connect().then((connection) => connection.close());
      expect(heard).toEqual(["connect", "checkout", "begin", "commit", "checkin", "checkout", "checkin"]);
      await engine.dispose();
    });

    test("all together have handlers, too", async () => {
      const heard: string[] = [];
      const handler = ({ statement }: { readonly statement: string }): void => {
        heard.push(statement);
      };
      listen(Engine, "beforeCursorExecute", handler);
      try {
        const engine = createEngine(database.url);
        await engine.begin((connection) => connection.execute(sqlText("SELECT 1")));
        if (database.synchronous) {
          createSyncEngine(database.url).begin((connection) => connection.execute(sqlText("SELECT 2")));
        }
        expect(heard).toEqual(database.synchronous ? ["SELECT 1", "SELECT 2"] : ["SELECT 1"]);
      } finally {
        expect(removeListener(Engine, "beforeCursorExecute", handler)).toBe(true);
      }
    });

    if (database.concurrent) {
      test("replace a connection that has died, and those of its age", async () => {
        const engine = createEngine(database.sharedUrl, { poolSize: 2 });
        const [a, b] = [await engine.connect(), await engine.connect()];
        await b.close();
        await a.$core.driverConnection.close();
        await expect(a.execute(sqlText("SELECT 1"))).rejects.toMatchObject({ connectionInvalidated: true });
        await a.close();
        expect(engine.pool).toMatchObject({ checkedOut: 0, idle: 2 });
        await using connection = await engine.connect();
        expect(await connection.execute(sqlText("SELECT 1")).scalar()).toBe(1);
        await engine.dispose();
      });
    }

    test("notice a dead connection beforehand on request", async () => {
      const engine = createEngine(database.sharedUrl, { poolSize: 1, poolPrePing: true });
      const first = await engine.connect();
      const { driverConnection } = first.$core;
      await first.close();
      await driverConnection.close();
      await using connection = await engine.connect();
      expect(await connection.execute(sqlText("SELECT 1")).scalar()).toBe(1);
    });

    if (database.inMemory) {
      test("give a database in memory to one after the other, and say so when it takes too long", async () => {
        const engine = createEngine(database.url, { poolTimeout: 20 });
        await using held = await engine.connect();
        await expect(engine.connect()).rejects.toThrow(/one connection only/);
        const next = engine.connect();
        await held.close();
        await (await next).close();
      });
    }

    test("show what a statement would send", () => {
      const engine = createEngine(database.url);
      const query = select(notes.c.text).where(notes.c.id.in([1, 2]));
      expect(engine.compile(query)).toEqual({
        sql: `SELECT notes.text FROM notes WHERE notes.id IN (${database.placeholder(1)}, ${database.placeholder(2)})`,
        parameters: [1, 2],
      });
      const { sql, parameters } = engine.compile(insert(notes), { text: "a" });
      expect(sql).toMatch(/^INSERT INTO notes \(text\) VALUES \((\?|\$1)\)/);
      expect(parameters).toEqual(["a"]);
    });

    test("let a handler replace an error", async () => {
      const engine = await open(database.url);
      listen(engine, "handleError", () => new RangeError("mine"));
      await using connection = await engine.connect();
      await expect(connection.execute(sqlText("SELECT nope"))).rejects.toThrow(RangeError);
    });

    test("print statements on request, and no values when they are to be hidden", async () => {
      const lines: string[] = [];
      const engine = createEngine(database.url, { echo: (line) => lines.push(line), hideParameters: true });
      await metadata.createAll(engine);
      await engine.begin((connection) => connection.execute(insert(notes).values({ text: "secret" })));
      expect(lines.join("\n")).toMatch(/BEGIN[\s\S]*INSERT INTO notes[\s\S]*COMMIT/);
      expect(lines.join("\n")).not.toContain("secret");
      const failed = engine.begin((connection) => connection.execute(insert(notes).values({ text: "secret" })));
      await expect(failed).rejects.toThrow(IntegrityError);
      await expect(failed).rejects.not.toThrow(/secret/);
    });

    test("one database in memory serves everybody in turn", async () => {
      const engine = await open(database.url);
      const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
      await Promise.all(
        names.map((text) => engine.begin((connection) => connection.execute(insert(notes).values({ text })))),
      );
      await using connection = await engine.connect();
      expect(await connection.scalar(select(func.count()).selectFrom(notes))).toBe(20);
      expect(engine.pool).toMatchObject({ checkedOut: 1, waiting: 0 });
    });

    test("create and drop what is there or not", async () => {
      const engine = await open(database.url);
      await metadata.createAll(engine);
      await metadata.dropAll(engine);
      await metadata.dropAll(engine);
      await using connection = await engine.connect();
      await expect(connection.execute(select(notes.c.id))).rejects.toMatchObject({
        name: database.missingTable,
      });
    });
  });

  if (database.synchronous) {
    describe("synchronous engines", () => {
      test("answer at once", () => {
        const engine = createSyncEngine(database.url);
        metadata.createAll(engine);
        const key = engine.begin(
          (connection) => connection.execute(insert(notes).values({ text: "a" })).insertedPrimaryKey,
        );
        expect(key).toEqual([1]);
        {
          using connection = engine.connect();
          expect(connection.scalars(select(notes.c.text)).all()).toEqual(["a"]);
          expect(() => connection.beginNested(() => connection.execute(insert(notes).values({ text: "a" })))).toThrow(
            IntegrityError,
          );
          expect(connection.scalar(select(func.count()).selectFrom(notes))).toBe(1);
        }
        using held = engine.connect();
        expect(held.closed).toBe(false);
        expect(() => engine.connect()).toThrow(/close the session or connection/);
        engine.dispose();
      });
    });
  }
});

describe("createEngine", () => {
  test.each([
    ["nope://x", /"nope".*sqlite:\/\//],
    ["sqlite+nope:///x", /"nope".*sqlite\+node-sqlite, sqlite\+better-sqlite3/],
    ["shop.db", /sqlite:\/\/\/shop\.db/],
    ["oracle://ada:secret@localhost/x", /"oracle".*sqlite:\/\/, postgresql:\/\//],
  ])("%s is refused with advice", (url, message) => {
    expect(() => createEngine(url)).toThrow(message);
    expect(() => createEngine(url)).not.toThrow(/secret/);
  });

  test.each([
    [{ poolSize: 0 }, /poolSize takes a whole number from 1, not 0/],
    [{ poolSize: "5" }, /poolSize/],
    [{ poolTimeout: Number.NaN }, /poolTimeout takes a number of milliseconds/],
    [{ echo: "yes" }, /echo takes a boolean or a function/],
    [{ sqliteBegin: "later" }, /"deferred", "immediate" or "exclusive"/],
    [{ isolationLevel: "NOPE" }, /SERIALIZABLE/],
  ])("%j is refused", (options, message) => {
    expect(() => createEngine("sqlite://", options as never)).toThrow(message);
  });

  test("a driver that does not run here says so", () => {
    expect(() => createEngine("sqlite+bun:///x.db")).not.toThrow();
    return expect(createEngine("sqlite+bun:///x.db").connect()).rejects.toThrow(/exists on Bun only/);
  });

  test("unknown options are refused by name", () => {
    expect(() => createEngine("sqlite://", { poolsize: 5 } as never)).toThrow(/"poolsize".*poolSize/);
  });

  test("hosts make no sense for a file", async () => {
    await expect(createEngine("sqlite://localhost/x.db").connect()).rejects.toThrow(/three slashes/);
  });

  test("a synchronous engine cannot serve a database that answers later", () => {
    expect(() => createSyncEngine("postgresql://localhost/test")).toThrow(/createEngine/);
  });
});
