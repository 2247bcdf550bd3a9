import { ArgumentError } from "../../errors/errors.ts";
import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { describe } from "../../sql/coercions/operands.ts";
import { Expression } from "../../sql/expression/expression.ts";
import { RelationshipAttribute } from "../mapping/attributes.ts";
import { moved } from "../mapping/moved.ts";
import { parentCriterion } from "./criteria.ts";

/**
 * The condition that rows belong to an object by one of its relationships, without a join: what reading the relationship
 * would ask for. The object's keys are parameters; it need not be in the session. For an alias of the target:
 * `withParent(user, User.orders.ofType(alias))`.
 *
 * @example select(Order).where(withParent(user, User.orders), Order.status.eq("open"))
 * @throws ArgumentError for objects of another class, and for those that have no key yet.
 */
export function withParent(instance: object, relationship: RelationshipAttribute): Expression<boolean> {
  if (!(relationship instanceof RelationshipAttribute)) {
    throw new ArgumentError(`withParent() takes a relationship such as User.orders, not ${describe(relationship)}.`);
  }
  const { property, criteria, ofTypeTarget } = relationship;
  const target = ofTypeTarget?.from ?? property.targetFrom;
  const asked = criteria.map((each) => moved(each, property.targetFrom, target));
  return new Expression(allOf([parentCriterion(property, instance, target), ...asked]));
}
