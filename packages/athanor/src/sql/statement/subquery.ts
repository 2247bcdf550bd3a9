import { FROM, JOINS, NODE } from "../../util/symbols.ts";
import { Expression } from "../expression/expression.ts";
import { Join, type Joinable } from "../expression/join.ts";
import type { Condition } from "../expression/types.ts";
import type { ColumnNode, ExpressionNode } from "../nodes/expressions.ts";
import type { AliasNode, CteNode, FromNode, SubqueryNode } from "../nodes/froms.ts";
import type { CompoundNode, DmlNode, QueryNode, SelectItemNode, TextStatementNode } from "../nodes/statements.ts";

export interface CteOptions {
  /** It refers to itself: `WITH RECURSIVE`. */
  readonly recursive?: boolean;
  /** Stands in a WITH of the SELECT that uses it, not of the whole statement. */
  readonly nesting?: boolean;
  /** Says whether the database has to compute it once, where it can be said. */
  readonly materialized?: boolean;
}

/** A query in the place of a table; `C` are its columns, `N` is its name. */
export class Subquery<out C, out N extends string> {
  declare readonly [FROM]: N;
  declare readonly [JOINS]: N;
  readonly [NODE]: FromNode;
  /** Its columns, by their names in the SELECT. */
  readonly c: C;

  constructor(node: FromNode, columns: C) {
    this[NODE] = node;
    this.c = columns;
  }
  /** Joined with another table, for `selectFrom()`; see `join()` of a statement for the usual way. */
  join<P extends string>(target: Joinable<P>, on?: Condition): Join<N | P> {
    return new Join(this[NODE], target, on, "inner");
  }
  outerJoin<P extends string>(target: Joinable<P>, on?: Condition): Join<N | P> {
    return new Join(this[NODE], target, on, "left");
  }
}

/** A common table expression. */
export class Cte<out C, out N extends string> extends Subquery<C, N> {
  declare readonly [NODE]: CteNode;

  /** The same CTE under another name, to be used beside itself. */
  alias<const M extends string = "anonymous">(name?: M): Subquery<Renamed<C, M>, M> {
    const alias: AliasNode = { kind: "alias", of: this[NODE], name: name ?? null };
    return new Subquery(alias, exportedColumns(alias, this[NODE].query));
  }

  /** Adds a member to a recursive CTE: `this UNION other`. The member may select from this. */
  union(member: { readonly [NODE]: QueryNode }): Cte<C, N> {
    return this.#extended(member, "UNION");
  }
  /** `this UNION ALL other`; see {@link union}. */
  unionAll(member: { readonly [NODE]: QueryNode }): Cte<C, N> {
    return this.#extended(member, "UNION ALL");
  }

  #extended(member: { readonly [NODE]: QueryNode }, operator: CompoundNode["operator"]): Cte<C, N> {
    const node = this[NODE];
    const query: CompoundNode = {
      kind: "compound",
      operator,
      members: [node.query as QueryNode, member[NODE]],
      orderBy: [],
      limit: null,
      offset: null,
      ctes: [],
      options: [],
    };
    const extended: CteNode = { ...node, query, anchor: node };
    return new Cte(extended, exportedColumns(extended, query));
  }
}

/** The columns of a subquery under another name. */
export type Renamed<C, M extends string> = {
  readonly [K in keyof C]: C[K] extends Expression<infer T, string, infer L> ? Expression<T, M, L> : never;
};

export function subqueryOf<C, N extends string>(
  query: QueryNode,
  name: string | null,
  lateral = false,
): Subquery<C, N> {
  const node: SubqueryNode = { kind: "subquery", query, name, lateral };
  return new Subquery(node, exportedColumns(node, query));
}

export function cteOf<C, N extends string>(
  query: QueryNode | DmlNode | TextStatementNode,
  name: string | null,
  options: CteOptions,
): Cte<C, N> {
  const node: CteNode = {
    kind: "cte",
    query,
    name,
    recursive: options.recursive ?? false,
    nesting: options.nesting ?? false,
    materialized: options.materialized ?? null,
    anchor: null,
  };
  return new Cte(node, exportedColumns(node, query));
}

/** The columns of a subquery as expressions by key; typed by whoever knows what the query selects. */
export function exportedColumns<C>(from: FromNode, query: QueryNode | DmlNode): C {
  const columns: Record<string, Expression<unknown>> = {};
  for (const column of subqueryColumns(from, query)) columns[column.key] ??= new Expression(column);
  return columns as C;
}

/** What a query returns, as columns of the table that it stands for. Names that come twice are numbered. */
export function subqueryColumns(from: FromNode, query: QueryNode | DmlNode): readonly ColumnNode[] {
  return outputColumns(query).map(({ name, key, type }) => ({
    kind: "column",
    from,
    name,
    key,
    type,
    column: null,
    entity: null,
  }));
}

/** The names of expressions as columns of a table: their own where they have one, else made up and numbered. */
export function exportedNames(nodes: readonly ExpressionNode[]): readonly string[] {
  const names = new Set<string>();
  return nodes.map((node) => (isNamed(node) ? uniqueName(nameOf(node), names) : numberedName(nameOf(node), names)));
}

function numberedName(base: string, taken: Set<string>): string {
  let count = 1;
  while (taken.has(`${base}_${count}`)) count += 1;
  taken.add(`${base}_${count}`);
  return `${base}_${count}`;
}

export function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let count = 1; taken.has(unique); count += 1) unique = `${name}_${count}`;
  taken.add(unique);
  return unique;
}

interface OutputColumn {
  readonly name: string;
  readonly key: string;
  readonly type: ColumnNode["type"];
}

/** Names and types of what a query returns, as columns of a table. */
export function outputColumns(query: QueryNode | DmlNode): readonly OutputColumn[] {
  switch (query.kind) {
    case "compound":
      return query.members[0] === undefined ? [] : outputColumns(query.members[0]);
    case "values":
      return query.columns;
    case "select":
    case "textStatement":
      return outputOf(query.columns);
    default:
      return outputOf(query.returning);
  }
}

function outputOf(items: readonly SelectItemNode[]): readonly OutputColumn[] {
  const nodes = items.flatMap((item): readonly ExpressionNode[] => (item.kind === "entity" ? item.columns : [item]));
  const names = exportedNames(nodes);
  return nodes.map((node, i) => {
    const name = names[i] ?? "";
    return { name, key: node.kind === "column" && node.name === name ? node.key : name, type: node.type };
  });
}

/** The name that an expression has by itself; functions have their own. */
export function nameOf(node: ExpressionNode): string {
  switch (node.kind) {
    case "column":
    case "label":
      return node.name;
    case "function":
      return node.name.slice(node.name.lastIndexOf(".") + 1).replace(/\W/g, "_");
    case "cast":
    case "typeCoerce":
      return nameOf(node.expression);
    case "fragment":
      return fragmentName(node.texts) ?? "anon";
    default:
      return "anon";
  }
}

/** Whether a name is an expression's own, and not one that is made up for it. */
export function isNamed(node: ExpressionNode): boolean {
  switch (node.kind) {
    case "column":
    case "label":
      return true;
    case "cast":
    case "typeCoerce":
      return isNamed(node.expression);
    case "fragment":
      return fragmentName(node.texts) !== null;
    default:
      return false;
  }
}

/** Text that is nothing but a name (`u.id`) has that name. */
function fragmentName(texts: readonly string[]): string | null {
  return texts.length === 1 ? (/^(?:\w+\.)*([A-Za-z_]\w*)$/.exec(texts[0] ?? "")?.[1] ?? null) : null;
}
