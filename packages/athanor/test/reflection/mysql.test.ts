import { createEngine, type Engine, inspect, MetaData } from "athanor";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeWithData } from "../support/data.ts";
import { forEachDatabase } from "../support/databases.ts";
import { schemaSnapshot } from "../support/schema-snapshot.ts";
import { runScript, statementsOf } from "../support/sql-script.ts";

const ddl = statementsOf(`
  CREATE TABLE parent (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    a VARCHAR(20) NOT NULL DEFAULT 'it''s' COMMENT 'an a',
    b CHAR(3) COLLATE utf8mb4_bin,
    changed TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
    UNIQUE uq_a (a)
  ) COMMENT 'a parent' CHARSET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT=DYNAMIC;
  CREATE TABLE child (
    id BIGINT AUTO_INCREMENT PRIMARY KEY,
    p INT UNSIGNED NOT NULL, q INT UNSIGNED,
    j JSON, e ENUM('a', 'b,c', 'it''s') DEFAULT 'a', s SET('x', 'y'),
    f FLOAT, d DOUBLE, n DECIMAL(12, 4) DEFAULT 0.5, t BOOL DEFAULT 1, m MEDIUMINT, y YEAR,
    body MEDIUMTEXT, bin VARBINARY(20), bits BIT(3) DEFAULT b'101', at DATETIME(6), u CHAR(36) DEFAULT (uuid()),
    twice INT AS (m * 2) STORED, more INT AS (m + 1) VIRTUAL,
    price DECIMAL(5, 2) CHECK (price > 0),
    CONSTRAINT fk_p FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE,
    FOREIGN KEY (q) REFERENCES parent (id) ON DELETE SET NULL,
    CONSTRAINT ck CHECK (m > 1 OR price < 5),
    KEY ix (t, m), KEY part_of_body (body(10)), FULLTEXT KEY words (body)
  );
  CREATE VIEW names AS SELECT id, a FROM parent;
  CREATE TABLE parts (id INT NOT NULL) PARTITION BY RANGE (id)
    (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)
`);

forEachDatabase(
  (database) => {
    let engine: Engine;
    beforeEach(async () => {
      engine = createEngine(database.url);
      await engine.begin(async (connection) => {
        for (const statement of ddl) await connection.execDriverSql(statement);
      });
    });
    afterEach(() => engine.dispose());

    describe("the inspector of MySQL and MariaDB", () => {
      test("reads columns with types and defaults", async () => {
        const columns = await inspect(engine).getColumns("child");
        expect(columns.map(({ name, type }) => [name, type.key])).toEqual([
          ["id", "bigInteger:bigint"],
          ["p", 'exact:"INT UNSIGNED"(integer)'],
          ["q", 'exact:"INT UNSIGNED"(integer)'],
          ["j", "json"],
          ["e", 'enum:["e",null,true,4,["a","b,c","it\'s"]]'],
          ["s", expect.stringMatching(/^exact:"SET\('x','y'\)"/)],
          ["f", "float"],
          ["d", "double"],
          ["n", "numeric:12:4"],
          ["t", "boolean"],
          ["m", 'exact:"MEDIUMINT"(integer)'],
          ["y", 'exact:"YEAR"(integer)'],
          ["body", 'exact:"MEDIUMTEXT"(text)'],
          ["bin", 'exact:"VARBINARY(20)"(binary:20)'],
          ["bits", expect.stringMatching(/^exact:"BIT\(3\)"/)],
          ["at", expect.stringMatching(/^exact:"DATETIME\(6\)"/)],
          ["u", "char:36:"],
          ["twice", "integer"],
          ["more", "integer"],
          ["price", "numeric:5:2"],
        ]);
        const defaults = columns.filter((column) => column.default !== null);
        expect(defaults.map(({ name, default: initial }) => [name, initial])).toEqual([
          ["e", "'a'"],
          ["n", "0.5000"],
          ["t", "1"],
          ["bits", "b'101'"],
          ["u", "uuid()"],
        ]);
        expect(columns.flatMap(({ name, computed }) => (computed === null ? [] : [[name, computed]]))).toEqual([
          ["twice", { expression: expect.stringMatching(/`m` \* 2/), stored: true }],
          ["more", { expression: expect.stringMatching(/`m` \+ 1/), stored: false }],
        ]);
        const [id, a, b, changed] = await inspect(engine).getColumns("parent");
        expect([id?.autoincrement, a?.default, a?.comment, b?.type.key]).toEqual([
          true,
          "'it''s'",
          "an a",
          "char:3:utf8mb4_bin",
        ]);
        expect([changed?.default, changed?.onUpdate]).toEqual([
          expect.stringMatching(/^current_timestamp\(3\)$/i),
          expect.stringMatching(/^current_timestamp\(3\)$/i),
        ]);
      });

      test("reads keys, constraints and indexes", async () => {
        const inspector = inspect(engine);
        expect(await inspector.getPkConstraint("child")).toMatchObject({ name: null, constrainedColumns: ["id"] });
        expect(await inspector.getForeignKeys("child")).toMatchObject([
          { name: "child_ibfk_1", constrainedColumns: ["q"], options: { onDelete: "set null" } },
          {
            name: "fk_p",
            referredSchema: null,
            referredTable: "parent",
            referredColumns: ["id"],
            options: { onDelete: "cascade", onUpdate: "cascade" },
          },
        ]);
        expect(await inspector.getUniqueConstraints("parent")).toMatchObject([
          { name: "uq_a", columnNames: ["a"], duplicatesIndex: "uq_a" },
        ]);
        expect(await inspector.getCheckConstraints("child")).toMatchObject([
          { name: "ck", sqlText: "`m` > 1 or `price` < 5" },
          { name: "price", sqlText: "`price` > 0" },
        ]);
        expect(await inspector.getIndexes("child")).toMatchObject([
          { name: "fk_p", columnNames: ["p"], duplicatesConstraint: "fk_p" },
          { name: "ix", columnNames: ["t", "m"], duplicatesConstraint: null },
          { name: "part_of_body", dialectOptions: { mysql: { length: { body: 10 } } } },
          { name: "q", columnNames: ["q"] },
          { name: "words", dialectOptions: { mysql: { prefix: "FULLTEXT" } } },
        ]);
      });

      test("reads options, comments, views and partitions", async () => {
        const inspector = inspect(engine);
        expect(await inspector.getTableOptions("parent")).toEqual({
          mysql: { engine: "InnoDB", charset: "utf8mb4", collate: "utf8mb4_unicode_ci", rowFormat: "DYNAMIC" },
        });
        expect(await inspector.getTableComment("parent")).toEqual({ text: "a parent" });
        expect(await inspector.getTableComment("child")).toEqual({ text: null });
        expect(await inspector.getViewNames()).toEqual(["names"]);
        expect(await inspector.getViewDefinition("names")).toMatch(/^select .* from /);
        expect(await inspector.getPartitions("parts")).toEqual([
          { name: "p0", schema: null, bound: "VALUES LESS THAN (10)" },
          { name: "p1", schema: null, bound: "VALUES LESS THAN (MAXVALUE)" },
        ]);
        expect([await inspector.getEnums(), await inspector.getDomains(), await inspector.getSequenceNames()]).toEqual([
          [],
          [],
          [],
        ]);
      });

      test("names a view that cannot be read", async () => {
        await engine.begin(async (connection) => {
          for (const statement of [
            "CREATE TABLE gone (id INT)",
            "CREATE VIEW broken AS SELECT id FROM gone",
            "DROP TABLE gone",
          ]) {
            await connection.execDriverSql(statement);
          }
        });
        await expect(inspect(engine).getColumns("broken")).rejects.toMatchObject({ name: "UnreflectableTableError" });
        const metadata = new MetaData();
        await metadata.reflect(engine, { views: true });
        expect([...metadata.tables.keys()].toSorted()).toEqual(["child", "names", "parent", "parts"]);
      });

      test("reads another database as a schema, and foreign keys that lead there", async () => {
        const schema = new URL(database.sharedUrl).pathname.slice(1);
        const other = createEngine(database.sharedUrl);
        await other.begin((connection) => connection.execDriverSql("CREATE TABLE far (id INT PRIMARY KEY)"));
        await engine.begin((connection) =>
          connection.execDriverSql(`CREATE TABLE near (id INT PRIMARY KEY, far_id INT REFERENCES ${schema}.far (id))`),
        );
        const inspector = inspect(engine);
        expect(await inspector.getTableNames({ schema })).toEqual(["far"]);
        expect(await inspector.getForeignKeys("near")).toMatchObject([
          { referredSchema: schema, referredTable: "far" },
        ]);
        const metadata = new MetaData();
        await metadata.reflect(engine, { only: ["near"] });
        expect([...metadata.tables.keys()].toSorted()).toEqual([`${schema}.far`, "near"].toSorted());
        expect(metadata.tables.get("near")?.foreignKeyConstraints[0]?.referredTable.schema).toBe(schema);
        await engine.begin((connection) => connection.execDriverSql("DROP TABLE near"));
        await other.dispose();
      });
    });

    test("what is read creates the same again", async () => {
      const metadata = new MetaData();
      await metadata.reflect(engine, { only: ["child", "parent"] });
      const copy = createEngine(database.sharedUrl);
      await metadata.createAll(copy);
      const { parts: _, ...before } = await schemaSnapshot(engine);
      expect(await schemaSnapshot(copy)).toEqual(before);
      await copy.dispose();
    });
  },
  { dialect: "mysql" },
);

describeWithData("chinook/chinook-mysql.sql", (path) => {
  forEachDatabase(
    (database) => {
      test("is read and created again without a difference", { timeout: 60_000 }, async () => {
        const engine = createEngine(database.url);
        await runScript(engine, path);
        const metadata = new MetaData();
        await metadata.reflect(engine);
        expect(metadata.tables.size).toBe(11);
        const copy = createEngine(database.sharedUrl);
        await metadata.createAll(copy);
        expect(await schemaSnapshot(copy)).toEqual(await schemaSnapshot(engine));
        await Promise.all([engine.dispose(), copy.dispose()]);
      });
    },
    { dialect: "mysql" },
  );
});
