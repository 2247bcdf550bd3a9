import { CompileError } from "../../errors/errors.ts";
import type { SqlElement } from "../../schema/column-definition.ts";
import { columnOfNode } from "../../schema/schema-element.ts";
import { TableColumn } from "../../schema/table-column.ts";
import { NODE } from "../../util/symbols.ts";
import type { ExpressionNode, OrderingNode } from "../nodes/expressions.ts";
import type { Operator } from "../nodes/operators.ts";

/** One of the things that an index is on, taken apart: `lower(email) DESC NULLS LAST`. */
export interface IndexPart {
  /** The column it is, if it is one. */
  readonly column: TableColumn | null;
  /** What is indexed; null for a column that was given as such. */
  readonly node: ExpressionNode | null;
  /** The label by which options speak of it. */
  readonly label: string | null;
  /** DESC, NULLS LAST …, as they stand behind it. */
  readonly order: readonly Operator[];
}

export function indexPart(element: TableColumn | SqlElement): IndexPart {
  if (element instanceof TableColumn) return { column: element, node: null, label: null, order: [] };
  let node = nodeOf(element[NODE]);
  let label: string | null = null;
  const order: Operator[] = [];
  while (node.kind === "label" || node.kind === "ordering") {
    if (node.kind === "label") {
      label = node.name;
      node = node.expression;
    } else {
      order.unshift(node.operator);
      node = node.operand;
    }
  }
  return { column: columnOfNode(node), node, label, order };
}

/** Whether options (operator classes, lengths) under this name speak of the part. */
export function isNamed({ column, label }: IndexPart, name: string): boolean {
  return label === name || (column !== null && (column.key === name || column.name === name));
}

function nodeOf(node: object): ExpressionNode | OrderingNode {
  if ("kind" in node) return node as ExpressionNode | OrderingNode;
  throw new CompileError("An index is on columns and SQL expressions.");
}
