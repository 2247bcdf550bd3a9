import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { booleanType } from "../../sql/coercions/literal-types.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { ColumnNode, ExpressionNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import { transform } from "../../sql/traverse/transform.ts";
import { isRemote, marksRemote } from "./join-marks.ts";
import { belongsTo } from "./moved.ts";
import type { RelationshipProperty } from "./relationship-property.ts";

/** What a relationship leads from, to, and through. */
export interface JoinSides {
  readonly parent: FromNode;
  readonly target: FromNode;
  /** An alias of the association table; the table itself when it is left out. */
  readonly secondary?: FromNode;
}

export interface RelationshipJoin {
  /** Between parent and target, or parent and association table. */
  readonly primary: ExpressionNode;
  /** Between association table and target. */
  readonly secondary: ExpressionNode | null;
  /** The association table as it stands in this join. */
  readonly through: FromNode | null;
}

/** A relationship's conditions between these elements of FROM: tables, aliases or subqueries. */
export function relationshipJoin(property: RelationshipProperty, sides: JoinSides): RelationshipJoin {
  const through = property.secondaryFrom === null ? null : (sides.secondary ?? property.secondaryFrom);
  const adapted = { ...sides, ...(through === null ? {} : { secondary: through }) };
  return {
    primary: joinsByKeys(property)
      ? allOf(
          property.pairs.map(({ local, remote }) => sameValue(seen(local, sides.parent), seen(remote, sides.target))),
        )
      : adapt(property, property.primaryJoin, adapted),
    secondary: property.secondaryJoin === null ? null : adapt(property, property.secondaryJoin, adapted),
    through,
  };
}

/**
 * Tables are joined by a foreign key alone, whose columns are known by their sides: of a class that refers to itself, one
 * column may be on both.
 */
function joinsByKeys({ secondaryFrom, declared, parent, targetFrom }: RelationshipProperty): boolean {
  return secondaryFrom === null && declared.options.primaryJoin === undefined && parent.from === targetFrom;
}

function seen({ column, ...node }: ColumnNode, from: FromNode): ColumnNode {
  return column === null ? { ...node, column, from } : columnIn(from, column);
}

function sameValue(left: ColumnNode, right: ColumnNode): ExpressionNode {
  return { kind: "binary", operator: operators.eq, left, right, type: booleanType, modifier: null };
}

/** `orderBy` of a relationship over another element of FROM than the target's table. */
export function relationshipOrder(
  property: RelationshipProperty,
  target: FromNode,
): readonly (ExpressionNode | OrderingNode)[] {
  if (target === property.targetFrom) return property.orderBy;
  return property.orderBy.map((node) => adapt(property, node, { parent: property.parent.from, target }, true));
}

function adapt<N extends Node>(property: RelationshipProperty, root: N, sides: JoinSides, targetOnly = false): N {
  const remote = new Set(property.pairs.map((pair) => pair.remote.column));
  const isMarked = marksRemote(root);
  const { secondary, parent, targetFrom } = property;
  return transform(root, (node) => {
    if (node.kind !== "column") return null;
    const { column } = node;
    // A column of a subquery to which an alias leads is one of no table.
    if (column === null) return node.from === targetFrom ? { ...node, from: sides.target } : null;
    if (secondary !== null && column.table === secondary) {
      return sides.secondary === undefined ? null : columnIn(sides.secondary, column);
    }
    const isSelfReferential = parent.from === targetFrom;
    const isTarget = isSelfReferential
      ? targetOnly ||
        (isMarked ? isRemote(node) : secondary === null ? remote.has(column) : root === property.secondaryJoin)
      : node.from === targetFrom;
    if (isTarget) return columnIn(sides.target, column);
    if (node.from === parent.from) return columnIn(sides.parent, column);
    if (belongsTo(node, targetFrom)) return columnIn(sides.target, column);
    if (belongsTo(node, parent.from)) return columnIn(sides.parent, column);
    // What another join is made of is its own affair.
    return node.from?.kind === "join" ? node : null;
  });
}
