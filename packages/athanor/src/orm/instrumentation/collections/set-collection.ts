import { checkedMember } from "../admission.ts";
import { announceKnown } from "../announce.ts";
import { type CollectionKind, type CollectionOwner, type MemberChange, seenFace } from "./collection-kind.ts";
import { removeMember, replaceMembers, spliceMembers } from "./members.ts";

/** Collections that are Sets. */
export const setCollection: CollectionKind = {
  takes: "a Set or an array",
  membersOf: (value) => (value instanceof Set || Array.isArray(value) ? [...new Set<unknown>(value)] : null),
  face: (owner) => new MemberSet(owner),
  upkeep: {
    rival: () => null,
    changed(owner, change) {
      const face = seenFace(owner);
      if (face instanceof MemberSet) face.follow(change);
    },
    reset(owner) {
      const face = seenFace(owner);
      if (face instanceof MemberSet) face.show();
    },
  },
};

/** A Set whose changes keep both sides of a relationship in step. It holds what the raw array holds. */
class MemberSet extends Set<object> {
  static {
    // To consoles and to comparisons it is what it is to users.
    Object.defineProperty(this.prototype, "constructor", { value: Set });
  }
  readonly #owner: CollectionOwner;

  constructor(owner: CollectionOwner) {
    super();
    this.#owner = owner;
    this.show();
  }

  show(): void {
    super.clear();
    for (const member of this.#owner.members) super.add(member);
  }
  follow({ removed, added }: MemberChange): void {
    for (const member of removed) super.delete(member);
    for (const member of added) super.add(member);
  }

  override add(member: object): this {
    checkedMember(this.#owner.property, member);
    if (this.has(member)) announceKnown(this.#owner, member);
    else spliceMembers(this.#owner, this.#owner.members.length, 0, [member]);
    return this;
  }
  override delete(member: object): boolean {
    return this.has(member) && removeMember(this.#owner, member);
  }
  override clear(): void {
    replaceMembers(this.#owner, []);
  }
}
