import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { describe, isQueryNode, selectItem, splitOptions } from "../coercions/operands.ts";
import { assignments, type DmlTarget, insertTarget } from "../coercions/target.ts";
import type { Columns, InsertRow } from "../expression/shape.ts";
import type { AssignmentsNode, ConflictNode, InsertNode, QueryNode, SelectItemNode } from "../nodes/statements.ts";
import { type ExtensionPoint, type HintText, hintNode } from "./hints.ts";
import { optionNodesOf } from "./option-nodes.ts";
import { Statement } from "./statement.ts";
import { type Cte, type CteOptions, cteOf, withCtes } from "./subquery.ts";
import type {
  ExecutionOptions,
  LoaderOption,
  ReturningOptions,
  RowName,
  Rows,
  RowTuple,
  Selectable,
  Selected,
  SubqueryColumns,
  Target,
} from "./types.ts";
import { conflictNode, excludedColumns, type UpsertOptions, type UpsertTarget, upsertNode } from "./upsert.ts";

/** Where elements of one's own may stand in an INSERT. */
export type InsertExtensionPoint = Extract<ExtensionPoint, "prefix" | "afterValues" | "suffix">;

/** An INSERT. Rows are given with `values()`, or with the execution. */
export class Insert<S, A extends readonly unknown[] = readonly []> extends Statement<InsertNode> {
  declare readonly [ROW]: RowTuple<A>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, never, never> };
  declare readonly [PARAMETERS]: InsertRow<S>;
  readonly #target: DmlTarget;

  constructor(node: InsertNode, target: DmlTarget, options?: ExecutionOptions) {
    super(node, options);
    this.#target = target;
  }

  /**
   * One row or several, by attribute names. Columns left out take their defaults. A further call with one row adds to the
   * row that is there.
   *
   * @throws InvalidRequestError when one row is followed by several, or several by any.
   */
  values(values: InsertRow<S> | Rows<InsertRow<S>>): Insert<S, A> {
    if (this[NODE].select !== null) throw twoSources();
    return new Insert(
      { ...this[NODE], rows: insertRows(values, this.#target, this[NODE].rows) },
      this.#target,
      this.$options,
    );
  }
  /**
   * Inserts what a SELECT gives, into these columns. Columns with a default of the program's get it too, one for all
   * rows, unless `includeDefaults` is false.
   *
   * @throws InvalidRequestError after values().
   */
  fromSelect(
    columns: readonly (keyof InsertRow<S> & string)[],
    query: { readonly [NODE]: QueryNode },
    options: FromSelectOptions = {},
  ): Insert<S, A> {
    const changes = fromSelectOf(this[NODE], columns, query, options, this.#target);
    return new Insert({ ...this[NODE], ...changes }, this.#target, this.$options);
  }
  /** The row that could not be inserted, for {@link onConflictDoUpdate}. */
  get excluded(): Columns<S, "excluded"> {
    return excludedColumns(this.#target);
  }
  /**
   * Changes the row that is in the way of a new one, on every database. Databases with more than that have an `insert()` of
   * their own (`athanor/postgresql`, `athanor/sqlite`, `athanor/mysql`).
   *
   * MySQL and MariaDB take any unique key for the one that is meant, and set one column after the other. Where that could
   * make a difference (the table has other unique keys, a value speaks of a column that is set before it), and where a
   * condition is given, compiling for them throws a CompileError.
   *
   * @throws ArgumentError when there is nothing to set, or no key is named.
   *
   * @example
   * const row = insert(products).values({ sku: "P1", stock: 7 });
   * row.onConflictDoUpdate({ indexElements: [products.c.sku], set: { stock: products.c.stock.add(row.excluded.stock) } });
   */
  onConflictDoUpdate(options: UpsertOptions<S>): Insert<S, A> {
    return this.#conflict(upsertNode(options, this.#target));
  }
  /** Leaves the row that is in the way of a new one as it is, on every database; see {@link onConflictDoUpdate}. */
  onConflictDoNothing(options: UpsertTarget = {}): Insert<S, A> {
    return this.#conflict(conflictNode("nothing", options.indexElements ?? []));
  }
  #conflict(node: ConflictNode): Insert<S, A> {
    return new Insert({ ...this[NODE], conflicts: [node] }, this.#target, this.$options);
  }
  /** Text behind INSERT, such as `OR REPLACE`: the programmer's own, for one database or for all. */
  prefixWith(text: HintText, dialect: string | null = null): Insert<S, A> {
    return this.ext("prefix", text, dialect);
  }
  /** Puts an element of your own at a place of the statement, for one database or for all. */
  ext(position: InsertExtensionPoint, element: HintText, dialect: string | null = null): Insert<S, A> {
    const hints = [...this[NODE].hints, hintNode(element, dialect, position)];
    return new Insert({ ...this[NODE], hints }, this.#target, this.$options);
  }
  /** What to return of the inserted rows: columns, expressions, or the model itself for entities. */
  returning<const R extends readonly Selectable[]>(...entities: R): Insert<S, R>;
  returning<const R extends readonly Selectable[]>(
    ...entitiesAndOptions: readonly [...R, ReturningOptions]
  ): Insert<S, R>;
  returning(...given: readonly unknown[]): Insert<S, readonly never[]> {
    return new Insert({ ...this[NODE], ...returningOf(given) }, this.#target, this.$options);
  }
  /** Writes CTEs in front of the statement that nothing in it refers to, or before others. */
  addCte(...ctes: readonly Cte<unknown, string>[]): Insert<S, A> {
    return new Insert({ ...this[NODE], ctes: withCtes(this[NODE].ctes, ctes) }, this.#target, this.$options);
  }
  /** This INSERT and what it returns as a common table expression, where the database can do that. */
  cte<const N extends string = "anonymous">(name?: N, options: CteOptions = {}): Cte<SubqueryColumns<A, never, N>, N> {
    return cteOf(this[NODE], name ?? null, options);
  }
  /** Says what counts for the statement in a session (`withLoaderCriteria`), and how what it returns is loaded. */
  options(...options: readonly LoaderOption<string>[]): Insert<S, A> {
    const added = options.flatMap(optionNodesOf);
    return new Insert({ ...this[NODE], options: [...this[NODE].options, ...added] }, this.#target, this.$options);
  }
  executionOptions(options: ExecutionOptions): Insert<S, A> {
    return new Insert(this[NODE], this.#target, { ...this.$options, ...options });
  }
}

/** Inserts rows into a table or a model's table. */
export function insert<S>(target: Target<S, string>): Insert<S> {
  const resolved = insertTarget(target);
  return new Insert(insertNode(resolved), resolved);
}

/** An INSERT without values yet. @internal */
export function insertNode(target: ReturnType<typeof insertTarget>): InsertNode {
  return {
    kind: "insert",
    table: target.table,
    rows: null,
    selectColumns: [],
    select: null,
    selectDefaults: true,
    conflicts: [],
    returning: [],
    sortByParameterOrder: false,
    ctes: [],
    hints: [],
    entity: target.entity,
    options: [],
  };
}

/** @internal */
export function insertRows(
  values: unknown,
  target: DmlTarget,
  earlier: readonly AssignmentsNode[] | null,
): readonly AssignmentsNode[] {
  const rows: readonly unknown[] = Array.isArray(values) ? values : [values];
  const added = rows.map((row): AssignmentsNode => {
    if (typeof row !== "object" || row === null) {
      throw new ArgumentError(`values() takes rows as objects, not ${describe(row)}.`);
    }
    const items = assignments(row as Readonly<Record<string, unknown>>, target, "values()");
    return { kind: "assignments", items };
  });
  if (earlier === null) return added;
  const [before, another] = earlier;
  const [row] = added;
  if (Array.isArray(values) || another !== undefined || before === undefined || row === undefined) {
    throw new InvalidRequestError(
      "values() has given rows to this INSERT already. Several rows are given in one call; only one row can be added to.",
    );
  }
  const kept = before.items.filter((old) => !row.items.some((each) => each.column.name === old.column.name));
  return [{ kind: "assignments", items: [...kept, ...row.items] }];
}

export interface FromSelectOptions {
  /** Defaults of columns that the SELECT does not give. Default true. */
  readonly includeDefaults?: boolean;
}

/** @internal */
export function fromSelectOf(
  node: InsertNode,
  columns: readonly string[],
  query: { readonly [NODE]: QueryNode },
  options: FromSelectOptions,
  target: DmlTarget,
): Pick<InsertNode, "selectColumns" | "select" | "selectDefaults"> {
  if (node.rows !== null) throw twoSources();
  const select = query[NODE];
  if (!isQueryNode(select)) throw new ArgumentError(`fromSelect() takes a SELECT, not ${describe(query)}.`);
  return { selectColumns: insertColumns(columns, target), select, selectDefaults: options.includeDefaults ?? true };
}

function twoSources(): InvalidRequestError {
  return new InvalidRequestError("An INSERT takes its rows from values() or from fromSelect(), not from both.");
}

function insertColumns(keys: readonly string[], target: DmlTarget) {
  return keys.map((key) => {
    const column = target.columns.find((each) => each.key === key);
    if (column === undefined) throw new ArgumentError(`fromSelect() knows no column ${JSON.stringify(key)}.`);
    return column;
  });
}

/** Splits what `returning()` was given into columns and options. @internal */
export function returningOf(given: readonly unknown[]): {
  readonly returning: readonly SelectItemNode[];
  readonly sortByParameterOrder: boolean;
} {
  const { items, options } = splitOptions<ReturningOptions>(given);
  return {
    returning: items.map((each) => selectItem(each, "returning()")),
    sortByParameterOrder: options.sortByParameterOrder ?? false,
  };
}
