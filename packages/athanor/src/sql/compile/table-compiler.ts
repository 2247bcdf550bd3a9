import { CompileError } from "../../errors/errors.ts";
import type { Computed, SequenceOptions, ServerDefault } from "../../schema/column-definition.ts";
import type { Constraint } from "../../schema/constraint.ts";
import { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import type { CreateTable } from "../../schema/schema-item.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { ConstraintCompiler } from "./constraint-compiler.ts";

/** CREATE TABLE and its columns. */
export abstract class TableCompiler extends ConstraintCompiler {
  protected createTable(item: CreateTable, ifNotExists: string): string {
    const { table } = item;
    const parts = [
      ...table.columns.filter(({ system }) => !system).map((column) => this.column(column)),
      ...table.constraints
        .filter((constraint) => !this.isPostponed(constraint, item))
        .map((constraint) => this.tableConstraint(constraint))
        .filter((constraint) => constraint !== null),
    ];
    if (parts.length === 0) this.refuseEmpty(table);
    const body = parts.map((part) => `  ${part}`).join(",\n");
    return `CREATE ${this.tablePrefixes(table)}TABLE ${ifNotExists}${this.tableName(table)} (\n${body}\n)${this.tableOptions(table)}`;
  }

  /** Tables without columns are refused where the database has none such. */
  protected refuseEmpty(table: Table): void {
    throw new CompileError(`Table "${table.key}" has no columns.`);
  }

  protected isPostponed(constraint: Constraint, item: CreateTable): boolean {
    return constraint instanceof ForeignKeyConstraint && item.postponed.has(constraint);
  }

  /** Words between CREATE and TABLE, each with a space behind. */
  protected tablePrefixes({ key, options }: Table): string {
    return (options.prefixes ?? [])
      .map((prefix) => {
        if (/^\w+(?: \w+)*$/.test(prefix)) return `${prefix} `;
        throw new CompileError(
          `${JSON.stringify(prefix)} cannot be a prefix of table "${key}": prefixes are words, as "TEMPORARY" is.`,
        );
      })
      .join("");
  }

  /** What stands behind the parentheses of CREATE TABLE, with a space in front. */
  protected tableOptions(_table: Table): string {
    return "";
  }

  // ── columns ────────────────────────────────────────────────────────────────
  protected column(column: TableColumn): string {
    const parts = [this.quote(this.checkLength(column.name)), this.columnType(column)];
    const initial = this.columnDefault(column);
    if (initial !== null) parts.push(`DEFAULT ${initial}`);
    const identity = this.identity(column);
    if (identity !== null) parts.push(identity);
    if (column.computed !== null) parts.push(this.computed(column, column.computed));
    const nullability = this.nullability(column);
    if (nullability !== null) parts.push(nullability);
    parts.push(...this.columnChecks(column));
    return parts.join(" ");
  }

  protected nullability(column: TableColumn): string | null {
    return column.nullable ? null : "NOT NULL";
  }

  /** The column's type. Where a key that counts itself has a type of its own, this is the place to say so. */
  protected columnType(column: TableColumn): string {
    try {
      return this.typeName(column.type);
    } catch (error) {
      if (error instanceof CompileError)
        throw new CompileError(`Column "${column}": ${error.message}`, { cause: error });
      throw error;
    }
  }

  protected columnDefault(column: TableColumn): string | null {
    const { serverDefault } = column;
    if (serverDefault === null || serverDefault.kind === "fetched") return null;
    return this.defaultText(serverDefault, column);
  }

  /** A string is a literal as it stands, another value one of the column's type, SQL is itself. */
  protected defaultText(value: Exclude<ServerDefault, { kind: "fetched" }>, column: TableColumn): string {
    if (value.kind === "sql") return this.fragment(value.expression);
    if (typeof value.value === "string") return this.textLiteral(value.value);
    return this.dialect.literal(value.value, column.type);
  }

  protected identity(column: TableColumn): string | null {
    const options = column.identity;
    if (options === null || !this.dialect.capabilities.identityColumns) return null;
    const details = this.sequenceOptions(options).trim();
    const generated = options.always === true ? "ALWAYS" : "BY DEFAULT";
    return `GENERATED ${generated} AS IDENTITY${details === "" ? "" : ` (${details})`}`;
  }

  protected computed(column: TableColumn, { expression, stored }: Computed): string {
    if (!this.dialect.capabilities.computedColumns) {
      throw new CompileError(`${this.dialect.name} has no computed columns, and "${column}" is one.`);
    }
    const sql = typeof expression === "string" ? expression : this.fragment(expression);
    return `GENERATED ALWAYS AS (${sql})${this.storage(column, stored)}`;
  }
  /** Whether a computed column is kept in the row. */
  protected storage(_column: TableColumn, stored: boolean | undefined): string {
    return stored === undefined ? "" : stored ? " STORED" : " VIRTUAL";
  }

  protected sequenceOptions(options: SequenceOptions): string {
    const { increment, start, minValue, maxValue, noMinValue, noMaxValue, cache, cycle } = options;
    return [
      wholeNumber(" INCREMENT BY", increment),
      wholeNumber(" START WITH", start),
      wholeNumber(" MINVALUE", minValue),
      wholeNumber(" MAXVALUE", maxValue),
      noMinValue === true ? " NO MINVALUE" : "",
      noMaxValue === true ? " NO MAXVALUE" : "",
      wholeNumber(" CACHE", cache),
      cycle === undefined ? "" : cycle ? " CYCLE" : " NO CYCLE",
    ].join("");
  }
}

function wholeNumber(words: string, value: number | bigint | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return `${words} ${value}`;
  throw new CompileError(`A sequence or an identity takes whole numbers:${words} was given ${JSON.stringify(value)}.`);
}
