import { KIND, NODE } from "../../util/symbols.ts";
import { ordering } from "../coercions/operands.ts";
import type { OrderingNode } from "../nodes/expressions.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import type { AnyExpression } from "./expression.ts";

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

/** Ascending order; a string names a label or a column of the statement. */
export function asc(expression: AnyExpression | string): Ordering {
  return ordered(expression, operators.asc);
}
/** Descending order; a string names a label or a column of the statement. */
export function desc(expression: AnyExpression | string): Ordering {
  return ordered(expression, operators.desc);
}
/** NULL comes first. */
export function nullsFirst(expression: AnyExpression | Ordering | string): Ordering {
  return ordered(expression, operators.nullsFirst);
}
/** NULL comes last. */
export function nullsLast(expression: AnyExpression | Ordering | string): Ordering {
  return ordered(expression, operators.nullsLast);
}

function ordered(expression: unknown, operator: Operator): Ordering {
  return new Ordering({ kind: "ordering", operator, operand: ordering(expression, `${operator.name}()`) });
}
