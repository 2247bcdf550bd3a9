import type { ColumnNode, ExpressionNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import type { FromNode, SubqueryNode } from "../../sql/nodes/froms.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { itemColumns, subqueryColumns } from "../../sql/traverse/output-columns.ts";
import { transform } from "../../sql/traverse/transform.ts";

/** A query inside another one that selects the same. */
export interface WrappedQuery {
  readonly outer: SelectNode;
  /** The same expression, as the outer query sees it. */
  adapt<N extends Node>(node: N): N;
}

/**
 * Puts a query into a subquery, so that what is joined outside does not change what its LIMIT or DISTINCT leaves. The
 * outer query selects the same columns, and orders by the same.
 *
 * @param needed columns that the outer query needs beyond those that are selected
 */
export function wrapQuery(select: SelectNode, needed: readonly ExpressionNode[]): WrappedQuery {
  const columns: (ExpressionNode | SelectNode["columns"][number])[] = [...select.columns];
  const outputs = new Outputs();
  for (const item of select.columns) {
    for (const column of itemColumns(item)) outputs.add(column);
  }
  for (const node of [...needed, ...select.orderBy.map(ordered)]) {
    if (outputs.has(node)) continue;
    outputs.add(node);
    columns.push(node);
  }
  const inner: SelectNode = { ...select, columns, options: [] };
  const from: SubqueryNode = { kind: "subquery", query: inner, name: null, lateral: false };
  outputs.name(subqueryColumns(from, inner));
  const adapt = <N extends Node>(node: N): N => transform(node, (each) => outputs.find(each));
  const outer = selectNode({
    columns: outputs.columns,
    from: [from],
    orderBy: select.orderBy.map((each) => adapt(each)),
  });
  return { outer, adapt };
}

/** What an ordering orders by. */
function ordered(node: ExpressionNode | OrderingNode): ExpressionNode {
  return node.kind === "ordering" ? ordered(node.operand) : node;
}

/** What a subquery gives, and the columns under which it is seen from outside. */
class Outputs {
  readonly #positions = new Map<Node, number>();
  readonly #columns = new Map<FromNode | null, Map<string, number>>();
  readonly #labels = new Map<string, number>();
  #count = 0;
  columns: readonly ColumnNode[] = [];

  add(node: ExpressionNode): void {
    const position = this.#count;
    this.#count += 1;
    this.#positions.set(node, position);
    if (node.kind === "label") this.#labels.set(node.name, position);
    if (node.kind !== "column") return;
    const names = this.#columns.get(node.from);
    if (names === undefined) this.#columns.set(node.from, new Map([[node.name, position]]));
    else if (!names.has(node.name)) names.set(node.name, position);
  }

  has(node: Node): boolean {
    return this.#position(node) !== undefined;
  }
  find(node: Node): ColumnNode | null {
    const position = this.#position(node);
    return position === undefined ? null : (this.columns[position] ?? null);
  }
  name(columns: readonly ColumnNode[]): void {
    this.columns = columns;
  }

  #position(node: Node): number | undefined {
    if (node.kind === "column") return this.#columns.get(node.from)?.get(node.name);
    return node.kind === "labelReference" ? this.#labels.get(node.name) : this.#positions.get(node);
  }
}
