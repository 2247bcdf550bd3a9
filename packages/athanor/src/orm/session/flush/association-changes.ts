import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import { writtenReverse } from "../relationship-roles.ts";

type Links = Map<InstanceState, Set<InstanceState>>;

/** Rows of association tables to be inserted and deleted, each once, from whichever side the link was changed. */
export class AssociationChanges {
  readonly added = new Map<RelationshipProperty, Links>();
  readonly removed = new Map<RelationshipProperty, Links>();
  /** Links that stay, of which a key has changed. */
  readonly moved = new Map<RelationshipProperty, Links>();

  add(property: RelationshipProperty, parent: InstanceState, member: InstanceState): void {
    this.#put(this.added, property, parent, member);
  }
  remove(property: RelationshipProperty, parent: InstanceState, member: InstanceState): void {
    this.#put(this.removed, property, parent, member);
  }
  move(property: RelationshipProperty, parent: InstanceState, member: InstanceState): void {
    this.#put(this.moved, property, parent, member);
  }

  #put(
    links: Map<RelationshipProperty, Links>,
    property: RelationshipProperty,
    parent: InstanceState,
    member: InstanceState,
  ): void {
    // The side that is met first keeps the links of both.
    const reverse = writtenReverse(property);
    const isFlipped =
      reverse !== null && (this.added.has(reverse) || this.removed.has(reverse) || this.moved.has(reverse));
    const side = isFlipped ? reverse : property;
    let ofSide = links.get(side);
    if (ofSide === undefined) {
      ofSide = new Map();
      links.set(side, ofSide);
    }
    const [near, far] = isFlipped ? [member, parent] : [parent, member];
    const members = ofSide.get(near);
    if (members === undefined) ofSide.set(near, new Set([far]));
    else members.add(far);
  }

  get isEmpty(): boolean {
    return this.added.size === 0 && this.removed.size === 0 && this.moved.size === 0;
  }
}
