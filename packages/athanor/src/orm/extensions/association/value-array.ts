import { ArgumentError } from "../../../errors/errors.ts";
import { INSPECT } from "../../instrumentation/printing.ts";
import { type MemberValues, membersFor } from "./member-values.ts";

type Mutator = (members: object[], args: readonly unknown[], values: MemberValues) => unknown;
type Inspect = (value: unknown, options: object) => string;
type Compare = ((a: unknown, b: unknown) => number) | undefined;

/** Methods that put members in, take them out, or move them. All others work on the values by themselves. */
const mutators: ReadonlyMap<string | symbol, Mutator> = new Map<string | symbol, Mutator>([
  ["push", (members, args, { create }) => members.push(...args.map((value) => create(value)))],
  ["unshift", (members, args, { create }) => members.unshift(...args.map((value) => create(value)))],
  ["pop", (members, _args, { read }) => (members.length === 0 ? undefined : read(members.pop() as object))],
  ["shift", (members, _args, { read }) => (members.length === 0 ? undefined : read(members.shift() as object))],
  [
    "splice",
    (members, args, { read, create }) => {
      const [start, count, ...added] = args;
      const given = [start, count, ...added.map((value) => create(value))].slice(0, args.length);
      return Reflect.apply(members.splice as (...all: unknown[]) => object[], members, given).map(read);
    },
  ],
  [
    "sort",
    (members, [compare], { read }) => {
      const sorted = members.map((member) => ({ member, value: read(member) }));
      const places = new Map(
        sorted
          .map(({ value }, index) => ({ value, index }))
          .sort((a, b) => (compare as Compare)?.(a.value, b.value) ?? byText(a.value, b.value))
          .map(({ index }, place) => [sorted[index]?.member, place]),
      );
      return members.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    },
  ],
  ["reverse", (members) => members.reverse()],
]);

/** As arrays sort where nothing is said. */
function byText(a: unknown, b: unknown): number {
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * An array of what members of a collection have under an attribute. It holds nothing itself: reading asks the members, a
 * change goes to the collection, and a position that is assigned to its member.
 */
export function valueArray(members: object[], values: MemberValues): unknown[] {
  const bound = new Map<string | symbol, (...args: readonly unknown[]) => unknown>();
  const valueAt = (index: number): unknown => {
    const member = members[index];
    return member === undefined ? undefined : values.read(member);
  };
  /** Arrays have to have what their proxies say that they have. */
  const show = (): void => {
    shown.length = members.length;
    for (let index = 0; index < members.length; index += 1) shown[index] = valueAt(index);
  };
  const shown: unknown[] = [];
  // Consoles look behind proxies.
  Object.defineProperty(shown, INSPECT, {
    value: (_depth: number, options: object, inspect: Inspect) => inspect(members.map(values.read), options),
  });
  const face: unknown[] = new Proxy(shown, {
    get(target, key, receiver) {
      const mutate = mutators.get(key);
      if (mutate !== undefined) {
        let method = bound.get(key);
        if (method === undefined) {
          method = (...args) => {
            const result = mutate(members, args, values);
            return result === members ? face : result;
          };
          bound.set(key, method);
        }
        return method;
      }
      if (key === "length") return members.length;
      const index = positionOf(key);
      return index === null ? (Reflect.get(target, key, receiver) as unknown) : valueAt(index);
    },
    has(target, key) {
      const index = positionOf(key);
      return index === null ? Reflect.has(target, key) : index < members.length;
    },
    set(target, key, value: unknown) {
      const index = positionOf(key);
      if (key === "length") members.length = value as number;
      else if (index === null) return Reflect.set(target, key, value);
      else if (index < members.length) values.write(members[index] as object, value);
      else if (index === members.length) members.push(values.create(value));
      else throw hole(values, members, index);
      return true;
    },
    deleteProperty(target, key) {
      const index = positionOf(key);
      if (index === null) return Reflect.deleteProperty(target, key);
      throw new ArgumentError(`delete would leave a hole in ${values.name}; use splice(${index}, 1).`);
    },
    ownKeys(target) {
      show();
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor(target, key) {
      const index = positionOf(key);
      if (index === null || index >= members.length) {
        target.length = members.length;
        return Reflect.getOwnPropertyDescriptor(target, key);
      }
      target[index] = valueAt(index);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
  return face;
}

function hole({ name }: MemberValues, members: readonly object[], index: number): ArgumentError {
  return new ArgumentError(`${name} has ${members.length} members: position ${index} would leave a hole. Use push().`);
}

function positionOf(key: string | symbol): number | null {
  if (typeof key !== "string") return null;
  const index = Number(key);
  return Number.isInteger(index) && index >= 0 && String(index) === key ? index : null;
}

/** Puts these values in place of all that there are; members that have one of them stay. */
export function replaceValues(members: object[], next: Iterable<unknown>, values: MemberValues): void {
  members.splice(0, members.length, ...membersFor([...members], next, values));
}
