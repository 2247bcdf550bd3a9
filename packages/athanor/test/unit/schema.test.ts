import { describe, expect, expectTypeOf, test } from "vitest";
import {
  ArgumentError,
  DuplicateColumnError,
  InvalidRequestError,
  NoReferencedColumnError,
  NoReferencedTableError,
} from "../../src/errors/errors.ts";
import type { Column } from "../../src/schema/column.ts";
import type { SchemaBind } from "../../src/schema/metadata.ts";
import { Table as SchemaTable } from "../../src/schema/table.ts";
import { RUN_DDL } from "../../src/util/symbols.ts";
import {
  bigInteger,
  check,
  enumType,
  foreignKey,
  func,
  index,
  integer,
  json,
  MetaData,
  numeric,
  primaryKey,
  Sequence,
  sqlText,
  table,
  text,
  timestamp,
  typeDecorator,
  unique,
  uuid,
  varchar,
} from "../support/core.ts";
import { ddlOf } from "../support/sqlite-ddl.ts";

describe("column declarations", () => {
  test("are values: each method returns another", () => {
    const plain = varchar(50);
    const unnamed = plain.unique();
    expect(unnamed).not.toBe(plain);
    expect(plain.definition.unique).toBe(false);
    expect(unnamed.nullable().definition).toMatchObject({ unique: true, nullable: true });
  });

  test("tell values, functions and SQL apart as defaults", () => {
    const create = (): string => "x";
    expect(text().default("x").definition.default).toEqual({ kind: "value", value: "x" });
    expect(text().default(create).definition.default).toEqual({ kind: "function", create });
    expect(timestamp().default(func.now()).definition.default?.kind).toBe("sql");
    expect(timestamp().onUpdate(func.now()).definition.onUpdate?.kind).toBe("sql");
    expect(integer().sequence(new Sequence("s")).definition.default?.kind).toBe("sequence");
    expect(integer().serverDefault("5").definition.serverDefault).toEqual({ kind: "literal", value: "5" });
    expect(integer().serverDefault(sqlText("5")).definition.serverDefault?.kind).toBe("sql");
    expect(integer().serverGenerated().definition.serverDefault).toEqual({ kind: "fetched" });
  });

  test("give each row a copy of a default that could change", () => {
    const shared = { tags: ["a"] };
    const initial = json<{ tags: string[] }>().default(shared).definition.default;
    if (initial?.kind !== "function") throw new TypeError("The default is no function");
    const first = initial.create();
    expect(first).toEqual(shared);
    expect(first).not.toBe(shared);
    expect(initial.create()).not.toBe(first);
  });

  test("are named after their property in snake_case", () => {
    const t = table("t", new MetaData(), {
      createdAt: timestamp(),
      HTMLPage: text(),
      url2: text(),
      TrackId: integer().name("TrackId"),
    });
    expect(t.columns.map((column) => [column.key, column.name])).toEqual([
      ["createdAt", "created_at"],
      ["HTMLPage", "html_page"],
      ["url2", "url2"],
      ["TrackId", "TrackId"],
    ]);
    expect(t.getColumn("createdAt")).toBe(t.columnNamed("created_at"));
    expect(String(t.getColumn("createdAt"))).toBe("t.created_at");
  });
});

describe("tables", () => {
  test("two columns of one name are refused", () => {
    expect(() => table("t", new MetaData(), { fullName: text(), full_name: text() })).toThrow(DuplicateColumnError);
    expect(() => table("t", new MetaData(), { a: text(), b: text().name("a") })).toThrow(/column "a" already/);
  });

  test("two tables of one name are refused, in two schemas they are two", () => {
    const metadata = new MetaData();
    table("t", metadata, {});
    table("t", metadata, {}, [], { schema: "other" });
    expect(() => table("t", metadata, {})).toThrow(InvalidRequestError);
    expect([...metadata.tables.keys()]).toEqual(["t", "other.t"]);
    expect(() => new SchemaTable("", metadata)).toThrow(ArgumentError);
  });

  test("take the schema of their MetaData", () => {
    const metadata = new MetaData({ schema: "app" });
    const users = table("users", metadata, { id: integer().primaryKey() });
    const posts = table("posts", metadata, { id: integer().primaryKey(), userId: integer().references("users.id") });
    expect(users.key).toBe("app.users");
    expect(posts.foreignKeys[0]?.column).toBe(users.getColumn("id"));
  });

  test("get their columns later, once", () => {
    const late = new SchemaTable("t", new MetaData());
    expect(late.columns).toEqual([]);
    late.setColumns([["id", integer().primaryKey()]]);
    expect(() => late.setColumns([["x", integer()]])).toThrow(/its columns already/);
    late.appendColumn("x", integer());
    expect(late.columns.map((column) => column.name)).toEqual(["id", "x"]);
  });

  test.each<[string, (t: SchemaTable) => void, string | null]>([
    ["a single integer key", (t) => t.appendColumn("id", integer().primaryKey()), "id"],
    ["a text key", (t) => t.appendColumn("id", text().primaryKey()), null],
    ["a decimal key", (t) => t.appendColumn("id", numeric(10).primaryKey()), null],
    ["a key with a default", (t) => t.appendColumn("id", integer().primaryKey().default(5)), null],
    ["a key with a server default", (t) => t.appendColumn("id", integer().primaryKey().serverDefault("5")), null],
    ["a key that is a foreign key", (t) => t.appendColumn("id", integer().primaryKey().references("x.id")), null],
    ["a key that shall not", (t) => t.appendColumn("id", integer().primaryKey().autoincrement(false)), null],
    [
      "a foreign key that shall",
      (t) => t.appendColumn("id", integer().primaryKey().references("x.id").autoincrement()),
      "id",
    ],
    ["a key with a sequence", (t) => t.appendColumn("id", integer().primaryKey().sequence(new Sequence("s"))), "id"],
    [
      "a composite key",
      (t) => {
        t.appendColumn("a", integer().primaryKey());
        t.appendColumn("b", integer().primaryKey());
      },
      null,
    ],
    [
      "a composite key with one that shall",
      (t) => {
        t.appendColumn("a", integer().primaryKey());
        t.appendColumn("b", integer().primaryKey().autoincrement());
      },
      "b",
    ],
  ])("%s counts itself or not", (_, build, counted) => {
    const t = new SchemaTable("t", new MetaData());
    build(t);
    expect(t.autoincrementColumn?.name ?? null).toBe(counted);
    expect(t.columns.filter((column) => column.autoincrement).map((column) => column.name)).toEqual(
      counted === null ? [] : [counted],
    );
  });

  test("keys are never null, and a constraint may bring them", () => {
    const t = table("t", new MetaData(), { a: integer().nullable(), b: integer() }, [primaryKey("pk").on("b", "a")]);
    expect(t.primaryKey.columns.map((column) => column.name)).toEqual(["b", "a"]);
    expect(t.primaryKey.name).toBe("pk");
    expect(t.getColumn("a")?.nullable).toBe(false);
    expect(t.getColumn("a")?.primaryKey).toBe(true);
  });

  test("a unique column has a constraint, an indexed one an index, with both it is a unique index", () => {
    const t = table("t", new MetaData(), {
      a: text().unique(),
      b: text().index(),
      c: text().unique().index(),
      d: text().unique("uq_d"),
    });
    expect(t.constraints.map(({ kind, name }) => [kind, name])).toEqual([
      ["unique", null],
      ["unique", "uq_d"],
    ]);
    expect(t.indexes.map(({ name, unique: one }) => [name, one])).toEqual([
      ["ix_t_b", false],
      ["ix_t_c", true],
    ]);
  });

  test("arguments that make no sense are refused with what would", () => {
    const other = table("other", new MetaData(), { x: integer() });
    const make = (...args: Parameters<SchemaTable["setArguments"]>[0][]) => {
      const t = table("t", new MetaData(), { a: integer() });
      for (const each of args) t.setArguments(each);
    };
    expect(() => make([unique().on("b")])).toThrow(/"b" that the table does not have. It has "a"/);
    expect(() => make([unique().on(other.c.x)])).toThrow(/"other.x", which belongs to another table/);
    expect(() => make([unique().on()])).toThrow(/names no column/);
    expect(() => make([index().on()])).toThrow(/names no column/);
    expect(() => make([unique().on(func.now())])).toThrow(/takes columns of that table/);
    expect(() => make([check("c", "a > 5" as never)])).toThrow(/sqlText/);
    expect(() => make([foreignKey().on("a").references(["x.a", "x.b"])])).toThrow(/1 columns and 2 targets/);
  });
});

describe("foreign keys", () => {
  test("find their target when they are asked, by name or by column", () => {
    const metadata = new MetaData();
    const posts = table("posts", metadata, {
      userId: integer().references("users.id"),
      authorId: integer().references(() => users.c.id),
    });
    const [byName, byColumn] = posts.foreignKeys;
    expect(byName?.resolved).toBe(false);
    const users = table("users", metadata, { id: integer().primaryKey() });
    expect(byName?.resolved).toBe(true);
    expect(byName?.column).toBe(users.getColumn("id"));
    expect(byColumn?.column).toBe(users.getColumn("id"));
    expect(posts.getColumn("userId")?.foreignKeys).toEqual([byName]);
    expect(posts.foreignKeyConstraints[0]?.referredTable).toBe(users);
  });

  test("name what is missing", () => {
    const metadata = new MetaData();
    const t = table("t", metadata, {
      a: integer().references("nowhere.id"),
      b: integer().references("t.nothing"),
      c: integer().references("id"),
    });
    const [a, b, c] = t.foreignKeys;
    expect(() => a?.column).toThrow(NoReferencedTableError);
    expect(() => a?.column).toThrow(/column "t.a" points to "nowhere.id", but its MetaData has no table "nowhere"/);
    expect(() => b?.column).toThrow(NoReferencedColumnError);
    expect(() => b?.column).toThrow(/has no column "nothing". It has "a", "b", "c"/);
    expect(() => c?.column).toThrow(/Write "table.column"/);
    expect(() => ddlOf(metadata)).toThrow(NoReferencedTableError);
  });

  test("refuse a target that is no column", () => {
    const t = table("t", new MetaData(), { a: timestamp().references(() => func.now()) });
    expect(() => t.foreignKeys[0]?.column).toThrow(/references\(\(\) => User.id\)/);
  });

  test("find columns by their name in SQL and by their key", () => {
    const metadata = new MetaData();
    const users = table("users", metadata, { userId: integer().primaryKey() });
    const t = table("t", metadata, {
      a: integer().references("users.user_id"),
      b: integer().references("users.userId"),
    });
    expect(t.foreignKeys.map(({ column }) => column)).toEqual([users.getColumn("userId"), users.getColumn("userId")]);
  });
});

describe("MetaData", () => {
  test("completes its tables before it lists them, once, and again after a failure", () => {
    const metadata = new MetaData();
    let calls = 0;
    metadata.onUse(() => {
      calls += 1;
      expect(metadata.tables.size).toBe(0);
      if (calls === 1) throw new Error("not ready");
    });
    expect(() => metadata.tables).toThrow("not ready");
    expect(metadata.tables.size).toBe(0);
    expect(metadata.sortedTables).toEqual([]);
    expect(calls).toBe(2);
  });

  test("sorts tables by their foreign keys and keeps the order of the others", () => {
    const metadata = new MetaData();
    table("c", metadata, { id: integer().primaryKey(), b: integer().references("b.id") });
    table("b", metadata, {
      id: integer().primaryKey(),
      a: integer().references("a.id"),
      self: integer().references("b.id"),
    });
    table("z", metadata, { id: integer().primaryKey() });
    table("a", metadata, { id: integer().primaryKey() });
    expect(metadata.sortedTables.map(({ name }) => name)).toEqual(["z", "a", "b", "c"]);
  });

  test("creates and drops in the colour of what it is given", async () => {
    const metadata = new MetaData();
    const log: unknown[] = [];
    const sync: SchemaBind<void> = {
      [RUN_DDL]: (given, action, options) => void log.push([given === metadata, action, options]),
    };
    const later: SchemaBind<Promise<void>> = {
      [RUN_DDL]: async (given, action) => void log.push([given === metadata, action]),
    };
    expect(metadata.createAll(sync, { checkFirst: false })).toBeUndefined();
    const promise: Promise<void> = metadata.dropAll(later);
    await promise;
    expect(log).toEqual([
      [true, "create", { checkFirst: false }],
      [true, "drop"],
    ]);
  });

  test("forgets tables", () => {
    const metadata = new MetaData();
    const t = table("t", metadata, {});
    metadata.remove(t);
    expect(metadata.tables.size).toBe(0);
    table("t", metadata, {});
    metadata.clear();
    expect(metadata.tables.size).toBe(0);
  });
});

describe("toMetadata", () => {
  test("copies columns, constraints and indexes into another MetaData", () => {
    const metadata = new MetaData();
    table("users", metadata, { id: uuid().primaryKey() });
    const t = table(
      "t",
      metadata,
      {
        id: integer().primaryKey(),
        userId: uuid().references("users.id", { onDelete: "cascade", name: "fk_user" }),
        parentId: integer().nullable().references("t.id"),
        name: varchar(20).unique().check(sqlText("name <> ''"), "ck_name"),
        age: integer().serverDefault("5").index(),
      },
      [
        check("ck_age", sqlText("age > 0"), { deferrable: true, initially: "deferred" }),
        index("ix_both").on("name", "age").unique().where(sqlText("age > 5")),
      ],
      { sqlite: { strict: true }, comment: "people" },
    );
    const other = new MetaData();
    table("users", other, { id: uuid().primaryKey() });
    const copy = t.toMetadata(other);
    expect(ddlOf(other)).toEqual(ddlOf(metadata));
    expect(copy.metadata).toBe(other);
    expect(copy.foreignKeyConstraints[1]?.referredTable).toBe(copy);
    expect(copy.foreignKeyConstraints[0]?.referredTable).toBe(other.tables.get("users"));
  });

  test("foreign keys to the old schema follow into the new one, others stay", () => {
    const metadata = new MetaData();
    table("a", metadata, { id: integer().primaryKey() }, [], { schema: "one" });
    table("b", metadata, { id: integer().primaryKey() }, [], { schema: "fixed" });
    const t = table("t", metadata, { a: integer().references("one.a.id"), b: integer().references("fixed.b.id") }, [], {
      schema: "one",
    });
    const copy = t.toMetadata(new MetaData(), { schema: "two" });
    expect(copy.foreignKeys.map(({ target }) => target)).toEqual(["two.a.id", "fixed.b.id"]);
  });
});

describe("the types of declarations", () => {
  test("know who gives a column its value", () => {
    expectTypeOf(integer()).toEqualTypeOf<Column<number>>();
    expectTypeOf(integer().primaryKey()).toEqualTypeOf<Column<number, "generated">>();
    expectTypeOf(uuid().primaryKey()).toEqualTypeOf<Column<string, "always">>();
    expectTypeOf(uuid().primaryKey().default("x")).toEqualTypeOf<Column<string, "never">>();
    expectTypeOf(integer().references("t.id")).toEqualTypeOf<Column<number, "relationship">>();
    expectTypeOf(integer().primaryKey().references("t.id")).toEqualTypeOf<Column<number, "relationship">>();
    expectTypeOf(integer().nullable().references("t.id")).toEqualTypeOf<Column<number | null, "never">>();
    expectTypeOf(bigInteger()).toEqualTypeOf<Column<bigint>>();
    expectTypeOf(bigInteger({ mode: "number" })).toEqualTypeOf<Column<number>>();
    expectTypeOf(bigInteger({ mode: "string" })).toEqualTypeOf<Column<string>>();
    expectTypeOf(enumType("e", ["a", "b"])).toEqualTypeOf<Column<"a" | "b">>();
    expectTypeOf<Column<number, "never">>().not.toExtend<Column<unknown, "always">>();
    expectTypeOf<Column<number, "always">>().toExtend<Column<unknown, "always" | "relationship">>();
    expectTypeOf(text().index().unique().comment("c").name("n")).toEqualTypeOf<Column<string>>();
  });

  test("refuse targets and defaults of another type", () => {
    const users = table("users", new MetaData(), { id: integer().primaryKey(), email: text() });
    expectTypeOf(integer().references(() => users.c.id)).toEqualTypeOf<Column<number, "relationship">>();
    // @ts-expect-error a text column is no target for an integer
    integer().references(() => users.c.email);
    // @ts-expect-error a string is no default of an integer
    integer().default("5");
    // @ts-expect-error not one of the values
    enumType("e", ["a", "b"]).default("c");
    // @ts-expect-error the time is no text
    text().default(func.now());
    timestamp().default(func.now()).onUpdate(func.now()).serverDefault(func.now());
    json<{ a: number }>().default({ a: 1 });
    const email = typeDecorator({ impl: text(), bind: (value: URL) => value.href, result: (href) => new URL(href) });
    expectTypeOf(email.nullable()).toEqualTypeOf<Column<URL | null, "never">>();
  });
});
