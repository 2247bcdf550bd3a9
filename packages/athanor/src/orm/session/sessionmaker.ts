import { Engine } from "../../engine/engine.ts";
import { type RetryOptions, retrying } from "../../engine/retry.ts";
import { UnboundExecutionError } from "../../errors/errors.ts";
import type { Listenable, Listeners } from "../../events/listeners.ts";
import { type EVENTS, LISTENERS } from "../../util/symbols.ts";
import { Session } from "./session.ts";
import { type SessionEvents, sessionClassListeners, sessionListeners } from "./session-events.ts";
import type { SessionOptions } from "./session-options.ts";
import type { SessionTarget, SyncSessionTarget } from "./session-router.ts";
import { SyncSession } from "./sync-session.ts";

/** A class of sessions: `Session`, or one that extends it. */
export type SessionClass<S extends Session = Session> = new (target: SessionTarget, options?: SessionOptions) => S;
/** The same for synchronous sessions. */
export type SyncSessionClass<S extends SyncSession = SyncSession> = new (
  target: SyncSessionTarget,
  options?: SessionOptions,
) => S;

export interface SessionMakerOptions<S extends Session = Session> extends SessionOptions {
  /** The class that is made. Default: `Session`. */
  readonly class?: SessionClass<S>;
}
export interface SyncSessionMakerOptions<S extends SyncSession = SyncSession> extends SessionOptions {
  /** The class that is made. Default: `SyncSession`. */
  readonly class?: SyncSessionClass<S>;
}

/** What a factory makes from now on. */
export interface SessionConfiguration<B> extends SessionOptions {
  readonly bind?: B;
}

/** Makes sessions. What listens to it hears all of them. */
export interface SessionMaker<S extends Session = Session> extends Listenable<SessionEvents<Session>> {
  /** A session; options replace those of the factory. */
  (options?: SessionOptions): S;
  /**
   * Runs `work` with a session: commits when it returns, rolls back when it throws, and closes the session. With `retry`, the
   * whole of it runs again, with another session, after a serialization failure or a deadlock, or when somebody else has
   * changed rows that were loaded (StaleDataError).
   */
  begin<T>(work: (session: S) => T | PromiseLike<T>, options?: RetryingOptions): Promise<T>;
  /** Changes the options of the sessions to come, and with `bind` where they work. */
  configure(options: SessionConfiguration<SessionTarget>): void;
}

export interface RetryingOptions {
  /** Default: the work is tried once. */
  readonly retry?: RetryOptions;
  /** Ends the pauses between attempts. */
  readonly signal?: AbortSignal;
}

/** The same for synchronous sessions. */
export interface SyncSessionMaker<S extends SyncSession = SyncSession> extends Listenable<SessionEvents<SyncSession>> {
  (options?: SessionOptions): S;
  begin<T>(work: (session: S) => T): T;
  configure(options: SessionConfiguration<SyncSessionTarget>): void;
}

/**
 * Makes a factory of sessions for an engine, or for a router over several: one for a program. Without a target, `configure()`
 * gives it one later.
 *
 * ```ts
 * const sessions = sessionmaker(engine);
 * await sessions.begin(async (session) => { session.add(new User({ name: "Ada" })); });
 * ```
 */
export function sessionmaker<S extends Session = Session>(
  target: SessionTarget | null = null,
  options: SessionMakerOptions<S> = {},
): SessionMaker<S> {
  const { class: Made = Session as SessionClass<Session> as SessionClass<S>, ...others } = options;
  const factory = new Factory(target, others, sessionClassListeners(Made));
  const make = (own: SessionOptions = {}): S => factory.heard(new Made(factory.target, factory.options(own)));
  const attempt = async <T>(work: (session: S) => T | PromiseLike<T>): Promise<T> => {
    await using session = make();
    return await session.begin(() => work(session));
  };
  const begin = <T>(work: (session: S) => T | PromiseLike<T>, own: RetryingOptions = {}): Promise<T> => {
    const retry = factory.target instanceof Engine ? factory.target.$core.retry : { attempts: 1 };
    return retrying(() => attempt(work), own.retry ?? retry, own.signal);
  };
  return factory.withListeners(Object.assign(make, { begin, configure: factory.configure }));
}

/** The same for an engine whose driver answers at once. */
export function syncSessionmaker<S extends SyncSession = SyncSession>(
  target: SyncSessionTarget | null = null,
  options: SyncSessionMakerOptions<S> = {},
): SyncSessionMaker<S> {
  const { class: Made = SyncSession as SyncSessionClass<SyncSession> as SyncSessionClass<S>, ...others } = options;
  const factory = new Factory(target, others, sessionClassListeners(Made));
  const make = (own: SessionOptions = {}): S => factory.heard(new Made(factory.target, factory.options(own)));
  const begin = <T>(work: (session: S) => T): T => {
    using session = make();
    return session.begin(() => work(session));
  };
  return factory.withListeners(Object.assign(make, { begin, configure: factory.configure }));
}

/** What both kinds of factory have: where their sessions work, with which options, and who listens. */
class Factory<B extends object> {
  readonly #listeners: Listeners;
  #target: B | null;
  #options: SessionOptions;

  constructor(target: B | null, options: SessionOptions, above: Listeners) {
    this.#target = target;
    this.#listeners = sessionListeners(above);
    this.#options = options;
  }

  get target(): B {
    // Made without an engine, a session can be looked at; what needs one says so.
    return this.#target ?? (nowhere as B);
  }
  options(own: SessionOptions): SessionOptions {
    const info = { ...this.#options.info, ...own.info };
    return { ...this.#options, ...own, info };
  }
  readonly configure = ({ bind, ...options }: SessionConfiguration<B>): void => {
    if (bind !== undefined) this.#target = bind;
    this.#options = this.options(options);
  };
  /** A session that tells those who listen to the factory. */
  heard<S extends { readonly [LISTENERS]: Listeners }>(session: S): S {
    session[LISTENERS].follow(this.#listeners);
    return session;
  }
  /** `EVENTS` stands in the type alone. */
  withListeners<F extends object, E>(make: F): F & { readonly [EVENTS]: E } {
    Object.defineProperty(make, LISTENERS, { value: this.#listeners });
    return make as F & { readonly [EVENTS]: E };
  }
}

const nowhere: object = {
  getBind(): never {
    throw new UnboundExecutionError(
      "This session was made without an engine: give sessionmaker() one, or call its configure({ bind: engine }) first.",
    );
  },
};
