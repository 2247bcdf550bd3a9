// What happens when servers and networks fail: nothing that was acknowledged is lost, nothing leaks, errors say what
// happened, and the pool recovers by itself.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  createEngine,
  DBAPIError,
  type Engine,
  func,
  insert,
  integer,
  MetaData,
  PendingRollbackError,
  select,
  sqlText,
  table,
  varchar,
} from "../../src/index.ts";
import { describeWithPrograms, OwnPgbouncer, OwnPostgresql } from "../support/own-server.ts";
import { TcpProxy } from "../support/tcp-proxy.ts";

const metadata = new MetaData();
const ledger = table("ledger", metadata, { id: integer().primaryKey(), note: varchar(20).nullable() });
const entry = (id: number) => insert(ledger).values({ id, note: "x" });
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let server: OwnPostgresql;

describeWithPrograms("faults", ["initdb", "pg_ctl"], () => {
  beforeAll(async () => {
    server = await OwnPostgresql.start();
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  for (const driver of ["pg", "postgres"]) {
    describe(`postgresql/${driver}`, () => {
      /** An engine with an empty ledger, for `work`. */
      async function withEngine(
        work: (engine: Engine) => Promise<void>,
        { port = server.port, ...options }: { readonly port?: number } & Parameters<typeof createEngine>[1] = {},
      ): Promise<void> {
        const engine = createEngine(server.url(driver, port), options);
        try {
          await metadata.dropAll(engine);
          await metadata.createAll(engine);
          await work(engine);
          expect(engine.pool).toMatchObject({ checkedOut: 0, waiting: 0 });
        } finally {
          await engine.dispose();
        }
      }
      const ids = async (engine: Engine): Promise<number[]> => {
        await using connection = await engine.connect();
        return await connection.scalars(select(ledger.c.id).orderBy(ledger.c.id)).all();
      };
      const sessions = async (): Promise<number> => {
        const engine = createEngine(server.url("pg"), { pool: "null" });
        const others =
          "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
        await using connection = await engine.connect();
        return Number(await connection.execute(sqlText(others)).scalar());
      };

      test("a session that is killed in the middle of a transaction", async () => {
        await withEngine(async (engine) => {
          await using connection = await engine.connect();
          await connection.execute(entry(1));
          const pid = await connection.execute(sqlText("select pg_backend_pid()")).scalar();
          await engine.begin((other) => other.execute(sqlText("select pg_terminate_backend(:pid)"), { pid }));
          await expect(connection.execute(entry(2))).rejects.toMatchObject({
            name: "OperationalError",
            connectionInvalidated: true,
            statement: expect.stringContaining("INSERT INTO ledger"),
          });
          await expect(connection.execute(entry(3))).rejects.toThrow(PendingRollbackError);
          await connection.rollback();
          await connection.execute(entry(4));
          await connection.commit();
          await connection.close();
          expect(await ids(engine)).toEqual([4]);
        });
      });

      test("a server that is restarted, and one that crashes, while everybody writes", async () => {
        await withEngine(
          async (engine) => {
            const acknowledged: number[] = [];
            const failures: unknown[] = [];
            let next = 0;
            let isOver = false;
            const writer = async (): Promise<void> => {
              while (!isOver) {
                next += 1;
                const id = next;
                await engine
                  .begin((connection) => connection.execute(entry(id)))
                  .then(
                    () => acknowledged.push(id),
                    async (error: unknown) => {
                      failures.push(error);
                      await pause(5);
                    },
                  );
              }
            };
            const writers = Array.from({ length: 20 }, writer);
            await pause(150);
            await server.restart("fast");
            await pause(150);
            await server.restart("immediate");
            await pause(300);
            isOver = true;
            await Promise.all(writers);
            expect(failures.length).toBeGreaterThan(0);
            for (const error of failures) {
              expect(error).toBeInstanceOf(DBAPIError);
              expect(error).toMatchObject({ name: "OperationalError", message: expect.stringMatching(/\S/) });
            }
            const stored = new Set(await ids(engine));
            expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
            expect(acknowledged.length).toBeGreaterThan(10);
          },
          { poolSize: 5, maxOverflow: 5 },
        );
        await vi.waitFor(async () => expect(await sessions()).toBe(0));
      }, 60_000);

      test("two hundred clients on a pool of ten", async () => {
        await withEngine(
          async (engine) => {
            let most = 0;
            await Promise.all(
              Array.from({ length: 200 }, (_, id) =>
                engine.begin(async (connection) => {
                  await connection.execute(entry(id));
                  most = Math.max(most, engine.pool.checkedOut);
                }),
              ),
            );
            expect(most).toBe(10);
            expect((await ids(engine)).length).toBe(200);
            expect(await sessions()).toBeLessThanOrEqual(10);
          },
          { poolSize: 10, maxOverflow: 0 },
        );
      });

      test("a client that vanishes leaves no lock and no half of a transaction", async () => {
        await using proxy = await TcpProxy.start(server.port);
        await withEngine(async (engine) => {
          await engine.begin((connection) => connection.execute(entry(1)));
          const vanishing = createEngine(server.url(driver, proxy.port));
          const connection = await vanishing.connect();
          await connection.execute(sqlText("update ledger set note = 'half' where id = 1"));
          proxy.cut();
          await engine.begin((other) =>
            other.execute(sqlText("update ledger set note = 'whole' where id = 1"), undefined, { timeout: 5000 }),
          );
          await expect(connection.commit()).rejects.toMatchObject({ connectionInvalidated: true });
          await connection.close();
          expect(vanishing.pool).toMatchObject({ checkedOut: 0 });
          await vanishing.dispose();
          await using last = await engine.connect();
          expect(await last.scalar(select(ledger.c.note))).toBe("whole");
        });
      });

      test("a network that stalls", async () => {
        await using proxy = await TcpProxy.start(server.port);
        await withEngine(
          async (engine) => {
            const connection = await engine.connect();
            await connection.execute(entry(1));
            proxy.stall();
            const late = connection.execute(entry(2), undefined, { timeout: 50 });
            await expect(late).rejects.toMatchObject({
              name: "OperationalError",
              code: "statement-timeout",
              connectionInvalidated: true,
            });
            const waiting = engine.connect({ signal: AbortSignal.timeout(50) });
            await expect(waiting).rejects.toMatchObject({ name: "TimeoutError" });
            proxy.resume();
            await connection.close();
            await engine.begin((other) => other.execute(entry(3)));
            expect(await ids(engine)).toEqual([3]);
          },
          { port: proxy.port, poolSize: 1, maxOverflow: 0 },
        );
      }, 30_000);

      test("idle connections that have died are replaced beforehand", async () => {
        await withEngine(
          async (engine) => {
            const taken = await Promise.all([engine.connect(), engine.connect(), engine.connect()]);
            for (const connection of taken) await connection.close();
            await server.restart("fast");
            await Promise.all([1, 2, 3].map((id) => engine.begin((connection) => connection.execute(entry(id)))));
            expect(await ids(engine)).toEqual([1, 2, 3]);
          },
          { poolPrePing: true },
        );
      }, 30_000);

      test("a transaction in two phases outlives a crash", async () => {
        await withEngine(async (engine) => {
          const connection = await engine.connect();
          const transaction = await connection.beginTwophase("order-17");
          await connection.execute(entry(1));
          await transaction.prepare();
          await server.restart("immediate");
          await expect(transaction.commit()).rejects.toMatchObject({ connectionInvalidated: true });
          await connection.rollback();
          expect(await connection.recoverTwophase()).toEqual(["order-17"]);
          await connection.commitPrepared("order-17");
          expect(await connection.recoverTwophase()).toEqual([]);
          await connection.close();
          expect(await ids(engine)).toEqual([1]);
        });
      }, 30_000);

      test("what listens to a channel goes on after a restart", async () => {
        await withEngine(async (engine) => {
          const received: string[] = [];
          let reconnected = 0;
          await using subscription = await engine.listen("news", ({ payload }) => received.push(payload), {
            onReconnect: () => {
              reconnected += 1;
            },
          });
          await engine.begin((connection) => connection.notify("news", "one"));
          await vi.waitFor(() => expect(received).toEqual(["one"]));
          await server.restart("fast");
          await vi.waitFor(() => expect(reconnected).toBe(1), { timeout: 10_000 });
          await engine.dispose();
          await engine.begin((connection) => connection.notify("news", "two"));
          await vi.waitFor(() => expect(received).toEqual(["one", "two"]));
          expect(subscription.closed).toBe(false);
        });
      }, 30_000);
    });
  }
});

describeWithPrograms("PgBouncer in transaction mode", ["initdb", "pg_ctl", "pgbouncer"], () => {
  let server: OwnPostgresql;
  let pooler: OwnPgbouncer;
  beforeAll(async () => {
    server = await OwnPostgresql.start();
    pooler = await OwnPgbouncer.start(server);
  }, 60_000);
  afterAll(async () => {
    await pooler[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  for (const driver of ["pg", "postgres"]) {
    test(`${driver}: many clients share two sessions`, async () => {
      const engine = createEngine(`${server.url(driver, pooler.port)}?variant=pgbouncer`, {
        poolSize: 10,
        maxOverflow: 0,
      });
      await metadata.dropAll(engine);
      await metadata.createAll(engine);
      await Promise.all(
        Array.from({ length: 100 }, (_, id) =>
          engine.begin(async (connection) => {
            await connection.execute(entry(id));
            await connection.scalar(select(ledger.c.note).where(ledger.c.id.eq(id)));
          }),
        ),
      );
      await using connection = await engine.connect();
      expect(await connection.scalar(select(func.count()).selectFrom(ledger))).toBe(100);
      await expect(connection.advisoryLock("x", { scope: "session" })).rejects.toThrow(/session/);
      expect((await connection.advisoryLock("x")).key).toBe("x");
      await connection.close();
      await expect(engine.listen("news")).rejects.toMatchObject({ name: "NotSupportedError" });
      await engine.dispose();
    });
  }
});
