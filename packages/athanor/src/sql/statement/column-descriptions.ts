import type { SqlType } from "../../sqltypes/sql-type.ts";
import { FROM, JOINS, NODE } from "../../util/symbols.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import { expressionsOf } from "../expression/table.ts";
import type { ColumnNode } from "../nodes/expressions.ts";
import type { EntityNode, FromNode } from "../nodes/froms.ts";
import type { QueryNode, SelectItemNode } from "../nodes/statements.ts";
import { isNamed, itemColumns, nameOf } from "../traverse/output-columns.ts";
import type { FromSource } from "./types.ts";

/** One of the things that a statement selects. */
export interface ColumnDescription {
  /** Its name in a row; null where it has none of its own. */
  readonly name: string | null;
  /** The type of a column or an expression; null for an entity. */
  readonly type: SqlType | null;
  /** The mapped class, or the table that was selected as a whole; null for a single expression. */
  readonly entity: object | null;
  /** The expression; null for an entity. */
  readonly expression: AnyExpression | null;
}

/** What a statement selects, one after the other. */
export function columnDescriptions(items: readonly SelectItemNode[]): readonly ColumnDescription[] {
  return items.map((item) => {
    if (item.kind === "bundle") return { name: item.name, type: null, entity: null, expression: null };
    if (item.kind !== "entity") {
      const name = isNamed(item) ? (item.kind === "column" ? item.key : nameOf(item)) : null;
      return { name, type: item.type, entity: null, expression: new Expression<unknown>(item) };
    }
    const entity = entityBehind(item);
    return { name: item.name ?? nameOfObject(entity), type: null, entity, expression: null };
  });
}

/** A mapped class is what the ORM's own object stands for. */
function entityBehind({ entity, from }: EntityNode): object {
  if (entity !== null) return "class" in entity && typeof entity.class === "function" ? entity.class : entity;
  return from.kind === "table" ? from.table : new FromElement(from);
}

function nameOfObject(entity: object): string | null {
  return "name" in entity && typeof entity.name === "string" ? entity.name : null;
}

/** The columns of a statement's rows as expressions, by their names there; of a set operation, those of its first query. */
export function selectedColumns<C>(query: QueryNode): C {
  let first = query;
  while (first.kind === "compound" && first.members[0] !== undefined) first = first.members[0];
  if (first.kind === "compound") return expressionsOf([]);
  const items: readonly SelectItemNode[] = first.columns;
  const named: Record<string, AnyExpression> = {};
  for (const item of items) {
    for (const node of itemColumns(item)) {
      if (isNamed(node))
        named[node.kind === "column" ? (node as ColumnNode).key : nameOf(node)] ??= new Expression(node);
    }
  }
  return named as C;
}

/** An element of FROM, to be used where tables are. */
export class FromElement implements FromSource {
  declare readonly [FROM]: string;
  declare readonly [JOINS]: string;
  readonly [NODE]: FromNode;

  constructor(node: FromNode) {
    this[NODE] = node;
  }
}

/** Elements of FROM as what they were made with, where that is a table. */
export function fromElements(froms: readonly FromNode[]): readonly FromSource[] {
  return froms.map((from) => (from.kind === "table" ? (from.table as object as FromSource) : new FromElement(from)));
}
