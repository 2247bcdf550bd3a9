import { CompileError } from "../../errors/errors.ts";
import { TupleType } from "../../sqltypes/composite.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import type {
  BetweenNode,
  BinaryNode,
  BindNode,
  BooleanListNode,
  CaseNode,
  CastNode,
  ColumnNode,
  ConstantNode,
  CustomNode,
  ExpressionListNode,
  ExpressionNode,
  ExtractNode,
  FilterNode,
  FragmentNode,
  FrameBoundNode,
  FunctionNode,
  LabelNode,
  LabelReferenceNode,
  OrderingNode,
  OverNode,
  ScalarSubqueryNode,
  TupleNode,
  TypeCoerceNode,
  UnaryNode,
  WithinGroupNode,
} from "../nodes/expressions.ts";
import type { FromNode } from "../nodes/froms.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import type { QueryNode } from "../nodes/statements.ts";
import type { Expansion, Slot, SlotSource } from "./compiled.ts";
import type { Capabilities, SqlDialect } from "./sql-dialect.ts";

export interface CompilerOptions {
  /** The statement's values in the order of its cache key. */
  readonly binds: readonly BindNode[];
  /** Values are written as literals: for DDL and for reading. */
  readonly literalBinds?: boolean;
  /** Columns are written without their table: in CHECK, in indexes. */
  readonly unqualified?: boolean;
}

/**
 * A parameter's place while a text is being put together. Texts are joined in another order than their parts are visited
 * (a CTE is found last and stands first), so places are counted when the whole text is there. No text or identifier
 * may contain NUL: `quote` and fragments refuse it.
 */
const mark = "\u0000";
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what no text can contain
const marks = /\u0000(\d+)\u0000/g;

type ExpressionVisitors = {
  readonly [K in ExpressionNode["kind"]]: (node: Extract<ExpressionNode, { kind: K }>) => string;
};

/** Turns expressions into SQL. A dialect overrides the methods for what it writes in another way. */
export abstract class ExpressionCompiler implements ExpressionVisitors {
  readonly dialect: SqlDialect;
  protected readonly literalBinds: boolean;
  /** Columns are written without their table. */
  protected unqualified: boolean;
  readonly #slots: Slot[] = [];
  readonly #indexes: ReadonlyMap<BindNode, number>;

  constructor(dialect: SqlDialect, options: CompilerOptions) {
    this.dialect = dialect;
    this.literalBinds = options.literalBinds ?? false;
    this.unqualified = options.unqualified ?? false;
    this.#indexes = new Map(options.binds.map((node, index) => [node, index]));
  }

  protected get can(): Capabilities {
    return this.dialect.capabilities;
  }
  protected quote(identifier: string): string {
    return this.dialect.quote(identifier);
  }

  // ── dispatch ───────────────────────────────────────────────────────────────
  expression(node: ExpressionNode): string {
    // Each kind has the method of its name; the mapped type above sees to it that none is missing.
    return (this[node.kind] as (node: ExpressionNode) => string).call(this, node);
  }

  /** An expression that is asked whether it is true: a plain boolean column is compared where there are no booleans. */
  condition(node: ExpressionNode): string {
    if (!this.can.booleanLiterals && isPlainBoolean(node)) return `${this.expression(node)} = 1`;
    return this.expression(node);
  }

  protected list(nodes: readonly ExpressionNode[]): string {
    return nodes.map((node) => this.operand(node, listOperator)).join(", ");
  }

  protected conditions(nodes: readonly ExpressionNode[]): string {
    const [only] = nodes;
    if (nodes.length === 1 && only !== undefined) return this.condition(only);
    return nodes.map((node) => this.grouped(node, operators.and, (each) => this.condition(each))).join(" AND ");
  }

  /** An operand, in parentheses where it binds no tighter than what stands around it. */
  protected operand(node: ExpressionNode, around: Operator): string {
    return this.grouped(node, around, (each) => this.expression(each));
  }

  protected grouped(node: ExpressionNode, around: Operator, render: (node: ExpressionNode) => string): string {
    const text = render(node);
    const inner = operatorOf(node);
    if (inner === null || (inner === around && inner.associative)) return text;
    return inner.precedence <= around.precedence ? `(${text})` : text;
  }

  // ── names and values ───────────────────────────────────────────────────────
  /** The name by which columns of a table, an alias or a subquery are addressed. */
  protected abstract nameOfFrom(from: FromNode): string;
  protected abstract subselect(query: QueryNode): string;
  /** The name of a label that may be referred to here, or null. */
  abstract labelReference(node: LabelReferenceNode): string;

  column(node: ColumnNode): string {
    const name = this.quote(node.name);
    return node.from === null || this.unqualified ? name : `${this.nameOfFrom(node.from)}.${name}`;
  }

  bind(node: BindNode): string {
    if (this.literalBinds) return this.literalBind(node);
    const index = this.#indexes.get(node);
    const { name, required, value } = node;
    const source: SlotSource =
      index === undefined ? { kind: "constant", value } : { kind: "value", index, name, required };
    return this.parameter(source, node.type, node.expanding ? this.expansion(node) : null);
  }

  /** Puts down a parameter's place. */
  protected parameter(source: SlotSource, type: SqlType, expand: Expansion | null = null): string {
    this.#slots.push({ source, type, process: type.bindProcessor(this.dialect.types), expand });
    return `${mark}${this.#slots.length - 1}${mark}`;
  }

  private literalBind(node: BindNode): string {
    if (node.required) {
      throw new CompileError(
        `The parameter ${JSON.stringify(node.name)} has no value that could be written as a literal.`,
      );
    }
    if (!node.expanding) return this.dialect.literal(node.value, node.type);
    const values = node.value as readonly unknown[];
    if (values.length === 0) return this.emptySet(1);
    return values.map((value) => this.dialect.literal(value, node.type)).join(", ");
  }

  private expansion(node: BindNode): Expansion {
    const tuple = node.type instanceof TupleType ? node.type.items : null;
    return {
      tuple,
      empty: this.emptySet(tuple?.length ?? 1),
      rowKeyword: tuple === null ? "" : this.tupleListKeyword,
    };
  }

  /** What stands in IN () when the list is empty. */
  protected emptySet(width: number): string {
    const nulls = Array.from({ length: width }, () => "1").join(", ");
    return `SELECT ${nulls} FROM (SELECT ${nulls}) AS empty_set WHERE 1 != 1`;
  }
  /** Written in front of a list of tuples. */
  protected get tupleListKeyword(): string {
    return "";
  }

  constant({ value }: ConstantNode): string {
    if (value === "null") return "NULL";
    if (this.can.booleanLiterals) return value;
    return value === "true" ? "1" : "0";
  }

  fragment({ texts, expressions }: FragmentNode): string {
    return texts
      .map((text, index) => {
        if (text.includes(mark)) throw new CompileError("Raw SQL must not contain the character NUL.");
        const next = expressions[index];
        return next === undefined ? text : text + this.expression(next);
      })
      .join("");
  }

  // ── operators ──────────────────────────────────────────────────────────────
  binary(node: BinaryNode): string {
    const { operator, left, right } = node;
    switch (operator) {
      case operators.in:
      case operators.notIn:
        return this.membership(node);
      case operators.like:
      case operators.notLike:
        return this.infix(node, operator.symbol) + this.escapeClause(node.modifier);
      case operators.ilike:
      case operators.notIlike:
        return this.caseInsensitiveLike(node);
      case operators.div:
        return this.division(node);
      case operators.intDiv:
        return this.integerDivision(node);
      case operators.bitXor:
        return this.bitwiseXor(node);
      case operators.concat:
        return this.concatenation(node);
      case operators.isDistinctFrom:
      case operators.isNotDistinctFrom:
        return this.distinctFrom(node);
      case operators.regexpMatch:
      case operators.notRegexpMatch:
        return this.regexpMatch(node);
      case operators.match:
      case operators.notMatch:
        return this.match(node);
      case operators.collate:
        return `${this.operand(left, operator)} COLLATE ${right.kind === "labelReference" ? this.quote(right.name) : this.expression(right)}`;
      default:
        return this.infix(node, operator.symbol);
    }
  }

  protected infix({ left, right, operator }: BinaryNode, symbol: string): string {
    return `${this.operand(left, operator)} ${symbol} ${this.operand(right, operator)}`;
  }

  protected membership({ left, right, operator }: BinaryNode): string {
    const text = this.operand(left, operator);
    const members = right.kind === "scalarSubquery" ? this.subselect(right.query) : this.expression(right);
    const isGrouped = right.kind === "expressionList";
    return `${text} ${operator.symbol} ${isGrouped ? members : `(${members})`}`;
  }

  protected escapeClause(escape: string | null): string {
    return escape === null ? "" : ` ESCAPE '${escape.replaceAll("'", "''")}'`;
  }

  protected caseInsensitiveLike(node: BinaryNode): string {
    const symbol = node.operator === operators.ilike ? "LIKE" : "NOT LIKE";
    return `lower(${this.expression(node.left)}) ${symbol} ${this.lowered(node.right)}${this.escapeClause(node.modifier)}`;
  }

  /** lower() around a pattern; wildcards that the library put around it stay outside. */
  private lowered(node: ExpressionNode): string {
    if (node.kind === "fragment" && node.expressions.length === 0) return this.expression(node);
    if (node.kind === "binary" && node.operator === operators.concat && isWildcarded(node)) {
      return `${this.lowered(node.left)} || ${this.lowered(node.right)}`;
    }
    return `lower(${this.expression(node)})`;
  }

  /** True division, of integers too. */
  protected division(node: BinaryNode): string {
    if (node.left.type.affinity !== "integer" || node.right.type.affinity !== "integer") return this.infix(node, "/");
    return `${this.operand(node.left, node.operator)} / CAST(${this.expression(node.right)} AS NUMERIC)`;
  }
  protected integerDivision(node: BinaryNode): string {
    if (node.left.type.affinity === "integer" && node.right.type.affinity === "integer") return this.infix(node, "/");
    return `floor(${this.infix(node, "/")})`;
  }
  protected bitwiseXor(node: BinaryNode): string {
    return this.infix(node, "^");
  }
  protected concatenation(node: BinaryNode): string {
    return this.infix(node, "||");
  }
  protected distinctFrom(node: BinaryNode): string {
    return this.infix(node, node.operator.symbol);
  }
  protected regexpMatch(node: BinaryNode): string {
    return this.infix(node, node.operator.symbol);
  }
  protected match(node: BinaryNode): string {
    return this.infix(node, node.operator.symbol);
  }

  unary({ operator, operand }: UnaryNode): string {
    switch (operator) {
      case operators.not:
        if (!this.can.booleanLiterals && isPlainBoolean(operand)) return `${this.expression(operand)} = 0`;
        return `NOT ${this.grouped(operand, operators.not, (each) => this.condition(each))}`;
      case operators.exists:
        return `EXISTS ${this.expression(operand)}`;
      case operators.neg: {
        const text = this.operand(operand, operator);
        // Two minus signs would begin a comment.
        return text.startsWith("-") ? `-(${text})` : `-${text}`;
      }
      case operators.bitNot:
        return `~${this.operand(operand, operator)}`;
      default:
        return `${operator.symbol} ${this.operand(operand, operator)}`;
    }
  }

  booleanList({ operator, items }: BooleanListNode): string {
    return items
      .map((item) => this.grouped(item, operator, (each) => this.condition(each)))
      .join(` ${operator.symbol} `);
  }

  between({ operator, operand, low, high, symmetric }: BetweenNode): string {
    const symbol = symmetric ? `${operator.symbol} SYMMETRIC` : operator.symbol;
    const [from, to] = [this.operand(low, operator), this.operand(high, operator)];
    return `${this.operand(operand, operator)} ${symbol} ${from} AND ${to}`;
  }

  ordering({ operator, operand }: OrderingNode): string {
    const text = operand.kind === "ordering" ? this.ordering(operand) : this.orderingOperand(operand);
    return `${text} ${operator.symbol}`;
  }
  protected orderingOperand(node: ExpressionNode): string {
    return this.operand(node, operators.asc);
  }
  protected orderings(nodes: readonly (ExpressionNode | OrderingNode)[]): string {
    return nodes
      .map((node) => (node.kind === "ordering" ? this.ordering(node) : this.orderingOperand(node)))
      .join(", ");
  }

  // ── the rest ───────────────────────────────────────────────────────────────
  label(node: LabelNode): string {
    return this.expression(node.expression);
  }
  function(node: FunctionNode): string {
    const args = node.arguments.length === 0 && node.name === "count" ? "*" : this.list(node.arguments);
    const distinct = node.distinct ? "DISTINCT " : "";
    const orderBy = node.orderBy.length === 0 ? "" : ` ORDER BY ${this.orderings(node.orderBy)}`;
    return `${this.functionName(node)}(${distinct}${args}${orderBy})`;
  }
  protected functionName(node: FunctionNode): string {
    return node.name;
  }
  cast({ expression, type }: CastNode): string {
    return `CAST(${this.expression(expression)} AS ${this.dialect.typeName(type, "cast")})`;
  }
  typeCoerce({ expression }: TypeCoerceNode): string {
    return this.expression(expression);
  }
  case({ operand, whens, otherwise }: CaseNode): string {
    const start = operand === null ? "CASE" : `CASE ${this.expression(operand)}`;
    const branches = whens.map(({ condition, result }) => {
      const when = operand === null ? this.condition(condition) : this.expression(condition);
      return ` WHEN ${when.startsWith("(") || !isComposite(condition) ? when : `(${when})`} THEN ${this.expression(result)}`;
    });
    return `${start}${branches.join("")}${otherwise === null ? "" : ` ELSE ${this.expression(otherwise)}`} END`;
  }
  extract({ field, expression }: ExtractNode): string {
    return `EXTRACT(${field} FROM ${this.expression(expression)})`;
  }
  over({ expression, partitionBy, orderBy, frame }: OverNode): string {
    const parts: string[] = [];
    if (partitionBy.length > 0) parts.push(`PARTITION BY ${this.list(partitionBy)}`);
    if (orderBy.length > 0) parts.push(`ORDER BY ${this.orderings(orderBy)}`);
    if (frame !== null) {
      const bounds = `${this.frameBound(frame.start)} AND ${this.frameBound(frame.end)}`;
      parts.push(`${frame.unit} BETWEEN ${bounds}${frame.exclude === null ? "" : ` EXCLUDE ${frame.exclude}`}`);
    }
    return `${this.expression(expression)} OVER (${parts.join(" ")})`;
  }
  protected frameBound({ direction, offset }: FrameBoundNode): string {
    if (direction === "current") return "CURRENT ROW";
    return `${offset === null ? "UNBOUNDED" : this.expression(offset)} ${direction.toUpperCase()}`;
  }
  filter({ expression, where }: FilterNode): string {
    return `${this.expression(expression)} FILTER (WHERE ${this.conditions(where)})`;
  }
  withinGroup({ expression, orderBy }: WithinGroupNode): string {
    return `${this.expression(expression)} WITHIN GROUP (ORDER BY ${this.orderings(orderBy)})`;
  }
  tuple({ items }: TupleNode): string {
    return `(${this.list(items)})`;
  }
  expressionList({ items }: ExpressionListNode): string {
    return items.length === 0 ? `(${this.emptySet(1)})` : `(${this.list(items)})`;
  }
  scalarSubquery({ query }: ScalarSubqueryNode): string {
    return `(${this.subselect(query)})`;
  }
  custom({ construct, operands }: CustomNode): string {
    return construct.compile(
      operands.map((node) => this.expression(node)),
      this.dialect,
    );
  }

  // ── the finished text ──────────────────────────────────────────────────────
  /** Splits a text at its parameters' places; the slots come in the order in which they stand in the text. */
  protected finish(text: string): { readonly texts: readonly string[]; readonly slots: readonly Slot[] } {
    const texts: string[] = [];
    const slots: Slot[] = [];
    let last = 0;
    for (const match of text.matchAll(marks)) {
      const slot = this.#slots[Number(match[1])];
      if (slot === undefined) throw new CompileError("A parameter has lost its place; please report this.");
      texts.push(text.slice(last, match.index));
      slots.push(slot);
      last = match.index + match[0].length;
    }
    texts.push(text.slice(last));
    return { texts, slots };
  }
}

/** What stands between the items of a list binds less than anything else. */
const listOperator: Operator = {
  name: "list",
  symbol: ",",
  precedence: -1,
  associative: true,
  comparison: false,
  negation: null,
};

/** The operator that holds a node together, or null where it holds together by itself. */
function operatorOf(node: ExpressionNode): Operator | null {
  switch (node.kind) {
    case "binary":
    case "unary":
    case "booleanList":
    case "between":
      return node.operator;
    case "label":
    case "typeCoerce":
      return operatorOf(node.expression);
    case "fragment":
      return node.texts.length > 1 || /\s/.test(node.texts[0] ?? "") ? fragmentOperator : null;
    default:
      return null;
  }
}

/** Raw SQL may hold anything: next to an operator it stands in parentheses. */
const fragmentOperator: Operator = { ...listOperator, name: "fragment", precedence: 0, associative: false };

function isPlainBoolean(node: ExpressionNode): boolean {
  if (node.kind === "label") return isPlainBoolean(node.expression);
  return node.kind === "column" && node.type.affinity === "boolean";
}

function isComposite(node: ExpressionNode): boolean {
  return node.kind === "booleanList" || node.kind === "binary" || node.kind === "between";
}

function isWildcarded(node: BinaryNode): boolean {
  const isQuoted = (each: ExpressionNode): boolean => each.kind === "fragment" && each.texts[0] === "'%'";
  return isQuoted(node.left) || isQuoted(node.right) || (node.left.kind === "binary" && isWildcarded(node.left));
}
