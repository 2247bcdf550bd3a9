import { ArgumentError } from "../../errors/errors.ts";
import { NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { limitOf, ordering, scalarSubquery, sliceOf } from "../coercions/operands.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import type { Ordering } from "../expression/ordering.ts";
import type { CompoundNode, QueryNode } from "../nodes/statements.ts";
import { selectedColumns } from "./column-descriptions.ts";
import { Exists } from "./exists.ts";
import { namedParameters } from "./named-parameters.ts";
import { Statement } from "./statement.ts";
import { type Cte, type CteOptions, cteOf, type Subquery, subqueryOf, withCtes } from "./subquery.ts";
import type { ExecutionOptions, Parameters } from "./types.ts";

/** What a set operation is made of: queries whose rows are alike. */
export interface Query<R, N> {
  readonly [NODE]: QueryNode;
  readonly [ROW]: R;
  readonly [NAMES]: N;
}

/** A UNION, INTERSECT or EXCEPT of queries; names and types are those of the first. */
export class Compound<R, N> extends Statement<CompoundNode> {
  declare readonly [ROW]: R;
  declare readonly [NAMES]: N;
  declare readonly [PARAMETERS]: Parameters;

  /** Rows of this and of others, without duplicates; see {@link union}. */
  union(...others: readonly Query<R, unknown>[]): Compound<R, N> {
    return compound("UNION", [this, ...others]);
  }
  unionAll(...others: readonly Query<R, unknown>[]): Compound<R, N> {
    return compound("UNION ALL", [this, ...others]);
  }
  intersect(...others: readonly Query<R, unknown>[]): Compound<R, N> {
    return compound("INTERSECT", [this, ...others]);
  }
  except(...others: readonly Query<R, unknown>[]): Compound<R, N> {
    return compound("EXCEPT", [this, ...others]);
  }
  intersectAll(...others: readonly Query<R, unknown>[]): Compound<R, N> {
    return compound("INTERSECT ALL", [this, ...others]);
  }
  exceptAll(...others: readonly Query<R, unknown>[]): Compound<R, N> {
    return compound("EXCEPT ALL", [this, ...others]);
  }
  /** Columns are those of the first query; a string names one. `orderBy(null)` starts anew. */
  orderBy(...expressions: readonly (AnyExpression | Ordering | string)[] | readonly [null]): Compound<R, N> {
    if (expressions[0] === null) return this.#with({ orderBy: [] });
    const added = expressions.map((each) => ordering(each, "orderBy()"));
    return this.#with({ orderBy: [...this[NODE].orderBy, ...added] });
  }
  /** At most so many rows; null takes the limit away. */
  limit(count: number | null | Expression<number, string, string>): Compound<R, N> {
    return this.#with({ limit: limitOf(count, "limit()") });
  }
  /** Skips so many rows. */
  offset(count: number | null | Expression<number, string, string>): Compound<R, N> {
    return this.#with({ offset: limitOf(count, "offset()") });
  }
  /** The rows from `start` to before `stop`, counted from 0. */
  slice(start: number, stop: number): Compound<R, N> {
    return this.#with(sliceOf(start, stop));
  }
  /** Values of named parameters, in the queries below too; those of an execution come before them. */
  params(values: Parameters): Compound<R, N> {
    return this.#with({ parameters: namedParameters(this[NODE].parameters, values) });
  }
  /** Writes a CTE in front of the statement that nothing in it refers to, or before others. */
  addCte(...ctes: readonly Cte<unknown, string>[]): Compound<R, N> {
    return this.#with({ ctes: withCtes(this[NODE].ctes, ctes) });
  }
  /** The columns of the first query by their names, for `orderBy()`. */
  get selectedColumns(): Exported<N, never> {
    return selectedColumns(this[NODE]);
  }
  /** True when it finds a row: `EXISTS (…)`. */
  exists(): Exists {
    return new Exists(this[NODE]);
  }
  executionOptions(options: ExecutionOptions): Compound<R, N> {
    return new Compound(this[NODE], { ...this.$options, ...options });
  }
  /** This set operation as a table that sees the tables before it in FROM, where the database can do that. */
  lateral<const M extends string = "anonymous">(name?: M): Subquery<Exported<N, M>, M> {
    return subqueryOf(this[NODE], name ?? null, true);
  }
  /** This set operation as a table; its columns are under `c`. */
  subquery<const M extends string = "anonymous">(name?: M): Subquery<Exported<N, M>, M> {
    return subqueryOf(this[NODE], name ?? null);
  }
  cte<const M extends string = "anonymous">(name?: M, options: CteOptions = {}): Cte<Exported<N, M>, M> {
    return cteOf(this[NODE], name ?? null, options);
  }
  scalarSubquery(): Expression<R extends readonly [infer F, ...unknown[]] ? F | null : unknown> {
    return new Expression(scalarSubquery(this[NODE]));
  }

  #with(changes: Partial<CompoundNode>): Compound<R, N> {
    return new Compound({ ...this[NODE], ...changes }, this.$options);
  }
}

/** The columns of a set operation that stands in FROM, by the names in its rows. */
type Exported<N, M extends string> = { readonly [K in keyof N]: Expression<N[K], M, K & string> };

/** A set operation of queries; the first one tells names and types. @internal */
export function compound<R, N>(
  operator: CompoundNode["operator"],
  queries: readonly [Query<R, N>, ...Query<R, unknown>[]],
): Compound<R, N> {
  if (queries.length < 2) throw new ArgumentError(`${operator} takes two queries at least.`);
  return new Compound({
    kind: "compound",
    operator,
    members: queries.map((each) => each[NODE]),
    orderBy: [],
    limit: null,
    offset: null,
    ctes: [],
    parameters: [],
    options: [],
  });
}

type Queries<R, N> = readonly [Query<R, N>, ...Query<R, unknown>[]];

/** Rows of all queries, without duplicates. */
export function union<R, N>(...queries: Queries<R, N>): Compound<R, N> {
  return compound("UNION", [...queries]);
}
/** Rows of all queries. */
export function unionAll<R, N>(...queries: Queries<R, N>): Compound<R, N> {
  return compound("UNION ALL", [...queries]);
}
/** Rows that every query has, without duplicates. */
export function intersect<R, N>(...queries: Queries<R, N>): Compound<R, N> {
  return compound("INTERSECT", [...queries]);
}
/** Rows that every query has, as often as each has them. Not every database can do that. */
export function intersectAll<R, N>(...queries: Queries<R, N>): Compound<R, N> {
  return compound("INTERSECT ALL", [...queries]);
}
/** Rows of the first query that no other has, without duplicates. */
export function except<R, N>(...queries: Queries<R, N>): Compound<R, N> {
  return compound("EXCEPT", [...queries]);
}
/** Rows of the first query, one less for each that another has. Not every database can do that. */
export function exceptAll<R, N>(...queries: Queries<R, N>): Compound<R, N> {
  return compound("EXCEPT ALL", [...queries]);
}
