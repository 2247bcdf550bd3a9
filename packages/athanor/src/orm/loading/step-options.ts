import { ArgumentError } from "../../errors/errors.ts";
import { limitOf, ordering } from "../../sql/coercions/operands.ts";
import type { AnyExpression } from "../../sql/expression/expression.ts";
import type { Ordering } from "../../sql/expression/ordering.ts";
import type { CollectionRange, StepDetails } from "./load-option.ts";

/** Which part of each parent's collection is loaded, and in which order. */
export interface RangeOptions {
  /** The order of the members, in place of that of the relationship: columns of the target, and expressions of them. */
  readonly orderBy?: AnyExpression | Ordering | readonly (AnyExpression | Ordering)[];
  /**
   * At most so many members of each collection; without an order, those with the lowest keys. The collection is a part of
   * what there is: adding to it and removing from it writes just that, and what is deleted with its parent is looked up.
   */
  readonly limit?: number;
  /** Skips so many members of each collection. */
  readonly offset?: number;
}
export interface SelectinOptions extends RangeOptions {
  /** Of a class that refers to itself: how many levels to load below the first; -1 for all there are. */
  readonly recursionDepth?: number;
  /** How many keys one statement looks for. Default: as many as the database likes. */
  readonly chunkSize?: number;
}
export interface JoinedOptions {
  /**
   * Join with JOIN in place of LEFT OUTER JOIN: the other side is always there. Behind an outer join it stands inside that
   * join's right side; `"unnested"` makes it an outer join there. Default false.
   */
  readonly innerJoin?: boolean | "unnested";
}
export interface RaiseOptions {
  /** Refuse only what would take a statement; what the session has already is given. */
  readonly sqlOnly?: boolean;
}
export type StepOptions = SelectinOptions & JoinedOptions;

/** Loaders that look for members parent by parent, or can tell them apart. */
const takesRange: ReadonlySet<string> = new Set(["selectinload", "immediateload", "lazyload"]);

/** What the options of a loader function say of its step. */
export function stepDetails(name: string, options: StepOptions): StepDetails {
  const { innerJoin = false, recursionDepth = null, chunkSize = null } = options;
  const range = rangeOf(options, name);
  if (range !== null && !takesRange.has(name)) {
    throw new ArgumentError(
      `${name}() loads all of a collection, in the order of the relationship: orderBy, limit and offset are options of selectinload().`,
    );
  }
  return { innerJoin, recursionDepth, chunkSize, range };
}

function rangeOf({ orderBy, limit, offset }: RangeOptions, name: string): CollectionRange | null {
  if (orderBy === undefined && limit === undefined && offset === undefined) return null;
  const order = orderBy === undefined ? [] : [orderBy].flat();
  return {
    orderBy: order.map((each) => ordering(each, `orderBy of ${name}()`)),
    limit: limitOf(limit ?? null, `limit of ${name}()`),
    offset: limitOf(offset ?? null, `offset of ${name}()`),
  };
}
