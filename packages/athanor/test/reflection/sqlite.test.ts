import { createEngine, createSyncEngine, type Engine, inspect, MetaData, reflectTable, type SyncEngine } from "athanor";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { describeWithData } from "../support/data.ts";
import { forEachDatabase } from "../support/databases.ts";
import { schemaSnapshot } from "../support/schema-snapshot.ts";

const ddl = [
  `CREATE TABLE sites (country CHAR(2) NOT NULL, code VARCHAR(8) COLLATE NOCASE NOT NULL, opened DATE,
     CONSTRAINT pk_sites PRIMARY KEY (country, code)) WITHOUT ROWID`,
  `CREATE TABLE rooms (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     country CHAR(2), site_code VARCHAR(8),
     "number" INTEGER NOT NULL DEFAULT (1 + 1) CONSTRAINT ck_number CHECK ("number" > 0),
     label TEXT DEFAULT 'a, b' UNIQUE,
     area NUMERIC(10, 2), kind, price MONEY,
     upper_label TEXT GENERATED ALWAYS AS (upper(label)) VIRTUAL,
     twice INTEGER AS ("number" * 2) STORED,
     next INTEGER REFERENCES rooms ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
     CONSTRAINT uq_place UNIQUE (country, site_code, "number"),
     CONSTRAINT fk_site FOREIGN KEY (country, site_code) REFERENCES sites (country, code) ON UPDATE CASCADE,
     CHECK (label <> ')'))`,
  `CREATE UNIQUE INDEX ix_label ON rooms (lower(label) DESC, area) WHERE area > 0`,
  `CREATE INDEX ix_area ON rooms (area DESC, "number")`,
  `CREATE TABLE strictly (id TEXT PRIMARY KEY, body BLOB) STRICT`,
  `CREATE VIEW labels AS SELECT id, label FROM rooms WHERE label IS NOT NULL`,
  `CREATE VIRTUAL TABLE texts USING fts5(body)`,
  `CREATE TEMPORARY TABLE notes (id INTEGER PRIMARY KEY, note TEXT)`,
];

forEachDatabase(
  (database) => {
    let engine: SyncEngine;
    beforeEach(() => {
      engine = createSyncEngine(database.url);
      engine.begin((connection) => {
        for (const statement of ddl) connection.execDriverSql(statement);
      });
    });
    afterEach(() => engine.dispose());

    describe("the inspector of SQLite", () => {
      test("tells what there is, without SQLite's own tables", () => {
        const inspector = inspect(engine);
        expect(inspector.getTableNames()).toEqual(["rooms", "sites", "strictly", "texts"]);
        expect(inspector.getViewNames()).toEqual(["labels"]);
        expect(inspector.getTempTableNames()).toEqual(["notes"]);
        expect(inspector.getMaterializedViewNames()).toEqual([]);
        expect(inspector.getDefaultSchemaName()).toBe("main");
        expect(inspector.getSchemaNames()).toEqual(["main"]);
        expect([inspector.getSequenceNames(), inspector.getEnums(), inspector.getDomains()]).toEqual([[], [], []]);
      });

      test("reads columns with types, defaults and expressions", () => {
        const columns = inspect(engine).getColumns("rooms");
        const shown = columns.map(({ name, type, nullable, default: initial }) => [name, type.key, nullable, initial]);
        expect(shown).toEqual([
          ["id", "integer", true, null],
          ["country", "char:2:", true, null],
          ["site_code", "varchar:8:", true, null],
          ["number", "integer", false, "1 + 1"],
          ["label", "text", true, "'a, b'"],
          ["area", "numeric:10:2", true, null],
          ["kind", 'exact:""(null)', true, null],
          ["price", 'exact:"MONEY"(null)', true, null],
          ["upper_label", "text", true, null],
          ["twice", "integer", true, null],
          ["next", "integer", true, null],
        ]);
        expect(columns.filter(({ autoincrement }) => autoincrement).map(({ name }) => name)).toEqual(["id"]);
        const computed = columns.filter((each) => each.computed !== null).map((each) => each.computed);
        expect(computed).toEqual([
          { expression: "upper(label)", stored: false },
          { expression: '"number" * 2', stored: true },
        ]);
        const [, code] = inspect(engine).getColumns("sites");
        expect(code?.type.key).toBe("varchar:8:NOCASE");
      });

      test("reads keys and constraints with the names that the text of the table has", () => {
        const inspector = inspect(engine);
        expect(inspector.getPkConstraint("sites")).toMatchObject({
          name: "pk_sites",
          constrainedColumns: ["country", "code"],
        });
        expect(inspector.getForeignKeys("rooms")).toMatchObject([
          {
            name: null,
            constrainedColumns: ["next"],
            referredTable: "rooms",
            referredColumns: ["id"],
            options: { onDelete: "set null", deferrable: true, initially: "deferred" },
          },
          { name: "fk_site", referredColumns: ["country", "code"], options: { onUpdate: "cascade" } },
        ]);
        expect(inspector.getUniqueConstraints("rooms")).toMatchObject([
          { name: null, columnNames: ["label"] },
          { name: "uq_place", columnNames: ["country", "site_code", "number"] },
        ]);
        expect(inspector.getCheckConstraints("rooms")).toMatchObject([
          { name: "ck_number", sqlText: '"number" > 0' },
          { name: null, sqlText: "label <> ')'" },
        ]);
      });

      test("reads indexes with expressions, directions and conditions", () => {
        expect(inspect(engine).getIndexes("rooms")).toMatchObject([
          {
            name: "ix_area",
            unique: false,
            columnNames: ["area", "number"],
            expressions: null,
            sorting: { 0: ["desc"] },
          },
          {
            name: "ix_label",
            unique: true,
            columnNames: [null, "area"],
            expressions: ["lower(label)", "area"],
            where: "area > 0",
          },
        ]);
      });

      test("leaves foreign keys of a ring for later", () => {
        engine.begin((connection) => {
          connection.execDriverSql(
            "CREATE TABLE ring_a (id INTEGER PRIMARY KEY, b INT CONSTRAINT fk_b REFERENCES ring_b)",
          );
          connection.execDriverSql(
            "CREATE TABLE ring_b (id INTEGER PRIMARY KEY, a INT CONSTRAINT fk_a REFERENCES ring_a)",
          );
        });
        const { tables, remaining } = inspect(engine).getSortedTableAndFkcNames();
        expect(tables.filter(({ name }) => name.startsWith("ring"))).toEqual([
          { name: "ring_a", foreignKeys: [] },
          { name: "ring_b", foreignKeys: [] },
        ]);
        expect(remaining).toEqual([
          { table: "ring_a", name: "fk_b" },
          { table: "ring_b", name: "fk_a" },
        ]);
      });

      test("reads options of tables and the queries of views", () => {
        const inspector = inspect(engine);
        expect(inspector.getTableOptions("sites")).toEqual({ sqlite: { withoutRowid: true } });
        expect(inspector.getTableOptions("rooms")).toEqual({ sqlite: { autoincrement: true } });
        expect(inspector.getTableOptions("strictly")).toEqual({ sqlite: { strict: true } });
        expect(inspector.getViewDefinition("labels")).toBe("SELECT id, label FROM rooms WHERE label IS NOT NULL");
        expect(inspector.getColumns("labels").map(({ name }) => name)).toEqual(["id", "label"]);
      });

      test("is not stopped by a view that cannot be read", () => {
        engine.begin((connection) => {
          connection.execDriverSql("CREATE TABLE gone (id INTEGER)");
          connection.execDriverSql("CREATE VIEW broken AS SELECT id FROM gone");
          connection.execDriverSql("DROP TABLE gone");
        });
        const inspector = inspect(engine);
        const columns = inspector.getMultiColumns({ kind: "view" });
        expect([...columns].map(([name, found]) => [name, found.length])).toEqual([
          ["broken", 0],
          ["labels", 2],
        ]);
        expect(() => inspector.getColumns("broken")).toThrow(
          expect.objectContaining({ name: "UnreflectableTableError", code: "unreflectable-table-error" }),
        );
        expect(() => reflectTable(engine, "broken", new MetaData())).toThrow(
          expect.objectContaining({ name: "UnreflectableTableError" }),
        );
        const metadata = new MetaData();
        metadata.reflect(engine, { views: true });
        expect([...metadata.tables.keys()]).toEqual(["labels", "rooms", "sites", "strictly", "texts"]);
      });

      test("reads attached databases as schemas", () => {
        const connection = engine.connect();
        connection.execDriverSql("ATTACH DATABASE ':memory:' AS \"o'ther\"");
        connection.execDriverSql('CREATE TABLE "o\'ther".parts (id INTEGER PRIMARY KEY, of REFERENCES parts)');
        const inspector = inspect(connection);
        expect(inspector.getSchemaNames()).toEqual(["main", "o'ther"]);
        expect(inspector.getTableNames({ schema: "o'ther" })).toEqual(["parts"]);
        expect(inspector.getForeignKeys("parts", { schema: "o'ther" })).toMatchObject([{ referredSchema: "o'ther" }]);
        expect(inspector.hasTable("parts")).toBe(false);
        expect(inspector.hasTable("parts", { schema: "nowhere" })).toBe(false);
        connection.close();
      });

      test("sees a temporary table in front of another of its name", () => {
        const connection = engine.connect();
        connection.execDriverSql("CREATE TEMPORARY TABLE sites (id INTEGER)");
        const inspector = inspect(connection);
        expect(inspector.getColumns("sites").map(({ name }) => name)).toEqual(["id"]);
        expect(inspector.getColumns("sites", { schema: "main" }).map(({ name }) => name)).toContain("opened");
        expect(inspector.getTableNames()).toContain("sites");
        expect(inspector.getTempTableNames()).toEqual(["notes", "sites"]);
        connection.execDriverSql("DROP TABLE temp.sites");
        connection.close();
      });

      test("refuses what SQLite does not keep", () => {
        expect(() => inspect(engine).getTableComment("rooms")).toThrow(
          expect.objectContaining({ name: "NotSupportedError" }),
        );
      });
    });

    test("a type that nobody knows is named in a warning, and kept", () => {
      const warnings: string[] = [];
      const warning = vi.spyOn(process, "emitWarning").mockImplementation((text) => {
        warnings.push(String(text));
      });
      const columns = inspect(engine).getColumns("rooms");
      warning.mockRestore();
      expect(columns.find(({ name }) => name === "price")?.type.affinity).toBe("null");
      expect(warnings).toEqual([expect.stringMatching(/type MONEY of column "rooms.price"/)]);
    });

    describe("what is read from SQLite", () => {
      test("may have any names, and clauses of conflicts", () => {
        const strange = [
          `CREATE TABLE "a.b" ("c.d" INTEGER PRIMARY KEY, "select" INT CONSTRAINT "u.q" UNIQUE ON CONFLICT IGNORE)`,
          `CREATE TABLE "x'y" ("p ""q""" INT, "to" INT REFERENCES "a.b" ("c.d"),
             PRIMARY KEY ("p ""q""") ON CONFLICT REPLACE, CHECK ("p ""q""" > 0) ON CONFLICT FAIL)`,
        ];
        engine.begin((connection) => {
          for (const statement of strange) connection.execDriverSql(statement);
        });
        const metadata = new MetaData();
        metadata.reflect(engine, { only: ["x'y"] });
        const table = metadata.tables.get("x'y");
        expect(table?.foreignKeyConstraints[0]?.referredColumns.map(String)).toEqual(["a.b.c.d"]);
        expect(table?.primaryKey.dialectOptions).toEqual({ sqlite: { onConflict: "replace" } });
        const [unique] = inspect(engine).getUniqueConstraints("a.b");
        expect(unique).toMatchObject({ name: "u.q", dialectOptions: { sqlite: { onConflict: "ignore" } } });
        const copy = createSyncEngine("sqlite:///:memory:");
        metadata.createAll(copy);
        expect(inspect(copy).getCheckConstraints("x'y")).toMatchObject([
          { sqlText: '"p ""q""" > 0', dialectOptions: { sqlite: { onConflict: "fail" } } },
        ]);
        copy.dispose();
      });

      test("creates the same again", async () => {
        const metadata = new MetaData();
        metadata.reflect(engine, { only: (name) => name !== "texts" });
        const copy = createSyncEngine("sqlite:///:memory:");
        metadata.createAll(copy);
        const { texts: _, ...before } = await schemaSnapshot(engine);
        expect(await schemaSnapshot(copy)).toEqual(corrected(before));
        copy.dispose();
      });
    });
  },
  { dialect: "sqlite", synchronous: true },
);

/** Columns of the primary key are NOT NULL where the library creates them. */
function corrected(snapshot: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(
    JSON.stringify(snapshot, (_key, value: unknown) =>
      typeof value === "object" && value !== null && "name" in value && value.name === "id" && "nullable" in value
        ? { ...value, nullable: false }
        : value,
    ),
  );
}

describeWithData("chinook/chinook.sqlite", (path) => {
  let engine: Engine;
  beforeEach(() => {
    engine = createEngine(`sqlite:///${path}`);
  });
  afterEach(() => engine.dispose());

  test("is read and created again without a difference", async () => {
    const metadata = new MetaData();
    await metadata.reflect(engine);
    expect(metadata.tables.size).toBe(11);
    const copy = createEngine("sqlite:///:memory:");
    await metadata.createAll(copy);
    expect(await schemaSnapshot(copy)).toEqual(await schemaSnapshot(engine));
    await copy.dispose();
  });
});
