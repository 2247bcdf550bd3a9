import { CompileError } from "../../errors/errors.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { ColumnNode, ExpressionNode } from "../nodes/expressions.ts";
import type { CteNode, FromNode } from "../nodes/froms.ts";
import type { AssignmentNode, DeleteNode, DmlNode, StatementNode, UpdateNode } from "../nodes/statements.ts";
import { CompiledStatement, type StatementKind } from "./compiled.ts";
import { fromsIn, rowCriteria, tableOf, wholeOf } from "./from-clause.ts";
import { InsertCompiler, type ReturningNaming } from "./insert-compiler.ts";

/** Turns whole statements into SQL. One compiler serves one statement. */
export class StatementCompiler extends InsertCompiler {
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
      insert: this.insertInfo,
      insertedRow: this.insertedRow,
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

  // ── UPDATE ─────────────────────────────────────────────────────────────────
  update(node: UpdateNode, parameterKeys: readonly string[] | null, naming: ReturningNaming): string {
    const extra = this.extraFroms(node.table, [...node.where, ...node.set.map(({ value }) => value)]);
    if (extra.length > 0 && !this.can.updateFrom) throw this.unsupported("UPDATE of one table by another");
    this.lint("UPDATE", [node.table, ...extra], node.where);
    const criteria = [...node.where, ...rowCriteria([node.table, ...extra], [])];
    return this.inScope([node.table, ...extra], new Map(), () => {
      const { target, from } = this.updateSources(node.table, extra);
      const set = this.updateAssignments(node, parameterKeys);
      if (set.length === 0) throw new CompileError("An UPDATE needs values().");
      const where = criteria.length === 0 ? "" : ` WHERE ${this.conditions(criteria)}`;
      const hints = this.hintText(node.hints, "afterCriteria");
      const tail = this.returning(node.returning, naming) + this.hintText(node.hints, "suffix");
      const update = `UPDATE ${this.hintText(node.hints, "prefix")}${target}`;
      return `${update} SET ${set.join(", ")}${from}${where}${hints}${tail}`;
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
    const table = tableOf(node.table);
    const columns = table?.columns ?? [];
    assertOwn(
      node.set.map(({ column }) => column),
      table,
    );
    const keys = new Set(node.set.length === 0 ? parameterKeys : []);
    const taken = [...keys].find((key) => this.hasParameter(key));
    if (taken !== undefined) {
      throw new CompileError(
        `The parameter ${JSON.stringify(taken)} has the name of a column that the execution gives a value for. ` +
          `Call it otherwise: bindparam("${taken}_of_row", …).`,
      );
    }
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

  /** Tables that conditions and values speak of beside the one that is changed. */
  protected extraFroms(table: FromNode, nodes: readonly ExpressionNode[]): readonly FromNode[] {
    return [...fromsIn(nodes)].filter((from) => wholeOf(from) !== wholeOf(table));
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
    const criteria = [...node.where, ...rowCriteria([node.table, ...extra], [])];
    return this.inScope([node.table, ...extra], new Map(), () => {
      const where = criteria.length === 0 ? "" : ` WHERE ${this.conditions(criteria)}`;
      const hints = this.hintText(node.hints, "afterCriteria");
      const tail = this.returning(node.returning, naming) + this.hintText(node.hints, "suffix");
      const target = `${this.hintText(node.hints, "prefix")}FROM ${this.deleteSources(node.table, extra)}`;
      return `DELETE ${target}${where}${hints}${tail}`;
    });
  }

  /** What stands behind DELETE FROM. */
  protected deleteSources(table: DeleteNode["table"], extra: readonly FromNode[]): string {
    const using = extra.length === 0 ? "" : ` USING ${extra.map((each) => this.from(each)).join(", ")}`;
    return this.from(table) + using;
  }
}

/** A statement writes one table; what classes inherit may stand in others, which a session writes along. */
function assertOwn(written: readonly ColumnNode[], table: Table | null): void {
  const other = written.find(({ column }) => column !== null && table !== null && column.table !== table);
  if (other === undefined) return;
  throw new CompileError(
    `An UPDATE of "${table?.key}" cannot set ${other.column}, a column of another table. ` +
      "Executed through a session, the statement writes each table of the class by itself.",
  );
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
