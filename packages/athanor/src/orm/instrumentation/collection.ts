import { ArgumentError } from "../../errors/errors.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { InstanceState } from "./instance-state.ts";
import { checkedMember, memberAdded, memberRemoved, rememberCollection } from "./related.ts";

/** A collection's raw array, and whose it is. */
interface Owner {
  readonly state: InstanceState;
  readonly property: RelationshipProperty;
}

type Mutator = (members: object[], args: readonly unknown[], owner: Owner) => unknown;

/** The methods of arrays that change them. Everything else works on the raw array as it is. */
const mutators: ReadonlyMap<string | symbol, Mutator> = new Map<string | symbol, Mutator>([
  ["push", (members, args, owner) => grown(members, members.length, args, owner)],
  ["unshift", (members, args, owner) => grown(members, 0, args, owner)],
  ["pop", (members, _args, owner) => splice(members, members.length - 1, 1, [], owner)[0]],
  ["shift", (members, _args, owner) => splice(members, 0, 1, [], owner)[0]],
  [
    "splice",
    (members, [start, count, ...added], owner) => {
      const from = relativeIndex(Number(start ?? 0), members.length);
      const removed = count === undefined ? members.length - from : Math.max(0, Number(count));
      return splice(members, from, removed, added, owner);
    },
  ],
  ["sort", (members, [compare], owner) => reordered(members, owner, () => members.sort(compare as Comparator))],
  ["reverse", (members, _args, owner) => reordered(members, owner, () => members.reverse())],
  ["fill", (members, args, owner) => rewritten(members, owner, (copy) => copy.fill(...(args as FillArguments)))],
  [
    "copyWithin",
    (members, args, owner) => rewritten(members, owner, (copy) => copy.copyWithin(...(args as CopyArguments))),
  ],
]);
type Comparator = ((a: object, b: object) => number) | undefined;
type FillArguments = [object, number?, number?];
type CopyArguments = [number, number, number?];

/**
 * The face of a collection: an array to look at and to work with, whose changes keep both sides of the relationship in
 * step. Reading passes to the raw array.
 */
export function collectionFace(state: InstanceState, property: RelationshipProperty, members: object[]): object[] {
  const owner: Owner = { state, property };
  const bound = new Map<string | symbol, (...args: readonly unknown[]) => unknown>();
  const face: object[] = new Proxy(members, {
    get(target, key) {
      const mutate = mutators.get(key);
      if (mutate === undefined) return Reflect.get(target, key) as unknown;
      let method = bound.get(key);
      if (method === undefined) {
        method = (...args) => {
          const result = mutate(target, args, owner);
          return result === target ? face : result;
        };
        bound.set(key, method);
      }
      return method;
    },
    set(target, key, value: unknown) {
      if (key === "length") {
        splice(target, Number(value), target.length, [], owner);
        return true;
      }
      const index = typeof key === "string" ? Number(key) : Number.NaN;
      if (!Number.isInteger(index) || index < 0) return Reflect.set(target, key, value);
      if (index > target.length) {
        throw new ArgumentError(
          `${property} has ${target.length} members: position ${index} would leave a hole. Use push().`,
        );
      }
      splice(target, index, 1, [value], owner);
      return true;
    },
    deleteProperty(_target, key) {
      throw new ArgumentError(`delete would leave a hole in ${property}; use splice(${String(key)}, 1).`);
    },
  });
  return face;
}

function relativeIndex(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

/** The one change that all others are made of: takes members out, puts others in. */
function splice(
  members: object[],
  start: number,
  count: number,
  added: readonly unknown[],
  { state, property }: Owner,
): object[] {
  const entering = added.map((each) => checkedMember(property, each));
  rememberCollection(state, property, members);
  const removed = members.splice(Math.max(0, start), count, ...entering);
  for (const member of removed) if (!members.includes(member)) memberRemoved(state, property, member);
  for (const member of entering) if (!removed.includes(member)) memberAdded(state, property, member);
  return removed;
}

/** Adds members; the new length, as push() and unshift() answer. */
function grown(members: object[], start: number, added: readonly unknown[], owner: Owner): number {
  splice(members, start, 0, added, owner);
  return members.length;
}

/** The same members in another order are no change of the relationship. */
function reordered(members: object[], _owner: Owner, work: () => unknown): object[] {
  work();
  return members;
}

function rewritten(members: object[], owner: Owner, work: (copy: object[]) => object[]): object[] {
  replaceMembers(members, work(members.slice()), owner.state, owner.property);
  return members;
}

/** Puts other members in place of all there are; those in both stay untouched. */
export function replaceMembers(
  members: object[],
  next: readonly unknown[],
  state: InstanceState,
  property: RelationshipProperty,
): void {
  const entering = next.map((each) => checkedMember(property, each));
  rememberCollection(state, property, members);
  const before = new Set(members);
  members.splice(0, members.length, ...entering);
  const after = new Set(entering);
  for (const member of before) if (!after.has(member)) memberRemoved(state, property, member);
  for (const member of after) if (!before.has(member)) memberAdded(state, property, member);
}
