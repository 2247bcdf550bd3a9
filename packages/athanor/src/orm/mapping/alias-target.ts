import { ArgumentError } from "../../errors/errors.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { condition, offersNode } from "../../sql/coercions/operands.ts";
import { leavesOf } from "../../sql/compile/from-clause.ts";
import type { Table } from "../../sql/expression/table.ts";
import type { Condition } from "../../sql/expression/types.ts";
import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import { traverse } from "../../sql/traverse/transform.ts";
import { NODE } from "../../util/symbols.ts";
import { isForeign } from "./join-marks.ts";
import type { Mapper } from "./mapper.ts";
import { belongsTo } from "./moved.ts";
import type { AnyRelationship } from "./relationship.ts";
import type { Direction, JoinFacts, KeyPair } from "./relationship-property.ts";
import { tableColumn } from "./table-columns.ts";

/** A relationship that leads to an alias of a class: to a subquery whose rows are objects of it, or to its table under a name. */
export interface AliasTarget {
  readonly parent: Mapper;
  readonly target: Mapper;
  readonly alias: EntityNode;
  readonly declared: AnyRelationship;
}

/** Throws ArgumentError where a relationship to an alias does not say what no table tells. */
export function checkAliasTarget(name: string, { target, declared }: AliasTarget): void {
  const { viewOnly, primaryJoin, secondary, secondaryJoin, lazy } = declared.options;
  const what = `${name} leads to an alias of ${target.className}`;
  if (viewOnly !== true) {
    throw new ArgumentError(`${what}, through which nothing can be written: it needs { viewOnly: true }.`);
  }
  if (primaryJoin === undefined || (secondary !== undefined && secondaryJoin === undefined)) {
    throw new ArgumentError(
      `${what}, to which no foreign key leads by itself: say how it is joined, in terms of the alias: ` +
        `{ ${primaryJoin === undefined ? "primaryJoin" : "secondaryJoin"}: () => … }.`,
    );
  }
  if (lazy === "writeOnly" || lazy === "dynamic") {
    throw new ArgumentError(
      `${what}, which is loaded as a whole: lazy: ${JSON.stringify(lazy)} is for relationships to a class.`,
    );
  }
}

/** What the user's own conditions tell of a relationship to an alias. */
export function aliasFacts(name: string, target: AliasTarget, secondary: Table<unknown, string> | null): JoinFacts {
  const { primaryJoin = noCondition, secondaryJoin = noCondition } = target.declared.options;
  if (secondary === null) {
    const own = aliasCondition(name, target, "primaryJoin", primaryJoin);
    return { ...aliasPairs(name, own, target), primaryJoin: own, secondaryJoin: null, secondaryPairs: [], secondary };
  }
  const near = condition(primaryJoin(), `${name}: primaryJoin`);
  return {
    direction: "manyToMany",
    primaryJoin: near,
    secondaryJoin: aliasCondition(name, target, "secondaryJoin", secondaryJoin),
    pairs: equalities(near, target.parent).flatMap(([local, remote]) =>
      remote.column?.table === secondary ? [{ local, remote }] : [],
    ),
    secondaryPairs: [],
    secondary,
  };
}

/** What `checkAliasTarget()` has refused. */
function noCondition(): never {
  throw new ArgumentError("A relationship to an alias has a condition.");
}

/** The columns of a class that a condition equates with others. */
function equalities(
  root: ExpressionNode,
  { from }: Mapper,
): readonly (readonly [own: ColumnNode, other: ColumnNode])[] {
  const found: (readonly [ColumnNode, ColumnNode])[] = [];
  traverse(root, (node) => {
    if (node.kind !== "binary" || node.operator !== operators.eq) return true;
    const { left, right } = node;
    if (left.kind !== "column" || right.kind !== "column") return true;
    if (belongsTo(left, from)) found.push([left, right]);
    else if (belongsTo(right, from)) found.push([right, left]);
    return true;
  });
  return found;
}

/** A condition of the user's own that leads to an alias. Throws ArgumentError for one that does not speak of it. */
function aliasCondition(
  name: string,
  { target, alias }: AliasTarget,
  what: "primaryJoin" | "secondaryJoin",
  given: () => Condition,
): ExpressionNode {
  const node = condition(given(), `${name}: ${what}`);
  const leaves = new Set([alias.from, ...leavesOf(alias.from)]);
  let found = false;
  traverse(node, (each) => {
    if (each.kind === "column" && each.from !== null) found ||= leaves.has(each.from);
    return !found;
  });
  if (found) return node;
  throw new ArgumentError(
    `${name}: ${what} does not speak of the alias of ${target.className} to which the relationship leads. Make the alias once, ` +
      "and use it both as the target and in the condition.",
  );
}

/** Which way a condition points, and over which columns: the foreign keys between the parent's table and what is seen by the alias. */
function aliasPairs(
  name: string,
  node: ExpressionNode,
  target: AliasTarget,
): { readonly direction: Direction; readonly pairs: readonly KeyPair[] } {
  const { parent, declared } = target;
  const isForeignKey = foreignKeyTest(name, node, target);
  const found: { readonly direction: Direction; readonly pair: KeyPair }[] = [];
  for (const [local, remote] of equalities(node, parent)) {
    const [own, far] = [local.column, seenByAlias(remote, target)];
    if (own === null || far === null) continue;
    const pair = { local, remote };
    if (isForeignKey(local, own, far)) found.push({ direction: "manyToOne", pair });
    else if (isForeignKey(remote, far, own)) found.push({ direction: "oneToMany", pair });
  }
  const direction = found[0]?.direction ?? (declared.cardinality === "many" ? "oneToMany" : "manyToOne");
  return { direction, pairs: found.flatMap((each) => (each.direction === direction ? [each.pair] : [])) };
}

/** Whether a column refers to another one: by a mark, by the option `foreignKeys`, or by the table. */
function foreignKeyTest(
  name: string,
  node: ExpressionNode,
  target: AliasTarget,
): (node: ColumnNode, column: TableColumn, key: TableColumn) => boolean {
  let isMarked = false;
  traverse(node, (each) => {
    isMarked ||= isForeign(each);
    return !isMarked;
  });
  if (isMarked) return isForeign;
  const { foreignKeys } = target.declared.options;
  if (foreignKeys === undefined) {
    return (_, column, key) => column.foreignKeys.some((each) => each.column === key);
  }
  if (typeof foreignKeys !== "function") {
    const keys = [foreignKeys].flat();
    return (_, column) => keys.includes(column.key);
  }
  const columns = foreignKeys().map((each) => {
    const given = offersNode(each) ? each[NODE] : null;
    const seen = given?.kind === "column" ? seenByAlias(given, target) : null;
    return seen ?? tableColumn(each, `${name}: foreignKeys`);
  });
  return (_, column) => columns.includes(column);
}

/** The column of the class's table that is seen as a column of the alias; null for what is none, or only the subquery's. */
function seenByAlias(node: ColumnNode, { target, alias }: AliasTarget): TableColumn | null {
  if (!belongsTo(node, alias.from)) return null;
  if (node.column !== null) return node.column;
  const position = alias.columns.findIndex(({ name }) => name === node.name);
  return target.columns[position]?.column ?? null;
}
