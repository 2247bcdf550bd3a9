import { expressionOf } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { Expression } from "./expression.ts";
import { call } from "./functions/call.ts";
import { withinGroupNode } from "./window.ts";

/** An aggregate that takes one of the values which it has in order. It becomes an expression with its order. */
export class OrderedSetFunction {
  readonly #name: string;
  readonly #arguments: readonly ExpressionNode[];

  constructor(name: string, args: readonly ExpressionNode[]) {
    this.#name = name;
    this.#arguments = args;
  }

  /**
   * The values in their order, ascending unless it says otherwise: `withinGroup(Order.total)`,
   * `withinGroup(Order.total, "desc")`. Null when there is no row.
   */
  withinGroup<T>(value: Expression<T, string, string>, direction: "asc" | "desc" = "asc"): Expression<T | null> {
    const { type } = expressionOf(value, "withinGroup()");
    const aggregate = call(this.#name, this.#arguments, type);
    return new Expression(withinGroupNode(aggregate, [direction === "asc" ? value : value.desc()]));
  }
}
