import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { extrasOf, type InstanceState } from "./instance-state.ts";
import { historyOf, relatedValue, unload } from "./related.ts";

// A loader option may ask for a part of a collection: the members that fulfil a condition, or the first ten. What is added
// and removed is written as always; but what happens to all members, because their parent is deleted, needs all of them.

/** A collection has been loaded of which there is more. */
export function markPart(state: InstanceState, property: RelationshipProperty): void {
  const extras = extrasOf(state);
  extras.parts ??= new Set();
  extras.parts.add(property);
}

export function isPart(state: InstanceState, property: RelationshipProperty): boolean {
  return state.extras?.parts?.has(property) === true;
}

/** All that a relationship leads to is known. */
export function isWhole(state: InstanceState, property: RelationshipProperty): boolean {
  return relatedValue(state, property) !== undefined && !isPart(state, property);
}

/** Makes a part of a collection one that is not loaded; what was changed in it is kept for when it is. */
export function forgetPart(state: InstanceState, property: RelationshipProperty): void {
  const { added, deleted } = historyOf(state, property);
  unload(state, property);
  if (added.length === 0 && deleted.length === 0) return;
  state.pendingCollections ??= new Map();
  state.pendingCollections.set(property, { added: new Set(added), removed: new Set(deleted) });
}
