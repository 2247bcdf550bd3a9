import { stateOf } from "../instrumentation/entity.ts";
import { type InstanceState, NOT_LOADED } from "../instrumentation/instance-state.ts";
import { relatedValue, setLoaded, showReset, unload } from "../instrumentation/related.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { hasRowsOf } from "../mapping/shared-rows.ts";
import { rolesOf } from "./relationship-roles.ts";
import type { SessionCore } from "./session-core.ts";
import type { SessionTransaction } from "./session-transaction.ts";

/** An object whose row a rollback gives another parent, or gives back to its parent. */
interface Return {
  readonly state: InstanceState;
  /** The collection or the one-to-one that leads to the object. */
  readonly property: RelationshipProperty;
  readonly from: InstanceState | null;
  readonly to: InstanceState | null;
}

/** What a rollback changes in the relationships that lead to rows. */
export interface Returns {
  readonly known: readonly Return[];
  /** Relationships of which it is not known what they held before: they have to be loaded again. */
  readonly unknown: ReadonlySet<RelationshipProperty>;
}

/**
 * Which rows a rollback moves back to their parents: rows that were deleted, and rows whose foreign keys were changed. What
 * was loaded inside the transaction shows what is about to be undone. Asked before values are restored.
 */
export function returnsOf(core: SessionCore, transaction: SessionTransaction): Returns {
  const known: Return[] = [];
  const unknown = new Set<RelationshipProperty>();
  for (const state of new Set([...transaction.deleted, ...transaction.saved.keys()])) {
    if (state.session !== core) continue;
    const isDeleted = state.status === "deleted";
    const before = transaction.saved.get(state)?.committed ?? state.committed;
    for (const reference of rolesOf(state.mapper).manyToOne) {
      const { reverse: property } = reference;
      if (property === null) continue;
      const to = targetBy(core, state, reference, before);
      const from = isDeleted ? null : targetBy(core, state, reference, state.committed);
      if (to === undefined || from === undefined) unknown.add(property);
      else if (to !== from) known.push({ state, property, from, to });
    }
  }
  return { known, unknown };
}

/** What a foreign key leads to; null where that is nothing, or not in the session; undefined where the key is not known. */
export function targetBy(
  core: SessionCore,
  state: InstanceState,
  { target, targetKey }: RelationshipProperty,
  committed: readonly unknown[] | null,
): InstanceState | null | undefined {
  if (targetKey === null || committed === null) return undefined;
  const values = targetKey.map(({ index }) => committed[index]);
  if (values.includes(NOT_LOADED)) return undefined;
  const key = target.identityKey(values);
  return key === null ? null : (core.identityMap.getBeside(state, target, key) ?? null);
}

/** Puts objects back into what is loaded of their parents, and takes them out of what is not theirs any more. */
export function putBack(core: SessionCore, { known, unknown }: Returns): void {
  for (const { state, property, from, to } of known) {
    if (from !== null) leave(from, property, state.object);
    if (to !== null && state.status === "persistent") join(to, property, state.object);
  }
  for (const property of unknown) {
    for (const state of core.identityMap.objectsOf(property.parent).values()) {
      if (hasRowsOf(state.mapper, property.parent) && relatedValue(state, property) !== undefined)
        unload(state, property);
    }
  }
}

/** Links of many-to-many relationships that were written are unwritten again, in what is loaded. */
export function unlink({ links }: SessionTransaction): void {
  for (const { property, near, far, isNew } of links.toReversed()) {
    const change = isNew ? leave : join;
    change(near, property, far.object);
    if (property.reverse !== null) change(far, property.reverse, near.object);
  }
}

function join(parent: InstanceState, property: RelationshipProperty, member: object): void {
  const value = relatedValue(parent, property);
  if (Array.isArray(value)) {
    const members = value as object[];
    if (members.includes(member)) return;
    members.push(member);
    showReset(parent, property, members);
  } else if (value === null) {
    setLoaded(parent, property, member);
  }
}

function leave(parent: InstanceState, property: RelationshipProperty, member: object): void {
  const value = relatedValue(parent, property);
  if (Array.isArray(value)) {
    const members = value as object[];
    const index = members.indexOf(member);
    if (index < 0) return;
    members.splice(index, 1);
    showReset(parent, property, members);
  } else if (value === member) {
    setLoaded(parent, property, null);
  }
}

/** Objects whose rows are not there: what is loaded of others does not lead to them any more. */
export function forgetLost(core: SessionCore, lost: ReadonlySet<InstanceState>): void {
  if (lost.size === 0) return;
  const isLost = (object: object): boolean => {
    const state = stateOf(object);
    return state !== undefined && lost.has(state);
  };
  for (const state of core.identityMap.states()) {
    if (state.related === null) continue;
    for (const property of state.mapper.relationships) {
      const value = relatedValue(state, property);
      if (value === undefined || value === null) continue;
      if (Array.isArray(value)) {
        const members = value as object[];
        const kept = members.filter((member) => !isLost(member));
        if (kept.length === members.length) continue;
        members.length = 0;
        for (const member of kept) members.push(member);
        showReset(state, property, members);
      } else if (isLost(value)) {
        forgetScalar(state, property);
      }
    }
  }
}

/** Without the object there is none; where a foreign key is left, it has to be looked up. */
function forgetScalar(state: InstanceState, property: RelationshipProperty): void {
  const hasKey =
    property.direction === "manyToOne" &&
    property.sync.some(({ destination }) => ((Reflect.get(state.object, destination.key) as unknown) ?? null) !== null);
  if (hasKey) unload(state, property);
  else setLoaded(state, property, null);
}
