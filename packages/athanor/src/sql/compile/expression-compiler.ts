import { ArgumentError } from "../../errors/errors.ts";
import type { Sequence } from "../../schema/sequence.ts";
import { expressionOf } from "../coercions/operands.ts";
import type {
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
  SequenceValueNode,
  TupleNode,
  TypeCoerceNode,
  WithinGroupNode,
} from "../nodes/expressions.ts";
import type { FromNode } from "../nodes/froms.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import { OperatorCompiler } from "./operator-compiler.ts";
import type { CompilerOptions } from "./parameter-compiler.ts";
import { isComposite, listOperator } from "./precedence.ts";
import type { SqlDialect } from "./sql-dialect.ts";

type ExpressionVisitors = {
  readonly [K in ExpressionNode["kind"]]: (node: Extract<ExpressionNode, { kind: K }>) => string;
};

/** Turns expressions into SQL. A dialect overrides the methods for what it writes in another way. */
export abstract class ExpressionCompiler extends OperatorCompiler implements ExpressionVisitors {
  /** Columns are written without their table. */
  protected unqualified: boolean;

  constructor(dialect: SqlDialect, options: CompilerOptions) {
    super(dialect, options);
    this.unqualified = options.unqualified ?? false;
  }

  override expression(node: ExpressionNode): string {
    // Each kind has the method of its name; the mapped type above sees to it that none is missing.
    return (this[node.kind] as (node: ExpressionNode) => string).call(this, node);
  }

  // ── names and values ───────────────────────────────────────────────────────
  /** The name by which columns of a table, an alias or a subquery are addressed. */
  protected abstract nameOfFrom(from: FromNode): string;
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
    if (node.type.affinity === "array" && this.can.arrays !== true) throw this.unsupported("arrays");
    if (node.arguments.length === 0 && wordFunctions.has(name)) return name.toUpperCase();
    const args = node.arguments.length === 0 && name === "count" ? "*" : this.list(node.arguments);
    const order = orderBy.length === 0 ? "" : ` ORDER BY ${this.orderings(orderBy)}`;
    return `${this.functionName(node)}(${distinct ? "DISTINCT " : ""}${args}${order})`;
  }
  /** Functions are quoted only where they are no plain names: quotes would make them case sensitive. */
  protected functionName({ name }: FunctionNode): string {
    if (groupings.has(name)) return this.groupingName(name);
    const parts = name.split(".");
    return parts.map((part) => (/^[A-Za-z_][\w$]*$/.test(part) ? part : this.quote(part))).join(".");
  }
  /** ROLLUP, CUBE and GROUPING SETS. */
  protected groupingName(name: string): string {
    return name;
  }
  cast({ expression, type, safe }: CastNode): string {
    if (safe) throw this.unsupported("TRY_CAST");
    return `CAST(${this.expression(expression)} AS ${this.typeName(type, "cast")})`;
  }
  sequenceValue({ sequence }: SequenceValueNode): string {
    if (!this.can.sequences) throw this.unsupported("sequences");
    return `nextval(${this.sequenceName(sequence)})`;
  }
  /** A sequence as the argument of its function. */
  protected sequenceName({ name, schema }: Sequence): string {
    return this.schemaPrefix(schema) + this.quote(name);
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
    return `(${this.list(items)})`;
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
    typeName: ({ definition }) => this.typeName(definition.type, "cast"),
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
  "user",
]);
const groupings: ReadonlySet<string> = new Set(["ROLLUP", "CUBE", "GROUPING SETS"]);
