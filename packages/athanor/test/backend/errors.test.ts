// One cause, one exception, whatever the database: a program that handles errors need not know where it runs.
import { describe, expect, test } from "vitest";
import {
  type Connection,
  check,
  createEngine,
  type Engine,
  type EngineOptions,
  foreignKey,
  insert,
  integer,
  MetaData,
  select,
  smallInteger,
  sqlText,
  table,
  unique,
  update,
  varchar,
} from "../../src/index.ts";
import { type Database, forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const parents = table("parents", metadata, {
  id: integer().primaryKey(),
  code: varchar(5).nullable(),
  name: varchar(5),
  amount: smallInteger().default(1),
});
parents.setArguments([
  unique("uq_parents_code").on(parents.c.code),
  check("ck_parents_amount", parents.c.amount.gt(0)),
]);
const children = table("children", metadata, { id: integer().primaryKey(), parentId: integer().nullable() });
children.setArguments([
  foreignKey("fk_children_parent")
    .on(children.c.parentId)
    .references(() => [parents.c.id]),
]);

const parent = (values: object) => insert(parents).values({ id: 9, name: "x", ...values });

type Dialect = Database["dialect"];

interface Cause {
  readonly provoke: (connection: Connection) => PromiseLike<unknown>;
  readonly error: object;
  /** What single databases tell otherwise: null where one sees nothing wrong. */
  readonly but?: Partial<Readonly<Record<Dialect, object | null>>>;
}

/** What SQLite does not name, it does not know. */
const causes: Readonly<Record<string, Cause>> = {
  "a unique constraint": {
    provoke: (connection) => connection.execute(parent({ code: "a" })),
    error: { name: "IntegrityError", violation: "unique", constraint: "uq_parents_code" },
    but: { sqlite: { violation: "unique", table: "parents", columns: ["code"] } },
  },
  "a primary key": {
    provoke: (connection) => connection.execute(parent({ id: 1 })),
    error: { name: "IntegrityError", violation: "primaryKey" },
  },
  "a foreign key, at the child": {
    provoke: (connection) => connection.execute(insert(children).values({ id: 9, parentId: 99 })),
    error: {
      name: "IntegrityError",
      violation: "foreignKey",
      constraint: "fk_children_parent",
      table: "children",
      columns: ["parent_id"],
    },
    but: { sqlite: { violation: "foreignKey" } },
  },
  "a foreign key, at the parent": {
    provoke: (connection) => connection.execDriverSql("DELETE FROM parents WHERE id = 1"),
    error: { name: "IntegrityError", violation: "foreignKey", constraint: "fk_children_parent", table: "children" },
    but: { sqlite: { violation: "foreignKey" } },
  },
  "a value that is missing": {
    provoke: (connection) => connection.execDriverSql("INSERT INTO parents (id, name, amount) VALUES (9, NULL, 1)"),
    error: { name: "IntegrityError", violation: "notNull", columns: ["name"] },
  },
  "a check": {
    provoke: (connection) => connection.execute(parent({ amount: 0 })),
    error: { name: "IntegrityError", violation: "check", constraint: "ck_parents_amount" },
  },
  "a text that is too long": {
    provoke: (connection) => connection.execute(parent({ code: "too long" })),
    error: { name: "DataError" },
    but: { sqlite: null },
  },
  "a number out of range": {
    provoke: (connection) => connection.execDriverSql("INSERT INTO parents VALUES (9, NULL, 'x', 100000)"),
    error: { name: "DataError" },
    but: { sqlite: null },
  },
  "a value of the wrong type": {
    provoke: (connection) => connection.execDriverSql("INSERT INTO parents VALUES (9, NULL, 'x', 'many')"),
    error: { name: "DataError" },
    // Any value has its place in any column.
    but: { sqlite: null },
  },
  // SQLite has one code for all that is wrong with a statement, which SQLAlchemy takes for an operational error.
  "a syntax error": {
    provoke: (connection) => connection.execute(sqlText("SELEC 1")),
    error: { name: "ProgrammingError" },
    but: { sqlite: { name: "OperationalError" } },
  },
  "a table that is missing": {
    provoke: (connection) => connection.execute(sqlText("SELECT * FROM nowhere")),
    error: { name: "ProgrammingError" },
    but: { sqlite: { name: "OperationalError" } },
  },
  "a column that is missing": {
    provoke: (connection) => connection.execute(sqlText("SELECT nothing FROM parents")),
    error: { name: "ProgrammingError" },
    but: { sqlite: { name: "OperationalError" } },
  },
};

async function open(url: string, options: EngineOptions = {}): Promise<Engine> {
  const engine = createEngine(url, options);
  await metadata.createAll(engine);
  await engine.begin(async (connection) => {
    await connection.execute(insert(parents), [
      { id: 1, code: "a", name: "x" },
      { id: 2, code: "b", name: "y" },
    ]);
    await connection.execute(insert(children).values({ id: 1, parentId: 1 }));
  });
  return engine;
}
const rename = (id: number, name: string) => update(parents).values({ name }).where(parents.c.id.eq(id));

forEachDatabase((database) => {
  describe("errors", () => {
    for (const [cause, { provoke, error, but = {} }] of Object.entries(causes)) {
      const expected = database.dialect in but ? but[database.dialect] : error;
      if (expected === null || expected === undefined) continue;
      test(`of ${cause}`, async () => {
        const engine = await open(database.url);
        await using connection = await engine.connect();
        const thrown: unknown = await provoke(connection).then(null, (reason: unknown) => reason);
        expect(thrown).toMatchObject({ ...expected, connectionInvalidated: false, retryable: false });
        expect(thrown).toMatchObject({ statement: expect.stringMatching(/\S/), cause: expect.any(Error) });
        await connection.rollback();
        expect(await connection.scalar(select(parents.c.name).where(parents.c.id.eq(1)))).toBe("x");
        await connection.close();
        await engine.dispose();
      });
    }

    test("show parameters, and hide them on request", async () => {
      for (const hideParameters of [false, true]) {
        const engine = await open(database.sharedUrl, { hideParameters });
        await using connection = await engine.connect();
        const thrown: Error = await connection.execute(parent({ id: 1, name: "shown" })).then(
          () => expect.unreachable(),
          (reason: unknown) => reason as Error,
        );
        expect(thrown).toHaveProperty("parameters", hideParameters ? null : expect.arrayContaining(["shown"]));
        expect(thrown.message.includes("shown")).toBe(!hideParameters);
        await connection.close();
        await metadata.dropAll(engine);
        await engine.dispose();
      }
    });

    // The rest takes two connections at the same time, or a server.
    if (database.dialect === "sqlite" || database.name === "postgresql/pglite") return;

    test("of a deadlock can be overcome by trying again", async () => {
      const engine = await open(database.sharedUrl);
      const failures: unknown[] = [];
      // Each has its first row before either asks for its second.
      const { promise: both, resolve } = Promise.withResolvers<void>();
      let arrived = 0;
      const crossing = async (first: number, second: number) =>
        engine.begin(
          async (connection) => {
            await connection.execute(rename(first, `${first}`));
            arrived += 1;
            if (arrived === 2) resolve();
            await both;
            await connection.execute(rename(second, `${first}`)).catch((error: unknown) => {
              failures.push(error);
              throw error;
            });
          },
          { retry: { attempts: 5 } },
        );
      await Promise.all([crossing(1, 2), crossing(2, 1)]);
      expect(failures[0]).toMatchObject({ name: "OperationalError", retryable: true, connectionInvalidated: false });
      await engine.dispose();
    });

    test("of a lock that is not free", async () => {
      const engine = await open(database.sharedUrl);
      await using holder = await engine.connect();
      await holder.execute(rename(1, "held"));
      await using other = await engine.connect();
      const lock = select(parents.c.id).where(parents.c.id.eq(1)).withForUpdate({ nowait: true });
      await expect(other.execute(lock)).rejects.toMatchObject({ name: "OperationalError", retryable: true });
      await Promise.all([holder.close(), other.close()]);
      await engine.dispose();
    });

    test("of a serialization failure", async () => {
      const engine = await open(database.sharedUrl);
      const level = { isolationLevel: "SERIALIZABLE" } as const;
      const [a, b] = [await engine.connect(), await engine.connect()];
      for (const connection of [a, b]) connection.executionOptions(level);
      // Each reads what the other writes: in no order of the two would both be right.
      for (const connection of [a, b]) await connection.execute(select(parents));
      const writes = [a.execute(rename(1, "a")), b.execute(rename(2, "b"))].map((write) =>
        write.then(
          () => null,
          (error: unknown) => error,
        ),
      );
      const outcomes = await Promise.all(writes);
      for (const connection of [a, b]) {
        outcomes.push(
          await connection.commit().then(
            () => null,
            (error: unknown) => error,
          ),
        );
      }
      const [failure] = outcomes.filter((outcome) => outcome !== null);
      expect(failure).toMatchObject({ name: "OperationalError", retryable: true });
      for (const connection of [a, b]) await connection.close();
      await engine.dispose();
    });

    test("of a connection that nobody has opened name no password", async () => {
      const scheme = database.url.split(":")[0] ?? "";
      const engine = createEngine(`${scheme}://nobody:s3cret@127.0.0.1:1/none`);
      await expect(engine.connect()).rejects.toMatchObject({
        name: "OperationalError",
        message: expect.not.stringContaining("s3cret"),
      });
    });
  });
});
