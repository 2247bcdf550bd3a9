import { ArgumentError } from "../../errors/errors.ts";
import { integerType } from "../coercions/literal-types.ts";
import { bind, condition, expressionOf, ordering } from "../coercions/operands.ts";
import type { ExpressionNode, FrameBoundNode, WindowFrameNode } from "../nodes/expressions.ts";
import type { AnyExpression } from "./expression.ts";

/**
 * A frame from one row to another: negative numbers precede, positive ones follow, 0 is the current row, null has no
 * bound.
 */
export type Frame = readonly [start: number | FrameBound | null, end: number | FrameBound | null];

export interface WindowOptions {
  readonly partitionBy?: unknown;
  readonly orderBy?: unknown;
  readonly rows?: Frame;
  readonly range?: Frame;
  readonly groups?: Frame;
  /** Rows of the frame that are left out. */
  readonly exclude?: "current row" | "group" | "ties" | "no others";
}

/** An end of a frame that is no number of rows: `preceding(literal(…))`. */
export class FrameBound {
  readonly node: FrameBoundNode;

  constructor(direction: "preceding" | "following", offset: unknown) {
    const node = expressionOf(offset, `${direction}()`);
    this.node = { kind: "frameBound", direction, offset: node };
  }
}

/** A frame's end so far before the current row, such as an interval: `range: [preceding(oneDay), 0]`. */
export function preceding(offset: AnyExpression): FrameBound {
  return new FrameBound("preceding", offset);
}
/** A frame's end so far behind the current row. */
export function following(offset: AnyExpression): FrameBound {
  return new FrameBound("following", offset);
}

/** `expression OVER (…)` as a node. At most one of `rows`, `range` and `groups` may be given. */
export function overNode(expression: ExpressionNode, options: WindowOptions): ExpressionNode {
  const frames = (["rows", "range", "groups"] as const).filter((unit) => options[unit] !== undefined);
  const [unit] = frames;
  if (frames.length > 1) throw new ArgumentError(`over() takes one frame, not ${frames.join(" and ")}.`);
  const frame = unit === undefined ? undefined : options[unit];
  return {
    kind: "over",
    expression,
    partitionBy: asList(options.partitionBy).map((each) => expressionOf(each, "partitionBy")),
    orderBy: asList(options.orderBy).map((each) => ordering(each, "orderBy")),
    frame: unit === undefined || frame === undefined ? null : frameNode(unit, frame, options.exclude),
    type: expression.type,
  };
}

/** `WITHIN GROUP (ORDER BY …)`. */
export function withinGroupNode(expression: ExpressionNode, given: readonly unknown[]): ExpressionNode {
  const orderBy = given.map((each) => ordering(each, "withinGroup()"));
  return { kind: "withinGroup", expression, orderBy, type: expression.type };
}

/** `f(… ORDER BY …)`. */
export function aggregateOrderNode(expression: ExpressionNode, given: readonly unknown[]): ExpressionNode {
  if (expression.kind !== "function") throw new ArgumentError("aggregateOrderBy() is for aggregate functions.");
  const added = given.map((each) => ordering(each, "aggregateOrderBy()"));
  return { ...expression, orderBy: [...expression.orderBy, ...added] };
}

export function filterNode(expression: ExpressionNode, conditions: readonly unknown[]): ExpressionNode {
  const where = conditions.map((each) => condition(each, "filter()"));
  return { kind: "filter", expression, where, type: expression.type };
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

const excluded = {
  "current row": "CURRENT ROW",
  group: "GROUP",
  ties: "TIES",
  "no others": "NO OTHERS",
} as const;
const units = { rows: "ROWS", range: "RANGE", groups: "GROUPS" } as const;

function frameNode(unit: keyof typeof units, [start, end]: Frame, exclude: WindowOptions["exclude"]): WindowFrameNode {
  return {
    kind: "windowFrame",
    unit: units[unit],
    start: frameBound(start, "preceding"),
    end: frameBound(end, "following"),
    exclude: exclude === undefined ? null : excluded[exclude],
  };
}

function frameBound(offset: number | FrameBound | null, open: "preceding" | "following"): FrameBoundNode {
  if (offset instanceof FrameBound) return offset.node;
  if (offset === null) return { kind: "frameBound", direction: open, offset: null };
  if (!Number.isInteger(offset))
    throw new ArgumentError(
      `A window frame counts whole numbers, not ${offset}. Use preceding() and following() for anything else.`,
    );
  if (offset === 0) return { kind: "frameBound", direction: "current", offset: null };
  return {
    kind: "frameBound",
    direction: offset < 0 ? "preceding" : "following",
    offset: bind(Math.abs(offset), integerType),
  };
}
