import { booleanType } from "../../sql/coercions/literal-types.ts";
import { leavesOf } from "../../sql/compile/from-clause.ts";
import type { BindNode, ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode, JoinClauseNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { TupleType } from "../../sqltypes/composite.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { relationshipJoin } from "../mapping/join-condition.ts";
import { moved } from "../mapping/moved.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { conditionsOnTarget, relationColumns } from "./relation-columns.ts";

/** The parameter that holds the keys that are looked for. */
export const keysParameter = "keys";

/** How the objects of a relationship are found for many parents at once. */
export interface RelationQuery {
  readonly from: readonly FromNode[];
  readonly joins: readonly JoinClauseNode[];
  readonly where: readonly ExpressionNode[];
  /** The columns whose values are looked for. */
  readonly keys: readonly ColumnNode[];
  /** The parent's attributes that hold them. */
  readonly local: readonly ColumnProperty[];
  /** The parent's table takes no part. */
  readonly isDirect: boolean;
  /** What stands for the parents in it. */
  readonly parents: ReadonlySet<FromNode>;
}

const noParents: ReadonlySet<FromNode> = new Set();

/** The shortest way to a relationship's objects: by the foreign key, by the association table, or from the parent. */
export function relationQuery(property: RelationshipProperty, target: FromNode): RelationQuery {
  const conditions = conditionsOnTarget(property);
  if (conditions === null) return queryFromParent(property, target);
  const { local, remote } = relationColumns(property);
  const where = conditions.map((each) => moved(each, property.targetFrom, target));
  const through = property.secondaryFrom;
  if (through === null) {
    const keys = remote.map((each) => moved(each, property.targetFrom, target));
    return { from: [target], joins: [], where, keys, local, isDirect: true, parents: noParents };
  }
  const { secondary } = relationshipJoin(property, { parent: property.parent.from, target: target });
  const joins = [joinTo(through, target, secondary)];
  return { from: [through], joins, where, keys: remote, local, isDirect: true, parents: noParents };
}

function queryFromParent(property: RelationshipProperty, target: FromNode): RelationQuery {
  const { parent } = property;
  const alias = aliasedFrom(parent.from);
  const { primary, secondary, through } = relationshipJoin(property, { parent: alias, target: target });
  const joins =
    through === null
      ? [joinTo(alias, target, primary)]
      : [joinTo(alias, through, primary), joinTo(through, target, secondary)];
  const columns = parent.columnsIn(alias);
  const keys = parent.primaryKey.flatMap(({ index }) => columns[index] ?? []);
  return {
    from: [alias],
    joins,
    where: [],
    keys,
    local: parent.primaryKey,
    isDirect: false,
    parents: new Set(leavesOf(alias)),
  };
}

function joinTo(left: FromNode, right: FromNode, on: ExpressionNode | null): JoinClauseNode {
  return { kind: "joinClause", left, right, on, type: "inner" };
}

/** `key IN (:keys)`; the list is expanded when the statement is executed. */
export function isIn(keys: readonly ColumnNode[]): ExpressionNode {
  const types = keys.map(({ type }) => type);
  const [only] = keys;
  const isSingle = keys.length === 1 && only !== undefined;
  const type: SqlType = isSingle ? only.type : new TupleType(types);
  const left: ExpressionNode = isSingle ? only : { kind: "tuple", items: keys, type };
  const right: BindNode = {
    ...{ kind: "bind", value: [], type, name: keysParameter, required: true, expanding: true },
    together: isSingle,
  };
  return { kind: "binary", operator: operators.in, left, right, type: booleanType, modifier: null };
}
