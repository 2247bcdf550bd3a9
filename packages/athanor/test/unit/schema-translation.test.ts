import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  createSyncEngine,
  exists,
  insert,
  integer,
  MetaData,
  type SyncConnection,
  select,
  table,
  text,
  update,
} from "../../src/index.ts";
import { dialect as postgresql } from "../../src/postgresql.ts";
import { Sequence } from "../../src/schema/sequence.ts";
import { compilerFor } from "../../src/sql/compile/compile.ts";
import { SchemaTranslation, schemaToken } from "../../src/sql/compile/schema-translation.ts";
import { NODE } from "../../src/util/symbols.ts";

const metadata = new MetaData();
const users = table("users", metadata, { id: integer().primaryKey(), name: text() });
const events = table("events", metadata, { id: integer().primaryKey(), userId: integer() }, [], { schema: "log" });

/** An engine with a database for each tenant. */
function tenants(): { readonly engine: ReturnType<typeof createSyncEngine>; readonly connection: SyncConnection } {
  const engine = createSyncEngine("sqlite:///:memory:", { isolationLevel: "AUTOCOMMIT" });
  const connection = engine.connect();
  for (const name of ["a", "b c", "log"]) connection.execDriverSql(`ATTACH ':memory:' AS "${name}"`);
  return { engine, connection };
}

describe("schemaTranslateMap", () => {
  test("says which schemas are meant, of an engine, a connection, a statement and an execution", () => {
    const { engine, connection } = tenants();
    const inB = { schemaTranslateMap: { null: "b c" } };
    connection.executionOptions({ schemaTranslateMap: { null: "a" } });
    metadata.createAll(connection);
    connection.execute(insert(users).values({ name: "Ann" }));
    connection.execute(insert(events).values({ userId: 1 }));
    connection.close();

    const b = engine.executionOptions(inB).connect();
    metadata.createAll(b);
    b.execute(insert(users).values({ name: "Ben" }));
    expect(b.execDriverSql('SELECT name FROM "b c".users').all()).toEqual([["Ben"]]);
    expect(b.execDriverSql("SELECT name FROM a.users").all()).toEqual([["Ann"]]);
    expect(b.execDriverSql("SELECT user_id FROM log.events").all()).toEqual([[1]]);
    b.close();

    const plain = engine.connect();
    const names = select(users.c.name);
    expect(plain.scalars(names.executionOptions(inB)).all()).toEqual(["Ben"]);
    expect(plain.scalars(names, {}, { schemaTranslateMap: { null: "a" } }).all()).toEqual(["Ann"]);
    engine.dispose();
  });

  test("looks where the tables are meant to be before it creates or drops them", () => {
    const { engine, connection } = tenants();
    connection.executionOptions({ schemaTranslateMap: { null: "a", log: null } });
    metadata.createAll(connection);
    metadata.createAll(connection);
    const there = (schema: string) => connection.execDriverSql(`SELECT name FROM ${schema}.sqlite_master`).all();
    expect([there("a"), there("main")]).toEqual([[["users"]], [["events"]]]);
    metadata.dropAll(connection);
    expect([there("a"), there("main")]).toEqual([[], []]);
    engine.dispose();
  });

  test("shares one compiled statement among all schemas", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    const inSchema = (name: string | null) => engine.executionOptions({ schemaTranslateMap: { null: name } });
    const statement = (name: string) =>
      update(users)
        .values({ name })
        .where(exists().where(events.c.userId.eq(users.c.id)));
    const [a, b] = [inSchema("a"), inSchema('b"c')];
    expect(a.compile(statement("x")).sql).toBe(
      "UPDATE a.users SET name = ? WHERE EXISTS (SELECT * FROM log.events WHERE log.events.user_id = a.users.id)",
    );
    expect(b.compile(statement("y")).sql).toMatch(/^UPDATE "b""c"\.users SET name = \? WHERE/);
    expect(engine.compile(statement("z")).sql).toMatch(/^UPDATE users SET/);
    expect(inSchema(null).compile(statement("z")).sql).toMatch(/^UPDATE users SET/);
    expect(a.$core.compiledCache).toBe(b.$core.compiledCache);
    expect(a.$core.compiledCache.size).toBe(2);
    engine.dispose();
  });

  test("reaches sequences, in text literals too", () => {
    const translation = new SchemaTranslation({ null: "o'x" }, (name) => postgresql().quote(name));
    const counted = table("counted", new MetaData(), { id: integer().primaryKey().sequence(new Sequence("c_seq")) });
    const node = insert(counted).values({})[NODE];
    const compiled = compilerFor(postgresql(), { binds: [], translatesSchemas: true }).compile(node, null);
    expect(translation.translate(compiled.sql ?? "")).toBe(
      `INSERT INTO "o'x".counted (id) VALUES (nextval('"o''x".c_seq'))`,
    );
  });

  test("leaves what only looks like its own marks", () => {
    const translation = new SchemaTranslation({ null: "a" }, (name) => name);
    expect(translation.translate(`SELECT '<s:x>' FROM ${schemaToken(null)}t, ${schemaToken("x>y")}u`)).toBe(
      "SELECT '<s:x>' FROM a.t, x>y.u",
    );
  });

  test("takes names and null", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    expect(() => engine.executionOptions({ schemaTranslateMap: { null: 5 as never } })).toThrow(ArgumentError);
    engine.dispose();
  });
});
