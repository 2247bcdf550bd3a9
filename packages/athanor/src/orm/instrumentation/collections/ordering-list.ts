import { ArgumentError } from "../../../errors/errors.ts";
import type { Columns } from "../../mapping/column-access.ts";
import { arrayCollection, arrayFace, arrayMutators, type Mutators } from "./array-collection.ts";
import type { CollectionKind, CollectionOwner } from "./collection-kind.ts";

/** How an ordering list numbers its members. */
export interface Numbering {
  /** The attribute of the members that holds the number. */
  readonly attribute: string;
  /** The number of the member at an index. */
  readonly numberAt: (index: number, members: readonly object[]) => unknown;
  /** Whether a member that has a number gets another one when it is put at the end. */
  readonly reorderOnAppend: boolean;
}

const REORDER: unique symbol = Symbol("athanor.reorder");

/**
 * Numbers the members of an ordering list anew, after their numbers were changed by hand, say.
 *
 * @throws ArgumentError for an array that is no such collection.
 */
export function reorder(list: readonly object[]): void {
  const work: unknown = Reflect.get(list, REORDER);
  if (typeof work !== "function") {
    throw new ArgumentError("reorder() takes a collection that was declared with orderingList().");
  }
  Reflect.apply(work, list, []);
}

/** Collections that are arrays and keep the places of their members in an attribute of theirs. */
export function orderingCollection(numbering: Numbering): CollectionKind {
  const mutators: Mutators = new Map([
    ...arrayMutators,
    [REORDER, ({ members }: CollectionOwner) => renumber(members, numbering)] as const,
  ]);
  return {
    takes: arrayCollection.takes,
    membersOf: arrayCollection.membersOf,
    face: (owner) => arrayFace(owner, mutators),
    upkeep: {
      rival: () => null,
      changed({ members }, { start, removed, added }) {
        const areLast = added.length > 0 && removed.length === 0 && start + added.length === members.length;
        if (areLast) append(members, start, numbering);
        else renumber(members, numbering);
      },
      reset() {
        // What the database holds is numbered as it is.
      },
    },
  };
}

function renumber(members: readonly object[], numbering: Numbering): void {
  for (const [index, member] of members.entries()) give(member, index, members, numbering);
}

/** Numbers what has come to the end. */
function append(members: readonly object[], start: number, numbering: Numbering): void {
  for (let index = start; index < members.length; index += 1) {
    const member = members[index] as Columns;
    const hasNumber = (member[numbering.attribute] ?? null) !== null;
    if (numbering.reorderOnAppend || !hasNumber) give(member, index, members, numbering);
  }
}

function give(member: object, index: number, members: readonly object[], { attribute, numberAt }: Numbering): void {
  const columns = member as Columns;
  const number = numberAt(index, members);
  if (columns[attribute] !== number) columns[attribute] = number;
}
