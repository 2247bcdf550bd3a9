import type { ExpressionNode } from "../nodes/expressions.ts";
import type { FromNode } from "../nodes/froms.ts";
import { traverse } from "../traverse/transform.ts";
import { describeFrom, fromsIn, leavesOf, wholeOf } from "./from-clause.ts";

/** Two elements of FROM that something brings together; either may belong to a statement around this one. */
type Edge = readonly [FromNode, FromNode];

/**
 * What is wrong when the elements of a statement's FROM are not all brought together: every row of one is combined with
 * every row of another, which is hardly ever meant. Joins bring together, and comparisons, lateral subqueries, and what
 * both sides have in common with a statement around this one. Null where all is well, or where raw SQL leaves it open.
 */
export function cartesianProduct(
  statement: "SELECT" | "UPDATE" | "DELETE",
  froms: readonly FromNode[],
  conditions: readonly ExpressionNode[],
): string | null {
  if (froms.length < 2 || conditions.some(hasText) || froms.some((from) => from.kind === "textFrom")) return null;
  const edges: Edge[] = [];
  for (const condition of conditions) addComparisons(condition, edges);
  const leaves = froms.flatMap(leavesOf).map(wholeOf);
  for (const from of froms) addJoins(from, edges);
  for (const from of leaves) addLateral(from, leaves, edges);
  const [start, ...others] = leaves;
  if (start === undefined) return null;
  const reached = reachedFrom(start, edges);
  const rest = others.filter((from) => !reached.has(from));
  if (rest.length === 0) return null;
  return (
    `${statement} has a cartesian product between ${rest.map(describeFrom).join(", ")} and ${describeFrom(start)}: ` +
    "every row of one is combined with every row of the other. Join them by a condition, or with crossJoin() if that " +
    "is meant. (The option enableFromLinting of the engine turns this warning off.)"
  );
}

/** Raw SQL may compare anything with anything. */
function hasText(condition: ExpressionNode): boolean {
  let found = false;
  traverse(condition, (node) => {
    found ||= node.kind === "fragment" && node.texts.some((text) => /\w/.test(text));
    return !found && node.kind !== "scalarSubquery";
  });
  return found;
}

function addComparisons(condition: ExpressionNode, edges: Edge[]): void {
  traverse(condition, (node) => {
    switch (node.kind) {
      case "binary":
        if (node.operator.comparison) addProduct(partsIn([node.left]), partsIn([node.right]), edges);
        return true;
      case "between":
        addProduct(partsIn([node.operand]), partsIn([node.low, node.high]), edges);
        return true;
      case "custom":
        addProduct(partsIn([node]), partsIn([node]), edges);
        return true;
      default:
        return node.kind !== "scalarSubquery";
    }
  });
}

/** What expressions speak of, without joins: what they are made of. */
function partsIn(nodes: Iterable<ExpressionNode>): ReadonlySet<FromNode> {
  return new Set([...fromsIn(nodes)].flatMap(leavesOf).map(wholeOf));
}

function addProduct(left: Iterable<FromNode>, right: ReadonlySet<FromNode>, edges: Edge[]): void {
  for (const a of left) for (const b of right) if (a !== b) edges.push([a, b]);
}

function addJoins(from: FromNode, edges: Edge[]): void {
  if (from.kind !== "join") return;
  addProduct(leavesOf(from.left).map(wholeOf), new Set(leavesOf(from.right).map(wholeOf)), edges);
  if (from.on !== null) addComparisons(from.on, edges);
  addJoins(from.left, edges);
  addJoins(from.right, edges);
}

/** A lateral subquery and the arguments of a function see the elements before them. */
function addLateral(from: FromNode, siblings: readonly FromNode[], edges: Edge[]): void {
  if (from.kind !== "tableFunction" && !(from.kind === "subquery" && from.lateral)) return;
  const inside = from.kind === "subquery" ? from.query : from.function;
  traverse(inside, (node) => {
    if (node.kind === "column" && node.from !== null && siblings.includes(node.from)) edges.push([from, node.from]);
    return node.kind !== "column";
  });
}

function reachedFrom(start: FromNode, edges: readonly Edge[]): ReadonlySet<FromNode> {
  const reached = new Set([start]);
  // A set may grow while it is walked over.
  for (const from of reached) {
    for (const [a, b] of edges) {
      if (a === from) reached.add(b);
      else if (b === from) reached.add(a);
    }
  }
  return reached;
}
