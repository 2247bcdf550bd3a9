import { ArgumentError } from "../../errors/errors.ts";
import { NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { integerType } from "../coercions/literal-types.ts";
import { countOf, ordering, scalarSubquery } from "../coercions/operands.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import type { Ordering } from "../expression/ordering.ts";
import type { CompoundNode, QueryNode } from "../nodes/statements.ts";
import { Statement } from "./statement.ts";
import { type Cte, type CteOptions, cteOf, type Subquery, subqueryOf } from "./subquery.ts";
import type { ExecutionOptions, Parameters } from "./types.ts";

interface Query<R, N> {
  readonly [NODE]: QueryNode;
  readonly [ROW]: R;
  readonly [NAMES]: N;
}

/** A UNION, INTERSECT or EXCEPT of queries; names and types are those of the first. */
export class Compound<R, N> extends Statement<CompoundNode> {
  declare readonly [ROW]: R;
  declare readonly [NAMES]: N;
  declare readonly [PARAMETERS]: Parameters;

  orderBy(...expressions: readonly (AnyExpression | Ordering | string)[]): Compound<R, N> {
    const added = expressions.map((each) => ordering(each, "orderBy()"));
    return this.#with({ orderBy: [...this[NODE].orderBy, ...added] });
  }
  limit(count: number | Expression<number, string, string>): Compound<R, N> {
    return this.#with({ limit: countOf(count, "limit()", integerType) });
  }
  offset(count: number | Expression<number, string, string>): Compound<R, N> {
    return this.#with({ offset: countOf(count, "offset()", integerType) });
  }
  executionOptions(options: ExecutionOptions): Compound<R, N> {
    return new Compound(this[NODE], { ...this.$options, ...options });
  }
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

function compound<R, N>(operator: CompoundNode["operator"], queries: readonly Query<R, N>[]): Compound<R, N> {
  if (queries.length < 2) throw new ArgumentError(`${operator} takes two queries at least.`);
  return new Compound({
    kind: "compound",
    operator,
    members: queries.map((each) => each[NODE]),
    orderBy: [],
    limit: null,
    offset: null,
    ctes: [],
    options: [],
  });
}

/** Rows of all queries, without duplicates. */
export function union<R, N>(...queries: readonly [Query<R, N>, ...Query<R, unknown>[]]): Compound<R, N> {
  return compound("UNION", queries as readonly Query<R, N>[]);
}
/** Rows of all queries. */
export function unionAll<R, N>(...queries: readonly [Query<R, N>, ...Query<R, unknown>[]]): Compound<R, N> {
  return compound("UNION ALL", queries as readonly Query<R, N>[]);
}
/** Rows that every query has. */
export function intersect<R, N>(...queries: readonly [Query<R, N>, ...Query<R, unknown>[]]): Compound<R, N> {
  return compound("INTERSECT", queries as readonly Query<R, N>[]);
}
/** Rows of the first query that no other has. */
export function except<R, N>(...queries: readonly [Query<R, N>, ...Query<R, unknown>[]]): Compound<R, N> {
  return compound("EXCEPT", queries as readonly Query<R, N>[]);
}
