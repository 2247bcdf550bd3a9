import { NODE } from "../../util/symbols.ts";
import { booleanType } from "../coercions/literal-types.ts";
import { condition, expressionOf, fromOf, isQueryNode } from "../coercions/operands.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import type { Condition } from "../expression/types.ts";
import type { ExpressionNode, FragmentNode } from "../nodes/expressions.ts";
import { operators } from "../nodes/operators.ts";
import type { QueryNode, SelectNode } from "../nodes/statements.ts";
import { selectNode } from "./select-node.ts";
import type { FromSource } from "./types.ts";

const star: FragmentNode = { kind: "fragment", texts: ["*"], expressions: [], type: booleanType };

/** `EXISTS (SELECT …)`: conditions and tables may be added as to a SELECT. */
export class Exists extends Expression<boolean> {
  readonly #query: QueryNode;

  constructor(query: QueryNode) {
    super(existsNode(query));
    this.#query = query;
  }
  selectFrom(...sources: readonly FromSource[]): Exists {
    const added = sources.map((each) => fromOf(each, "selectFrom()"));
    return this.#with((query) => ({ from: [...query.from, ...added] }));
  }
  where(...conditions: readonly Condition[]): Exists {
    const added = conditions.map((each) => condition(each, "where()"));
    return this.#with((query) => ({ where: [...query.where, ...added] }));
  }
  /** Leaves these out of FROM when they stand in an enclosing statement; see `correlate()` of a SELECT. */
  correlate(...sources: readonly FromSource[] | readonly [null]): Exists {
    const correlate = sources.flatMap((each) => (each === null ? [] : [fromOf(each, "correlate()")]));
    return this.#with(() => ({ correlate }));
  }
  /** Leaves everything out of FROM that stands in an enclosing statement, except for these. */
  correlateExcept(...sources: readonly FromSource[]): Exists {
    const correlateExcept = sources.map((each) => fromOf(each, "correlateExcept()"));
    return this.#with(() => ({ correlateExcept }));
  }

  #with(changes: (query: SelectNode) => Partial<SelectNode>): Exists {
    const query = this.#query.kind === "select" ? this.#query : selectNode({ columns: [star] });
    return new Exists({ ...query, ...changes(query) });
  }
}

export function existsNode(query: QueryNode): ExpressionNode {
  return {
    kind: "unary",
    operator: operators.exists,
    operand: { kind: "scalarSubquery", query, type: booleanType },
    type: booleanType,
  };
}

/**
 * True when the query finds a row. Without a query, `where()` says what is looked for; expressions in its place are what
 * is selected.
 */
export function exists(query?: { readonly [NODE]: QueryNode }): Exists;
export function exists(...expressions: readonly AnyExpression[]): Exists;
export function exists(...given: readonly (AnyExpression | { readonly [NODE]: QueryNode } | undefined)[]): Exists {
  const [first] = given;
  if (first === undefined) return new Exists(selectNode({ columns: [star] }));
  const node: QueryNode | ExpressionNode = first[NODE];
  if (isQueryNode(node)) return new Exists(node);
  return new Exists(selectNode({ columns: given.map((each) => expressionOf(each, "exists()")) }));
}
