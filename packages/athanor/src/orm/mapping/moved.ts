import { columnIn, leavesOf } from "../../sql/compile/from-clause.ts";
import type { ColumnNode, ExpressionNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { transform } from "../../sql/traverse/transform.ts";

/** The same condition or ordering over another element of FROM. */
export function moved<N extends ExpressionNode | OrderingNode>(node: N, from: FromNode, to: FromNode): N {
  if (from === to) return node;
  const parts = new Set([from, ...leavesOf(from)]);
  const replace = (each: Node): Node | null => {
    if (each.kind === "column") {
      if (belongsTo(each, from)) return each.column === null ? { ...each, from: to } : columnIn(to, each.column);
      // What another join is made of is its own affair.
      return each.from?.kind === "join" ? each : null;
    }
    // A subquery that names what it is correlated with means the same thing under its other name.
    if (each.kind !== "select" || !each.correlate?.some((other) => parts.has(other))) return null;
    const correlate = each.correlate.flatMap((other) => (parts.has(other) ? leavesOf(to) : [other]));
    return transform({ ...each, correlate: [...new Set(correlate)] }, replace);
  };
  return transform(node, replace);
}

/** Whether a column is seen through an element of FROM, or is one of the tables that are joined in it. */
export function belongsTo(column: ColumnNode, from: FromNode): boolean {
  if (column.from === from) return true;
  return from.kind === "join" && column.from !== null && leavesOf(from).includes(column.from);
}
