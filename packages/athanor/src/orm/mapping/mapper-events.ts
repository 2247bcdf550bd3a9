import type { Connection } from "../../engine/connection.ts";
import type { SyncConnection } from "../../engine/sync-connection.ts";
import { type Handler, Listeners, type ListenOptions } from "../../events/listeners.ts";
import { LISTENERS } from "../../util/symbols.ts";
import type { MappedClass, Mapper } from "./mapper.ts";

/** The flush in which a row is written. */
export interface FlushContext {
  /**
   * The connection on which it is written, of an asynchronous session: for statements of one's own beside it.
   *
   * @throws InvalidRequestError in a synchronous session, which has a `syncConnection`.
   */
  readonly connection: Connection;
  /** The same of a synchronous session. */
  readonly syncConnection: SyncConnection;
}

/** A mapped class, as handlers of its configuration are told of it. */
export interface ConfiguredMapper {
  readonly className: string;
  readonly tableName: string;
}

/** Returned by a handler of `beforeMapperConfigured`: the class is left for the next time that classes are configured. */
export const skipMapper: unique symbol = Symbol("athanor.skipMapper");

/**
 * What happens to the rows of a class during a flush, to its objects, and to the class itself. `T` is the object, `S` the
 * session. Handlers of rows may change column attributes of the object; what belongs to the session and to relationships is
 * changed in `beforeFlush`. An asynchronous session waits for handlers of rows that return a promise.
 */
export interface MapperEvents<T, S> {
  readonly beforeInsert: (object: T, session: S, flush: FlushContext) => unknown;
  readonly afterInsert: (object: T, session: S, flush: FlushContext) => unknown;
  /** Of every object that the flush looks at, also where no column turns out to have changed. */
  readonly beforeUpdate: (object: T, session: S, flush: FlushContext) => unknown;
  readonly afterUpdate: (object: T, session: S, flush: FlushContext) => unknown;
  readonly beforeDelete: (object: T, session: S, flush: FlushContext) => unknown;
  readonly afterDelete: (object: T, session: S, flush: FlushContext) => unknown;

  /** An object is being made by its constructor: `values` is what it was given, and may be added to. Not of what is loaded. */
  readonly init: (object: T, values: Record<string, unknown>) => void;
  /** The constructor has failed. */
  readonly initFailure: (object: T, values: Readonly<Record<string, unknown>>, error: unknown) => void;
  /** An object has been made of a row. Its constructor has not run: what it would do is to be done here. */
  readonly load: (object: T, session: S) => void;
  /** Attributes of an object that is there have been loaded: these, or all (null). */
  readonly refresh: (object: T, session: S, attributes: readonly string[] | null) => void;
  /** A flush has given an object values: defaults, and what the database has made. Its generated key is not among them. */
  readonly refreshFlush: (object: T, session: S, attributes: readonly string[]) => void;
  /** An object has forgotten attributes: these, or all (null). */
  readonly expire: (object: T, attributes: readonly string[] | null) => void;

  /** A class is about to be configured for the first time: its columns are there, its relationships are not. */
  readonly instrumentClass: (mapper: ConfiguredMapper, model: MappedClass) => void;
  /** The same, when its objects could be made. */
  readonly afterMapperConstructed: (mapper: ConfiguredMapper, model: MappedClass) => void;
  /** Its relationships are about to be configured; `skipMapper` leaves them for the next time. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
  readonly beforeMapperConfigured: (mapper: ConfiguredMapper, model: MappedClass) => typeof skipMapper | void;
  /** The class is configured; other classes may not be yet. */
  readonly mapperConfigured: (mapper: ConfiguredMapper, model: MappedClass) => void;
}

/** What happens to any class of a base, and to all of them together. */
export interface BaseEvents extends MapperEvents<object, unknown> {
  /** Classes are about to be configured, because one of them is used. */
  readonly beforeConfigured: () => void;
  /** All classes that were declared are configured. */
  readonly afterConfigured: () => void;
}

export type MapperEventName = keyof MapperEvents<unknown, unknown>;
type BaseEventName = keyof BaseEvents;
/** Events of rows, inside a flush. */
export type RowEventName =
  | "beforeInsert"
  | "afterInsert"
  | "beforeUpdate"
  | "afterUpdate"
  | "beforeDelete"
  | "afterDelete";

const names: Readonly<Record<MapperEventName, true>> = {
  beforeInsert: true,
  afterInsert: true,
  beforeUpdate: true,
  afterUpdate: true,
  beforeDelete: true,
  afterDelete: true,
  init: true,
  initFailure: true,
  load: true,
  refresh: true,
  refreshFlush: true,
  expire: true,
  instrumentClass: true,
  afterMapperConstructed: true,
  beforeMapperConfigured: true,
  mapperConfigured: true,
};
const classEventNames: readonly string[] = Object.keys(names);
const baseEventNames: readonly string[] = [...classEventNames, "beforeConfigured", "afterConfigured"];

/** Events of classes that somebody has listened to. While an event is not among them, nobody is asked. */
const heard: Partial<Record<string, true>> = {};

class ClassListeners extends Listeners {
  override add(event: string, handler: Handler, options: ListenOptions): void {
    super.add(event, handler, options);
    heard[event] = true;
  }
}

/** Whether anybody listens, or has listened, to an event of any class: the quick answer to most questions. */
export function isAnyoneListening(event: BaseEventName): boolean {
  return heard[event] === true;
}

// ── whose handlers ───────────────────────────────────────────────────────────
const known = new WeakMap<object, Listeners>();

/** The handlers of all classes of a base. */
export function baseListeners(): Listeners {
  return new ClassListeners(baseEventNames);
}

/**
 * The handlers of a class, mapped by now or not: what `listen(User, "beforeInsert", …)` adds to. Above them are those of the
 * classes that it extends, and of its base.
 */
export function classListeners(model: object, base: Listeners): Listeners {
  let listeners = known.get(model);
  if (listeners === undefined) {
    const above: unknown = Object.getPrototypeOf(model);
    const isTopmost = typeof above !== "function" || !(LISTENERS in above);
    const parent = isTopmost ? base : classListeners(above, base);
    listeners = new ClassListeners(classEventNames, parent);
    known.set(model, listeners);
  }
  return listeners;
}

/** The listeners of a class for one event, or null when nobody listens. */
export function listenersFor(mapper: Mapper, event: MapperEventName): Listeners | null {
  if (heard[event] !== true) return null;
  const listeners = classListeners(mapper.class, mapper.registry.listeners);
  return listeners.has(event) ? listeners : null;
}

// ── telling ──────────────────────────────────────────────────────────────────
/** An object has forgotten attributes: these, or all. */
export function tellExpired(mapper: Mapper, object: object, attributes: readonly string[] | null): void {
  listenersFor(mapper, "expire")?.fire("expire", object, attributes);
}

/** Attributes of an object that is there have been loaded: these, or all. */
export function tellRefreshed(
  mapper: Mapper,
  object: object,
  session: object,
  attributes: readonly string[] | null,
): void {
  listenersFor(mapper, "refresh")?.fire("refresh", object, session, attributes);
}

/** Something happens to a class; what handlers answer. */
export function tellClass(mapper: Mapper, event: MapperEventName): readonly unknown[] {
  return listenersFor(mapper, event)?.fire(event, mapper, mapper.class) ?? [];
}
