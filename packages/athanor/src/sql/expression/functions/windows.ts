import { doubleType, integerType, nullType } from "../../coercions/literal-types.ts";
import { operand } from "../../coercions/operands.ts";
import type { AnyExpression, Expression } from "../expression.ts";
import { called, given, of } from "./call.ts";

/**
 * Functions over the rows around one; `over()` says which. Given values, those that rank are aggregates: they tell which
 * place such a row would have in `withinGroup()`.
 */
export const windowFunctions = {
  rowNumber(): Expression<number> {
    return called("row_number", [], integerType);
  },
  rank(...values: readonly unknown[]): Expression<number> {
    return called("rank", given(values, nullType, "rank()"), integerType);
  },
  denseRank(...values: readonly unknown[]): Expression<number> {
    return called("dense_rank", given(values, nullType, "denseRank()"), integerType);
  },
  percentRank(...values: readonly unknown[]): Expression<number> {
    return called("percent_rank", given(values, nullType, "percentRank()"), doubleType);
  },
  cumeDist(...values: readonly unknown[]): Expression<number> {
    return called("cume_dist", given(values, nullType, "cumeDist()"), doubleType);
  },
  /** The number of the bucket, when the rows are divided into so many. */
  ntile(buckets: number): Expression<number> {
    return called("ntile", [operand(buckets, integerType, "ntile()")], integerType);
  },
  /** The value so many rows before, 1 by default; null, or the fallback, where there is none. */
  lag: neighbour("lag"),
  /** The value so many rows behind, 1 by default; null, or the fallback, where there is none. */
  lead: neighbour("lead"),
  firstValue<T>(expression: Expression<T, string, string>): Expression<T> {
    return called("first_value", [of(expression)], of(expression).type);
  },
  lastValue<T>(expression: Expression<T, string, string>): Expression<T> {
    return called("last_value", [of(expression)], of(expression).type);
  },
  nthValue<T>(expression: Expression<T, string, string>, position: number): Expression<T | null> {
    return called("nth_value", [of(expression), operand(position, integerType, "nthValue()")], of(expression).type);
  },
};

interface Neighbour {
  <T>(expression: Expression<T, string, string>, offset?: number): Expression<T | null>;
  <T, U extends T | null = never>(
    expression: Expression<T, string, string>,
    offset: number,
    fallback: NoInfer<NonNullable<T>> | Expression<U, string, string>,
  ): Expression<T | U>;
}
function neighbour(name: string): Neighbour {
  return ((expression: AnyExpression, ...rest: readonly unknown[]): AnyExpression => {
    const node = of(expression);
    const args = rest.map((each, i) => operand(each, i === 0 ? integerType : node.type, `${name}()`));
    return called(name, [node, ...args], node.type);
  }) as Neighbour;
}
