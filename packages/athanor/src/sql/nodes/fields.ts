import type { ExpressionNode, ExpressionPartNode } from "./expressions.ts";
import type { EntityNode, FromNode, JoinClauseNode } from "./froms.ts";
import type { BundleNode, StatementNode, StatementPartNode } from "./statements.ts";

export type Node =
  | ExpressionNode
  | ExpressionPartNode
  | FromNode
  | JoinClauseNode
  | EntityNode
  | BundleNode
  | StatementNode
  | StatementPartNode;
export type NodeKind = Node["kind"];
export type NodeOf<K extends NodeKind> = Extract<Node, { readonly kind: K }>;

/**
 * What a field of a node is, for every algorithm that walks over statements. Clone, compare, cache key and traversal
 * are all derived from this one table; a node whose field is missing here does not compile.
 *
 * - `child`: a node or null; `children`: a list of nodes
 * - `data`: text, number, boolean or null, part of the structure; `texts`: a list of texts
 * - `operator`, `type`, `types`, `option`: structure described by its own name or key
 * - `object`: structure by identity (a table, a mapped class)
 * - `volatile`: true for what makes the whole structure unknown, so that it is equal to none
 * - `value`: what travels beside the text, no part of the structure
 * - `derived`: follows from other fields
 */
export type FieldRole =
  | "child"
  | "children"
  | "data"
  | "texts"
  | "operator"
  | "type"
  | "types"
  | "option"
  | "object"
  | "volatile"
  | "value"
  | "derived";

type FieldsOf<N> = { readonly [F in Exclude<keyof N, "kind">]: FieldRole };
type FieldTable = { readonly [K in NodeKind]: FieldsOf<NodeOf<K>> };

export const fieldTable: FieldTable = {
  // expressions
  column: { from: "child", name: "data", key: "data", type: "type", column: "derived", entity: "object" },
  bind: {
    value: "value",
    type: "type",
    name: "data",
    required: "data",
    expanding: "data",
    together: "data",
    literal: "data",
  },
  binary: { operator: "operator", left: "child", right: "child", type: "type", modifier: "data" },
  unary: { operator: "operator", operand: "child", type: "type" },
  booleanList: { operator: "operator", items: "children", type: "derived" },
  between: { operator: "operator", operand: "child", low: "child", high: "child", symmetric: "data", type: "derived" },
  ordering: { operator: "operator", operand: "child" },
  label: { name: "data", expression: "child", type: "derived" },
  function: { name: "data", arguments: "children", type: "type", distinct: "data", orderBy: "children" },
  cast: { expression: "child", type: "type", safe: "data" },
  typeCoerce: { expression: "child", type: "type" },
  sequenceValue: { sequence: "object", type: "derived" },
  when: { condition: "child", result: "child" },
  case: { operand: "child", whens: "children", otherwise: "child", type: "type" },
  extract: { field: "data", expression: "child", type: "derived" },
  frameBound: { direction: "data", offset: "child" },
  windowFrame: { unit: "data", start: "child", end: "child", exclude: "data" },
  over: { expression: "child", partitionBy: "children", orderBy: "children", frame: "child", type: "derived" },
  filter: { expression: "child", where: "children", type: "derived" },
  withinGroup: { expression: "child", orderBy: "children", type: "derived" },
  tuple: { items: "children", type: "derived" },
  subscript: { expression: "child", index: "child", end: "child", slice: "data", type: "type" },
  array: { items: "children", type: "type" },
  expressionList: { items: "children", type: "derived" },
  constant: { value: "data", type: "type" },
  columnDefault: { column: "object", type: "derived" },
  fragment: { texts: "texts", expressions: "children", type: "type" },
  scalarSubquery: { query: "child", type: "type" },
  labelReference: { name: "data", type: "derived" },
  custom: {
    construct: "object",
    layout: "texts",
    operands: "children",
    fields: "derived",
    volatile: "volatile",
    type: "type",
  },
  // what stands in FROM
  table: { table: "object", rows: "object" },
  alias: { of: "child", name: "data" },
  tableSample: { of: "child", name: "data", method: "child", seed: "child" },
  subquery: { query: "child", name: "data", lateral: "data" },
  cte: {
    query: "child",
    name: "data",
    recursive: "data",
    nesting: "data",
    materialized: "data",
    anchor: "child",
  },
  pseudoTable: { name: "data" },
  tableFunction: {
    function: "child",
    name: "data",
    columnNames: "texts",
    columnTypes: "types",
    derived: "data",
    ordinality: "data",
    scalar: "data",
  },
  textFrom: { text: "child" },
  join: { left: "child", right: "child", on: "child", type: "data" },
  joinClause: { left: "child", right: "child", on: "child", type: "data" },
  entity: { from: "child", columns: "children", entity: "object", name: "data" },
  bundle: { name: "data", items: "children", reader: "object" },
  // statements
  select: {
    columns: "children",
    from: "children",
    joins: "children",
    where: "children",
    groupBy: "children",
    having: "children",
    orderBy: "children",
    distinct: "data",
    distinctOn: "children",
    limit: "child",
    offset: "child",
    fetch: "data",
    lock: "child",
    correlate: "children",
    correlateExcept: "children",
    ctes: "children",
    hints: "children",
    parameters: "children",
    options: "children",
  },
  compound: {
    operator: "data",
    members: "children",
    orderBy: "children",
    limit: "child",
    offset: "child",
    ctes: "children",
    parameters: "children",
    options: "children",
  },
  values: { columns: "children", rows: "children" },
  row: { items: "children" },
  lock: { read: "data", nowait: "data", skipLocked: "data", keyShare: "data", of: "children" },
  hint: { text: "child", dialect: "data", position: "data", from: "child" },
  option: { option: "option", operands: "children" },
  assignment: { column: "child", value: "child", place: "child" },
  assignments: { items: "children" },
  conflict: {
    action: "data",
    dialect: "data",
    target: "children",
    targetWhere: "child",
    constraint: "data",
    set: "children",
    where: "child",
  },
  insert: {
    table: "child",
    rows: "children",
    selectColumns: "children",
    select: "child",
    selectDefaults: "data",
    conflicts: "children",
    returning: "children",
    sortByParameterOrder: "data",
    ctes: "children",
    hints: "children",
    entity: "object",
    options: "children",
  },
  update: {
    table: "child",
    set: "children",
    ordered: "data",
    where: "children",
    returning: "children",
    ctes: "children",
    hints: "children",
    entity: "object",
    options: "children",
  },
  delete: {
    table: "child",
    using: "children",
    where: "children",
    returning: "children",
    ctes: "children",
    hints: "children",
    entity: "object",
    options: "children",
  },
  textStatement: { text: "child", columns: "children", options: "children" },
};

export interface Field {
  readonly name: string;
  readonly role: FieldRole;
}

/** The same table as lists, in the order of declaration. */
export const fieldLists: ReadonlyMap<NodeKind, readonly Field[]> = new Map(
  Object.entries(fieldTable).map(([kind, fields]) => [
    kind as NodeKind,
    Object.entries(fields).map(([name, role]) => ({ name, role })),
  ]),
);

/** A field's value, for algorithms that know its role from the table. */
export function fieldOf(node: Node, name: string): unknown {
  return (node as unknown as Readonly<Record<string, unknown>>)[name];
}
