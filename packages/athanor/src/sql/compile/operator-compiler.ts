import type { SqlType } from "../../sqltypes/sql-type.ts";
import { numericType } from "../coercions/literal-types.ts";
import type {
  ArrayNode,
  BetweenNode,
  BinaryNode,
  BooleanListNode,
  ExpressionNode,
  SubscriptNode,
  UnaryNode,
} from "../nodes/expressions.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import type { QueryNode } from "../nodes/statements.ts";
import { ParameterCompiler } from "./parameter-compiler.ts";
import { isPlainBoolean, isWildcarded, listOperator, needsParentheses, operatorOf } from "./precedence.ts";

/** Operators of documents, arrays and ranges that only some databases have. */
const containerOperators: ReadonlySet<Operator> = new Set([
  operators.contains,
  operators.containedBy,
  operators.overlaps,
  operators.hasKey,
  operators.hasAny,
  operators.hasAll,
  operators.pathExists,
  operators.pathMatch,
  operators.deletePath,
  operators.deleteKey,
  operators.strictlyLeftOf,
  operators.strictlyRightOf,
  operators.notExtendRightOf,
  operators.notExtendLeftOf,
  operators.adjacentTo,
]);

/** Turns operators and their operands into SQL, with parentheses where they are needed. */
export abstract class OperatorCompiler extends ParameterCompiler {
  // ── dispatch ───────────────────────────────────────────────────────────────
  protected abstract subselect(query: QueryNode): string;

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
    const inner = this.operatorOf(node);
    return inner !== null && needsParentheses(inner, around) ? `(${text})` : text;
  }

  /** The operator that holds a node's text together, or null where it holds together by itself. */
  protected operatorOf(node: ExpressionNode): Operator | null {
    const operator = operatorOf(node);
    return operator !== null && node.kind === "binary" && this.isCall(node) ? null : operator;
  }

  /** An operator that is written as the call of a function. */
  protected isCall({ operator, type }: BinaryNode): boolean {
    if (operator === operators.jsonGet || operator === operators.jsonPath) return type.affinity !== "json";
    return operator === operators.regexpReplace || operator === operators.pow;
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
      case operators.pow:
        return this.power(node);
      case operators.jsonGet:
      case operators.jsonPath:
      case operators.jsonGetText:
      case operators.jsonPathText:
        return this.jsonElement(node);
      case operators.collate:
        return `${this.operand(left, operator)} COLLATE ${right.kind === "labelReference" ? this.quote(right.name) : this.expression(right)}`;
      default:
        return containerOperators.has(operator) ? this.containment(node) : this.infix(node, operator.symbol);
    }
  }

  protected infix({ left, right, operator }: BinaryNode, symbol: string): string {
    return `${this.operand(left, operator)} ${symbol} ${this.operand(right, operator)}`;
  }

  protected membership({ left, right, operator }: BinaryNode): string {
    const start = `${this.operand(left, operator)} ${operator.symbol} `;
    switch (right.kind) {
      case "scalarSubquery":
        return `${start}(${this.subselect(right.query)})`;
      case "expressionList":
        return start + this.expression(right);
      case "bind": {
        const isArray = right.together === true && operator === operators.in && this.can.arrays === true;
        if (isArray && !this.literalBinds) return `${this.operand(left, operator)} = ANY (${this.arrayBind(right)})`;
        const negated = operator === operators.notIn;
        const text = `${start}(${this.bind(right, negated)})`;
        // What stands for an empty list may end in OR.
        return negated ? `(${text})` : text;
      }
      default:
        return `${start}(${this.expression(right)})`;
    }
  }

  protected escapeClause(escape: string | null): string {
    return escape === null ? "" : ` ESCAPE '${escape.replaceAll("'", "''")}'`;
  }

  protected caseInsensitiveLike(node: BinaryNode): string {
    const symbol = node.operator === operators.ilike ? "LIKE" : "NOT LIKE";
    const pattern = this.lowered(node.right);
    const text = pattern.length === 1 ? (pattern[0] ?? "") : this.joinedText(pattern);
    return `lower(${this.expression(node.left)}) ${symbol} ${text}${this.escapeClause(node.modifier)}`;
  }

  /** Texts behind one another. */
  protected joinedText(parts: readonly string[]): string {
    return parts.join(" || ");
  }

  /** The parts of a pattern, with lower() around them; wildcards that the library put there stay outside. */
  private lowered(node: ExpressionNode): readonly string[] {
    if (node.kind === "fragment" && node.expressions.length === 0) return [this.expression(node)];
    if (node.kind !== "binary" || !isWildcarded(node)) return [`lower(${this.expression(node)})`];
    return [...this.lowered(node.left), ...this.lowered(node.right)];
  }

  /** True division, of integers too. */
  protected division(node: BinaryNode): string {
    const divisor = this.typeName(divisorType(node.right), "cast");
    return `${this.operand(node.left, node.operator)} / CAST(${this.expression(node.right)} AS ${divisor})`;
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

  protected power({ left, right }: BinaryNode): string {
    return `power(${this.list([left, right])})`;
  }
  /** An element of a document, as JSON or converted. */
  protected jsonElement(node: BinaryNode): string {
    const { operator, left, type } = node;
    const isText = operator === operators.jsonGetText || operator === operators.jsonPathText;
    if (isText || type.affinity === "json" || left.type.affinity === "hstore") return this.infix(node, operator.symbol);
    const text = this.infix(node, operator === operators.jsonGet ? "->>" : "#>>");
    return `CAST(${text} AS ${this.typeName(type, "cast")})`;
  }
  /** What documents, arrays and ranges are asked about what is inside. */
  protected containment(node: BinaryNode): string {
    return this.infix(node, node.operator.symbol);
  }

  unary({ operator, operand }: UnaryNode): string {
    switch (operator) {
      case operators.not:
        if (!this.can.booleanLiterals && isPlainBoolean(operand)) return `${this.expression(operand)} = 0`;
        return `NOT ${this.grouped(operand, operators.not, (each) => this.condition(each))}`;
      case operators.exists:
        return `EXISTS ${this.expression(operand)}`;
      case operators.neg:
      case operators.bitNot: {
        // Databases do not agree how tightly ~ binds.
        const text = this.operand(operand, operators.neg);
        // Two minus signs would begin a comment, and ~- be an operator of its own.
        return operator.symbol + (text.startsWith("-") ? `(${text})` : text);
      }
      case operators.any:
      case operators.all:
        return this.quantified(operator, operand);
      default:
        return `${operator.symbol} ${this.operand(operand, operator)}`;
    }
  }

  /** ANY and ALL of a query or an array. */
  protected quantified(operator: Operator, operand: ExpressionNode): string {
    if (operand.kind === "scalarSubquery") return `${operator.symbol} ${this.expression(operand)}`;
    if (this.can.arrays !== true) throw this.unsupported("arrays");
    return `${operator.symbol} (${this.expression(operand)})`;
  }

  subscript({ expression, index, end, slice }: SubscriptNode): string {
    if (this.can.arrays !== true) throw this.unsupported("arrays");
    const place = (node: ExpressionNode | null) => (node === null ? "" : this.expression(node));
    return this.subscripted(expression, `${place(index)}${slice ? `:${place(end)}` : ""}`);
  }
  /** `value[place]`: columns and other subscripts stand without parentheses. */
  protected subscripted(value: ExpressionNode, place: string): string {
    const text = this.expression(value);
    return `${value.kind === "column" || this.isSubscript(value) ? text : `(${text})`}[${place}]`;
  }
  protected isSubscript(node: ExpressionNode): boolean {
    return node.kind === "subscript";
  }
  array({ items, type }: ArrayNode): string {
    if (this.can.arrays !== true) throw this.unsupported("arrays");
    if (items.length > 0) return `ARRAY[${this.list(items)}]`;
    return `CAST(ARRAY[] AS ${this.typeName(type, "cast")})`;
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
}

/** What a divisor is made so that the quotient is a fraction. A plain value may have more digits than the column it stands beside. */
function divisorType({ kind, type }: ExpressionNode): SqlType {
  if (type.affinity === "float") return type;
  return type.affinity === "numeric" && kind !== "bind" ? type : numericType;
}
