import { ArgumentError } from "../../errors/errors.ts";
import { nullType } from "../../sql/coercions/literal-types.ts";
import { assignments, type DmlTarget, insertTarget } from "../../sql/coercions/target.ts";
import { type AnyExpression, Expression } from "../../sql/expression/expression.ts";
import type { Columns, InsertRow, UpdateRow } from "../../sql/expression/shape.ts";
import type { PseudoTableNode } from "../../sql/nodes/froms.ts";
import type { AssignmentNode, ConflictNode, InsertNode, QueryNode } from "../../sql/nodes/statements.ts";
import { type HintText, hintNode } from "../../sql/statement/hints.ts";
import {
  type FromSelectOptions,
  fromSelectOf,
  insertNode,
  insertRows,
  returningOf,
} from "../../sql/statement/insert.ts";
import { Statement } from "../../sql/statement/statement.ts";
import type {
  ExecutionOptions,
  ReturningOptions,
  RowName,
  RowTuple,
  Selectable,
  Selected,
  Target,
} from "../../sql/statement/types.ts";
import { NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";

/** A column and what it is set to, where the order matters. */
export type AssignmentPair = readonly [column: AnyExpression, value: unknown];

/** An INSERT with MySQL's ON DUPLICATE KEY UPDATE and IGNORE. */
export class Insert<S, A extends readonly unknown[] = readonly []> extends Statement<InsertNode> {
  declare readonly [ROW]: RowTuple<A>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, never, never> };
  declare readonly [PARAMETERS]: InsertRow<S>;
  readonly #target: DmlTarget;

  constructor(node: InsertNode, target: DmlTarget, options?: ExecutionOptions) {
    super(node, options);
    this.#target = target;
  }

  /** The row that could not be inserted, for use in `onDuplicateKeyUpdate()`. */
  get inserted(): Columns<S, "inserted"> {
    return insertedColumns(this.#target);
  }
  values(values: InsertRow<S> | readonly InsertRow<S>[]): Insert<S, A> {
    return this.#with({ rows: insertRows(values, this.#target, this[NODE].rows) });
  }
  /** Inserts what a SELECT gives, into these columns; see the core's `insert()`. */
  fromSelect(
    columns: readonly (keyof InsertRow<S> & string)[],
    query: { readonly [NODE]: QueryNode },
    options: FromSelectOptions = {},
  ): Insert<S, A> {
    return this.#with(fromSelectOf(this[NODE], columns, query, options, this.#target));
  }
  /**
   * Changes the row that is in the way, whichever unique key it is in the way of.
   *
   * The database sets one column after the other, and later ones see the new values of earlier ones: pairs of columns
   * and values are set in the order in which they are given, an object's in the order of the table's columns.
   *
   * @throws ArgumentError when there is nothing to set, or a pair names no column of the table.
   *
   * @example
   * const added = insert(products).values({ sku: "P001", stock: 7 });
   * added.onDuplicateKeyUpdate({ stock: products.c.stock.add(added.inserted.stock) });
   */
  onDuplicateKeyUpdate(set: UpdateRow<S> | readonly AssignmentPair[]): Insert<S, A> {
    const items = Array.isArray(set)
      ? (set as readonly AssignmentPair[]).map((pair) => pairOf(pair, this.#target))
      : assignments(set as Readonly<Record<string, unknown>>, this.#target, "onDuplicateKeyUpdate()");
    if (items.length === 0) {
      throw new ArgumentError("onDuplicateKeyUpdate() needs something to set; ignore() leaves rows as they are.");
    }
    return this.#with({ conflicts: [duplicateKey(items)] });
  }
  /** Leaves out rows that cannot be inserted: INSERT IGNORE. Other errors of such rows become warnings, too. */
  ignore(): Insert<S, A> {
    return this.prefixWith("IGNORE", "mysql");
  }
  /** Text behind INSERT, such as `LOW_PRIORITY`: the programmer's own, for one database or for all. */
  prefixWith(text: HintText, dialect: string | null = null): Insert<S, A> {
    return this.#with({ hints: [...this[NODE].hints, hintNode(text, dialect, "prefix")] });
  }
  /** What to return of the inserted rows; MariaDB's only. */
  returning<const R extends readonly Selectable[]>(...entities: R): Insert<S, R>;
  returning<const R extends readonly Selectable[]>(
    ...entitiesAndOptions: readonly [...R, ReturningOptions]
  ): Insert<S, R>;
  returning(...given: readonly unknown[]): Insert<S, readonly never[]> {
    return new Insert({ ...this[NODE], ...returningOf(given) }, this.#target, this.$options);
  }
  executionOptions(options: ExecutionOptions): Insert<S, A> {
    return new Insert(this[NODE], this.#target, { ...this.$options, ...options });
  }

  #with(changes: Partial<InsertNode>): Insert<S, A> {
    return new Insert({ ...this[NODE], ...changes }, this.#target, this.$options);
  }
}

/** What the compiler calls it depends on the server: a row alias, or VALUES(column). */
const inserted: PseudoTableNode = { kind: "pseudoTable", name: "inserted" };

function insertedColumns<C>(target: DmlTarget): C {
  const columns = target.columns.map((column) => [column.key, new Expression<unknown>({ ...column, from: inserted })]);
  return Object.fromEntries(columns) as C;
}

function pairOf(pair: AssignmentPair, target: DmlTarget): AssignmentNode {
  const node = Array.isArray(pair) ? pair[0]?.[NODE] : undefined;
  const key = node?.kind === "column" ? node.key : undefined;
  const [item] = key === undefined ? [] : assignments({ [key]: pair[1] }, target, "onDuplicateKeyUpdate()");
  if (item !== undefined) return item;
  throw new ArgumentError("onDuplicateKeyUpdate() takes an object, or pairs of a column and its value.");
}

function duplicateKey(set: readonly AssignmentNode[]): ConflictNode {
  return {
    kind: "conflict",
    action: "update",
    dialect: "mysql",
    target: [],
    targetWhere: null,
    constraint: null,
    set,
    where: null,
  };
}

/**
 * LIMIT of an UPDATE or DELETE of one table, for its `ext()`:
 * `update(users).values({ active: false }).ext("afterCriteria", limit(10), "mysql")`.
 *
 * @throws ArgumentError when the count is no whole number from 0.
 */
export function limit(count: number): AnyExpression {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new ArgumentError(`limit() takes a whole number from 0, not ${String(count)}.`);
  }
  return new Expression<unknown>({ kind: "fragment", texts: [` LIMIT ${count}`], expressions: [], type: nullType });
}

/** Inserts rows into a table or a model's table, with ON DUPLICATE KEY UPDATE. */
export function insert<S>(target: Target<S, string>): Insert<S> {
  const resolved = insertTarget(target);
  return new Insert(insertNode(resolved), resolved);
}
