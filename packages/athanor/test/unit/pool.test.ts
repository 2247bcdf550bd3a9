import { describe, expect, test, vi } from "vitest";
import { DisconnectionError, InvalidRequestError, TimeoutError } from "../../src/errors/errors.ts";
import { Pool, type PoolEvent } from "../../src/pool/pool.ts";
import { type PoolOptions, poolKinds } from "../../src/pool/pool-options.ts";
import type { PoolRecord } from "../../src/pool/pool-record.ts";
import { runAsync, runSync, settled, type Task } from "../../src/util/task.ts";

interface Fake {
  readonly id: number;
}

function makePool(options: Partial<PoolOptions> = {}, synchronous = false) {
  const events: string[] = [];
  const closed: number[] = [];
  let opened = 0;
  const failures = new Map<PoolEvent, Error>();
  const faults = { open: 0, ping: 0, reset: 0 };
  function fault(kind: keyof typeof faults): void {
    if (faults[kind] > 0) {
      faults[kind] -= 1;
      throw new Error(`${kind} failed`);
    }
  }
  const adapter = {
    *open(): Task<Fake> {
      fault("open");
      opened += 1;
      const id = opened;
      return synchronous ? { id } : ((yield Promise.resolve({ id })) as Fake);
    },
    close({ id }: Fake): Task<void> {
      closed.push(id);
      return settled(undefined);
    },
    terminate({ id }: Fake): void {
      closed.push(id);
    },
    *reset(): Task<void> {
      fault("reset");
    },
    *ping(): Task<void> {
      fault("ping");
    },
    event(name: PoolEvent, connection: Fake | null, _record: PoolRecord<Fake>): undefined {
      const failure = failures.get(name);
      failures.delete(name);
      if (failure !== undefined) throw failure;
      events.push(`${name} ${connection?.id ?? "none"}`);
    },
  };
  const pool = new Pool<Fake>(
    adapter,
    {
      size: 2,
      maxOverflow: 1,
      timeout: 20,
      recycle: -1,
      prePing: false,
      lifo: false,
      exclusive: false,
      isStatic: false,
      ...options,
    },
    synchronous,
  );
  return {
    pool,
    events,
    closed,
    faults,
    opened: () => opened,
    fail: (event: PoolEvent, error: Error) => failures.set(event, error),
    acquire: (signal?: AbortSignal) => runAsync(pool.acquire(signal)),
    release: (record: PoolRecord<Fake>) => runAsync(pool.release(record)),
  };
}

describe("Pool", () => {
  test("opens up to its size and its overflow, keeps its size", async () => {
    const { pool, acquire, closed } = makePool();
    const records = [await acquire(), await acquire(), await acquire()];
    expect(pool.status()).toEqual({ size: 2, idle: 0, checkedOut: 3, overflow: 1, waiting: 0 });
    for (const record of records) await runAsync(pool.release(record));
    expect(pool.status()).toMatchObject({ idle: 2, checkedOut: 0, overflow: 0 });
    expect(closed).toEqual([3]);
  });

  test("serves who waits in the order of asking", async () => {
    const { pool, acquire } = makePool({ size: 1, maxOverflow: 0, timeout: 1000 });
    const first = await acquire();
    const order: string[] = [];
    const waiting = ["a", "b"].map(async (name) => {
      const record = await acquire();
      order.push(name);
      await runAsync(pool.release(record));
    });
    expect(pool.status().waiting).toBe(2);
    await runAsync(pool.release(first));
    await Promise.all(waiting);
    expect(order).toEqual(["a", "b"]);
    expect(pool.status()).toMatchObject({ idle: 1, checkedOut: 0, waiting: 0 });
  });

  test("gives up waiting with an error that says what to do", async () => {
    const { pool, acquire } = makePool({ size: 1, maxOverflow: 0 });
    const held = await acquire();
    await expect(acquire()).rejects.toThrow(TimeoutError);
    await expect(acquire()).rejects.toThrow(
      "QueuePool limit of size 1 overflow 0 reached, connection timed out, timeout 20 ms",
    );
    await runAsync(pool.release(held));
    expect((await acquire()).connection?.id).toBe(1);
  });

  test("a synchronous pool cannot wait, and says what holds the connection", () => {
    const { pool } = makePool({ size: 1, maxOverflow: 0 }, true);
    const never = (): Error => new Error("would wait");
    runSync(pool.acquire(), never);
    expect(() => runSync(pool.acquire(), never)).toThrow(/close the session or connection that has it/);
  });

  test("first in, first out; the other way round on request", async () => {
    for (const [lifo, expected] of [
      [false, 1],
      [true, 2],
    ] as const) {
      const { pool, acquire } = makePool({ lifo });
      const [a, b] = [await acquire(), await acquire()];
      await runAsync(pool.release(a));
      await runAsync(pool.release(b));
      expect((await acquire()).connection?.id).toBe(expected);
    }
  });

  test("a failed open gives its place back", async () => {
    const { pool, acquire, faults } = makePool({ size: 1, maxOverflow: 0 });
    faults.open = 1;
    await expect(acquire()).rejects.toThrow("open failed");
    expect(pool.status().checkedOut).toBe(0);
    await acquire();
  });

  test("a failed open wakes who waits for the place", async () => {
    const { acquire, pool, faults } = makePool({ size: 1, maxOverflow: 0, timeout: 1000 });
    const held = await acquire();
    const waiting = acquire();
    pool.invalidate(held);
    faults.open = 1;
    await runAsync(pool.release(held));
    await expect(waiting).rejects.toThrow("open failed");
    expect(pool.status().checkedOut).toBe(0);
  });

  test("a connection that cannot be reset is closed", async () => {
    const { pool, acquire, faults, closed } = makePool();
    const record = await acquire();
    faults.reset = 1;
    await runAsync(pool.release(record));
    expect(closed).toEqual([1]);
    expect((await acquire()).connection?.id).toBe(2);
  });

  test("pre-ping replaces dead connections, all of their age", async () => {
    const { pool, acquire, faults, closed } = makePool({ prePing: true });
    const [a, b] = [await acquire(), await acquire()];
    await runAsync(pool.release(a));
    await runAsync(pool.release(b));
    faults.ping = 1;
    expect((await acquire()).connection?.id).toBe(3);
    expect((await acquire()).connection?.id).toBe(4);
    expect(closed).toEqual([1, 2]);
  });

  test("recycle replaces connections by age", async () => {
    const { pool, acquire, closed } = makePool({ recycle: 0 });
    const record = await acquire();
    await runAsync(pool.release(record));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await acquire()).connection?.id).toBe(2);
    expect(closed).toEqual([1]);
  });

  test("dispose closes what is idle at once and the others when they come back", async () => {
    const { pool, acquire, closed } = makePool();
    const [a, b] = [await acquire(), await acquire()];
    await runAsync(pool.release(a));
    await runAsync(pool.dispose());
    expect(closed).toEqual([1]);
    await runAsync(pool.release(b));
    expect(closed).toEqual([1, 2]);
    expect((await acquire()).connection?.id).toBe(3);
  });

  test("events tell what happens, in order", async () => {
    const { pool, acquire, events } = makePool();
    const record = await acquire();
    await runAsync(pool.release(record));
    expect(events).toEqual(["firstConnect 1", "connect 1", "checkout 1", "reset 1", "checkin 1"]);
  });

  test("a place that comes free goes to who waits, not to who comes just then", async () => {
    const { pool, acquire } = makePool({ size: 1, maxOverflow: 0, timeout: 1000 });
    const held = await acquire();
    const waiting = acquire();
    pool.invalidate(held);
    await runAsync(pool.release(held));
    const newcomer = acquire();
    expect(pool.status()).toMatchObject({ checkedOut: 1, waiting: 1 });
    await runAsync(pool.release(await waiting));
    await runAsync(pool.release(await newcomer));
    expect(pool.status()).toMatchObject({ idle: 1, checkedOut: 0 });
  });

  test("a handler that fails loses no connection", async () => {
    const { pool, acquire, fail } = makePool({ size: 1, maxOverflow: 0 });
    for (const event of ["connect", "checkout"] as const) {
      fail(event, new RangeError("handler"));
      await expect(acquire()).rejects.toThrow(RangeError);
    }
    fail("checkin", new RangeError("handler"));
    await expect(runAsync(pool.release(await acquire()))).rejects.toThrow(RangeError);
    expect(pool.status()).toMatchObject({ checkedOut: 0, idle: 1 });
  });

  test("a checkout handler may ask for another connection", async () => {
    const { acquire, fail, closed } = makePool({ size: 1, maxOverflow: 0 });
    fail("checkout", new DisconnectionError("stale"));
    expect((await acquire()).connection?.id).toBe(2);
    expect(closed).toEqual([1]);
  });

  test("tells of the first connection again after it was disposed of", async () => {
    const { pool, acquire, events } = makePool();
    await runAsync(pool.release(await acquire()));
    await runAsync(pool.dispose());
    await acquire();
    expect(events.slice(5)).toEqual(["close 1", "firstConnect 2", "connect 2", "checkout 2"]);
  });

  test("a new connection is not tested", async () => {
    const { acquire, faults } = makePool({ prePing: true });
    faults.ping = 1;
    expect((await acquire()).connection?.id).toBe(1);
  });

  test("invalidation closes at once, and the place gets another connection", async () => {
    const { pool, acquire, release, events } = makePool({ size: 1, maxOverflow: 0 });
    const record = await acquire();
    record.info["a"] = 1;
    record.recordInfo["b"] = 2;
    pool.invalidate(record, { error: new Error("broken") });
    pool.invalidate(record);
    await release(record);
    expect(pool.status()).toMatchObject({ idle: 1, checkedOut: 0 });
    const again = await acquire();
    expect([again.connection?.id, again.info, again.recordInfo]).toEqual([2, {}, { b: 2 }]);
    expect(events.slice(3)).toEqual([
      "invalidate 1",
      "close 1",
      "checkin none",
      "firstConnect 2",
      "connect 2",
      "checkout 2",
    ]);
  });

  test("a soft invalidation lets the user finish", async () => {
    const { pool, acquire, release, events } = makePool({ size: 1, maxOverflow: 0 });
    const record = await acquire();
    pool.invalidate(record, { soft: true });
    expect(record.connection?.id).toBe(1);
    await release(record);
    expect((await acquire()).connection?.id).toBe(2);
    expect(events).toContain("softInvalidate 1");
    expect(events).not.toContain("invalidate 1");
  });

  test("an invalidated connection is opened anew on request", async () => {
    const { pool, acquire, release } = makePool({ size: 1, maxOverflow: 0 });
    const record = await acquire();
    pool.invalidate(record);
    await runAsync(pool.revalidate(record));
    await runAsync(pool.revalidate(record));
    expect(record.connection?.id).toBe(2);
    await release(record);
    expect((await acquire()).connection?.id).toBe(2);
  });

  test("a detached connection is its user's, and its place is free", async () => {
    const { pool, acquire, release, events, closed } = makePool({ size: 1, maxOverflow: 0 });
    const record = await acquire();
    record.info["mine"] = true;
    const own = await runAsync(pool.detach(record));
    expect(pool.status()).toMatchObject({ checkedOut: 0 });
    const other = await acquire();
    expect([own.connection?.id, own.info, other.connection?.id, other.info]).toEqual([1, { mine: true }, 2, {}]);
    await runAsync(pool.closeDetached(own));
    await release(other);
    expect(closed).toEqual([1]);
    expect(events.filter((each) => /detach/i.test(each))).toEqual(["detach 1", "closeDetached 1"]);
  });

  test("a signal ends the waiting in line, and who waits behind is served", async () => {
    const { pool, acquire, release } = makePool({ size: 1, maxOverflow: 0, timeout: 1000 });
    const held = await acquire();
    const controller = new AbortController();
    const given = acquire(controller.signal);
    const behind = acquire();
    controller.abort(new RangeError("enough"));
    await expect(given).rejects.toThrow(RangeError);
    expect(pool.status().waiting).toBe(1);
    await release(held);
    await release(await behind);
    await expect(acquire(controller.signal)).rejects.toThrow(RangeError);
    expect(pool.status()).toMatchObject({ idle: 1, checkedOut: 0, waiting: 0 });
  });

  test("a signal ends the waiting for a connection that is being opened, which the pool keeps", async () => {
    const { pool, acquire } = makePool();
    const controller = new AbortController();
    const given = acquire(controller.signal);
    controller.abort();
    await expect(given).rejects.toMatchObject({ name: "AbortError" });
    await vi.waitFor(() => expect(pool.status()).toMatchObject({ idle: 1, checkedOut: 0 }));
    expect((await acquire()).connection?.id).toBe(1);
  });

  test("who was served in the last moment does not time out", async () => {
    const { pool, acquire, release } = makePool({ size: 1, maxOverflow: 0, timeout: 30 });
    const held = await acquire();
    const waiting = acquire();
    await release(held);
    const record = await waiting;
    await new Promise((resolve) => setTimeout(resolve, 40));
    await release(record);
    expect(pool.status()).toMatchObject({ idle: 1, checkedOut: 0, waiting: 0 });
  });

  test("null keeps nothing, static keeps one for ever, assertion refuses a second", async () => {
    const none = makePool(poolKinds.null);
    for (let i = 0; i < 3; i += 1) await none.release(await none.acquire());
    expect([none.opened(), none.closed]).toEqual([3, [1, 2, 3]]);

    const one = makePool({ recycle: 0, ...poolKinds.static });
    for (let i = 0; i < 3; i += 1) await one.release(await one.acquire());
    expect([one.opened(), one.closed]).toEqual([1, []]);

    const strict = makePool(poolKinds.assertion);
    const record = await strict.acquire();
    await expect(strict.acquire()).rejects.toThrow(InvalidRequestError);
    await strict.release(record);
    await strict.release(await strict.acquire());
    expect(strict.opened()).toBe(1);
  });

  test("dispose leaves what is in use alone, and serves who waits from anew", async () => {
    const { pool, acquire, release, closed } = makePool({ size: 1, maxOverflow: 0, timeout: 1000 });
    const held = await acquire();
    const waiting = acquire();
    await runAsync(pool.dispose());
    expect((await waiting).connection?.id).toBe(2);
    expect(held.connection?.id).toBe(1);
    await release(held);
    expect(closed).toEqual([1]);
    await release(await waiting);
    expect(pool.status()).toMatchObject({ idle: 1, checkedOut: 0 });
  });

  test("dispose may leave idle connections open, and wait for those in use", async () => {
    const { pool, acquire, release, closed } = makePool({ size: 2 });
    const [a, b] = [await acquire(), await acquire()];
    await release(a);
    let isDisposed = false;
    const disposing = runAsync(pool.dispose({ close: false, drain: 1000 })).then(() => {
      isDisposed = true;
    });
    await Promise.resolve();
    expect([isDisposed, closed]).toEqual([false, []]);
    await release(b);
    await disposing;
    expect(closed).toEqual([2]);
    const held = await acquire();
    await expect(runAsync(pool.dispose({ drain: 5 }))).rejects.toThrow(/1 connections are still in use after 5 ms/);
    await release(held);
    expect(closed).toEqual([2, 3]);
  });

  test("loses nothing in 100,000 checkouts with failures", async () => {
    const { pool, acquire, release, faults, opened, closed } = makePool({
      size: 3,
      maxOverflow: 2,
      timeout: 5000,
      prePing: true,
    });
    let seed = 42;
    const random = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    const inUse = new Set<PoolRecord<Fake>>();
    let most = 0;
    async function worker(): Promise<void> {
      for (let i = 0; i < 5000; i += 1) {
        const roll = random();
        if (roll < 0.03) faults[(["open", "reset", "ping"] as const)[Math.floor(roll * 100)] ?? "open"] = 1;
        const controller = roll > 0.98 ? new AbortController() : undefined;
        const asked = acquire(controller?.signal).catch(() => null);
        controller?.abort();
        const record = await asked;
        if (record === null) continue;
        expect(inUse.has(record)).toBe(false);
        inUse.add(record);
        most = Math.max(most, inUse.size);
        for (let ticks = random() * 4; ticks > 1; ticks -= 1) await Promise.resolve();
        const fate = random();
        if (fate < 0.02) pool.invalidate(record);
        else if (fate < 0.03) pool.invalidate(record, { soft: true });
        else if (fate < 0.04) pool.invalidateAll();
        inUse.delete(record);
        if (fate > 0.99) await runAsync(pool.closeDetached(await runAsync(pool.detach(record))));
        else await release(record);
      }
    }
    await Promise.all(Array.from({ length: 20 }, worker));
    await vi.waitFor(() => expect(pool.status()).toMatchObject({ checkedOut: 0, waiting: 0 }));
    expect(most).toBe(5);
    expect(pool.status().idle).toBeLessThanOrEqual(3);
    await runAsync(pool.dispose());
    expect(new Set(closed).size).toBe(opened());
    expect(closed.length).toBe(opened());
  }, 30_000);
});
