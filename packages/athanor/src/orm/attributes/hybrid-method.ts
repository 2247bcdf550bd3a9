import { InvalidRequestError } from "../../errors/errors.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import { type AttributeKind, type AttributeSite, DerivedAttribute } from "../mapping/derived-attribute.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { moved } from "../mapping/moved.ts";
import { expressionOf } from "./attribute-expression.ts";
import { objectEvaluator } from "./hybrid.ts";

/** A method of classes and aliases that gives an expression. */
export interface MethodKind<A extends readonly unknown[], T> extends AttributeKind {
  readonly type: (...args: A) => Expression<T, this["from"]>;
}
type ExpressionMethod<A extends readonly unknown[], T> = (this: never, ...args: A) => Expression<T, string, string>;

export interface HybridMethodOptions<A extends readonly unknown[], T> {
  /** What it gives in SQL, on classes and aliases. */
  readonly expression: ExpressionMethod<A, T>;
  /** What it gives on an object. By default the expression is worked out with the values of the object. */
  readonly call: (self: never, ...args: A) => T;
}

/** A method that is one thing in SQL and on objects. */
export class HybridMethod<A extends readonly unknown[], out T> extends DerivedAttribute<
  (...args: A) => T,
  MethodKind<A, T>,
  "never",
  never
> {
  readonly #expression: (...args: readonly unknown[]) => Expression<unknown, string, string>;
  readonly #call: ((self: never, ...args: readonly unknown[]) => unknown) | null;

  constructor(expression: ExpressionMethod<A, T>, call: HybridMethodOptions<A, T>["call"] | null) {
    super();
    this.#expression = expression as (...args: readonly unknown[]) => Expression<unknown, string, string>;
    this.#call = call as ((self: never, ...args: readonly unknown[]) => unknown) | null;
  }

  #node(key: string, mapper: Mapper, args: readonly unknown[]): ExpressionNode {
    const thunk = () => Reflect.apply(this.#expression, mapper.class, args) as Expression<unknown, string, string>;
    return expressionOf(thunk, mapper, () => `${mapper.className}.${key}()`);
  }

  attribute({ key, mapper, from }: AttributeSite): object {
    return (...args: readonly unknown[]) => {
      const own = mapper();
      return new Expression(moved(this.#node(key, own, args), own.from, from()));
    };
  }

  accessor(key: string, mapper: Mapper): PropertyDescriptor {
    const name = `${mapper.className}.${key}()`;
    const [call, node] = [this.#call, (args: readonly unknown[]) => this.#node(key, mapper, args)];
    return {
      configurable: true,
      enumerable: false,
      get(this: object) {
        return (...args: readonly unknown[]): unknown =>
          call === null ? objectEvaluator(node(args), mapper, name)(this) : call(this as never, ...args);
      },
      set(): void {
        throw new InvalidRequestError(`${name} is a method and cannot be assigned.`);
      },
    };
  }
}

/**
 * A method with the same two sides as {@link hybrid}: on classes and aliases it gives an expression, on objects the value
 * that the expression has for the object. Where that cannot be worked out, `call` says it.
 *
 * @example get isOver() { return hybridMethod((limit: number) => Invoice.amount.gt(limit)); }
 */
export function hybridMethod<A extends readonly unknown[], T>(
  expression: (this: never, ...args: A) => Expression<T, string, string>,
): HybridMethod<A, T>;
export function hybridMethod<A extends readonly unknown[], T>(options: HybridMethodOptions<A, T>): HybridMethod<A, T>;
export function hybridMethod<A extends readonly unknown[], T>(
  given: ExpressionMethod<A, T> | HybridMethodOptions<A, T>,
): HybridMethod<A, T> {
  if (typeof given === "function") return new HybridMethod(given, null);
  return new HybridMethod(given.expression, given.call);
}
