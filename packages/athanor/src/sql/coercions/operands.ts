import { ArgumentError } from "../../errors/errors.ts";
import { TupleType } from "../../sqltypes/composite.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { StringType } from "../../sqltypes/strings.ts";
import { NODE } from "../../util/symbols.ts";
import type { BindNode, ConstantNode, ExpressionNode, OrderingNode } from "../nodes/expressions.ts";
import type { CteNode, FromNode, SubqueryNode, TableFunctionNode } from "../nodes/froms.ts";
import type { QueryNode, SelectItemNode, StatementNode } from "../nodes/statements.ts";
import { itemColumns, subqueryColumns } from "../traverse/output-columns.ts";
import { booleanType, comparedType, integerType, nullType } from "./literal-types.ts";

/** Whatever offers a node: an expression, a statement, a table, a mapped class, an alias. */
export interface NodeOffer {
  readonly [NODE]: AnyNode;
}
type AnyNode = ExpressionNode | OrderingNode | FromNode | StatementNode | SelectItemNode;

export function offersNode(value: unknown): value is NodeOffer {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    (value as Partial<NodeOffer>)[NODE] !== undefined
  );
}

const notExpressions: ReadonlySet<string> = new Set([
  "ordering",
  "table",
  "alias",
  "tableSample",
  "subquery",
  "cte",
  "pseudoTable",
  "tableFunction",
  "textFrom",
  "join",
  "entity",
  "insert",
  "update",
  "delete",
  "values",
  "textStatement",
]);

export function isExpressionNode(node: AnyNode): node is ExpressionNode {
  return !notExpressions.has(node.kind) && node.kind !== "select" && node.kind !== "compound";
}

export function isQueryNode(node: AnyNode): node is QueryNode {
  return node.kind === "select" || node.kind === "compound" || node.kind === "values" || node.kind === "textStatement";
}

/** Says in words what was given, for messages: `the string "x"`, `undefined`, `a User`. */
export function describe(value: unknown): string {
  if (typeof value === "string")
    return `the string ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value)}`;
  if (value === null || typeof value !== "object")
    return typeof value === "function" ? `the function ${value.name || "(anonymous)"}` : String(value);
  if (Array.isArray(value)) return "an array";
  const name = (value as object).constructor?.name;
  return name === undefined || name === "Object" ? "a plain object" : `a ${name}`;
}

/** A value that travels as a parameter. */
export function bind(value: unknown, type: SqlType): BindNode {
  return { kind: "bind", value, type, name: null, required: false, expanding: false };
}

export const nullNode: ConstantNode = { kind: "constant", value: "null", type: nullType };
export const trueNode: ConstantNode = { kind: "constant", value: "true", type: booleanType };
export const falseNode: ConstantNode = { kind: "constant", value: "false", type: booleanType };

/** The right side of an operator: SQL as it is, anything else as a parameter of a type that suits the left side. */
export function operand(value: unknown, against: SqlType, where: string): ExpressionNode {
  if (offersNode(value)) return expressionOf(value, where);
  if (value === undefined) throw undefinedError(where);
  if (against instanceof TupleType && Array.isArray(value)) return tupleOf(value, against, where);
  // The types cannot tell text from decimals, which may be compared with numbers.
  if (against instanceof StringType && typeof value === "number") {
    throw new ArgumentError(`${where} takes text next to ${against.kind}(), not ${describe(value)}.`);
  }
  return bind(value, comparedType(value, against));
}

/** An array next to a tuple: its values by position. */
function tupleOf(values: readonly unknown[], against: TupleType, where: string): ExpressionNode {
  if (values.length !== against.items.length) {
    throw new ArgumentError(`${where} takes ${against.items.length} values next to this tuple, not ${values.length}.`);
  }
  const items = values.map((each, i) => operand(each, against.items[i] ?? nullType, where));
  return { kind: "tuple", items, type: against };
}

/** A single value of SQL; a SELECT of one column becomes a scalar subquery. */
export function expressionOf(value: unknown, where: string): ExpressionNode {
  if (value === undefined) throw undefinedError(where);
  if (!offersNode(value)) {
    throw new ArgumentError(
      `${where} takes a SQL expression, not ${describe(value)}. ` +
        (typeof value === "string"
          ? "Name a column through its table or model, or write raw SQL with sqlText() or the sql template."
          : "Wrap a plain value in literal()."),
    );
  }
  const node = value[NODE];
  if (isExpressionNode(node)) return node;
  if (node.kind === "select" || node.kind === "compound") return scalarSubquery(node);
  throw new ArgumentError(`${where} takes a SQL expression, not ${describe(value)}.`);
}

export function scalarSubquery(query: QueryNode): ExpressionNode {
  return { kind: "scalarSubquery", query, type: scalarType(query) };
}

/** The type of the first column that a query returns. */
export function scalarType(query: QueryNode): SqlType {
  if (query.kind === "compound") return query.members[0] === undefined ? nullType : scalarType(query.members[0]);
  const first = query.columns[0];
  if (first === undefined) return nullType;
  return itemColumns(first)[0]?.type ?? nullType;
}

/** A condition for WHERE, HAVING and ON: never a plain value, never undefined. */
export function condition(value: unknown, where: string): ExpressionNode {
  if (value === undefined) {
    throw new ArgumentError(
      `${where} was given undefined. A condition that is only sometimes there is added with an if; nothing is left out by accident.`,
    );
  }
  if (typeof value === "boolean") {
    throw new ArgumentError(
      `${where} takes a SQL condition, not ${value}. Use literal(${value}) if that is what is meant.`,
    );
  }
  return expressionOf(value, where);
}

/** What ORDER BY takes: expressions and orderings. */
export function ordering(value: unknown, where: string): ExpressionNode | OrderingNode {
  if (typeof value === "string") return { kind: "labelReference", name: value, type: nullType };
  if (offersNode(value)) {
    const node = value[NODE];
    if (node.kind === "ordering") return node;
  }
  return expressionOf(value, where);
}

/** What GROUP BY takes: expressions, and names of what is selected. */
export function grouping(value: unknown, where: string): ExpressionNode {
  return typeof value === "string"
    ? { kind: "labelReference", name: value, type: nullType }
    : expressionOf(value, where);
}

/** Something that can stand in FROM. */
export function fromOf(value: unknown, where: string): FromNode {
  if (offersNode(value)) {
    const node = value[NODE];
    switch (node.kind) {
      case "table":
      case "alias":
      case "tableSample":
      case "subquery":
      case "cte":
      case "pseudoTable":
      case "tableFunction":
      case "textFrom":
      case "join":
        return node;
      case "entity":
        return node.from;
      case "fragment":
        return { kind: "textFrom", text: node };
      case "select":
      case "compound":
        throw new ArgumentError(`${where} takes a table; call .subquery() on the SELECT to use it as one.`);
    }
  }
  throw new ArgumentError(`${where} takes a table, a model, an alias or a subquery, not ${describe(value)}.`);
}

/** Splits arguments into things that are selected and options, which may come last. */
export function splitOptions<O extends object>(
  given: readonly unknown[],
): { readonly items: readonly unknown[]; readonly options: Partial<O> } {
  const last = given.at(-1);
  const isOptions = typeof last === "object" && last !== null && !(NODE in last);
  return isOptions ? { items: given.slice(0, -1), options: last } : { items: given, options: {} };
}

/** What SELECT and RETURNING take: expressions, tables and mapped classes. */
export function selectItem(value: unknown, where: string): SelectItemNode {
  if (value === undefined) throw undefinedError(where);
  if (offersNode(value)) {
    const node = value[NODE];
    if (node.kind === "entity" || node.kind === "bundle") return node;
    if (isTable(node)) return { kind: "entity", from: node, columns: columnsOf(node), entity: null, name: null };
  }
  return expressionOf(value, where);
}

/** What is selected as a whole: its columns, one after the other. */
function isTable(node: AnyNode): node is FromNode {
  return node.kind === "table" || node.kind === "alias" || node.kind === "tableSample" || hasQuery(node);
}
function hasQuery(node: AnyNode): node is SubqueryNode | CteNode {
  return node.kind === "subquery" || node.kind === "cte";
}

/** The columns of a table, a query or a function in FROM, or of an alias of one, seen through it; none of a join. */
export function columnsOf(from: FromNode): SelectColumns {
  let table = from;
  while (table.kind === "alias" || table.kind === "tableSample") table = table.of;
  if (hasQuery(table)) return subqueryColumns(from, table.query);
  if (table.kind === "tableFunction") return functionColumns(table);
  if (table.kind !== "table") return [];
  return table.table.columns.map((column) => ({
    kind: "column",
    from,
    name: column.name,
    key: column.key,
    type: column.type,
    column,
    entity: null,
  }));
}

function functionColumns(from: TableFunctionNode): SelectColumns {
  return from.columnNames.map((name, i) => ({
    kind: "column",
    from,
    name,
    key: name,
    type: from.columnTypes[i] ?? nullType,
    column: null,
    entity: null,
  }));
}
type SelectColumns = Extract<SelectItemNode, { kind: "entity" }>["columns"];

/** LIMIT and OFFSET: a count, bound like any value; null for none. */
export function limitOf(value: unknown, where: string): ExpressionNode | null {
  if (value === null) return null;
  if (offersNode(value)) return expressionOf(value, where);
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    throw new ArgumentError(`${where} takes a whole number that is not negative, not ${describe(value)}.`);
  }
  return bind(value, integerType);
}

/** The rows from one position to before another. */
export function sliceOf(start: number, stop: number): { limit: ExpressionNode | null; offset: ExpressionNode | null } {
  if (stop < start) throw new ArgumentError(`slice() ends at ${stop}, before it begins at ${start}.`);
  return { limit: limitOf(stop - start, "slice()"), offset: start === 0 ? null : limitOf(start, "slice()") };
}

export function undefinedError(where: string): ArgumentError {
  return new ArgumentError(
    `${where} was given undefined. It is never read as "no filter" or as NULL: pass null for NULL, or leave the call out.`,
  );
}
