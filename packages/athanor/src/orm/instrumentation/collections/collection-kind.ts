import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import { hooksOf } from "../attribute-hooks.ts";
import type { InstanceState } from "../instance-state.ts";

/** A collection of one object: its raw array, and whose it is. */
export interface CollectionOwner {
  readonly state: InstanceState;
  readonly property: RelationshipProperty;
  /** The members as the library keeps them, whatever users see. */
  readonly members: object[];
}

/** What a collection looks like to users. The raw array behind it is the same for all kinds. */
export interface CollectionKind {
  /** What can be assigned, for messages: `an array`. */
  readonly takes: string;
  /** The members of what is assigned or given to a constructor; null for what is no collection of this kind. */
  membersOf(value: unknown, property: RelationshipProperty): readonly unknown[] | null;
  /** Makes what users see. */
  face(owner: CollectionOwner): object;
  /** What has to be done when members come and go; null where the face reads the raw array. */
  readonly upkeep: Upkeep | null;
  /** The attribute of the members that keys come from, where one attribute gives them. */
  readonly keyAttribute?: string | null;
}

/** Members that were taken out of the raw array at a place, and those that were put there. */
export interface MemberChange {
  readonly start: number;
  readonly removed: readonly object[];
  readonly added: readonly object[];
}

/** What follows the raw array of a collection: numbers of members, keys, a Set that shows them. */
export interface Upkeep {
  /** The member that has to leave because this one comes. */
  rival(owner: CollectionOwner, member: object): object | null;
  /** Members have come or gone, from either side of the relationship. */
  changed(owner: CollectionOwner, change: MemberChange): void;
  /** The raw array was put back to what the database holds. */
  reset(owner: CollectionOwner): void;
}

/** What users have seen of a collection, if they have. */
export function seenFace({ state, property }: CollectionOwner): unknown {
  return state.faces?.[property.index];
}

/** What users see of a collection; made when it is first asked for. */
export function faceOf(owner: CollectionOwner): object {
  const { state, property } = owner;
  state.faces ??= [];
  const known = state.faces[property.index];
  if (known !== undefined) return known as object;
  const face = property.collection.face(owner);
  state.faces[property.index] = face;
  hooksOf(state.mapper, property.key)?.tell("initCollection", state.object, face);
  return face;
}
