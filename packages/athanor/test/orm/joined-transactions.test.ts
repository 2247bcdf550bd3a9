// Sessions on a connection whose transaction is somebody else's: the recipe for tests, and the ways to share.
import { type Connection, createEngine, type Engine, IntegrityError, select } from "athanor";
import { inspect, type JoinTransactionMode, Session, sessionmaker } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { LibraryBase, sent, Tag } from "./support/library.ts";

forEachDatabase((database) => {
  let engine: Engine;
  let connection: Connection;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await LibraryBase.metadata.createAll(engine);
    connection = await engine.connect();
  });
  afterEach(async () => {
    await connection.close();
    await engine.dispose();
  });
  const names = () => connection.scalars(select(Tag.name).orderBy(Tag.id)).all();
  const joined = (joinTransactionMode?: JoinTransactionMode) =>
    new Session(connection, joinTransactionMode === undefined ? {} : { joinTransactionMode });

  describe("a session on a connection in a transaction", () => {
    test("commits and rolls back as it likes, and nothing is left of it", async () => {
      const transaction = await connection.begin();
      {
        await using session = joined();
        session.add(new Tag({ name: "a" }));
        await session.commit();
        session.add(new Tag({ name: "lost" }));
        await session.flush();
        await session.rollback();
        await expect(session.beginNested(() => session.add(new Tag({ name: "a" })))).rejects.toThrow(IntegrityError);
        session.add(new Tag({ name: "b" }));
        await session.commit();
        expect(await names()).toEqual(["a", "b"]);
      }
      await transaction.rollback();
      expect(await names()).toEqual([]);
    });

    test("is what a factory makes when it is given the connection", async () => {
      const sessions = sessionmaker(engine);
      const transaction = await connection.begin();
      sessions.configure({ bind: connection });
      await sessions.begin((session) => session.add(new Tag({ name: "a" })));
      expect(await sessions.begin((session) => session.scalars(select(Tag.name)).all())).toEqual(["a"]);
      await transaction.rollback();
      expect(await names()).toEqual([]);
    });

    test("leaves commits to the owner, but not rollbacks, with rollbackOnly", async () => {
      const transaction = await connection.begin();
      await using session = joined("rollbackOnly");
      session.add(new Tag({ name: "a" }));
      await session.commit();
      expect(transaction.isActive).toBe(true);
      await session.scalars(select(Tag)).all();
      await session.rollback();
      expect([transaction.isActive, await names()]).toEqual([false, []]);
    });

    test("takes a savepoint inside a savepoint only, with conditionalSavepoint", async () => {
      const transaction = await connection.begin();
      const log = sent(engine);
      {
        await using session = joined("conditionalSavepoint");
        session.add(new Tag({ name: "a" }));
        await session.commit();
      }
      expect(log().filter((each) => each.startsWith("["))).toEqual([]);
      const savepoint = await connection.beginNested();
      {
        await using session = joined("conditionalSavepoint");
        session.add(new Tag({ name: "b" }));
        await session.flush();
        await session.rollback();
      }
      expect([savepoint.isActive, await names()]).toEqual([true, ["a"]]);
      await transaction.rollback();
    });

    test("ends the transaction with controlFully", async () => {
      const transaction = await connection.begin();
      await using session = joined("controlFully");
      const tag = new Tag({ name: "a" });
      session.add(tag);
      await session.commit();
      expect([transaction.isActive, inspect(tag).status]).toEqual([false, "persistent"]);
      expect(await names()).toEqual(["a"]);
    });
  });

  describe("calls made at the same time on one session", () => {
    test("are done one after the other, also around a savepoint", async () => {
      await connection.close();
      await using session = new Session(engine);
      session.add(new Tag({ name: "first" }));
      const [, read, inside] = await Promise.all([
        session.flush(),
        session.scalars(select(Tag.name)).all(),
        session.beginNested(async () => {
          session.add(new Tag({ name: "second" }));
          return await session.scalars(select(Tag.name).orderBy(Tag.id)).all();
        }),
        session.commit(),
      ]);
      expect([read, inside]).toEqual([["first"], ["first", "second"]]);
      const settled = await Promise.allSettled([
        session.beginNested(async () => {
          session.add(new Tag({ name: "first" }));
          await session.flush();
        }),
        session.scalars(select(Tag.name).orderBy(Tag.id)).all(),
      ]);
      expect(settled.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
      expect(session.isActive).toBe(true);
    });
  });
});
