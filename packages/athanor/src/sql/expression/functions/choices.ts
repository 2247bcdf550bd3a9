import { nullType } from "../../coercions/literal-types.ts";
import { expressionOf, operand } from "../../coercions/operands.ts";
import type { AnyExpression, Expression } from "../expression.ts";
import { called, of } from "./call.ts";

/** Functions that answer one of their arguments. */
export const choices = {
  /** The first value that is not null. Null only where the last fallback is. */
  coalesce: coalesce as Coalesce,
  /** Null where both are equal. */
  nullif<T, O extends string>(
    expression: Expression<T, O, string>,
    value: NoInfer<NonNullable<T>> | Expression<T | null, string, string>,
  ): Expression<T | null, O> {
    const node = of(expression);
    return called("nullif", [node, operand(value, node.type, "nullif()")], node.type);
  },
  /** The greatest of its arguments. Databases differ in what they make of null. */
  greatest: extreme("greatest"),
  /** The least of its arguments. Databases differ in what they make of null. */
  least: extreme("least"),
};

type Extreme = <T, O extends string = never>(
  first: T | Expression<T, O, string>,
  ...rest: readonly (NoInfer<NonNullable<T>> | Expression<T | null, string, string>)[]
) => Expression<T, O>;
function extreme(name: string): Extreme {
  return (first, ...rest) => {
    const node = operand(first, nullType, `${name}()`);
    const others = rest.map((each) => operand(each, node.type, `${name}()`));
    return called(name, [node, ...others], node.type);
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
  <T, U extends T | null = never, P extends string = never>(
    expression: Expression<T, string, string>,
    second: Expression<T | null, string, string>,
    third: Expression<T | null, string, string>,
    fallback: NoInfer<NonNullable<T>> | Expression<U, P, string>,
  ): Expression<NonNullable<T> | U, P>;
}
function coalesce(first: AnyExpression, ...rest: readonly unknown[]): AnyExpression {
  const node = expressionOf(first, "coalesce()");
  return called("coalesce", [node, ...rest.map((each) => operand(each, node.type, "coalesce()"))], node.type);
}
