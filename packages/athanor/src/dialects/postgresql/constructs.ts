import { ArgumentError } from "../../errors/errors.ts";
import { condition, expressionOf } from "../../sql/coercions/operands.ts";
import { assignments, type DmlTarget, insertTarget } from "../../sql/coercions/target.ts";
import { type AnyExpression, Expression } from "../../sql/expression/expression.ts";
import type { Columns, InsertRow, UpdateRow } from "../../sql/expression/shape.ts";
import type { Condition } from "../../sql/expression/types.ts";
import type { PseudoTableNode } from "../../sql/nodes/froms.ts";
import type { ConflictNode, InsertNode, QueryNode } from "../../sql/nodes/statements.ts";
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

/** Which conflict is meant: a unique index over these columns, or a constraint by its name. Without either, any. */
export interface ConflictTarget {
  readonly indexElements?: readonly AnyExpression[];
  /** The name of a unique or an exclusion constraint. */
  readonly constraint?: string;
  /** The condition of a partial index. */
  readonly indexWhere?: Condition;
}
export interface ConflictUpdate<S> extends ConflictTarget {
  readonly set: UpdateRow<S>;
  /** Rows for which it does not hold stay as they are. */
  readonly where?: Condition;
}

/** An INSERT with PostgreSQL's ON CONFLICT, which stands in it once. */
export class Insert<S, A extends readonly unknown[] = readonly []> extends Statement<InsertNode> {
  declare readonly [ROW]: RowTuple<A>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, never, never> };
  declare readonly [PARAMETERS]: InsertRow<S>;
  readonly #target: DmlTarget;

  constructor(node: InsertNode, target: DmlTarget, options?: ExecutionOptions) {
    super(node, options);
    this.#target = target;
  }

  /** The row that could not be inserted. */
  get excluded(): Columns<S, "excluded"> {
    return excludedColumns(this.#target);
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
   * Changes the row that is in the way.
   *
   * @throws ArgumentError when `set` is empty, or when neither `indexElements` nor `constraint` says which conflict is meant.
   */
  onConflictDoUpdate(update: ConflictUpdate<S>): Insert<S, A> {
    const set = assignments(update.set as Readonly<Record<string, unknown>>, this.#target, "onConflictDoUpdate()");
    if (set.length === 0) {
      throw new ArgumentError(
        "onConflictDoUpdate() needs something to set; use onConflictDoNothing() to leave the row as it is.",
      );
    }
    if (update.indexElements === undefined && update.constraint === undefined) {
      throw new ArgumentError(
        "onConflictDoUpdate() needs to know which conflict is meant: give it indexElements, or the name of a constraint.",
      );
    }
    const where = update.where === undefined ? null : condition(update.where, "where");
    return this.#conflict({ ...conflictNode("update", update), set, where });
  }
  /** Leaves the row that is in the way as it is. */
  onConflictDoNothing(target: ConflictTarget = {}): Insert<S, A> {
    return this.#conflict(conflictNode("nothing", target));
  }
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

  #conflict(node: ConflictNode): Insert<S, A> {
    if (this[NODE].conflicts.length > 0) {
      throw new ArgumentError("PostgreSQL takes one ON CONFLICT in an INSERT, and this one has it already.");
    }
    return this.#with({ conflicts: [node] });
  }
  #with(changes: Partial<InsertNode>): Insert<S, A> {
    return new Insert({ ...this[NODE], ...changes }, this.#target, this.$options);
  }
}

const excluded: PseudoTableNode = { kind: "pseudoTable", name: "excluded" };

function excludedColumns<C>(target: DmlTarget): C {
  const columns = target.columns.map((column) => [column.key, new Expression<unknown>({ ...column, from: excluded })]);
  return Object.fromEntries(columns) as C;
}

function conflictNode(action: ConflictNode["action"], target: ConflictTarget): ConflictNode {
  if (target.constraint !== undefined && (target.indexElements !== undefined || target.indexWhere !== undefined)) {
    throw new ArgumentError("An ON CONFLICT names either a constraint or indexElements, not both.");
  }
  return {
    kind: "conflict",
    action,
    dialect: "postgresql",
    target: (target.indexElements ?? []).map((each) => expressionOf(each, "indexElements")),
    targetWhere: target.indexWhere === undefined ? null : condition(target.indexWhere, "indexWhere"),
    constraint: target.constraint ?? null,
    set: [],
    where: null,
  };
}

/** Inserts rows into a table or a model's table, with ON CONFLICT. */
export function insert<S>(target: Target<S, string>): Insert<S> {
  const resolved = insertTarget(target);
  return new Insert(insertNode(resolved), resolved);
}
