import { announceMembers, isHeard } from "../announce.ts";
import { admitted, memberAdded, memberRemoved, rememberCollection } from "../related.ts";
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
  const gone = new Set(removed);
  for (const member of added) if (!gone.has(member)) memberAdded(state, property, member);
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
  for (const member of after) if (!before.has(member)) memberAdded(state, property, member);
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
