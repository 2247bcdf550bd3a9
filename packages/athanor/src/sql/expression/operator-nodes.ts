import { ArgumentError } from "../../errors/errors.ts";
import type { Affinity, SqlType } from "../../sqltypes/sql-type.ts";
import { NODE } from "../../util/symbols.ts";
import { booleanType, resultType, textType } from "../coercions/literal-types.ts";
import {
  describe,
  expressionOf,
  falseNode,
  isQueryNode,
  nullNode,
  offersNode,
  operand,
  scalarSubquery,
  trueNode,
  undefinedError,
} from "../coercions/operands.ts";
import type { BinaryNode, ExpressionNode } from "../nodes/expressions.ts";
import { mirrored, type Operator, operators } from "../nodes/operators.ts";
import { checkEscape, escapeLike, joined, type LikeOptions, type PatternOptions, wildcard } from "./patterns.ts";

// What the operators of expressions make of their operands.

export function binary(left: ExpressionNode, right: ExpressionNode, operator: Operator, type: SqlType): BinaryNode {
  return { kind: "binary", operator, left, right, type, modifier: null };
}

/** A comparison. ANY and ALL stand on the right, wherever they were written. */
function compared(left: ExpressionNode, right: ExpressionNode, operator: Operator): ExpressionNode {
  return isQuantified(left) && !isQuantified(right)
    ? binary(right, left, mirrored(operator), booleanType)
    : binary(left, right, operator, booleanType);
}

function isQuantified(node: ExpressionNode): boolean {
  return node.kind === "unary" && (node.operator === operators.any || node.operator === operators.all);
}

export function comparison(left: ExpressionNode, other: unknown, operator: Operator): ExpressionNode {
  if (other === null) {
    throw new ArgumentError(`Nothing is ${operator.symbol} NULL. Use is(null) or isNot(null) to ask for NULL.`);
  }
  return compared(left, operand(other, left.type, `${operator.name}()`), operator);
}

/** TRUE, FALSE and NULL are written as what they are, so that an index on a condition is found. */
function constantOf(value: unknown): ExpressionNode | null {
  if (value === null) return nullNode;
  if (value === true) return trueNode;
  return value === false ? falseNode : null;
}

export function equality(left: ExpressionNode, other: unknown, operator: Operator, whenNull: Operator): ExpressionNode {
  const isBoolean = left.type.affinity === "boolean" || left.type.affinity === "null";
  const constant = other === null || isBoolean ? constantOf(other) : null;
  if (constant !== null) return binary(left, constant, other === null ? whenNull : operator, booleanType);
  const right = operand(other, left.type, `${operator.name}()`);
  const isNull = right.kind === "constant" && right.value === "null";
  return compared(left, right, isNull ? whenNull : operator);
}

export function identity(left: ExpressionNode, other: unknown, operator: Operator): ExpressionNode {
  return binary(left, constantOf(other) ?? operand(other, left.type, `${operator.name}()`), operator, booleanType);
}

export function membership(left: ExpressionNode, values: unknown, operator: Operator): ExpressionNode {
  const where = `${operator.name}()`;
  return binary(left, members(left, values, where), operator, booleanType);
}

function members(left: ExpressionNode, values: unknown, where: string): ExpressionNode {
  if (values === undefined) throw undefinedError(where);
  if (offersNode(values)) {
    const node = values[NODE];
    return isQueryNode(node) ? scalarSubquery(node) : expressionOf(values, where);
  }
  if (!Array.isArray(values)) {
    throw new ArgumentError(`${where} takes an array or a SELECT of one column, not ${describe(values)}.`);
  }
  const list: readonly unknown[] = values;
  if (list.includes(undefined)) throw undefinedError(where);
  const type = left.type;
  if (!list.some(offersNode)) {
    return { kind: "bind", value: list, type, name: null, required: false, expanding: true };
  }
  return { kind: "expressionList", items: list.map((value) => operand(value, type, where)), type };
}

export function arithmetic(left: ExpressionNode, other: unknown, operator: Operator): ExpressionNode {
  const where = `${operator.name}()`;
  if (other === null) throw new ArgumentError(`${where} takes no null: the result would always be NULL.`);
  if (operator === operators.add && concatenable.has(left.type.affinity)) return concatenation(left, other, where);
  const right = operand(other, left.type, where);
  if (operator === operators.add && right.type.affinity === "text") {
    return binary(left, right, operators.concat, textType);
  }
  return binary(left, right, operator, resultType(operator, left.type, right.type));
}

const concatenable: ReadonlySet<Affinity> = new Set(["text", "array", "json", "hstore", "binary"]);

/** `||`: of texts, of arrays, of documents. */
export function concatenation(left: ExpressionNode, other: unknown, where: string): ExpressionNode {
  const { type } = left;
  const isText = type.affinity === "text" || !concatenable.has(type.affinity);
  return isText
    ? binary(left, operand(other, textType, where), operators.concat, textType)
    : binary(left, operand(other, type, where), operators.concat, type);
}

/** Types of values that hold others, which `contains()` looks into. */
export const containers: ReadonlySet<Affinity> = new Set(["array", "json", "hstore", "range", "multirange"]);

export function likeNode(
  left: ExpressionNode,
  pattern: unknown,
  operator: Operator,
  options: LikeOptions,
): ExpressionNode {
  const right = operand(pattern, textType, `${operator.name}()`);
  return {
    kind: "binary",
    operator,
    left,
    right,
    type: booleanType,
    modifier: options.escape === undefined ? null : checkEscape(options.escape),
  };
}

export function patternNode(
  left: ExpressionNode,
  text: unknown,
  side: "start" | "end" | "both",
  operator: Operator,
  options: PatternOptions,
): ExpressionNode {
  const given = options.escape ?? (options.autoescape === true ? "/" : null);
  const escape = given === null ? null : checkEscape(given);
  let value = text;
  if (options.autoescape === true) {
    if (typeof text !== "string") {
      throw new ArgumentError("autoescape works on plain strings only: what a column holds cannot be escaped here.");
    }
    value = escapeLike(text, escape ?? "/");
  }
  const inner = operand(value, textType, "a text operator");
  let right = side === "start" ? inner : joined(wildcard, inner);
  if (side !== "end") right = joined(right, wildcard);
  return { kind: "binary", operator, left, right, type: booleanType, modifier: escape };
}

/** `REGEXP`, with flags where the database takes them. */
export function regexpNode(left: ExpressionNode, pattern: unknown, flags: string | undefined): ExpressionNode {
  const right = operand(pattern, textType, "regexpMatch()");
  return {
    kind: "binary",
    operator: operators.regexpMatch,
    left,
    right,
    type: booleanType,
    modifier: regexpFlags(flags),
  };
}

export function regexpReplaceNode(
  left: ExpressionNode,
  pattern: unknown,
  replacement: unknown,
  flags: string | undefined,
): ExpressionNode {
  const items = [pattern, replacement].map((each) => operand(each, textType, "regexpReplace()"));
  return {
    kind: "binary",
    operator: operators.regexpReplace,
    left,
    right: { kind: "expressionList", items, type: textType },
    type: textType,
    modifier: regexpFlags(flags),
  };
}

/** Full-text search; the modifier is the configuration. */
export function matchNode(left: ExpressionNode, text: unknown, config: string | undefined): ExpressionNode {
  if (config !== undefined && !/^[\w.]+$/.test(config)) {
    throw new ArgumentError(`match() takes the name of a configuration such as "english", not ${describe(config)}.`);
  }
  const node = binary(left, operand(text, textType, "match()"), operators.match, booleanType);
  return { ...node, modifier: config ?? null };
}

function regexpFlags(flags: string | undefined): string | null {
  if (flags === undefined) return null;
  if (/^[a-z]+$/i.test(flags)) return flags;
  throw new ArgumentError(`The flags of a regular expression are letters such as "i", not ${describe(flags)}.`);
}

/** Signs, or words, or PostgreSQL's way to name the schema of an operator; never both, which would be more than an operator. */
const operatorForm =
  /^(?:[-+*/<>=~!@#%^&|?.:]+|[A-Za-z_]+(?: [A-Za-z_]+)*|OPERATOR\((?:[A-Za-z_]\w*\.)?[-+*/<>=~!@#%^&|?]+\))$/;

/** What an operator of a user's is made with. */
export interface CustomOperatorOptions {
  readonly precedence: number | undefined;
  readonly comparison: boolean;
  readonly type: SqlType | null;
}

/** An operator that the library does not know; its text is the programmer's. */
export function customNode(
  left: ExpressionNode,
  symbol: string,
  other: unknown,
  options: CustomOperatorOptions,
): ExpressionNode {
  if (!operatorForm.test(symbol) || /--|\/\*/.test(symbol)) {
    throw new ArgumentError(`${describe(symbol)} is no operator. Take a symbol such as "&&" or a word such as "GLOB".`);
  }
  const custom: Operator = {
    name: "custom",
    symbol,
    precedence: options.precedence ?? 0,
    associative: false,
    comparison: options.comparison,
    negation: null,
    eager: options.precedence === undefined,
  };
  const type = options.type ?? (options.comparison ? booleanType : left.type);
  return binary(left, operand(other, left.type, `op("${symbol}")`), custom, type);
}
