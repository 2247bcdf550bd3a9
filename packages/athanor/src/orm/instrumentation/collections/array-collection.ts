import { ArgumentError } from "../../../errors/errors.ts";
import type { CollectionKind, CollectionOwner } from "./collection-kind.ts";
import { reorderMembers, replaceMembers, spliceMembers } from "./members.ts";

type Mutator = (owner: CollectionOwner, args: readonly unknown[]) => unknown;
export type Mutators = ReadonlyMap<string | symbol, Mutator>;

/** The methods of arrays that change them. Everything else works on the raw array as it is. */
export const arrayMutators: Mutators = new Map<string | symbol, Mutator>([
  ["push", (owner, args) => grown(owner, owner.members.length, args)],
  ["unshift", (owner, args) => grown(owner, 0, args)],
  [
    "pop",
    (owner) => (owner.members.length === 0 ? undefined : spliceMembers(owner, owner.members.length - 1, 1, [])[0]),
  ],
  ["shift", (owner) => spliceMembers(owner, 0, 1, [])[0]],
  ["splice", spliced],
  ["sort", (owner, [compare]) => reordered(owner, (members) => members.sort(compare as Comparator))],
  ["reverse", (owner) => reordered(owner, (members) => members.reverse())],
  ["fill", (owner, args) => rewritten(owner, (copy) => copy.fill(...(args as FillArguments)))],
  ["copyWithin", (owner, args) => rewritten(owner, (copy) => copy.copyWithin(...(args as CopyArguments)))],
]);
type Comparator = ((a: object, b: object) => number) | undefined;
type FillArguments = [object, number?, number?];
type CopyArguments = [number, number, number?];

/** Collections that are arrays: the default. */
export const arrayCollection: CollectionKind = {
  takes: "an array",
  membersOf: (value) => (Array.isArray(value) ? (value as readonly unknown[]) : null),
  face: (owner) => arrayFace(owner, arrayMutators),
  upkeep: null,
};

/**
 * An array to look at and to work with, whose changes keep both sides of the relationship in step. Reading passes to the
 * raw array.
 */
export function arrayFace(owner: CollectionOwner, mutators: Mutators): object[] {
  const { property, members } = owner;
  const bound = new Map<string | symbol, (...args: readonly unknown[]) => unknown>();
  const face: object[] = new Proxy(members, {
    get(target, key) {
      const mutate = mutators.get(key);
      if (mutate === undefined) return Reflect.get(target, key) as unknown;
      let method = bound.get(key);
      if (method === undefined) {
        method = (...args) => {
          const result = mutate(owner, args);
          return result === target ? face : result;
        };
        bound.set(key, method);
      }
      return method;
    },
    has: (target, key) => mutators.has(key) || Reflect.has(target, key),
    set(target, key, value: unknown) {
      if (key === "length") setLength(owner, value);
      else if (isNumeric(key)) setIndex(owner, Number(key), value);
      else return Reflect.set(target, key, value);
      return true;
    },
    deleteProperty(target, key) {
      if (!isNumeric(key)) return Reflect.deleteProperty(target, key);
      throw new ArgumentError(`delete would leave a hole in ${property}; use splice(${key}, 1).`);
    },
    defineProperty(target, key, descriptor) {
      if (!isNumeric(key)) return Reflect.defineProperty(target, key, descriptor);
      throw new ArgumentError(`${property} is a collection: assign its members, or use splice().`);
    },
  });
  return face;
}

/** Whether a property is a number, and so stands for a position. */
function isNumeric(key: string | symbol): key is string {
  return typeof key === "string" && String(Number(key)) === key;
}

function setIndex(owner: CollectionOwner, index: number, value: unknown): void {
  const { property, members } = owner;
  if (!Number.isInteger(index) || index < 0) {
    throw new ArgumentError(`${property} has no position ${index}; positions are counted from 0.`);
  }
  if (index > members.length) {
    throw new ArgumentError(
      `${property} has ${members.length} members: position ${index} would leave a hole. Use push().`,
    );
  }
  spliceMembers(owner, index, 1, [value]);
}

function setLength(owner: CollectionOwner, value: unknown): void {
  const { property, members } = owner;
  const length = Number(value);
  if (!Number.isInteger(length) || length < 0) throw new ArgumentError(`${property} cannot have the length ${length}.`);
  if (length > members.length) {
    throw new ArgumentError(
      `${property} has ${members.length} members: the length ${length} would leave holes. Use push().`,
    );
  }
  if (length < members.length) spliceMembers(owner, length, members.length - length, []);
}

/** Adds members; the new length, as push() and unshift() answer. */
function grown(owner: CollectionOwner, start: number, added: readonly unknown[]): number {
  spliceMembers(owner, start, 0, added);
  return owner.members.length;
}

function spliced(owner: CollectionOwner, args: readonly unknown[]): object[] {
  const { length } = owner.members;
  if (args.length === 0) return [];
  const [start, count, ...added] = args;
  const from = relativeIndex(integer(start), length);
  const most = length - from;
  const removed = args.length === 1 ? most : Math.min(Math.max(0, integer(count)), most);
  return spliceMembers(owner, from, removed, added);
}

/** A number as arrays' methods read their arguments. */
function integer(value: unknown): number {
  const number = Math.trunc(Number(value));
  return Number.isNaN(number) ? 0 : number;
}

function relativeIndex(index: number, length: number): number {
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}

function reordered(owner: CollectionOwner, work: (members: object[]) => void): object[] {
  reorderMembers(owner, work);
  return owner.members;
}

function rewritten(owner: CollectionOwner, work: (copy: object[]) => object[]): object[] {
  replaceMembers(owner, work(owner.members.slice()));
  return owner.members;
}
