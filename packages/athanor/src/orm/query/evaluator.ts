import type {
  BetweenNode,
  BinaryNode,
  BindNode,
  CaseNode,
  CastNode,
  ColumnNode,
  ExpressionNode,
  FunctionNode,
} from "../../sql/nodes/expressions.ts";
import { operators } from "../../sql/nodes/operators.ts";
import type { Affinity, SqlType } from "../../sqltypes/sql-type.ts";
import { belongsTo } from "../mapping/moved.ts";
import { decimalArithmetic, order } from "./compare-values.ts";
import { isLike, orderFor, remainder, valueFunction } from "./evaluate-functions.ts";
import {
  assertComparable,
  assertEquatable,
  CannotEvaluate,
  type EvaluationScope,
  type Evaluator,
  overValues,
  UNKNOWN,
} from "./evaluation.ts";

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
      if (node.operator === operators.neg) return arithmetic(operators.sub, zero(node.type), node.operand, scope);
      break;
    case "case":
      return choice(node, scope);
    case "function":
      return called(node, scope);
    case "cast":
      return converted(node, scope);
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

function columnValue(node: ColumnNode, { mapper, from, read = known }: EvaluationScope): Evaluator {
  const property = belongsTo(node, from) ? mapper.columns.find((each) => each.isKeptIn(node.column)) : undefined;
  if (property === undefined) throw new CannotEvaluate(`the column ${node.name}`);
  const { key } = property;
  return (object) => read(object, key) ?? null;
}

function known(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? Reflect.get(object, key) : UNKNOWN;
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
    const inOrder = orderFor(left.type, right.type);
    return overValues(comparable(left, scope), comparable(right, scope), (a, b) => compare(inOrder(a, b)));
  }
  switch (operator) {
    case operators.is:
    case operators.isNot:
      assertEquatable(left, right, scope);
      return isIdentical(comparable(left, scope), comparable(right, scope), operator === operators.is);
    case operators.isDistinctFrom:
    case operators.isNotDistinctFrom:
      assertComparable(left, right, true, scope);
      return isIdentical(comparable(left, scope), comparable(right, scope), operator === operators.isNotDistinctFrom);
    case operators.in:
    case operators.notIn:
      return membership(node, scope);
    case operators.add:
    case operators.sub:
    case operators.mul:
    case operators.div:
    case operators.intDiv:
    case operators.mod:
      return arithmetic(operator, left, right, scope);
    case operators.concat:
      if (left.type.affinity !== "text" || right.type.affinity !== "text") break;
      return overValues(evaluator(left, scope), evaluator(right, scope), (a, b) => `${String(a)}${String(b)}`);
    case operators.like:
    case operators.notLike:
    case operators.ilike:
    case operators.notIlike:
      if (scope.lenient === true) return likeness(node, scope);
  }
  throw new CannotEvaluate(`the operator ${operator.symbol}`);
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
  const inOrder = orderFor(left.type, left.type);
  const contains = some(members.map((member) => overValues(sought, member, (a, b) => inOrder(a, b) === 0)));
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
  const inOrder = orderFor(operand.type, low.type);
  const within = every([
    overValues(value, evaluator(low, scope), (a, b) => inOrder(a, b) >= 0),
    overValues(value, evaluator(high, scope), (a, b) => inOrder(a, b) <= 0),
  ]);
  return operator === operators.between ? within : negation(within);
}

function arithmetic(
  operator: BinaryNode["operator"],
  left: ExpressionNode,
  right: ExpressionNode,
  scope: EvaluationScope,
): Evaluator {
  const lenient = scope.lenient === true;
  const numeric: ReadonlySet<Affinity> = new Set(lenient ? ["integer", "float", "numeric"] : ["integer", "float"]);
  if (!numeric.has(left.type.affinity) || !numeric.has(right.type.affinity)) throw new CannotEvaluate("arithmetic");
  const sign =
    operator === operators.add ? "+" : operator === operators.sub ? "-" : operator === operators.mul ? "*" : null;
  if (sign === null) return division(operator, left, right, scope);
  return overValues(evaluator(left, scope), evaluator(right, scope), (a, b) => {
    if (typeof a === "bigint" && typeof b === "bigint") return sign === "+" ? a + b : sign === "-" ? a - b : a * b;
    if (typeof a === "number" && typeof b === "number") return sign === "+" ? a + b : sign === "-" ? a - b : a * b;
    return lenient ? (decimalArithmetic(sign, a, b) ?? UNKNOWN) : UNKNOWN;
  });
}

/** Databases differ in how exact a quotient is, and in what a division by zero gives: null here. */
function division(
  operator: BinaryNode["operator"],
  left: ExpressionNode,
  right: ExpressionNode,
  scope: EvaluationScope,
): Evaluator {
  const isDecimal = left.type.affinity === "numeric" || right.type.affinity === "numeric";
  if (scope.lenient !== true || isDecimal) throw new CannotEvaluate(`the operator ${operator.symbol}`);
  return overValues(evaluator(left, scope), evaluator(right, scope), (a, b) => {
    if (operator === operators.mod) return remainder(a, b);
    if (Number(b) === 0) return null;
    if (operator === operators.div) return Number(a) / Number(b);
    return typeof a === "bigint" && typeof b === "bigint" ? a / b : Math.floor(Number(a) / Number(b));
  });
}

function zero(type: SqlType): BindNode {
  return { kind: "bind", value: 0, type, name: null, required: false, expanding: false };
}

function likeness({ operator, left, right, modifier }: BinaryNode, scope: EvaluationScope): Evaluator {
  const ignoresCase = operator === operators.ilike || operator === operators.notIlike;
  const isLikeIt = overValues(evaluator(left, scope), evaluator(right, scope), (text, pattern) =>
    isLike(String(text), String(pattern), modifier, ignoresCase),
  );
  return operator === operators.like || operator === operators.ilike ? isLikeIt : negation(isLikeIt);
}

// ── choices, functions, conversions ──────────────────────────────────────────
function choice({ operand, whens, otherwise }: CaseNode, scope: EvaluationScope): Evaluator {
  const branches = whens.map(({ condition, result }) => ({
    holds: operand === null ? evaluator(condition, scope) : binary(equals(operand, condition), scope),
    result: evaluator(result, scope),
  }));
  const last = otherwise === null ? constantly(null) : evaluator(otherwise, scope);
  return (object) => {
    for (const { holds, result } of branches) {
      const answer = holds(object);
      if (answer === UNKNOWN) return UNKNOWN;
      if (answer === true) return result(object);
    }
    return last(object);
  };
}

function equals(left: ExpressionNode, right: ExpressionNode): BinaryNode {
  return { kind: "binary", operator: operators.eq, left, right, type: left.type, modifier: null };
}

function called({ name, arguments: given, distinct }: FunctionNode, scope: EvaluationScope): Evaluator {
  const [first, second] = given;
  if (name === "nullif" && first !== undefined && second !== undefined) {
    const isEqual = binary(equals(first, second), scope);
    const value = evaluator(first, scope);
    return (object) => {
      const answer = isEqual(object);
      return answer === UNKNOWN ? UNKNOWN : answer === true ? null : value(object);
    };
  }
  const values = given.map((each) => evaluator(each, scope));
  if (name === "coalesce") return firstOf(values);
  const work = distinct ? null : valueFunction(name, scope.lenient === true);
  if (work === null) throw new CannotEvaluate(`the function ${name}()`);
  return (object) => {
    const found = values.map((each) => each(object));
    if (found.includes(null)) return null;
    return found.includes(UNKNOWN) ? UNKNOWN : work(...found);
  };
}

function firstOf(values: readonly Evaluator[]): Evaluator {
  return (object) => {
    for (const value of values) {
      const found = value(object);
      if (found !== null) return found;
    }
    return null;
  };
}

function converted({ expression, type, safe }: CastNode, scope: EvaluationScope): Evaluator {
  const convert = safe || scope.lenient !== true ? undefined : conversions[type.affinity];
  if (convert === undefined) throw new CannotEvaluate("CAST");
  const value = evaluator(expression, scope);
  return (object) => {
    const found = value(object);
    return found === null || found === UNKNOWN ? found : convert(found);
  };
}

const conversions: Readonly<Partial<Record<Affinity, (value: unknown) => unknown>>> = {
  text: String,
  integer: (value) => (typeof value === "bigint" ? value : Math.trunc(Number(value))),
  float: Number,
  numeric: String,
};

/** An expression whose values are equal when the database says so: UUIDs are written in several ways. */
function comparable(node: ExpressionNode, scope: EvaluationScope): Evaluator {
  const evaluate = evaluator(node, scope);
  if (node.type.affinity !== "uuid") return evaluate;
  return (object) => {
    const value = evaluate(object);
    return typeof value === "string" ? value.replaceAll("-", "").toLowerCase() : value;
  };
}
