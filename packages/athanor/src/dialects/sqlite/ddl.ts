import { CompileError } from "../../errors/errors.ts";
import type { SqlElement } from "../../schema/column-definition.ts";
import type { Constraint, PrimaryKeyConstraint } from "../../schema/constraint.ts";
import type { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import type { CreateTable } from "../../schema/schema-item.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { Index } from "../../schema/table-index.ts";
import type { ViewDefinition } from "../../schema/view-definition.ts";
import { DdlCompiler } from "../../sql/compile/ddl-compiler.ts";
import { isSingleTerm } from "./tokens.ts";
import { sqliteStrictTypeName } from "./types.ts";

const conflictActions = ["rollback", "abort", "fail", "ignore", "replace"] as const;

/** SQLite's DDL. Keys that count themselves are spelled INTEGER, because no other type counts there. */
export class SqliteDdlCompiler extends DdlCompiler {
  // SQLite adds no constraints later, and does not mind a foreign key whose table comes later.
  protected override isPostponed(_constraint: Constraint, _item: CreateTable): boolean {
    return false;
  }

  protected override tableOptions(table: Table): string {
    const { strict, withoutRowid } = table.options.sqlite ?? {};
    const words = [withoutRowid === true ? "WITHOUT ROWID" : "", strict === true ? "STRICT" : ""];
    const text = words.filter((word) => word !== "").join(", ");
    return text === "" ? "" : ` ${text}`;
  }

  protected override column(column: TableColumn): string {
    const parts = [this.quote(this.checkLength(column.name)), this.columnType(column)];
    const initial = this.columnDefault(column);
    if (initial !== null) parts.push(`DEFAULT ${initial}`);
    if (!column.nullable) parts.push("NOT NULL");
    if (hasAutoincrement(column.table) && column.autoincrement) parts.push("PRIMARY KEY AUTOINCREMENT");
    if (column.computed !== null) parts.push(this.computed(column, column.computed));
    parts.push(...this.columnChecks(column));
    // A column may do without a type.
    return parts.filter((part) => part !== "").join(" ");
  }

  protected override columnType(column: TableColumn): string {
    if (column.autoincrement && column.type.affinity === "integer") return "INTEGER";
    if (column.table.options.sqlite?.strict === true) return sqliteStrictTypeName(column.type);
    return super.columnType(column);
  }

  /** Anything but a plain value needs parentheses. */
  protected override columnDefault(column: TableColumn): string | null {
    const text = super.columnDefault(column);
    return text === null || isSingleTerm(text) ? text : `(${text})`;
  }

  protected override constraintBody(constraint: Constraint): string | null {
    const body = super.constraintBody(constraint);
    const action = constraint.dialectOptions.sqlite?.onConflict;
    return body === null || action === undefined
      ? body
      : `${body} ON CONFLICT ${this.words(action, conflictActions, "onConflict")}`;
  }

  protected override primaryKeyBody(constraint: PrimaryKeyConstraint): string | null {
    // Written beside the column instead.
    return hasAutoincrement(constraint.table) ? null : super.primaryKeyBody(constraint);
  }

  // A foreign key cannot leave its database file.
  protected override foreignKeyBody(key: ForeignKeyConstraint): string | null {
    return key.table.schema === key.referredTable.schema ? super.foreignKeyBody(key) : null;
  }

  protected override referredTableName(key: ForeignKeyConstraint): string {
    return this.quote(key.referredTable.name);
  }

  protected override indexName(index: Index): string {
    const name = super.indexName(index);
    return this.schemaPrefix(index.table.schema) + name;
  }

  protected override indexTableName(index: Index): string {
    return this.quote(index.table.name);
  }

  protected override indexWhere(index: Index): SqlElement | null {
    return index.dialectOptions.sqlite?.where ?? index.where;
  }

  protected override createView(table: Table, view: ViewDefinition, ifNotExists: string): string {
    if (view.options.orReplace === true) {
      throw new CompileError(
        `sqlite has no OR REPLACE for views. Drop ${JSON.stringify(table.key)} first: dropView(…, { ifExists: true }).`,
      );
    }
    return super.createView(table, view, ifNotExists);
  }

  protected override checkOption({ options: { withCheckOption } }: ViewDefinition): string {
    if (withCheckOption === undefined || withCheckOption === false) return "";
    throw new CompileError("sqlite has no WITH CHECK OPTION: its views cannot be written to.");
  }

  // Rows of a ring hold each other until the last of them is gone.
  protected override emptyTables(tables: readonly Table[]): readonly string[] {
    return ["PRAGMA defer_foreign_keys = ON", ...super.emptyTables(tables)];
  }
}

/** Whether the table's key never gives a number again. It needs a single key that counts itself. */
function hasAutoincrement(table: Table): boolean {
  return (
    table.options.sqlite?.autoincrement === true &&
    table.primaryKey.columns.length === 1 &&
    table.autoincrementColumn !== null
  );
}
