import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  createEngine,
  createSyncEngine,
  type Engine,
  IntegrityError,
  InternalError,
  InvalidRequestError,
  insert,
  integer,
  listen,
  MetaData,
  PendingRollbackError,
  ResourceClosedError,
  select,
  sqlText,
  table,
  varchar,
} from "../../src/index.ts";
import { forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const archive = table("archive", metadata, { id: integer().primaryKey(), label: varchar(20).nullable() });
const row = (id: number) => insert(archive).values({ id, label: "x" });

/** An engine, and what it does with transactions. */
async function open(url: string): Promise<{ engine: Engine; trace: string[] }> {
  const engine = createEngine(url);
  await metadata.createAll(engine);
  await engine.begin((connection) => connection.execute(row(1)));
  const trace: string[] = [];
  for (const event of ["begin", "commit", "rollback", "savepoint", "releaseSavepoint", "rollbackSavepoint"] as const) {
    listen(engine, event, ({ statement }) => trace.push(statement));
  }
  return { engine, trace };
}

async function ids(engine: Engine): Promise<number[]> {
  await using connection = await engine.connect();
  return await connection.scalars(select(archive.c.id).orderBy(archive.c.id)).all();
}

forEachDatabase((database) => {
  // The scenarios of the oracle's area "transactions" that need no session; their names stand in parentheses.
  describe("transactions", () => {
    test("commit as you go, begin once (connection-as-you-go)", async () => {
      const { engine, trace } = await open(database.url);
      {
        await using connection = await engine.connect();
        await connection.execute(row(5));
        await connection.commit();
        await connection.execute(row(6));
        await connection.rollback();
        await connection.execute(select(archive.c.id));
        await expect(connection.begin()).rejects.toThrow(InvalidRequestError);
      }
      const closed = await engine.begin(async (connection) => {
        await connection.execute(row(7));
        return connection;
      });
      expect(trace).toEqual(["BEGIN", "COMMIT", "BEGIN", "ROLLBACK", "BEGIN", "ROLLBACK", "BEGIN", "COMMIT"]);
      expect(await ids(engine)).toEqual([1, 5, 7]);
      await expect(closed.execute(select(archive.c.id))).rejects.toThrow(ResourceClosedError);
    });

    test("savepoints as objects and around functions (connection-nested)", async () => {
      const { engine, trace } = await open(database.url);
      await engine.begin(async (connection) => {
        await connection.execute(row(5));
        const savepoint = await connection.beginNested();
        await connection.execute(row(6));
        expect(connection.inNestedTransaction).toBe(true);
        await savepoint.rollback();
        await connection.beginNested(() => connection.execute(row(7)));
        expect([connection.inTransaction, connection.inNestedTransaction, savepoint.isActive]).toEqual([
          true,
          false,
          false,
        ]);
        await savepoint.rollback();
        await expect(savepoint.commit()).rejects.toThrow(InvalidRequestError);
      });
      expect(trace).toEqual([
        "BEGIN",
        "SAVEPOINT athanor_savepoint_1",
        "ROLLBACK TO SAVEPOINT athanor_savepoint_1",
        "SAVEPOINT athanor_savepoint_2",
        "RELEASE SAVEPOINT athanor_savepoint_2",
        "COMMIT",
      ]);
      expect(await ids(engine)).toEqual([1, 5, 7]);
    });

    test("an error inside a savepoint leaves the outer transaction usable (savepoint-error)", async () => {
      const { engine } = await open(database.url);
      await engine.begin(async (connection) => {
        await connection.execute(row(2));
        for (const id of [1, 3]) {
          await connection
            .beginNested(() => connection.execute(row(id)))
            .catch((error: unknown) => {
              expect(error).toBeInstanceOf(IntegrityError);
            });
        }
      });
      expect(await ids(engine)).toEqual([1, 2, 3]);
    });

    test("a failed statement leaves the transaction as it is (failed-execute)", async () => {
      const { engine, trace } = await open(database.url);
      await using connection = await engine.connect();
      await connection.execute(row(2));
      await expect(connection.execute(sqlText("SELECT * FROM nowhere"))).rejects.toThrow(/nowhere/);
      if (database.failureEndsTransaction) {
        await expect(connection.execute(sqlText("SELECT 1"))).rejects.toThrow(InternalError);
        await expect(connection.commit()).rejects.toThrow(/rolled back, not committed/);
        await connection.close();
        expect(trace).toEqual(["BEGIN", "COMMIT", "ROLLBACK"]);
        expect(await ids(engine)).toEqual([1]);
        return;
      }
      expect(await connection.execute(sqlText("SELECT 1")).scalar()).toBe(1);
      await connection.commit();
      expect(trace).toEqual(["BEGIN", "COMMIT"]);
    });

    if (database.concurrent) {
      test("AUTOCOMMIT commits every statement on its own (isolation-autocommit)", async () => {
        const { engine } = await open(database.sharedUrl);
        {
          await using connection = (await engine.connect()).executionOptions({ isolationLevel: "AUTOCOMMIT" });
          await connection.execute(row(5));
          expect(await ids(engine)).toEqual([1, 5]);
          await connection.rollback();
        }
        expect(await ids(engine)).toEqual([1, 5]);
        await engine.dispose();
      });
    }

    test("an isolation level lasts as long as its connection (isolation-level)", async () => {
      const { engine } = await open(database.url);
      {
        await using connection = await engine.connect();
        expect(connection.executionOptions({ isolationLevel: "AUTOCOMMIT" }).isolationLevel).toBe("AUTOCOMMIT");
      }
      await using connection = await engine.connect();
      expect(connection.isolationLevel).toBe(database.isolationLevels[0]);
      expect(() => connection.executionOptions({ isolationLevel: "NOPE" as never })).toThrow(
        `"NOPE". It has: ${database.isolationLevels.join(", ")}.`,
      );
      await connection.execute(select(archive.c.id));
      expect(() => connection.executionOptions({ isolationLevel: "SERIALIZABLE" })).toThrow(InvalidRequestError);
      expect(() => createEngine(database.url, { isolationLevel: "NOPE" as never })).toThrow(ArgumentError);
    });

    test("a block ends with its transaction", async () => {
      const { engine } = await open(database.url);
      const work = engine.begin(async (connection) => {
        await connection.execute(row(2));
        await connection.rollback();
        await connection.execute(row(3));
      });
      await expect(work).rejects.toThrow(/ended inside it/);
      expect(await ids(engine)).toEqual([1]);
      await using connection = await engine.connect();
      await connection.begin(() => connection.execute(row(4)));
      await connection.execute(row(5));
      await connection.rollback();
      expect(await connection.scalars(select(archive.c.id)).all()).toEqual([1, 4]);
    });

    test("a transaction that is left without a commit is rolled back", async () => {
      const { engine } = await open(database.url);
      await using connection = await engine.connect();
      {
        await using transaction = await connection.begin();
        await connection.execute(row(2));
        expect(transaction.isActive).toBe(true);
      }
      {
        await using transaction = await connection.begin();
        await connection.execute(row(3));
        await transaction.commit();
      }
      expect(await connection.scalars(select(archive.c.id)).all()).toEqual([1, 3]);
    });

    test("closing rolls back, and so does an error", async () => {
      const { engine, trace } = await open(database.url);
      const connection = await engine.connect();
      await connection.execute(row(2));
      await connection.close();
      await expect(connection.begin(() => connection.execute(row(2)))).rejects.toThrow(ResourceClosedError);
      expect(trace).toEqual(["BEGIN", "ROLLBACK"]);
      expect(await ids(engine)).toEqual([1]);
    });

    if (database.deferredConstraints) {
      test("what a commit refuses is rolled back", async () => {
        const { engine } = await open(database.url);
        await engine.begin(async (connection) => {
          await connection.execDriverSql("CREATE TABLE parent (id INTEGER PRIMARY KEY)");
          await connection.execDriverSql(
            "CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
          );
        });
        await using connection = await engine.connect();
        const work = connection.begin(() => connection.execDriverSql("INSERT INTO child VALUES (1)"));
        await expect(work).rejects.toMatchObject({ name: "IntegrityError", violation: "foreignKey" });
        expect(connection.inTransaction).toBe(false);
        expect(await connection.execute(sqlText("SELECT count(*) FROM child")).scalar()).toBe(0);
      });
    }

    if (database.dialect === "sqlite") {
      test("nothing is executed after the database has ended the transaction by itself", async () => {
        const { engine } = await open(database.url);
        await using connection = await engine.connect();
        await connection.execDriverSql(
          "CREATE TRIGGER guard BEFORE INSERT ON archive WHEN NEW.id = 13 BEGIN SELECT RAISE(ROLLBACK, 'unlucky'); END",
        );
        await connection.commit();
        await connection.execute(row(2));
        const inside = connection.beginNested(() => connection.execute(row(13)));
        await expect(inside).rejects.toThrow(/unlucky/);
        await expect(connection.execute(row(3))).rejects.toThrow(PendingRollbackError);
        await expect(connection.commit()).rejects.toThrow(PendingRollbackError);
        await connection.rollback();
        await connection.execute(row(4));
        await connection.commit();
        expect(await connection.scalars(select(archive.c.id)).all()).toEqual([1, 4]);
      });
    }

    if (database.dialect === "sqlite") {
      test("writers wait for each other as long as they may", async () => {
        const first = createEngine(database.sharedUrl, { sqliteBegin: "immediate" });
        const second = createEngine(database.sharedUrl, { busyTimeout: 1, sqliteBegin: "immediate" });
        await metadata.createAll(first);
        await using held = await first.connect();
        await held.execute(row(1));
        await expect(second.begin((connection) => connection.execute(row(2)))).rejects.toMatchObject({
          name: "OperationalError",
          retryable: true,
        });
        await held.commit();
        await second.begin((connection) => connection.execute(row(2)));
        await Promise.all([first.dispose(), second.dispose()]);
      });
    }

    test("an abandoned stream does not hold the connection", async () => {
      const { engine } = await open(database.url);
      const connection = await engine.connect();
      await connection.execute(insert(archive), [{ id: 2 }, { id: 3 }]);
      await connection.commit();
      const rows = connection.scalars(select(archive.c.id))[Symbol.asyncIterator]();
      expect((await rows.next()).value).toBe(1);
      await connection.close();
      await metadata.dropAll(engine);
      expect(engine.pool).toMatchObject({ idle: 1, checkedOut: 0 });
    });
  });

  if (!database.synchronous) return;
  describe("synchronous transactions", () => {
    test("have the same forms", () => {
      const engine = createSyncEngine(database.url);
      metadata.createAll(engine);
      using connection = engine.connect();
      {
        using transaction = connection.begin();
        connection.execute(row(1));
        expect(transaction.isActive).toBe(true);
      }
      connection.begin(() => connection.execute(row(2)));
      connection.begin(() => {
        const savepoint = connection.beginNested();
        connection.execute(row(3));
        savepoint.rollback();
        expect(() => savepoint.commit()).toThrow(InvalidRequestError);
        expect(() => connection.beginNested(() => connection.execute(row(2)))).toThrow(IntegrityError);
      });
      expect(connection.scalars(select(archive.c.id)).all()).toEqual([2]);
    });

    test("do not end before asynchronous work does", () => {
      const engine = createSyncEngine(database.url);
      metadata.createAll(engine);
      const work = (): unknown =>
        engine.begin(async (connection) => {
          connection.execute(row(1));
        });
      expect(work).toThrow(/returned a promise/);
      using connection = engine.connect();
      expect(connection.scalars(select(archive.c.id)).all()).toEqual([]);
    });
  });
});
