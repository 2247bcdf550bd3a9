import { CompileError } from "../../errors/errors.ts";
import { trueNode } from "../../sql/coercions/operands.ts";
import type { Slot } from "../../sql/compile/compiled.ts";
import { documentArguments, documentFunctions } from "../../sql/compile/document-arguments.ts";
import { StatementCompiler } from "../../sql/compile/statement-compiler.ts";
import type {
  BetweenNode,
  BinaryNode,
  BindNode,
  ExpressionNode,
  ExtractNode,
  FunctionNode,
} from "../../sql/nodes/expressions.ts";
import type { TableSampleNode } from "../../sql/nodes/froms.ts";
import { type Operator, operators } from "../../sql/nodes/operators.ts";
import type {
  CompoundNode,
  ConflictNode,
  DmlNode,
  InsertNode,
  SelectItemNode,
  SelectNode,
  ValuesNode,
} from "../../sql/nodes/statements.ts";

/** What EXTRACT's fields are called in strftime(). */
const strftimeFormats: Readonly<Record<string, string>> = {
  year: "%Y",
  month: "%m",
  day: "%d",
  hour: "%H",
  minute: "%M",
  second: "%S",
  doy: "%j",
  dow: "%w",
  week: "%W",
  epoch: "%s",
};

/** Functions that SQLite calls otherwise. */
const functionNames: Readonly<Record<string, string>> = {
  char_length: "length",
  aggregate_strings: "group_concat",
  greatest: "max",
  least: "min",
  json_arrayagg: "json_group_array",
  json_objectagg: "json_group_object",
};

/** Functions of the standard that are others, or expressions, here. */
const standardFunctions: Readonly<Record<string, string>> = {
  now: "CURRENT_TIMESTAMP",
  localtime: "time('now', 'localtime')",
  localtimestamp: "datetime('now', 'localtime')",
  // A fraction between 0 and 1, as elsewhere; SQLite's own is any integer of 64 bits.
  random: "(0.5 + random() / 18446744073709551616.0)",
};
const userFunctions: ReadonlySet<string> = new Set(["current_user", "session_user", "user"]);

const jsonGetters: ReadonlySet<Operator> = new Set([operators.jsonGet, operators.jsonPath]);

/** Text as JSON. */
function parsed(text: ExpressionNode): ExpressionNode {
  return { kind: "function", name: "json", arguments: [text], type: text.type, distinct: false, orderBy: [] };
}

function wholeAsBigInt(value: unknown): unknown {
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** SQLite's SQL. */
export class SqliteCompiler extends StatementCompiler {
  /** Values whose kind of number does not matter, because they are compared, counted or written into a column. */
  readonly #plain = new Set<ExpressionNode>();

  /**
   * SQLite's drivers bind every number as floating point: a whole number that SQL computes with goes as a bigint, or
   * `'a' || 5` would be `a5.0`.
   */
  protected override operandProcessor(node: BindNode): Slot["process"] {
    const process = super.operandProcessor(node);
    const { affinity } = node.type;
    if (this.#plain.has(node) || (affinity !== "integer" && affinity !== "null")) return process;
    return process === null ? wholeAsBigInt : (value) => wholeAsBigInt(process(value));
  }
  override binary(node: BinaryNode): string {
    if (node.operator.comparison) this.#plain.add(node.left).add(node.right);
    return super.binary(node);
  }
  protected override assignedValue(node: ExpressionNode): string {
    this.#plain.add(node);
    return super.assignedValue(node);
  }
  protected override limits(limit: ExpressionNode | null, offset: ExpressionNode | null): string {
    for (const node of [limit, offset]) if (node !== null) this.#plain.add(node);
    return super.limits(limit, offset);
  }

  // ── operators ──────────────────────────────────────────────────────────────
  protected override division(node: BinaryNode): string {
    return `${this.operand(node.left, node.operator)} / (${this.operand(node.right, operators.add)} + 0.0)`;
  }
  /** There is no XOR: what either has, without what both have. */
  protected override bitwiseXor(node: BinaryNode): string {
    const side = (operand: ExpressionNode) => this.operand(operand, operators.neg);
    return `((${side(node.left)} | ${side(node.right)}) - (${side(node.left)} & ${side(node.right)}))`;
  }
  /** IS and IS NOT compare any two values, null as a value among them. */
  protected override distinctFrom(node: BinaryNode): string {
    return this.infix(node, node.operator === operators.isDistinctFrom ? "IS NOT" : "IS");
  }
  override between(node: BetweenNode): string {
    this.#plain.add(node.low).add(node.high);
    if (!node.symmetric) return super.between(node);
    const ends = () => `${this.expression(node.low)}, ${this.expression(node.high)}`;
    const operand = this.operand(node.operand, node.operator);
    return `${operand} ${node.operator.symbol} min(${ends()}) AND max(${ends()})`;
  }
  protected override regexpMatch(node: BinaryNode): string {
    if (node.modifier === null) return super.regexpMatch(node);
    throw new CompileError(
      `SQLite's REGEXP takes no flags; the statement gives ${JSON.stringify(node.modifier)}. Write them into the pattern.`,
    );
  }
  protected override isCall(node: BinaryNode): boolean {
    return jsonGetters.has(node.operator) || super.isCall(node);
  }
  /** JSON_QUOTE makes JSON of what JSON_EXTRACT has taken out as a value of SQL. */
  protected override jsonElement(node: BinaryNode): string {
    if (!jsonGetters.has(node.operator)) return this.infix(node, "->>");
    const value = `JSON_EXTRACT(${this.list([node.left, node.right])})`;
    if (node.type.affinity === "json") return `JSON_QUOTE(${value})`;
    return `CAST(${value} AS ${this.dialect.typeName(node.type, "cast")})`;
  }
  protected override containment({ operator }: BinaryNode): string {
    throw this.unsupported(`operator ${operator.symbol} of documents, arrays and ranges`);
  }
  protected override regexpReplace(_node: BinaryNode): string {
    throw this.unsupported("replacement by regular expressions");
  }
  protected override quantified(operator: Operator, _operand: ExpressionNode): string {
    throw this.unsupported(`${operator.symbol} of a query or an array; use in(), exists() or an aggregate`);
  }

  // ── functions ──────────────────────────────────────────────────────────────
  protected override functionName(node: FunctionNode): string {
    return functionNames[node.name] ?? super.functionName(node);
  }
  override function(node: FunctionNode): string {
    const { name } = node;
    if (documentFunctions.has(name)) {
      return super.function({ ...node, arguments: documentArguments(node.arguments, parsed) });
    }
    if (node.arguments.length > 0) return super.function(node);
    if (userFunctions.has(name)) throw this.unsupported("users");
    return standardFunctions[name] ?? super.function(node);
  }
  override extract({ field, expression }: ExtractNode): string {
    const format = strftimeFormats[field];
    if (format === undefined) {
      throw new CompileError(
        `SQLite extracts ${Object.keys(strftimeFormats).join(", ")}, not ${JSON.stringify(field)}.`,
      );
    }
    return `CAST(STRFTIME('${format}', ${this.expression(expression)}) AS INTEGER)`;
  }

  // ── lists, queries ─────────────────────────────────────────────────────────
  protected override get tupleListKeyword(): string {
    return "VALUES ";
  }
  protected override emptyList(width: number): string {
    const ones = Array.from({ length: width }, () => "1").join(", ");
    return `SELECT ${ones} FROM (SELECT ${ones}) WHERE 1!=1`;
  }
  /** Aliases cannot name columns here; those of VALUES are called column1, column2 and so on. */
  protected override valuesFrom(query: ValuesNode, name: string): string {
    const columns = query.columns.map((each, i) => `column${i + 1} AS ${this.quote(each.name)}`);
    return `(SELECT ${columns.join(", ")} FROM (${this.query(query, "table")})) AS ${name}`;
  }
  protected override groupingName(name: string): string {
    throw this.unsupported(`${name}: unite the groupings with unionAll()`);
  }
  protected override tableSample(_node: TableSampleNode): string {
    throw this.unsupported("TABLESAMPLE");
  }
  override compound(node: CompoundNode, naming: Parameters<StatementCompiler["compound"]>[1]): string {
    if (node.operator === "INTERSECT ALL" || node.operator === "EXCEPT ALL") throw this.unsupported(node.operator);
    return super.compound(node, naming);
  }
  protected override offsetWithoutLimit(): string {
    return " LIMIT -1";
  }
  protected override fetchClause(node: SelectNode, fetch: NonNullable<SelectNode["fetch"]>): string {
    if (fetch === "rows") return this.limits(node.limit, node.offset);
    throw this.unsupported("FETCH FIRST with ties or percent");
  }

  protected override get conflictDialects(): readonly string[] {
    return ["postgresql"];
  }
  protected override conflict(node: ConflictNode): string {
    if (node.constraint === null) return super.conflict(node);
    throw this.unsupported("ON CONFLICT of a constraint by its name: give its columns as indexElements");
  }

  // ── INSERT, UPDATE, DELETE ─────────────────────────────────────────────────
  /** Without a WHERE, ON CONFLICT would be read as the ON of a join. */
  protected override insertSelect(node: InsertNode): string {
    const { select } = node;
    const isOpen = select !== null && select.kind === "select" && select.where.length === 0;
    if (!isOpen || node.conflicts.length === 0) return super.insertSelect(node);
    return super.insertSelect({ ...node, select: { ...select, where: [trueNode] } });
  }
  protected override nestedDml(query: DmlNode): string {
    throw this.unsupported(`${query.kind.toUpperCase()} inside WITH`);
  }
  /** RETURNING knows the table's columns by their own names only. */
  protected override returning(items: readonly SelectItemNode[], naming: "statement" | "table"): string {
    return this.withoutTables(() => super.returning(items, naming));
  }
}
