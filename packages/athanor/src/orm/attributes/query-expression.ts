import type { ExpressionThunk } from "./attribute-expression.ts";
import { ComputedAttribute } from "./computed-attribute.ts";

/**
 * An attribute that queries fill, each with an expression of its own: `withExpression(User.distance, …)`. Where no query has,
 * it is what the default gives, or null. An object keeps what it was loaded with until it is overwritten
 * (`populateExisting`) or expires.
 *
 * @example distance: queryExpression<number>()
 */
export function queryExpression<T>(): ComputedAttribute<T | null>;
export function queryExpression<T>(defaultExpression: ExpressionThunk<T>): ComputedAttribute<T>;
export function queryExpression<T>(defaultExpression: ExpressionThunk<T> | null = null): ComputedAttribute<T | null> {
  return new ComputedAttribute<T | null>(defaultExpression, {
    deferred: null,
    expireOnFlush: false,
    isQueried: true,
  });
}
