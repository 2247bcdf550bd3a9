import { ArgumentError } from "../../../errors/errors.ts";
import { KIND } from "../../../util/symbols.ts";
import { checkedMember } from "../admission.ts";
import type { CollectionKind, CollectionOwner } from "./collection-kind.ts";
import { removeMember, replaceMembers, spliceMembers } from "./members.ts";

/** What the library makes a collection of a class of one's own with. */
export interface CollectionHandle {
  readonly [KIND]: "collection";
}

class Handle implements CollectionHandle {
  declare readonly [KIND]: "collection";
  readonly owner: CollectionOwner;

  constructor(owner: CollectionOwner) {
    this.owner = owner;
  }
}

/**
 * The base of collection classes of one's own. A class that extends it adds what it likes; every change goes through the
 * methods here, so that both sides of the relationship stay in step. It reads the members as they are at the time.
 *
 * @example
 * class Playlist extends RelatedCollection<Song> {
 *   get seconds() { return this.toArray().reduce((sum, song) => sum + song.seconds, 0); }
 * }
 * // in the shape: many(() => Song, { collection: Playlist })
 */
export class RelatedCollection<M extends object> implements Iterable<M> {
  readonly #owner: CollectionOwner;

  constructor(handle: CollectionHandle) {
    if (!(handle instanceof Handle)) {
      throw new ArgumentError(
        `${new.target.name} is made by the library. Assign an array, or any other iterable of members, to the relationship.`,
      );
    }
    this.#owner = handle.owner;
  }

  get #members(): readonly M[] {
    // The members were checked when they came in.
    return this.#owner.members as readonly object[] as readonly M[];
  }
  get size(): number {
    return this.#members.length;
  }
  has(member: M): boolean {
    return this.#members.includes(member);
  }
  toArray(): M[] {
    return [...this.#members];
  }
  toJSON(): unknown {
    return this.toArray();
  }
  [Symbol.iterator](): Iterator<M> {
    return this.#members[Symbol.iterator]();
  }

  /** Puts a member in, at the end or before the one at an index; one that is there stays where it is. */
  add(member: M, index: number = this.#members.length): this {
    checkedMember(this.#owner.property, member);
    if (!this.has(member)) spliceMembers(this.#owner, Math.min(Math.max(0, index), this.size), 0, [member]);
    return this;
  }
  /** Takes a member out; whether it was there. */
  remove(member: M): boolean {
    return removeMember(this.#owner, member);
  }
  clear(): void {
    replaceMembers(this.#owner, []);
  }
  /** Puts these members in place of all there are. */
  replaceWith(members: Iterable<M>): void {
    replaceMembers(this.#owner, [...new Set(members)]);
  }
}

/** A class of one's own for the members of a relationship. */
export type CollectionClass = new (handle: CollectionHandle) => Iterable<object>;

/** Collections of a class of one's own. */
export function classCollection(Collection: CollectionClass): CollectionKind {
  return {
    takes: `a ${Collection.name} or an array`,
    membersOf(value) {
      const isIterable = typeof value === "object" && value !== null && Symbol.iterator in value;
      return isIterable ? [...new Set(value as Iterable<unknown>)] : null;
    },
    face: (owner) => new Collection(new Handle(owner)),
    upkeep: null,
  };
}
