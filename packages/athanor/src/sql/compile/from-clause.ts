import {
  AmbiguousForeignKeysError,
  ArgumentError,
  InvalidRequestError,
  NoForeignKeysError,
} from "../../errors/errors.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { allOf } from "../coercions/boolean-lists.ts";
import { booleanType } from "../coercions/literal-types.ts";
import type { ColumnNode, ExpressionNode, OrderingNode } from "../nodes/expressions.ts";
import type { Node } from "../nodes/fields.ts";
import type { FromNode, JoinClauseNode, JoinNode } from "../nodes/froms.ts";
import { operators } from "../nodes/operators.ts";
import type { SelectItemNode, SelectNode } from "../nodes/statements.ts";
import { traverse } from "../traverse/transform.ts";

/** The elements of FROM that an expression speaks of; what subqueries speak of is their own affair. */
export function fromsIn(nodes: Iterable<ExpressionNode | SelectItemNode | OrderingNode>): Set<FromNode> {
  const found = new Set<FromNode>();
  for (const root of nodes) {
    traverse(root, (node: Node) => {
      switch (node.kind) {
        case "column":
          if (node.from !== null && node.from.kind !== "pseudoTable") found.add(node.from);
          return false;
        case "entity":
          found.add(node.from);
          return false;
        case "scalarSubquery":
          return false;
        default:
          return true;
      }
    });
  }
  return found;
}

/** The tables, aliases and subqueries that a join is made of; anything else is made of itself. */
export function leavesOf(from: FromNode): readonly FromNode[] {
  return from.kind === "join" ? [...leavesOf(from.left), ...leavesOf(from.right)] : [from];
}

/** The first table, alias or subquery of a join; anything else is itself. */
function headOf(from: FromNode): FromNode {
  return from.kind === "join" ? headOf(from.left) : from;
}

/** Whether an element of FROM stands in another one. */
function contains(from: FromNode, part: FromNode): boolean {
  return from === part || (from.kind === "join" && (contains(from.left, part) || contains(from.right, part)));
}

/** The table or alias that a column is addressed by: of a join, the one that has it. */
export function holderOf({ from, column }: Pick<ColumnNode, "from" | "column">): FromNode | null {
  if (from === null || from.kind !== "join") return from;
  const holder = leavesOf(from).find((leaf) => column !== null && tableOf(leaf) === column.table);
  if (holder !== undefined) return holder;
  throw new InvalidRequestError(`${describeFrom(from)} has no column ${column === null ? "" : column}`.trimEnd());
}

/** FROM of a SELECT: what was named, what was joined, and what columns and conditions speak of. */
export function fromClause(select: SelectNode): readonly FromNode[] {
  const named = [...select.from];
  for (const clause of select.joins) placeJoin(clause, named, select);
  return normalized([...named, ...fromsIn(select.columns), ...fromsIn(select.where)]);
}

/** The elements of FROM of the statements around a query. */
export interface Surroundings {
  /** Of the statement in which it stands. */
  readonly froms: ReadonlySet<FromNode>;
  /** Of those further out. */
  readonly outer: ReadonlySet<FromNode>;
}

/** How a query stands in another one. */
export interface QueryPlace {
  /** As a table, which does not see its neighbours. */
  readonly isTable: boolean;
  /** What the statement around it has is left out of its FROM. */
  readonly correlates: boolean;
}

/** FROM of a SELECT without what the statements around it provide. */
export function displayedFroms(
  { correlate, correlateExcept }: SelectNode,
  froms: readonly FromNode[],
  around: Surroundings,
  { isTable, correlates }: QueryPlace,
): readonly FromNode[] {
  const isIn = (froms: ReadonlySet<FromNode>, from: FromNode) =>
    leavesOf(from).every((leaf) => froms.has(wholeOf(leaf)));
  const isAround = (from: FromNode) => isIn(around.outer, from) || (!isTable && isIn(around.froms, from));
  if (correlate !== null) {
    const named = new Set(correlate);
    return froms.filter((from) => !(named.has(from) && isAround(from)));
  }
  if (correlateExcept !== null) {
    const named = new Set(correlateExcept);
    return froms.filter((from) => named.has(from) || !isAround(from));
  }
  if (!correlates || froms.length < 2) return froms;
  const kept = froms.filter((from) => !isIn(around.froms, from));
  if (kept.length > 0) return kept;
  throw new InvalidRequestError(
    `A subquery is left without FROM: all of ${froms.map(describeFrom).join(", ")} stand in the statement around it. ` +
      "Say with correlate() which of them are meant, or take an alias.",
  );
}

/** Leaves out what stands in a join already, and what stands there twice. */
function normalized(froms: readonly FromNode[]): readonly FromNode[] {
  const hidden = new Set(froms.filter((from) => from.kind === "join").flatMap(leavesOf));
  for (const from of froms) if (from.kind === "join") hideInner(from, hidden);
  const joined = new Set([...hidden].map(wholeOf));
  const present = new Set<FromNode>();
  return [...new Set(froms)].filter((from) => {
    const wholes = leavesOf(from).map(wholeOf);
    if (hidden.has(from) || (from.kind !== "join" && wholes.some((whole) => joined.has(whole)))) return false;
    // The same tables may be joined with more conditions than where they are spoken of.
    if (wholes.every((whole) => present.has(whole))) return false;
    for (const whole of wholes) present.add(whole);
    return true;
  });
}

function hideInner(join: JoinNode, hidden: Set<FromNode>): void {
  for (const side of [join.left, join.right]) {
    if (side.kind !== "join") continue;
    hidden.add(side);
    hideInner(side, hidden);
  }
}

/** Finds what a join is joined to, and puts the join in its place. */
function placeJoin(clause: JoinClauseNode, named: FromNode[], select: SelectNode): void {
  const candidates = named.length > 0 ? named : [...fromsIn(select.columns)].filter((from) => from !== clause.right);
  const left = leftSide(clause, candidates, named, select);
  // Where the left side was named, it alone is asked for foreign keys.
  const on = clause.on ?? (clause.type === "cross" ? null : foreignKeyCondition(clause.left ?? left, clause.right));
  const join: JoinNode = { kind: "join", left, right: clause.right, on, type: clause.type };
  const index = named.indexOf(left);
  if (index >= 0) named[index] = join;
  else named.push(join);
}

function leftSide(
  clause: JoinClauseNode,
  candidates: readonly FromNode[],
  named: readonly FromNode[],
  select: SelectNode,
): FromNode {
  const { left, right, on } = clause;
  if (left !== null) {
    return candidates.find((from) => contains(from, left)) ?? named.find((from) => contains(from, left)) ?? left;
  }
  const [first] = candidates;
  if (first === undefined) {
    const [fromWhere] = [...fromsIn(select.where)].filter((from) => from !== right);
    if (fromWhere !== undefined) return fromWhere;
    throw new InvalidRequestError(
      `Nothing to join ${describeFrom(right)} to: the statement selects from no table. Name one with selectFrom().`,
    );
  }
  if (candidates.length === 1) return first;
  const fitting = candidates.filter((from) => (on === null ? canJoin(from, right) : covers(on, from, right)));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  if (only === undefined && on !== null) return candidates.at(-1) ?? first;
  if (only === undefined) throw noForeignKeys(candidates, right);
  throw new InvalidRequestError(
    `It is not clear what ${describeFrom(right)} is to be joined to: ${fitting.map(describeFrom).join(" or ")}. ` +
      "Name the table that comes first with selectFrom(), or give the condition.",
  );
}

// ── tables of which only some rows are meant ─────────────────────────────────
/** The table of which an element of FROM means some rows; anything else is itself. */
export function wholeOf(from: FromNode): FromNode {
  return from.kind === "table" && from.rows !== null ? from.rows.of : from;
}

/** What an element of FROM asks of its rows by itself, which the join or the statement that it stands in has to say. */
function rowCriterion(from: FromNode): readonly ExpressionNode[] {
  let table = from;
  while (table.kind === "alias" || table.kind === "tableSample") table = table.of;
  const criterion = table.kind === "table" && table.rows !== null ? table.rows.criterion(from) : null;
  return criterion === null ? [] : [criterion];
}

/** What the right side of a join asks of its rows. */
export function joinCriteria(right: FromNode): readonly ExpressionNode[] {
  return rowCriterion(headOf(right));
}

/**
 * What the tables of a statement ask of their rows, beyond what joins say. A table that only conditions mean in part is meant
 * as it stands in FROM.
 *
 * @param froms the elements of FROM as they are written
 * @param selected what is selected
 */
export function rowCriteria(
  froms: readonly FromNode[],
  selected: readonly (ExpressionNode | SelectItemNode)[],
): readonly ExpressionNode[] {
  const leaves = new Set(froms.flatMap(leavesOf));
  const wholes = new Set([...leaves].map(wholeOf));
  const spoken = [...fromsIn(selected)].filter((from) => !leaves.has(from) && wholes.has(wholeOf(from)));
  return [...froms.flatMap(unjoined), ...spoken].flatMap(rowCriterion);
}

/** The parts of a join that no ON clause can speak for. */
function unjoined(from: FromNode): readonly FromNode[] {
  if (from.kind !== "join") return [from];
  return [...unjoined(from.left), ...(from.type === "cross" ? [headOf(from.right)] : [])];
}

/** Whether a condition speaks of these two only. */
function covers(on: ExpressionNode, left: FromNode, right: FromNode): boolean {
  const both = new Set([...leavesOf(left), ...leavesOf(right)].map(wholeOf));
  const spoken = [...fromsIn([on])].flatMap(leavesOf).map(wholeOf);
  const ofLeft = new Set(leavesOf(left).map(wholeOf));
  return spoken.every((from) => both.has(from)) && spoken.some((from) => ofLeft.has(from));
}

function canJoin(left: FromNode, right: FromNode): boolean {
  return foreignKeyPairs(left, right).length > 0;
}

interface KeyPairs {
  readonly left: FromNode;
  readonly pairs: readonly (readonly [child: ColumnNode, parent: ColumnNode])[];
}

/** `left.id = right.left_id`, as the foreign keys between the two tell. */
export function foreignKeyCondition(left: FromNode, right: FromNode): ExpressionNode {
  const ways = foreignKeyPairs(left, right);
  const [way] = ways;
  if (way === undefined) throw noForeignKeys([left], right);
  if (ways.length > 1) {
    const described = ways.map(({ pairs }) =>
      pairs.map(([child, parent]) => `${name(child)} = ${name(parent)}`).join(" and "),
    );
    throw new AmbiguousForeignKeysError(
      `There is more than one foreign key between ${describeFrom(left)} and ${describeFrom(right)}: ` +
        `${described.join("; ")}. Give the condition as the second argument of join().`,
    );
  }
  return allOf(way.pairs.map(([child, parent]) => equal(parent, child)));
}

function equal(left: ColumnNode, right: ColumnNode): ExpressionNode {
  return { kind: "binary", operator: operators.eq, left, right, type: booleanType, modifier: null };
}

/** The ways between two elements of FROM; from a join, those from what was joined last come first. */
function foreignKeyPairs(left: FromNode, right: FromNode): readonly KeyPairs[] {
  const nearest = left.kind === "join" ? foreignKeyPairs(left.right, right) : [];
  if (nearest.length > 0) return nearest;
  const ways: KeyPairs[] = [];
  for (const a of leavesOf(left)) {
    for (const b of leavesOf(right)) {
      ways.push(...directed(a, b, a), ...(tableOf(a) === tableOf(b) && tableOf(a) !== null ? [] : directed(b, a, a)));
    }
  }
  return ways;
}

/** Foreign keys of `child` that point at `parent`. */
function directed(child: FromNode, parent: FromNode, left: FromNode): readonly KeyPairs[] {
  const childTable = tableOf(child);
  const parentTable = tableOf(parent);
  if (childTable === null || parentTable === null) return [];
  return childTable.foreignKeyConstraints.flatMap((constraint) => {
    const isResolved = constraint.elements.every((element) => element.resolved);
    if (!isResolved || constraint.referredTable !== parentTable) return [];
    const pairs = constraint.elements.map(
      ({ parent: own, column }) => [columnIn(child, own), columnIn(parent, column)] as const,
    );
    return [{ left, pairs }];
  });
}

/** The table behind an alias, or null for what has none. */
export function tableOf(from: FromNode): Table | null {
  let node = from;
  while (node.kind === "alias" || node.kind === "tableSample") node = node.of;
  return node.kind === "table" ? node.table : null;
}

export function columnIn(from: FromNode, column: TableColumn): ColumnNode {
  return { kind: "column", from, name: column.name, key: column.key, type: column.type, column, entity: null };
}

function noForeignKeys(left: readonly FromNode[], right: FromNode): NoForeignKeysError {
  return new NoForeignKeysError(
    `There is no foreign key between ${left.map(describeFrom).join(", ")} and ${describeFrom(right)}. ` +
      "Give the condition as the second argument of join().",
  );
}

export function describeFrom(from: FromNode): string {
  switch (from.kind) {
    case "table":
      return JSON.stringify(from.table.key);
    case "alias":
      return from.name === null ? `an alias of ${describeFrom(from.of)}` : JSON.stringify(from.name);
    case "tableSample":
      return from.name === null ? `a sample of ${describeFrom(from.of)}` : JSON.stringify(from.name);
    case "join":
      return `${describeFrom(from.left)} joined with ${describeFrom(from.right)}`;
    case "subquery":
    case "cte":
    case "tableFunction":
      return from.name === null ? "a subquery" : JSON.stringify(from.name);
    case "pseudoTable":
      return from.name;
    case "textFrom":
      return from.text.texts.join("…");
  }
}

function name(column: ColumnNode): string {
  return `${column.from === null ? "" : `${describeFrom(column.from).replaceAll('"', "")}.`}${column.name}`;
}

/** Refuses what can only be an oversight: an empty list of columns. */
export function assertColumns(columns: readonly unknown[]): void {
  if (columns.length === 0) throw new ArgumentError("A SELECT needs something to select.");
}
