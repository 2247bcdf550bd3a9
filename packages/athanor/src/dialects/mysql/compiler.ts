import { ArgumentError, CompileError } from "../../errors/errors.ts";
import { documentArguments, documentFunctions } from "../../sql/compile/document-arguments.ts";
import type { CompilerOptions } from "../../sql/compile/parameter-compiler.ts";
import type { SqlDialect } from "../../sql/compile/sql-dialect.ts";
import { StatementCompiler } from "../../sql/compile/statement-compiler.ts";
import type {
  BetweenNode,
  BinaryNode,
  CastNode,
  ColumnNode,
  ConstantNode,
  ExpressionNode,
  FilterNode,
  FrameBoundNode,
  FunctionNode,
  OrderingNode,
} from "../../sql/nodes/expressions.ts";
import type { FromNode, JoinType } from "../../sql/nodes/froms.ts";
import { type Operator, operators } from "../../sql/nodes/operators.ts";
import type {
  CompoundNode,
  DeleteNode,
  DmlNode,
  InsertNode,
  LockNode,
  QueryNode,
  SelectNode,
  UpdateNode,
  ValuesNode,
} from "../../sql/nodes/statements.ts";
import { featuresOf, type MysqlFeatures } from "./capabilities.ts";
import { duplicateKeyUpdates } from "./duplicate-key.ts";
import { jsonElement } from "./json-elements.ts";
import type { MysqlServer } from "./server.ts";
import { mysqlCastName, stringLiteral } from "./types.ts";

/** Functions that MySQL calls otherwise. */
const functionNames: Readonly<Record<string, string>> = {
  random: "rand",
  aggregate_strings: "group_concat",
  json_array_length: "json_length",
};
/** Words of the standard that are functions here, with parentheses. */
const calledWords: ReadonlySet<string> = new Set(["session_user", "user"]);

/** Text as JSON: MariaDB has no CAST for it. */
function parsed(text: ExpressionNode): ExpressionNode {
  const root: ExpressionNode = { kind: "fragment", texts: ["'$'"], expressions: [], type: text.type };
  return {
    kind: "function",
    name: "json_extract",
    arguments: [text, root],
    type: text.type,
    distinct: false,
    orderBy: [],
  };
}

const jsonGetters: ReadonlySet<Operator> = new Set([
  operators.jsonGet,
  operators.jsonPath,
  operators.jsonGetText,
  operators.jsonPathText,
]);
/** What asks for something inside of a document has functions here. */
const jsonFunctions: ReadonlyMap<Operator, (document: string, other: string) => string> = new Map([
  [operators.contains, (document, other) => `JSON_CONTAINS(${document}, ${other})`],
  [operators.containedBy, (document, other) => `JSON_CONTAINS(${other}, ${document})`],
  [operators.overlaps, (document, other) => `JSON_OVERLAPS(${document}, ${other})`],
  [operators.hasKey, (document, key) => `JSON_CONTAINS_PATH(${document}, 'one', concat('$.', JSON_QUOTE(${key})))`],
]);

/** OFFSET needs a LIMIT: the largest there can be. */
const noLimit = "18446744073709551615";

/** The dialect tells its compiler which server it speaks to. */
export interface MysqlTarget extends SqlDialect {
  readonly server: MysqlServer;
}

/** The SQL of MySQL and MariaDB. */
export class MysqlCompiler extends StatementCompiler {
  readonly #server: MysqlServer;
  readonly #features: MysqlFeatures;
  /** The table that an UPDATE of several tables changes. */
  #changed: UpdateNode["table"] | null = null;
  /** The name of the row that an upsert could not insert; null where VALUES(column) tells of it. */
  #rowAlias: string | null = null;
  #withIsWritten = false;

  /** Throws ArgumentError for the dialect of another database. */
  constructor(dialect: SqlDialect, options: CompilerOptions) {
    super(dialect, options);
    if (!isMysql(dialect)) {
      throw new ArgumentError(`MysqlCompiler compiles for a MysqlDialect, and ${dialect.name} is none.`);
    }
    this.#server = dialect.server;
    this.#features = featuresOf(dialect.server);
  }

  // ── truth values ───────────────────────────────────────────────────────────
  override condition(node: ExpressionNode): string {
    if (node.kind === "constant" && node.value !== "null") return `${node.value} = 1`;
    return super.condition(node);
  }
  override constant({ value }: ConstantNode): string {
    return value === "null" ? "NULL" : value;
  }

  // ── operators ──────────────────────────────────────────────────────────────
  protected override distinctFrom(node: BinaryNode): string {
    const same = this.infix(node, "<=>");
    return node.operator === operators.isDistinctFrom ? `NOT (${same})` : same;
  }
  /** `/` is true division by itself. */
  protected override division(node: BinaryNode): string {
    return this.infix(node, "/");
  }
  protected override integerDivision(node: BinaryNode): string {
    const isInteger = node.left.type.affinity === "integer" && node.right.type.affinity === "integer";
    return isInteger ? this.infix(node, "DIV") : `floor(${this.infix(node, "/")})`;
  }
  protected override escapeClause(escape: string | null): string {
    return escape === null ? "" : ` ESCAPE ${stringLiteral(escape)}`;
  }
  protected override concatenation(node: BinaryNode): string {
    return this.joinedText(concatenated(node).map((each) => this.expression(each)));
  }
  protected override joinedText(parts: readonly string[]): string {
    return `concat(${parts.join(", ")})`;
  }
  override between(node: BetweenNode): string {
    if (!node.symmetric) return super.between(node);
    const ends = () => `${this.expression(node.low)}, ${this.expression(node.high)}`;
    const operand = this.operand(node.operand, node.operator);
    return `${operand} ${node.operator.symbol} least(${ends()}) AND greatest(${ends()})`;
  }
  protected override regexpMatch(node: BinaryNode): string {
    const { left, right, modifier } = node;
    if (modifier === null) return super.regexpMatch(node);
    const flags = this.#regexpFlags(modifier);
    if (!this.#features.regexpLike) {
      return `${this.operand(left, node.operator)} ${node.operator.symbol} ${this.#inlined(flags, right)}`;
    }
    const call = `REGEXP_LIKE(${this.list([left, right])}, ${stringLiteral(flags)})`;
    return node.operator === operators.regexpMatch ? call : `NOT ${call}`;
  }
  protected override regexpReplace({ left, right, modifier }: BinaryNode): string {
    const [pattern, replacement] = right.kind === "expressionList" ? right.items : [right];
    if (pattern === undefined || replacement === undefined)
      throw this.unsupported("REGEXP_REPLACE without replacement");
    if (modifier === null) return `REGEXP_REPLACE(${this.list([left, pattern, replacement])})`;
    const flags = this.#regexpFlags(modifier);
    if (this.#features.regexpLike) {
      // All occurrences from the first character on.
      return `REGEXP_REPLACE(${this.list([left, pattern, replacement])}, 1, 0, ${stringLiteral(flags)})`;
    }
    return `REGEXP_REPLACE(${this.expression(left)}, ${this.#inlined(flags, pattern)}, ${this.expression(replacement)})`;
  }
  #regexpFlags(flags: string): string {
    if (/^[a-z]+$/.test(flags)) return flags;
    throw new CompileError(`Flags of a regular expression are letters, such as "i", not ${JSON.stringify(flags)}.`);
  }
  #inlined(flags: string, pattern: ExpressionNode): string {
    return `concat('(?${flags})', ${this.expression(pattern)})`;
  }
  protected override isCall(node: BinaryNode): boolean {
    return jsonGetters.has(node.operator) || jsonFunctions.has(node.operator) || super.isCall(node);
  }
  protected override jsonElement(node: BinaryNode): string {
    return jsonElement(node, () => `JSON_EXTRACT(${this.list([node.left, node.right])})`);
  }
  protected override containment({ operator, left, right }: BinaryNode): string {
    const write = left.type.affinity === "json" ? jsonFunctions.get(operator) : undefined;
    if (write !== undefined) return write(this.expression(left), this.expression(right));
    throw this.unsupported(`operator ${operator.symbol} of documents, arrays and ranges`);
  }
  protected override match({ left, right, operator }: BinaryNode): string {
    const against = `MATCH (${this.expression(left)}) AGAINST (${this.expression(right)} IN BOOLEAN MODE)`;
    return operator === operators.match ? against : `NOT ${against}`;
  }
  override filter({ expression }: FilterNode): string {
    const name = expression.kind === "function" ? `${expression.name}()` : "an aggregate";
    throw new CompileError(
      `${this.dialect.name} has no FILTER for ${name}: aggregate over caseWhen(condition, value) instead.`,
    );
  }

  /** MariaDB takes no parameter there. */
  protected override frameBound(node: FrameBoundNode): string {
    const { offset, direction } = node;
    if (!this.#server.mariadb || offset?.kind !== "bind") return super.frameBound(node);
    return `${this.literalAtExecution(offset)} ${direction.toUpperCase()}`;
  }

  // ── functions ──────────────────────────────────────────────────────────────
  protected override functionName(node: FunctionNode): string {
    return functionNames[node.name] ?? super.functionName(node);
  }
  override function(node: FunctionNode): string {
    if (calledWords.has(node.name)) return `${node.name}()`;
    if (documentFunctions.has(node.name)) {
      return super.function({ ...node, arguments: documentArguments(node.arguments, parsed) });
    }
    const [first, separator] = node.arguments;
    if (node.name !== "aggregate_strings" || first === undefined || separator?.kind !== "bind") {
      return super.function(node);
    }
    const order = node.orderBy.length === 0 ? "" : ` ORDER BY ${this.orderings(node.orderBy)}`;
    const text = `${node.distinct ? "DISTINCT " : ""}${this.expression(first)}${order}`;
    return `group_concat(${text} SEPARATOR ${this.literalAtExecution(separator)})`;
  }
  override cast(node: CastNode): string {
    if (node.safe) return super.cast(node);
    const name = mysqlCastName(node.type, this.#features);
    return name === null
      ? this.grouped(node.expression, operators.and, (each) => this.expression(each))
      : `CAST(${this.expression(node.expression)} AS ${name})`;
  }

  // ── names ──────────────────────────────────────────────────────────────────
  /** Neither can be told. */
  protected override materializedHint(): string {
    return "";
  }
  override column(node: ColumnNode): string {
    if (node.from?.kind !== "pseudoTable") return super.column(node);
    const name = this.quote(node.name);
    return this.#rowAlias === null ? `VALUES(${name})` : `${this.#rowAlias}.${name}`;
  }
  protected override joinKeyword(type: JoinType): string {
    return type === "inner" ? "INNER JOIN" : super.joinKeyword(type);
  }

  // ── queries ────────────────────────────────────────────────────────────────
  /** NULL is the least of all values here: only the other order has to be said, by a sort key of its own. */
  override ordering(node: OrderingNode): string {
    const { operator, operand } = node;
    if (operator !== operators.nullsFirst && operator !== operators.nullsLast) return super.ordering(node);
    const sorted = operand.kind === "ordering" ? this.ordering(operand) : this.orderingOperand(operand);
    const key = operand.kind === "ordering" ? operand.operand : operand;
    const isNull = `${this.orderingOperand(key as ExpressionNode, operators.is)} IS NULL`;
    return `${isNull}${operator === operators.nullsFirst ? " DESC" : ""}, ${sorted}`;
  }
  protected override groupings(nodes: readonly ExpressionNode[]): string {
    const [only, another] = nodes;
    if (only?.kind !== "function" || only.name !== "ROLLUP") return super.groupings(nodes);
    if (another !== undefined) throw this.unsupported("ROLLUP beside other groupings");
    return `${super.groupings(only.arguments)} WITH ROLLUP`;
  }
  /** What is left of them beside one ROLLUP. */
  protected override groupingName(name: string): string {
    throw this.unsupported(`${name} but one ROLLUP of everything: unite the groupings with unionAll()`);
  }
  override compound(node: CompoundNode, naming: Parameters<StatementCompiler["compound"]>[1]): string {
    if (!node.operator.startsWith("UNION") && !this.#features.setOperations) throw this.unsupported(node.operator);
    return super.compound(node, naming);
  }
  protected override valuesFrom(query: ValuesNode, name: string): string {
    if (!this.#server.known || !this.#server.mariadb) return super.valuesFrom(query, name);
    // MariaDB's aliases name no columns: the first row does.
    const [first, ...rest] = query.rows;
    const named = (first?.items ?? []).map(
      (each, i) => `${this.expression(each)} AS ${this.quote(query.columns[i]?.name ?? "")}`,
    );
    const others = rest.map((row) => ` UNION ALL SELECT ${this.list(row.items)}`);
    return `(SELECT ${named.join(", ")}${others.join("")}) AS ${name}`;
  }
  protected override limits(limit: ExpressionNode | null, offset: ExpressionNode | null): string {
    if (offset === null) return super.limits(limit, null);
    return ` LIMIT ${this.expression(offset)}, ${limit === null ? noLimit : this.expression(limit)}`;
  }
  protected override fetchClause(node: SelectNode, fetch: NonNullable<SelectNode["fetch"]>): string {
    if (fetch === "rows") return this.limits(node.limit, node.offset);
    if (fetch === "ties" && this.#features.withTies) return super.fetchClause(node, fetch);
    throw this.unsupported(fetch === "ties" ? "FETCH FIRST with ties" : "FETCH FIRST of a share of the rows");
  }
  protected override lockClause(lock: LockNode | null): string {
    if (lock === null) return "";
    const wait = lock.nowait ? " NOWAIT" : lock.skipLocked && this.#features.skipLocked ? " SKIP LOCKED" : "";
    if (lock.skipLocked && !this.#features.skipLocked) throw this.unsupported("SKIP LOCKED");
    // MariaDB locks rows of all tables: more than was asked for, and never less.
    if (!this.#features.forShare) return `${lock.read ? " LOCK IN SHARE MODE" : " FOR UPDATE"}${wait}`;
    const of = lock.of.length === 0 ? "" : ` OF ${lock.of.map((from) => this.nameOfFrom(from)).join(", ")}`;
    return ` FOR ${lock.read ? "SHARE" : "UPDATE"}${of}${wait}`;
  }

  // ── INSERT ─────────────────────────────────────────────────────────────────
  /** WITH stands in front of the SELECT. */
  protected override insertedQuery(query: QueryNode): string {
    const text = super.insertedQuery(query);
    const clause = this.withClause();
    this.#withIsWritten = true;
    return clause + text;
  }
  protected override withClause(): string {
    return this.#withIsWritten ? "" : super.withClause();
  }
  protected override conflictClauses(node: InsertNode): string {
    const [conflict] = node.conflicts;
    if (conflict === undefined) return "";
    if (conflict.dialect !== null && conflict.dialect !== this.dialect.family) return super.conflictClauses(node);
    const updates = conflict.dialect === null ? duplicateKeyUpdates(node, conflict, this.dialect.name) : conflict.set;
    const hasAlias = this.#features.rowAlias && node.select === null;
    this.#rowAlias = hasAlias ? (node.table.table.name === "new" ? "new_1" : "new") : null;
    const set = this.assignments(updates);
    return `${hasAlias ? ` AS ${this.#rowAlias}` : ""} ON DUPLICATE KEY UPDATE ${set}`;
  }

  // ── UPDATE, DELETE ─────────────────────────────────────────────────────────
  protected override updateSources(table: UpdateNode["table"], extra: readonly FromNode[]) {
    if (extra.length === 0) return super.updateSources(table, extra);
    this.#changed = table;
    return { target: [table, ...extra].map((each) => this.from(each)).join(", "), from: "" };
  }
  protected override assignedName(name: string): string {
    const own = super.assignedName(name);
    return this.#changed === null ? own : `${this.nameOfFrom(this.#changed)}.${own}`;
  }
  protected override deleteSources(table: DeleteNode["table"], extra: readonly FromNode[]): string {
    if (extra.length === 0 && table.kind === "table") return this.from(table);
    return `${this.nameOfFrom(table)} USING ${[table, ...extra].map((each) => this.from(each)).join(", ")}`;
  }
  protected override nestedDml(query: DmlNode): string {
    throw this.unsupported(`${query.kind.toUpperCase()} inside WITH`);
  }

  // ── RETURNING ──────────────────────────────────────────────────────────────
  protected override dml(node: DmlNode, ...rest: DmlArguments): string {
    this.#checkReturning(node);
    return super.dml(node, ...rest);
  }
  /** A server that is not known yet may be MariaDB, which has it in part. */
  #checkReturning({ kind, returning }: DmlNode): void {
    if (returning.length === 0 || this.can[`${kind}Returning`] || !this.#server.known) return;
    const statement = kind.toUpperCase();
    throw new CompileError(
      `${this.dialect.name} has no ${statement} … RETURNING: select the rows with a statement of its own` +
        `${kind === "insert" ? ", or read insertedPrimaryKey of the result" : ""}.`,
    );
  }
}

function isMysql(dialect: SqlDialect): dialect is MysqlTarget {
  return "server" in dialect;
}

type DmlArguments = readonly [parameterKeys: readonly string[] | null, naming: "statement" | "table"];

/** The operands of `a || b || c`, which concat() takes at once. */
function concatenated(node: ExpressionNode): readonly ExpressionNode[] {
  if (node.kind !== "binary" || node.operator !== operators.concat) return [node];
  return [...concatenated(node.left), ...concatenated(node.right)];
}
