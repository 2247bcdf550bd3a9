import { describe, expect, test, vi } from "vitest";
import type { ConnectionCore } from "../../src/engine/connection-core.ts";
import { takeBack } from "../../src/engine/leaks.ts";
import { DisconnectionError, listen, makeUrl, PendingRollbackError, sqlText } from "../../src/index.ts";
import { runAsync } from "../../src/util/task.ts";
import { type FakeConnection, FakeError, FakeServer } from "../support/fake-server.ts";

const one = sqlText("select 1");
const lost = (): FakeError => new FakeError("gone", { kind: "operational", disconnect: true });

describe("an engine and its pool", () => {
  test("handlers get the connection and notes that last with it, and are waited for", async () => {
    const server = new FakeServer();
    const engine = server.engine({ poolSize: 1 });
    const told: string[] = [];
    listen(engine, "connect", async (connection, { info, recordInfo }) => {
      await (connection as FakeConnection).run("SET x");
      info["k"] = 1;
      recordInfo["opened"] = Number(recordInfo["opened"] ?? 0) + 1;
    });
    listen(engine, "checkout", (_connection, { recordInfo }) => {
      told.push(`opened ${recordInfo["opened"]}`);
    });
    const connection = await engine.connect();
    expect([connection.info, (connection.driverConnection as FakeConnection).id]).toEqual([{ k: 1 }, 1]);
    connection.info["own"] = true;
    await connection.close();
    const again = await engine.connect();
    expect(again.info).toEqual({ k: 1, own: true });
    again.invalidate();
    expect([again.invalidated, again.info]).toEqual([true, {}]);
    expect(await again.execute(one).scalar()).toBe(2);
    expect(again.info).toEqual({ k: 1 });
    await again.close();
    await (await engine.connect()).close();
    expect(told).toEqual(["opened 1", "opened 1", "opened 2"]);
    expect(server.log).toContain("1 SET x");
  });

  test("who listens for the first connection later hears of the next one, once", async () => {
    const engine = new FakeServer().engine({ pool: "null" });
    await (await engine.connect()).close();
    let heard = 0;
    listen(engine, "firstConnect", () => {
      heard += 1;
    });
    for (let i = 0; i < 3; i += 1) await (await engine.connect()).close();
    expect(heard).toBe(1);
    await engine.dispose();
    await (await engine.connect()).close();
    expect(heard).toBe(2);
  });

  test("doConnect may give another URL, as with a password that changes", async () => {
    const server = new FakeServer();
    const engine = server.engine({ pool: "null" });
    let n = 0;
    listen(engine, "doConnect", async (url) => {
      n += 1;
      return url.set({ password: `token ${n}` });
    });
    for (let i = 0; i < 2; i += 1) await (await engine.connect()).close();
    expect(server.urls.map(({ password }) => password)).toEqual(["token 1", "token 2"]);
    expect(engine.url.password).toBe("secret");
  });

  test("a disconnect loses the transaction, and the connection comes back by itself after rollback()", async () => {
    const server = new FakeServer();
    const engine = server.engine({ poolSize: 2 });
    const events: string[] = [];
    const [a, b] = [await engine.connect(), await engine.connect()];
    await a.close();
    for (const name of ["invalidate", "close", "connect", "reset", "checkin"] as const) {
      listen(engine, name, () => {
        events.push(name);
      });
    }
    await b.execute(one);
    server.failures.push(lost());
    await expect(b.execute(one)).rejects.toMatchObject({ connectionInvalidated: true, statement: "select 1" });
    expect(b.invalidated).toBe(true);
    await expect(b.execute(one)).rejects.toThrow(PendingRollbackError);
    await expect(b.execute(one)).rejects.toThrow(/connection was lost in the middle of a transaction/);
    await expect(b.commit()).rejects.toThrow(PendingRollbackError);
    await b.rollback();
    expect(await b.execute(one).scalar()).toBe(3);
    await b.close();
    expect(events).toEqual(["invalidate", "close", "connect", "reset", "checkin"]);
    const c = await engine.connect();
    expect(await c.execute(one).scalar()).toBe(4);
    expect([...server.open]).toEqual([3, 4]);
    await c.close();
  });

  test("an exhausted pool with a signal", async () => {
    const engine = new FakeServer().engine({ poolSize: 1, maxOverflow: 0 });
    await using held = await engine.connect();
    await expect(engine.connect({ signal: AbortSignal.timeout(5) })).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(engine.begin(() => 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(engine.pool).toMatchObject({ checkedOut: 1, waiting: 0 });
    await held.rollback();
  });

  test("what is left of a transaction is rolled back, or as poolResetOnReturn says", async () => {
    for (const [poolResetOnReturn, ends] of [
      [undefined, ["1 ROLLBACK"]],
      ["commit", ["1 COMMIT"]],
      ["none", []],
      [async (connection: unknown) => (connection as FakeConnection).run("DISCARD ALL"), ["1 DISCARD ALL"]],
    ] as const) {
      const server = new FakeServer();
      const engine = server.engine(poolResetOnReturn === undefined ? {} : { poolResetOnReturn });
      await using raw = await engine.rawConnection();
      await (raw.driverConnection as FakeConnection).run("BEGIN");
      server.log.length = 0;
      await raw.close();
      expect(server.log).toEqual(ends);
    }
  });

  test("a raw connection can be detached and invalidated", async () => {
    const server = new FakeServer();
    const engine = server.engine({ poolSize: 1, maxOverflow: 0 });
    const raw = await engine.rawConnection();
    raw.info["mine"] = 1;
    await raw.detach();
    await raw.detach();
    expect([engine.pool.checkedOut, raw.info]).toEqual([0, { mine: 1 }]);
    const other = await engine.rawConnection();
    other.invalidate();
    expect(() => other.driverConnection).toThrow(/was invalidated/);
    await other.close();
    await raw.close();
    expect([...server.open]).toEqual([]);
    expect(raw.closed).toBe(true);
  });

  test("checkout handlers may refuse a connection", async () => {
    const server = new FakeServer();
    const engine = server.engine();
    listen(engine, "checkout", (connection) => {
      if ((connection as FakeConnection).id < 3) throw new DisconnectionError("stale");
    });
    await using connection = await engine.connect();
    expect(await connection.execute(one).scalar()).toBe(3);
  });

  test("a connection that nobody has closed goes back to the pool, with a warning", async () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const server = new FakeServer();
    const engine = server.engine({ poolSize: 1, maxOverflow: 0 });
    const { record } = (await runAsync(engine.$core.connect())) satisfies ConnectionCore;
    const { pool } = engine.$core;
    record.place = "    at shop.ts:1";
    takeBack({ pool, record, url: engine.url, synchronous: false });
    await using next = await engine.connect();
    expect(await next.execute(one).scalar()).toBe(2);
    expect([...server.open]).toEqual([2]);
    expect(warning.mock.calls[0]?.[0]).toMatch(
      /Engine\(sqlite:\/\/ada:\*\*\*@host\/db\) was garbage-collected .* at shop\.ts:1/s,
    );
    warning.mockRestore();
  });

  test("an assertion says where the connection was taken", async () => {
    const engine = new FakeServer().engine({ pool: "assertion", poolTraceCheckouts: true });
    await using held = await engine.connect();
    await expect(engine.connect()).rejects.toThrow(/allows one at a time.*It was taken:.*engine-pool\.test/s);
    await held.close();
    await (await engine.connect()).close();
  });

  test("the garbage collector is what notices", async () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const engine = new FakeServer().engine({ poolSize: 1, maxOverflow: 0, poolTraceCheckouts: true });
    const { setFlagsFromString } = await import("node:v8");
    const { runInNewContext } = await import("node:vm");
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    await (async function forgetful() {
      await engine.connect();
    })();
    await vi.waitFor(() => {
      collect();
      expect(engine.pool.checkedOut).toBe(0);
    });
    expect(warning.mock.calls[0]?.[0]).toMatch(/engine-pool\.test/);
    warning.mockRestore();
  });

  test("engines with other options share the pool and the cache", async () => {
    const server = new FakeServer();
    const engine = server.engine({ poolSize: 1, maxOverflow: 0 });
    const autocommit = engine.executionOptions({ isolationLevel: "AUTOCOMMIT", yieldPer: 7 });
    const heard: string[] = [];
    listen(engine, "beforeCursorExecute", () => {
      heard.push("engine");
    });
    listen(autocommit, "beforeCursorExecute", () => {
      heard.push("copy");
    });
    listen(autocommit, "checkout", () => {
      heard.push("checkout");
    });
    {
      await using connection = await autocommit.connect();
      expect([connection.isolationLevel, engine.pool.checkedOut]).toEqual(["AUTOCOMMIT", 1]);
      expect(connection.getExecutionOptions()).toEqual({ isolationLevel: "AUTOCOMMIT", yieldPer: 7 });
      connection.executionOptions({ yieldPer: 9 });
      expect(connection.getExecutionOptions()).toEqual({ isolationLevel: "AUTOCOMMIT", yieldPer: 9 });
      await connection.execute(one);
      await connection.commit();
    }
    {
      await using connection = await engine.connect();
      expect(connection.isolationLevel).toBe("SERIALIZABLE");
      await connection.execute(one);
    }
    expect(heard).toEqual(["checkout", "engine", "copy", "checkout", "engine"]);
    expect(server.log.filter((each) => each.includes("BEGIN"))).toEqual(["1 BEGIN DEFERRED"]);
    expect(engine.$core.compiledCache).toBe(autocommit.$core.compiledCache);
    expect([engine.getExecutionOptions(), autocommit.getExecutionOptions()]).toEqual([
      {},
      { isolationLevel: "AUTOCOMMIT", yieldPer: 7 },
    ]);
  });

  test("dispose tells, and a URL in errors has no password", async () => {
    const engine = new FakeServer().engine();
    let disposed = 0;
    listen(engine, "engineDisposed", () => {
      disposed += 1;
    });
    await engine.dispose();
    expect([disposed, String(engine), makeUrl("sqlite://a:b@c/d").render()]).toEqual([
      1,
      "Engine(sqlite://ada:***@host/db)",
      "sqlite://a:***@c/d",
    ]);
  });
});
