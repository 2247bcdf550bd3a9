import { requireState, stateOf } from "../../instrumentation/entity.ts";
import { type InstanceState, NOT_LOADED } from "../../instrumentation/instance-state.ts";
import { presentObjects, type RelatedValue, relatedObjects, relatedValue } from "../../instrumentation/related.ts";
import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import { rolesOf } from "../relationship-roles.ts";
import type { FlushPlan } from "./flush-plan.ts";

type Before = Map<InstanceState, Set<InstanceState>>;

function put(before: Before, state: InstanceState, dependency: InstanceState): void {
  const known = before.get(state);
  if (known === undefined) before.set(state, new Set([dependency]));
  else known.add(dependency);
}

/** For each object those that have to be inserted before it: new ones only, as others have their rows. */
export function insertionBefore(_plan: FlushPlan, states: readonly InstanceState[]): Before {
  const before: Before = new Map();
  const given = new Set(states);
  const isAwaited = (state: InstanceState | undefined): state is InstanceState =>
    state !== undefined && state.status === "pending" && given.has(state);
  for (const state of states) {
    const roles = rolesOf(state.mapper);
    for (const property of roles.manyToOne) {
      if (property.postUpdate) continue;
      const target = relatedValue(state, property);
      if (target === undefined || target === null) continue;
      const other = requireState(target);
      if (isAwaited(other) && !refersToItself(state, other, property)) put(before, state, other);
    }
    if (state.status !== "pending") continue;
    for (const property of roles.oneToManyAlone) {
      if (property.postUpdate) continue;
      for (const object of presentObjects(state, property)) {
        const child = requireState(object);
        if (given.has(child) && child !== state) put(before, child, state);
      }
    }
  }
  return before;
}

/** A row may refer to itself where its key is known beforehand. */
function refersToItself(state: InstanceState, other: InstanceState, property: RelationshipProperty): boolean {
  return state === other && property.sync.every(({ source }) => Reflect.get(state.object, source.key) !== undefined);
}

/** For each object those that it refers to, which must not be deleted before it. */
export function deletionBefore(plan: FlushPlan, states: readonly InstanceState[]): Before {
  const before: Before = new Map();
  const given = new Set(states);
  const link = (child: InstanceState, parent: InstanceState | undefined): void => {
    if (parent !== undefined && parent !== child && given.has(parent) && given.has(child)) put(before, child, parent);
  };
  for (const state of states) {
    const roles = rolesOf(state.mapper);
    for (const property of roles.manyToOne) {
      if (!property.postUpdate) for (const target of formerTargets(plan, state, property)) link(state, target);
    }
    for (const property of roles.oneToManyAlone) {
      if (property.postUpdate) continue;
      for (const object of presentObjects(state, property)) link(requireState(object), state);
    }
  }
  return before;
}

/** What the row refers to: as the relationship knows it, or as the foreign key says. */
export function formerTargets(
  { core }: FlushPlan,
  state: InstanceState,
  property: RelationshipProperty,
): readonly (InstanceState | undefined)[] {
  const changed = state.relatedBefore?.get(property);
  const known = changed === undefined ? relatedValue(state, property) : changed;
  if (known !== undefined && known !== NOT_LOADED) return relatedObjects(known as RelatedValue).map(stateOf);
  if (property.targetKey === null || state.committed === null) return [];
  const { committed } = state;
  const values = property.targetKey.map(({ index }) => committed[index]);
  if (values.includes(NOT_LOADED)) return [];
  const key = property.target.identityKey(values);
  return key === null ? [] : [core.identityMap.getBeside(state, property.target, key)];
}
