import { requireState } from "../instrumentation/entity.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { type RelatedValue, relatedObjects, relatedValue } from "../instrumentation/related.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { rolesOf } from "./relationship-roles.ts";

export type CascadeName = "refreshExpire" | "expunge";

/**
 * The states that a cascade reaches from one, over what is loaded; nearest first, siblings in their order.
 *
 * @param enter whether to take a state in and to go on behind it; called once for each
 */
export function cascadeOver(
  start: InstanceState,
  cascade: CascadeName,
  enter: (state: InstanceState) => boolean,
): void {
  const queue: InstanceState[] = [start];
  const visit = (object: object): void => {
    const state = requireState(object);
    if (enter(state)) queue.push(state);
  };
  for (let i = 0; i < queue.length; i += 1) {
    const state = queue[i] as InstanceState;
    const { related, pendingCollections } = state;
    if (related === null && pendingCollections === null) continue;
    for (const property of rolesOf(state.mapper)[cascade]) {
      const value = related?.[property.index] as RelatedValue;
      if (Array.isArray(value)) for (const member of value as object[]) visit(member);
      else if (value !== undefined && value !== null) visit(value);
      const pending = pendingCollections?.get(property);
      if (pending !== undefined) for (const member of pending.added) visit(member);
    }
  }
}

const none: readonly InstanceState[] = [];

/** States at the other end of a relationship, as far as it is loaded. */
export function relatedStates(state: InstanceState, property: RelationshipProperty): readonly InstanceState[] {
  const objects = relatedObjects(relatedValue(state, property));
  return objects.length === 0 ? none : objects.map(requireState);
}
