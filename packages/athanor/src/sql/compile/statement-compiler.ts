import { CompileError, UnsupportedCompilationError } from "../../errors/errors.ts";
import type { ColumnDefault } from "../../schema/column-definition.ts";
import type { Sequence } from "../../schema/sequence.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { NODE } from "../../util/symbols.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import type { CteNode, FromNode } from "../nodes/froms.ts";
import type {
  AssignmentNode,
  ConflictNode,
  DeleteNode,
  DmlNode,
  InsertNode,
  QueryNode,
  SelectItemNode,
  StatementNode,
  UpdateNode,
} from "../nodes/statements.ts";
import { CompiledStatement, type InsertedRow, type InsertInfo, type StatementKind } from "./compiled.ts";
import { fromsIn, tableOf } from "./from-clause.ts";
import { QueryCompiler } from "./query-compiler.ts";
import { isMeant } from "./sql-dialect.ts";

/** A column and the SQL of what is written into it. */
interface Value {
  readonly column: TableColumn;
  readonly text: string;
}

/** RETURNING of the statement tells how rows are read; inside WITH it names columns. */
type ReturningNaming = "statement" | "table";

/** Turns whole statements into SQL. One compiler serves one statement. */
export class StatementCompiler extends QueryCompiler {
  #insertInfo: InsertInfo | null = null;
  /** The row of an INSERT whose values come with the execution, as it stands in the text. */
  #insertedRow: string | null = null;

  /**
   * Compiles a statement. `parameterKeys` are the columns for which the execution brings values, where an INSERT or
   * UPDATE does not say them itself.
   */
  compile(statement: StatementNode, parameterKeys: readonly string[] | null): CompiledStatement {
    const body = this.statement(statement, parameterKeys);
    const text = this.withClause() + body;
    const { texts, slots } = this.finish(text);
    return new CompiledStatement({
      kind: kindOf(statement),
      texts,
      slots,
      columns: this.resultColumns,
      groups: this.resultGroups,
      knowsColumns: statement.kind !== "textStatement" || statement.columns.length > 0,
      insert: this.#insertInfo,
      insertedRow: this.#insertedRow === null ? null : this.#repeatable(text, this.#insertedRow),
      dialect: this.dialect,
      warnings: this.warnings,
    });
  }

  /** Compiles an expression that stands alone, for reading. */
  compileExpression(node: ExpressionNode): CompiledStatement {
    const body = this.expression(node);
    return new CompiledStatement({
      kind: "text",
      ...this.finish(this.withClause() + body),
      columns: [],
      groups: [],
      knowsColumns: false,
      insert: null,
      insertedRow: null,
      dialect: this.dialect,
    });
  }

  /** What stands before, in and behind the row of an INSERT, when all of its parameters are in the row. */
  #repeatable(text: string, row: string): InsertedRow | null {
    const start = text.indexOf(row);
    const before = this.finish(text.slice(0, start));
    const { texts, slots } = this.finish(row);
    const after = this.finish(text.slice(start + row.length));
    if (slots.length === 0 || new Set(slots).size < slots.length || before.slots.length > 0 || after.slots.length > 0)
      return null;
    return { before: before.texts.join(""), texts, after: after.texts.join("") };
  }

  protected statement(node: StatementNode, parameterKeys: readonly string[] | null): string {
    switch (node.kind) {
      case "insert":
      case "update":
      case "delete":
        return this.dml(node, parameterKeys, "statement");
      default:
        return this.query(node, "statement");
    }
  }

  protected dml(node: DmlNode, parameterKeys: readonly string[] | null, naming: ReturningNaming): string {
    for (const cte of node.ctes) this.registerCte(cte);
    switch (node.kind) {
      case "insert":
        return this.insert(node, parameterKeys, naming);
      case "update":
        return this.update(node, parameterKeys, naming);
      case "delete":
        return this.delete(node, naming);
    }
  }

  protected override cteBody(query: CteNode["query"]): string {
    switch (query.kind) {
      case "insert":
      case "update":
      case "delete":
        return this.nestedDml(query);
      default:
        return this.query(query, "table");
    }
  }
  /** INSERT, UPDATE or DELETE inside WITH. */
  protected nestedDml(query: DmlNode): string {
    return this.dml(query, null, "table");
  }

  // ── INSERT ─────────────────────────────────────────────────────────────────
  insert(node: InsertNode, parameterKeys: readonly string[] | null, naming: ReturningNaming): string {
    const into = `INSERT ${this.hintText(node.hints, "prefix")}INTO ${this.tableName(node.table)}`;
    const tail = () =>
      this.hintText(node.hints, "afterValues") +
      this.conflictClauses(node) +
      this.returning(node.returning, naming) +
      this.hintText(node.hints, "suffix");
    if (node.select !== null) return into + this.insertSelect(node) + tail();
    const rows = this.insertRows(node, parameterKeys);
    const [first] = rows;
    if (first === undefined) throw new CompileError("An INSERT was given no rows.");
    if (first.length === 0) {
      if (rows.length > 1) throw new CompileError("Several rows of nothing but defaults take an INSERT each.");
      return `${into}${this.can.defaultValues ? " DEFAULT VALUES" : " () VALUES ()"}${tail()}`;
    }
    const columns = first.map(({ column }) => this.quote(column.name)).join(", ");
    const values = rows.map((row) => `(${row.map(({ text }) => text).join(", ")})`).join(", ");
    if (node.rows === null) this.#insertedRow = values;
    return `${into} (${columns}) VALUES ${values}${tail()}`;
  }

  protected insertSelect(node: InsertNode): string {
    const { select, selectColumns } = node;
    if (select === null) return "";
    const defaults = node.selectDefaults ? this.#missingDefaults(node) : [];
    const columns = [...selectColumns, ...defaults.map(({ column }) => column)].map(({ name }) => this.quote(name));
    return ` (${columns.join(", ")}) ${this.insertedQuery(this.#withDefaults(select, defaults))}`;
  }
  protected insertedQuery(query: QueryNode): string {
    return this.query(query, "value");
  }

  /** Columns that a SELECT does not give although they have a default of the program's. */
  #missingDefaults({ table, selectColumns }: InsertNode): readonly { column: TableColumn; value: ExpressionNode }[] {
    return table.table.columns.flatMap((column) => {
      const isGiven = selectColumns.some((each) => each.name === column.name);
      const value = isGiven || column.default === null ? null : this.defaultNode(column, column.default);
      return value === null ? [] : [{ column, value }];
    });
  }

  #withDefaults(select: QueryNode, defaults: readonly { column: TableColumn; value: ExpressionNode }[]): QueryNode {
    if (defaults.length === 0) return select;
    if (select.kind === "select")
      return { ...select, columns: [...select.columns, ...defaults.map(({ value }) => value)] };
    throw new CompileError(
      `INSERT from a set operation cannot add the defaults of ${defaults.map(({ column }) => column.key).join(", ")}. ` +
        "Select from its subquery(), or give fromSelect() the option includeDefaults: false.",
    );
  }

  /** A default as an expression; what a function makes is made once for all rows. */
  protected defaultNode(column: TableColumn, value: ColumnDefault): ExpressionNode | null {
    switch (value.kind) {
      case "value":
      case "function":
        return { kind: "columnDefault", column, type: column.type };
      case "sql":
        return value.expression[NODE] as ExpressionNode;
      case "sequence":
        return null;
    }
  }

  /** The values of each row, in the order of the table's columns; what is not given has its default. */
  private insertRows(node: InsertNode, parameterKeys: readonly string[] | null): readonly (readonly Value[])[] {
    const { table } = node.table;
    const given = new Set<string>(
      node.rows === null
        ? (parameterKeys ?? [])
        : node.rows.flatMap(({ items }) => items.map(({ column }) => column.key)),
    );
    const rows = (node.rows ?? [null]).map((row) => {
      const values: Value[] = [];
      for (const column of table.columns) {
        const assigned = row?.items.find((item) => item.column.column === column);
        const text = this.insertValue(column, assigned, given.has(column.key), row === null);
        if (text !== null) values.push({ column, text });
      }
      return values;
    });
    const generated = table.autoincrementColumn;
    this.#insertInfo = { generatedKey: generated !== null && !given.has(generated.key) ? generated : null };
    return rows;
  }

  /** Null: the column is left to the database. */
  private insertValue(
    column: TableColumn,
    assigned: AssignmentNode | undefined,
    isGiven: boolean,
    fromParameters: boolean,
  ): string | null {
    if (assigned !== undefined) return this.assignedValue(assigned.value);
    if (isGiven && fromParameters) return this.parameter({ kind: "parameter", key: column.key }, column.type);
    const fallback = column.default;
    if (fallback !== null) return this.defaultValue(column, fallback);
    if (!isGiven) return null;
    // Another row of the same INSERT has a value.
    if (column.serverDefault === null && column.nullable) return "NULL";
    if (this.can.defaultKeyword) return "DEFAULT";
    throw new CompileError(
      `All rows of one INSERT give the same columns, and ${this.dialect.name} cannot say DEFAULT in one of them: ` +
        `${JSON.stringify(column.key)} is given in some rows only.`,
    );
  }

  /** A column's client-side default, or what it gets at every UPDATE. */
  protected defaultValue(column: TableColumn, value: ColumnDefault): string | null {
    switch (value.kind) {
      case "value":
        return this.parameter({ kind: "default", column, make: () => value.value }, column.type);
      case "function":
        return this.parameter({ kind: "default", column, make: value.create }, column.type);
      case "sql":
        return this.expression(value.expression[NODE] as ExpressionNode);
      case "sequence":
        return this.nextValue(value.sequence);
    }
  }
  protected nextValue(_sequence: Sequence): string | null {
    return null;
  }

  /** A subquery in them sees the row that is in the way. */
  protected conflictClauses({ table, conflicts }: InsertNode): string {
    if (conflicts.length === 0) return "";
    const clauses = () => conflicts.map((conflict) => ` ${this.conflict(conflict)}`).join("");
    return this.inScope([table], new Map(), clauses);
  }

  protected conflict(node: ConflictNode): string {
    if (!isMeant(this.dialect, node.dialect)) {
      throw new UnsupportedCompilationError(
        `This upsert is ${node.dialect}'s, and the statement is for ${this.dialect.name}: ` +
          `import insert from "athanor/${this.dialect.name}".`,
      );
    }
    const target = this.withoutTables(() => this.conflictTarget(node));
    if (node.action === "nothing") return `ON CONFLICT${target} DO NOTHING`;
    const where = node.where === null ? "" : ` WHERE ${this.condition(node.where)}`;
    return `ON CONFLICT${target} DO UPDATE SET ${this.assignments(node.set)}${where}`;
  }

  private conflictTarget(node: ConflictNode): string {
    if (node.constraint !== null) return ` ON CONSTRAINT ${this.quote(node.constraint)}`;
    if (node.target.length === 0) return "";
    const where = node.targetWhere === null ? "" : ` WHERE ${this.condition(node.targetWhere)}`;
    return ` (${this.list(node.target)})${where}`;
  }

  // ── UPDATE ─────────────────────────────────────────────────────────────────
  update(node: UpdateNode, parameterKeys: readonly string[] | null, naming: ReturningNaming): string {
    const extra = this.extraFroms(node.table, [...node.where, ...node.set.map(({ value }) => value)]);
    if (extra.length > 0 && !this.can.updateFrom) throw this.unsupported("UPDATE of one table by another");
    this.lint("UPDATE", [node.table, ...extra], node.where);
    return this.inScope([node.table, ...extra], new Map(), () => {
      const { target, from } = this.updateSources(node.table, extra);
      const set = this.updateAssignments(node, parameterKeys);
      if (set.length === 0) throw new CompileError("An UPDATE needs values().");
      const where = node.where.length === 0 ? "" : ` WHERE ${this.conditions(node.where)}`;
      const criteria = this.hintText(node.hints, "afterCriteria");
      const tail = this.returning(node.returning, naming) + this.hintText(node.hints, "suffix");
      const update = `UPDATE ${this.hintText(node.hints, "prefix")}${target}`;
      return `${update} SET ${set.join(", ")}${from}${where}${criteria}${tail}`;
    });
  }

  /** What stands behind UPDATE, and behind SET. */
  protected updateSources(
    table: UpdateNode["table"],
    extra: readonly FromNode[],
  ): { readonly target: string; readonly from: string } {
    const from = extra.length === 0 ? "" : ` FROM ${extra.map((each) => this.from(each)).join(", ")}`;
    return { target: this.from(table), from };
  }

  private updateAssignments(node: UpdateNode, parameterKeys: readonly string[] | null): readonly string[] {
    const columns = tableOf(node.table)?.columns ?? [];
    const keys = new Set(node.set.length === 0 ? parameterKeys : []);
    const given = node.ordered ? node.set.map((item) => this.assignments([item])) : [];
    const rest = columns.flatMap((column) => {
      const assigned = node.set.find((item) => item.column.column === column);
      if (assigned !== undefined && node.ordered) return [];
      const text = this.updateValue(column, assigned, keys.has(column.key));
      return text === null ? [] : [`${this.assignedName(column.name)} = ${text}`];
    });
    return [...given, ...rest];
  }

  private updateValue(column: TableColumn, assigned: AssignmentNode | undefined, isGiven: boolean): string | null {
    if (assigned !== undefined) return this.assignedValue(assigned.value);
    if (isGiven) return this.parameter({ kind: "parameter", key: column.key }, column.type);
    return column.onUpdate === null ? null : this.defaultValue(column, column.onUpdate);
  }

  protected assignments(nodes: readonly AssignmentNode[]): string {
    return nodes
      .map(({ column, value }) => `${this.assignedName(column.name)} = ${this.assignedValue(value)}`)
      .join(", ");
  }
  /** A column that is written into, in SET. */
  protected assignedName(name: string): string {
    return this.quote(name);
  }
  /** What is written is a value, not a condition, whatever it looks like. */
  protected assignedValue(node: ExpressionNode): string {
    return node.kind === "booleanList" ? `(${this.expression(node)})` : this.expression(node);
  }

  /** Tables that conditions and values speak of beside the one that is changed. */
  protected extraFroms(table: FromNode, nodes: readonly ExpressionNode[]): readonly FromNode[] {
    return [...fromsIn(nodes)].filter((from) => from !== table);
  }

  // ── DELETE ─────────────────────────────────────────────────────────────────
  delete(node: DeleteNode, naming: ReturningNaming): string {
    const extra = [...new Set([...node.using, ...this.extraFroms(node.table, node.where)])];
    if (extra.length > 0 && !this.can.deleteUsing) {
      throw new CompileError(
        `${this.dialect.name} cannot delete from one table by the conditions of another. ` +
          "Use a subquery: where(column.in(select(…))) or exists().",
      );
    }
    this.lint("DELETE", [node.table, ...extra], node.where);
    return this.inScope([node.table, ...extra], new Map(), () => {
      const where = node.where.length === 0 ? "" : ` WHERE ${this.conditions(node.where)}`;
      const criteria = this.hintText(node.hints, "afterCriteria");
      const tail = this.returning(node.returning, naming) + this.hintText(node.hints, "suffix");
      const target = `${this.hintText(node.hints, "prefix")}FROM ${this.deleteSources(node.table, extra)}`;
      return `DELETE ${target}${where}${criteria}${tail}`;
    });
  }

  /** What stands behind DELETE FROM. */
  protected deleteSources(table: DeleteNode["table"], extra: readonly FromNode[]): string {
    const using = extra.length === 0 ? "" : ` USING ${extra.map((each) => this.from(each)).join(", ")}`;
    return this.from(table) + using;
  }

  // ── RETURNING ──────────────────────────────────────────────────────────────
  protected returning(items: readonly SelectItemNode[], naming: ReturningNaming): string {
    if (items.length === 0) return "";
    const isNamed = (node: ExpressionNode, name: string) => node.kind === "column" && node.name === name;
    return ` RETURNING ${naming === "table" ? this.exportedColumns(items, isNamed) : this.selectColumns(items, naming)}`;
  }

  protected withoutTables<T>(work: () => T): T {
    const around = this.unqualified;
    this.unqualified = true;
    try {
      return work();
    } finally {
      this.unqualified = around;
    }
  }
}

function kindOf(statement: StatementNode): StatementKind {
  switch (statement.kind) {
    case "insert":
    case "update":
    case "delete":
      return statement.kind;
    case "textStatement":
      return "text";
    default:
      return "select";
  }
}
