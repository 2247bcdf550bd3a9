import { ArgumentError } from "../../errors/errors.ts";
import { nullType } from "../../sql/coercions/literal-types.ts";
import type { BindNode, ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { OptionNode, QueryNode, SelectItemNode } from "../../sql/nodes/statements.ts";
import { itemColumns, leafItems, nameOf, outputColumns } from "../../sql/traverse/output-columns.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { EntityPlan } from "./entity-plan.ts";
import type { PlannedItem } from "./lay-out.ts";
import type { ColumnsElement, NamedAttribute } from "./load-option.ts";
import type { LoadTree } from "./load-tree.ts";
import { assertNothingJoined, planItems, RowPlan } from "./query-plan.ts";

/** How rows of a statement of the user's own are read as what another one selects. */
export interface ReadPlan {
  readonly plan: RowPlan;
  /** Where each value that the plan reads stands in a row of the statement. */
  readonly positions: readonly number[];
}

/**
 * Plans the reading of a statement's rows as these items. Each column is found by what it is, or by its name.
 *
 * @throws ArgumentError when an expression is missing, or part of a primary key.
 */
export function planReading(
  items: readonly SelectItemNode[],
  source: QueryNode,
  options: readonly OptionNode[],
  binds: readonly BindNode[],
): ReadPlan {
  const outputs = new Outputs(source);
  const onlyFound = ({ mapper }: { readonly mapper: Mapper }, tree: LoadTree) => restrict(tree, mapper, outputs);
  const planned: readonly PlannedItem[] =
    planItems(items, options, binds, null, onlyFound) ?? items.flatMap(leafItems).map((node) => ({ node, plan: null }));
  const positions: number[] = [];
  const offsets = planned.map(({ node, plan }) => {
    const offset = positions.length;
    if (plan !== null) {
      assertNothingJoined(plan);
      plan.offset = offset;
      positions.push(...plan.properties.map((property) => positionOfKeyed(outputs, plan, property)));
      // Columns of subclasses.
      positions.push(...plan.columns.slice(plan.properties.length).map((column) => outputs.requireItem(column)));
    } else positions.push(...itemColumns(node).map((column) => outputs.requireItem(column)));
    return offset;
  });
  return { plan: new RowPlan(items, planned, offsets), positions };
}

/** Text that returns these columns, with the types that the items have for them. */
export function typedColumns(items: readonly SelectItemNode[], names: readonly string[]): readonly ColumnNode[] {
  const known = new Map<string, ExpressionNode>();
  for (const item of items) {
    for (const node of itemColumns(item)) {
      const name = nameOf(node) ?? "";
      if (!known.has(name)) known.set(name, node);
    }
  }
  return names.map((name) => {
    const node = known.get(name);
    if (node?.kind === "column") return node;
    const type = node === undefined ? nullType : node.type;
    return { kind: "column", from: null, name, key: name, type, column: null, entity: null };
  });
}

/** What a statement returns. */
class Outputs {
  readonly #nodes: readonly (ExpressionNode | null)[];
  readonly #names: readonly string[];

  constructor(source: QueryNode) {
    const first = firstOf(source);
    const items = first.kind === "select" || first.kind === "textStatement" ? first.columns : [];
    this.#nodes = items.flatMap(itemColumns);
    this.#names =
      this.#nodes.length > 0 ? this.#nodes.map((node) => nameOf(node as ExpressionNode) ?? "") : namesOf(first);
  }

  get names(): readonly string[] {
    return this.#names;
  }
  /** Where an attribute's column stands; -1 where it is not returned. */
  position(property: ColumnProperty): number {
    const same = this.#nodes.findIndex((node) => node?.kind === "column" && property.isKeptIn(node.column));
    return same >= 0 ? same : this.#names.indexOf(property.column.name);
  }
  requireItem(node: ExpressionNode): number {
    const same = this.#nodes.indexOf(node);
    const name = nameOf(node) ?? "";
    const found = same >= 0 ? same : this.#names.indexOf(name);
    if (found >= 0) return found;
    throw new ArgumentError(
      `fromStatement(): the statement returns no ${JSON.stringify(name)}; it returns ${this.#names.join(", ")}.`,
    );
  }
}

function firstOf(source: QueryNode): QueryNode {
  return source.kind === "compound" && source.members[0] !== undefined ? firstOf(source.members[0]) : source;
}
function namesOf(source: QueryNode): readonly string[] {
  return outputColumns(source).map(({ name }) => name);
}

function positionOfKeyed(outputs: Outputs, { mapper }: EntityPlan, property: ColumnProperty): number {
  const position = outputs.position(property);
  if (position >= 0) return position;
  throw new ArgumentError(
    `fromStatement(): the statement does not return ${mapper.className}.${property.key}, by which an object is known; ` +
      `it returns ${outputs.names.join(", ")}.`,
  );
}

/** Leaves to be loaded later what the statement does not return. */
function restrict(tree: LoadTree, mapper: Mapper, outputs: Outputs): void {
  const found = mapper.columns.filter((property) => outputs.position(property) >= 0);
  if (found.length === mapper.columns.length) return;
  const attributes = found.map((property): NamedAttribute => {
    const [operand] = mapper.entity.columns;
    return {
      name: property.key,
      from: mapper.from,
      operand: operand as ColumnNode,
      keys: [property.key],
      isComputed: false,
      belongsTo: () => true,
    };
  });
  const only: ColumnsElement = { kind: "columns", name: "fromStatement", rule: "only", attributes, raises: false };
  tree.add([only]);
}
