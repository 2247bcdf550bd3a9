import { FROM, JOINS, NODE } from "../../util/symbols.ts";
import { condition, fromOf } from "../coercions/operands.ts";
import type { FromNode, JoinNode, JoinType } from "../nodes/froms.ts";
import type { Condition } from "./types.ts";

/** What joins take: tables, models, aliases, subqueries, other joins. `O` are the names that they bring. */
export interface Joinable<out O extends string> {
  readonly [FROM]: O;
}

/** Two tables joined, as one element for `selectFrom()` or for another join. */
export class Join<out O extends string> {
  declare readonly [FROM]: O;
  declare readonly [JOINS]: O;
  readonly [NODE]: JoinNode;

  constructor(left: FromNode, right: unknown, on: unknown, type: JoinType) {
    const given = on === undefined ? null : condition(on, "the ON clause");
    this[NODE] = { kind: "join", left, right: fromOf(right, "join()"), on: given, type };
  }
  join<P extends string>(target: Joinable<P>, on?: Condition): Join<O | P> {
    return new Join(this[NODE], target, on, "inner");
  }
  outerJoin<P extends string>(target: Joinable<P>, on?: Condition): Join<O | P> {
    return new Join(this[NODE], target, on, "left");
  }
  fullJoin<P extends string>(target: Joinable<P>, on?: Condition): Join<O | P> {
    return new Join(this[NODE], target, on, "full");
  }
  crossJoin<P extends string>(target: Joinable<P>): Join<O | P> {
    return new Join(this[NODE], target, undefined, "cross");
  }
}

/**
 * Joins two tables outside of a statement, for `selectFrom()`: a join may stand on the right of another one then.
 * Without a condition, the foreign keys between the two tell.
 */
export function join<O extends string, P extends string>(
  left: Joinable<O>,
  right: Joinable<P>,
  on?: Condition,
): Join<O | P> {
  return new Join(fromOf(left, "join()"), right, on, "inner");
}
/** `LEFT OUTER JOIN`; see {@link join}. */
export function outerJoin<O extends string, P extends string>(
  left: Joinable<O>,
  right: Joinable<P>,
  on?: Condition,
): Join<O | P> {
  return new Join(fromOf(left, "outerJoin()"), right, on, "left");
}
/** `FULL OUTER JOIN`; see {@link join}. */
export function fullJoin<O extends string, P extends string>(
  left: Joinable<O>,
  right: Joinable<P>,
  on?: Condition,
): Join<O | P> {
  return new Join(fromOf(left, "fullJoin()"), right, on, "full");
}
/** `CROSS JOIN`: every row with every row. */
export function crossJoin<O extends string, P extends string>(left: Joinable<O>, right: Joinable<P>): Join<O | P> {
  return new Join(fromOf(left, "crossJoin()"), right, undefined, "cross");
}
