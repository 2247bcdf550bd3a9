import { InvalidRequestError } from "../../errors/errors.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { BinaryNode, ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import { traverse } from "../../sql/traverse/transform.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { KeyPair, RelationshipProperty } from "../mapping/relationship-property.ts";

/** The columns that hold a relationship together: an attribute of the parent for each column of the other side. */
export interface RelationColumns {
  readonly local: readonly ColumnProperty[];
  /** Columns of the target, or of the association table, in the same order. */
  readonly remote: readonly ColumnNode[];
}

/** The pairs of a relationship as attributes; in the order of the target's primary key, where they are that key. */
export function relationColumns(property: RelationshipProperty): RelationColumns {
  const { parent, pairs, target, targetKey } = property;
  if (targetKey !== null) {
    return {
      local: targetKey,
      remote: target.primaryKey.map((key) => columnIn(target.from, remoteColumn(property, key))),
    };
  }
  return {
    local: pairs.map(({ local }) => attributeFor(parent, local, property)),
    remote: pairs.map(({ remote }) => remote),
  };
}

/** The column of a key that the relationship speaks of: tables that are joined have one each. */
function remoteColumn({ pairs }: RelationshipProperty, key: ColumnProperty): TableColumn {
  return pairs.find(({ remote }) => key.isKeptIn(remote.column))?.remote.column ?? key.column;
}

/** The parent's attributes by which objects that were found know whose they are. */
export function keysOfParent(property: RelationshipProperty): readonly ColumnProperty[] {
  return conditionsOnTarget(property) === null ? property.parent.primaryKey : relationColumns(property).local;
}

/** The parent's attributes that have to be there to join along a relationship, and to tell whose the objects are. */
export function joinedAttributes(property: RelationshipProperty): readonly ColumnProperty[] {
  const keys = keysOfParent(property);
  if (conditionsOnTarget(property) !== null) return keys;
  const spoken = new Set<TableColumn>();
  traverse(property.primaryJoin, (node) => {
    if (node.kind === "column" && node.column !== null) spoken.add(node.column);
    return true;
  });
  return property.parent.columns.filter((each) => keys.includes(each) || spoken.has(each.column));
}

function attributeFor(mapper: Mapper, { column, name }: ColumnNode, property: RelationshipProperty): ColumnProperty {
  const found = mapper.columns.find((each) => each.isKeptIn(column));
  if (found !== undefined) return found;
  throw new InvalidRequestError(`${property} cannot be loaded: ${name} is no attribute of ${mapper.className}.`);
}

/**
 * What a relationship's condition asks of the target beyond the equality of its pairs. Null when it asks something of the
 * parent as well, so that the parent's table has to take part.
 */
export function conditionsOnTarget(property: RelationshipProperty): readonly ExpressionNode[] | null {
  const { primaryJoin, pairs, parent, targetFrom } = property;
  const rest = conjuncts(primaryJoin).filter((each) => !isPair(each, pairs));
  // Where no pair leads there, the condition itself has to be asked.
  if (pairs.length === 0) return null;
  if (rest.length === 0) return rest;
  return parent.from !== targetFrom && rest.every((each) => !speaksOf(each, parent.from)) ? rest : null;
}

function conjuncts(node: ExpressionNode): readonly ExpressionNode[] {
  return node.kind === "booleanList" && node.operator === operators.and ? node.items.flatMap(conjuncts) : [node];
}

function isPair(node: ExpressionNode, pairs: readonly KeyPair[]): boolean {
  if (node.kind !== "binary" || node.operator !== operators.eq) return false;
  return pairs.some(({ local, remote }) => equates(node, local, remote) || equates(node, remote, local));
}

function equates({ left, right }: BinaryNode, a: ColumnNode, b: ColumnNode): boolean {
  return isSeenAs(left, a) && isSeenAs(right, b);
}

/** The same column of a table; one of a subquery, which is of no table, is known by where it stands. */
function isSeenAs(node: ExpressionNode, { column, from, name }: ColumnNode): boolean {
  if (node.kind !== "column" || node.column !== column) return false;
  return column !== null || (node.from === from && node.name === name);
}

function speaksOf(root: ExpressionNode, from: FromNode): boolean {
  let found = false;
  traverse(root, (node) => {
    if (node.kind === "column" && node.from === from) found = true;
    return !found;
  });
  return found;
}
