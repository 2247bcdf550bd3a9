import type { Column, Given } from "../../schema/column.ts";
import { NAME, NODE, OWNERS, VALUE } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { booleanType, textType } from "../coercions/literal-types.ts";
import { operand } from "../coercions/operands.ts";
import { type CompileOptions, compileExpression, readableExpression } from "../compile/compile.ts";
import type { BoundStatement } from "../compile/compiled.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { operators } from "../nodes/operators.ts";
import type { Addend, DecimalAsNumber, Difference, Quotient, Subtrahend, Sum, Summand } from "./arithmetic-types.ts";
import { containsNode } from "./collection-nodes.ts";
import { CollectionOperators } from "./collection-operators.ts";
import type { Contained } from "./document-types.ts";
import {
  arithmetic,
  binary,
  comparison,
  concatenation,
  containers,
  customNode,
  equality,
  identity,
  likeNode,
  matchNode,
  membership,
  patternNode,
  regexpNode,
  regexpReplaceNode,
} from "./operator-nodes.ts";
import { Ordering } from "./ordering.ts";
import type { LikeOptions, PatternOptions } from "./patterns.ts";
import type { Condition, RowsLike, SingleColumn } from "./types.ts";
import { aggregateOrderNode, filterNode, overNode, type WindowOptions, withinGroupNode } from "./window.ts";

export type AnyExpression = Expression<unknown, string, string>;
type TextExpression = Expression<string | null, string, string>;

/**
 * A SQL expression. `T` is its value, `O` the tables whose absence makes it null (an outer join), `L` its name in a row.
 * Operators are methods; each returns a new expression. Plain values become bound parameters, never text.
 *
 * In the types of the results, `T & null` is "null, if T may be null".
 */
export class Expression<out T, out O extends string = never, out L extends string = never> extends CollectionOperators<
  T,
  O
> {
  declare readonly [VALUE]: T;
  declare readonly [OWNERS]: O;
  declare readonly [NAME]: L;
  readonly [NODE]: ExpressionNode;

  constructor(node: ExpressionNode) {
    super();
    this[NODE] = node;
  }
  protected override derived<U>(node: ExpressionNode): Expression<U, O> {
    return new Expression(node);
  }

  /** SQL and parameters of this expression alone; see `compile()` of statements. */
  compile(options: CompileOptions = {}): BoundStatement {
    return compileExpression(this[NODE], options);
  }
  /** The expression as portable SQL, for logs; values are not in it. */
  override toString(): string {
    return readableExpression(this[NODE]);
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
    other: NonNullable<T> | DecimalAsNumber<T & string> | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(comparison(this[NODE], other, operators.lt));
  }
  le<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | DecimalAsNumber<T & string> | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(comparison(this[NODE], other, operators.le));
  }
  gt<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | DecimalAsNumber<T & string> | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(comparison(this[NODE], other, operators.gt));
  }
  ge<U extends T | null = never, P extends string = never>(
    other: NonNullable<T> | DecimalAsNumber<T & string> | Expression<U, P, string>,
  ): Expression<boolean | (T & null) | (U & null), O | P> {
    return new Expression(comparison(this[NODE], other, operators.ge));
  }
  /** `BETWEEN low AND high`, both ends included. With `symmetric`, the ends may come in either order. */
  between(
    low: NonNullable<T> | DecimalAsNumber<T & string> | Expression<T | null, string, string>,
    high: NonNullable<T> | DecimalAsNumber<T & string> | Expression<T | null, string, string>,
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
    values: readonly (NonNullable<T> | Expression<T | null, string, string>)[] | SingleColumn<T | null> | RowsLike<T>,
  ): Expression<boolean | (T & null), O> {
    return new Expression(membership(this[NODE], values, operators.in));
  }
  /** `NOT IN` a list or a SELECT of one column. An empty list excludes nothing. */
  notIn(
    values: readonly (NonNullable<T> | Expression<T | null, string, string>)[] | SingleColumn<T | null> | RowsLike<T>,
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
  /** A text contains another; with `autoescape`, `%` and `_` in it stand for themselves. */
  contains(
    this: TextExpression,
    text: string | TextExpression,
    options?: PatternOptions,
  ): Expression<boolean | (T & null), O>;
  /** A document, an array or a range has everything in it that the other has, or the single value: `@>`. */
  contains<V>(
    this: Expression<V, string, string>,
    other: Contained<V> | Expression<unknown, string, string>,
  ): Expression<boolean | (T & null), O>;
  contains(other: unknown, options: PatternOptions = {}): Expression<boolean | (T & null), O> {
    const node = this[NODE];
    return new Expression(
      containers.has(node.type.affinity)
        ? containsNode(node, other)
        : patternNode(node, other, "both", operators.like, options),
    );
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
  /**
   * Matches a regular expression, where the database has them; SQLite needs a function `regexp`. Flags are the
   * database's own; SQLite knows none and refuses them.
   */
  regexpMatch(
    this: TextExpression,
    pattern: string | TextExpression,
    flags?: string,
  ): Expression<boolean | (T & null), O> {
    return new Expression(regexpNode(this[NODE], pattern, flags));
  }
  /** Replaces what matches a regular expression, where the database can. */
  regexpReplace(
    this: TextExpression,
    pattern: string | TextExpression,
    replacement: string | TextExpression,
    flags?: string,
  ): Expression<string | (T & null), O> {
    return new Expression(regexpReplaceNode(this[NODE], pattern, replacement, flags));
  }
  /**
   * Full-text search in the database's own way: SQLite's MATCH, PostgreSQL's `@@ plainto_tsquery()`, MySQL's MATCH … AGAINST
   * in boolean mode. PostgreSQL takes the configuration that is named.
   *
   * @throws ArgumentError when the configuration is no name.
   */
  match(
    this: TextExpression,
    text: string | TextExpression,
    options: { readonly config?: string } = {},
  ): Expression<boolean | (T & null), O> {
    return new Expression(matchNode(this[NODE], text, options.config));
  }
  /** Concatenates: `||`, or what the database has for it. */
  concat<U extends string | null = never, P extends string = never>(
    this: TextExpression,
    other: string | Expression<U, P, string>,
  ): Expression<string | (T & null) | (U & null), O | P>;
  /** Appends an array or merges a document: `||`. */
  concat<V>(
    this: Expression<V, string, string>,
    other: Contained<V> | Expression<V | null, string, string>,
  ): Expression<T, O>;
  concat(other: unknown): Expression<T, O> {
    return new Expression(concatenation(this[NODE], other, "concat()"));
  }
  /** With the database's rules of comparison for a language or an alphabet: `COLLATE "nocase"`. */
  collate(this: TextExpression, collation: string): Expression<T, O> {
    const node = this[NODE];
    const name: ExpressionNode = { kind: "labelReference", name: collation, type: textType };
    return new Expression(binary(node, name, operators.collate, node.type));
  }

  // ── arithmetic ─────────────────────────────────────────────────────────────
  /** `+`; of texts, concatenation. */
  add<V, U extends Summand<V> = never, P extends string = never>(
    this: Expression<V, string, string>,
    other: Addend<V> | Expression<U, P, string>,
  ): Expression<Sum<V, NoInfer<U>>, O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.add));
  }
  sub<V, U extends Summand<V> | (V & Date) = never, P extends string = never>(
    this: Expression<V, string, string>,
    other: Subtrahend<V> | Expression<U, P, string>,
  ): Expression<Difference<V, NoInfer<U>>, O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.sub));
  }
  mul<V, U extends Summand<V> = never, P extends string = never>(
    this: Expression<V, string, string>,
    other: Addend<V> | Expression<U, P, string>,
  ): Expression<Sum<V, NoInfer<U>>, O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.mul));
  }
  /** True division, of integers too: `1 / 2` is 0.5 on every database. */
  div<V, U extends Summand<V> = never, P extends string = never>(
    this: Expression<V, string, string>,
    other: Addend<V> | Expression<U, P, string>,
  ): Expression<Quotient<V, NoInfer<U>>, O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.div));
  }
  /** Division rounded towards what the database rounds to: zero for integers. */
  intDiv<V, U extends Summand<V> = never, P extends string = never>(
    this: Expression<V, string, string>,
    other: Addend<V> | Expression<U, P, string>,
  ): Expression<Sum<V, NoInfer<U>>, O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.intDiv));
  }
  mod<V, U extends Summand<V> = never, P extends string = never>(
    this: Expression<V, string, string>,
    other: Addend<V> | Expression<U, P, string>,
  ): Expression<Sum<V, NoInfer<U>>, O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.mod));
  }
  /** To the power of: `^`, or the function that the database has for it. */
  pow<V, U extends Summand<V> = never, P extends string = never>(
    this: Expression<V, string, string>,
    other: Addend<V> | Expression<U, P, string>,
  ): Expression<Sum<V, NoInfer<U>>, O | P> {
    return new Expression(arithmetic(this[NODE], other, operators.pow));
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
   * @throws ArgumentError when the text is neither signs (`&&`) nor words (`SIMILAR TO`).
   */
  op<R = T>(
    symbol: string,
    other: unknown,
    options: { readonly precedence?: number; readonly comparison?: boolean; readonly type?: Column<R, Given> } = {},
  ): Expression<R, O> {
    const { precedence, comparison: isComparison = false, type } = options;
    const made = { precedence, comparison: isComparison, type: type === undefined ? null : typeOfColumn(type) };
    return new Expression(customNode(this[NODE], symbol, other, made));
  }
  /** The same for an operator that answers true or false: `Doc.path.boolOp("@>", other)`. */
  boolOp(
    symbol: string,
    other: unknown,
    options: { readonly precedence?: number } = {},
  ): Expression<boolean | (T & null), O> {
    const made = { precedence: options.precedence, comparison: true, type: null };
    return new Expression(customNode(this[NODE], symbol, other, made));
  }

  // ── other ──────────────────────────────────────────────────────────────────
  /** `CAST (… AS type)`: converts in the database. */
  cast<U>(type: Column<U, Given>): Expression<U | (T & null), O> {
    return new Expression({ kind: "cast", expression: this[NODE], type: typeOfColumn(type), safe: false });
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
  /** `WITHIN GROUP (ORDER BY …)` of an ordered-set aggregate: `func.percentileCont(0.5).withinGroup(Order.total)`. */
  withinGroup(...ordering: readonly (AnyExpression | Ordering)[]): Expression<T, O> {
    return new Expression(withinGroupNode(this[NODE], ordering));
  }
  /**
   * The order in which an aggregate takes its values: `func.aggregateStrings(User.name, ",").aggregateOrderBy(User.id)`.
   *
   * @throws ArgumentError when this is no function.
   */
  aggregateOrderBy(...ordering: readonly (AnyExpression | Ordering)[]): Expression<T, O> {
    return new Expression(aggregateOrderNode(this[NODE], ordering));
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
