import type { BetweenNode, BinaryNode, BindNode, ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
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
}

/** An expression means something that only the database can tell. */
export class CannotEvaluate extends Error {}

/**
 * Turns an expression over one class into a function of its objects, with SQL's logic of three values. Only what every
 * database answers alike is taken; where collations, rounding or functions come in, the database is to be asked.
 *
 * @throws CannotEvaluate for anything else.
 */
export function evaluator(node: ExpressionNode, scope: EvaluationScope): Evaluator {
  switch (node.kind) {
    case "column":
      return columnValue(node, scope);
    case "bind":
      return constantly(valueOf(node, scope));
    case "constant":
      return constantly(node.value === "null" ? null : node.value === "true");
    case "label":
    case "typeCoerce":
      return evaluator(node.expression, scope);
    case "booleanList": {
      const items = node.items.map((each) => evaluator(each, scope));
      return node.operator === operators.and ? every(items) : some(items);
    }
    case "unary":
      if (node.operator === operators.not) return negation(evaluator(node.operand, scope));
      break;
    case "between":
      return between(node, scope);
    case "binary":
      return binary(node, scope);
  }
  throw new CannotEvaluate(node.kind);
}

/** All conditions as one; without any, true. */
export function conditionEvaluator(nodes: readonly ExpressionNode[], scope: EvaluationScope): Evaluator {
  return every(nodes.map((each) => evaluator(each, scope)));
}

// ── values ───────────────────────────────────────────────────────────────────
function constantly(value: unknown): Evaluator {
  return () => value;
}

function columnValue(node: ColumnNode, { mapper, from }: EvaluationScope): Evaluator {
  const property = node.from === from ? mapper.columns.find((each) => each.isKeptIn(node.column)) : undefined;
  if (property === undefined) throw new CannotEvaluate(`the column ${node.name}`);
  const { key } = property;
  return (object) => (Object.hasOwn(object, key) ? ((Reflect.get(object, key) as unknown) ?? null) : UNKNOWN);
}

function valueOf({ name, value, required }: BindNode, { parameters }: EvaluationScope): unknown {
  if (name !== null && Object.hasOwn(parameters, name)) return parameters[name];
  if (required) throw new CannotEvaluate(`the parameter ${name}`);
  return value;
}

// ── logic of three values ────────────────────────────────────────────────────
function every(items: readonly Evaluator[]): Evaluator {
  return (object) => {
    let answer: unknown = true;
    for (const item of items) {
      const value = item(object);
      if (value === false) return false;
      if (value === null) answer = null;
      else if (value === UNKNOWN && answer !== null) answer = UNKNOWN;
    }
    return answer;
  };
}

function some(items: readonly Evaluator[]): Evaluator {
  return (object) => {
    let answer: unknown = false;
    for (const item of items) {
      const value = item(object);
      if (value === true) return true;
      if (value === UNKNOWN) answer = UNKNOWN;
      else if (value === null && answer !== UNKNOWN) answer = null;
    }
    return answer;
  };
}

function negation(operand: Evaluator): Evaluator {
  return (object) => {
    const value = operand(object);
    return typeof value === "boolean" ? !value : value;
  };
}

// ── operators ────────────────────────────────────────────────────────────────
type Compare = (order: number) => boolean;

const comparisons: ReadonlyMap<object, Compare> = new Map<object, Compare>([
  [operators.eq, (order) => order === 0],
  [operators.ne, (order) => order !== 0],
  [operators.lt, (order) => order < 0],
  [operators.le, (order) => order <= 0],
  [operators.gt, (order) => order > 0],
  [operators.ge, (order) => order >= 0],
]);

function binary(node: BinaryNode, scope: EvaluationScope): Evaluator {
  const { operator, left, right } = node;
  const compare = comparisons.get(operator);
  if (compare !== undefined) {
    assertComparable(left, right, operator === operators.eq || operator === operators.ne, scope);
    return overValues(comparable(left, scope), comparable(right, scope), (a, b) => compare(order(a, b)));
  }
  switch (operator) {
    case operators.is:
    case operators.isNot:
      assertEquatable(left, right, scope);
      return isIdentical(comparable(left, scope), comparable(right, scope), operator === operators.is);
    case operators.in:
    case operators.notIn:
      return membership(node, scope);
    case operators.add:
    case operators.sub:
    case operators.mul:
      return arithmetic(node, scope);
    case operators.concat:
      if (left.type.affinity !== "text" || right.type.affinity !== "text") break;
      return overValues(evaluator(left, scope), evaluator(right, scope), (a, b) => `${String(a)}${String(b)}`);
  }
  throw new CannotEvaluate(`the operator ${operator.symbol}`);
}

/** NULL and what is not known pass through. */
function overValues(left: Evaluator, right: Evaluator, work: (a: unknown, b: unknown) => unknown): Evaluator {
  return (object) => {
    const a = left(object);
    const b = right(object);
    if (a === null || b === null) return null;
    return a === UNKNOWN || b === UNKNOWN ? UNKNOWN : work(a, b);
  };
}

function isIdentical(left: Evaluator, right: Evaluator, positive: boolean): Evaluator {
  return (object) => {
    const a = left(object);
    const b = right(object);
    if (a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
    const same = a === null || b === null ? a === b : order(a, b) === 0;
    return same === positive;
  };
}

function membership({ operator, left, right }: BinaryNode, scope: EvaluationScope): Evaluator {
  const items = listOf(right, scope);
  for (const item of items) assertComparable(left, item, true, scope);
  const sought = comparable(left, scope);
  const members = items.map((item) => comparable(item, scope));
  const contains = some(members.map((member) => overValues(sought, member, (a, b) => order(a, b) === 0)));
  return operator === operators.in ? contains : negation(contains);
}

function listOf(node: ExpressionNode, scope: EvaluationScope): readonly ExpressionNode[] {
  if (node.kind === "expressionList") return node.items;
  if (node.kind !== "bind" || !node.expanding || node.type.affinity === "tuple") throw new CannotEvaluate("IN");
  const values = valueOf(node, scope);
  if (!Array.isArray(values)) throw new CannotEvaluate("IN");
  return (values as readonly unknown[]).map((value) => ({ ...node, name: null, expanding: false, value }));
}

function between({ operator, operand, low, high, symmetric }: BetweenNode, scope: EvaluationScope): Evaluator {
  if (symmetric) throw new CannotEvaluate("BETWEEN SYMMETRIC");
  assertComparable(operand, low, false, scope);
  assertComparable(operand, high, false, scope);
  const value = evaluator(operand, scope);
  const within = every([
    overValues(value, evaluator(low, scope), (a, b) => order(a, b) >= 0),
    overValues(value, evaluator(high, scope), (a, b) => order(a, b) <= 0),
  ]);
  return operator === operators.between ? within : negation(within);
}

function arithmetic({ operator, left, right }: BinaryNode, scope: EvaluationScope): Evaluator {
  const numeric: ReadonlySet<Affinity> = new Set(["integer", "float"]);
  if (!numeric.has(left.type.affinity) || !numeric.has(right.type.affinity)) throw new CannotEvaluate("arithmetic");
  return overValues(evaluator(left, scope), evaluator(right, scope), (a, b) => {
    if (typeof a === "bigint" && typeof b === "bigint") {
      return operator === operators.add ? a + b : operator === operators.sub ? a - b : a * b;
    }
    if (typeof a !== "number" || typeof b !== "number") return UNKNOWN;
    return operator === operators.add ? a + b : operator === operators.sub ? a - b : a * b;
  });
}

// ── comparing values ─────────────────────────────────────────────────────────
const ordered: ReadonlySet<Affinity> = new Set(["integer", "float", "date", "timestamp", "boolean"]);
const equated: ReadonlySet<Affinity> = new Set([...ordered, "text", "uuid", "enum", "binary"]);

/**
 * Text is ordered by the database's collation, and decimals are written in more than one way. That equal texts are the same
 * text is taken for granted, as the unit of work does, unless the database says otherwise.
 */
function assertComparable(
  left: ExpressionNode,
  right: ExpressionNode,
  forEquality: boolean,
  scope: EvaluationScope,
): void {
  const known = forEquality ? equated : ordered;
  for (const { type } of [left, right]) {
    if (type.affinity !== "null" && !(known.has(type.affinity) && isPlain(type))) {
      throw new CannotEvaluate(`the type ${type.kind}`);
    }
  }
  if (isText(left) !== isText(right)) throw new CannotEvaluate("values of different types");
  assertEquatable(left, right, scope);
}

/** NULL is NULL in every collation. */
function assertEquatable(left: ExpressionNode, right: ExpressionNode, { textByCollation }: EvaluationScope): void {
  const isNull = (node: ExpressionNode) => node.kind === "constant";
  if (!textByCollation || isNull(left) || isNull(right)) return;
  if (isText(left) || isText(right)) throw new CannotEvaluate("text, which a collation compares");
}

/** An expression whose values are equal when the database says so: UUIDs are written in several ways. */
function comparable(node: ExpressionNode, scope: EvaluationScope): Evaluator {
  const evaluate = evaluator(node, scope);
  if (node.type.affinity !== "uuid") return evaluate;
  return (object) => {
    const value = evaluate(object);
    return typeof value === "string" ? value.replaceAll("-", "").toLowerCase() : value;
  };
}

/** A decorator may store another thing than it shows, and an instant has many texts. */
function isPlain(type: SqlType): boolean {
  return (type.stored === type || type.stored.kind === type.kind) && !(type instanceof InstantTextType);
}

function isText({ type }: ExpressionNode): boolean {
  return type.affinity === "text";
}

/** Negative, zero or positive; NaN, which no comparison holds for but "not equal", where values have no order. */
function order(a: unknown, b: unknown): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, index) => byte === b[index]) ? 0 : Number.NaN;
  }
  if (typeof a === "boolean" || typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return Number.NaN;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
