import { ArgumentError } from "../../errors/errors.ts";
import { NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { condition, operand, selectItem } from "../coercions/operands.ts";
import { assignments, type DmlTarget, dmlTarget } from "../coercions/target.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import type { UpdateRow } from "../expression/shape.ts";
import type { Condition } from "../expression/types.ts";
import type { ColumnNode, ExpressionNode } from "../nodes/expressions.ts";
import { operators } from "../nodes/operators.ts";
import type { AssignmentNode, UpdateNode } from "../nodes/statements.ts";
import { type ExtensionPoint, type HintText, hintNode } from "./hints.ts";
import { optionNodesOf } from "./option-nodes.ts";
import { Statement } from "./statement.ts";
import { type Cte, type CteOptions, cteOf, withCtes } from "./subquery.ts";
import type {
  ExecutionOptions,
  LoaderOption,
  Parameters,
  RowName,
  RowTuple,
  Selectable,
  Selected,
  SubqueryColumns,
  Target,
} from "./types.ts";

/** Where elements of one's own may stand in an UPDATE. */
export type UpdateExtensionPoint = Extract<ExtensionPoint, "prefix" | "afterCriteria" | "suffix">;

/** An UPDATE. Without `where()` it changes every row. */
export class Update<S, A extends readonly unknown[] = readonly [], P = UpdateRow<S>> extends Statement<UpdateNode> {
  declare readonly [ROW]: RowTuple<A>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, never, never> };
  /** Values of columns, until `values()` says them; then those of named parameters. */
  declare readonly [PARAMETERS]: P;
  readonly #target: DmlTarget;

  constructor(node: UpdateNode, target: DmlTarget, options?: ExecutionOptions) {
    super(node, options);
    this.#target = target;
  }

  /** Adds conditions; all have to hold. Tables named here and nowhere else are joined, where the database can. */
  where(...conditions: readonly Condition[]): Update<S, A, P> {
    const added = conditions.map((each) => condition(each, "where()"));
    return this.#with({ where: [...this[NODE].where, ...added] });
  }
  /** New values by attribute names; SQL expressions may use the old ones. */
  values(values: UpdateRow<S>): Update<S, A, Parameters> {
    const added = assignments(values as Readonly<Record<string, unknown>>, this.#target, "values()");
    const kept = this[NODE].set.filter((old) => !added.some((each) => each.column.name === old.column.name));
    return this.#with({ set: [...kept, ...added] });
  }
  /**
   * The same with the columns set in this order, which matters where a database sets one after the other:
   * `orderedValues([product.c.stock, 5], [product.c.price, product.c.stock.mul(2)])`. A place in an array or a binary
   * document may stand for the column: `orderedValues([doc.c.numbers.at(2), 99])`.
   */
  orderedValues(...values: readonly (readonly [column: AnyExpression, value: unknown])[]): Update<S, A, Parameters> {
    const set = values.map(([column, value]) => orderedAssignment(column, value, this.#target));
    return this.#with({ set, ordered: true });
  }
  /** What to return of the changed rows. */
  returning<const R extends readonly Selectable[]>(...entities: R): Update<S, R, P> {
    const returning = entities.map((each) => selectItem(each, "returning()"));
    return new Update({ ...this[NODE], returning }, this.#target, this.$options);
  }
  /** Text behind UPDATE: the programmer's own, for one database or for all. */
  prefixWith(text: HintText, dialect: string | null = null): Update<S, A, P> {
    return this.ext("prefix", text, dialect);
  }
  /** Puts an element of your own at a place of the statement, for one database or for all. */
  ext(position: UpdateExtensionPoint, element: HintText, dialect: string | null = null): Update<S, A, P> {
    return this.#with({ hints: [...this[NODE].hints, hintNode(element, dialect, position)] });
  }
  /** Writes CTEs in front of the statement that nothing in it refers to, or before others. */
  addCte(...ctes: readonly Cte<unknown, string>[]): Update<S, A> {
    return this.#with({ ctes: withCtes(this[NODE].ctes, ctes) });
  }
  /** This UPDATE and what it returns as a common table expression, where the database can do that. */
  cte<const N extends string = "anonymous">(name?: N, options: CteOptions = {}): Cte<SubqueryColumns<A, never, N>, N> {
    return cteOf(this[NODE], name ?? null, options);
  }
  /** Says what counts for the statement in a session (`withLoaderCriteria`), and how what it returns is loaded. */
  options(...options: readonly LoaderOption<string>[]): Update<S, A, P> {
    return this.#with({ options: [...this[NODE].options, ...options.flatMap(optionNodesOf)] });
  }
  executionOptions(options: ExecutionOptions): Update<S, A, P> {
    return new Update(this[NODE], this.#target, { ...this.$options, ...options });
  }

  #with<Q = P>(changes: Partial<UpdateNode>): Update<S, A, Q> {
    return new Update({ ...this[NODE], ...changes }, this.#target, this.$options);
  }
}

function orderedAssignment(column: AnyExpression, value: unknown, target: DmlTarget): AssignmentNode {
  const node = column[NODE];
  const whole = placedIn(node);
  if (whole !== null) {
    const set = node === whole ? value : new Expression(operand(value, node.type, "orderedValues()"));
    const [assignment] = assignments({ [whole.key]: set }, target, "orderedValues()");
    if (assignment !== undefined) return node === whole ? assignment : { ...assignment, place: node };
  }
  throw new ArgumentError(
    "orderedValues() takes pairs of a column and its value; a place in an array or a binary document may stand for the column.",
  );
}

/** The column that an expression is, or is a place in: `column[1][2]`. */
function placedIn(node: ExpressionNode): ColumnNode | null {
  if (node.kind === "column") return node;
  if (node.kind === "subscript") return placedIn(node.expression);
  return node.kind === "binary" && node.operator === operators.jsonGet ? placedIn(node.left) : null;
}

/** Changes rows of a table or a model's table. */
export function update<S>(target: Target<S, string>): Update<S> {
  const resolved = dmlTarget(target, "update()");
  const node: UpdateNode = {
    kind: "update",
    table: resolved.table,
    set: [],
    ordered: false,
    where: [],
    returning: [],
    ctes: [],
    hints: [],
    entity: resolved.entity,
    options: [],
  };
  return new Update(node, resolved);
}
