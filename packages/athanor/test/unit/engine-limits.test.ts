import { describe, expect, test, vi } from "vitest";
import { createEngine, createSyncEngine, NotSupportedError, sqlText } from "../../src/index.ts";
import { type Session, sessionmaker } from "../../src/orm/index.ts";
import { FakeError, FakeServer } from "../support/fake-server.ts";

const one = sqlText("select 1");
const sleep = sqlText("select sleep");
const conflict = (): FakeError => new FakeError("try again", { kind: "operational", retryable: true });

describe("statements that take too long", () => {
  test("a signal stops the statement on the server, and rejects with its reason", async () => {
    const server = new FakeServer();
    await using connection = await server.engine().connect();
    const controller = new AbortController();
    const running = connection.execute(sleep, undefined, { signal: controller.signal });
    setTimeout(() => controller.abort(new RangeError("enough")), 5);
    await expect(running).rejects.toThrow(RangeError);
    expect(server.log).toContain("1 cancel");
    // What is left of the request is absorbed by a round trip, and the connection goes on.
    expect(server.log.at(-1)).toBe("1 SELECT 1");
    expect(await connection.execute(one).scalar()).toBe(1);
    await expect(connection.execute(one, undefined, { signal: controller.signal })).rejects.toThrow(RangeError);
  });

  test("a timeout is an OperationalError with the statement", async () => {
    const server = new FakeServer();
    const engine = server.engine().executionOptions({ timeout: 5 });
    await using connection = await engine.connect();
    await expect(connection.execute(sleep)).rejects.toMatchObject({
      name: "OperationalError",
      code: "statement-timeout",
      statement: "select sleep",
      message: expect.stringMatching(/longer than its timeout of 5 ms/),
    });
    expect(await connection.execute(one, undefined, { timeout: 50 }).scalar()).toBe(1);
  });

  test("a server that does not answer loses the connection", async () => {
    vi.useFakeTimers();
    try {
      const server = new FakeServer();
      server.deaf = true;
      const connection = await server.engine().connect();
      const running = connection.execute(sleep, undefined, { timeout: 5 }).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(6000);
      expect(await running).toMatchObject({ name: "OperationalError", connectionInvalidated: true });
      expect(server.log).toContain("1 terminate");
      await connection.rollback();
      expect(await connection.execute(one).scalar()).toBe(2);
      await connection.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test("limits hold for streams, and end with the execution", async () => {
    const server = new FakeServer();
    await using connection = await server.engine().connect();
    const controller = new AbortController();
    const rows: unknown[] = [];
    const reading = (async () => {
      for await (const row of connection.execute(one, undefined, { signal: controller.signal, yieldPer: 1 })) {
        rows.push(row[0]);
        controller.abort(new RangeError("enough"));
      }
    })();
    await expect(reading).rejects.toThrow(RangeError);
    expect([rows, server.log.at(-1)]).toEqual([[2], "1 close cursor"]);
    await connection.execute(one);
  });

  test("a driver that cannot stop says so of a timeout, and heeds a signal beforehand", async () => {
    await using connection = await createEngine("sqlite:///:memory:").connect();
    await expect(connection.execute(one, undefined, { timeout: 5 })).rejects.toThrow(NotSupportedError);
    const aborted = connection.execute(one, undefined, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
    using synchronous = createSyncEngine("sqlite:///:memory:").connect();
    expect(() => synchronous.execute(one, undefined, { timeout: 5 })).toThrow(/cannot stop a statement/);
  });
});

describe("transactions that are tried again", () => {
  test("after errors that allow it, from their start", async () => {
    const server = new FakeServer();
    server.failures.push(conflict(), conflict());
    let tries = 0;
    const value = await server.engine({ poolSize: 1 }).begin(
      async (connection) => {
        tries += 1;
        return await connection.execute(one).scalar();
      },
      { retry: { backoff: 1 } },
    );
    expect([value, tries]).toEqual([1, 3]);
    expect(server.log.filter((each) => /BEGIN|COMMIT|ROLLBACK/.test(each))).toEqual([
      "1 BEGIN DEFERRED",
      "1 ROLLBACK",
      "1 BEGIN DEFERRED",
      "1 ROLLBACK",
      "1 BEGIN DEFERRED",
      "1 COMMIT",
    ]);
  });

  test("not without being asked, not after other errors, not more often than asked", async () => {
    const server = new FakeServer();
    const engine = server.engine();
    const begin = (failure: FakeError, retry?: { readonly attempts: number; readonly backoff: number }) => {
      server.failures.push(failure, conflict(), conflict());
      server.log.length = 0;
      const done = engine.begin((connection) => connection.execute(one), retry === undefined ? {} : { retry });
      return done.then(
        () => -1,
        () => server.log.filter((each) => each.endsWith("select 1")).length,
      );
    };
    expect(await begin(conflict())).toBe(1);
    server.failures.length = 0;
    expect(await begin(new FakeError("no", { kind: "integrity" }), { attempts: 3, backoff: 0 })).toBe(1);
    server.failures.length = 0;
    expect(await begin(conflict(), { attempts: 2, backoff: 0 })).toBe(2);
    await expect(engine.begin(() => 1, { retry: { attempts: 0 } })).rejects.toThrow(/whole number from 1/);
  });

  test("sessions, too", async () => {
    const server = new FakeServer();
    server.failures.push(conflict());
    const sessions = sessionmaker(server.engine());
    const work = (session: Session) => session.execute(one).scalar();
    expect(await sessions.begin(work, { retry: { backoff: 1 } })).toBe(1);
    server.failures.push(conflict());
    await expect(sessions.begin(work)).rejects.toThrow(/try again/);
    await using session = sessions();
    await expect(session.execute(sleep, undefined, { timeout: 5 })).rejects.toMatchObject({
      code: "statement-timeout",
    });
    await session.rollback();
    const aborted = session.execute(one, undefined, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
  });

  test("a signal ends the pause", async () => {
    const server = new FakeServer();
    server.failures.push(conflict());
    const controller = new AbortController();
    const done = server.engine().begin((connection) => connection.execute(one), {
      retry: { backoff: 1e9, maxBackoff: 1e9 },
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(new RangeError("enough")), 10);
    await expect(done).rejects.toThrow(RangeError);
  });
});
