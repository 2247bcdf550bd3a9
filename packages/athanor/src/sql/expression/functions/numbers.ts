import { doubleType, integerType } from "../../coercions/literal-types.ts";
import { operand } from "../../coercions/operands.ts";
import type { Expression } from "../expression.ts";
import { type Arithmetic, called, of } from "./call.ts";

type Number<T, O extends string> = Expression<T, O, string>;

/** Functions of numbers. */
export const numberFunctions = {
  abs<T extends Arithmetic, O extends string>(expression: Number<T, O>): Expression<T, O> {
    return called("abs", [of(expression)], of(expression).type);
  },
  round<T extends Arithmetic, O extends string>(expression: Number<T, O>, digits?: number): Expression<T, O> {
    const args = digits === undefined ? [] : [operand(digits, integerType, "round()")];
    return called("round", [of(expression), ...args], of(expression).type);
  },
  /** The next whole number upwards. */
  ceil<T extends Arithmetic, O extends string>(expression: Number<T, O>): Expression<T, O> {
    return called("ceil", [of(expression)], of(expression).type);
  },
  /** The next whole number downwards. */
  floor<T extends Arithmetic, O extends string>(expression: Number<T, O>): Expression<T, O> {
    return called("floor", [of(expression)], of(expression).type);
  },
  /** -1, 0 or 1. */
  sign<T extends Arithmetic, O extends string>(expression: Number<T, O>): Expression<number | (T & null), O> {
    return called("sign", [of(expression)], doubleType);
  },
  sqrt<T extends Arithmetic, O extends string>(expression: Number<T, O>): Expression<number | (T & null), O> {
    return called("sqrt", [of(expression)], doubleType);
  },
  /** e to the power of the value. */
  exp<T extends Arithmetic, O extends string>(expression: Number<T, O>): Expression<number | (T & null), O> {
    return called("exp", [of(expression)], doubleType);
  },
  /** The natural logarithm. */
  ln<T extends Arithmetic, O extends string>(expression: Number<T, O>): Expression<number | (T & null), O> {
    return called("ln", [of(expression)], doubleType);
  },
  /** The value to the power of another. */
  pow<T extends Arithmetic, O extends string>(
    expression: Number<T, O>,
    exponent: number | Expression<Arithmetic, string, string>,
  ): Expression<T, O> {
    const node = of(expression);
    return called("pow", [node, operand(exponent, node.type, "pow()")], node.type);
  },
  /** The remainder of a division, as a function. */
  mod<T extends Arithmetic, O extends string>(
    expression: Number<T, O>,
    divisor: number | Expression<Arithmetic, string, string>,
  ): Expression<T, O> {
    const node = of(expression);
    return called("mod", [node, operand(divisor, node.type, "mod()")], node.type);
  },
  /** A random number of at least 0 and less than 1. */
  random(): Expression<number> {
    return called("random", [], doubleType);
  },
};
