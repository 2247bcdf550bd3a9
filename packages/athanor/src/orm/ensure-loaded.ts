import { ArgumentError } from "../errors/errors.ts";
import type { LoadedMark } from "../sql/statement/types.ts";
import { owner } from "./awaitable.ts";
import { requireState } from "./instrumentation/entity.ts";
import type { InstanceState } from "./instrumentation/instance-state.ts";
import type { OwningSession } from "./instrumentation/owning-session.ts";
import { knownCollection, knownScalar, relatedObjects, relatedValue } from "./instrumentation/related.ts";
import { sharedOptions } from "./loading/load-relationship.ts";
import type { Loaded } from "./mapping/model-types.ts";
import type { RelationshipProperty } from "./mapping/relationship-property.ts";

/** Relationships of an object, and paths that begin with them: `"orders"`, `"orders.items"`. */
type PathOf<T> = (keyof T & string) | `${keyof T & string}.${string}`;

/**
 * Whether an object has these attributes and relationships without asking the database; it narrows the type to `Loaded`. All
 * members on a path have to have theirs.
 *
 * @example if (isLoaded(user, "orders", "orders.items")) print(user);
 */
export function isLoaded<T extends object, const P extends PathOf<T>>(
  entity: T,
  ...paths: readonly [P, ...P[]]
): entity is T & LoadedMark<P> {
  const state = requireState(entity);
  return paths.every((path) => isPathLoaded([state], path.split(".")));
}

function isPathLoaded(states: readonly InstanceState[], [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return states.every((state) => {
    const property = state.mapper.relationshipsByKey.get(key);
    if (property === undefined) return rest.length === 0 && Object.hasOwn(state.object, key);
    return isKnown(state, property) && isPathLoaded(statesIn(state, property), rest);
  });
}

/**
 * Loads what objects do not have of these relationships, with one statement for each step of a path, and gives them as
 * `Loaded`. What is there stays, what options or the mapping refuse to those who read it is loaded, too.
 *
 * @example print(await ensureLoaded(user, "orders", "orders.items"));
 * @throws ArgumentError for what is no relationship, DetachedInstanceError for objects of no session.
 */
export function ensureLoaded<T extends object, const P extends PathOf<T>>(
  entities: readonly T[],
  ...paths: readonly [P, ...P[]]
): Promise<readonly Loaded<T, P>[]>;
export function ensureLoaded<T extends object, const P extends PathOf<T>>(
  entity: T,
  ...paths: readonly [P, ...P[]]
): Promise<Loaded<T, P>>;
export async function ensureLoaded(given: object, ...paths: readonly string[]): Promise<object> {
  const states = (Array.isArray(given) ? (given as readonly object[]) : [given]).map(requireState);
  for (const path of paths) await loadPath(states, path.split("."), path);
  return given;
}

async function loadPath(
  states: readonly InstanceState[],
  [key, ...rest]: readonly string[],
  path: string,
): Promise<void> {
  if (key === undefined || states.length === 0) return;
  const reached = new Set<InstanceState>();
  for (const [property, having] of byRelationship(states, key, path)) {
    await loadAll(having, property);
    for (const state of having) for (const other of statesIn(state, property)) reached.add(other);
  }
  await loadPath([...reached], rest, path);
}

/** The objects by the relationship that has this name in their classes. */
function byRelationship(
  states: readonly InstanceState[],
  key: string,
  path: string,
): ReadonlyMap<RelationshipProperty, readonly InstanceState[]> {
  return Map.groupBy(states, ({ mapper }) => {
    const property = mapper.relationshipsByKey.get(key);
    if (property !== undefined) return property;
    throw new ArgumentError(
      `ensureLoaded(${JSON.stringify(path)}): ${mapper.className} has no relationship ${JSON.stringify(key)}.`,
    );
  });
}

async function loadAll(states: readonly InstanceState[], property: RelationshipProperty): Promise<void> {
  const missing = states.filter((state) => !isKnown(state, property));
  const groups: { readonly session: OwningSession; readonly states: InstanceState[] }[] = [];
  for (const state of missing) {
    const session = owner(state, property.key);
    const group = groups.find(({ session: other, states: [first] }) => other === session && isLike(state, first));
    if (group === undefined) groups.push({ session, states: [state] });
    else group.states.push(state);
  }
  await Promise.all(
    groups.map(({ session, states: own }) => session.runLater(() => session.loadTogether(own, property))),
  );
}

/** Whether one statement can load a relationship of both. */
function isLike(state: InstanceState, other: InstanceState | undefined): boolean {
  return (
    other !== undefined && state.identityToken === other.identityToken && sharedOptions(state) === sharedOptions(other)
  );
}

function isKnown(state: InstanceState, property: RelationshipProperty): boolean {
  const known = property.isCollection ? knownCollection(state, property) : knownScalar(state, property);
  return known !== undefined;
}

function statesIn(state: InstanceState, property: RelationshipProperty): readonly InstanceState[] {
  return relatedObjects(relatedValue(state, property)).map(requireState);
}
