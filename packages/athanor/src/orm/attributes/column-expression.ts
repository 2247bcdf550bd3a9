import type { ColumnDeferral } from "../../schema/column-definition.ts";
import type { ExpressionThunk } from "./attribute-expression.ts";
import { ComputedAttribute } from "./computed-attribute.ts";

export interface ColumnPropertyOptions {
  /**
   * Leave it out when objects are loaded, and load it when it is read. An object says more: attributes of one `group` are
   * loaded together, and with `raiseload` reading it throws. Default false.
   */
  readonly deferred?: boolean | Partial<ColumnDeferral>;
  /** Forget the value when a flush writes the object, so that it is loaded anew when it is read. Default true. */
  readonly expireOnFlush?: boolean;
}

/**
 * An attribute that is a SQL expression, selected together with the object: a calculation, or a subquery that is correlated
 * with the class. It stands in a getter of the shape. On the class and on aliases it is the expression, to be used in
 * conditions and orderings; on objects it is the value, which is read-only.
 *
 * A new object has none until it has a row; then, and after a flush of the object, reading it loads it, where the session
 * can.
 *
 * @example get orderCount() { return columnProperty(() => select(func.count(Order.id)).where(Order.userId.eq(User.id)).scalarSubquery()); }
 */
export function columnProperty<T>(
  expression: ExpressionThunk<T>,
  { deferred = false, expireOnFlush = true }: ColumnPropertyOptions = {},
): ComputedAttribute<T> {
  return new ComputedAttribute(expression, { deferred: deferralOf(deferred), expireOnFlush, isQueried: false });
}

function deferralOf(deferred: boolean | Partial<ColumnDeferral>): ColumnDeferral | null {
  if (deferred === false) return null;
  const { group = null, raiseload = false } = deferred === true ? {} : deferred;
  return { group, raiseload };
}
