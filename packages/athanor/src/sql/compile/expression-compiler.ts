import { ArgumentError } from "../../errors/errors.ts";
import { expressionOf } from "../coercions/operands.ts";
import type {
  BetweenNode,
  BinaryNode,
  BooleanListNode,
  CaseNode,
  CastNode,
  ColumnDefaultNode,
  ColumnNode,
  ConstantNode,
  CustomNode,
  ElementCompiler,
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
import { type CompilerOptions, ParameterCompiler } from "./parameter-compiler.ts";
import { isAmbiguous, isComposite, isPlainBoolean, isWildcarded, listOperator, operatorOf } from "./precedence.ts";
import type { SqlDialect } from "./sql-dialect.ts";

type ExpressionVisitors = {
  readonly [K in ExpressionNode["kind"]]: (node: Extract<ExpressionNode, { kind: K }>) => string;
};

/** Turns expressions into SQL. A dialect overrides the methods for what it writes in another way. */
export abstract class ExpressionCompiler extends ParameterCompiler implements ExpressionVisitors {
  /** Columns are written without their table. */
  protected unqualified: boolean;

  constructor(dialect: SqlDialect, options: CompilerOptions) {
    super(dialect, options);
    this.unqualified = options.unqualified ?? false;
  }

  // ── dispatch ───────────────────────────────────────────────────────────────
  expression(node: ExpressionNode): string {
    // Each kind has the method of its name; the mapped type above sees to it that none is missing.
    return (this[node.kind] as (node: ExpressionNode) => string).call(this, node);
  }

  /** An expression that is asked whether it is true: where there are no booleans, plain ones are compared. */
  condition(node: ExpressionNode): string {
    if (this.can.booleanLiterals) return this.expression(node);
    if (isPlainBoolean(node)) return `${this.expression(node)} = 1`;
    if (node.kind === "constant" && node.value !== "null") return node.value === "true" ? "1 = 1" : "0 = 1";
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
    return inner.precedence <= around.precedence || isAmbiguous(inner, around) ? `(${text})` : text;
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

  constant({ value }: ConstantNode): string {
    if (value === "null") return "NULL";
    if (this.can.booleanLiterals) return value;
    return value === "true" ? "1" : "0";
  }

  columnDefault({ column }: ColumnDefaultNode): string {
    const value = column.default;
    if (value?.kind === "value") {
      return this.parameter({ kind: "default", column, make: () => value.value }, column.type);
    }
    if (value?.kind === "function") return this.parameter({ kind: "default", column, make: value.create }, column.type);
    return "NULL";
  }

  fragment({ texts, expressions }: FragmentNode): string {
    return texts
      .map((text, index) => {
        const next = expressions[index];
        return this.rawText(text) + (next === undefined ? "" : this.expression(next));
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
      case operators.regexpReplace:
        return this.regexpReplace(node);
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
    if (node.kind === "binary" && isWildcarded(node)) {
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
  protected regexpReplace({ left, right, modifier }: BinaryNode): string {
    const args = [left, ...(right.kind === "expressionList" ? right.items : [right])];
    return `REGEXP_REPLACE(${this.list(args)}${modifier === null ? "" : `, '${modifier}'`})`;
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
      case operators.any:
      case operators.all:
        return this.quantified(operator, operand);
      case operators.bitNot:
        return `~${this.operand(operand, operator)}`;
      default:
        return `${operator.symbol} ${this.operand(operand, operator)}`;
    }
  }

  /** ANY and ALL of a query. */
  protected quantified(operator: Operator, operand: ExpressionNode): string {
    return `${operator.symbol} ${this.expression(operand)}`;
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
  protected orderingOperand(node: ExpressionNode, around: Operator = operators.asc): string {
    return this.operand(node, around);
  }
  protected orderings(nodes: readonly (ExpressionNode | OrderingNode)[]): string {
    return nodes
      .map((node) => (node.kind === "ordering" ? this.ordering(node) : this.orderingOperand(node, listOperator)))
      .join(", ");
  }

  // ── the rest ───────────────────────────────────────────────────────────────
  label(node: LabelNode): string {
    return this.expression(node.expression);
  }
  function(node: FunctionNode): string {
    const { name, distinct, orderBy } = node;
    if (node.arguments.length === 0 && wordFunctions.has(name)) return name.toUpperCase();
    const args = node.arguments.length === 0 && name === "count" ? "*" : this.list(node.arguments);
    const order = orderBy.length === 0 ? "" : ` ORDER BY ${this.orderings(orderBy)}`;
    return `${this.functionName(node)}(${distinct ? "DISTINCT " : ""}${args}${order})`;
  }
  /** Functions are quoted only where they are no plain names: quotes would make them case sensitive. */
  protected functionName({ name }: FunctionNode): string {
    if (groupings.has(name)) return name;
    const parts = name.split(".");
    return parts.map((part) => (/^[A-Za-z_][\w$]*$/.test(part) ? part : this.quote(part))).join(".");
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
  custom(node: CustomNode): string {
    return node.construct.compile(node, this.#elementCompiler);
  }
  /** What constructs of a user's ask of this compiler. */
  readonly #elementCompiler: ElementCompiler = {
    dialect: this.dialect,
    process: (element) => this.expression(expressionOf(element, "process()")),
    list: (elements) => this.list(elements.map((each) => expressionOf(each, "list()"))),
    query: (element) => {
      const node = expressionOf(element, "query()");
      if (node.kind === "scalarSubquery") return this.subselect(node.query);
      throw new ArgumentError("query() of a compiler takes a SELECT.");
    },
    quote: (identifier) => this.quote(identifier),
    typeName: ({ definition }) => this.dialect.typeName(definition.type, "cast"),
  };
}

/** Functions of the standard that are written without parentheses. */
const wordFunctions: ReadonlySet<string> = new Set([
  "current_date",
  "current_time",
  "current_timestamp",
  "current_user",
  "localtime",
  "localtimestamp",
  "session_user",
]);
const groupings: ReadonlySet<string> = new Set(["ROLLUP", "CUBE", "GROUPING SETS"]);
