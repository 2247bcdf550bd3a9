import { InvalidRequestError } from "../../errors/errors.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { describeState } from "./describe-state.ts";
import { requireState } from "./entity.ts";

// Which object has taken another for its own, along relationships with `singleParent`. Only what is done by hand is known
// here: rows say it otherwise.
const parents = new WeakMap<RelationshipProperty, WeakMap<object, object>>();

/** @throws InvalidRequestError when the member has another parent. */
export function assertNoOtherParent(property: RelationshipProperty, parent: object, member: object): void {
  const other = parents.get(property)?.get(member);
  if (other === undefined || other === parent) return;
  throw new InvalidRequestError(
    `${describeState(requireState(member))} has a parent along ${property} already, ${describeState(requireState(other))}, and may have one only: ` +
      "it is declared with singleParent. Take it away there first.",
    { code: "second-parent" },
  );
}

export function noteParent(property: RelationshipProperty, parent: object, member: object): void {
  let known = parents.get(property);
  if (known === undefined) {
    known = new WeakMap();
    parents.set(property, known);
  }
  known.set(member, parent);
}

export function forgetParent(property: RelationshipProperty, parent: object, member: object): void {
  const known = parents.get(property);
  if (known?.get(member) === parent) known.delete(member);
}
