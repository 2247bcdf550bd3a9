import { describe, expect, test } from "vitest";
import {
  createEngine,
  createIndex,
  createTable,
  ddl,
  dropIndex,
  dropTable,
  type Engine,
  index,
  insert,
  integer,
  listen,
  MetaData,
  removeListener,
  select,
  table,
  varchar,
} from "../../src/index.ts";
import { sessionmaker } from "../../src/orm/index.ts";
import { forEachDatabase } from "../support/databases.ts";

function people() {
  const metadata = new MetaData();
  const users = table("users", metadata, { id: integer().primaryKey(), name: varchar(50).index(), age: integer() });
  const orders = table("orders", metadata, {
    id: integer().primaryKey(),
    userId: integer().references(() => users.c.id),
  });
  return { metadata, users, orders };
}

/** The statements that an engine sends, without those that look things up. */
function recorded(engine: Engine): string[] {
  const statements: string[] = [];
  listen(engine, "beforeCursorExecute", ({ statement }) => {
    statements.push(statement.replace(/\s+/g, " "));
  });
  return statements;
}

describe("DDL on a database", () => {
  forEachDatabase((database) => {
    test("elements are executed one by one", async () => {
      const { users } = people();
      const engine = createEngine(database.url);
      await engine.begin(async (connection) => {
        await connection.execute(createTable(users));
        await connection.execute(createTable(users, { ifNotExists: true }));
        const [known] = users.indexes;
        if (known === undefined) return expect.unreachable();
        await connection.execute(createIndex(known));
        const another = index("ix_users_age").on(users.c.age.desc(), users.c.name);
        await connection.execute(createIndex(another));
        await connection.execute(insert(users).values({ name: "a", age: 1 }));
        expect(await connection.scalars(select(users.c.name)).all()).toEqual(["a"]);
        await connection.execute(dropIndex(another));
        await connection.execute(dropIndex(known));
        await connection.execute(dropTable(users));
        await connection.execute(dropTable(users, { ifExists: true }));
      });
      expect(users.indexes).toHaveLength(1);
      await engine.dispose();
    });

    test("a session executes them in its transaction", async () => {
      const { users } = people();
      const engine = createEngine(database.url);
      await using session = sessionmaker(engine)();
      await session.execute(createTable(users));
      await session.execute(insert(users).values({ name: "a", age: 1 }));
      expect(await session.scalars(select(users.c.age)).all()).toEqual([1]);
      await session.rollback();
      await session.execute(dropTable(users, { ifExists: true }));
      await session.close();
      await engine.dispose();
    });

    test("handlers of events say what else is executed", async () => {
      const { metadata, users, orders } = people();
      const engine = createEngine(database.url);
      const heard: string[] = [];
      const note = (name: string) => () => {
        heard.push(name);
      };
      listen(metadata, "beforeCreate", ({ tables }) => {
        heard.push(`create ${tables.map(({ name }) => name)}`);
      });
      listen(metadata, "afterCreate", note("created"));
      listen(users, "beforeCreate", note("before users"));
      listen(users, "afterCreate", ({ target }) => [
        createIndex(index("ix_more").on(users.c.age)),
        insert(users).values({ name: target.name, age: 7 }),
      ]);
      listen(users, "afterCreate", () => ddl("nothing of the kind").executeIf({ dialect: "another" }));
      listen(orders, "afterDrop", note("after orders"));
      listen(metadata, "beforeDrop", note("drop"));
      listen(metadata, "afterDrop", note("dropped"));
      await metadata.createAll(engine);
      expect(heard).toEqual(["create users,orders", "before users", "created"]);
      await using connection = await engine.connect();
      expect(await connection.scalars(select(users.c.name)).all()).toEqual(["users"]);
      await metadata.createAll(connection);
      expect(heard.slice(3)).toEqual(["create ", "created"]);
      await metadata.dropAll(connection);
      expect(heard.slice(5)).toEqual(["drop", "after orders", "dropped"]);
      await connection.close();
      await engine.dispose();
    });

    test("a table is created and dropped by itself", async () => {
      const { users } = people();
      const engine = createEngine(database.sharedUrl);
      const statements = recorded(engine);
      await users.create(engine);
      await users.create(engine);
      await users.drop(engine);
      await users.drop(engine);
      expect(statements.map((each) => each.split(" ").slice(0, 2).join(" "))).toEqual([
        "CREATE TABLE",
        "CREATE INDEX",
        "DROP TABLE",
      ]);
      await engine.dispose();
    });
  });

  test("listeners can be taken back", () => {
    const { users } = people();
    const handler = (): undefined => undefined;
    listen(users, "beforeDrop", handler);
    expect(removeListener(users, "beforeDrop", handler)).toBe(true);
    expect(removeListener(users, "beforeDrop", handler)).toBe(false);
  });
});
