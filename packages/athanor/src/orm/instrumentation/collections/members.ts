import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import { admitted } from "../admission.ts";
import { announceMembers, isHeard } from "../announce.ts";
import { requireState } from "../entity.ts";
import type { InstanceState } from "../instance-state.ts";
import { formerScalar, knownCollection, memberAdded, memberRemoved, rememberCollection } from "../related.ts";
import type { CollectionOwner, MemberChange } from "./collection-kind.ts";

/** The one change that all others are made of: takes members out of the raw array, puts others in. */
export function spliceMembers(
  owner: CollectionOwner,
  start: number,
  count: number,
  entering: readonly unknown[],
): object[] {
  const { state, property, members } = owner;
  const heard = isHeard(state, property)
    ? announceMembers(state, property, members.slice(start, start + count), entering, false)
    : entering;
  const added = heard.map((each) => admitted(state, property, each));
  rememberCollection(state, property, members);
  const removed = replaceRange(members, start, count, added);
  keepUp(owner, { start, removed, added });
  if (removed.length > 0) {
    const present = removed.length > 8 ? new Set(members) : null;
    for (const member of removed) {
      if (!(present?.has(member) ?? members.includes(member))) memberRemoved(state, property, member);
    }
  }
  membersAdded(owner, added, new Set(removed));
  return removed;
}

/** Takes one member out; whether it was there. */
export function removeMember(owner: CollectionOwner, member: object): boolean {
  const index = owner.members.indexOf(member);
  if (index < 0) return false;
  spliceMembers(owner, index, 1, []);
  return true;
}

/** Puts other members in place of all there are; those in both stay untouched. */
export function replaceMembers(owner: CollectionOwner, next: readonly unknown[]): void {
  const { state, property, members } = owner;
  const heard = isHeard(state, property) ? announceMembers(state, property, members, next, true) : next;
  const added = heard.map((each) => admitted(state, property, each));
  rememberCollection(state, property, members);
  const removed = replaceRange(members, 0, members.length, added);
  keepUp(owner, { start: 0, removed, added });
  const [before, after] = [new Set(removed), new Set(added)];
  for (const member of before) if (!after.has(member)) memberRemoved(state, property, member);
  membersAdded(owner, after, before);
}

function membersAdded({ state, property }: CollectionOwner, added: Iterable<object>, were: ReadonlySet<object>): void {
  const members = Array.from(added).filter((member) => !were.has(member));
  const left = leaveTogether(state, property, members);
  for (const member of members) memberAdded(state, property, member, left.has(member));
}

const none: ReadonlySet<object> = new Set();
/** Fewer are looked for one by one. */
const manyMembers = 32;

/**
 * Takes many members out of the collections of their former parents at once: one by one, each would be looked for in what the
 * others have left. Gives those that it has taken.
 */
function leaveTogether(
  state: InstanceState,
  property: RelationshipProperty,
  members: readonly object[],
): ReadonlySet<object> {
  const { reverse } = property;
  if (members.length < manyMembers || reverse === null || reverse.isCollection || property.collection.upkeep !== null) {
    return none;
  }
  const left = new Set<object>();
  const parents = new Map<object, Set<object>>();
  for (const member of members) {
    const former = formerScalar(requireState(member), reverse);
    if (former === null || former === undefined || former === state.object) continue;
    const leaving = parents.get(former);
    if (leaving === undefined) parents.set(former, new Set([member]));
    else leaving.add(member);
  }
  for (const [parent, leaving] of parents) {
    const parentState = requireState(parent);
    const known = knownCollection(parentState, property);
    if (known === undefined || leaving.size < manyMembers) continue;
    rememberCollection(parentState, property, known);
    const kept = known.filter((member) => !leaving.has(member));
    replaceRange(known, 0, known.length, kept);
    for (const member of leaving) left.add(member);
  }
  return left;
}

/** The same members in another order are no change of the relationship. */
export function reorderMembers(owner: CollectionOwner, work: (members: object[]) => void): void {
  work(owner.members);
  keepUp(owner, { start: 0, removed: [], added: [] });
}

function keepUp(owner: CollectionOwner, change: MemberChange): void {
  owner.property.collection.upkeep?.changed(owner, change);
}

/** As many as fit into a call. */
const manyArguments = 10_000;

/** `splice()`, for any number of members. */
function replaceRange(members: object[], start: number, count: number, added: readonly object[]): object[] {
  if (added.length <= manyArguments) return members.splice(start, count, ...added);
  const behind = members.splice(start);
  const removed = behind.splice(0, count);
  for (const list of [added, behind]) for (const member of list) members.push(member);
  return removed;
}
