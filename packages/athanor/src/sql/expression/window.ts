import { ArgumentError } from "../../errors/errors.ts";
import { integerType } from "../coercions/literal-types.ts";
import { bind, condition, expressionOf, ordering } from "../coercions/operands.ts";
import type { ExpressionNode, FrameBoundNode, WindowFrameNode } from "../nodes/expressions.ts";

/** A frame from one row to another: negative numbers precede, positive ones follow, 0 is the current row, null has no bound. */
export type Frame = readonly [start: number | null, end: number | null];

export interface WindowOptions {
  readonly partitionBy?: unknown;
  readonly orderBy?: unknown;
  readonly rows?: Frame;
  readonly range?: Frame;
  readonly groups?: Frame;
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
    frame: unit === undefined || frame === undefined ? null : frameNode(unit, frame),
    type: expression.type,
  };
}

export function filterNode(expression: ExpressionNode, conditions: readonly unknown[]): ExpressionNode {
  const where = conditions.map((each) => condition(each, "filter()"));
  return { kind: "filter", expression, where, type: expression.type };
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

const units = { rows: "ROWS", range: "RANGE", groups: "GROUPS" } as const;

function frameNode(unit: keyof typeof units, [start, end]: Frame): WindowFrameNode {
  return {
    kind: "windowFrame",
    unit: units[unit],
    start: frameBound(start, "preceding"),
    end: frameBound(end, "following"),
    exclude: null,
  };
}

function frameBound(offset: number | null, open: "preceding" | "following"): FrameBoundNode {
  if (offset === null) return { kind: "frameBound", direction: open, offset: null };
  if (!Number.isInteger(offset)) throw new ArgumentError(`A window frame counts whole rows, not ${offset}.`);
  if (offset === 0) return { kind: "frameBound", direction: "current", offset: null };
  return {
    kind: "frameBound",
    direction: offset < 0 ? "preceding" : "following",
    offset: bind(Math.abs(offset), integerType),
  };
}
