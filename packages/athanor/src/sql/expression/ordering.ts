import type { AnyExpression } from "./expression.ts";
import { KIND, NODE } from "../../util/symbols.ts";
import type { OrderingNode } from "../nodes/expressions.ts";
import { operators } from "../nodes/operators.ts";

/** A direction of sorting, as ORDER BY takes it. */
export class Ordering {
  declare readonly [KIND]: "ordering";
  readonly [NODE]: OrderingNode;

  constructor(node: OrderingNode) {
    this[NODE] = node;
  }
  /** NULL comes first. */
  nullsFirst(): Ordering {
    return new Ordering({ kind: "ordering", operator: operators.nullsFirst, operand: this[NODE] });
  }
  /** NULL comes last. */
  nullsLast(): Ordering {
    return new Ordering({ kind: "ordering", operator: operators.nullsLast, operand: this[NODE] });
  }
}

/** Ascending, which is what an ordering without a direction is. */
export function asc(expression: AnyExpression): Ordering {
  return expression.asc();
}
/** Descending. */
export function desc(expression: AnyExpression): Ordering {
  return expression.desc();
}
