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
}

export type Handler = (...args: never) => unknown;
interface Registration {
  readonly handler: Handler;
  readonly once: boolean;
}

/**
 * The handlers of one object, by event. They may have a parent: what listens to a factory hears all that it makes.
 * Nothing is done, and nothing allocated, while nobody listens.
 */
export class Listeners {
  readonly names: readonly string[];
  readonly #parent: Listeners | null;
  #handlers: Map<string, readonly Registration[]> | null = null;

  constructor(names: readonly string[], parent: Listeners | null = null) {
    this.names = names;
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
    const added: Registration = { handler, once: options.once ?? false };
    this.#handlers.set(event, options.first === true ? [added, ...known] : [...known, added]);
  }

  remove(event: string, handler: Handler): boolean {
    const known = this.#handlers?.get(event) ?? [];
    const kept = known.filter((each) => each.handler !== handler);
    this.#handlers?.set(event, kept);
    return kept.length < known.length;
  }

  has(event: string): boolean {
    return (this.#handlers?.get(event)?.length ?? 0) > 0 || (this.#parent?.has(event) ?? false);
  }

  /** The handlers to be called now, in their order, the parent's first; those for once are taken off the list. */
  take(event: string): readonly Handler[] {
    const taken: Handler[] = this.#parent === null ? [] : [...this.#parent.take(event)];
    for (const { handler, once } of this.#handlers?.get(event) ?? []) {
      if (once) this.remove(event, handler);
      taken.push(handler);
    }
    return taken;
  }

  /** Calls the handlers in their order, the parent's first; what they return is kept. */
  fire(event: string, ...args: readonly unknown[]): unknown[] {
    const results = this.#parent === null ? [] : this.#parent.fire(event, ...args);
    const known = this.#handlers?.get(event);
    if (known === undefined) return results;
    for (const { handler, once } of known) {
      if (once) this.remove(event, handler);
      results.push((handler as (...given: readonly unknown[]) => unknown)(...args));
    }
    return results;
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
      "listen() takes an engine, a session, a sessionmaker, a mapped class, a table or a metadata.",
    );
  return listeners;
}

/**
 * Calls `handler` whenever the event happens at the target: an engine, a session, or a factory of sessions, which speaks
 * for all that it makes.
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
