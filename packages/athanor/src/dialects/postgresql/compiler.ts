import type { Sequence } from "../../schema/sequence.ts";
import { StatementCompiler } from "../../sql/compile/statement-compiler.ts";
import type {
  BetweenNode,
  BinaryNode,
  BindNode,
  ColumnDefaultNode,
  ExpressionNode,
  FunctionNode,
  SequenceValueNode,
} from "../../sql/nodes/expressions.ts";
import { operators } from "../../sql/nodes/operators.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { ArrayType } from "../../sqltypes/composite.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { postgresqlTypeName } from "./types.ts";

/** Functions that PostgreSQL calls otherwise. */
const functionNames: Readonly<Record<string, string>> = {
  aggregate_strings: "string_agg",
  json_object: "json_build_object",
  json_array: "json_build_array",
  json_arrayagg: "json_agg",
  json_objectagg: "json_object_agg",
};

/** PostgreSQL's SQL. */
export class PostgresqlCompiler extends StatementCompiler {
  /** Values whose type the server finds out from what stands beside them. */
  readonly #inferred = new Set<ExpressionNode>();

  // ── parameters ─────────────────────────────────────────────────────────────
  /**
   * The server has to know a parameter's type before it sees a value: `SELECT $1` would be text, and `lower($1)` could be
   * anything. So the type is written behind it, except where a column says it.
   */
  override bind(node: BindNode, negated: boolean = false): string {
    const text = super.bind(node, negated);
    const isPlain = this.literalBinds || node.literal === true || node.expanding;
    return isPlain || this.#inferred.has(node) ? text : this.#typed(text, node.type);
  }
  protected override arrayBind(node: BindNode): string {
    return this.#typed(super.arrayBind(node), new ArrayType(node.type));
  }
  override columnDefault(node: ColumnDefaultNode): string {
    const text = super.columnDefault(node);
    return this.literalBinds || text === "NULL" ? text : this.#typed(text, node.type);
  }
  #typed(text: string, type: SqlType): string {
    return text + this.parameterCast(type);
  }
  protected override parameterCast(type: SqlType): string {
    // A function that stands around the value tells what it takes.
    if (type.sqlSide?.bind != null) return "";
    return type.stored.kind === "null" ? "" : `::${postgresqlTypeName(type, "parameter", this.prefix)}`;
  }
  #inferring<T>(nodes: readonly (ExpressionNode | null)[], work: () => T): T {
    const own = nodes.filter((node) => node !== null && node.kind === "bind" && !this.#inferred.has(node));
    for (const node of own) if (node !== null) this.#inferred.add(node);
    try {
      return work();
    } finally {
      for (const node of own) if (node !== null) this.#inferred.delete(node);
    }
  }

  override binary(node: BinaryNode): string {
    const { operator, left, right } = node;
    // The operators of arrays and documents have several meanings, among which a value without a type does not choose.
    if (!operator.comparison || operator.eager === true || !(tells(left, right) || tells(right, left)))
      return super.binary(node);
    return this.#inferring([left, right], () => super.binary(node));
  }
  override between(node: BetweenNode): string {
    const isTold = tells(node.operand, node.low) && tells(node.operand, node.high);
    return isTold ? this.#inferring([node.low, node.high], () => super.between(node)) : super.between(node);
  }
  protected override assignedValue(node: ExpressionNode): string {
    return this.#inferring([node], () => super.assignedValue(node));
  }
  protected override limits(limit: ExpressionNode | null, offset: ExpressionNode | null): string {
    return this.#inferring([limit, offset], () => super.limits(limit, offset));
  }

  // ── operators ──────────────────────────────────────────────────────────────
  protected override caseInsensitiveLike(node: BinaryNode): string {
    return this.infix(node, node.operator.symbol) + this.escapeClause(node.modifier);
  }
  protected override bitwiseXor(node: BinaryNode): string {
    return this.infix(node, "#");
  }
  protected override regexpMatch(node: BinaryNode): string {
    const symbol = node.operator === operators.regexpMatch ? "~" : "!~";
    const { modifier } = node;
    if (modifier === null) return this.infix(node, symbol);
    if (modifier === "i") return this.infix(node, `${symbol}*`);
    const flags = this.dialect.literal(`(?${modifier})`, node.left.type);
    return `${this.operand(node.left, node.operator)} ${symbol} CONCAT(${flags}, ${this.expression(node.right)})`;
  }
  /** A binary document is subscripted like an array. */
  protected override isSubscript(node: ExpressionNode): boolean {
    if (node.kind !== "binary") return super.isSubscript(node);
    const { operator, left, type } = node;
    return operator === operators.jsonGet && left.type.stored.kind === "jsonb" && type.affinity === "json";
  }
  protected override jsonElement(node: BinaryNode): string {
    return this.isSubscript(node) ? this.subscripted(node.left, this.expression(node.right)) : super.jsonElement(node);
  }
  protected override isCall(node: BinaryNode): boolean {
    return this.isSubscript(node) || super.isCall(node);
  }
  protected override match(node: BinaryNode): string {
    const config = node.modifier === null ? "" : `'${node.modifier}', `;
    const query = `plainto_tsquery(${config}${this.expression(node.right)})`;
    const text = `${this.operand(node.left, node.operator)} @@ ${query}`;
    return node.operator === operators.match ? text : `NOT ${text}`;
  }

  // ── functions ──────────────────────────────────────────────────────────────
  protected override functionName(node: FunctionNode): string {
    const isBinary = node.name === "json_array_length" && node.arguments[0]?.type.stored.kind === "jsonb";
    return isBinary ? "jsonb_array_length" : (functionNames[node.name] ?? super.functionName(node));
  }
  override sequenceValue({ sequence }: SequenceValueNode): string {
    return this.nextValue(sequence);
  }
  protected override nextValue({ schema, name }: Sequence): string {
    return `nextval('${this.schemaPrefix(schema, true)}${this.quote(name).replaceAll("'", "''")}')`;
  }

  // ── queries ────────────────────────────────────────────────────────────────
  protected override distinctOn({ distinctOn }: SelectNode): string {
    return `DISTINCT ON (${this.list(distinctOn)}) `;
  }
  protected override offsetWithoutLimit(): string {
    return " LIMIT ALL";
  }
  protected override fetchClause(node: SelectNode, fetch: NonNullable<SelectNode["fetch"]>): string {
    const { limit, offset } = node;
    if (fetch === "percent" || fetch === "percent ties") throw this.unsupported("FETCH FIRST with percent");
    if (limit === null) return super.fetchClause(node, fetch);
    return this.#inferring([limit, offset], () => {
      const skipped = offset === null ? "" : ` OFFSET (${this.expression(offset)}) ROWS`;
      return `${skipped} FETCH FIRST (${this.expression(limit)}) ROWS ${fetch === "ties" ? "WITH TIES" : "ONLY"}`;
    });
  }
}

/** Whether a column beside a value says what the value's type is. */
function tells(column: ExpressionNode, value: ExpressionNode): boolean {
  return (
    column.kind === "column" &&
    value.kind === "bind" &&
    column.type.stored.affinity !== "null" &&
    column.type.stored.affinity === value.type.stored.affinity
  );
}
