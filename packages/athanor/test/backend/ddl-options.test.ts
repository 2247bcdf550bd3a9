import { describe, expect, test } from "vitest";
import {
  addConstraint,
  array,
  type Connection,
  check,
  createEngine,
  createIndex,
  createSchema,
  createSequence,
  createTable,
  dropConstraint,
  dropIndex,
  dropSchema,
  dropSequence,
  enumType,
  exact,
  func,
  IntegrityError,
  InvalidRequestError,
  index,
  insert,
  integer,
  MetaData,
  numeric,
  refreshMaterializedView,
  select,
  sequence,
  setColumnComment,
  setTableComment,
  sqlText,
  table,
  text,
  unique,
  varchar,
  view,
} from "../../src/index.ts";
import { domain, exclude, dialect as postgresql } from "../../src/postgresql.ts";
import { forEachDatabase } from "../support/databases.ts";

/** Rows of raw SQL. */
async function ask(connection: Connection, sql: string): Promise<readonly unknown[]> {
  const rows = await connection.execDriverSql(sql);
  return rows.all().map(([value]) => value);
}

describe("on every database", () => {
  forEachDatabase((database) => {
    test("hostile names, comments, defaults and values of enumerations arrive as they are", async () => {
      const evil = `a'b"c\`d\\e; DROP TABLE x; -- %s :p ?`;
      const metadata = new MetaData();
      const mood = enumType("mo'o\"d", [evil, "ok"], { createConstraint: "ck_mood" });
      const t = table(
        'order "x" `y`',
        metadata,
        {
          id: integer().primaryKey().comment(evil),
          mood: mood.name('se"le`ct'),
          note: varchar(100).serverDefault(evil).comment(evil),
          n: integer().nullable(),
        },
        [index("ix'\"`").on("note"), check('ck "c" `k`', sqlText("n < 100"))],
        { comment: evil },
      );
      const v = view('vi"e`w', metadata, select(t.c.id, t.c.note).where(t.c.note.eq(evil)));
      const engine = createEngine(database.url);
      await metadata.createAll(engine);
      await using connection = await engine.connect();
      await connection.execute(insert(t).values({ mood: evil }));
      expect(await connection.execute(select(t.c.mood, t.c.note)).all()).toEqual([[evil, evil]]);
      expect(await connection.scalars(select(v.c.note)).all()).toEqual([evil]);
      await expect(connection.execute(insert(t).values({ n: 100, mood: "ok" }))).rejects.toThrow(Error);
      await connection.rollback();
      await metadata.dropAll(connection);
      await connection.commit();
      await connection.close();
      await engine.dispose();
    });

    test("constraints and indexes are added and dropped by themselves, where the database can", async () => {
      const metadata = new MetaData();
      const t = table("t", metadata, { id: integer().primaryKey(), a: integer(), b: varchar(20) });
      const engine = createEngine(database.url);
      await metadata.createAll(engine);
      await using connection = await engine.connect();
      const one = index("ix_b").on(t.c.b.desc(), t.c.a).unique();
      await connection.execute(createIndex(one));
      await connection.execute(insert(t).values({ a: 1, b: "x" }));
      await connection.commit();
      await expect(connection.execute(insert(t).values({ a: 1, b: "x" }))).rejects.toThrow(IntegrityError);
      await connection.rollback();
      await connection.execute(dropIndex(one));
      await connection.commit();
      if (connection.$core.engine.dialect.capabilities.alterConstraints) {
        const positive = check("ck_a", t.c.a.gt(0));
        const alone = unique("uq_a").on(t.c.a);
        for (const each of [positive, alone]) await connection.execute(addConstraint(each));
        await connection.commit();
        await expect(connection.execute(insert(t).values({ a: 0, b: "x" }))).rejects.toThrow(Error);
        await connection.rollback();
        for (const each of [positive, alone]) await connection.execute(dropConstraint(each));
        await connection.execute(insert(t).values({ a: 0, b: "x" }));
      }
      await connection.rollback();
      await metadata.dropAll(connection);
      await connection.commit();
      await connection.close();
      await engine.dispose();
    });

    test("sequences give numbers where the database has them, and are refused elsewhere", async () => {
      const metadata = new MetaData();
      const numbers = sequence("numbers", { metadata, start: 10, increment: 5, minValue: 1, maxValue: 1000, cache: 1 });
      const t = table("t", metadata, { id: integer().primaryKey().sequence(numbers), x: integer() });
      const engine = createEngine(database.url);
      await using connection = await engine.connect();
      const alone = sequence("alone", { cycle: true, maxValue: 5 });
      await metadata.createAll(connection);
      await metadata.createAll(connection);
      await connection.execute(insert(t).values({ x: 1 }));
      await connection.execute(insert(t).values({ x: 2 }));
      const ids = await connection.scalars(select(t.c.id).orderBy(t.c.id)).all();
      if (connection.$core.engine.dialect.capabilities.sequences) {
        expect(ids).toEqual([10, 15]);
        await connection.execute(createSequence(alone));
        await connection.execute(createSequence(alone, { ifNotExists: true }));
        await connection.execute(dropSequence(alone));
        await connection.execute(dropSequence(alone, { ifExists: true }));
      } else {
        expect(ids).toEqual([1, 2]);
        await expect(connection.execute(createSequence(alone))).rejects.toThrow(/has no sequences, and "alone" is one/);
      }
      await metadata.dropAll(connection);
      await metadata.dropAll(connection);
      await connection.commit();
      await connection.close();
      await engine.dispose();
    });

    test("computed columns, identities and defaults are the database's", async () => {
      const metadata = new MetaData();
      const t = table("t", metadata, {
        id: integer().primaryKey().identity({ start: 5 }),
        a: integer().serverDefault(sqlText("1 + 1")),
        b: integer().nullable().computed("a * 2", { stored: true }),
        c: varchar(10).serverDefault("it's"),
        d: numeric(5, 2).serverDefault("1.50"),
      });
      const engine = createEngine(database.url);
      await metadata.createAll(engine);
      await using connection = await engine.connect();
      await connection.execute(insert(t).values({}));
      expect(await connection.execute(select(t.c.a, t.c.b, t.c.c, t.c.d)).all()).toEqual([[2, 4, "it's", "1.50"]]);
      await metadata.dropAll(connection);
      await connection.commit();
      await connection.close();
      await engine.dispose();
    });

    test("tables that refer to each other are created and dropped", async () => {
      const metadata = new MetaData({ namingConvention: { fk: "fk_%(table_name)s_%(column_0_name)s" } });
      const a = table("a", metadata, { id: integer().primaryKey(), bId: integer().nullable().references("b.id") });
      const b = table("b", metadata, { id: integer().primaryKey(), aId: integer().nullable().references("a.id") });
      const engine = createEngine(database.url);
      await metadata.createAll(engine);
      await engine.begin(async (connection) => {
        await connection.execute(insert(a).values({ id: 1 }));
        await connection.execute(insert(b).values({ id: 1, aId: 1 }));
        await connection.execute(sqlText("UPDATE a SET b_id = 1"));
      });
      await metadata.dropAll(engine);
      await metadata.createAll(engine);
      await metadata.dropAll(engine);
      expect(a.foreignKeyConstraints).toHaveLength(1);
      await engine.dispose();
    });
  });
});

describe("PostgreSQL", () => {
  forEachDatabase(
    (database) => {
      test("enumerations and domains live as long as their metadata", async () => {
        const metadata = new MetaData();
        const mood = enumType("mood", ["sad", "it's"]);
        const word = domain("word", text(), { check: sqlText("VALUE <> ''"), notNull: true, default: "x" });
        const t = table("t", metadata, { mood, moods: array(mood), word });
        table("u", metadata, { mood });
        const engine = createEngine(database.url);
        await metadata.createAll(engine);
        await using connection = await engine.connect();
        await connection.execute(insert(t).values({ mood: "it's", moods: ["sad", "it's"], word: "w" }));
        expect(await connection.execute(select(t.c.mood, t.c.moods, t.c.word)).all()).toEqual([
          ["it's", ["sad", "it's"], "w"],
        ]);
        await t.drop(connection);
        expect(await ask(connection, "SELECT count(*)::int FROM pg_type WHERE typname IN ('mood', 'word')")).toEqual([
          2,
        ]);
        await metadata.createAll(connection);
        await metadata.dropAll(connection);
        expect(await ask(connection, "SELECT count(*)::int FROM pg_type WHERE typname IN ('mood', 'word')")).toEqual([
          0,
        ]);
        await connection.commit();
        await connection.close();
        await engine.dispose();
      });

      test("comments are kept on tables, columns, constraints and views", async () => {
        const metadata = new MetaData();
        const t = table(
          "t",
          metadata,
          { id: integer().primaryKey().comment("a key's") },
          [check("ck_id", sqlText("id > 0"), { comment: "above" })],
          { comment: "the table" },
        );
        view("v", metadata, select(t.c.id), { comment: "the view" });
        const engine = createEngine(database.url);
        await metadata.createAll(engine);
        await using connection = await engine.connect();
        const found =
          "SELECT description FROM pg_description WHERE objoid IN ('t'::regclass, 'v'::regclass) OR " +
          "objoid IN (SELECT oid FROM pg_constraint WHERE conname = 'ck_id') ORDER BY 1";
        expect(await ask(connection, found)).toEqual(["a key's", "above", "the table", "the view"]);
        await connection.execute(setTableComment(t, null));
        await connection.execute(setColumnComment(t.c.id, "other"));
        expect(await ask(connection, found)).toEqual(["above", "other", "the view"]);
        await connection.close();
        await engine.dispose();
      });

      test("options of tables, indexes and constraints are taken", async () => {
        const metadata = new MetaData();
        const period = exact("INT4RANGE", text());
        const parent = table("parent", metadata, { id: integer().nullable(), a: integer().nullable() });
        table("child", metadata, { more: integer() }, [], {
          postgresql: { inherits: "parent", with: { fillfactor: 70 } },
        });
        table("parts", metadata, { id: integer() }, [], { postgresql: { partitionBy: "RANGE (id)" } });
        table("fast", metadata, { id: integer() }, [], { postgresql: { unlogged: true, using: "heap" } });
        const t = table("t", metadata, { id: integer().primaryKey(), a: integer().nullable(), b: text(), r: period }, [
          index("ix_b")
            .on("b")
            .with({ postgresql: { ops: { b: "text_pattern_ops" }, include: ["a"] } }),
          index("ix_lower")
            .on(func.lower(sqlText("b")).label("low"))
            .with({ postgresql: { ops: { low: "text_pattern_ops" } } }),
          index("ix_a")
            .on("a")
            .unique()
            .with({ postgresql: { nullsNotDistinct: true, where: sqlText("a > 0"), with: { fillfactor: 50 } } }),
          index("ix_hash")
            .on("b")
            .with({ postgresql: { using: "hash", concurrently: true } }),
          unique("uq_a", {
            dialectOptions: { postgresql: { nullsNotDistinct: true, include: ["b"] } },
            deferrable: true,
            initially: "deferred",
          }).on("a"),
          check("ck_a", sqlText("a < 50"), { dialectOptions: { postgresql: { noInherit: true } } }),
          exclude([["r", "&&"]], { name: "ex_r", where: sqlText("a > 0") }),
        ]);
        const engine = createEngine(database.url);
        await metadata.createAll(engine);
        await using connection = await engine.connect();
        const late = check("ck_late", t.c.a.gt(5), { dialectOptions: { postgresql: { notValid: true } } });
        await connection.execute(sqlText("INSERT INTO t (id, a, b, r) VALUES (1, 1, 'x', '[1,2]')"));
        await connection.execute(addConstraint(late));
        await connection.execute(dropConstraint(late, { ifExists: true, cascade: true }));
        await expect(
          connection.execute(sqlText("INSERT INTO t (id, a, b, r) VALUES (2, 2, 'x', '[2,5]')")),
        ).rejects.toThrow(IntegrityError);
        expect(parent.columns).toHaveLength(2);
        await connection.close();
        await metadata.dropAll(engine);
        await engine.dispose();
      });

      test("indexes are built concurrently outside of transactions only", async () => {
        const metadata = new MetaData();
        const t = table("t", metadata, { id: integer().primaryKey(), a: integer() });
        const concurrent = index("ix_a")
          .on(t.c.a)
          .with({ postgresql: { concurrently: true } });
        const engine = createEngine(database.url);
        await metadata.createAll(engine);
        await using connection = await engine.connect();
        await expect(connection.execute(createIndex(concurrent))).rejects.toThrow(InvalidRequestError);
        await expect(connection.execute(createIndex(concurrent))).rejects.toThrow(/isolationLevel: "AUTOCOMMIT"/);
        await connection.close();
        await using free = (await engine.connect()).executionOptions({ isolationLevel: "AUTOCOMMIT" });
        await free.execute(createIndex(concurrent));
        await free.execute(dropIndex(concurrent, { ifExists: true }));
        await free.close();
        await engine.dispose();
      });

      test("materialized views keep their rows until they are refreshed", async () => {
        const metadata = new MetaData();
        const t = table("t", metadata, { id: integer().primaryKey(), a: integer() });
        const sums = view("sums", metadata, select(t.c.a, func.count(t.c.id).label("n")).groupBy(t.c.a), {
          materialized: true,
        });
        sums.setArguments([index("ix_sums").on("a").unique()]);
        const empty = view("empty", metadata, select(t.c.a), { materialized: true, withData: false });
        const writable = view("writable", metadata, select(t.c.id, t.c.a).where(t.c.a.gt(0)), {
          withCheckOption: "local",
          orReplace: true,
        });
        const engine = createEngine(database.url);
        await metadata.createAll(engine);
        await using connection = await engine.connect();
        await metadata.createAll(connection);
        await connection.execute(insert(writable).values({ id: 1, a: 7 }));
        await connection.commit();
        await expect(connection.execute(insert(writable).values({ id: 2, a: 0 }))).rejects.toThrow(/check option/);
        await connection.rollback();
        expect(await connection.scalars(select(sums.c.n)).all()).toEqual([]);
        await connection.execute(refreshMaterializedView(sums));
        expect((await connection.scalars(select(sums.c.n)).all()).map(Number)).toEqual([1]);
        await connection.execute(refreshMaterializedView(sums, { concurrently: true }));
        await connection.execute(refreshMaterializedView(empty));
        expect(await connection.scalars(select(empty.c.a)).all()).toEqual([7]);
        await connection.execute(refreshMaterializedView(empty, { withData: false }));
        await metadata.dropAll(connection);
        await connection.commit();
        await connection.close();
        await engine.dispose();
      });

      test("everything may be in a schema", async () => {
        const metadata = new MetaData({ schema: "my app" });
        const numbers = sequence("numbers", { metadata });
        const t = table(
          "t",
          metadata,
          {
            id: integer().primaryKey().sequence(numbers),
            mood: enumType("mood", ["a"]),
            parentId: integer().nullable().references("t.id"),
          },
          [index("ix_mood").on("mood")],
          { comment: "c" },
        );
        const v = view("v", metadata, select(t.c.id, t.c.mood));
        const engine = createEngine(database.url);
        await using connection = await engine.connect();
        await connection.execute(createSchema("my app"));
        await connection.execute(createSchema("my app", { ifNotExists: true }));
        await metadata.createAll(connection);
        await metadata.createAll(connection);
        await connection.execute(insert(t).values({ mood: "a" }));
        expect(await connection.execute(select(v.c.id, v.c.mood)).all()).toEqual([[1, "a"]]);
        await metadata.dropAll(connection);
        await metadata.dropAll(connection);
        await connection.execute(dropSchema("my app", { ifExists: true, cascade: true }));
        await connection.commit();
        await connection.close();
        await engine.dispose();
      });
    },
    { dialect: "postgresql" },
  );

  test("refuses what it lacks, and options that it does not have", () => {
    const metadata = new MetaData();
    const t = table("t", metadata, { a: integer(), b: integer().computed("a * 2", { stored: false }) });
    expect(() => metadata.createAllSql(postgresql())).toThrow(
      /no computed columns that are not stored, and "t.b" is one/,
    );
    const options = { kind: "gin" } as object;
    const wrong = index("ix").on(t.c.a).with({ postgresql: options });
    expect(() => wrong.build(t)).toThrow(/An index has no option "kind" for postgresql. There are: using, ops/);
    expect(() => table("u", metadata, {}, [], { postgresql: { fillfactor: 70 } as object })).toThrow(
      /A table has no option "fillfactor" for postgresql/,
    );
    expect(() => exclude([["a", "; DROP"]]).build(t)).toThrow(/is no operator/);
    const missing = index("ix")
      .on(t.c.a)
      .with({ postgresql: { include: ["nothing"] } });
    expect(() => createIndex(missing).compile({ dialect: postgresql() })).toThrow(
      /includes "nothing", which is no column/,
    );
  });
});

describe("MySQL and MariaDB", () => {
  forEachDatabase(
    (database) => {
      test("options of tables and indexes are taken", async () => {
        const metadata = new MetaData();
        const plain = table("plain", metadata, { id: integer().primaryKey() }, [], {
          mysql: { partitionBy: "HASH (id)", partitions: 2 },
        });
        const whole = table(
          "whole",
          metadata,
          { id: integer().primaryKey(), body: text().comment("it's \\ text"), name: varchar(50) },
          [
            index("ix_body")
              .on("body")
              .with({ mysql: { length: 20 } }),
            index("ix_both")
              .on("name", "body")
              .with({ mysql: { length: { body: 5 }, using: "btree" } }),
            index("ix_full")
              .on("body")
              .with({ mysql: { prefix: "FULLTEXT" } }),
          ],
          {
            comment: "the table's",
            mysql: {
              engine: "InnoDB",
              charset: "utf8mb4",
              collate: "utf8mb4_bin",
              rowFormat: "DYNAMIC",
              autoIncrement: 100,
            },
          },
        );
        const engine = createEngine(database.url);
        await using connection = await engine.connect();
        await connection.execute(createTable(plain));
        await whole.create(connection);
        await connection.execute(insert(whole).values({ body: "some text", name: "n" }));
        expect(await connection.scalars(select(whole.c.id)).all()).toEqual([100]);
        expect(
          await ask(
            connection,
            "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'whole'",
          ),
        ).toEqual(["the table's"]);
        await connection.execute(setTableComment(whole, "another"));
        await connection.execute(setColumnComment(whole.c.body, "of the body"));
        expect(
          await ask(
            connection,
            "SELECT column_comment FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'whole' AND column_name = 'body'",
          ),
        ).toEqual(["of the body"]);
        await connection.close();
        await engine.dispose();
      });
    },
    { dialect: "mysql" },
  );
});
