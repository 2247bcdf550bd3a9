import { CompileError } from "../../errors/errors.ts";
import { CheckConstraint, type Constraint, PrimaryKeyConstraint, UniqueConstraint } from "../../schema/constraint.ts";
import { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { Index } from "../../schema/table-index.ts";
import type { ViewDefinition } from "../../schema/view-definition.ts";
import { DdlCompiler, type ItemOf } from "../../sql/compile/ddl-compiler.ts";
import { type IndexPart, isNamed } from "../../sql/compile/index-part.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import { featuresOf, type MysqlFeatures } from "./capabilities.ts";
import type { MysqlServer } from "./server.ts";
import { tableOptions } from "./table-options.ts";

/** The DDL of MySQL and MariaDB. */
export class MysqlDdlCompiler extends DdlCompiler {
  /** Which of the two it is may become known later than this compiler is made. */
  readonly #server: () => MysqlServer;

  constructor(dialect: ConstructorParameters<typeof DdlCompiler>[0], server: () => MysqlServer) {
    super(dialect);
    this.#server = server;
  }

  get #features(): MysqlFeatures {
    return featuresOf(this.#server());
  }

  // ── tables ─────────────────────────────────────────────────────────────────
  protected override tableOptions(table: Table): string {
    return tableOptions(table, (text) => this.textLiteral(text));
  }

  // ── columns ────────────────────────────────────────────────────────────────
  protected override column(column: TableColumn): string {
    return this.#column(column, column.comment);
  }
  #column(column: TableColumn, comment: string | null): string {
    const parts = [this.quote(this.checkLength(column.name)), this.columnType(column)];
    if (column.computed !== null) parts.push(this.computed(column, column.computed));
    const nullability = this.nullability(column);
    if (nullability !== null) parts.push(nullability);
    const initial = this.columnDefault(column);
    if (initial !== null) parts.push(`DEFAULT ${initial}`);
    if (comment !== null) parts.push(`COMMENT ${this.textLiteral(comment)}`);
    if (this.#counts(column)) parts.push("AUTO_INCREMENT");
    parts.push(...this.columnChecks(column));
    return parts.join(" ");
  }
  /** MariaDB's computed columns cannot be NOT NULL. */
  protected override nullability(column: TableColumn): string | null {
    if (column.computed !== null && this.#server().mariadb) return null;
    // Some servers take a TIMESTAMP that does not say it for NOT NULL.
    const isTimestamp = column.nullable && /^TIMESTAMP\b/i.test(this.columnType(column));
    return isTimestamp ? "NULL" : super.nullability(column);
  }
  #counts(column: TableColumn): boolean {
    const hasSequence = column.default?.kind === "sequence" && this.dialect.capabilities.sequences;
    return column.autoincrement && !hasSequence && column.serverDefault === null && column.type.affinity === "integer";
  }

  /** Anything but a literal and CURRENT_TIMESTAMP needs parentheses. */
  protected override columnDefault(column: TableColumn): string | null {
    const text = super.columnDefault(column);
    if (text === null || /^(?:'(?:[^']|'')*'|\(.*\)|[+-]?[\w.]+)$/s.test(text.trim())) return text;
    return /^(?:null|current_timestamp)\b/i.test(text) ? text : `(${text})`;
  }

  // ── constraints ────────────────────────────────────────────────────────────
  /** Beside a column, MariaDB's grammar has no name for a CHECK. */
  protected override isBesideColumn(constraint: Constraint): boolean {
    return super.isBesideColumn(constraint) && !(this.#server().mariadb && constraint.resolvedName !== null);
  }
  /** There are no constraints that are checked later than at once. */
  protected override deferral(_constraint: Constraint): string {
    return "";
  }
  /** A MATCH would make the database ignore ON DELETE and ON UPDATE without a word. */
  protected override match(key: ForeignKeyConstraint): string {
    if (key.match === null) return "";
    throw new CompileError(`${this.dialect.name} ignores MATCH of foreign keys, and ${key} has one. Leave it out.`);
  }

  protected override dropConstraint({ constraint }: ItemOf<"dropConstraint">, ifExists: string): string {
    const table = `ALTER TABLE ${this.tableName(constraint.table)}`;
    if (constraint instanceof PrimaryKeyConstraint) return `${table} DROP PRIMARY KEY`;
    return `${table} DROP ${this.#dropKeyword(constraint)} ${this.#ifExists(ifExists)}${this.givenConstraintName(constraint)}`;
  }
  #dropKeyword(constraint: Constraint): string {
    if (constraint instanceof ForeignKeyConstraint) return "FOREIGN KEY";
    if (constraint instanceof UniqueConstraint) return "INDEX";
    return constraint instanceof CheckConstraint && !this.#server().mariadb ? "CHECK" : "CONSTRAINT";
  }

  // ── indexes ────────────────────────────────────────────────────────────────
  protected override createIndex({ index }: ItemOf<"createIndex">, ifNotExists: string): string {
    if (index.unique && this.indexWhere(index) !== null) {
      throw new CompileError(
        `${this.dialect.name} has no partial indexes, and without its condition the unique index ${JSON.stringify(index.resolvedName)} ` +
          'would refuse other rows, too. Leave it to the databases that have them: .ddlIf({ dialect: "postgresql" }).',
      );
    }
    const { prefix, using, withParser } = index.dialectOptions.mysql ?? {};
    const kind = prefix ?? (index.unique ? "UNIQUE" : undefined);
    return (
      `CREATE ${kind === undefined ? "" : `${word(kind)} `}INDEX ${this.#ifExists(ifNotExists)}${this.indexName(index)}` +
      ` ON ${this.indexTableName(index)} (${this.indexExpressions(index).join(", ")})` +
      `${using === undefined ? "" : ` USING ${word(using)}`}` +
      `${withParser === undefined ? "" : ` WITH PARSER ${word(withParser)}`}`
    );
  }
  protected override dropIndex({ index }: ItemOf<"dropIndex">, ifExists: string): string {
    return `DROP INDEX ${this.#ifExists(ifExists)}${this.indexName(index)} ON ${this.indexTableName(index)}`;
  }
  /** MariaDB has IF EXISTS of indexes and constraints; on a server that is not known yet, the database decides. */
  #ifExists(words: string): string {
    if (words === "" || this.#features.ifExistsEverywhere || !this.#server().known) return words;
    throw new CompileError(
      `mysql has no ${words.trim()} for indexes, constraints and views; MariaDB has. Ask inspect() whether it is there.`,
    );
  }

  /** A column with the number of characters that the index holds of it; expressions in parentheses of their own. */
  protected override indexKey(part: IndexPart): string {
    const key = super.indexKey(part);
    return part.column !== null || key.startsWith("(") ? key : `(${key})`;
  }
  protected override needsParentheses(_node: ExpressionNode): boolean {
    return true;
  }
  protected override indexPart(part: IndexPart, index: Index): string {
    const length = lengthOf(part, index);
    const key = this.indexKey(part);
    return `${key}${length === null ? "" : `(${length})`}${this.indexOrder(part)}`;
  }
  /** NULL comes first, or with DESC last; the database has no words for it. */
  protected override indexOrder({ order }: IndexPart): string {
    return order
      .filter(({ name }) => name === "asc" || name === "desc")
      .map(({ symbol }) => ` ${symbol}`)
      .join("");
  }
  /** An index has every row. */
  protected override indexCondition(_index: Index): string {
    return "";
  }

  protected override createView(table: Table, view: ViewDefinition, ifNotExists: string): string {
    return super.createView(table, view, this.#ifExists(ifNotExists));
  }

  // ── comments ───────────────────────────────────────────────────────────────
  protected override tableComment({ table, comment }: ItemOf<"setTableComment">): readonly string[] {
    return [`ALTER TABLE ${this.tableName(table)} COMMENT ${this.textLiteral(comment ?? "")}`];
  }
  protected override columnComment({ column, comment }: ItemOf<"setColumnComment">): readonly string[] {
    const definition = this.#column(column, comment);
    return [`ALTER TABLE ${this.tableName(column.table)} CHANGE ${this.quote(column.name)} ${definition}`];
  }

  /** Rows may refer to each other in a ring, and keys are checked row by row. */
  protected override emptyTables(tables: readonly Table[]): readonly string[] {
    return ["SET foreign_key_checks = 0", ...super.emptyTables(tables), "SET foreign_key_checks = 1"];
  }
}

function lengthOf(part: IndexPart, index: Index): number | null {
  const { length } = index.dialectOptions.mysql ?? {};
  if (length === undefined) return null;
  const found = typeof length === "number" ? length : Object.entries(length).find(([name]) => isNamed(part, name))?.[1];
  if (found === undefined) return null;
  if (Number.isInteger(found) && found > 0) return found;
  throw new CompileError(`The length of index "${index.name}" is a number of characters, not ${String(found)}.`);
}

/** An option that stands in the statement as it is. */
function word(text: string): string {
  if (/^\w+$/.test(text)) return text.toUpperCase() === text ? text : text.toUpperCase();
  throw new CompileError(`An option of an index is a word, not ${JSON.stringify(text)}.`);
}
