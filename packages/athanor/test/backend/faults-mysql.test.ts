// The faults of faults.test.ts that need no server of the test's own, on MySQL and MariaDB.
import { describe, expect, test } from "vitest";
import {
  createEngine,
  type Engine,
  type EngineOptions,
  insert,
  integer,
  MetaData,
  makeUrl,
  PendingRollbackError,
  select,
  sqlText,
  table,
  update,
  varchar,
} from "../../src/index.ts";
import { forEachDatabase } from "../support/databases.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

const metadata = new MetaData();
const ledger = table("ledger", metadata, { id: integer().primaryKey(), note: varchar(20).nullable() });
const entry = (id: number) => insert(ledger).values({ id, note: "x" });

forEachDatabase(
  (database) => {
    describe("faults", () => {
      async function open(options: EngineOptions = {}): Promise<Engine> {
        const engine = createEngine(database.sharedUrl, options);
        await metadata.createAll(engine);
        return engine;
      }
      /** The same database, by way of a proxy. */
      const through = (proxy: TcpProxy, options: EngineOptions = {}): Engine =>
        createEngine(makeUrl(database.sharedUrl).set({ host: "127.0.0.1", port: proxy.port }), options);
      const serverPort = (): number => makeUrl(database.sharedUrl).port ?? 3306;
      const ids = async (engine: Engine): Promise<number[]> => {
        await using connection = await engine.connect();
        return await connection.scalars(select(ledger.c.id).orderBy(ledger.c.id)).all();
      };

      test("a session that is killed in the middle of a transaction", async () => {
        const engine = await open();
        const connection = await engine.connect();
        await connection.execute(entry(1));
        const id = await connection.execute(sqlText("select connection_id()")).scalar();
        await engine.begin((other) => other.execDriverSql(`KILL ${Number(id)}`));
        await expect(connection.execute(entry(2))).rejects.toMatchObject({
          name: "OperationalError",
          connectionInvalidated: true,
        });
        await expect(connection.execute(entry(3))).rejects.toThrow(PendingRollbackError);
        await connection.rollback();
        await connection.execute(entry(4));
        await connection.commit();
        await connection.close();
        expect(await ids(engine)).toEqual([4]);
        expect(engine.pool).toMatchObject({ checkedOut: 0 });
        await engine.dispose();
      });

      test("two hundred clients on a pool of ten", async () => {
        const engine = await open({ poolSize: 10, maxOverflow: 0 });
        let most = 0;
        const client = (_: unknown, id: number) =>
          engine.begin(
            async (connection) => {
              await connection.execute(entry(id + 1));
              most = Math.max(most, engine.pool.checkedOut);
            },
            { retry: {} },
          );
        await Promise.all(Array.from({ length: 200 }, client));
        expect([most, (await ids(engine)).length]).toEqual([10, 200]);
        await engine.dispose();
      });

      test("a client that vanishes leaves no lock and no half of a transaction", async () => {
        await using proxy = await TcpProxy.start(serverPort());
        const engine = await open();
        await engine.begin((connection) => connection.execute(entry(1)));
        const vanishing = through(proxy);
        const connection = await vanishing.connect();
        await connection.execute(update(ledger).values({ note: "half" }));
        proxy.cut();
        await engine.begin((other) =>
          other.execute(update(ledger).values({ note: "whole" }), undefined, { timeout: 5000 }),
        );
        await expect(connection.commit()).rejects.toMatchObject({ connectionInvalidated: true });
        await connection.close();
        expect(vanishing.pool).toMatchObject({ checkedOut: 0 });
        await vanishing.dispose();
        await using last = await engine.connect();
        expect(await last.scalar(select(ledger.c.note))).toBe("whole");
        await last.close();
        await engine.dispose();
      });

      test("a network that stalls", async () => {
        await using proxy = await TcpProxy.start(serverPort());
        const direct = await open();
        const engine = through(proxy, { poolSize: 1, maxOverflow: 0 });
        const connection = await engine.connect();
        await connection.execute(entry(1));
        proxy.stall();
        await expect(connection.execute(entry(2), undefined, { timeout: 50 })).rejects.toMatchObject({
          code: "statement-timeout",
          connectionInvalidated: true,
        });
        proxy.resume();
        await connection.close();
        await engine.begin((other) => other.execute(entry(3)));
        expect(await ids(engine)).toEqual([3]);
        await engine.dispose();
        await direct.dispose();
      }, 30_000);
    });
  },
  { dialect: "mysql" },
);
