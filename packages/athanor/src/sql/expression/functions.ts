import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { NODE } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { averageType, doubleType, integerType, nullType, textType, timestampType } from "../coercions/literal-types.ts";
import { expressionOf, operand } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { type AnyExpression, Expression } from "./expression.ts";

type Arithmetic = number | bigint | string | null;
type TextOf<T> = string | (T & null);

function call(name: string, args: readonly ExpressionNode[], type: SqlType): ExpressionNode {
  return { kind: "function", name, arguments: args, type, distinct: false, orderBy: [] };
}

function of(expression: AnyExpression): ExpressionNode {
  return expression[NODE];
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
  /** The time at which the transaction or the statement began. */
  now(): Expression<Date> {
    return new Expression(call("now", [], timestampType));
  },
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
  lag<T>(expression: Expression<T, string, string>, offset = 1): Expression<T | null> {
    return new Expression(call("lag", [of(expression), operand(offset, integerType, "lag()")], of(expression).type));
  },
  lead<T>(expression: Expression<T, string, string>, offset = 1): Expression<T | null> {
    return new Expression(call("lead", [of(expression), operand(offset, integerType, "lead()")], of(expression).type));
  },
  firstValue<T>(expression: Expression<T, string, string>): Expression<T> {
    return new Expression(call("first_value", [of(expression)], of(expression).type));
  },
  lastValue<T>(expression: Expression<T, string, string>): Expression<T> {
    return new Expression(call("last_value", [of(expression)], of(expression).type));
  },
  /**
   * Any function of the database. The name goes into the statement as it is and must be a name, with a schema in front
   * where it has one; plain arguments are bound.
   *
   * @throws ArgumentError when the name is no identifier.
   */
  call<T>(name: string, type: Column<T, Given>, ...args: readonly unknown[]): Expression<T> {
    if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)*$/.test(name)) {
      throw new ArgumentError(
        `func.call() takes the name of a function, such as "date_trunc", not ${JSON.stringify(name)}.`,
      );
    }
    const nodes = args.map((each) => operand(each, nullType, `func.call("${name}")`));
    return new Expression(call(name, nodes, typeOfColumn(type)));
  },
};

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
