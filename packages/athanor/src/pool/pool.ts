import { DisconnectionError, InvalidRequestError, TimeoutError } from "../errors/errors.ts";
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

  /**
   * A connection that nobody else has. A `checkout` handler that throws DisconnectionError gets another one, three times at
   * most.
   *
   * @throws TimeoutError when none comes free in time.
   */
  *acquire(): Task<PoolRecord<C>> {
    let record = yield* this.#take();
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#adapter.event("checkout", record.connection);
        return record;
      } catch (error) {
        if (!(error instanceof DisconnectionError) || attempt === 3) {
          yield* this.#putBack(record);
          throw error;
        }
        this.invalidate(record);
        if (error.invalidatePool) this.invalidateAll();
        record = yield* this.#replace(record);
      }
    }
  }

  *#take(): Task<PoolRecord<C>> {
    const { lifo, size, maxOverflow } = this.options;
    const idle = lifo ? this.#idle.pop() : this.#idle.shift();
    if (idle !== undefined) return yield* this.#checked(idle);
    if (maxOverflow < 0 || this.#open < Math.max(1, size + maxOverflow)) {
      this.#open += 1;
      return yield* this.#connect();
    }
    if (this.#synchronous) throw this.#exhausted(0);
    const granted = (yield this.#wait()) as PoolRecord<C> | null;
    return granted === null ? yield* this.#connect() : yield* this.#checked(granted);
  }

  *#checked(record: PoolRecord<C>): Task<PoolRecord<C>> {
    return (yield* this.#isUsable(record)) ? record : yield* this.#replace(record);
  }

  /** Opens a connection in a place that has been counted already. */
  *#connect(): Task<PoolRecord<C>> {
    try {
      const connection = yield* this.#adapter.open();
      const record = { connection, openedAt: Date.now(), generation: this.#generation, invalid: false };
      try {
        if (!this.#connected) this.#adapter.event("firstConnect", connection);
        this.#connected = true;
        this.#adapter.event("connect", connection);
      } catch (error) {
        yield* this.#closeQuietly(record);
        throw error;
      }
      return record;
    } catch (error) {
      this.#freePlace();
      throw error;
    }
  }

  /** Another connection in the place of one that is of no use any more. */
  *#replace(record: PoolRecord<C>): Task<PoolRecord<C>> {
    yield* this.#closeQuietly(record);
    return yield* this.#connect();
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
    try {
      if (!record.invalid) {
        this.#adapter.event("reset", record.connection);
        yield* this.#adapter.reset(record.connection);
      }
    } catch {
      record.invalid = true;
    }
    try {
      this.#adapter.event("checkin", record.connection);
    } finally {
      yield* this.#putBack(record);
    }
  }

  /** Hands a connection on to who waits, keeps it, or closes it. */
  *#putBack(record: PoolRecord<C>): Task<void> {
    const isSurplus = this.#open > this.options.size && this.#waiting.length === 0;
    if (record.invalid || isSurplus || record.generation !== this.#generation) {
      yield* this.#discard(record);
      return;
    }
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#idle.push(record);
    else waiter.grant(record);
  }

  *#discard(record: PoolRecord<C>): Task<void> {
    try {
      yield* this.#closeQuietly(record);
    } finally {
      this.#freePlace();
    }
  }

  /** Errors do not matter: the connection is given up anyway. */
  *#closeQuietly(record: PoolRecord<C>): Task<void> {
    try {
      this.#adapter.event("close", record.connection);
    } finally {
      try {
        yield* this.#adapter.close(record.connection);
      } catch {}
    }
  }

  /** A connection less: who waits longest may open another, in the same place, so that no newcomer takes it. */
  #freePlace(): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#open -= 1;
    else waiter.grant(null);
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
    this.#connected = false;
    const idle = this.#idle;
    this.#idle = [];
    for (const record of idle) yield* this.#discard(record);
  }
}
