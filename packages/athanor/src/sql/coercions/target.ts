import { ArgumentError } from "../../errors/errors.ts";
import { NODE } from "../../util/symbols.ts";
import type { ColumnNode, ExpressionNode } from "../nodes/expressions.ts";
import type { AliasNode, TableNode } from "../nodes/froms.ts";
import type { AssignmentNode } from "../nodes/statements.ts";
import { attributesOf } from "./entity-attributes.ts";
import { columnsOf, describe, offersNode, operand, undefinedError } from "./operands.ts";

/** What a data-changing statement works on: the table, its columns by their keys, and the mapped class, if it is one. */
export interface DmlTarget {
  readonly table: TableNode | AliasNode;
  readonly columns: readonly ColumnNode[];
  readonly entity: object | null;
}

export function dmlTarget(value: unknown, where: string): DmlTarget {
  if (offersNode(value)) {
    const node = value[NODE];
    if (node.kind === "table" || node.kind === "alias") return { table: node, columns: columnsOf(node), entity: null };
    if (node.kind === "entity" && node.from.kind === "join" && isKeptInTable(node.entity)) {
      return { table: node.entity.target, columns: node.columns, entity: node.entity };
    }
    if (node.kind === "entity" && (node.from.kind === "table" || node.from.kind === "alias")) {
      return { table: node.from, columns: node.columns, entity: node.entity };
    }
    if (node.kind === "entity") {
      const model: unknown = value;
      const name = typeof model === "function" ? model.name : "this";
      throw new ArgumentError(`${where} changes tables, and ${name} is mapped to a query.`);
    }
  }
  throw new ArgumentError(`${where} takes a table or a model, not ${describe(value)}.`);
}

/** A class whose table is joined to those of classes above it: the statement works on its own. */
function isKeptInTable(entity: object | null): entity is { readonly target: TableNode } {
  if (entity === null || !("target" in entity)) return false;
  const { target } = entity;
  return typeof target === "object" && target !== null && "kind" in target && target.kind === "table";
}

/** The same for INSERT, which knows no aliases. */
export function insertTarget(value: unknown): DmlTarget & { readonly table: TableNode } {
  const target = dmlTarget(value, "insert()");
  const { table } = target;
  if (table.kind !== "table") throw new ArgumentError("insert() takes a table or a model, not an alias of one.");
  return { ...target, table };
}

/** Values by column key as assignments, in the order of the table's columns. */
export function assignments(
  values: Readonly<Record<string, unknown>>,
  target: DmlTarget,
  where: string,
): readonly AssignmentNode[] {
  const found: AssignmentNode[] = [];
  const given = attributesOf(target.entity)?.columnValues(values, target.table) ?? values;
  let known = 0;
  for (const column of target.columns) {
    if (!Object.hasOwn(given, column.key)) continue;
    known += 1;
    found.push({ kind: "assignment", column, value: assigned(given[column.key], column, where) });
  }
  if (known < Object.keys(given).length) throw unknownColumns(Object.keys(given), target, where);
  return found;
}

function assigned(value: unknown, column: ColumnNode, where: string): ExpressionNode {
  if (value === undefined) throw undefinedError(`${where} for ${JSON.stringify(column.key)}`);
  if (offersNode(value)) return operand(value, column.type, where);
  return { kind: "bind", value, type: column.type, name: null, required: false, expanding: false };
}

export function unknownColumns(keys: readonly string[], target: DmlTarget, where: string): ArgumentError {
  const known = target.columns.map((each) => each.key);
  const unknown = keys.filter((key) => !known.includes(key));
  return new ArgumentError(
    `${where} was given ${unknown.map((each) => JSON.stringify(each)).join(", ")}, which ` +
      `${unknown.length === 1 ? "is no column" : "are no columns"} of ${describeTable(target)}. There are: ${known.join(", ")}.`,
  );
}

function describeTable({ table }: DmlTarget): string {
  let from: AliasNode["of"] = table;
  while (from.kind === "alias") from = from.of;
  return JSON.stringify(from.kind === "table" ? from.table.name : from.name);
}
