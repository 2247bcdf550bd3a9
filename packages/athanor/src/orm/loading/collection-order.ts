import type { ExpressionNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { relationshipOrder } from "../mapping/join-condition.ts";
import { moved } from "../mapping/moved.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { CollectionRange } from "./load-option.ts";

/** In which order a collection is loaded from this element of FROM: as an option says, or as the relationship is mapped. */
export function collectionOrder(
  property: RelationshipProperty,
  target: FromNode,
  range: CollectionRange | null,
): readonly (ExpressionNode | OrderingNode)[] {
  if (range === null || range.orderBy.length === 0) return relationshipOrder(property, target);
  return range.orderBy.map((each) => moved(each, property.targetFrom, target));
}
