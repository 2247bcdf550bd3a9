// What holds on every database: tables made by the library are described as they were declared.
import {
  check,
  createEngine,
  createSyncEngine,
  type Engine,
  type Expression,
  foreignKey,
  func,
  Inspector,
  index,
  inspect,
  integer,
  listen,
  MetaData,
  numeric,
  reflectedTable,
  reflectTable,
  SyncInspector,
  select,
  sqlText,
  table,
  text,
  unique,
  varchar,
} from "athanor";
import { inspect as inspectAnything } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { NumericType } from "../../src/sqltypes/numeric.ts";
import { forEachDatabase } from "../support/databases.ts";
import { schemaSnapshot } from "../support/schema-snapshot.ts";

function library(): MetaData {
  const metadata = new MetaData({ namingConvention: { uq: "uq_%(table_name)s_%(column_0_name)s" } });
  const authors = table(
    "authors",
    metadata,
    {
      id: integer().primaryKey(),
      name: varchar(80),
      email: varchar(120).nullable().unique(),
      born: integer().nullable().serverDefault("1900"),
    },
    [check("ck_born", sqlText("born > 0")), index("ix_authors_name_born").on("name", "born")],
  );
  table(
    "books",
    metadata,
    {
      id: integer().primaryKey(),
      authorId: integer().references(() => authors.c.id, { onDelete: "cascade", name: "fk_books_author" }),
      title: text(),
      price: numeric(10, 2).nullable(),
      sequel: integer().nullable(),
    },
    [
      unique("uq_books_author_price").on("authorId", "price"),
      foreignKey("fk_books_sequel").on("sequel").references(["books.id"]),
    ],
  );
  return metadata;
}

function byName(a: { readonly name: string | null }, b: { readonly name: string | null }): number {
  return String(a.name).localeCompare(String(b.name));
}

/** PGlite takes its time to start where the machine is busy. */
const slowStart = 60_000;

forEachDatabase((database) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await library().createAll(engine);
  }, slowStart);
  afterEach(() => engine.dispose());

  describe("the inspector", () => {
    test("describes tables as they were declared", async () => {
      const inspector = inspect(engine);
      expect(await inspector.getTableNames()).toEqual(["authors", "books"]);
      expect(await inspector.getViewNames()).toEqual([]);
      const columns = await inspector.getColumns("books");
      expect(columns.map(({ name, nullable }) => [name, nullable])).toEqual([
        ["id", false],
        ["author_id", false],
        ["title", false],
        ["price", true],
        ["sequel", true],
      ]);
      expect(columns.map(({ autoincrement }) => autoincrement)).toEqual([true, false, false, false, false]);
      expect(columns[3]?.type.key).toBe("numeric:10:2");
      const [, name, , born] = await inspector.getColumns("authors");
      expect(name?.type.key).toBe("varchar:80:");
      expect(born?.default).toMatch(/1900/);
      expect((await inspector.getPkConstraint("books")).constrainedColumns).toEqual(["id"]);
      expect((await inspector.getForeignKeys("books")).toSorted(byName)).toMatchObject([
        {
          name: "fk_books_author",
          constrainedColumns: ["author_id"],
          referredSchema: null,
          referredTable: "authors",
          referredColumns: ["id"],
          options: { onDelete: "cascade" },
        },
        { name: "fk_books_sequel", constrainedColumns: ["sequel"], referredTable: "books", options: {} },
      ]);
      expect(await inspector.getUniqueConstraints("books")).toMatchObject([
        { name: "uq_books_author_price", columnNames: ["author_id", "price"] },
      ]);
      expect(await inspector.getCheckConstraints("authors")).toMatchObject([{ name: "ck_born" }]);
      const indexes = await inspector.getIndexes("authors");
      const own = indexes.filter(
        ({ duplicatesConstraint, unique: isUnique }) => duplicatesConstraint === null && !isUnique,
      );
      expect(own).toMatchObject([{ name: "ix_authors_name_born", columnNames: ["name", "born"], unique: false }]);
      expect(await inspector.hasIndex("authors", "ix_authors_name_born")).toBe(true);
      expect(await inspector.hasIndex("nowhere", "ix_authors_name_born")).toBe(false);
    });

    test("knows what is there and what is not", async () => {
      const inspector = inspect(engine);
      expect(await inspector.hasTable("authors")).toBe(true);
      expect(await inspector.hasTable("nowhere")).toBe(false);
      expect([...(await inspector.hasMultiTable(["books", "nowhere"]))]).toEqual([
        ["books", true],
        ["nowhere", false],
      ]);
      for (const ask of [
        () => inspector.getColumns("nowhere"),
        () => inspector.getPkConstraint("nowhere"),
        () => inspector.getForeignKeys("nowhere"),
        () => inspector.getIndexes("nowhere"),
        () => inspector.getTableOptions("nowhere", { schema: "elsewhere" }),
        () => inspector.getViewDefinition("authors"),
      ]) {
        await expect(ask()).rejects.toMatchObject({ name: "NoSuchTableError", code: "no-such-table-error" });
      }
      await expect(inspector.getColumns("nowhere")).rejects.toThrow('"nowhere"');
      await expect(inspector.getColumns("")).rejects.toMatchObject({ name: "ArgumentError" });
      const schema = await inspector.getDefaultSchemaName();
      expect(await inspector.hasSchema(schema ?? "")).toBe(true);
      expect(await inspector.hasSchema("nowhere")).toBe(false);
    });

    test("keeps what it has read until the cache is cleared", async () => {
      const inspector = inspect(engine);
      await inspector.getTableNames();
      await engine.begin((connection) => connection.execDriverSql("CREATE TABLE later (id INTEGER)"));
      expect(await inspector.hasTable("later")).toBe(false);
      expect(await inspect(engine).hasTable("later")).toBe(true);
      inspector.clearCache();
      expect(await inspector.getTableNames()).toEqual(["authors", "books", "later"]);
    });

    test("sees what its connection has done", async () => {
      const connection = await engine.connect();
      await connection.execDriverSql("CREATE TABLE unseen (id INTEGER)");
      expect(await inspect(connection).hasTable("unseen")).toBe(true);
      await connection.execDriverSql("DROP TABLE unseen");
      await connection.close();
    });

    test("reads many tables at once, and answers calls made together", async () => {
      const inspector = inspect(engine);
      const [columns, keys, some] = await Promise.all([
        inspector.getMultiColumns(),
        inspector.getMultiForeignKeys(),
        inspector.getMultiColumns({ filterNames: ["books", "nowhere"] }),
      ]);
      expect([...columns.keys()]).toEqual(["authors", "books"]);
      expect([...keys].map(([name, found]) => [name, found.length])).toEqual([
        ["authors", 0],
        ["books", 2],
      ]);
      expect([...some.keys()]).toEqual(["books"]);
      expect((await inspector.getMultiPkConstraint({ kind: "view" })).size).toBe(0);
      expect((await inspector.getMultiColumns({ scope: "temporary" })).size).toBe(0);
      await expect(inspector.getMultiColumns({ kind: "tables" as "table" })).rejects.toThrow(
        /kind is one of table, view/,
      );
    });

    test("asks once for each kind of thing, however many tables there are", async () => {
      const inspector = inspect(engine);
      await inspector.getMultiColumns();
      await engine.begin((connection) => connection.execDriverSql("DROP TABLE books"));
      expect(await inspector.getColumns("books")).toHaveLength(5);
    });

    test("orders tables by their foreign keys", async () => {
      const { tables, remaining } = await inspect(engine).getSortedTableAndFkcNames();
      expect(tables.map(({ name, foreignKeys }) => [name, foreignKeys.toSorted()])).toEqual([
        ["authors", []],
        ["books", ["fk_books_author", "fk_books_sequel"]],
      ]);
      expect(remaining).toEqual([]);
    });

    test("is what inspect() of both entries gives", async () => {
      expect(inspect(engine)).toBeInstanceOf(Inspector);
      expect(inspectAnything(engine)).toBeInstanceOf(Inspector);
      const connection = await engine.connect();
      expect(await inspectAnything(connection).getTableNames()).toEqual(["authors", "books"]);
      await connection.close();
      expect(() => inspect({} as Engine)).toThrow(
        expect.objectContaining({ name: "NoInspectionAvailable", code: "no-inspection-available" }),
      );
    });
  });

  describe("metadata.reflect()", () => {
    test("makes tables that can be queried", async () => {
      await engine.begin(async (connection) => {
        await connection.execDriverSql("INSERT INTO authors (name) VALUES ('Ada')");
      });
      const metadata = new MetaData();
      await metadata.reflect(engine);
      expect([...metadata.tables.keys()]).toEqual(["authors", "books"]);
      const authors = reflectedTable(metadata, "authors");
      await using connection = await engine.connect();
      const name = authors.c["name"];
      expect(name).toBeDefined();
      if (name === undefined) return;
      expect(await connection.execute(select(name, func.count()).groupBy(name)).all()).toEqual([["Ada", 1]]);
      expect(() => reflectedTable(metadata, "nowhere")).toThrow(expect.objectContaining({ name: "NoSuchTableError" }));
    });

    test("gives tables their constraints and indexes", async () => {
      const metadata = new MetaData();
      await metadata.reflect(engine);
      const books = metadata.tables.get("books");
      expect(books?.primaryKey.columns.map(({ name }) => name)).toEqual(["id"]);
      expect(books?.autoincrementColumn?.name).toBe("id");
      const target = books?.foreignKeyConstraints.find(({ name }) => name === "fk_books_author");
      expect([target?.referredTable, target?.onDelete]).toEqual([metadata.tables.get("authors"), "cascade"]);
      expect(metadata.sortedTables.map(({ name }) => name)).toEqual(["authors", "books"]);
      const indexes = metadata.tables.get("authors")?.indexes.map(({ name }) => name);
      expect(indexes).toContain("ix_authors_name_born");
    });

    test("takes the tables that are asked for, and what they refer to", async () => {
      const only = async (options: Parameters<MetaData["reflect"]>[1]) => {
        const metadata = new MetaData();
        await metadata.reflect(engine, options);
        return [...metadata.tables.keys()].toSorted();
      };
      expect(await only({ only: ["authors"] })).toEqual(["authors"]);
      expect(await only({ only: ["books"] })).toEqual(["authors", "books"]);
      expect(await only({ only: ["books"], resolveFks: false })).toEqual(["books"]);
      expect(await only({ only: (name) => name.startsWith("a") })).toEqual(["authors"]);
      await expect(only({ only: ["books", "gone", "lost"] })).rejects.toThrow(/does not have.*"gone", "lost"/);
    });

    test("leaves tables alone that are there, or completes them", async () => {
      const metadata = new MetaData();
      const authors = table("authors", metadata, { id: integer().primaryKey(), fullName: text().name("name") });
      await metadata.reflect(engine);
      expect(authors.columns.map(({ key }) => key)).toEqual(["id", "fullName"]);
      await metadata.reflect(engine, { extendExisting: true, autoloadReplace: false });
      expect(authors.columns.map(({ key }) => key)).toEqual(["id", "fullName", "email", "born"]);
      expect(authors.getColumn("fullName")?.type.key).toBe("text");
      await metadata.reflect(engine, { extendExisting: true });
      expect(authors.getColumn("fullName")?.type.key).toBe("varchar:80:");
      expect(authors.indexes.map(({ name }) => name).filter((name) => name === "ix_authors_name_born")).toHaveLength(1);
      expect(authors.constraints.filter(({ kind }) => kind === "check")).toHaveLength(1);
    });

    test("creates again what it has read, without a difference", async () => {
      const metadata = new MetaData();
      await metadata.reflect(engine);
      const copy = createEngine(database.sharedUrl);
      await metadata.createAll(copy);
      expect(await schemaSnapshot(copy)).toEqual(await schemaSnapshot(engine));
      await copy.dispose();
    });
  });

  describe("columnReflect", () => {
    test("changes columns before they get into their tables", async () => {
      const metadata = new MetaData();
      const seen: string[] = [];
      listen(metadata, "columnReflect", ({ table: { name }, column }) => {
        seen.push(`${name}.${column.name}`);
        if (column.name === "author_id") return { key: "authorId", info: { from: name } };
        return column.name === "price" ? { type: new NumericType(12, 4), comment: "in euros" } : undefined;
      });
      await metadata.reflect(engine);
      expect(seen).toHaveLength(9);
      const books = metadata.tables.get("books");
      expect([books?.getColumn("authorId")?.name, books?.getColumn("authorId")?.info]).toEqual([
        "author_id",
        { from: "books" },
      ]);
      expect([books?.getColumn("price")?.type.key, books?.getColumn("price")?.comment]).toEqual([
        "numeric:12:4",
        "in euros",
      ]);
      expect(books?.foreignKeyConstraints.map(({ columns: [column] }) => column?.key).toSorted()).toEqual([
        "authorId",
        "sequel",
      ]);
    });
  });

  describe("reflectTable()", () => {
    test("reads one table with columns of the program's own", async () => {
      const metadata = new MetaData();
      const books = await reflectTable(engine, "books", metadata, {
        columns: { cost: numeric(12, 4).name("price"), title: varchar(5) },
      });
      expect(books.columns.map(({ key, type }) => [key, type.key])).toEqual([
        ["id", "integer"],
        ["author_id", "integer"],
        ["title", "varchar:5:"],
        ["cost", "numeric:12:4"],
        ["sequel", "integer"],
      ]);
      expectTypeOf(books.c.cost).toEqualTypeOf<Expression<string, "books", "cost">>();
      expect([...metadata.tables.keys()].toSorted()).toEqual(["authors", "books"]);
      expect(await reflectTable(engine, "books", metadata)).toBe(books);
      await expect(reflectTable(engine, "nowhere", metadata)).rejects.toMatchObject({ name: "NoSuchTableError" });
    });
  });
});

forEachDatabase(
  (database) => {
    test("the synchronous inspector answers at once", () => {
      const engine = createSyncEngine(database.url);
      library().createAll(engine);
      const inspector = inspect(engine);
      expect(inspector).toBeInstanceOf(SyncInspector);
      expect(inspector.getTableNames()).toEqual(["authors", "books"]);
      expect(inspector.getColumns("authors")).toHaveLength(4);
      const metadata = new MetaData();
      metadata.reflect(engine);
      expect(metadata.tables.size).toBe(2);
      expect(reflectTable(engine, "books", metadata)).toBe(metadata.tables.get("books"));
      using connection = engine.connect();
      expect(inspectAnything(connection).hasTable("books")).toBe(true);
      engine.dispose();
    });

    test("looking into the catalog tells nothing to those who listen to statements", () => {
      const engine = createSyncEngine(database.url);
      const statements: string[] = [];
      listen(engine, "beforeCursorExecute", ({ statement }) => {
        statements.push(statement);
      });
      inspect(engine).getTableNames();
      expect(statements).toEqual([]);
      engine.dispose();
    });
  },
  { synchronous: true },
);
