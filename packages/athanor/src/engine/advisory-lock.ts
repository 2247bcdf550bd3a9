import { ArgumentError } from "../errors/errors.ts";
import { NotSupportedError } from "../errors/statement-errors.ts";
import type { Task } from "../util/task.ts";
import type { TaskQueue } from "../util/task-queue.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { DriverConnection } from "./driver.ts";

/** A number, or a name; programs that use the same one shut each other out. */
export type LockKey = string | number | bigint;
export type LockScope = "transaction" | "session";

export interface AdvisoryLockOptions {
  /** Others may have it at the same time, if they share it too. Default false. */
  readonly shared?: boolean;
  /** Wait until it is free (true, the default), not at all (false), or so many milliseconds. */
  readonly wait?: boolean | number;
  /** It ends with the transaction, the default, or with `release()` or the connection. */
  readonly scope?: LockScope;
}

/** What a database has of locks that lock nothing but a name. */
export interface AdvisoryLocks {
  /** There are shared ones. */
  readonly shared: boolean;
  /** What ends them in the database; what it lacks is done here. */
  readonly scopes: readonly LockScope[];
  /** Takes a lock; false when it is not to be had. `wait: true` for as long as it takes, false for not at all. */
  acquire(
    connection: DriverConnection,
    key: LockKey,
    options: { readonly shared: boolean; readonly scope: LockScope; readonly wait: boolean },
  ): Task<boolean>;
  release(connection: DriverConnection, key: LockKey, options: { readonly shared: boolean }): Task<void>;
}

/** A lock that a connection has. `await using` releases it. */
export class AdvisoryLock implements AsyncDisposable {
  readonly key: LockKey;
  readonly shared: boolean;
  readonly scope: LockScope;
  readonly #core: ConnectionCore;
  readonly #queue: TaskQueue;

  /** @internal */
  constructor(core: ConnectionCore, queue: TaskQueue, held: HeldLock) {
    this.key = held.key;
    this.shared = held.shared;
    this.scope = held.scope;
    this.#core = core;
    this.#queue = queue;
    this.#held = held;
  }
  readonly #held: HeldLock;

  /** Gives the lock back, unless it has ended already. One of a transaction's is kept until the transaction ends. */
  release(): Promise<void> {
    return this.#queue.run(() => releaseLock(this.#core, this.#held));
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

/** A lock that ends when it is released, by whatever. */
export interface HeldLock {
  readonly key: LockKey;
  readonly shared: boolean;
  readonly scope: LockScope;
}

/** Pauses between attempts at a lock that is waited for a certain time, in milliseconds. */
const shortestPause = 5;
const longestPause = 200;

/** Takes a lock; null when it was not to be had in time. */
export function* acquireLock(
  core: ConnectionCore,
  key: LockKey,
  { shared = false, wait = true, scope = "transaction" }: AdvisoryLockOptions,
): Task<HeldLock | null> {
  const locks = locksOf(core, shared);
  checkKey(key);
  if (scope === "session" && !locks.scopes.includes(scope)) {
    throw new NotSupportedError(
      `${core.engine.dialect.name} gives each transaction another session, so that no lock can be a session's. Leave scope out.`,
    );
  }
  const inDatabase = locks.scopes.includes(scope) ? scope : "session";
  const attempt = (waiting: boolean): Task<boolean> =>
    core.lookUp((connection) => locks.acquire(connection, key, { shared, scope: inDatabase, wait: waiting }));
  let isHeld = yield* attempt(wait === true);
  const deadline = Date.now() + (typeof wait === "number" ? wait : 0);
  for (let pause = shortestPause; !isHeld && Date.now() < deadline; pause = Math.min(pause * 2, longestPause)) {
    const milliseconds = Math.min(pause, Math.max(0, deadline - Date.now()));
    yield new Promise((resolve) => setTimeout(resolve, milliseconds));
    isHeld = yield* attempt(false);
  }
  if (!isHeld) return null;
  const held: HeldLock = { key, shared, scope };
  if (inDatabase === "session") core.heldLocks.add(held);
  return held;
}

export function* releaseLock(core: ConnectionCore, held: HeldLock): Task<void> {
  if (held.scope === "transaction" && core.inTransaction) return;
  if (!core.heldLocks.delete(held) || core.closed || core.invalidated) return;
  const locks = locksOf(core, held.shared);
  yield* core.lookUp((connection) => locks.release(connection, held.key, held));
}

function locksOf({ engine: { dialect } }: ConnectionCore, shared: boolean): AdvisoryLocks {
  const { advisoryLocks, name } = dialect;
  if (advisoryLocks === undefined) {
    throw new NotSupportedError(
      `${name} has no advisory locks. Lock a row with select().withForUpdate(), where it has that.`,
    );
  }
  if (shared && !advisoryLocks.shared) {
    throw new NotSupportedError(`${name} has no shared advisory locks. Leave shared out.`);
  }
  return advisoryLocks;
}

function checkKey(key: LockKey): void {
  if (typeof key === "string" ? key !== "" : typeof key === "bigint" || Number.isSafeInteger(key)) return;
  throw new ArgumentError("The key of an advisory lock is a whole number or a name.");
}
