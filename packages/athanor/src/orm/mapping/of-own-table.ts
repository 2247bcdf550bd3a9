import { columnIn, leavesOf } from "../../sql/compile/from-clause.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { transform } from "../../sql/traverse/transform.ts";
import type { Mapper } from "./mapper.ts";

/**
 * What an expression says of classes above one, said of the class's own element of FROM: a concrete class has the same
 * attributes in another table, and one in its parent's table means some of the rows. Tables that are joined are the same.
 */
export function ofOwnTable(node: ExpressionNode, mapper: Mapper): ExpressionNode {
  let said = node;
  for (let above = mapper.parent; above !== null; above = above.parent) said = movedTo(mapper, said, above);
  return said;
}

function movedTo(mapper: Mapper, node: ExpressionNode, above: Mapper): ExpressionNode {
  const own = new Set(leavesOf(mapper.from));
  const others = new Set([above.from, ...leavesOf(above.from)].filter((from) => !own.has(from)));
  const isAbove = (from: FromNode | null) => from !== null && others.has(from);
  const replace = (each: Node): Node | null => {
    if (each.kind === "column") {
      if (!isAbove(each.from)) return null;
      const { column } = each;
      const key = column === null ? undefined : above.columns.find((one) => one.isKeptIn(column))?.key;
      const property = key === undefined ? undefined : mapper.columnsByKey.get(key);
      return property === undefined ? null : columnIn(mapper.from, property.column);
    }
    if (each.kind !== "select" || !each.correlate?.some(isAbove)) return null;
    const correlate = each.correlate.flatMap((from) => (isAbove(from) ? [...own] : [from]));
    return transform({ ...each, correlate: [...new Set(correlate)] }, replace);
  };
  return transform(node, replace);
}
