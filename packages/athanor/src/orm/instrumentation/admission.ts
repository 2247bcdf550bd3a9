import { ArgumentError } from "../../errors/errors.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { stateOf } from "./entity.ts";
import type { InstanceState } from "./instance-state.ts";
import { assertNoOtherParent } from "./single-parent.ts";

/** A value that is about to come into a relationship of an object; what cannot is refused. */
export function admitted(state: InstanceState, property: RelationshipProperty, value: unknown): object {
  const member = checkedMember(property, value);
  if (property.singleParent) assertNoOtherParent(property, state.object, member);
  return member;
}

/** Refuses what cannot be a member: undefined, plain objects, objects of other classes. */
export function checkedMember(property: RelationshipProperty, value: unknown): object {
  const state = typeof value === "object" && value !== null ? stateOf(value) : undefined;
  if (state?.mapper.isA(property.target) === true) return value as object;
  const expected = property.target.className;
  const given =
    state !== undefined
      ? `an object of class ${state.mapper.className}`
      : value === undefined
        ? "undefined"
        : Array.isArray(value)
          ? "an array"
          : value === null
            ? "null"
            : typeof value === "object"
              ? `a plain object: write new ${expected}({ … })`
              : JSON.stringify(value);
  throw new ArgumentError(
    property.isCollection
      ? `${property} holds objects of class ${expected}, not ${given}.`
      : `${property} takes an object of class ${expected}${property.cardinality === "one" ? "" : " or null"}, not ${given}.`,
    { code: "wrong-member" },
  );
}
