import { ArgumentError, InvalidRequestError } from "../../../errors/errors.ts";
import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import { checkedMember } from "../admission.ts";
import { type CollectionKind, type CollectionOwner, faceOf, type MemberChange, seenFace } from "./collection-kind.ts";
import { removeMember, replaceMembers, spliceMembers } from "./members.ts";

/** Gives the key of a member. */
export type MemberKey = (member: object) => unknown;

/**
 * Collections that are Maps. A member's key is found out when it comes in; what happens to its attributes later does not
 * move it.
 *
 * @param keyAttribute the attribute that holds the key, where there is one
 * @param described where keys come from, for messages: `Note.keyword`
 */
export function keyedCollection(memberKey: MemberKey, described: string, keyAttribute: string | null): CollectionKind {
  const keyOf = (member: object, property: RelationshipProperty): unknown => {
    const key = memberKey(member);
    if (key !== undefined) return key;
    throw new InvalidRequestError(
      `${property} keeps its members by ${described}, which this ${property.target.className} has not got yet: ` +
        "give it a value before the object comes into the collection.",
    );
  };
  return {
    takes: "a Map or an array",
    keyAttribute,
    membersOf(value, property) {
      if (Array.isArray(value)) return lastOfEach(value, property, keyOf);
      if (!(value instanceof Map)) return null;
      const entries = [...(value as ReadonlyMap<unknown, unknown>)];
      for (const [key, member] of entries) {
        checkKey(property, key, keyOf(checkedMember(property, member), property), described);
      }
      return entries.map(([, member]) => member);
    },
    face: (owner) => new MemberMap(owner, (member) => keyOf(member, owner.property), described),
    upkeep: {
      rival(owner, member) {
        const face = faceOf(owner);
        return face instanceof MemberMap ? face.rivalOf(member) : null;
      },
      changed(owner, change) {
        const face = seenFace(owner);
        if (face instanceof MemberMap) face.follow(change);
        // Made now, it takes the keys as they are now.
        else faceOf(owner);
      },
      reset(owner) {
        const face = seenFace(owner);
        if (face instanceof MemberMap) face.show();
      },
    },
  };
}

/** Of members with one key, the last; others are refused as anywhere. */
function lastOfEach(
  given: readonly unknown[],
  property: RelationshipProperty,
  keyOf: (member: object, property: RelationshipProperty) => unknown,
): readonly unknown[] {
  const members = given.map((each) => checkedMember(property, each));
  return [...new Map(members.map((member) => [keyOf(member, property), member])).values()];
}

function checkKey(property: RelationshipProperty, given: unknown, actual: unknown, described: string): void {
  if (Object.is(given, actual)) return;
  throw new ArgumentError(
    `${property} keeps its members by ${described}: this ${property.target.className} belongs under ${show(actual)}, not ${show(given)}.`,
  );
}

function show(key: unknown): string {
  return typeof key === "string" ? JSON.stringify(key) : String(key);
}

/** A Map whose changes keep both sides of a relationship in step. It holds what the raw array holds. */
class MemberMap extends Map<unknown, object> {
  static {
    // To consoles and to comparisons it is what it is to users.
    Object.defineProperty(this.prototype, "constructor", { value: Map });
  }
  readonly #owner: CollectionOwner;
  readonly #keyOf: MemberKey;
  readonly #described: string;
  /** Under which key each member stands. */
  readonly #keys = new Map<object, unknown>();

  constructor(owner: CollectionOwner, keyOf: MemberKey, described: string) {
    super();
    this.#owner = owner;
    this.#keyOf = keyOf;
    this.#described = described;
    this.show();
  }

  show(): void {
    super.clear();
    for (const member of this.#keys.keys()) if (!this.#owner.members.includes(member)) this.#keys.delete(member);
    for (const member of this.#owner.members) this.#put(member);
  }
  follow({ removed, added }: MemberChange): void {
    for (const member of removed) {
      const key = this.#keys.get(member);
      this.#keys.delete(member);
      if (super.get(key) === member) super.delete(key);
    }
    for (const member of added) this.#put(member);
  }
  #put(member: object): void {
    const key = this.#keys.has(member) ? this.#keys.get(member) : this.#keyOf(member);
    this.#keys.set(member, key);
    super.set(key, member);
  }
  /** Another member that stands where this one belongs. */
  rivalOf(member: object): object | null {
    const other = super.get(this.#keyOf(member));
    return other === undefined || other === member ? null : other;
  }

  override set(key: unknown, given: object): this {
    const owner = this.#owner;
    const member = checkedMember(owner.property, given);
    if (this.#keys.has(member)) {
      checkKey(owner.property, key, this.#keys.get(member), this.#described);
      return this;
    }
    checkKey(owner.property, key, this.#keyOf(member), this.#described);
    const rival = super.get(key);
    const place = rival === undefined ? -1 : owner.members.indexOf(rival);
    if (place < 0) spliceMembers(owner, owner.members.length, 0, [member]);
    else spliceMembers(owner, place, 1, [member]);
    return this;
  }
  override delete(key: unknown): boolean {
    const member = super.get(key);
    return member !== undefined && removeMember(this.#owner, member);
  }
  override clear(): void {
    replaceMembers(this.#owner, []);
  }
}
