import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { admitted } from "./admission.ts";
import { hooksOf } from "./attribute-hooks.ts";
import { requireState } from "./entity.ts";
import { FormerValues } from "./former-values.ts";
import { type InstanceState, NOT_LOADED, type PendingCollection } from "./instance-state.ts";
import { forgetParent, noteParent } from "./single-parent.ts";

/** What a relationship holds: undefined is not loaded; an entity, null, or the raw array of a collection. */
export type RelatedValue = object | null | undefined;

export function relatedValue(state: InstanceState, property: RelationshipProperty): RelatedValue {
  return state.related?.[property.index] as RelatedValue;
}

/** The objects in a relationship's value: none, one, or the members of a collection. */
export function relatedObjects(value: RelatedValue): readonly object[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? (value as readonly object[]) : [value];
}

/** The objects that a relationship is known to lead to: what it holds, or what has come into it before it was loaded. */
export function presentObjects(state: InstanceState, property: RelationshipProperty): Iterable<object> {
  const value = relatedValue(state, property);
  if (value !== undefined) return relatedObjects(value);
  return state.pendingCollections?.get(property)?.added ?? [];
}

/** Nothing is known to be at the other end of a relationship. */
export function leadsNowhere(state: InstanceState, property: RelationshipProperty): boolean {
  const [any] = presentObjects(state, property);
  return any === undefined;
}

/** Empty slots by their number; copying is quicker than filling. */
const blanks: unknown[][] = [];

function slots(state: InstanceState): unknown[] {
  if (state.related === null) {
    const { length } = state.mapper.relationships;
    blanks[length] ??= new Array<unknown>(length).fill(undefined);
    state.related = blanks[length].slice();
  }
  return state.related;
}

// ── what is known without asking the database ────────────────────────────────
/**
 * Whether a relationship that nobody has touched is known to be empty: the object has no row yet, or this session has
 * just inserted it. A many-to-one is known only where its foreign key is null.
 */
function isKnownEmpty(state: InstanceState, property: RelationshipProperty): boolean {
  const isNew = state.status === "transient" || state.status === "pending";
  if (isNew) return true;
  return state.insertedHere && property.direction !== "manyToOne";
}

/** The raw array of a collection that is loaded or known to be empty; undefined where it would have to be loaded. */
export function knownCollection(state: InstanceState, property: RelationshipProperty): object[] | undefined {
  const value = relatedValue(state, property);
  if (value !== undefined) return value as object[];
  if (property.isQueried || !isKnownEmpty(state, property)) return undefined;
  const empty: object[] = [];
  slots(state)[property.index] = empty;
  return empty;
}

/** A scalar that is loaded or known to be empty; undefined where it would have to be loaded. */
export function knownScalar(state: InstanceState, property: RelationshipProperty): object | null | undefined {
  const value = relatedValue(state, property);
  if (value !== undefined) return value;
  return isKnownEmpty(state, property) ? null : undefined;
}

/**
 * The same for a scalar that is about to change: of a many-to-one that is not loaded, the object that its foreign key leads
 * to, where the session has it. It has to let go of its member.
 */
export function formerScalar(state: InstanceState, property: RelationshipProperty): object | null | undefined {
  const known = knownScalar(state, property);
  return known === undefined && property.direction === "manyToOne"
    ? state.session?.knownTarget(state, property)
    : known;
}

// ── loading ──────────────────────────────────────────────────────────────────
/** Puts what was loaded in its place; changes made before the collection was loaded are applied to it. */
export function setLoaded(state: InstanceState, property: RelationshipProperty, value: object | null): void {
  const pending = state.pendingCollections?.get(property);
  slots(state)[property.index] = value;
  dropFace(state, property);
  state.extras?.parts?.delete(property);
  if (pending === undefined || !Array.isArray(value)) return;
  const members = value as object[];
  remember(state, property, members.slice());
  const kept = members.filter((member) => !pending.removed.has(member));
  const present = new Set(kept);
  for (const member of pending.added) if (!present.has(member)) kept.push(member);
  refill(members, kept);
  state.pendingCollections?.delete(property);
  if (state.pendingCollections?.size === 0) state.pendingCollections = null;
}

/** What users have seen of a collection is not it any more. */
function dropFace(state: InstanceState, property: RelationshipProperty): void {
  const { faces } = state;
  const face = faces?.[property.index];
  if (faces === null || face === undefined) return;
  faces[property.index] = undefined;
  hooksOf(state.mapper, property.key)?.tell("disposeCollection", state.object, face);
}

/** Forgets what a relationship held; it is loaded when it is read. */
export function unload(state: InstanceState, property: RelationshipProperty): void {
  if (state.related !== null) state.related[property.index] = undefined;
  dropFace(state, property);
  state.extras?.parts?.delete(property);
  // What is forgotten is not known to be empty any more.
  if (property.direction !== "manyToOne") state.insertedHere = false;
  state.relatedBefore?.delete(property);
  if (state.relatedBefore?.size === 0) state.relatedBefore = null;
  state.pendingCollections?.delete(property);
  if (state.pendingCollections?.size === 0) state.pendingCollections = null;
}

/** Puts other members into a raw array, without a word to anybody. */
function refill(members: object[], next: readonly object[]): void {
  members.length = 0;
  for (const member of next) members.push(member);
}

/** The raw array of a collection was put back to what the database holds: what users have of it shows that. */
export function showReset(state: InstanceState, property: RelationshipProperty, members: object[]): void {
  property.collection.upkeep?.reset({ state, property, members });
}

// ── changes ──────────────────────────────────────────────────────────────────
/** Keeps what a relationship held before its first change since the last flush. */
function remember(state: InstanceState, property: RelationshipProperty, before: unknown): void {
  const known = state.relatedBefore;
  if (known !== null) {
    if (known.has(property)) return;
    known.set(property, before);
  } else {
    state.relatedBefore = new FormerValues(property, before);
  }
  state.session?.relationshipChanges(property);
}

export function rememberCollection(
  state: InstanceState,
  property: RelationshipProperty,
  members: readonly object[],
): void {
  if (state.relatedBefore?.has(property) !== true) remember(state, property, members.slice());
}

/** Assigns a scalar relationship: both sides are kept in step, and the session is told of new objects. */
export function assignScalar(state: InstanceState, property: RelationshipProperty, value: unknown): void {
  const next = value === null ? null : admitted(state, property, value);
  const before = formerScalar(state, property);
  if (before === next) {
    slots(state)[property.index] = next;
    return;
  }
  setScalar(state, property, next, before);
  if (property.singleParent) {
    if (before !== null && before !== undefined) forgetParent(property, state.object, before);
    if (next !== null) noteParent(property, state.object, next);
  }
  if (property.reverse !== null) {
    if (before !== null && before !== undefined) {
      leave(requireState(before), property.reverse, state.object);
      orphan(property.reverse, state);
    }
    // The collections that lead to a new object are those that it leads to itself: it need not be looked for.
    const isNew = state.status === "transient" || state.status === "pending";
    const isAbsent = property.reverse.isCollection && before !== undefined && isNew;
    if (next !== null) enter(requireState(next), property.reverse, state.object, isAbsent);
  }
  if (before !== null && before !== undefined) orphan(property, requireState(before));
  if (next !== null) cascade(state, property, next);
}

function setScalar(
  state: InstanceState,
  property: RelationshipProperty,
  next: object | null,
  before: object | null | undefined,
): void {
  remember(state, property, before === undefined ? NOT_LOADED : before);
  slots(state)[property.index] = next;
}

/**
 * A member has come into a collection by the user's hand.
 *
 * @param hasLeft it has been taken out of the collection of its former parent already
 */
export function memberAdded(
  state: InstanceState,
  property: RelationshipProperty,
  member: object,
  hasLeft = false,
): void {
  if (property.singleParent) noteParent(property, state.object, member);
  if (property.reverse !== null) enter(requireState(member), property.reverse, state.object, hasLeft);
  cascade(state, property, member);
}

/** A member has left a collection by the user's hand. */
export function memberRemoved(state: InstanceState, property: RelationshipProperty, member: object): void {
  const lost = requireState(member);
  if (property.singleParent) forgetParent(property, state.object, member);
  if (property.reverse !== null) leave(lost, property.reverse, state.object);
  orphan(property, lost);
}

/** A new object that has lost the parent without which it must not be is not to be inserted. */
function orphan(property: RelationshipProperty, member: InstanceState): void {
  if (!property.cascades.deleteOrphan || member.status !== "pending") return;
  const { reverse } = property;
  if (reverse === null || leadsNowhere(member, reverse)) member.session?.orphaned(member);
}

/** Objects put into a relationship of an object that has a session come into the session; the way back does not do that. */
function cascade(state: InstanceState, property: RelationshipProperty, member: object): void {
  if (state.session !== null && property.cascades.saveUpdate) state.session.cascadeAdd(requireState(member));
}

/**
 * The other side of a relationship has come to hold `other`, without the user's having touched this side.
 *
 * @param isSettled of a collection: `other` is not in it; of a scalar: its former partner has let go of it
 */
function enter(state: InstanceState, property: RelationshipProperty, other: object, isSettled = false): void {
  if (state.session !== null && requireState(other).session !== state.session) {
    state.session.leftOutside(requireState(other), property);
  }
  if (property.isCollection) {
    const members = knownCollection(state, property);
    if (members === undefined) {
      addUnseen(state, property, other);
    } else if (isSettled || !members.includes(other)) {
      join(state, property, members, other);
    }
    return;
  }
  const before = formerScalar(state, property);
  if (before === other) {
    slots(state)[property.index] = other;
    return;
  }
  setScalar(state, property, other, before);
  // The former partner loses its way here: an object has one parent, a parent one child of a one-to-one.
  if (before !== null && before !== undefined && property.reverse !== null) {
    if (!isSettled) leave(requireState(before), property.reverse, state.object);
    orphan(property, requireState(before));
  }
}

/** Puts a member that has come by the other side at the end of a collection that is there. */
function join(state: InstanceState, property: RelationshipProperty, members: object[], member: object): void {
  rememberCollection(state, property, members);
  const { upkeep } = property.collection;
  if (upkeep === null) {
    members.push(member);
    return;
  }
  const owner = { state, property, members };
  const rival = upkeep.rival(owner, member);
  if (rival !== null) {
    leave(state, property, rival);
    memberRemoved(state, property, rival);
  }
  members.push(member);
  upkeep.changed(owner, { start: members.length - 1, removed: [], added: [member] });
}

/** The other side of a relationship holds `other` no longer. */
function leave(state: InstanceState, property: RelationshipProperty, other: object): void {
  if (property.isCollection) {
    const members = knownCollection(state, property);
    if (members === undefined) {
      removeUnseen(state, property, other);
      return;
    }
    let index = members.indexOf(other);
    if (index < 0) return;
    rememberCollection(state, property, members);
    const { upkeep } = property.collection;
    // A list may have it several times.
    for (; index >= 0; index = members.indexOf(other, index)) {
      members.splice(index, 1);
      upkeep?.changed({ state, property, members }, { start: index, removed: [other], added: [] });
    }
    return;
  }
  const before = knownScalar(state, property);
  if (before === other || before === undefined) setScalar(state, property, null, before === undefined ? other : before);
}

/** Notes that a member has come into a collection that is not loaded. */
export function addUnseen(state: InstanceState, property: RelationshipProperty, member: object): void {
  const pending = pendingOf(state, property);
  const wasRemoved = pending.removed.delete(member);
  if (!wasRemoved || mayBeThere(property)) pending.added.add(member);
}

/** Notes that a member has left a collection that is not loaded. */
export function removeUnseen(state: InstanceState, property: RelationshipProperty, member: object): void {
  const pending = pendingOf(state, property);
  const wasAdded = pending.added.delete(member);
  if (!wasAdded || mayBeThere(property)) pending.removed.add(member);
}

/**
 * Whether a member that comes into a collection may be in it already: a parent can be assigned to a child without its
 * former parent, perhaps the same, being loaded. What counts then is what was done last.
 */
function mayBeThere({ direction }: RelationshipProperty): boolean {
  return direction === "oneToMany";
}

function pendingOf(state: InstanceState, property: RelationshipProperty): PendingCollection {
  state.pendingCollections ??= new Map();
  let pending = state.pendingCollections.get(property);
  if (pending === undefined) {
    pending = { added: new Set(), removed: new Set() };
    state.pendingCollections.set(property, pending);
    state.session?.relationshipChanges(property);
  }
  return pending;
}

// ── history ──────────────────────────────────────────────────────────────────
export interface RelatedHistory {
  readonly added: readonly object[];
  readonly unchanged: readonly object[];
  readonly deleted: readonly object[];
  /** A scalar was assigned before its old value was loaded. */
  readonly unknownBefore: boolean;
}

const nothing: readonly object[] = [];

/** What is known of changes since the last flush. */
interface Changes {
  readonly relatedBefore: FormerValues | null;
  readonly pendingCollections: ReadonlyMap<RelationshipProperty, PendingCollection> | null;
}

/** What has come into a relationship and what has left it since the last flush. */
export function historyOf(
  state: InstanceState,
  property: RelationshipProperty,
  { relatedBefore, pendingCollections }: Changes = state,
): RelatedHistory {
  const now = relatedObjects(relatedValue(state, property));
  const before = relatedBefore?.get(property);
  if (before === undefined) {
    const pending = pendingCollections?.get(property);
    if (pending === undefined) return { added: nothing, unchanged: now, deleted: nothing, unknownBefore: false };
    return { added: [...pending.added], unchanged: nothing, deleted: [...pending.removed], unknownBefore: false };
  }
  if (before === NOT_LOADED) return { added: now, unchanged: nothing, deleted: nothing, unknownBefore: true };
  const old = relatedObjects(before as RelatedValue);
  const [oldSet, newSet] = [new Set(old), new Set(now)];
  return {
    added: [...newSet].filter((each) => !oldSet.has(each)),
    unchanged: [...newSet].filter((each) => oldSet.has(each)),
    deleted: [...oldSet].filter((each) => !newSet.has(each)),
    unknownBefore: false,
  };
}

/** After a flush: what is there now is what there was. */
export function commitRelated(state: InstanceState): void {
  state.relatedBefore = null;
  state.pendingCollections = null;
  if (state.extras !== null) state.extras.flagged = null;
}

/** Puts a value in its place as if it had been loaded: what was changed before is forgotten. */
export function setCommitted(state: InstanceState, property: RelationshipProperty, value: object | null): void {
  state.relatedBefore?.delete(property);
  if (state.relatedBefore?.size === 0) state.relatedBefore = null;
  state.pendingCollections?.delete(property);
  if (state.pendingCollections?.size === 0) state.pendingCollections = null;
  setLoaded(state, property, value);
}

/** After a rollback: relationships hold again what they held at the last flush. */
export function restoreRelated(state: InstanceState): void {
  for (const [property, before] of state.relatedBefore ?? []) {
    const current = relatedValue(state, property);
    if (before === NOT_LOADED) slots(state)[property.index] = undefined;
    else if (Array.isArray(before) && Array.isArray(current)) {
      refill(current as object[], before as readonly object[]);
      showReset(state, property, current as object[]);
    } else slots(state)[property.index] = before;
  }
  commitRelated(state);
}
