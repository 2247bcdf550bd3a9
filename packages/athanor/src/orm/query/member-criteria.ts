import { InvalidRequestError } from "../../errors/errors.ts";
import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { integerType } from "../../sql/coercions/literal-types.ts";
import { bind, nullNode } from "../../sql/coercions/operands.ts";
import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import { existsNode } from "../../sql/statement/exists.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { transform } from "../../sql/traverse/transform.ts";
import { relationshipJoin } from "../mapping/join-condition.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";

const one: ExpressionNode = { kind: "fragment", texts: ["1"], expressions: [], type: integerType };

/** What makes rows of the target members of one object's relationship: its conditions with the object's own values. */
export function membersOf(property: RelationshipProperty, parent: object): readonly ExpressionNode[] {
  const alias = aliasedFrom(property.parent.from);
  const { primary, secondary } = relationshipJoin(property, { parent: alias, target: property.targetFrom });
  return [primary, ...(secondary === null ? [] : [secondary])].map((condition) =>
    transform(condition, (node) =>
      node.kind === "column" && node.from === alias ? valueOf(property, parent, node) : null,
    ),
  );
}

/** The same as one condition on the target alone: an association table is looked into by EXISTS. */
export function belongsTo(property: RelationshipProperty, parent: object): ExpressionNode {
  const conditions = membersOf(property, parent);
  const { secondaryFrom } = property;
  if (secondaryFrom === null) return allOf(conditions);
  return existsNode(
    selectNode({ columns: [one], from: [secondaryFrom], where: conditions, correlateExcept: [secondaryFrom] }),
  );
}

/** The foreign key of members, by their attributes. Of a many-to-many there is none. */
export function valuesFrom(property: RelationshipProperty, parent: object): Readonly<Record<string, unknown>> {
  if (property.direction !== "oneToMany") return {};
  return Object.fromEntries(
    property.sync.map(({ source, destination }) => [destination.key, Reflect.get(parent, source.key) as unknown]),
  );
}

function valueOf(property: RelationshipProperty, parent: object, { column, name }: ColumnNode): ExpressionNode {
  const attribute = property.parent.columns.find((each) => each.isKeptIn(column));
  // An expired attribute loads itself here, or says what to do.
  const value: unknown = attribute === undefined ? undefined : Reflect.get(parent, attribute.key);
  if (attribute === undefined || value === undefined) {
    throw new InvalidRequestError(`${property} needs ${name}, which the object has no value for: flush it first.`);
  }
  return value === null ? nullNode : bind(value, attribute.type);
}
