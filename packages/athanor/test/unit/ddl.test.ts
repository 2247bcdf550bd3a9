import { describe, expect, test } from "vitest";
import { CircularDependencyError, CompileError } from "../../src/errors/errors.ts";
import { columnOf } from "../../src/schema/column.ts";
import type { DdlCapabilities } from "../../src/schema/ddl-dialect.ts";
import { planDdl } from "../../src/schema/ddl-plan.ts";
import { nullType } from "../../src/sqltypes/null-type.ts";
import {
  bigInteger,
  binary,
  boolean,
  check,
  date,
  double,
  enumType,
  index,
  integer,
  json,
  MetaData,
  numeric,
  Sequence,
  smallInteger,
  sqlText,
  table,
  text,
  timestamp,
  uuid,
  varchar,
} from "../support/core.ts";
import { databaseWith, ddl, ddlOf } from "../support/sqlite-ddl.ts";

const server: DdlCapabilities = { alterConstraints: true, sequences: true, comments: true, namedTypes: true };
const embedded: DdlCapabilities = { alterConstraints: false, sequences: false, comments: false };

/** Steps as words: `createTable users`. */
function plan(
  metadata: MetaData,
  action: "create" | "drop",
  capabilities = server,
  existing: readonly string[] | null = null,
): string[] {
  const found = existing === null ? null : { tables: new Set(existing) };
  return planDdl(metadata, action, found, { name: "some", capabilities }).map((item) => {
    switch (item.kind) {
      case "createTable":
        return `createTable ${item.table.name}${item.postponed.size === 0 ? "" : ` without ${[...item.postponed].map(({ name }) => name)}`}`;
      case "dropTable":
      case "setTableComment":
        return `${item.kind} ${item.table.name}`;
      case "createIndex":
      case "dropIndex":
        return `${item.kind} ${item.index.name}`;
      case "addConstraint":
      case "dropConstraint":
        return `${item.kind} ${item.constraint.name}`;
      case "createSequence":
      case "dropSequence":
        return `${item.kind} ${item.sequence.name}`;
      case "createEnumType":
      case "dropEnumType":
        return `${item.kind} ${item.type.name}`;
      case "emptyTables":
        return `${item.kind} ${item.tables.map(({ name }) => name)}`;
      default:
        return item.kind;
    }
  });
}

function ring(names: { readonly ab?: string; readonly ba?: string } = { ab: "fk_ab", ba: "fk_ba" }): MetaData {
  const metadata = new MetaData();
  table("a", metadata, {
    id: integer().primaryKey(),
    bId: integer()
      .nullable()
      .references("b.id", names.ab === undefined ? {} : { name: names.ab }),
  });
  table("b", metadata, {
    id: integer().primaryKey(),
    aId: integer()
      .nullable()
      .references("a.id", names.ba === undefined ? {} : { name: names.ba }),
  });
  table("c", metadata, { id: integer().primaryKey(), aId: integer().references("a.id") });
  return metadata;
}

describe("planDdl", () => {
  test("creates types, sequences, tables with their indexes and comments; drops the other way round", () => {
    const metadata = new MetaData();
    new Sequence("numbers", { metadata });
    table("child", metadata, { id: integer().primaryKey(), parentId: integer().references("parent.id").index() });
    table(
      "parent",
      metadata,
      {
        id: integer().primaryKey().sequence(new Sequence("ids")),
        status: enumType("status", ["a"]).comment("how it is"),
      },
      [],
      { comment: "people" },
    );
    expect(plan(metadata, "create")).toEqual([
      "createEnumType status",
      "createSequence numbers",
      "createSequence ids",
      "createTable parent",
      "setTableComment parent",
      "setColumnComment",
      "createTable child",
      "createIndex ix_child_parent_id",
    ]);
    expect(plan(metadata, "drop")).toEqual([
      "dropTable child",
      "dropTable parent",
      "dropSequence numbers",
      "dropSequence ids",
      "dropEnumType status",
    ]);
    expect(plan(metadata, "create", embedded)).toEqual([
      "createTable parent",
      "createTable child",
      "createIndex ix_child_parent_id",
    ]);
  });

  test("leaves out what exists, or what does not", () => {
    const metadata = ring();
    expect(plan(metadata, "create", embedded, ["a", "b"])).toEqual(["createTable c"]);
    expect(plan(metadata, "drop", embedded, ["c"])).toEqual(["dropTable c"]);
    expect(plan(metadata, "drop", embedded, [])).toEqual([]);
  });

  test("breaks rings by ALTER where the database can, on both ways", () => {
    expect(plan(ring(), "create")).toEqual([
      "createTable a without fk_ab",
      "createTable b without fk_ab",
      "createTable c without fk_ab",
      "addConstraint fk_ab",
    ]);
    expect(plan(ring(), "drop")).toEqual(["dropConstraint fk_ab", "dropTable c", "dropTable b", "dropTable a"]);
    expect(() => plan(ring({}), "drop")).toThrow(CircularDependencyError);
    expect(() => plan(ring({}), "drop")).toThrow(/"a.b_id" has no name/);
    expect(plan(ring({}), "create", embedded)).toEqual(["createTable a", "createTable b", "createTable c"]);
  });

  test("does what it was asked to with a choice of tables", () => {
    const metadata = ring();
    const chosen = [metadata.tables.get("c") ?? new MetaData()].filter((each) => "columns" in each);
    const items = planDdl(metadata, "create", null, { name: "some", capabilities: embedded }, { tables: chosen });
    expect(items.map((item) => item.kind)).toEqual(["createTable"]);
    const stranger = table("x", new MetaData(), { id: integer() });
    expect(() =>
      planDdl(metadata, "create", null, { name: "some", capabilities: embedded }, { tables: [stranger] }),
    ).toThrow(/another MetaData/);
  });
});

describe("DDL on SQLite", () => {
  test("is laid out to be read", () => {
    const metadata = new MetaData();
    table(
      "products",
      metadata,
      { id: integer().primaryKey(), sku: varchar(50).unique(), price: numeric(12, 2).serverDefault("0") },
      [check("ck_price", sqlText("price >= 0")), index("ix_price").on("price")],
    );
    expect(ddlOf(metadata).join(";\n")).toBe(
      `CREATE TABLE products (
  id INTEGER NOT NULL,
  sku VARCHAR(50) NOT NULL,
  price NUMERIC(12, 2) DEFAULT '0' NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT ck_price CHECK (price >= 0),
  UNIQUE (sku)
);
CREATE INDEX ix_price ON products (price)`,
    );
  });

  test("drops a ring of tables that hold rows", () => {
    const metadata = ring({});
    using database = databaseWith(ddlOf(metadata));
    database.exec(
      "BEGIN; PRAGMA defer_foreign_keys = ON; INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1); INSERT INTO c VALUES (1, 1); COMMIT",
    );
    database.exec("BEGIN");
    for (const statement of ddlOf(metadata, "drop")) database.exec(statement);
    database.exec("COMMIT");
    expect(database.prepare("SELECT name FROM sqlite_schema").all()).toEqual([]);
  });

  test("keys of every integer type count themselves", () => {
    for (const type of [integer(), smallInteger(), bigInteger()]) {
      const metadata = new MetaData();
      table("t", metadata, { id: type.primaryKey(), x: text() });
      using database = databaseWith([...ddlOf(metadata), "INSERT INTO t (x) VALUES ('a'), ('b')"]);
      expect(
        database
          .prepare("SELECT id FROM t")
          .all()
          .map((row) => row["id"]),
      ).toEqual([1, 2]);
    }
  });

  test("AUTOINCREMENT never gives a key again", () => {
    const metadata = new MetaData();
    table("t", metadata, { id: integer().primaryKey(), x: text() }, [], { sqlite: { autoincrement: true } });
    using database = databaseWith([
      ...ddlOf(metadata),
      "INSERT INTO t (x) VALUES ('a')",
      "DELETE FROM t",
      "INSERT INTO t (x) VALUES ('b')",
    ]);
    expect(database.prepare("SELECT id FROM t").get()?.["id"]).toBe(2);
  });

  test("STRICT tables take every type", () => {
    const metadata = new MetaData();
    table(
      "t",
      metadata,
      {
        id: bigInteger().primaryKey(),
        a: boolean(),
        b: numeric(10, 2),
        c: double(),
        d: timestamp(),
        e: date(),
        f: json<unknown>(),
        g: binary(),
        h: uuid(),
        i: enumType("e", ["x"]),
        j: varchar(5),
      },
      [],
      { sqlite: { strict: true } },
    );
    const statements = ddlOf(metadata);
    expect(statements.join()).toMatch(/\) STRICT$/);
    using database = databaseWith(statements);
    database.exec(
      "INSERT INTO t (a, b, c, d, e, f, g, h, i, j) VALUES (1, 1.5, 2, 'd', 'e', '5', X'00', 'h', 'x', 'j')",
    );
    expect(database.prepare("SELECT typeof(b) AS b, typeof(c) AS c, typeof(f) AS f FROM t").get()).toEqual({
      b: "real",
      c: "real",
      f: "text",
    });
  });

  test.each<[string, string]>([
    ["plain", "plain"],
    ["5", "5"],
    ["'); DROP TABLE t; --", "'); DROP TABLE t; --"],
    ["line\nbreak", "line\nbreak"],
    ["", ""],
  ])("a default of %j is that text", (given, stored) => {
    const metadata = new MetaData();
    table("t", metadata, { id: integer().primaryKey(), x: text().serverDefault(given) });
    using database = databaseWith([...ddlOf(metadata), "INSERT INTO t DEFAULT VALUES"]);
    expect(database.prepare("SELECT x FROM t").get()?.["x"]).toBe(stored);
  });

  test("defaults of other types are literals of their type", () => {
    const metadata = new MetaData();
    table("t", metadata, {
      a: boolean().serverDefault(true),
      b: integer().serverDefault(-5),
      c: timestamp().serverDefault(new Date(0)),
      d: json<unknown>().serverDefault({ a: "it's" }),
      e: double().serverDefault(1.5),
    });
    using database = databaseWith([...ddlOf(metadata), "INSERT INTO t DEFAULT VALUES"]);
    expect(database.prepare("SELECT * FROM t").get()).toEqual({
      a: 1,
      b: -5,
      c: "1970-01-01 00:00:00.000000",
      d: `{"a":"it's"}`,
      e: 1.5,
    });
  });

  test("checks hold enumerations and booleans to their values when asked to", () => {
    const metadata = new MetaData();
    table("t", metadata, {
      a: boolean({ createConstraint: "ck_a" }),
      b: enumType("e", ["it's", "b"], { createConstraint: true }),
    });
    using database = databaseWith(ddlOf(metadata));
    database.exec("INSERT INTO t VALUES (1, 'it''s')");
    expect(() => database.exec("INSERT INTO t VALUES (5, 'b')")).toThrow(/CHECK constraint failed: ck_a/);
    expect(() => database.exec("INSERT INTO t VALUES (1, 'c')")).toThrow(/CHECK constraint failed/);
  });

  test("hostile names are names", () => {
    const names = ['quo"te', "spa ce", "dot.ted", "select", "Ünïcödé", "'); DROP TABLE x; --", "a;b"];
    for (const name of names) {
      const metadata = new MetaData();
      table(
        name,
        metadata,
        { id: integer().primaryKey().name(name), other: integer().name(`${name}2`).index().unique() },
        [check(`ck ${name}`, sqlText("1 = 1"))],
      );
      using database = databaseWith(ddlOf(metadata));
      expect(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toEqual([{ name }]);
      for (const statement of ddlOf(metadata, "drop")) database.exec(statement);
    }
  });

  test("foreign keys do what they say", () => {
    const metadata = new MetaData();
    table("p", metadata, { id: integer().primaryKey() });
    table("c", metadata, {
      id: integer().primaryKey(),
      pId: integer().nullable().references("p.id", {
        onDelete: "set null",
        onUpdate: "cascade",
        deferrable: true,
        initially: "deferred",
        match: "full",
      }),
    });
    expect(ddlOf(metadata)[1]).toContain(
      "FOREIGN KEY(p_id) REFERENCES p (id) MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
    );
    using database = databaseWith([
      ...ddlOf(metadata),
      "INSERT INTO p VALUES (1)",
      "INSERT INTO c VALUES (1, 1)",
      "UPDATE p SET id = 2",
    ]);
    expect(database.prepare("SELECT p_id FROM c").get()?.["p_id"]).toBe(2);
    database.exec("DELETE FROM p");
    expect(database.prepare("SELECT p_id FROM c").get()?.["p_id"]).toBeNull();
  });

  test("schemas are attached databases", () => {
    const metadata = new MetaData({ schema: "aux" });
    table("p", metadata, { id: integer().primaryKey(), x: integer().index() });
    table("c", metadata, { id: integer().primaryKey(), pId: integer().references("p.id") });
    const [createTable, createIndex, createChild] = ddlOf(metadata);
    expect(createTable).toMatch(/^CREATE TABLE aux.p /);
    expect(createIndex).toBe("CREATE INDEX aux.ix_aux_p_x ON p (x)");
    expect(createChild).toContain("REFERENCES p (id)");
    using database = databaseWith(["ATTACH ':memory:' AS aux", ...ddlOf(metadata)]);
    for (const statement of ddlOf(metadata, "drop")) database.exec(statement);
  });

  test("indexes on expressions, partly", () => {
    const metadata = new MetaData();
    const t = table("t", metadata, { a: integer(), b: integer() });
    t.setArguments([index("ix_sum").on(t.c.a.add(t.c.b), t.c.b.desc()).unique().where(t.c.a.gt(5))]);
    const [, createIndex] = ddlOf(metadata);
    expect(createIndex).toBe("CREATE UNIQUE INDEX ix_sum ON t ((a + b), b DESC) WHERE a > 5");
    databaseWith(ddlOf(metadata)).close();
  });

  test("says what cannot be written", () => {
    const empty = new MetaData();
    table("t", empty, {});
    expect(() => ddlOf(empty)).toThrow(/Table "t" has no columns/);
    const untyped = new MetaData();
    table("t", untyped, { x: columnOf(nullType) });
    expect(() => ddlOf(untyped)).toThrow(CompileError);
    const [unnamed] = table("u", new MetaData(), { x: integer().unique() }).constraints;
    expect(() => unnamed && ddl({ kind: "dropConstraint", constraint: unnamed })).toThrow(/has no name/);
  });
});
