import { DisconnectionError, InvalidRequestError, TimeoutError } from "../errors/errors.ts";
import { runAsync, type Task } from "../util/task.ts";
import type { PoolOptions } from "./pool-options.ts";
import { PoolRecord } from "./pool-record.ts";
import { WaitingLine } from "./waiting-line.ts";

/** What a pool tells of, in the order in which it happens to a connection. */
export const poolEventNames = [
  "firstConnect",
  "connect",
  "checkout",
  "reset",
  "checkin",
  "invalidate",
  "softInvalidate",
  "close",
  "detach",
  "closeDetached",
] as const;
export type PoolEvent = (typeof poolEventNames)[number];

/** What a pool asks of the connections that it keeps. */
export interface PoolAdapter<C> {
  open(): Task<C>;
  close(connection: C): Task<void>;
  /** Ends a connection that is of no use any more, without a word to the other side. */
  terminate(connection: C): void;
  /** Brings a returned connection back to a clean state: a rollback. */
  reset(record: PoolRecord<C>, connection: C): Task<void>;
  /** Proves a connection alive; throws when it is not. */
  ping(connection: C): Task<void>;
  /** Tells of an event. What handlers return may have to be waited for; of an event that tells of an end, nobody waits. */
  event(
    name: PoolEvent,
    connection: C | null,
    record: PoolRecord<C>,
    error?: unknown,
  ): PromiseLike<unknown> | undefined;
}

export interface PoolStatus {
  readonly size: number;
  readonly idle: number;
  readonly checkedOut: number;
  readonly overflow: number;
  readonly waiting: number;
}

export interface DisposeOptions {
  /** Close idle connections. False leaves them to others, as a process does that has inherited them. Default true. */
  readonly close?: boolean;
  /** How long to wait, in milliseconds, until connections in use have come back. Default 0: they are closed when they come. */
  readonly drain?: number;
}

/** How often a `checkout` handler may ask for another connection. */
const checkoutAttempts = 3;

/**
 * Keeps connections for reuse, with SQLAlchemy's semantics: up to `size` are kept, up to `maxOverflow` more are opened when
 * they are needed, and whoever comes then waits in line. A pool of size 0 keeps none.
 */
export class Pool<C> {
  readonly options: PoolOptions;
  readonly #adapter: PoolAdapter<C>;
  readonly #synchronous: boolean;
  readonly #line = new WaitingLine<PoolRecord<C>>();
  readonly #drained = new WaitingLine<void>();
  #idle: PoolRecord<C>[] = [];
  /** Places that are taken, with or without a connection in them. */
  #places = 0;
  /** Records that are in use, of whichever life. */
  #lent = 0;
  /** Who was served last. */
  #holder: PoolRecord<C> | null = null;
  #generation = 0;
  #life = 0;

  constructor(adapter: PoolAdapter<C>, options: PoolOptions, synchronous: boolean) {
    this.#adapter = adapter;
    this.options = options;
    this.#synchronous = synchronous;
  }

  status(): PoolStatus {
    const idle = this.#idle.length;
    return {
      size: this.options.size,
      idle,
      checkedOut: this.#places - idle,
      overflow: Math.max(0, this.#places - this.options.size),
      waiting: this.#line.length,
    };
  }

  // ── out ────────────────────────────────────────────────────────────────────
  /**
   * A connection that nobody else has. A `checkout` handler that throws DisconnectionError gets another one, three times at
   * most. A signal ends the waiting, for a place or for the connection.
   *
   * @throws TimeoutError when none comes free in time; what the signal was aborted with.
   */
  *acquire(signal?: AbortSignal): Task<PoolRecord<C>> {
    if (signal === undefined) return yield* this.#acquire(undefined);
    signal.throwIfAborted();
    return (yield this.#abortable(signal)) as PoolRecord<C>;
  }

  *#acquire(signal: AbortSignal | undefined): Task<PoolRecord<C>> {
    const record = yield* this.#take(signal);
    this.#holder = record;
    this.#lent += 1;
    try {
      yield* this.#makeReady(record);
      return record;
    } catch (error) {
      yield* this.#putBack(record);
      throw error;
    }
  }

  /** What was aborted goes on in the background to its end, and gives back what it got. */
  #abortable(signal: AbortSignal): Promise<PoolRecord<C>> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      runAsync(this.#acquire(signal))
        .then((record) => {
          if (signal.aborted) runAsync(this.release(record)).catch(ignore);
          else resolve(record);
        }, reject)
        .finally(() => signal.removeEventListener("abort", abort));
    });
  }

  /** A place; what is in it may be of no use. */
  *#take(signal: AbortSignal | undefined): Task<PoolRecord<C>> {
    const { lifo, timeout, exclusive } = this.options;
    const idle = lifo ? this.#idle.pop() : this.#idle.shift();
    if (idle !== undefined) return idle;
    if (this.#places < this.#limit) {
      this.#places += 1;
      return new PoolRecord<C>(this.#life);
    }
    if (exclusive) {
      const place = this.#holder?.place ?? null;
      throw new InvalidRequestError(
        "A connection is checked out already, and this pool (assertion) allows one at a time. Close it first, or find out why two are taken." +
          (place === null ? "" : ` It was taken:\n${place}`),
      );
    }
    if (this.#synchronous) throw this.#exhausted();
    return (yield this.#line.wait({ timeout, signal, timedOut: () => this.#exhausted() })) as PoolRecord<C>;
  }

  get #limit(): number {
    const { size, maxOverflow } = this.options;
    return maxOverflow < 0 ? Number.POSITIVE_INFINITY : Math.max(1, size + maxOverflow);
  }

  #exhausted(): Error {
    const { size, maxOverflow, timeout } = this.options;
    const limit = `QueuePool limit of size ${size} overflow ${maxOverflow} reached`;
    const advice =
      size === 1 && maxOverflow === 0
        ? "A database in memory has one connection only: close the session or connection that has it first."
        : "Close sessions and connections when they are done with, or raise poolSize or poolTimeout.";
    return this.#synchronous
      ? new InvalidRequestError(`${limit}, and a synchronous engine cannot wait. ${advice}`)
      : new TimeoutError(`${limit}, connection timed out, timeout ${timeout} ms. ${advice}`);
  }

  /** Sees to it that there is a connection in the place that can be used. */
  *#makeReady(record: PoolRecord<C>): Task<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (record.connection === null || this.#isOutdated(record)) yield* this.#reopen(record);
        else if (this.options.prePing) yield* this.#ping(record);
        const told = this.#tell("checkout", record);
        if (told !== undefined) yield told;
        return;
      } catch (error) {
        if (!(error instanceof DisconnectionError) || attempt === checkoutAttempts) throw error;
        if (error.invalidatePool) this.invalidateAll();
        this.invalidate(record, { error });
      }
    }
  }

  #isOutdated({ generation, openedAt, stale }: PoolRecord<C>): boolean {
    const { recycle } = this.options;
    return stale || generation !== this.#generation || (recycle >= 0 && Date.now() - openedAt > recycle);
  }

  *#ping(record: PoolRecord<C>): Task<void> {
    if (record.connection === null) return;
    try {
      yield* this.#adapter.ping(record.connection);
    } catch (error) {
      // Others of its age are no better.
      this.invalidateAll();
      this.invalidate(record, { error });
      yield* this.#reopen(record);
    }
  }

  /** Puts a new connection in a place. */
  *#reopen(record: PoolRecord<C>): Task<void> {
    yield* this.#empty(record);
    // Of the generation in which it was asked for: if a disconnect is noticed meanwhile, it may be one of the lost.
    record.generation = this.#generation;
    record.connection = yield* this.#adapter.open();
    record.openedAt = Date.now();
    record.stale = false;
    try {
      for (const event of ["firstConnect", "connect"] as const) {
        const told = this.#tell(event, record);
        if (told !== undefined) yield told;
      }
    } catch (error) {
      yield* this.#empty(record);
      throw error;
    }
  }

  /** What has to be waited for, if anything; no generator of its own, as most events have no handler. */
  #tell(event: PoolEvent, record: PoolRecord<C>): PromiseLike<unknown> | undefined {
    return this.#adapter.event(event, record.connection, record);
  }

  /** A connection for a place that is in use, and whose connection was invalidated. */
  *revalidate(record: PoolRecord<C>): Task<void> {
    if (record.connection === null) yield* this.#reopen(record);
  }

  // ── back ───────────────────────────────────────────────────────────────────
  /** Takes a connection back: resets it, and hands it on or keeps it. */
  *release(record: PoolRecord<C>): Task<void> {
    try {
      yield* this.#reset(record);
      const told = this.#tell("checkin", record);
      if (told !== undefined) yield told;
    } finally {
      yield* this.#putBack(record);
    }
  }

  *#reset(record: PoolRecord<C>): Task<void> {
    const { connection } = record;
    if (connection === null) return;
    try {
      const told = this.#tell("reset", record);
      if (told !== undefined) yield told;
      yield* this.#adapter.reset(record, connection);
      record.touched = false;
    } catch (error) {
      this.invalidate(record, { error });
    }
  }

  /** Hands a place on to who waits, keeps it, or closes what is in it. */
  *#putBack(record: PoolRecord<C>): Task<void> {
    this.#lent -= 1;
    if (this.#lent === 0) this.#drained.serveAll(undefined);
    if (record.life !== this.#life) {
      yield* this.#empty(record);
      return;
    }
    if (this.#line.serve(record)) return;
    // A place that never had a connection is no place worth keeping.
    const isUnused = record.connection === null && record.openedAt === 0;
    if (this.#idle.length < this.options.size && !isUnused) {
      this.#idle.push(record);
      return;
    }
    try {
      yield* this.#empty(record);
    } finally {
      this.#leave(record);
    }
  }

  /** Gives a place up: to who waits, if somebody has come meanwhile. */
  #leave(record: PoolRecord<C>): void {
    if (record.life === this.#life && !this.#line.serve(record)) this.#places -= 1;
  }

  /** Closes what is in a place. That this fails does not matter: the connection is given up anyway. */
  *#empty(record: PoolRecord<C>): Task<void> {
    const connection = this.#removed(record);
    if (connection === null) return;
    try {
      this.#adapter.event("close", connection, record);
    } finally {
      try {
        yield* this.#adapter.close(connection);
      } catch {}
    }
  }

  #removed(record: PoolRecord<C>): C | null {
    const { connection } = record;
    record.connection = null;
    record.info = {};
    record.touched = false;
    return connection;
  }

  /** Takes a connection out of the pool for good: it is its user's, and its place is free. */
  *detach(record: PoolRecord<C>): Task<PoolRecord<C>> {
    const own = new PoolRecord<C>(-1);
    own.connection = record.connection;
    own.info = record.info;
    record.info = {};
    this.#adapter.event("detach", record.connection, record);
    record.connection = null;
    yield* this.#putBack(record);
    return own;
  }

  /** Ends a connection that was detached. */
  *closeDetached(record: PoolRecord<C>): Task<void> {
    yield* this.#reset(record);
    const connection = this.#removed(record);
    if (connection === null) return;
    this.#adapter.event("closeDetached", connection, record);
    yield* this.#adapter.close(connection);
  }

  // ── what is of no use any more ─────────────────────────────────────────────
  /**
   * Gives up the connection in a place, at once; the place gets another when it is next used. Softly: it can be used until
   * it comes back, and is replaced when it is next asked for.
   */
  invalidate(record: PoolRecord<C>, options: { readonly error?: unknown; readonly soft?: boolean } = {}): void {
    if (record.connection === null) return;
    if (options.soft === true) {
      record.stale = true;
      this.#adapter.event("softInvalidate", record.connection, record, options.error);
      return;
    }
    this.#adapter.event("invalidate", record.connection, record, options.error);
    const connection = this.#removed(record);
    if (connection === null) return;
    try {
      this.#adapter.event("close", connection, record);
    } finally {
      this.#adapter.terminate(connection);
    }
  }

  /** After a disconnect: all connections that are open now are replaced when they are next asked for. */
  invalidateAll(): void {
    this.#generation += 1;
  }

  /** Begins anew: closes idle connections now, and those in use when they come back. */
  *dispose({ close = true, drain = 0 }: DisposeOptions = {}): Task<void> {
    const idle = this.#idle;
    this.#idle = [];
    this.#life += 1;
    this.#places = 0;
    this.#serveAnew();
    if (close) for (const record of idle) yield* this.#empty(record);
    if (drain > 0 && this.#lent > 0) yield this.#comeBack(drain);
  }

  /** Who waits has the places of the new life. */
  #serveAnew(): void {
    while (this.#places < this.#limit && this.#line.serve(new PoolRecord<C>(this.#life))) this.#places += 1;
  }

  #comeBack(drain: number): Promise<void> {
    const late = (): Error =>
      new TimeoutError(
        `${this.#lent} connections are still in use after ${drain} ms; they are closed when they come back.`,
      );
    return this.#drained.wait({ timeout: drain, signal: undefined, timedOut: late });
  }
}

function ignore(): void {}
