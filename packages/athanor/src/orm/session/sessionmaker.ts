import { Engine } from "../../engine/engine.ts";
import { type RetryOptions, retrying } from "../../engine/retry.ts";
import { type Listenable, Listeners } from "../../events/listeners.ts";
import { type EVENTS, LISTENERS } from "../../util/symbols.ts";
import { Session } from "./session.ts";
import { type SessionEvents, sessionEventNames } from "./session-events.ts";
import type { SessionOptions } from "./session-options.ts";
import type { SessionTarget, SyncSessionTarget } from "./session-router.ts";
import { SyncSession } from "./sync-session.ts";

/** Makes sessions. What listens to it hears all of them. */
export interface SessionMaker extends Listenable<SessionEvents<Session>> {
  /** A session; options replace those of the factory. */
  (options?: SessionOptions): Session;
  /**
   * Runs `work` with a session: commits when it returns, rolls back when it throws, and closes the session. With `retry`, the
   * whole of it runs again, with another session, after a serialization failure or a deadlock, or when somebody else has
   * changed rows that were loaded (StaleDataError).
   */
  begin<T>(work: (session: Session) => T | PromiseLike<T>, options?: RetryingOptions): Promise<T>;
}

export interface RetryingOptions {
  /** Default: the work is tried once. */
  readonly retry?: RetryOptions;
  /** Ends the pauses between attempts. */
  readonly signal?: AbortSignal;
}

/** The same for synchronous sessions. */
export interface SyncSessionMaker extends Listenable<SessionEvents<SyncSession>> {
  (options?: SessionOptions): SyncSession;
  begin<T>(work: (session: SyncSession) => T): T;
}

/**
 * Makes a factory of sessions for an engine, or for a router over several: one for a program.
 *
 * ```ts
 * const sessions = sessionmaker(engine);
 * await sessions.begin(async (session) => { session.add(new User({ name: "Ada" })); });
 * ```
 */
export function sessionmaker(target: SessionTarget, options: SessionOptions = {}): SessionMaker {
  const listeners = new Listeners(sessionEventNames);
  const make = (own: SessionOptions = {}): Session => new Session(target, { ...options, ...own }, listeners);
  const attempt = async <T>(work: (session: Session) => T | PromiseLike<T>): Promise<T> => {
    await using session = make();
    return await session.begin(() => work(session));
  };
  const retry = target instanceof Engine ? target.$core.retry : { attempts: 1 };
  const begin = <T>(work: (session: Session) => T | PromiseLike<T>, own: RetryingOptions = {}): Promise<T> =>
    retrying(() => attempt(work), own.retry ?? retry, own.signal);
  return withListeners(Object.assign(make, { begin }), listeners);
}

/** The same for an engine whose driver answers at once. */
export function syncSessionmaker(target: SyncSessionTarget, options: SessionOptions = {}): SyncSessionMaker {
  const listeners = new Listeners(sessionEventNames);
  const make = (own: SessionOptions = {}): SyncSession => new SyncSession(target, { ...options, ...own }, listeners);
  const begin = <T>(work: (session: SyncSession) => T): T => {
    using session = make();
    return session.begin(() => work(session));
  };
  return withListeners(Object.assign(make, { begin }), listeners);
}

/** `EVENTS` stands in the type alone. */
function withListeners<F extends object, E>(factory: F, listeners: Listeners): F & { readonly [EVENTS]: E } {
  Object.defineProperty(factory, LISTENERS, { value: listeners });
  return factory as F & { readonly [EVENTS]: E };
}
