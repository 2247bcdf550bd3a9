import { ArgumentError } from "../../errors/errors.ts";
import { NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { describe, isQueryNode, offersNode } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import type {
  CompoundNode,
  OptionNode,
  SelectItemNode,
  SelectNode,
  StatementOption,
  TextStatementNode,
} from "../nodes/statements.ts";
import { itemColumns, leafItems } from "../traverse/output-columns.ts";
import { optionNodesOf } from "./option-nodes.ts";
import { Statement } from "./statement.ts";
import { textStatement } from "./text-statement.ts";
import type { ExecutionOptions, LoaderOption, Parameters, RowName, RowTuple, Selected } from "./types.ts";

/** A query that returns rows: SELECT, a set operation, or text with or without columns. */
export interface FromStatementSource {
  readonly [ROW]: readonly unknown[];
}
type SourceNode = SelectNode | CompoundNode | TextStatementNode;

/** What the rows of a statement are read as, among its options. */
class ReadAs implements StatementOption {
  readonly key: string;
  readonly subjects: readonly object[];
  readonly items: readonly SelectItemNode[];

  constructor(items: readonly SelectItemNode[]) {
    this.items = items;
    this.key = `read as:${items.map(({ kind }) => kind).join()}`;
    this.subjects = items
      .flatMap(leafItems)
      .flatMap((item) => (item.kind === "entity" && item.entity !== null ? [item.entity] : []));
  }
}

/** A statement of one's own whose rows are read as what a SELECT selects. */
export class FromStatement<A extends readonly unknown[], L extends string = never> extends Statement<SourceNode> {
  declare readonly [ROW]: RowTuple<A, never, L>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, never, L> };
  declare readonly [PARAMETERS]: Parameters;

  /** Says how relationships are loaded of what is read. */
  options<P extends string = never>(...options: readonly LoaderOption<P>[]): FromStatement<A, L | P> {
    const node = this[NODE];
    const added = options.flatMap(optionNodesOf);
    return new FromStatement({ ...node, options: [...node.options, ...added] }, this.$options);
  }
  executionOptions(options: ExecutionOptions): FromStatement<A, L> {
    return new FromStatement(this[NODE], { ...this.$options, ...options });
  }
}

/** @internal */
export function fromStatement<A extends readonly unknown[], L extends string>(
  { columns, options }: SelectNode,
  statement: unknown,
): FromStatement<A, L> {
  const operands: readonly ExpressionNode[] = columns.flatMap(itemColumns);
  const readAs: OptionNode = { kind: "option", option: new ReadAs(columns), operands };
  return new FromStatement({ ...sourceOf(statement), options: [...options, readAs] });
}

function sourceOf(statement: unknown): SourceNode {
  const node = offersNode(statement) ? statement[NODE] : null;
  if (node?.kind === "fragment") return textStatement(node, []);
  if (node !== null && isQueryNode(node) && node.kind !== "values") return node;
  throw new ArgumentError(
    `fromStatement() takes a query: select(), a set operation, or sqlText(), not ${describe(statement)}.`,
  );
}

/** What a statement is to be read as; null where it speaks for itself. @internal */
export function readAsOf(options: readonly OptionNode[]): readonly SelectItemNode[] | null {
  const found = options.findLast(({ option }) => option instanceof ReadAs)?.option;
  return found instanceof ReadAs ? found.items : null;
}
