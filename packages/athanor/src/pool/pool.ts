import { InvalidRequestError, TimeoutError } from "../errors/errors.ts";
import type { Task } from "../util/task.ts";

/** What a pool asks of the connections that it keeps. */
export interface PoolAdapter<C> {
  open(): Task<C>;
  close(connection: C): Task<void>;
  /** Brings a returned connection back to a clean state: a rollback. */
  reset(connection: C): Task<void>;
  /** Proves a connection alive; throws when it is not. */
  ping(connection: C): Task<void>;
  event(name: PoolEvent, connection: C): void;
}
export type PoolEvent = "connect" | "firstConnect" | "checkout" | "checkin" | "reset" | "invalidate" | "close";

export interface PoolOptions {
  /** Connections that are kept. Default 5. */
  readonly size: number;
  /** Connections beyond that, closed when they come back. Default 10. */
  readonly maxOverflow: number;
  /** Milliseconds to wait for a connection. Default 30,000. */
  readonly timeout: number;
  /** Milliseconds after which a connection is replaced; -1 for never, the default. */
  readonly recycle: number;
  /** Test a connection before it is handed out. Default false. */
  readonly prePing: boolean;
  /** Hand out the connection that came back last. Default false: the one that came back first. */
  readonly lifo: boolean;
}

/** A connection and what the pool knows of it. */
export interface PoolRecord<C> {
  readonly connection: C;
  readonly openedAt: number;
  readonly generation: number;
  invalid: boolean;
}

export interface PoolStatus {
  readonly size: number;
  readonly idle: number;
  readonly checkedOut: number;
  readonly overflow: number;
  readonly waiting: number;
}

interface Waiter<C> {
  readonly grant: (record: PoolRecord<C> | null) => void;
}

/**
 * Keeps connections for reuse, with SQLAlchemy's semantics: up to `size` are kept, up to `maxOverflow` more are opened when
 * they are needed, and whoever comes then waits its turn. A pool of size 0 keeps none.
 */
export class Pool<C> {
  readonly options: PoolOptions;
  readonly #adapter: PoolAdapter<C>;
  readonly #synchronous: boolean;
  #idle: PoolRecord<C>[] = [];
  #waiting: Waiter<C>[] = [];
  /** Connections that are open or being opened. */
  #open = 0;
  #generation = 0;
  #connected = false;
  #disposed = false;

  constructor(adapter: PoolAdapter<C>, options: PoolOptions, synchronous: boolean) {
    this.#adapter = adapter;
    this.options = options;
    this.#synchronous = synchronous;
  }

  status(): PoolStatus {
    const idle = this.#idle.length;
    const checkedOut = this.#open - idle;
    return {
      size: this.options.size,
      idle,
      checkedOut,
      overflow: Math.max(0, this.#open - this.options.size),
      waiting: this.#waiting.length,
    };
  }

  /** A connection that nobody else has. Throws TimeoutError when none comes free in time. */
  *acquire(): Task<PoolRecord<C>> {
    for (;;) {
      const record = yield* this.#take();
      if (yield* this.#isUsable(record)) {
        this.#adapter.event("checkout", record.connection);
        return record;
      }
      yield* this.#discard(record);
    }
  }

  *#take(): Task<PoolRecord<C>> {
    const { lifo, size, maxOverflow } = this.options;
    const idle = lifo ? this.#idle.pop() : this.#idle.shift();
    if (idle !== undefined) return idle;
    if (maxOverflow < 0 || this.#open < Math.max(1, size + maxOverflow)) return yield* this.#connect();
    if (this.#synchronous) throw this.#exhausted(0);
    const granted = (yield this.#wait()) as PoolRecord<C> | null;
    return granted ?? (yield* this.#connect());
  }

  *#connect(): Task<PoolRecord<C>> {
    this.#open += 1;
    try {
      const connection = yield* this.#adapter.open();
      if (!this.#connected) {
        this.#connected = true;
        this.#adapter.event("firstConnect", connection);
      }
      this.#adapter.event("connect", connection);
      return { connection, openedAt: Date.now(), generation: this.#generation, invalid: false };
    } catch (error) {
      this.#freeSlot();
      throw error;
    }
  }

  /** Waits for a connection, or (null) for the right to open one. */
  #wait(): Promise<PoolRecord<C> | null> {
    const { timeout } = this.options;
    return new Promise((resolve, reject) => {
      const waiter: Waiter<C> = {
        grant: (record) => {
          clearTimeout(timer);
          resolve(record);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== waiter);
        reject(this.#exhausted(timeout));
      }, timeout);
      this.#waiting.push(waiter);
    });
  }

  #exhausted(waited: number): Error {
    const { size, maxOverflow } = this.options;
    const limit = `The pool's limit of ${size} connections${maxOverflow > 0 ? ` and ${maxOverflow} beyond` : ""} is reached`;
    const advice =
      size === 1 && maxOverflow === 0
        ? "A database in memory has one connection only: close the session or connection that has it first."
        : "Close sessions and connections when they are done with, or raise poolSize or poolTimeout.";
    return this.#synchronous
      ? new InvalidRequestError(`${limit}, and a synchronous engine cannot wait. ${advice}`)
      : new TimeoutError(`${limit}, and none came free within ${waited} ms. ${advice}`);
  }

  *#isUsable(record: PoolRecord<C>): Task<boolean> {
    const { recycle, prePing } = this.options;
    const isOld = record.generation !== this.#generation || (recycle >= 0 && Date.now() - record.openedAt > recycle);
    if (isOld || record.invalid) return false;
    if (!prePing) return true;
    try {
      yield* this.#adapter.ping(record.connection);
      return true;
    } catch {
      // Others of its age are no better.
      this.invalidateAll();
      return false;
    }
  }

  /** Takes a connection back: resets it, and hands it on or keeps it. */
  *release(record: PoolRecord<C>): Task<void> {
    let isClean = !record.invalid;
    if (isClean) {
      try {
        this.#adapter.event("reset", record.connection);
        yield* this.#adapter.reset(record.connection);
      } catch {
        isClean = false;
      }
    }
    this.#adapter.event("checkin", record.connection);
    const isSurplus = this.#open > this.options.size && this.#waiting.length === 0;
    const isKept = isClean && !this.#disposed && !isSurplus && record.generation === this.#generation;
    if (!isKept) {
      yield* this.#discard(record);
      return;
    }
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#idle.push(record);
    else waiter.grant(record);
  }

  *#discard(record: PoolRecord<C>): Task<void> {
    try {
      this.#adapter.event("close", record.connection);
      yield* this.#adapter.close(record.connection);
    } catch {
      // It is given up anyway.
    } finally {
      this.#freeSlot();
    }
  }

  /** A connection less: somebody may open another. */
  #freeSlot(): void {
    this.#open -= 1;
    this.#waiting.shift()?.grant(null);
  }

  /** Marks a connection as broken; it is closed when it comes back. */
  invalidate(record: PoolRecord<C>): void {
    record.invalid = true;
    this.#adapter.event("invalidate", record.connection);
  }

  /** After a disconnect: all connections that are open now are replaced when they are next asked for. */
  invalidateAll(): void {
    this.#generation += 1;
  }

  /** Closes idle connections now and others when they come back. The pool can be used again afterwards. */
  *dispose(): Task<void> {
    this.#generation += 1;
    const idle = this.#idle;
    this.#idle = [];
    for (const record of idle) yield* this.#discard(record);
  }

  /** The same, for good. */
  *close(): Task<void> {
    this.#disposed = true;
    yield* this.dispose();
  }
}
