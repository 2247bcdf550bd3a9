import { ArrayType } from "../../../sqltypes/composite.ts";
import {
  averageType,
  booleanType,
  doubleType,
  integerType,
  nullType,
  textType,
} from "../../coercions/literal-types.ts";
import { bind, operand } from "../../coercions/operands.ts";
import type { ExpressionNode } from "../../nodes/expressions.ts";
import type { AnyExpression, Expression } from "../expression.ts";
import { OrderedSetFunction } from "../ordered-set.ts";
import { type Arithmetic, called, of } from "./call.ts";

/** Functions over many rows. They belong to no table, so an outer join leaves them alone. */
export const aggregates = {
  /** `count(*)`, or the number of rows where the expression is not null. */
  count(expression?: AnyExpression): Expression<number> {
    return called("count", expression === undefined ? [] : [of(expression)], integerType);
  },
  /** Null when there is no row. */
  sum<T extends Arithmetic>(expression: Expression<T, string, string>): Expression<T | null> {
    return called("sum", [of(expression)], of(expression).type);
  },
  avg<T extends Arithmetic>(
    expression: Expression<T, string, string>,
  ): Expression<(T extends string ? string : number) | null> {
    return called("avg", [of(expression)], averageType(of(expression).type));
  },
  min<T>(expression: Expression<T, string, string>): Expression<T | null> {
    return called("min", [of(expression)], of(expression).type);
  },
  max<T>(expression: Expression<T, string, string>): Expression<T | null> {
    return called("max", [of(expression)], of(expression).type);
  },
  /** True when it is true in every row. PostgreSQL. */
  boolAnd(expression: Expression<boolean | null, string, string>): Expression<boolean | null> {
    return called("bool_and", [of(expression)], booleanType);
  },
  /** True when it is true in a row at least. PostgreSQL. */
  boolOr(expression: Expression<boolean | null, string, string>): Expression<boolean | null> {
    return called("bool_or", [of(expression)], booleanType);
  },
  /** The texts of all rows as one, with a separator between them. */
  aggregateStrings(
    expression: Expression<string | null, string, string>,
    separator: string,
  ): Expression<string | null> {
    // MySQL takes no parameter here.
    const node: ExpressionNode = { ...bind(separator, textType), literal: true };
    return called("aggregate_strings", [of(expression), node], textType);
  },
  /** The values of all rows as an array, where the database has arrays. Null when there is no row. */
  arrayAgg<T>(expression: Expression<T, string, string>): Expression<readonly T[] | null> {
    const node = of(expression);
    return called("array_agg", [node], new ArrayType(node.type));
  },

  // ── ordered sets ───────────────────────────────────────────────────────────
  /**
   * The value at a fraction of the order, between two rows where need be: `func.percentileCont(0.5).withinGroup(Order.total)`.
   * With an array of fractions, an array of values.
   */
  percentileCont: percentileCont as PercentileCont,
  /** The first value whose place in the order is at a fraction or beyond: `.withinGroup(Order.total)`. */
  percentileDisc(fraction: number | Expression<number, string, string>): OrderedSetFunction {
    return new OrderedSetFunction("percentile_disc", [operand(fraction, doubleType, "percentileDisc()")]);
  },
  /** The value that is there most often: `func.mode().withinGroup(User.role)`. */
  mode(): OrderedSetFunction {
    return new OrderedSetFunction("mode", []);
  },

  // ── groups ─────────────────────────────────────────────────────────────────
  /** For `groupBy()`: the groups, their subtotals and the total. */
  rollup(...expressions: readonly AnyExpression[]): Expression<unknown> {
    return called("ROLLUP", expressions.map(of), nullType);
  },
  /** For `groupBy()`: subtotals of every combination. */
  cube(...expressions: readonly AnyExpression[]): Expression<unknown> {
    return called("CUBE", expressions.map(of), nullType);
  },
  /** For `groupBy()`: the groupings that are named, each an expression or a tuple. */
  groupingSets(...expressions: readonly AnyExpression[]): Expression<unknown> {
    return called("GROUPING SETS", expressions.map(of), nullType);
  },
  /** Which of the expressions a row is a subtotal of: a bit for each, the last one counting 1. */
  grouping(...expressions: readonly AnyExpression[]): Expression<number> {
    return called("grouping", expressions.map(of), integerType);
  },
};

interface PercentileCont {
  (fraction: number | Expression<number, string, string>): Expression<number | null>;
  (fractions: Expression<readonly number[], string, string>): Expression<readonly number[] | null>;
}
function percentileCont(fraction: unknown): AnyExpression {
  const node = operand(fraction, doubleType, "percentileCont()");
  const type = node.type instanceof ArrayType ? new ArrayType(doubleType) : doubleType;
  return called("percentile_cont", [node], type);
}
