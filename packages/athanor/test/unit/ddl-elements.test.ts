import { describe, expect, test } from "vitest";
import {
  addConstraint,
  boolean,
  check,
  createEngine,
  createIndex,
  createSequence,
  createSyncEngine,
  createTable,
  createType,
  createView,
  ddl,
  dropConstraint,
  dropIndex,
  dropTable,
  dropType,
  enumType,
  exact,
  foreignKey,
  index,
  insert,
  integer,
  listen,
  MetaData,
  select,
  sequence,
  setColumnComment,
  setConstraintComment,
  setTableComment,
  table,
  text,
  unique,
  uuid,
  varchar,
  view,
} from "../../src/index.ts";
import { dialect as mysql } from "../../src/mysql.ts";
import { exclude, dialect as postgresql } from "../../src/postgresql.ts";
import { dialect as sqlite } from "../../src/sqlite.ts";

const lite = sqlite();
const pg = postgresql();
const my = mysql();
const mysql8 = mysql({ serverVersion: "8.0.36" });

function users(metadata = new MetaData()) {
  return table("users", metadata, { id: integer().primaryKey(), name: varchar(50), age: integer().nullable() });
}

describe("elements", () => {
  test("are written for a dialect without an engine", () => {
    const t = users();
    expect(createTable(t, { ifNotExists: true }).compile({ dialect: lite })).toEqual({
      sql: "CREATE TABLE IF NOT EXISTS users (\n  id INTEGER NOT NULL,\n  name VARCHAR(50) NOT NULL,\n  age INTEGER,\n  PRIMARY KEY (id)\n)",
      parameters: [],
      statements: [expect.any(String)],
    });
    expect(dropTable(t, { ifExists: true, cascade: true }).compile({ dialect: pg }).sql).toBe(
      "DROP TABLE IF EXISTS users CASCADE",
    );
    expect(createEngine("sqlite:///:memory:").compile(dropTable(t))).toEqual({
      sql: "DROP TABLE users",
      parameters: [],
    });
  });

  test("of indexes and constraints find their table, or are told it", () => {
    const t = users();
    const described = index("ix_name").on("name");
    expect(createIndex(described, { on: t }).compile({ dialect: pg }).sql).toBe("CREATE INDEX ix_name ON users (name)");
    expect(() => createIndex(described)).toThrow(/Name it: \{ on: users \}/);
    expect(dropIndex(index("ix").on(t.c.name), { ifExists: true, cascade: true }).compile({ dialect: pg }).sql).toBe(
      "DROP INDEX IF EXISTS ix CASCADE",
    );
    expect(addConstraint(unique("uq").on(t.c.name, t.c.age)).compile({ dialect: my }).sql).toBe(
      "ALTER TABLE users ADD CONSTRAINT uq UNIQUE (name, age)",
    );
    const key = foreignKey("fk")
      .on("age")
      .references(() => [t.c.id]);
    expect(dropConstraint(key, { on: t }).compile({ dialect: my }).sql).toBe("ALTER TABLE users DROP FOREIGN KEY fk");
    expect(() => dropConstraint(check(null, t.c.age.gt(0))).compile({ dialect: pg })).toThrow(/has no name/);
    expect(() => addConstraint(described, { on: t })).toThrow(/An index is no constraint/);
    expect(() => createIndex(unique("uq").on(t.c.name))).toThrow(/For constraints there are addConstraint/);
    expect(t.constraints).toHaveLength(1);
    expect(t.indexes).toHaveLength(0);
  });

  test("of MySQL are refused where MariaDB's grammar alone has them", () => {
    const t = users();
    const ix = index("ix").on(t.c.name);
    expect(createIndex(ix, { ifNotExists: true }).compile({ dialect: my }).sql).toContain("IF NOT EXISTS");
    expect(() => createIndex(ix, { ifNotExists: true }).compile({ dialect: mysql8 })).toThrow(
      /mysql has no IF NOT EXISTS/,
    );
    expect(() => dropConstraint(unique("u").on(t.c.name), { ifExists: true }).compile({ dialect: mysql8 })).toThrow(
      /mysql has no IF EXISTS/,
    );
  });

  test("of types take columns of enumerations and domains", () => {
    const mood = enumType("mood", ["a'b", "c"], { schema: "app" });
    const t = table("t", new MetaData(), { mood });
    for (const given of [mood, t.c.mood]) {
      expect(createType(given).compile({ dialect: pg }).sql).toBe("CREATE TYPE app.mood AS ENUM ('a''b', 'c')");
    }
    expect(dropType(mood, { ifExists: true }).compile({ dialect: pg }).sql).toBe("DROP TYPE IF EXISTS app.mood");
    expect(() => createType(mood).compile({ dialect: lite })).toThrow(/has no enumeration types such as "mood"/);
    expect(() => createType(integer())).toThrow(/takes a column of an enumeration or a domain/);
  });

  test("of sequences have every option", () => {
    const numbers = sequence("n", {
      start: 1n,
      increment: -1,
      noMinValue: true,
      noMaxValue: true,
      cycle: false,
      cache: 2,
      type: integer(),
    });
    expect(createSequence(numbers).compile({ dialect: pg }).sql).toBe(
      "CREATE SEQUENCE n AS INTEGER INCREMENT BY -1 START WITH 1 NO MINVALUE NO MAXVALUE CACHE 2 NO CYCLE",
    );
    expect(() => createSequence(numbers).compile({ dialect: lite })).toThrow(/sqlite has no sequences/);
    expect(() => createSequence(numbers).compile({ dialect: mysql8 })).toThrow(/mysql has no sequences/);
  });

  test("set comments, and take them away", () => {
    const t = table(
      "t",
      new MetaData(),
      { a: integer().comment("it's") },
      [check("ck", users().c.age.gt(1), { comment: "c" })],
      {
        comment: "t's",
      },
    );
    const [constraint] = t.constraints;
    if (constraint === undefined) return expect.unreachable();
    const texts = [
      setTableComment(t),
      setColumnComment(t.c.a),
      setConstraintComment(constraint),
      setConstraintComment(constraint, null),
    ];
    expect(texts.map((each) => each.compile({ dialect: pg }).sql)).toEqual([
      "COMMENT ON TABLE t IS 't''s'",
      "COMMENT ON COLUMN t.a IS 'it''s'",
      "COMMENT ON CONSTRAINT ck ON t IS 'c'",
      "COMMENT ON CONSTRAINT ck ON t IS NULL",
    ]);
    expect(setTableComment(t, null).compile({ dialect: my }).sql).toBe("ALTER TABLE t COMMENT ''");
    expect(() => setConstraintComment(constraint).compile({ dialect: my })).toThrow(/no comments on constraints/);
  });

  test("take mapped classes and tables, and nothing else", () => {
    // @ts-expect-error a name is no table
    expect(() => createTable("users")).toThrow(/createTable\(\) takes a table or a mapped class/);
    expect(() => createView(users())).toThrow(/takes a view/);
  });
});

describe("ddl()", () => {
  test("fills in the names of the table that it answers for, and words of its own", () => {
    const metadata = new MetaData();
    const t = table('the "x"', metadata, { id: integer() }, [], { schema: "app" });
    listen(t, "afterCreate", () =>
      ddl("GRANT SELECT ON %(fullname)s TO %(role)s -- 100% %(schema)s %(table)s", { role: "reader" }),
    );
    expect(metadata.createAllSql(pg).at(-1)).toBe('GRANT SELECT ON app."the ""x""" TO reader -- 100% app "the ""x"""');
  });

  test("refuses words without a meaning", () => {
    expect(() => ddl("DROP %(what)s").compile({ dialect: lite })).toThrow(
      /holds %\(what\)s, which nothing gives a meaning/,
    );
    expect(() => ddl(" ")).toThrow(/empty text/);
  });

  test("is executed where its condition holds", () => {
    const element = ddl("VACUUM").executeIf({
      dialect: ["sqlite", "postgresql"],
      when: ({ dialect }) => dialect !== "sqlite",
    });
    expect(element.compile({ dialect: pg }).statements).toEqual(["VACUUM"]);
    expect(element.compile({ dialect: lite }).statements).toEqual([]);
    expect(element.compile({ dialect: my }).sql).toBe("");
    expect(
      ddl("X")
        .executeIf({ dialect: "mysql" })
        .compile({ dialect: mysql({ serverVersion: "10.11.6-MariaDB" }) }).sql,
    ).toBe("X");
  });
});

describe("events", () => {
  test("refuse handlers that do not answer at once", () => {
    const metadata = new MetaData();
    users(metadata);
    // @ts-expect-error a promise is no answer
    listen(metadata, "beforeCreate", async () => {});
    expect(() => metadata.createAllSql(lite)).toThrow(/A handler of beforeCreate was asynchronous/);
  });

  test("are those of DDL", () => {
    // @ts-expect-error there is no such event
    expect(() => listen(users(), "create", () => {})).toThrow(/beforeCreate, afterCreate, beforeDrop, afterDrop/);
  });
});

describe("the offline mode", () => {
  test("writes what handlers answer with, also statements", () => {
    const metadata = new MetaData();
    const t = users(metadata);
    listen(metadata, "afterCreate", () => [insert(t).values({ id: 1, name: "it's" }), ddl("ANALYZE")]);
    expect(metadata.createAllSql(lite).slice(1)).toEqual([
      "INSERT INTO users (id, name) VALUES (1, 'it''s')",
      "ANALYZE",
    ]);
    expect(metadata.dropAllSql(lite)).toEqual(["DROP TABLE users"]);
  });

  test("takes a choice of tables", () => {
    const metadata = new MetaData();
    const t = users(metadata);
    table("other", metadata, { id: integer() });
    expect(metadata.dropAllSql(lite, { tables: [t] })).toEqual(["DROP TABLE users"]);
  });

  test("never changes the schema: the same metadata serves one database after the other", () => {
    const metadata = new MetaData();
    table("a", metadata, { id: integer().primaryKey(), bId: integer().references("b.id", { name: "fk_a" }) });
    table("b", metadata, { id: integer().primaryKey(), aId: integer().references("a.id", { name: "fk_b" }) });
    const before = metadata.createAllSql(lite);
    expect(metadata.createAllSql(pg).at(-1)).toMatch(/^ALTER TABLE a ADD CONSTRAINT fk_a FOREIGN KEY/);
    expect(metadata.dropAllSql(pg)[0]).toBe("ALTER TABLE a DROP CONSTRAINT fk_a");
    expect(metadata.createAllSql(lite)).toEqual(before);
    expect(before.join()).toContain("CONSTRAINT fk_a FOREIGN KEY(b_id) REFERENCES b (id)");
  });
});

describe("generated names", () => {
  test("fit the database: PostgreSQL counts bytes, MySQL letters, SQLite nothing", () => {
    const metadata = new MetaData();
    table("t", metadata, { a: integer().name("ä".repeat(30)).index(), b: integer().name("b".repeat(62)).index() });
    const names = (dialect: typeof pg | typeof my | typeof lite) =>
      metadata
        .createAllSql(dialect)
        .slice(1)
        .map((sql) => /INDEX ["`]?([^"` ]+)/.exec(sql)?.[1] ?? "");
    expect(names(lite).map((name) => name.length)).toEqual([35, 67]);
    expect(names(my).map((name) => name.length)).toEqual([35, 61]);
    const [german = "", english = ""] = names(pg);
    expect(new TextEncoder().encode(german).length).toBeLessThanOrEqual(63);
    expect(german).toMatch(/^ix_t_ä+_[0-9a-f]{4}$/);
    expect(english).toMatch(/^ix_t_b+_[0-9a-f]{4}$/);
    expect(english).toHaveLength(60);
  });
});

describe("conditions", () => {
  test("decide on constraints and indexes for each dialect", () => {
    const metadata = new MetaData();
    table("t", metadata, { a: integer() }, [
      check("ck", users().c.age.gt(1), { ddlIf: { dialect: "postgresql" } }),
      index("ix")
        .on("a")
        .ddlIf({ when: ({ dialect }) => dialect !== "postgresql" }),
      exclude([["a", "="]], { name: "ex", ddlIf: { dialect: "postgresql" } }),
    ]);
    expect(metadata.createAllSql(lite)).toEqual([
      "CREATE TABLE t (\n  a INTEGER NOT NULL\n)",
      "CREATE INDEX ix ON t (a)",
    ]);
    expect(metadata.createAllSql(pg)).toEqual([
      "CREATE TABLE t (\n  a INTEGER NOT NULL,\n  CONSTRAINT ck CHECK (age > 1),\n  CONSTRAINT ex EXCLUDE USING gist (a WITH =)\n)",
    ]);
  });
});

describe("tables", () => {
  test("that are there already are extended or kept", () => {
    const metadata = new MetaData();
    const first = users(metadata);
    expect(() => users(metadata)).toThrow(
      /extendExisting adds columns to the one that is there, keepExisting takes it/,
    );
    const kept = table("users", metadata, { other: text() }, [], { keepExisting: true });
    expect(kept).toBe(first);
    expect(first.columns.map(({ name }) => name)).toEqual(["id", "name", "age"]);
    const extended = table("users", metadata, { name: text(), email: text().unique() }, [index("ix").on("email")], {
      extendExisting: true,
    });
    expect(extended).toBe(first);
    expect(metadata.createAllSql(lite)).toEqual([
      "CREATE TABLE users (\n  id INTEGER NOT NULL,\n  name TEXT NOT NULL,\n  age INTEGER,\n  email TEXT NOT NULL,\n  PRIMARY KEY (id),\n  UNIQUE (email)\n)",
      "CREATE INDEX ix ON users (email)",
    ]);
  });

  test("are copied with everything, also under another name", () => {
    const metadata = new MetaData();
    const t = table(
      "t",
      metadata,
      { id: integer().primaryKey(), ok: boolean({ createConstraint: "ck_ok" }), r: exact("INT4RANGE", text()) },
      [
        exclude([["r", "&&"]], { name: "ex", using: "gist", ddlIf: { dialect: "postgresql" } }),
        index("ix").on("ok").ddlIf({ dialect: "sqlite" }),
      ],
      { comment: "c", postgresql: { unlogged: true } },
    );
    const copied = new MetaData();
    t.toMetadata(copied, { schema: "app", name: "u" });
    expect(copied.createAllSql(pg)).toEqual([
      "CREATE UNLOGGED TABLE app.u (\n  id SERIAL NOT NULL,\n  ok BOOLEAN NOT NULL,\n  r INT4RANGE NOT NULL,\n  PRIMARY KEY (id),\n  CONSTRAINT ex EXCLUDE USING gist (r WITH &&)\n)",
      "COMMENT ON TABLE app.u IS 'c'",
    ]);
    const sqliteCopy = new MetaData();
    table("t", metadata, {}, [], { keepExisting: true }).toMetadata(sqliteCopy);
    expect(
      createTable(sqliteCopy.tables.get("t") ?? t)
        .compile({ dialect: my })
        .sql.match(/ck_ok/g),
    ).toHaveLength(1);
  });

  test("have one column at most that counts itself, and it is a number", () => {
    const both = { a: integer().primaryKey().autoincrement(), b: integer().primaryKey().autoincrement() };
    expect(() => table("t", new MetaData(), both).autoincrementColumn).toThrow(/both "t.a" and "t.b" are declared to/);
    const wrong = table("t", new MetaData(), { a: uuid().primaryKey().autoincrement() });
    expect(() => wrong.autoincrementColumn).toThrow(/its type is uuid\(\). Only integers count/);
    const metadata = new MetaData();
    users(metadata);
    const child = table("child", metadata, {
      id: integer().primaryKey().references("users.id").autoincrement("ignoreFk"),
    });
    expect(child.autoincrementColumn?.name).toBe("id");
    const composite = table("c", metadata, { a: integer().primaryKey(), b: integer().primaryKey() });
    expect(composite.autoincrementColumn).toBeNull();
  });

  test("refuse options that programs without types made up", () => {
    const evil = "cascade; DROP TABLE x" as "cascade";
    const t = users();
    const key = foreignKey("fk")
      .on(t.c.age)
      .references(() => [t.c.id], { onDelete: evil });
    expect(() => addConstraint(key).compile({ dialect: pg })).toThrow(
      /onDelete is "cascade" or "restrict" or .*, not "cascade; DROP/,
    );
    const late = unique("uq", { initially: "x" as "deferred" }).on(t.c.age);
    expect(() => addConstraint(late).compile({ dialect: pg })).toThrow(/initially is "deferred" or "immediate"/);
    const start = "1; DROP" as unknown as number;
    expect(() => createSequence(sequence("s", { start })).compile({ dialect: pg })).toThrow(/takes whole numbers/);
    const commit = table("t", new MetaData(), { a: integer() }, [], { postgresql: { onCommit: "x" as "drop" } });
    expect(() => createTable(commit).compile({ dialect: pg })).toThrow(/onCommit is "preserve rows"/);
  });

  test("refuse prefixes that are no words, and hold those that are", () => {
    const made = (prefix: string) =>
      createTable(table("t", new MetaData(), { a: integer() }, [], { prefixes: [prefix] }));
    expect(made("GLOBAL TEMPORARY").compile({ dialect: pg }).sql).toMatch(/^CREATE GLOBAL TEMPORARY TABLE t/);
    expect(() => made("x; DROP").compile({ dialect: pg })).toThrow(/prefixes are words/);
  });

  test("of SQLite say what becomes of rows in conflict", () => {
    const t = table("t", new MetaData(), { id: integer().primaryKey(), a: integer() }, [
      unique("uq", { dialectOptions: { sqlite: { onConflict: "replace" } } }).on("a"),
    ]);
    expect(createTable(t).compile({ dialect: lite }).sql).toContain("CONSTRAINT uq UNIQUE (a) ON CONFLICT REPLACE");
    expect(createTable(t).compile({ dialect: pg }).sql).toContain("CONSTRAINT uq UNIQUE (a)\n");
  });
});

describe("what is there already", () => {
  test("is found by one query for all tables", () => {
    const metadata = new MetaData();
    const t = users(metadata);
    table("other", metadata, { id: integer() });
    view("v", metadata, select(t.c.id));
    const engine = createSyncEngine("sqlite:///:memory:");
    const asked: string[] = [];
    listen(engine, "beforeCursorExecute", ({ statement }) => {
      asked.push(statement);
    });
    metadata.createAll(engine);
    expect(asked.map((each) => each.split(" ").slice(0, 2).join(" "))).toEqual([
      "CREATE TABLE",
      "CREATE TABLE",
      "CREATE VIEW",
    ]);
    asked.length = 0;
    metadata.createAll(engine);
    expect(asked).toEqual([]);
    engine.dispose();
  });
});

describe("views", () => {
  test("are not copied, because their query would not be", () => {
    const v = view("v", new MetaData(), select(users().c.id));
    expect(() => v.toMetadata(new MetaData())).toThrow(/cannot be copied/);
  });

  test("exist or not as their database can say", () => {
    const made = (options: object) =>
      createView(view("v", new MetaData(), select(users().c.id), options), { ifNotExists: true });
    expect(made({}).compile({ dialect: lite }).sql).toMatch(/^CREATE VIEW IF NOT EXISTS v/);
    expect(made({ materialized: true }).compile({ dialect: pg }).sql).toMatch(
      /^CREATE MATERIALIZED VIEW IF NOT EXISTS v/,
    );
    expect(() => made({}).compile({ dialect: pg })).toThrow(/Declare "v" with orReplace/);
    expect(() => made({}).compile({ dialect: mysql8 })).toThrow(/mysql has no IF NOT EXISTS/);
  });

  test("say what a database lacks", () => {
    const t = users();
    const made = (options: object) => createView(view("v", new MetaData(), select(t.c.id), options));
    expect(() => made({ materialized: true }).compile({ dialect: my })).toThrow(/has no materialized views/);
    expect(() => made({ orReplace: true }).compile({ dialect: lite })).toThrow(/no OR REPLACE for views/);
    expect(() => made({ withCheckOption: true }).compile({ dialect: lite })).toThrow(/no WITH CHECK OPTION/);
    expect(made({ temporary: true }).compile({ dialect: lite }).sql).toBe(
      "CREATE TEMPORARY VIEW v AS SELECT users.id FROM users",
    );
    expect(made({ materialized: true, withData: false }).compile({ dialect: pg }).sql).toBe(
      "CREATE MATERIALIZED VIEW v AS SELECT users.id FROM users WITH NO DATA",
    );
    expect(made({ withCheckOption: true, orReplace: true }).compile({ dialect: my }).sql).toBe(
      "CREATE OR REPLACE VIEW v AS SELECT users.id FROM users WITH CHECK OPTION",
    );
  });

  test("hold values as escaped literals, and refuse parameters without one", () => {
    const t = users();
    const v = view("v", new MetaData(), select(t.c.id).where(t.c.name.in(["o'x", "\\"]), t.c.age.gt(5)));
    expect(createView(v).compile({ dialect: my }).sql).toContain("users.name IN ('o''x', '\\\\') AND users.age > 5");
    expect(createView(v).compile({ dialect: pg }).sql).toContain("users.name IN ('o''x', '\\') AND users.age > 5");
  });
});
