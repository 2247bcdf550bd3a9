import { describe, expect, test } from "vitest";
import { DisconnectionError, TimeoutError } from "../../src/errors/errors.ts";
import { Pool, type PoolEvent, type PoolOptions } from "../../src/pool/pool.ts";
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
    open(): Task<Fake> {
      fault("open");
      opened += 1;
      return settled({ id: opened });
    },
    close({ id }: Fake): Task<void> {
      closed.push(id);
      return settled(undefined);
    },
    reset(): Task<void> {
      fault("reset");
      return settled(undefined);
    },
    ping(): Task<void> {
      fault("ping");
      return settled(undefined);
    },
    event(name: PoolEvent, { id }: Fake): void {
      const failure = failures.get(name);
      failures.delete(name);
      if (failure !== undefined) throw failure;
      events.push(`${name} ${id}`);
    },
  };
  const pool = new Pool<Fake>(
    adapter,
    { size: 2, maxOverflow: 1, timeout: 20, recycle: -1, prePing: false, lifo: false, ...options },
    synchronous,
  );
  return {
    pool,
    events,
    closed,
    faults,
    fail: (event: PoolEvent, error: Error) => failures.set(event, error),
    acquire: () => runAsync(pool.acquire()),
  };
}

describe("Pool", () => {
  test("opens up to its size and its overflow, keeps its size", async () => {
    const { pool, acquire, closed } = makePool();
    const records = [await acquire(), await acquire(), await acquire()];
    expect(pool.status()).toEqual({ size: 2, idle: 0, checkedOut: 3, overflow: 1, waiting: 0 });
    for (const record of records) await runAsync(pool.release(record));
    expect(pool.status()).toMatchObject({ idle: 2, checkedOut: 0, overflow: 0 });
    expect(closed).toEqual([1]);
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
    await expect(acquire()).rejects.toThrow(/none came free within 20 ms/);
    await runAsync(pool.release(held));
    expect((await acquire()).connection.id).toBe(1);
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
      expect((await acquire()).connection.id).toBe(expected);
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
    held.invalid = true;
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
    expect((await acquire()).connection.id).toBe(2);
  });

  test("pre-ping replaces dead connections, all of their age", async () => {
    const { pool, acquire, faults, closed } = makePool({ prePing: true });
    const [a, b] = [await acquire(), await acquire()];
    await runAsync(pool.release(a));
    await runAsync(pool.release(b));
    faults.ping = 1;
    expect((await acquire()).connection.id).toBe(3);
    expect((await acquire()).connection.id).toBe(4);
    expect(closed).toEqual([1, 2]);
  });

  test("recycle replaces connections by age", async () => {
    const { pool, acquire, closed } = makePool({ recycle: 0 });
    const record = await acquire();
    await runAsync(pool.release(record));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await acquire()).connection.id).toBe(2);
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
    expect((await acquire()).connection.id).toBe(3);
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
    expect((await acquire()).connection.id).toBe(2);
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
    expect((await acquire()).connection.id).toBe(1);
  });

  test("loses nothing in 20,000 checkouts with failures", async () => {
    const { pool, acquire, faults } = makePool({ size: 3, maxOverflow: 2, timeout: 5000 });
    let seed = 42;
    const random = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let i = 0; i < 1000; i += 1) {
          if (random() < 0.01) faults.open = 1;
          if (random() < 0.01) faults.reset = 1;
          const record = await acquire().catch(() => null);
          if (record === null) continue;
          if (random() < 0.1) await Promise.resolve();
          if (random() < 0.02) pool.invalidate(record);
          await runAsync(pool.release(record));
        }
      }),
    );
    expect(pool.status()).toMatchObject({ checkedOut: 0, waiting: 0 });
    expect(pool.status().idle).toBeLessThanOrEqual(3);
  });
});
