import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import {
  averageType,
  dateType,
  doubleType,
  integerType,
  nullType,
  textType,
  timestampType,
  timeType,
} from "../coercions/literal-types.ts";
import { expressionOf, operand } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { type AnyExpression, Expression } from "./expression.ts";

type Arithmetic = number | bigint | string | null;
type TextOf<T> = string | (T & null);

function call(name: string, args: readonly ExpressionNode[], type: SqlType): ExpressionNode {
  return { kind: "function", name, arguments: args, type, distinct: false, orderBy: [] };
}

function of(expression: AnyExpression): ExpressionNode {
  return expressionOf(expression, "a function");
}

/** Plain values next to an expression take its type. */
function withType(value: unknown, type: SqlType, where: string): ExpressionNode {
  return operand(value, type, where);
}

/**
 * SQL functions whose result types are known. Aggregates belong to no table, so an outer join leaves them alone; the sum
 * of nothing is null. Anything else is reached with `func.call(name, type, ...arguments)`.
 */
export const func = {
  /** `count(*)`, or the number of rows where the expression is not null. */
  count(expression?: AnyExpression): Expression<number> {
    const args = expression === undefined ? [] : [of(expression)];
    return new Expression(call("count", args, integerType));
  },
  /** Null when there is no row. */
  sum<T extends Arithmetic>(expression: Expression<T, string, string>): Expression<T | null> {
    return new Expression(call("sum", [of(expression)], of(expression).type));
  },
  avg<T extends Arithmetic>(
    expression: Expression<T, string, string>,
  ): Expression<(T extends string ? string : number) | null> {
    return new Expression(call("avg", [of(expression)], averageType(of(expression).type)));
  },
  min<T>(expression: Expression<T, string, string>): Expression<T | null> {
    return new Expression(call("min", [of(expression)], of(expression).type));
  },
  max<T>(expression: Expression<T, string, string>): Expression<T | null> {
    return new Expression(call("max", [of(expression)], of(expression).type));
  },
  /** The first value that is not null. Null only where the last fallback is. */
  coalesce: coalesce as Coalesce,
  /** Null where both are equal. */
  nullif<T, O extends string>(
    expression: Expression<T, O, string>,
    value: NoInfer<NonNullable<T>> | Expression<T | null, string, string>,
  ): Expression<T | null, O> {
    const node = of(expression);
    return new Expression(call("nullif", [node, withType(value, node.type, "nullif()")], node.type));
  },
  lower<T extends string | null, O extends string>(expression: Expression<T, O, string>): Expression<TextOf<T>, O> {
    return new Expression(call("lower", [of(expression)], textType));
  },
  upper<T extends string | null, O extends string>(expression: Expression<T, O, string>): Expression<TextOf<T>, O> {
    return new Expression(call("upper", [of(expression)], textType));
  },
  /** Number of characters. */
  length<T extends string | null, O extends string>(
    expression: Expression<T, O, string>,
  ): Expression<number | (T & null), O> {
    return new Expression(call("length", [of(expression)], integerType));
  },
  /** Number of characters, by the standard's name. */
  charLength<T extends string | null, O extends string>(
    expression: Expression<T, O, string>,
  ): Expression<number | (T & null), O> {
    return new Expression(call("char_length", [of(expression)], integerType));
  },
  trim<T extends string | null, O extends string>(expression: Expression<T, O, string>): Expression<TextOf<T>, O> {
    return new Expression(call("trim", [of(expression)], textType));
  },
  /** Part of a text; the first character is number 1. */
  substr<T extends string | null, O extends string>(
    expression: Expression<T, O, string>,
    start: number,
    length?: number,
  ): Expression<TextOf<T>, O> {
    const bounds = [start, ...(length === undefined ? [] : [length])];
    const args = bounds.map((each) => operand(each, integerType, "substr()"));
    return new Expression(call("substr", [of(expression), ...args], textType));
  },
  replace<T extends string | null, O extends string>(
    expression: Expression<T, O, string>,
    from: string,
    to: string,
  ): Expression<TextOf<T>, O> {
    const args = [from, to].map((each) => operand(each, textType, "replace()"));
    return new Expression(call("replace", [of(expression), ...args], textType));
  },
  /** Joins texts; other values are turned into text by the database. */
  concat(...parts: readonly (string | AnyExpression)[]): Expression<string> {
    return new Expression(
      call(
        "concat",
        parts.map((each) => operand(each, textType, "concat()")),
        textType,
      ),
    );
  },
  abs<T extends Arithmetic, O extends string>(expression: Expression<T, O, string>): Expression<T, O> {
    return new Expression(call("abs", [of(expression)], of(expression).type));
  },
  round<T extends Arithmetic, O extends string>(
    expression: Expression<T, O, string>,
    digits?: number,
  ): Expression<T, O> {
    const args = digits === undefined ? [] : [operand(digits, integerType, "round()")];
    return new Expression(call("round", [of(expression), ...args], of(expression).type));
  },
  /** The remainder of a division, as a function. */
  mod<T extends Arithmetic, O extends string>(
    expression: Expression<T, O, string>,
    divisor: number | Expression<Arithmetic, string, string>,
  ): Expression<T, O> {
    const node = of(expression);
    return new Expression(call("mod", [node, withType(divisor, node.type, "mod()")], node.type));
  },
  /** The greatest of its arguments. Databases differ in what they make of null. */
  greatest: extreme("greatest"),
  /** The least of its arguments. Databases differ in what they make of null. */
  least: extreme("least"),
  /** The texts of all rows as one, with a separator between them. */
  aggregateStrings(
    expression: Expression<string | null, string, string>,
    separator: string,
  ): Expression<string | null> {
    const node = operand(separator, textType, "aggregateStrings()");
    return new Expression(call("aggregate_strings", [of(expression), node], textType));
  },
  /** The value at a fraction of the order, between two rows where need be: `.withinGroup(Order.total)`. */
  percentileCont(fraction: number | Expression<number, string, string>): Expression<number | null> {
    return new Expression(call("percentile_cont", [operand(fraction, doubleType, "percentileCont()")], doubleType));
  },
  /** The first value whose place in the order is beyond a fraction: `.withinGroup(Order.total)`. */
  percentileDisc(fraction: number | Expression<number, string, string>): Expression<number | null> {
    return new Expression(call("percentile_disc", [operand(fraction, doubleType, "percentileDisc()")], doubleType));
  },
  /** The time at which the transaction or the statement began. */
  now(): Expression<Date> {
    return new Expression(call("now", [], timestampType));
  },
  currentDate(): Expression<string> {
    return new Expression(call("current_date", [], dateType));
  },
  currentTime(): Expression<string> {
    return new Expression(call("current_time", [], timeType));
  },
  currentTimestamp(): Expression<Date> {
    return new Expression(call("current_timestamp", [], timestampType));
  },
  /** A random number of at least 0 and less than 1. */
  random(): Expression<number> {
    return new Expression(call("random", [], doubleType));
  },
  /** Window functions; `over()` says over which rows. */
  rowNumber(): Expression<number> {
    return new Expression(call("row_number", [], integerType));
  },
  rank(): Expression<number> {
    return new Expression(call("rank", [], integerType));
  },
  denseRank(): Expression<number> {
    return new Expression(call("dense_rank", [], integerType));
  },
  percentRank(): Expression<number> {
    return new Expression(call("percent_rank", [], doubleType));
  },
  cumeDist(): Expression<number> {
    return new Expression(call("cume_dist", [], doubleType));
  },
  /** The number of the bucket, when the rows are divided into so many. */
  ntile(buckets: number): Expression<number> {
    return new Expression(call("ntile", [operand(buckets, integerType, "ntile()")], integerType));
  },
  /** The value so many rows before, 1 by default; null, or the fallback, where there is none. */
  lag: neighbour("lag"),
  /** The value so many rows behind, 1 by default; null, or the fallback, where there is none. */
  lead: neighbour("lead"),
  firstValue<T>(expression: Expression<T, string, string>): Expression<T> {
    return new Expression(call("first_value", [of(expression)], of(expression).type));
  },
  lastValue<T>(expression: Expression<T, string, string>): Expression<T> {
    return new Expression(call("last_value", [of(expression)], of(expression).type));
  },
  nthValue<T>(expression: Expression<T, string, string>, position: number): Expression<T | null> {
    const node = operand(position, integerType, "nthValue()");
    return new Expression(call("nth_value", [of(expression), node], of(expression).type));
  },
  /** For `groupBy()`: the groups, their subtotals and the total. */
  rollup(...expressions: readonly AnyExpression[]): Expression<unknown> {
    return new Expression(call("ROLLUP", expressions.map(of), nullType));
  },
  /** For `groupBy()`: subtotals of every combination. */
  cube(...expressions: readonly AnyExpression[]): Expression<unknown> {
    return new Expression(call("CUBE", expressions.map(of), nullType));
  },
  /** For `groupBy()`: the groupings that are named, each an expression or a tuple. */
  groupingSets(...expressions: readonly AnyExpression[]): Expression<unknown> {
    return new Expression(call("GROUPING SETS", expressions.map(of), nullType));
  },
  /**
   * Any function of the database. A schema stands in front of the name, with a dot; parts that are no plain names are
   * quoted. Plain arguments are bound.
   *
   * @throws ArgumentError when the name is empty.
   */
  call<T>(name: string, type: Column<T, Given>, ...args: readonly unknown[]): Expression<T> {
    if (name === "") throw new ArgumentError('func.call() takes the name of a function, such as "date_trunc".');
    const nodes = args.map((each) => operand(each, nullType, `func.call("${name}")`));
    return new Expression(call(name, nodes, typeOfColumn(type)));
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
    return new Expression(call(name, [node, ...args], node.type));
  }) as Neighbour;
}

type Extreme = <T, O extends string = never>(
  first: T | Expression<T, O, string>,
  ...rest: readonly (NoInfer<NonNullable<T>> | Expression<T | null, string, string>)[]
) => Expression<T, O>;
function extreme(name: string): Extreme {
  return (first, ...rest) => {
    const node = operand(first, nullType, `${name}()`);
    const others = rest.map((each) => operand(each, node.type, `${name}()`));
    return new Expression(call(name, [node, ...others], node.type));
  };
}

interface Coalesce {
  <T, U extends T | null = never, P extends string = never>(
    expression: Expression<T, string, string>,
    fallback: NoInfer<NonNullable<T>> | Expression<U, P, string>,
  ): Expression<NonNullable<T> | U, P>;
  <T, U extends T | null = never, P extends string = never>(
    expression: Expression<T, string, string>,
    second: Expression<T | null, string, string>,
    fallback: NoInfer<NonNullable<T>> | Expression<U, P, string>,
  ): Expression<NonNullable<T> | U, P>;
}
function coalesce(first: AnyExpression, ...rest: readonly unknown[]): AnyExpression {
  const node = expressionOf(first, "coalesce()");
  const args = [node, ...rest.map((each) => operand(each, node.type, "coalesce()"))];
  return new Expression(call("coalesce", args, node.type));
}
