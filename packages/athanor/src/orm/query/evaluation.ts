import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { InstantTextType } from "../../sqltypes/instant-text.ts";
import type { Affinity, SqlType } from "../../sqltypes/sql-type.ts";
import type { ParameterValues } from "../loading/load-context.ts";
import type { Mapper } from "../mapping/mapper.ts";

/** Stands for what cannot be told, because an attribute is not loaded. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** The value that an expression has for an object: null is SQL's NULL. */
export type Evaluator = (object: object) => unknown;

/** What an expression speaks of. */
export interface EvaluationScope {
  readonly mapper: Mapper;
  readonly from: FromNode;
  readonly parameters: ParameterValues;
  /** Only the database can tell whether two texts are equal. */
  readonly textByCollation: boolean;
  /**
   * Take what SQL means where databases differ in what users see little of: the order of texts, letters beyond ASCII,
   * exact decimals. Default false: only what every database answers alike.
   */
  readonly lenient?: boolean;
  /** Reads an attribute. By default what is not loaded is unknown. */
  readonly read?: (object: object, key: string) => unknown;
}

/** An expression means something that only the database can tell. */
export class CannotEvaluate extends Error {}

/** NULL and what is not known pass through. */
export function overValues(left: Evaluator, right: Evaluator, work: (a: unknown, b: unknown) => unknown): Evaluator {
  return (object) => {
    const a = left(object);
    const b = right(object);
    if (a === null || b === null) return null;
    return a === UNKNOWN || b === UNKNOWN ? UNKNOWN : work(a, b);
  };
}

// ── comparing values ─────────────────────────────────────────────────────────
const ordered: ReadonlySet<Affinity> = new Set(["integer", "float", "date", "timestamp", "boolean"]);
const equated: ReadonlySet<Affinity> = new Set([...ordered, "text", "uuid", "enum", "binary"]);
/** Texts by their code units, decimals by their numbers. */
const leniently: ReadonlySet<Affinity> = new Set([...equated, "numeric", "time"]);

/**
 * Text is ordered by the database's collation, and decimals are written in more than one way. That equal texts are the same
 * text is taken for granted, as the unit of work does, unless the database says otherwise.
 */
export function assertComparable(
  left: ExpressionNode,
  right: ExpressionNode,
  forEquality: boolean,
  scope: EvaluationScope,
): void {
  const known = scope.lenient === true ? leniently : forEquality ? equated : ordered;
  for (const { type } of [left, right]) {
    if (type.affinity !== "null" && !(known.has(type.affinity) && (scope.lenient === true || isPlain(type)))) {
      throw new CannotEvaluate(`the type ${type.kind}`);
    }
  }
  if (isText(left) !== isText(right)) throw new CannotEvaluate("values of different types");
  assertEquatable(left, right, scope);
}

/** NULL is NULL in every collation. */
export function assertEquatable(
  left: ExpressionNode,
  right: ExpressionNode,
  { textByCollation }: EvaluationScope,
): void {
  const isNull = (node: ExpressionNode) => node.kind === "constant";
  if (!textByCollation || isNull(left) || isNull(right)) return;
  if (isText(left) || isText(right)) throw new CannotEvaluate("text, which a collation compares");
}

/** A decorator may store another thing than it shows, and an instant has many texts. */
function isPlain(type: SqlType): boolean {
  return (type.stored === type || type.stored.kind === type.kind) && !(type instanceof InstantTextType);
}

function isText({ type }: ExpressionNode): boolean {
  return type.affinity === "text";
}
