import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { type AttributeHooks, type AttributeInitiator, hooksOf } from "./attribute-hooks.ts";
import type { CollectionOwner } from "./collections/collection-kind.ts";
import { requireState, stateOf } from "./entity.ts";
import type { InstanceState } from "./instance-state.ts";
import { formerScalar, knownCollection, knownScalar } from "./related.ts";

/*
 * Handlers of relationships are heard before anything changes: first those of the attribute that the program changes, then
 * those of the attributes that follow on the other side. When one of them refuses, all is as it was.
 */

/** Whether anybody listens to a relationship, from one side or the other. */
export function isHeard(state: InstanceState, property: RelationshipProperty): boolean {
  return state.mapper.hooks !== null || listens(property);
}

/** Whether some class at the other end has handlers for the way back. */
function listens({ reverse, target }: RelationshipProperty): boolean {
  return reverse !== null && (target.hooks !== null || target.subclasses.some(({ hooks }) => hooks !== null));
}

/** A scalar relationship is about to be assigned; what is to be assigned in fact. */
export function announceScalar(state: InstanceState, property: RelationshipProperty, given: unknown): unknown {
  const before = formerScalar(state, property);
  const hooks = hooksOf(state.mapper, property.key);
  const initiator = initiatorOf(hooks, property, "set");
  const next = hooks === null ? given : hooks.set(state.object, given, before, initiator);
  if (next === before || property.reverse === null) return next;
  if (before !== null && before !== undefined) {
    announceLeave(requireState(before), property.reverse, state.object, initiator);
  }
  const entering = entityState(next);
  if (entering !== null) announceEnter(entering, property.reverse, state.object, initiator);
  return next;
}

/**
 * Members are about to come into a collection, and others to leave it; those that are to come in fact.
 *
 * @param isWhole the collection is assigned as a whole
 */
export function announceMembers(
  state: InstanceState,
  property: RelationshipProperty,
  removed: readonly unknown[],
  entering: readonly unknown[],
  isWhole: boolean,
): readonly unknown[] {
  const hooks = hooksOf(state.mapper, property.key);
  const added = [...entering];
  if (isWhole) hooks?.bulkReplace(state.object, added, hooks.initiator("bulkReplace"));
  const [leaving, staying] = [new Set(removed), new Set(added)];
  const operation = isWhole ? "bulkReplace" : "append";
  for (const [index, member] of added.entries()) {
    if (leaving.has(member)) continue;
    const initiator = initiatorOf(hooks, property, operation);
    const next = hooks === null ? member : hooks.append(state.object, member, initiator);
    added[index] = next;
    const other = entityState(next);
    if (other !== null && property.reverse !== null) announceEnter(other, property.reverse, state.object, initiator);
  }
  for (const member of leaving) {
    if (staying.has(member)) continue;
    const initiator = initiatorOf(hooks, property, isWhole ? "bulkReplace" : "remove");
    hooks?.remove(state.object, member, initiator);
    const other = entityState(member);
    if (other !== null && property.reverse !== null) announceLeave(other, property.reverse, state.object, initiator);
  }
  return added;
}

/** A member is put into a collection that has it already. */
export function announceKnown({ state, property }: CollectionOwner, member: object): void {
  const hooks = hooksOf(state.mapper, property.key);
  hooks?.appendWithoutMutation(state.object, member, hooks.initiator("append"));
}

function initiatorOf(
  hooks: AttributeHooks | null,
  { parent, key }: RelationshipProperty,
  operation: AttributeInitiator["operation"],
): AttributeInitiator {
  return hooks?.initiator(operation) ?? { className: parent.className, key, operation };
}

function entityState(value: unknown): InstanceState | null {
  return typeof value === "object" && value !== null ? (stateOf(value) ?? null) : null;
}

/** The other side of a relationship is about to hold `other`. What its handlers return is not taken: the program has said what it is. */
function announceEnter(
  state: InstanceState,
  property: RelationshipProperty,
  other: object,
  initiator: AttributeInitiator,
): void {
  const hooks = hooksOf(state.mapper, property.key);
  if (property.isCollection) {
    if (knownCollection(state, property)?.includes(other) !== true) hooks?.append(state.object, other, initiator);
    return;
  }
  const before = formerScalar(state, property);
  if (before === other) return;
  hooks?.set(state.object, other, before, initiator);
  // The former partner loses its way here.
  if (before !== null && before !== undefined && property.reverse !== null) {
    announceLeave(requireState(before), property.reverse, state.object, initiator);
  }
}

/** The other side of a relationship is about to lose `other`. */
function announceLeave(
  state: InstanceState,
  property: RelationshipProperty,
  other: object,
  initiator: AttributeInitiator,
): void {
  const hooks = hooksOf(state.mapper, property.key);
  if (hooks === null) return;
  if (property.isCollection) {
    if (knownCollection(state, property)?.includes(other) !== false) hooks.remove(state.object, other, initiator);
    return;
  }
  const before = knownScalar(state, property);
  if (before === other || before === undefined) hooks.set(state.object, null, before, initiator);
}
