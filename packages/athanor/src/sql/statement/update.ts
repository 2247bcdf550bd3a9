import { NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { condition, selectItem } from "../coercions/operands.ts";
import { assignments, type DmlTarget, dmlTarget } from "../coercions/target.ts";
import type { UpdateRow } from "../expression/shape.ts";
import type { Condition } from "../expression/types.ts";
import type { UpdateNode } from "../nodes/statements.ts";
import { Statement } from "./statement.ts";
import type { ExecutionOptions, RowName, RowTuple, Selectable, Selected, Target } from "./types.ts";

/** An UPDATE. Without `where()` it changes every row. */
export class Update<S, A extends readonly unknown[] = readonly []> extends Statement<UpdateNode> {
  declare readonly [ROW]: RowTuple<A>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, never, never> };
  declare readonly [PARAMETERS]: UpdateRow<S>;
  readonly #target: DmlTarget;

  constructor(node: UpdateNode, target: DmlTarget, options?: ExecutionOptions) {
    super(node, options);
    this.#target = target;
  }

  /** Adds conditions; all have to hold. Tables named here and nowhere else are joined, where the database can. */
  where(...conditions: readonly Condition[]): Update<S, A> {
    const added = conditions.map((each) => condition(each, "where()"));
    return this.#with({ where: [...this[NODE].where, ...added] });
  }
  /** New values by attribute names; SQL expressions may use the old ones. */
  values(values: UpdateRow<S>): Update<S, A> {
    const added = assignments(values as Readonly<Record<string, unknown>>, this.#target, "values()");
    const kept = this[NODE].set.filter((old) => !added.some((each) => each.column.name === old.column.name));
    return this.#with({ set: [...kept, ...added] });
  }
  /** What to return of the changed rows. */
  returning<const R extends readonly Selectable[]>(...entities: R): Update<S, R> {
    const returning = entities.map((each) => selectItem(each, "returning()"));
    return new Update({ ...this[NODE], returning }, this.#target, this.$options);
  }
  executionOptions(options: ExecutionOptions): Update<S, A> {
    return new Update(this[NODE], this.#target, { ...this.$options, ...options });
  }

  #with(changes: Partial<UpdateNode>): Update<S, A> {
    return new Update({ ...this[NODE], ...changes }, this.#target, this.$options);
  }
}

/** Changes rows of a table or a model's table. */
export function update<S>(target: Target<S, string>): Update<S> {
  const resolved = dmlTarget(target, "update()");
  const node: UpdateNode = {
    kind: "update",
    table: resolved.table,
    set: [],
    where: [],
    returning: [],
    ctes: [],
    hints: [],
    entity: resolved.entity,
    options: [],
  };
  return new Update(node, resolved);
}
