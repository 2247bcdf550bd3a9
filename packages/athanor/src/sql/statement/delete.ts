import { NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { condition, fromOf, selectItem } from "../coercions/operands.ts";
import { dmlTarget } from "../coercions/target.ts";
import type { Condition } from "../expression/types.ts";
import type { DeleteNode } from "../nodes/statements.ts";
import { type ExtensionPoint, type HintText, hintNode } from "./hints.ts";
import { optionNodesOf } from "./option-nodes.ts";
import { Statement } from "./statement.ts";
import { type Cte, type CteOptions, cteOf, withCtes } from "./subquery.ts";
import type {
  ExecutionOptions,
  FromSource,
  LoaderOption,
  Parameters,
  RowName,
  RowTuple,
  Selectable,
  Selected,
  SubqueryColumns,
  Target,
} from "./types.ts";

/** Where elements of one's own may stand in a DELETE. */
export type DeleteExtensionPoint = Extract<ExtensionPoint, "prefix" | "afterCriteria" | "suffix">;

/** A DELETE. Without `where()` it empties the table. */
export class Delete<S, A extends readonly unknown[] = readonly []> extends Statement<DeleteNode> {
  declare readonly [ROW]: RowTuple<A>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, never, never> };
  declare readonly [PARAMETERS]: Parameters;

  /** Adds conditions; all have to hold. */
  where(...conditions: readonly Condition[]): Delete<S, A> {
    const added = conditions.map((each) => condition(each, "where()"));
    return new Delete({ ...this[NODE], where: [...this[NODE].where, ...added] }, this.$options);
  }
  /** Other tables that the conditions speak of, where the database can join in DELETE. */
  using(...sources: readonly FromSource[]): Delete<S, A> {
    const added = sources.map((each) => fromOf(each, "using()"));
    return new Delete({ ...this[NODE], using: [...this[NODE].using, ...added] }, this.$options);
  }
  /** What to return of the deleted rows. */
  returning<const R extends readonly Selectable[]>(...entities: R): Delete<S, R> {
    const returning = entities.map((each) => selectItem(each, "returning()"));
    return new Delete({ ...this[NODE], returning }, this.$options);
  }
  /** Text behind DELETE: the programmer's own, for one database or for all. */
  prefixWith(text: HintText, dialect: string | null = null): Delete<S, A> {
    return this.ext("prefix", text, dialect);
  }
  /** Puts an element of your own at a place of the statement, for one database or for all. */
  ext(position: DeleteExtensionPoint, element: HintText, dialect: string | null = null): Delete<S, A> {
    return new Delete(
      { ...this[NODE], hints: [...this[NODE].hints, hintNode(element, dialect, position)] },
      this.$options,
    );
  }
  /** Writes CTEs in front of the statement that nothing in it refers to, or before others. */
  addCte(...ctes: readonly Cte<unknown, string>[]): Delete<S, A> {
    return new Delete({ ...this[NODE], ctes: withCtes(this[NODE].ctes, ctes) }, this.$options);
  }
  /** This DELETE and what it returns as a common table expression, where the database can do that. */
  cte<const N extends string = "anonymous">(name?: N, options: CteOptions = {}): Cte<SubqueryColumns<A, never, N>, N> {
    return cteOf(this[NODE], name ?? null, options);
  }
  /** Says what counts for the statement in a session (`withLoaderCriteria`), and how what it returns is loaded. */
  options(...options: readonly LoaderOption<string>[]): Delete<S, A> {
    const added = options.flatMap(optionNodesOf);
    return new Delete({ ...this[NODE], options: [...this[NODE].options, ...added] }, this.$options);
  }
  executionOptions(options: ExecutionOptions): Delete<S, A> {
    return new Delete(this[NODE], { ...this.$options, ...options });
  }
}

/** Deletes rows of a table or a model's table. (`delete` is a reserved word.) */
export function deleteFrom<S>(target: Target<S, string>): Delete<S> {
  const { table, entity } = dmlTarget(target, "deleteFrom()");
  return new Delete({
    kind: "delete",
    table,
    using: [],
    where: [],
    returning: [],
    ctes: [],
    hints: [],
    entity,
    options: [],
  });
}
