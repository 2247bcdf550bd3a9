import { ArgumentError } from "../../errors/errors.ts";
import type { SHAPE } from "../../util/symbols.ts";
import { JOIN, NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import {
  condition,
  describe,
  expressionOf,
  fromOf,
  grouping,
  limitOf,
  ordering,
  scalarSubquery,
  selectItem,
  sliceOf,
  splitOptions,
} from "../coercions/operands.ts";
import { fromClause, fromsIn } from "../compile/from-clause.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import type { Ordering } from "../expression/ordering.ts";
import type { Criteria } from "../expression/shape.ts";
import type { Condition, TextCondition } from "../expression/types.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import type { FromNode, JoinClauseNode, JoinType } from "../nodes/froms.ts";
import type { HintNode, SelectItemNode, SelectNode } from "../nodes/statements.ts";
import { type ColumnDescription, columnDescriptions, fromElements, selectedColumns } from "./column-descriptions.ts";
import { type Compound, compound, type Query } from "./compound.ts";
import { Exists } from "./exists.ts";
import { equalities } from "./filter-by.ts";
import { type FromStatement, type FromStatementSource, fromStatement } from "./from-statement.ts";
import { type ExtensionPoint, type HintText, hintNode } from "./hints.ts";
import { namedParameters } from "./named-parameters.ts";
import { optionNodesOf } from "./option-nodes.ts";
import { lockNode } from "./row-lock.ts";
import { selectNode } from "./select-node.ts";
import { Statement } from "./statement.ts";
import { type Cte, type CteOptions, cteOf, type Subquery, subqueryOf, withCtes } from "./subquery.ts";
import type {
  ColumnIn,
  ExecutionOptions,
  ForUpdateOptions,
  FromSource,
  JoinTarget,
  Labelled,
  LoaderOption,
  Parameters,
  RowName,
  RowTuple,
  Selectable,
  Selected,
  SelectedColumns,
  SelectSource,
  SubqueryColumns,
  Target,
} from "./types.ts";

/** Where elements of one's own may stand in a SELECT. */
export type SelectExtensionPoint = Exclude<ExtensionPoint, "afterValues">;

export interface WithOnlyColumnsOptions {
  /** Tables that the old columns brought into FROM stay there. Default false. */
  readonly maintainColumnFroms?: boolean;
}

/** How FETCH FIRST counts. */
export interface FetchOptions {
  readonly percent?: boolean;
  readonly withTies?: boolean;
}

type SelectCompound<A extends readonly unknown[], Outer extends string, L extends string> = Compound<
  RowTuple<A, Outer, L>,
  { readonly [X in A[number] as RowName<X>]: Selected<X, Outer, L> }
>;

/** Objects that know how to be joined to: relationship attributes. */
export interface JoinOffer {
  [JOIN](type: JoinType, on: ExpressionNode | null): readonly JoinClauseNode[];
}

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
  /**
   * Adds equality conditions on columns by their names; null asks for NULL. The names are looked for in everything that
   * stands in FROM so far, joined tables among it; where an entity comes first, the types know its columns. The second
   * argument says in what to look: `filterBy({ status: "open" }, Order)`.
   *
   * @throws AmbiguousColumnError when several tables have such a column, InvalidRequestError when none has.
   */
  filterBy<S>(criteria: Criteria<S>, of: Target<S, string>): Select<A, Outer, L>;
  filterBy(
    criteria: A extends readonly [{ readonly [SHAPE]: infer S }, ...unknown[]] ? Criteria<S> : Parameters,
  ): Select<A, Outer, L>;
  filterBy(criteria: object, of?: unknown): Select<A, Outer, L> {
    const added = equalities(this[NODE], { ...criteria }, of);
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
  /** Joins to something else than what fits by itself: the left side is named. */
  joinFrom(left: FromSource, target: JoinTarget<string>, on?: Condition): Select<A, Outer, L> {
    return this.#join(target, on, "inner", fromOf(left, "joinFrom()"));
  }
  outerJoinFrom<O extends string>(left: FromSource, target: JoinTarget<O>, on?: Condition): Select<A, Outer | O, L> {
    return this.#join(target, on, "left", fromOf(left, "outerJoinFrom()"));
  }
  /** Every row with every row. */
  crossJoin(target: JoinTarget<string>): Select<A, Outer, L> {
    return this.#join(target, undefined, "cross");
  }
  /** Names what to select from, where that does not follow from the columns, or which table comes first. */
  selectFrom(...sources: readonly (FromSource | TextCondition)[]): Select<A, Outer, L> {
    const added = sources.map((each) => fromOf(each, "selectFrom()"));
    return this.#with({ from: [...this[NODE].from, ...added] });
  }
  /** Adds to the grouping; a string names a label or a column of this statement. `groupBy(null)` starts anew. */
  groupBy(...expressions: readonly (AnyExpression | string)[] | readonly [null]): Select<A, Outer, L> {
    if (expressions[0] === null) return this.#with({ groupBy: [] });
    const added = expressions.map((each) => grouping(each, "groupBy()"));
    return this.#with({ groupBy: [...this[NODE].groupBy, ...added] });
  }
  /** Adds to the ordering; a string names a label or a column of this statement. `orderBy(null)` starts anew. */
  orderBy(...expressions: readonly (AnyExpression | Ordering | string)[] | readonly [null]): Select<A, Outer, L> {
    if (expressions[0] === null) return this.#with({ orderBy: [] });
    const added = expressions.map((each) => ordering(each, "orderBy()"));
    return this.#with({ orderBy: [...this[NODE].orderBy, ...added] });
  }
  /** Leaves out duplicate rows. */
  distinct(): Select<A, Outer, L> {
    return this.#with({ distinct: true });
  }
  /** `DISTINCT ON`: the first row of each group, in the order of `orderBy()`, where the database can do that. */
  distinctOn(...expressions: readonly AnyExpression[]): Select<A, Outer, L> {
    const added = expressions.map((each) => expressionOf(each, "distinctOn()"));
    return this.#with({ distinctOn: [...this[NODE].distinctOn, ...added] });
  }
  /** At most so many rows; null takes the limit away. */
  limit(count: number | null | Expression<number, string, string>): Select<A, Outer, L> {
    return this.#with({ limit: limitOf(count, "limit()"), fetch: null });
  }
  /** Skips so many rows. */
  offset(count: number | null | Expression<number, string, string>): Select<A, Outer, L> {
    return this.#with({ offset: limitOf(count, "offset()") });
  }
  /** The rows from `start` to before `stop`, counted from 0. */
  slice(start: number, stop: number): Select<A, Outer, L> {
    return this.#with({ ...sliceOf(start, stop), fetch: null });
  }
  /** `FETCH FIRST`: a limit that may count in percent and take all rows that are equal to the last one. */
  fetch(count: number | Expression<number, string, string>, options: FetchOptions = {}): Select<A, Outer, L> {
    const { percent = false, withTies = false } = options;
    const fetch = percent ? (withTies ? "percent ties" : "percent") : withTies ? "ties" : "rows";
    return this.#with({ limit: limitOf(count, "fetch()"), fetch });
  }
  /** Text behind SELECT, such as `SQL_NO_CACHE`: the programmer's own, for one database or for all. */
  prefixWith(text: HintText, dialect: string | null = null): Select<A, Outer, L> {
    return this.ext("prefix", text, dialect);
  }
  /** Text at the end of the statement, for one database or for all. */
  suffixWith(text: HintText, dialect: string | null = null): Select<A, Outer, L> {
    return this.ext("suffix", text, dialect);
  }
  /** Text behind a table in FROM, such as `USE INDEX (…)`, for one database or for all. */
  withHint(table: FromSource, text: HintText, dialect: string | null = null): Select<A, Outer, L> {
    return this.#hint(hintNode(text, dialect, "table", fromOf(table, "withHint()")));
  }
  /** A hint to the whole statement, at its end: the same as {@link suffixWith}. */
  withStatementHint(text: HintText, dialect: string | null = null): Select<A, Outer, L> {
    return this.ext("suffix", text, dialect);
  }
  /** Puts an element of your own at a place of the statement, for one database or for all. */
  ext(position: SelectExtensionPoint, element: HintText, dialect: string | null = null): Select<A, Outer, L> {
    return this.#hint(hintNode(element, dialect, position));
  }
  /** Says how relationships and columns are loaded; see `selectinload` and its like. */
  options<P extends string = never>(...options: readonly LoaderOption<P>[]): Select<A, Outer, L | P> {
    const added = options.flatMap(optionNodesOf);
    return this.#with({ options: [...this[NODE].options, ...added] });
  }
  /**
   * Reads what is selected here out of a statement of your own: a set operation, a SELECT, or text. Columns are found by what
   * they are, or by their names; columns that it does not return are left to be loaded later. Options of this statement
   * say what is loaded along.
   *
   * @example select(User).fromStatement(union(select(User).where(…), select(User).where(…)).orderBy("id"))
   * @example select(User).fromStatement(sqlText("SELECT * FROM users WHERE id = :id", { id: 5 }))
   */
  fromStatement(statement: FromStatementSource): FromStatement<A, L> {
    return fromStatement(this[NODE], statement);
  }
  executionOptions(options: ExecutionOptions): Select<A, Outer, L> {
    return new Select(this[NODE], { ...this.$options, ...options });
  }
  /** Locks the rows until the transaction ends, where the database can: `FOR UPDATE`. */
  withForUpdate(options: ForUpdateOptions = {}): Select<A, Outer, L> {
    return this.#with({ lock: lockNode(options) });
  }
  /**
   * Leaves these out of FROM when they stand in an enclosing statement; without this, that is found by itself. With null,
   * everything stays.
   */
  correlate(...sources: readonly FromSource[] | readonly [null]): Select<A, Outer, L> {
    const named = sources.flatMap((each) => (each === null ? [] : [fromOf(each, "correlate()")]));
    return this.#with({ correlate: named });
  }
  /** Leaves everything out of FROM that stands in an enclosing statement, except for these. */
  correlateExcept(...sources: readonly FromSource[]): Select<A, Outer, L> {
    return this.#with({ correlateExcept: sources.map((each) => fromOf(each, "correlateExcept()")) });
  }
  /**
   * The same statement with other columns. FROM follows from them; with `maintainColumnFroms` as the last argument, what the
   * old ones brought into it stays.
   *
   * @example const count = statement.withOnlyColumns(func.count(), { maintainColumnFroms: true });
   */
  withOnlyColumns<const B extends readonly [Selectable, ...Selectable[]]>(...entities: B): Select<B, Outer, L>;
  withOnlyColumns<const B extends readonly [Selectable, ...Selectable[]]>(
    ...entitiesAndOptions: readonly [...B, WithOnlyColumnsOptions]
  ): Select<B, Outer, L>;
  withOnlyColumns(...given: readonly unknown[]): Select<readonly never[], Outer, L> {
    const { items, options } = splitOptions<WithOnlyColumnsOptions>(given);
    const columns = items.map((each) => selectItem(each, "withOnlyColumns()"));
    const from = options.maintainColumnFroms === true ? withColumnFroms(this[NODE]) : this[NODE].from;
    return new Select({ ...this[NODE], columns, from }, this.$options);
  }
  /** The same statement with more columns. */
  addColumns<const B extends readonly Selectable[]>(...entities: B): Select<readonly [...A, ...B], Outer, L> {
    const added = entities.map((each) => selectItem(each, "addColumns()"));
    return new Select({ ...this[NODE], columns: [...this[NODE].columns, ...added] }, this.$options);
  }
  /**
   * Calls each selected column by its table's name and its own: `users_id`, `orders_id`. Expressions and models keep their
   * names.
   */
  setLabelStyle(style: "tablenamePlusColumn"): Select<Labelled<A>, Outer, L> {
    if (style !== "tablenamePlusColumn") {
      throw new ArgumentError(`setLabelStyle() takes "tablenamePlusColumn", not ${describe(style)}.`);
    }
    return new Select({ ...this[NODE], columns: this[NODE].columns.flatMap(labelled) }, this.$options);
  }
  /** Writes a CTE in front of the statement that nothing in it refers to, or before others. */
  addCte(...ctes: readonly Cte<unknown, string>[]): Select<A, Outer, L> {
    return this.#with({ ctes: withCtes(this[NODE].ctes, ctes) });
  }
  /** Values of named parameters (`bindparam`, `sqlText`), in subqueries too; those of an execution come before them. */
  params(values: Parameters): Select<A, Outer, L> {
    return this.#with({ parameters: namedParameters(this[NODE].parameters, values) });
  }
  /** What it selects, by the names in a row: columns and labelled expressions, and the columns of entities. */
  get selectedColumns(): SelectedColumns<A> {
    return selectedColumns(this[NODE]);
  }
  /** What it selects, one after the other: names, types, mapped classes. */
  get columnDescriptions(): readonly ColumnDescription[] {
    return columnDescriptions(this[NODE].columns);
  }
  /** The elements of its FROM as they are written, with those that follow from columns and conditions. */
  get finalFroms(): readonly FromSource[] {
    return fromElements(fromClause(this[NODE]));
  }
  /** True when it finds a row: `EXISTS (…)`. */
  exists(): Exists {
    return new Exists(this[NODE]);
  }
  /** Rows of this and of others, without duplicates. */
  union(...others: readonly Query<RowTuple<A, Outer, L>, unknown>[]): SelectCompound<A, Outer, L> {
    return compound("UNION", [this, ...others]);
  }
  unionAll(...others: readonly Query<RowTuple<A, Outer, L>, unknown>[]): SelectCompound<A, Outer, L> {
    return compound("UNION ALL", [this, ...others]);
  }
  intersect(...others: readonly Query<RowTuple<A, Outer, L>, unknown>[]): SelectCompound<A, Outer, L> {
    return compound("INTERSECT", [this, ...others]);
  }
  except(...others: readonly Query<RowTuple<A, Outer, L>, unknown>[]): SelectCompound<A, Outer, L> {
    return compound("EXCEPT", [this, ...others]);
  }
  intersectAll(...others: readonly Query<RowTuple<A, Outer, L>, unknown>[]): SelectCompound<A, Outer, L> {
    return compound("INTERSECT ALL", [this, ...others]);
  }
  exceptAll(...others: readonly Query<RowTuple<A, Outer, L>, unknown>[]): SelectCompound<A, Outer, L> {
    return compound("EXCEPT ALL", [this, ...others]);
  }
  /** This SELECT as a table that sees the tables before it in FROM, where the database can do that. */
  lateral<const N extends string = "anonymous">(name?: N): Subquery<SubqueryColumns<A, Outer, N>, N> {
    return subqueryOf(this[NODE], name ?? null, true);
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

  #hint(hint: HintNode): Select<A, Outer, L> {
    return this.#with({ hints: [...this[NODE].hints, hint] });
  }

  #join<O extends string>(
    target: JoinTarget<O>,
    on: Condition | undefined,
    type: JoinType,
    left: FromNode | null = null,
  ): Select<A, Outer | O, L> {
    const node = on === undefined ? null : condition(on, "the ON clause");
    const clauses = isJoinOffer(target)
      ? target[JOIN](type, node)
      : [{ kind: "joinClause", left, right: fromOf(target, "join()"), on: node, type } as const];
    return new Select({ ...this[NODE], joins: [...this[NODE].joins, ...clauses] }, this.$options);
  }
}

/** FROM with what the columns bring into it; what is joined stands in its join. */
function withColumnFroms({ from, joins, columns }: SelectNode): readonly FromNode[] {
  const joined = joins.map(({ right }) => right);
  return [...from, ...[...fromsIn(columns)].filter((each) => !from.includes(each) && !joined.includes(each))];
}

/** A column under its table's name and its own; a table's columns one by one. */
function labelled(item: SelectItemNode): readonly SelectItemNode[] {
  if (item.kind === "entity") return item.entity === null ? item.columns.flatMap(labelled) : [item];
  if (item.kind === "bundle") return [{ ...item, items: item.items.flatMap(labelled) }];
  if (item.kind !== "column" || item.from === null) return [item];
  const table = item.from.kind === "table" ? item.from.table.name : "name" in item.from ? item.from.name : null;
  return table === null ? [item] : [{ kind: "label", name: `${table}_${item.key}`, expression: item, type: item.type }];
}

function isJoinOffer(target: object): target is JoinOffer {
  return JOIN in target;
}

/**
 * Selects expressions, models or tables. FROM follows from them.
 *
 * @example select(User.name, func.count(Order.id)).join(User.orders).groupBy(User.name)
 * @throws ArgumentError for strings (write a column of a table, or sqlText) and undefined.
 */
export function select<const A extends readonly [Selectable, ...Selectable[]]>(...entities: A): Select<A>;
/** The same with tables or subqueries that are selected as a whole: a row has their columns, by their names. */
export function select<S extends SelectSource, M extends readonly SelectSource[]>(
  first: S,
  ...more: M
): Select<readonly ColumnIn<S | M[number]>[]>;
export function select(...entities: readonly unknown[]): Select<readonly never[]> {
  return new Select(selectNode({ columns: entities.map((each) => selectItem(each, "select()")) }));
}
