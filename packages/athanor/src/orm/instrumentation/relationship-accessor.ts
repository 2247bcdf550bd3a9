import { ArgumentError, DetachedInstanceError, InvalidRequestError, LazyLoadError } from "../../errors/errors.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { admitted } from "./admission.ts";
import { announceScalar, isHeard } from "./announce.ts";
import { hooksOf } from "./attribute-hooks.ts";
import { faceOf } from "./collections/collection-kind.ts";
import { replaceMembers } from "./collections/members.ts";
import { describeState } from "./describe-state.ts";
import { requireState } from "./entity.ts";
import type { InstanceState } from "./instance-state.ts";
import {
  addUnseen,
  assignScalar,
  knownCollection,
  knownScalar,
  memberAdded,
  memberRemoved,
  presentObjects,
  relatedValue,
  removeUnseen,
  setLoaded,
} from "./related.ts";

/** The property on a class's prototype through which a relationship is read and written. */
export function relationshipAccessor(property: RelationshipProperty): PropertyDescriptor {
  return {
    configurable: true,
    enumerable: false,
    get(this: object): unknown {
      return readRelationship(requireState(this), property);
    },
    set(this: object, value: unknown): void {
      assignRelationship(requireState(this), property, value);
    },
  };
}

/** The value as users see it; loads it where that can be done at once. */
export function readRelationship(state: InstanceState, property: RelationshipProperty): unknown {
  if (property.isQueried) return faceOf({ state, property, members: [] });
  if (property.isCollection) {
    const members = knownCollection(state, property);
    if (members !== undefined) return faceOf({ state, property, members });
  } else {
    const value = knownScalar(state, property);
    if (value !== undefined) return value;
  }
  loadNow(state, property);
  return loadedValue(state, property);
}

/** What a relationship holds after it has been loaded, as users see it. */
export function loadedValue(state: InstanceState, property: RelationshipProperty): unknown {
  if (property.isQueried) return readRelationship(state, property);
  const value = relatedValue(state, property);
  if (!property.isCollection) return value ?? null;
  const members = knownCollection(state, property) ?? [];
  if (value === undefined) setLoaded(state, property, members);
  return faceOf({ state, property, members });
}

/** Loads while the attribute is being read: with a statement, or, in an asynchronous session, without one. */
function loadNow(state: InstanceState, property: RelationshipProperty): void {
  const { session } = state;
  if (session === null) {
    throw new DetachedInstanceError(
      `${property} is not loaded for ${describeState(state)}, and the object belongs to no session that could load it. ` +
        `Load it with the query: options(${suggestion(property)}).`,
    );
  }
  const refuse = session.synchronous ? undefined : () => needsStatement(state, property);
  session.runNow(session.loadRelationship(state, property, refuse));
}

function needsStatement(state: InstanceState, property: RelationshipProperty): LazyLoadError {
  return new LazyLoadError(
    `${property} is not loaded for ${describeState(state)}, and an asynchronous session cannot load it while it is being read. ` +
      `Load it with the query: options(${suggestion(property)}), or with await awaitable(object).${property.key}.`,
  );
}

function suggestion(property: RelationshipProperty): string {
  return `${property.isCollection ? "selectinload" : "joinedload"}(${property})`;
}

/** Assigns a relationship as a whole. */
export function assignRelationship(state: InstanceState, property: RelationshipProperty, value: unknown): void {
  if (!property.isCollection) {
    if (knownScalar(state, property) === undefined && wantsFormer(state, property)) loadNow(state, property);
    assignScalar(state, property, isHeard(state, property) ? announceScalar(state, property, value) : value);
    return;
  }
  const next = property.collection.membersOf(value, property);
  if (next === null) {
    throw new ArgumentError(
      `${property} is a collection: assign ${property.collection.takes} of ${property.target.className}.`,
      { code: "not-a-collection" },
    );
  }
  if (property.isQueried) {
    replaceUnseen(state, property, next);
    return;
  }
  let members = knownCollection(state, property);
  if (members === undefined) {
    loadNow(state, property);
    members = knownCollection(state, property) ?? [];
  }
  replaceMembers({ state, property, members }, next);
}

/** Of a collection that is not kept here: only an object without a row is known to have no other members. */
function replaceUnseen(state: InstanceState, property: RelationshipProperty, next: readonly unknown[]): void {
  if (state.key !== null) {
    throw new InvalidRequestError(
      `${property} is not kept in memory, so it cannot be replaced as a whole once its object has a row. Use add() and remove().`,
    );
  }
  const members = new Set(next.map((each) => admitted(state, property, each)));
  for (const member of [...presentObjects(state, property)]) {
    if (members.has(member)) continue;
    removeUnseen(state, property, member);
    memberRemoved(state, property, member);
  }
  for (const member of members) {
    addUnseen(state, property, member);
    memberAdded(state, property, member);
  }
}

/** Whether what is replaced has to be loaded first. */
function wantsFormer(state: InstanceState, { key, direction, cascades, declared }: RelationshipProperty): boolean {
  if (state.session === null) return false;
  // It may be an orphan, or its history is wanted whatever it takes.
  if (direction === "manyToOne" && cascades.deleteOrphan) return true;
  if (declared.options.activeHistory === true) return true;
  // The former child of a one-to-one loses its parent; where it cannot be loaded now, the flush finds it.
  return state.session.synchronous && (direction === "oneToMany" || hooksOf(state.mapper, key)?.activeHistory === true);
}
