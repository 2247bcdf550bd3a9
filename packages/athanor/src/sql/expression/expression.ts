import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { NAME, NODE, OWNERS, VALUE } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { booleanType, integerType, nullType, resultType, textType } from "../coercions/literal-types.ts";
import {
  bind,
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
import type { ExpressionNode } from "../nodes/expressions.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import { Ordering } from "./ordering.ts";
import { escapeLike, joined, type LikeOptions, type PatternOptions, wildcard } from "./patterns.ts";
import type { Condition, SingleColumn } from "./types.ts";
import { filterNode, overNode, type WindowOptions } from "./window.ts";

export type AnyExpression = Expression<unknown, string, string>;
type TextExpression = Expression<string | null, string, string>;

/**
 * A SQL expression. `T` is its value, `O` the tables whose absence makes it null (an outer join), `L` its name in a row.
 * Operators are methods; each returns a new expression. Plain values become bound parameters, never text.
 *
 * In the types of the results, `T & null` is "null, if T may be null".
 */
export class Expression<out T, out O extends string = never, out L extends string = never> {
  declare readonly [VALUE]: T;
  declare readonly [OWNERS]: O;
  declare readonly [NAME]: L;
  readonly [NODE]: ExpressionNode;

  constructor(node: ExpressionNode) {
    this[NODE] = node;
  }

  // ── comparison ─────────────────────────────────────────────────────────────
  /** `=`; with null, `IS NULL`. */
  eq<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | null | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(equality(this[NODE], other, operators.eq, operators.is));
  }
  /** `!=`; with null, `IS NOT NULL`. */
  ne<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | null | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(equality(this[NODE], other, operators.ne, operators.isNot));
  }
  lt<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(comparison(this[NODE], other, operators.lt));
  }
  le<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(comparison(this[NODE], other, operators.le));
  }
  gt<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(comparison(this[NODE], other, operators.gt));
  }
  ge<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(comparison(this[NODE], other, operators.ge));
  }
  /** `BETWEEN low AND high`, both ends included. With `symmetric`, the ends may come in either order. */
  between(
    low: NonNullable<T> | Expression<T | null, string, string>,
    high: NonNullable<T> | Expression<T | null, string, string>,
    options: { readonly symmetric?: boolean } = {},
  ): Expression<boolean | (T & null), O> {
    const node = this[NODE];
    return new Expression({
      kind: "between",
      operator: operators.between,
      operand: node,
      low: operand(low, node.type, "between()"),
      high: operand(high, node.type, "between()"),
      symmetric: options.symmetric ?? false,
      type: booleanType,
    });
  }
  /** `IN` a list or a SELECT of one column. An empty list matches nothing. */
  in(
    values: readonly (NonNullable<T> | Expression<T | null, string, string>)[] | SingleColumn<T | null>,
  ): Expression<boolean | (T & null), O> {
    return new Expression(membership(this[NODE], values, operators.in));
  }
  /** `NOT IN` a list or a SELECT of one column. An empty list excludes nothing. */
  notIn(
    values: readonly (NonNullable<T> | Expression<T | null, string, string>)[] | SingleColumn<T | null>,
  ): Expression<boolean | (T & null), O> {
    return new Expression(membership(this[NODE], values, operators.notIn));
  }
  /** `IS`; never answers null, whatever stands left of it. */
  is(other: null | boolean | Expression<unknown, string, string>): Expression<boolean> {
    return new Expression(identity(this[NODE], other, operators.is));
  }
  isNot(other: null | boolean | Expression<unknown, string, string>): Expression<boolean> {
    return new Expression(identity(this[NODE], other, operators.isNot));
  }
  /** Compares as if null were a value: `IS DISTINCT FROM`. */
  isDistinctFrom<U extends T | null = never>(
    other: NonNullable<T> | null | Expression<U, string, string>,
  ): Expression<boolean> {
    return new Expression(identity(this[NODE], other, operators.isDistinctFrom));
  }
  isNotDistinctFrom<U extends T | null = never>(
    other: NonNullable<T> | null | Expression<U, string, string>,
  ): Expression<boolean> {
    return new Expression(identity(this[NODE], other, operators.isNotDistinctFrom));
  }

  // ── text ───────────────────────────────────────────────────────────────────
  /** `LIKE`. `%` and `_` in the pattern are wildcards; `escape` names the character that makes them plain. */
  like(
    this: TextExpression,
    pattern: string | TextExpression,
    options: LikeOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(likeNode(this[NODE], pattern, operators.like, options));
  }
  notLike(
    this: TextExpression,
    pattern: string | TextExpression,
    options: LikeOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(likeNode(this[NODE], pattern, operators.notLike, options));
  }
  /** `LIKE` without regard to case. */
  ilike(
    this: TextExpression,
    pattern: string | TextExpression,
    options: LikeOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(likeNode(this[NODE], pattern, operators.ilike, options));
  }
  notIlike(
    this: TextExpression,
    pattern: string | TextExpression,
    options: LikeOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(likeNode(this[NODE], pattern, operators.notIlike, options));
  }
  /** Begins with the text. With `autoescape`, `%` and `_` in it stand for themselves. */
  startsWith(
    this: TextExpression,
    text: string | TextExpression,
    options: PatternOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(patternNode(this[NODE], text, "start", operators.like, options));
  }
  endsWith(
    this: TextExpression,
    text: string | TextExpression,
    options: PatternOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(patternNode(this[NODE], text, "end", operators.like, options));
  }
  contains(
    this: TextExpression,
    text: string | TextExpression,
    options: PatternOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(patternNode(this[NODE], text, "both", operators.like, options));
  }
  /** `startsWith` without regard to case. */
  istartsWith(
    this: TextExpression,
    text: string | TextExpression,
    options: PatternOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(patternNode(this[NODE], text, "start", operators.ilike, options));
  }
  iendsWith(
    this: TextExpression,
    text: string | TextExpression,
    options: PatternOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(patternNode(this[NODE], text, "end", operators.ilike, options));
  }
  icontains(
    this: TextExpression,
    text: string | TextExpression,
    options: PatternOptions = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(patternNode(this[NODE], text, "both", operators.ilike, options));
  }
  /** Concatenates: `||`, or what the database has for it. */
  concat<U extends string | null = never, P extends string = never>(
    this: TextExpression,
    other: string | Expression<U, P, string>,
  ): Expression<string | (T & null) | (U & null), O | P> {
    return new Expression(binary(this[NODE], operand(other, textType, "concat()"), operators.concat, textType));
  }
  /** With the database's rules of comparison for a language or an alphabet: `COLLATE "nocase"`. */
  collate(this: TextExpression, collation: string): Expression<T, O> {
    const node = this[NODE];
    const name: ExpressionNode = { kind: "labelReference", name: collation, type: textType };
    return new Expression(binary(node, name, operators.collate, node.type));
  }

  // ── arithmetic ─────────────────────────────────────────────────────────────
  /** `+`; of texts, concatenation. */
  add<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.add));
  }
  sub<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.sub));
  }
  mul<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.mul));
  }
  /** True division, of integers too: `1 / 2` is 0.5 on every database. */
  div<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.div));
  }
  /** Division rounded towards what the database rounds to: zero for integers. */
  intDiv<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.intDiv));
  }
  mod<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.mod));
  }
  neg(): Expression<T, O> {
    const node = this[NODE];
    return new Expression({ kind: "unary", operator: operators.neg, operand: node, type: node.type });
  }
  bitwiseAnd<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.bitAnd));
  }
  bitwiseOr<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.bitOr));
  }
  bitwiseXor<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | Expression<U, P, string>,
  ): Expression<T | (U & null), O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.bitXor));
  }
  bitwiseNot(): Expression<T, O> {
    const node = this[NODE];
    return new Expression({ kind: "unary", operator: operators.bitNot, operand: node, type: node.type });
  }
  bitwiseLshift(other: number | Expression<number | null, string, string>): Expression<T, O> {
    return new Expression(arithmetic(this[NODE], other, operators.bitShiftLeft));
  }
  bitwiseRshift(other: number | Expression<number | null, string, string>): Expression<T, O> {
    return new Expression(arithmetic(this[NODE], other, operators.bitShiftRight));
  }
  /**
   * An operator that the library does not know. Its text goes into the statement as it is: it is the programmer's, never
   * a user's input. Without a precedence the result is parenthesised inside everything.
   *
   * @throws ArgumentError when the text cannot be an operator (quotes, semicolons, comments).
   */
  op<R = T>(
    symbol: string,
    other: unknown,
    options: { readonly precedence?: number; readonly comparison?: boolean; readonly type?: Column<R, Given> } = {},
  ): Expression<R, O> {
    if (!/^[-+*/<>=~!@#%^&|`?.:\w ]+$/.test(symbol) || /--|\/\*/.test(symbol)) {
      throw new ArgumentError(
        `${describe(symbol)} is no operator. Take a symbol such as "&&" or a word such as "GLOB".`,
      );
    }
    const node = this[NODE];
    const isComparison = options.comparison ?? false;
    const custom: Operator = {
      name: "custom",
      symbol,
      precedence: options.precedence ?? 0,
      associative: false,
      comparison: isComparison,
      negation: null,
    };
    const type = options.type === undefined ? (isComparison ? booleanType : node.type) : typeOfColumn(options.type);
    return new Expression(binary(node, operand(other, node.type, `op("${symbol}")`), custom, type));
  }

  // ── other ──────────────────────────────────────────────────────────────────
  /** `CAST (… AS type)`: converts in the database. */
  cast<U>(type: Column<U, Given>): Expression<U | (T & null), O> {
    return new Expression({ kind: "cast", expression: this[NODE], type: typeOfColumn(type) });
  }
  /** Gives the value a name in the row: `AS name`. */
  label<const N extends string>(name: N): Expression<T, O, N> {
    const node = this[NODE];
    const expression = node.kind === "label" ? node.expression : node;
    return new Expression({ kind: "label", name, expression, type: node.type });
  }
  /** `DISTINCT` inside an aggregate: `func.count(User.role.distinct())`. */
  distinct(): Expression<T, O> {
    const node = this[NODE];
    return new Expression({ kind: "unary", operator: operators.distinct, operand: node, type: node.type });
  }
  /** Makes a function a window function: `func.rank().over({ orderBy: User.score.desc() })`. */
  over(options: WindowOptions = {}): Expression<T, O> {
    return new Expression(overNode(this[NODE], options));
  }
  /** `FILTER (WHERE …)`: an aggregate over some of the rows. */
  filter(...conditions: readonly Condition[]): Expression<T, O> {
    return new Expression(filterNode(this[NODE], conditions));
  }
  asc(): Ordering {
    return new Ordering({ kind: "ordering", operator: operators.asc, operand: this[NODE] });
  }
  desc(): Ordering {
    return new Ordering({ kind: "ordering", operator: operators.desc, operand: this[NODE] });
  }
  nullsFirst(): Ordering {
    return new Ordering({ kind: "ordering", operator: operators.nullsFirst, operand: this[NODE] });
  }
  nullsLast(): Ordering {
    return new Ordering({ kind: "ordering", operator: operators.nullsLast, operand: this[NODE] });
  }
}

// ── how operators make nodes ─────────────────────────────────────────────────
function binary(left: ExpressionNode, right: ExpressionNode, operator: Operator, type: SqlType): ExpressionNode {
  return { kind: "binary", operator, left, right, type, modifier: null };
}

function comparison(left: ExpressionNode, other: unknown, operator: Operator): ExpressionNode {
  if (other === null) {
    throw new ArgumentError(`Nothing is ${operator.symbol} NULL. Use is(null) or isNot(null) to ask for NULL.`);
  }
  return binary(left, operand(other, left.type, `${operator.name}()`), operator, booleanType);
}

/** TRUE, FALSE and NULL are written as what they are, so that an index on a condition is found. */
function constantOf(value: unknown): ExpressionNode | null {
  if (value === null) return nullNode;
  if (value === true) return trueNode;
  return value === false ? falseNode : null;
}

function equality(left: ExpressionNode, other: unknown, operator: Operator, whenNull: Operator): ExpressionNode {
  const isBoolean = left.type.affinity === "boolean" || left.type.affinity === "null";
  const constant = other === null || isBoolean ? constantOf(other) : null;
  if (constant !== null) return binary(left, constant, other === null ? whenNull : operator, booleanType);
  const right = operand(other, left.type, `${operator.name}()`);
  const isNull = right.kind === "constant" && right.value === "null";
  return binary(left, right, isNull ? whenNull : operator, booleanType);
}

function identity(left: ExpressionNode, other: unknown, operator: Operator): ExpressionNode {
  return binary(left, constantOf(other) ?? operand(other, left.type, `${operator.name}()`), operator, booleanType);
}

function membership(left: ExpressionNode, values: unknown, operator: Operator): ExpressionNode {
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

function arithmetic(left: ExpressionNode, other: unknown, operator: Operator): ExpressionNode {
  const where = `${operator.name}()`;
  if (other === null) throw new ArgumentError(`${where} takes no null: the result would always be NULL.`);
  const right = operand(other, left.type, where);
  const isText = operator === operators.add && (left.type.affinity === "text" || right.type.affinity === "text");
  return isText
    ? binary(left, right, operators.concat, textType)
    : binary(left, right, operator, resultType(operator, left.type, right.type));
}

function likeNode(left: ExpressionNode, pattern: unknown, operator: Operator, options: LikeOptions): ExpressionNode {
  const right = operand(pattern, textType, `${operator.name}()`);
  return { kind: "binary", operator, left, right, type: booleanType, modifier: options.escape ?? null };
}

function patternNode(
  left: ExpressionNode,
  text: unknown,
  side: "start" | "end" | "both",
  operator: Operator,
  options: PatternOptions,
): ExpressionNode {
  const escape = options.escape ?? (options.autoescape === true ? "/" : null);
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

/** A plain value as an expression: a bound parameter. Its type follows from the value, or from the column given. */
export function literal<const T extends string | number | bigint | boolean | Date | Uint8Array | null>(
  value: T,
): Expression<Widened<T>>;
export function literal<T>(value: NoInfer<T>, type: Column<T, Given>): Expression<T>;
export function literal(value: unknown, type?: Column<unknown, Given>): Expression<unknown> {
  if (value === undefined) throw undefinedError("literal()");
  return new Expression(type === undefined ? operand(value, nullType, "literal()") : bind(value, typeOfColumn(type)));
}
/** A literal's type without its value: `literal(1)` is a number, not 1. */
export type Widened<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends bigint
      ? bigint
      : T extends boolean
        ? boolean
        : T;

/** The number 1 as text, for `EXISTS (SELECT 1 …)` and the like. */
export const one: ExpressionNode = { kind: "fragment", texts: ["1"], expressions: [], type: integerType };

/** Ascending, which is what an ordering without a direction is. */
export function asc(expression: AnyExpression): Ordering {
  return expression.asc();
}
/** Descending. */
export function desc(expression: AnyExpression): Ordering {
  return expression.desc();
}
