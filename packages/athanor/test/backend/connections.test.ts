// What connections to servers do beside statements: isolation and modes, limits, locks on names, channels, two phases.
import { describe, expect, test, vi } from "vitest";
import {
  ArgumentError,
  createEngine,
  type Engine,
  InvalidRequestError,
  insert,
  integer,
  MetaData,
  NotSupportedError,
  select,
  sqlText,
  table,
} from "../../src/index.ts";
import { type Database, forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const notes = table("notes", metadata, { id: integer().primaryKey() });
const note = (id: number) => insert(notes).values({ id });
const one = sqlText("select 1");

async function open(url: string): Promise<Engine> {
  const engine = createEngine(url);
  await metadata.createAll(engine);
  return engine;
}
const ids = async (engine: Engine): Promise<number[]> => {
  await using connection = await engine.connect();
  return await connection.scalars(select(notes.c.id).orderBy(notes.c.id)).all();
};

/** A statement that takes seconds. */
const sleep: Partial<Readonly<Record<Database["dialect"], string>>> = {
  postgresql: "select pg_sleep(10)",
  mysql: "select sleep(10)",
};

forEachDatabase((database) => {
  const isServer = database.dialect !== "sqlite" && database.name !== "postgresql/pglite";

  describe("transactions by their options", () => {
    test("have the level that is asked for, and the next one the session's own", async () => {
      const engine = await open(database.url);
      const connection = await engine.connect();
      const usual = connection.defaultIsolationLevel;
      expect([connection.isolationLevel, await connection.getIsolationLevel()]).toEqual([usual, usual]);
      await connection.rollback();
      const level = database.dialect === "sqlite" ? "SERIALIZABLE" : "REPEATABLE READ";
      await connection.begin(
        async () => {
          await connection.execute(one);
          expect(connection.isolationLevel).toBe(level);
          // MariaDB tells the session's level only.
          if (database.dialect === "postgresql") expect(await connection.getIsolationLevel()).toBe(level);
          expect(() => connection.executionOptions({ isolationLevel: level })).toThrow(InvalidRequestError);
        },
        { isolationLevel: level },
      );
      expect(connection.isolationLevel).toBe(usual);
      await connection.close();
      await engine.dispose();
    });

    test("refuse writes when they are read-only, and only then", async () => {
      const engine = await open(database.url);
      const work = engine.begin((connection) => connection.execute(note(1)), { readOnly: true });
      await expect(work).rejects.toThrow(/read.?only/i);
      await engine.begin((connection) => connection.execute(note(2)));
      expect(await ids(engine)).toEqual([2]);
      await engine.dispose();
    });

    test("wait for a good moment where the database can", async () => {
      const engine = await open(database.url);
      const options = { isolationLevel: "SERIALIZABLE", readOnly: true, deferrable: true } as const;
      const count = engine.begin((connection) => connection.execute(select(notes)).all(), options);
      if (database.dialect === "postgresql") expect(await count).toEqual([]);
      else await expect(count).rejects.toThrow(NotSupportedError);
      await engine.dispose();
    });
  });

  const statement = sleep[database.dialect];
  if (isServer && statement !== undefined) {
    describe("statements with limits", () => {
      test("are stopped on the server, and the connection goes on", async () => {
        const engine = await open(database.url);
        const connection = await engine.connect();
        const start = performance.now();
        await expect(connection.execute(sqlText(statement), undefined, { timeout: 50 })).rejects.toMatchObject({
          name: "OperationalError",
          code: "statement-timeout",
          connectionInvalidated: false,
          statement,
        });
        await connection.rollback();
        const controller = new AbortController();
        setTimeout(() => controller.abort(new RangeError("enough")), 50);
        const aborted = connection.execute(sqlText(statement), undefined, { signal: controller.signal });
        await expect(aborted.all()).rejects.toThrow(RangeError);
        expect(performance.now() - start).toBeLessThan(5000);
        await connection.rollback();
        expect(await connection.execute(one).scalar()).toBe(1);
        expect(await connection.execute(one, undefined, { timeout: 5000 }).scalar()).toBe(1);
        await connection.close();
        await engine.dispose();
      });
    });
  }

  describe("advisory locks", () => {
    test("shut out others, as long as they last", async () => {
      const engine = await open(database.url);
      const [a, b] = [await engine.connect(), isServer ? await engine.connect() : null];
      if (database.dialect === "sqlite") {
        await expect(a.advisoryLock("jobs")).rejects.toThrow(/sqlite has no advisory locks/);
      } else {
        await expect(a.advisoryLock("")).rejects.toThrow(ArgumentError);
        await a.advisoryLock("jobs");
        if (b !== null) {
          expect(await b.advisoryLock("jobs", { wait: false })).toBeNull();
          expect(await b.advisoryLock("jobs", { wait: 20 })).toBeNull();
          const waiting = b.advisoryLock("jobs", { wait: 5000, scope: "session" });
          await a.commit();
          const lock = await waiting;
          expect(lock).toMatchObject({ key: "jobs", scope: "session", shared: false });
          await b.commit();
          expect(await a.advisoryLock("jobs", { wait: false })).toBeNull();
          await lock?.release();
          await lock?.release();
          expect(await a.advisoryLock("jobs", { wait: false })).not.toBeNull();
          await a.rollback();
          // What is still held when a connection is closed ends with it.
          await b.advisoryLock(17n, { scope: "session" });
          await b.close();
          expect(await a.advisoryLock(17, { wait: false })).not.toBeNull();
        }
      }
      await a.close();
      await engine.dispose();
    });

    test("are shared where the database can", async () => {
      if (!isServer) return;
      const engine = await open(database.url);
      await using a = await engine.connect();
      await using b = await engine.connect();
      if (database.dialect === "postgresql") {
        await a.advisoryLock("x", { shared: true });
        expect(await b.advisoryLock("x", { shared: true, wait: false })).not.toBeNull();
        expect(await b.advisoryLock("x", { wait: false })).toBeNull();
      } else await expect(a.advisoryLock("x", { shared: true })).rejects.toThrow(/no shared advisory locks/);
      await Promise.all([a.close(), b.close()]);
      await engine.dispose();
    });
  });

  describe("channels", () => {
    test("carry messages to handlers and to loops when the sender commits", async () => {
      const engine = await open(database.url);
      if (database.dialect !== "postgresql") {
        await expect(engine.listen("news")).rejects.toThrow(NotSupportedError);
        await expect(engine.begin((connection) => connection.notify("news"))).rejects.toThrow(NotSupportedError);
      } else {
        const heard: string[] = [];
        const handled = await engine.listen("Some news", ({ payload }) => heard.push(payload));
        const controller = new AbortController();
        const read = await engine.listen("Some news", undefined, { signal: controller.signal });
        await engine.begin(async (connection) => {
          await connection.notify("Some news", "it's");
          await connection.notify("other");
          expect(heard).toEqual([]);
        });
        for await (const message of read) {
          expect(message).toEqual({ channel: "Some news", payload: "it's" });
          break;
        }
        await vi.waitFor(() => expect(heard).toEqual(["it's"]));
        controller.abort();
        await vi.waitFor(() => expect(read.closed).toBe(true));
        await handled.close();
        await handled.close();
        await engine.begin((connection) => connection.notify("Some news", "late"));
        expect(heard).toEqual(["it's"]);
      }
      await engine.dispose();
    });
  });

  describe("transactions in two phases", () => {
    test("are committed later, or refused where there are none", async () => {
      const engine = await open(database.url);
      const connection = await engine.connect();
      await expect(async () => connection.beginTwophase("it's")).rejects.toThrow(ArgumentError);
      if (database.dialect === "sqlite") {
        await expect(connection.beginTwophase()).rejects.toThrow(/sqlite has no transactions in two phases/);
      } else if (database.dialect === "postgresql") {
        // Servers have it switched off by default; faults.test.ts has one that has not.
        await (await connection.beginTwophase()).rollback();
        const transaction = await connection.beginTwophase();
        await connection.execute(note(1));
        await transaction.commit();
        expect(await connection.recoverTwophase()).toEqual([]);
      } else {
        const xid = `test-${crypto.randomUUID()}`;
        const transaction = await connection.beginTwophase(xid);
        await connection.execute(note(1));
        await transaction.prepare();
        await expect(transaction.prepare()).rejects.toThrow(InvalidRequestError);
        await expect(connection.recoverTwophase()).rejects.toThrow(/inside a transaction/);
        connection.invalidate();
        await connection.rollback();
        expect(await connection.recoverTwophase()).toContain(xid);
        await connection.commitPrepared(xid);
        expect(await connection.recoverTwophase()).not.toContain(xid);
        await connection.begin(() => connection.execute(select(notes)));
        await (await connection.beginTwophase()).rollback();
      }
      await connection.close();
      expect(await ids(engine)).toEqual(database.dialect === "sqlite" ? [] : [1]);
      await engine.dispose();
    });
  });
});
