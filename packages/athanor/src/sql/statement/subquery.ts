import { ArgumentError } from "../../errors/errors.ts";
import { FROM, JOINS, NODE } from "../../util/symbols.ts";
import { Expression } from "../expression/expression.ts";
import { Join, type Joinable } from "../expression/join.ts";
import type { Condition } from "../expression/types.ts";
import type { AliasNode, CteNode, FromNode, SubqueryNode } from "../nodes/froms.ts";
import type { CompoundNode, DmlNode, QueryNode, TextStatementNode } from "../nodes/statements.ts";
import { subqueryColumns } from "../traverse/output-columns.ts";

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
  /** The same query under another name, to be used beside itself. */
  alias<const M extends string = "anonymous">(name?: M): Subquery<Renamed<C, M>, M> {
    const node = this[NODE];
    if (node.kind === "subquery") return subqueryOf(node.query, name ?? null, node.lateral);
    throw new ArgumentError("alias() takes another name for a query in FROM, and this is none.");
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
  override alias<const M extends string = "anonymous">(name?: M): Subquery<Renamed<C, M>, M> {
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
      parameters: [],
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

/** CTEs that a statement has been given, with more of them. @internal */
export function withCtes(ctes: readonly CteNode[], more: readonly Cte<unknown, string>[]): readonly CteNode[] {
  return [...ctes, ...more.map((each) => each[NODE])];
}
