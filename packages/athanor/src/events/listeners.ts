import { ArgumentError, InvalidRequestError } from "../errors/errors.ts";
import { type EVENTS, LISTENERS } from "../util/symbols.ts";

/** Something that tells of events; `E` maps their names to the handlers' types. */
export interface Listenable<out E> {
  readonly [EVENTS]: E;
}

export interface ListenOptions {
  /** Only the first time. Default false. */
  readonly once?: boolean;
  /** Before the handlers that are there already. Default false. */
  readonly first?: boolean;
  /** Of a mapped class: also what happens to objects of its subclasses. Default true. */
  readonly propagate?: boolean;
  /** Of an attribute: load what it held before it is assigned, where the session can do that at once. Default false. */
  readonly activeHistory?: boolean;
}

export type Handler = (...args: never) => unknown;
interface Registration {
  readonly handler: Handler;
  readonly once: boolean;
  readonly propagate: boolean;
}

/**
 * The handlers of one object, by event. They may have a parent: what listens to a factory hears all that it makes, what
 * listens to a class hears its subclasses. Nothing is done, and nothing allocated, while nobody listens.
 */
export class Listeners {
  readonly names: readonly string[];
  #parent: Listeners | null;
  #handlers: Map<string, readonly Registration[]> | null = null;

  constructor(names: readonly string[], parent: Listeners | null = null) {
    this.names = names;
    this.#parent = parent;
  }

  /** From now on those who listen to `parent` hear this, too. */
  follow(parent: Listeners): void {
    this.#parent = parent;
  }

  add(event: string, handler: Handler, options: ListenOptions): void {
    if (!this.names.includes(event)) {
      throw new InvalidRequestError(
        `There is no event ${JSON.stringify(event)} here. There are: ${this.names.join(", ")}.`,
      );
    }
    if (typeof handler !== "function")
      throw new ArgumentError(`The handler of ${JSON.stringify(event)} is a function.`);
    this.#handlers ??= new Map();
    const known = this.#handlers.get(event) ?? [];
    const { once = false, propagate = true } = options;
    const added: Registration = { handler, once, propagate };
    this.#handlers.set(event, options.first === true ? [added, ...known] : [...known, added]);
  }

  remove(event: string, handler: Handler): boolean {
    const known = this.#handlers?.get(event) ?? [];
    const kept = known.filter((each) => each.handler !== handler);
    this.#handlers?.set(event, kept);
    return kept.length < known.length;
  }

  /** Whether this handler is among them; those of the parent are not asked. */
  contains(event: string, handler: Handler): boolean {
    return this.#handlers?.get(event)?.some((each) => each.handler === handler) ?? false;
  }

  has(event: string): boolean {
    return (this.#handlers?.get(event)?.length ?? 0) > 0 || (this.#parent?.passesOn(event) ?? false);
  }

  /** Whether it has handlers for what has a parent in it. */
  protected passesOn(event: string): boolean {
    return (
      (this.#handlers?.get(event)?.some(({ propagate }) => propagate) ?? false) ||
      (this.#parent?.passesOn(event) ?? false)
    );
  }

  /** The handlers to be called now, in their order, the parent's first; those for once are taken off the list. */
  take(event: string): readonly Handler[] {
    const taken: Handler[] = [];
    this.takeInto(event, taken, false);
    return taken;
  }
  protected takeInto(event: string, taken: Handler[], fromBelow: boolean): void {
    this.#parent?.takeInto(event, taken, true);
    for (const { handler, once, propagate } of this.#handlers?.get(event) ?? []) {
      if (fromBelow && !propagate) continue;
      if (once) this.remove(event, handler);
      taken.push(handler);
    }
  }

  /** Calls the handlers in their order, the parent's first; what they return is kept. */
  fire(event: string, ...args: readonly unknown[]): unknown[] {
    return this.take(event).map((handler) => (handler as (...given: readonly unknown[]) => unknown)(...args));
  }

  /** The same, but only for handlers that are not among those who have `heard` of it, and are from now on. */
  fireOnce(event: string, heard: Set<Handler>, ...args: readonly unknown[]): unknown[] {
    const results = this.#parent === null ? [] : this.#parent.fireOnce(event, heard, ...args);
    for (const { handler } of this.#handlers?.get(event) ?? []) {
      if (heard.has(handler)) continue;
      heard.add(handler);
      results.push((handler as (...given: readonly unknown[]) => unknown)(...args));
    }
    return results;
  }
}

interface WithListeners {
  readonly [LISTENERS]: Listeners;
}

function listenersOf(target: object): Listeners {
  const listeners = (target as Partial<WithListeners>)[LISTENERS];
  if (listeners === undefined)
    throw new ArgumentError(
      "listen() takes an engine, a session, a sessionmaker, a mapped class, attributeOf(…), a declarative base, a table or a metadata.",
    );
  return listeners;
}

/**
 * Calls `handler` whenever the event happens at the target: an engine, a session, or a factory of sessions, which speaks
 * for all that it makes; a mapped class, which speaks for its subclasses; one of its attributes (`attributeOf(User, "name")`).
 *
 * @throws InvalidRequestError when the target has no such event; the message names those it has.
 */
export function listen<E, K extends keyof E>(
  target: Listenable<E>,
  event: K,
  handler: E[K],
  options: ListenOptions = {},
): void {
  listenersOf(target).add(String(event), handler as Handler, options);
}

/** Takes a handler back that was given to `listen`. Returns whether it was there. */
export function removeListener<E, K extends keyof E>(target: Listenable<E>, event: K, handler: E[K]): boolean {
  return listenersOf(target).remove(String(event), handler as Handler);
}

/** Whether a handler was given to `listen` for this target and event, and is still there. */
export function hasListener<E, K extends keyof E>(target: Listenable<E>, event: K, handler: E[K]): boolean {
  return listenersOf(target).contains(String(event), handler as Handler);
}
