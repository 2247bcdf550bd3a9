import { ArgumentError } from "../../errors/errors.ts";
import type { SHAPE } from "../../util/symbols.ts";
import { JOIN, NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { integerType } from "../coercions/literal-types.ts";
import {
  condition,
  countOf,
  describe,
  expressionOf,
  fromOf,
  ordering,
  scalarSubquery,
  selectItem,
  undefinedError,
} from "../coercions/operands.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import type { Ordering } from "../expression/ordering.ts";
import type { Criteria } from "../expression/shape.ts";
import type { Condition } from "../expression/types.ts";
import type { ColumnNode, ExpressionNode } from "../nodes/expressions.ts";
import type { JoinClauseNode, JoinType } from "../nodes/froms.ts";
import type { OptionNode, SelectNode } from "../nodes/statements.ts";
import { Statement } from "./statement.ts";
import { type Cte, type CteOptions, cteOf, type Subquery, subqueryOf } from "./subquery.ts";
import type {
  ExecutionOptions,
  ForUpdateOptions,
  FromSource,
  JoinTarget,
  LoaderOption,
  Parameters,
  RowName,
  RowTuple,
  Selectable,
  Selected,
  SubqueryColumns,
} from "./types.ts";

/** Objects that know how to be joined to: relationship attributes. */
export interface JoinOffer {
  [JOIN](type: JoinType, on: ExpressionNode | null): readonly JoinClauseNode[];
}
/** What `options()` takes in its second, inner form: a node that a layer above understands. */
export interface OptionOffer {
  readonly [NODE]: OptionNode;
}

const empty: SelectNode = {
  kind: "select",
  columns: [],
  from: [],
  joins: [],
  where: [],
  groupBy: [],
  having: [],
  orderBy: [],
  distinct: false,
  distinctOn: [],
  limit: null,
  offset: null,
  fetchTies: false,
  lock: null,
  correlate: null,
  correlateExcept: null,
  ctes: [],
  hints: [],
  options: [],
};

/**
 * A SELECT. Every method returns a new statement and leaves this one as it is. `A` is what is selected, `Outer` the names
 * that outer joins may leave out, `L` what loader options load.
 */
export class Select<
  A extends readonly unknown[],
  Outer extends string = never,
  L extends string = never,
> extends Statement<SelectNode> {
  declare readonly [ROW]: RowTuple<A, Outer, L>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, Outer, L> };
  declare readonly [PARAMETERS]: Parameters;

  /** Adds conditions; all have to hold, those of earlier calls too. */
  where(...conditions: readonly Condition[]): Select<A, Outer, L> {
    const added = conditions.map((each) => condition(each, "where()"));
    return this.#with({ where: [...this[NODE].where, ...added] });
  }
  /** Adds equality conditions on columns of the first selected entity; null asks for NULL. */
  filterBy(
    criteria: A extends readonly [{ readonly [SHAPE]: infer S }, ...unknown[]] ? Criteria<S> : never,
  ): Select<A, Outer, L> {
    const added = Object.entries(criteria as Readonly<Record<string, unknown>>).map(([key, value]) =>
      equals(this.#column(key), value, key),
    );
    return this.#with({ where: [...this[NODE].where, ...added] });
  }
  /** Conditions on groups. */
  having(...conditions: readonly Condition[]): Select<A, Outer, L> {
    const added = conditions.map((each) => condition(each, "having()"));
    return this.#with({ having: [...this[NODE].having, ...added] });
  }
  /**
   * Joins a table, a model, an alias, a subquery or along a relationship. Without a condition, the foreign keys between
   * the two tell; there must be exactly one way.
   */
  join(target: JoinTarget<string>, on?: Condition): Select<A, Outer, L> {
    return this.#join(target, on, "inner");
  }
  /** Keeps rows for which nothing is found: what comes from the target may be null. */
  outerJoin<O extends string>(target: JoinTarget<O>, on?: Condition): Select<A, Outer | O, L> {
    return this.#join(target, on, "left");
  }
  /** Either side may be absent. */
  fullJoin(target: JoinTarget<string>, on?: Condition): Select<A, string, L> {
    return this.#join(target, on, "full");
  }
  /** Names what to select from, where that does not follow from the columns, or which table comes first. */
  selectFrom(...sources: readonly FromSource[]): Select<A, Outer, L> {
    const added = sources.map((each) => fromOf(each, "selectFrom()"));
    return this.#with({ from: [...this[NODE].from, ...added] });
  }
  groupBy(...expressions: readonly AnyExpression[]): Select<A, Outer, L> {
    const added = expressions.map((each) => expressionOf(each, "groupBy()"));
    return this.#with({ groupBy: [...this[NODE].groupBy, ...added] });
  }
  /** Adds to the ordering; a string names a label of this statement. `orderBy(null)` starts anew. */
  orderBy(...expressions: readonly (AnyExpression | Ordering | string)[] | readonly [null]): Select<A, Outer, L> {
    if (expressions[0] === null) return this.#with({ orderBy: [] });
    const added = expressions.map((each) => ordering(each, "orderBy()"));
    return this.#with({ orderBy: [...this[NODE].orderBy, ...added] });
  }
  /** Leaves out duplicate rows. */
  distinct(): Select<A, Outer, L> {
    return this.#with({ distinct: true });
  }
  /** At most so many rows. */
  limit(count: number | Expression<number, string, string>): Select<A, Outer, L> {
    return this.#with({ limit: countOf(count, "limit()", integerType) });
  }
  /** Skips so many rows. */
  offset(count: number | Expression<number, string, string>): Select<A, Outer, L> {
    return this.#with({ offset: countOf(count, "offset()", integerType) });
  }
  /** Says how relationships and columns are loaded; see `selectinload` and its like. */
  options<P extends string = never>(...options: readonly LoaderOption<P>[]): Select<A, Outer, L | P> {
    const added = options.flatMap((each) => optionNodes(each));
    return this.#with({ options: [...this[NODE].options, ...added] });
  }
  executionOptions(options: ExecutionOptions): Select<A, Outer, L> {
    return new Select(this[NODE], { ...this.$options, ...options });
  }
  /** Locks the rows until the transaction ends, where the database can: `FOR UPDATE`. */
  withForUpdate(options: ForUpdateOptions = {}): Select<A, Outer, L> {
    return this.#with({
      lock: {
        kind: "lock",
        read: options.read ?? false,
        nowait: options.nowait ?? false,
        skipLocked: options.skipLocked ?? false,
        keyShare: options.keyShare ?? false,
        of: [],
      },
    });
  }
  /** Leaves these out of FROM when they stand in an enclosing statement; without this, that is found by itself. */
  correlate(...sources: readonly FromSource[]): Select<A, Outer, L> {
    return this.#with({ correlate: sources.map((each) => fromOf(each, "correlate()")) });
  }
  correlateExcept(...sources: readonly FromSource[]): Select<A, Outer, L> {
    return this.#with({ correlateExcept: sources.map((each) => fromOf(each, "correlateExcept()")) });
  }
  /** The same statement with other columns. */
  withOnlyColumns<const B extends readonly [Selectable, ...Selectable[]]>(...entities: B): Select<B, Outer, L> {
    const columns = entities.map((each) => selectItem(each, "withOnlyColumns()"));
    return new Select({ ...this[NODE], columns }, this.$options);
  }
  /** The same statement with more columns. */
  addColumns<const B extends readonly Selectable[]>(...entities: B): Select<readonly [...A, ...B], Outer, L> {
    const added = entities.map((each) => selectItem(each, "addColumns()"));
    return new Select({ ...this[NODE], columns: [...this[NODE].columns, ...added] }, this.$options);
  }
  /** This SELECT as a table; its columns are under `c`. */
  subquery<const N extends string = "anonymous">(name?: N): Subquery<SubqueryColumns<A, Outer, N>, N> {
    return subqueryOf(this[NODE], name ?? null);
  }
  /** This SELECT as a common table expression: `WITH name AS (…)`. */
  cte<const N extends string = "anonymous">(name?: N, options: CteOptions = {}): Cte<SubqueryColumns<A, Outer, N>, N> {
    return cteOf(this[NODE], name ?? null, options);
  }
  /** This SELECT of one column as a value. Null when it finds no row. */
  scalarSubquery(): Expression<RowTuple<A, Outer>[0] | null> {
    return new Expression(scalarSubquery(this[NODE]));
  }

  #with(changes: Partial<SelectNode>): Select<A, Outer, L> {
    return new Select({ ...this[NODE], ...changes }, this.$options);
  }

  #join<O extends string>(target: JoinTarget<O>, on: Condition | undefined, type: JoinType): Select<A, Outer | O, L> {
    const node = on === undefined ? null : condition(on, "the ON clause");
    const clauses = isJoinOffer(target)
      ? target[JOIN](type, node)
      : [{ kind: "joinClause", left: null, right: fromOf(target, "join()"), on: node, type } as const];
    return new Select({ ...this[NODE], joins: [...this[NODE].joins, ...clauses] }, this.$options);
  }

  #column(key: string): ColumnNode {
    for (const item of this[NODE].columns) {
      const columns = item.kind === "entity" ? item.columns : [];
      const column = columns.find((each) => each.key === key);
      if (column !== undefined) return column;
      if (item.kind === "entity") {
        throw new ArgumentError(
          `filterBy() knows no column ${JSON.stringify(key)}. There are: ${columns.map((each) => each.key).join(", ")}.`,
        );
      }
    }
    throw new ArgumentError("filterBy() needs an entity to be selected; use where() with the columns' own operators.");
  }
}

function equals(column: ColumnNode, value: unknown, key: string): ExpressionNode {
  if (value === undefined) throw undefinedError(`filterBy({ ${key} })`);
  return new Expression<unknown>(column).eq(value === null ? null : (value as never))[NODE];
}

function isJoinOffer(target: object): target is JoinOffer {
  return JOIN in target;
}

function optionNodes(option: unknown): readonly OptionNode[] {
  if (typeof option === "object" && option !== null && NODE in option) {
    const node = (option as { readonly [NODE]: OptionNode | readonly OptionNode[] })[NODE];
    if (Array.isArray(node)) return node as readonly OptionNode[];
    const single = node as OptionNode;
    if (single.kind === "option") return [single];
  }
  throw new ArgumentError(`options() takes loader options such as selectinload(User.orders), not ${describe(option)}.`);
}

/**
 * Selects expressions, models or tables. FROM follows from them.
 *
 * @example select(User.name, func.count(Order.id)).join(User.orders).groupBy(User.name)
 * @throws ArgumentError for strings (write a column of a table, or sqlText) and undefined.
 */
export function select<const A extends readonly [Selectable, ...Selectable[]]>(...entities: A): Select<A> {
  return new Select({ ...empty, columns: entities.map((each) => selectItem(each, "select()")) });
}

/** A SELECT node of these columns, for what the library builds itself. @internal */
export function selectNode(changes: Partial<SelectNode>): SelectNode {
  return { ...empty, ...changes };
}
