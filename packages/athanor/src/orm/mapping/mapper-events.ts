import { Listeners } from "../../events/listeners.ts";
import type { Mapper } from "./mapper.ts";

/**
 * What happens to the rows of a class during a flush. Handlers may change column attributes of the object; they must not
 * add to the session, delete from it or touch relationships.
 */
export interface MapperEvents<T, S> {
  readonly beforeInsert: (object: T, session: S) => void;
  readonly afterInsert: (object: T, session: S) => void;
  /** Of every object that the flush looks at, also where no column turns out to have changed. */
  readonly beforeUpdate: (object: T, session: S) => void;
  readonly afterUpdate: (object: T, session: S) => void;
  readonly beforeDelete: (object: T, session: S) => void;
  readonly afterDelete: (object: T, session: S) => void;
}

export type MapperEventName = keyof MapperEvents<unknown, unknown>;

const names: Readonly<Record<MapperEventName, true>> = {
  beforeInsert: true,
  afterInsert: true,
  beforeUpdate: true,
  afterUpdate: true,
  beforeDelete: true,
  afterDelete: true,
};

const known = new WeakMap<Mapper, Listeners>();
let anyone = false;

/** The listeners of a mapped class: what `listen(User, "beforeInsert", …)` adds to. */
export function mapperListeners(mapper: Mapper): Listeners {
  let listeners = known.get(mapper);
  if (listeners === undefined) {
    listeners = new Listeners(Object.keys(names), mapper.parent === null ? null : mapperListeners(mapper.parent));
    known.set(mapper, listeners);
    anyone = true;
  }
  return listeners;
}

/** Whether anybody listens to any class. */
export function someoneListens(): boolean {
  return anyone;
}

/** The listeners of a class for one event, or null when nobody listens. */
export function listenersFor(mapper: Mapper, event: MapperEventName): Listeners | null {
  if (!anyone) return null;
  const listeners = known.get(mapper) ?? (mapper.parent === null ? undefined : mapperListeners(mapper));
  return listeners?.has(event) === true ? listeners : null;
}
