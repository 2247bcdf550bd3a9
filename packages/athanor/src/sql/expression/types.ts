import type { KIND, ROW } from "../../util/symbols.ts";
import type { Expression } from "./expression.ts";

/** A SELECT of one column, as IN takes it. */
export interface SingleColumn<T> {
  readonly [ROW]: readonly [T];
}
/** A SELECT of as many columns as a tuple has values, as IN takes it next to a tuple. */
export interface RowsLike<T> {
  readonly [ROW]: T & readonly unknown[];
}
/** Text in the place of a condition. */
export interface TextCondition {
  readonly [KIND]: "text";
}
/** What WHERE, HAVING and ON take. `undefined`, `false` and plain booleans are no conditions. */
export type Condition = Expression<boolean | null, string, string> | TextCondition;
