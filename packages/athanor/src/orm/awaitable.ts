import { ArgumentError, DetachedInstanceError } from "../errors/errors.ts";
import { describeState } from "./instrumentation/describe-state.ts";
import { requireState } from "./instrumentation/entity.ts";
import type { InstanceState } from "./instrumentation/instance-state.ts";
import type { OwningSession } from "./instrumentation/owning-session.ts";
import { knownCollection, knownScalar } from "./instrumentation/related.ts";
import { loadedValue } from "./instrumentation/relationship-accessor.ts";
import { loadWithOthers } from "./lazy-batches.ts";
import { canLoadTogether } from "./loading/load-relationship.ts";
import type { RelationshipProperty } from "./mapping/relationship-property.ts";

/** An object each of whose attributes is a promise. */
export type Awaitable<T> = { readonly [P in keyof T & string]: Promise<T[P]> };

/**
 * Loads on demand where a plain read would throw: `await awaitable(user).orders`. What is loaded already is served without
 * a statement. Relationships that are asked for at the same time, of many objects, are loaded with one statement:
 * `await Promise.all(users.map((user) => awaitable(user).orders))`.
 */
export function awaitable<T extends object>(entity: T): Awaitable<T> {
  const state = requireState(entity);
  const handler: ProxyHandler<T> = {
    get(target, key) {
      if (typeof key === "symbol" || key === "then") return undefined;
      return read(state, target, key);
    },
  };
  // Every attribute of the entity becomes a promise of its value; that is what the handler does.
  return new Proxy(entity, handler) as unknown as Awaitable<T>;
}

async function read(state: InstanceState, target: object, key: string): Promise<unknown> {
  const { mapper } = state;
  const relationship = mapper.relationshipsByKey.get(key);
  if (relationship !== undefined) {
    await load(state, relationship);
    return loadedValue(state, relationship);
  }
  const column = mapper.columnsByKey.get(key);
  const derived = mapper.derivedByKey.get(key)?.declared;
  for (const each of derived?.leadsOver(key, mapper) ?? []) await load(state, each);
  const needed = column === undefined ? derived?.sources(key, mapper) : [column];
  const missing = state.key === null ? [] : (needed ?? []).filter((each) => !Object.hasOwn(target, each.key));
  if (missing.length > 0) {
    const session = owner(state, key);
    await session.runLater(() => session.loadForReading(state, missing));
  }
  if (column === undefined && !(key in target)) {
    throw new ArgumentError(`${mapper.className} has no attribute ${JSON.stringify(key)}.`);
  }
  return Reflect.get(target, key) as unknown;
}

async function load(state: InstanceState, property: RelationshipProperty): Promise<void> {
  if (property.isQueried) return;
  const known = property.isCollection ? knownCollection(state, property) : knownScalar(state, property);
  if (known !== undefined) return;
  const session = owner(state, property.key);
  if (canLoadTogether(state, property)) await loadWithOthers(session, state, property);
  else await session.runLater(() => session.loadRelationship(state, property));
}

/** The session that can load what an object does not have. Throws DetachedInstanceError where there is none. */
export function owner(state: InstanceState, key: string): OwningSession {
  if (state.session !== null) return state.session;
  throw new DetachedInstanceError(
    `${state.mapper.className}.${key} is not loaded for ${describeState(state)}, and the object belongs to no session that could load it.`,
  );
}
