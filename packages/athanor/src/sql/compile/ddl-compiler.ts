import { CompileError, IdentifierError } from "../../errors/errors.ts";
import type { SequenceOptions, ServerDefault, SqlElement } from "../../schema/column-definition.ts";
import { CheckConstraint, type Constraint, PrimaryKeyConstraint, UniqueConstraint } from "../../schema/constraint.ts";
import { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import { type ResolvedName, shortenName } from "../../schema/naming.ts";
import { columnOfNode } from "../../schema/schema-element.ts";
import type { CreateTable, SchemaItem, SchemaItemOptions } from "../../schema/schema-item.ts";
import type { Sequence } from "../../schema/sequence.ts";
import type { Table } from "../../schema/table.ts";
import { TableColumn } from "../../schema/table-column.ts";
import type { Index } from "../../schema/table-index.ts";
import { BooleanType } from "../../sqltypes/boolean.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { TextType } from "../../sqltypes/strings.ts";
import { NODE } from "../../util/symbols.ts";
import type { CompilingDialect } from "./compile.ts";
import { compileFragment } from "./fragment.ts";

const text = /* @__PURE__ */ new TextType();

type ItemOf<K extends SchemaItem["kind"]> = Extract<SchemaItem, { readonly kind: K }>;

/**
 * Turns schema into DDL. A dialect overrides the methods for what it writes in another way; what they give by themselves
 * is standard SQL, laid out to be read.
 */
export class DdlCompiler {
  readonly dialect: CompilingDialect;

  constructor(dialect: CompilingDialect) {
    this.dialect = dialect;
  }

  /** The statements of one step, in order; none where the database has nothing to do. */
  compile(item: SchemaItem, options: SchemaItemOptions = {}): readonly string[] {
    const ifNotExists = options.ifExists === true ? "IF NOT EXISTS " : "";
    const ifExists = options.ifExists === true ? "IF EXISTS " : "";
    switch (item.kind) {
      case "createTable":
        return [this.createTable(item, ifNotExists)];
      case "dropTable":
        return [`DROP TABLE ${ifExists}${this.tableName(item.table)}`];
      case "createIndex":
        return [this.createIndex(item.index, ifNotExists)];
      case "dropIndex":
        return [this.dropIndex(item.index, ifExists)];
      case "addConstraint":
        return this.addConstraint(item.constraint);
      case "dropConstraint":
        return [this.dropConstraint(item, ifExists)];
      case "createSequence":
        return [
          `CREATE SEQUENCE ${ifNotExists}${this.sequenceName(item.sequence)}${this.sequenceOptions(item.sequence.options)}`,
        ];
      case "dropSequence":
        return [`DROP SEQUENCE ${ifExists}${this.sequenceName(item.sequence)}`];
      case "createEnumType":
      case "dropEnumType":
        return this.enumType(item);
      case "createSchema":
        return [`CREATE SCHEMA ${ifNotExists}${this.quote(item.name)}`];
      case "dropSchema":
        return [`DROP SCHEMA ${ifExists}${this.quote(item.name)}${item.cascade === true ? " CASCADE" : ""}`];
      case "setTableComment":
        return this.tableComment(item);
      case "setColumnComment":
        return this.columnComment(item);
      case "emptyTables":
        return this.emptyTables(item.tables);
    }
  }

  // ── tables ─────────────────────────────────────────────────────────────────
  protected createTable(item: CreateTable, ifNotExists: string): string {
    const { table } = item;
    if (table.columns.length === 0) throw new CompileError(`Table "${table.key}" has no columns.`);
    const parts = [
      ...table.columns.map((column) => this.column(column)),
      ...table.constraints
        .filter((constraint) => !this.isPostponed(constraint, item))
        .map((constraint) => this.tableConstraint(constraint))
        .filter((constraint) => constraint !== null),
    ];
    const prefixes = (table.options.prefixes ?? []).map((prefix) => `${prefix} `).join("");
    const body = parts.map((part) => `  ${part}`).join(",\n");
    return `CREATE ${prefixes}TABLE ${ifNotExists}${this.tableName(table)} (\n${body}\n)${this.tableOptions(table)}`;
  }

  protected isPostponed(constraint: Constraint, item: CreateTable): boolean {
    return constraint instanceof ForeignKeyConstraint && item.postponed.has(constraint);
  }

  /** What stands behind the parentheses of CREATE TABLE, with a space in front. */
  protected tableOptions(_table: Table): string {
    return "";
  }

  /** A table that is named in a statement, with its schema. */
  protected tableName(table: Table): string {
    return this.qualified(table.schema, table.name);
  }

  protected qualified(schema: string | null, name: string): string {
    this.checkLength(name);
    return schema === null ? this.quote(name) : `${this.quote(schema)}.${this.quote(name)}`;
  }

  // ── columns ────────────────────────────────────────────────────────────────
  protected column(column: TableColumn): string {
    const parts = [this.quote(this.checkLength(column.name)), this.columnType(column)];
    const initial = this.columnDefault(column);
    if (initial !== null) parts.push(`DEFAULT ${initial}`);
    const identity = this.identity(column);
    if (identity !== null) parts.push(identity);
    if (column.computed !== null) parts.push(this.computed(column));
    if (!column.nullable) parts.push("NOT NULL");
    parts.push(...this.columnChecks(column));
    return parts.join(" ");
  }

  /** The column's type. Where a key that counts itself has a type of its own, this is the place to say so. */
  protected columnType(column: TableColumn): string {
    return this.dialect.typeName(column.type, "ddl");
  }

  protected columnDefault(column: TableColumn): string | null {
    const { serverDefault } = column;
    if (serverDefault === null || serverDefault.kind === "fetched") return null;
    return this.defaultText(serverDefault, column);
  }

  /** A string is a literal as it stands, another value one of the column's type, SQL is itself. */
  protected defaultText(value: Exclude<ServerDefault, { kind: "fetched" }>, column: TableColumn): string {
    if (value.kind === "sql") return this.fragment(value.expression);
    return this.dialect.literal(value.value, typeof value.value === "string" ? text : column.type);
  }

  protected identity(column: TableColumn): string | null {
    const options = column.identity;
    if (options === null || !this.dialect.capabilities.identityColumns) return null;
    const details = this.sequenceOptions(options).trim();
    const generated = options.always === true ? "ALWAYS" : "BY DEFAULT";
    return `GENERATED ${generated} AS IDENTITY${details === "" ? "" : ` (${details})`}`;
  }

  protected computed(column: TableColumn): string {
    const { computed } = column;
    if (computed === null) return "";
    if (!this.dialect.capabilities.computedColumns) {
      throw new CompileError(`${this.dialect.name} has no computed columns, and "${column}" is one.`);
    }
    const { expression, stored } = computed;
    const sql = typeof expression === "string" ? expression : this.fragment(expression);
    const storage = stored === undefined ? "" : stored ? " STORED" : " VIRTUAL";
    return `GENERATED ALWAYS AS (${sql})${storage}`;
  }

  /** CHECKs that stand beside their column. */
  protected columnChecks(column: TableColumn): readonly string[] {
    return column.table.constraints
      .filter((each) => each instanceof CheckConstraint)
      .filter((each) => each.column === column && each.condition !== null && this.applies(each))
      .map((each) => this.constraintName(each) + this.checkBody(each));
  }

  // ── constraints ────────────────────────────────────────────────────────────
  /** A constraint as a line of CREATE TABLE or behind ADD; null: it has no place there. */
  protected tableConstraint(constraint: Constraint): string | null {
    if (!this.applies(constraint)) return null;
    if (constraint instanceof CheckConstraint && constraint.column !== null && constraint.condition !== null)
      return null;
    const body = this.constraintBody(constraint);
    return body === null ? null : this.constraintName(constraint) + body;
  }

  protected applies(constraint: Constraint): boolean {
    return constraint.dialects === null || constraint.dialects.includes(this.dialect.name);
  }

  protected constraintBody(constraint: Constraint): string | null {
    if (constraint instanceof PrimaryKeyConstraint) {
      return `PRIMARY KEY (${this.columnNames(constraint.columns)})${this.deferral(constraint)}`;
    }
    if (constraint instanceof UniqueConstraint) {
      return `UNIQUE (${this.columnNames(constraint.columns)})${this.deferral(constraint)}`;
    }
    if (constraint instanceof ForeignKeyConstraint) return this.foreignKeyBody(constraint);
    if (constraint instanceof CheckConstraint) {
      return constraint.condition === null ? this.typeCheckBody(constraint) : this.checkBody(constraint);
    }
    throw new CompileError(`${this.dialect.name} cannot write a constraint of kind "${constraint.kind}".`);
  }

  protected foreignKeyBody(key: ForeignKeyConstraint): string | null {
    const target = `${this.referredTableName(key)} (${this.columnNames(key.referredColumns)})`;
    const match = key.match === null ? "" : ` MATCH ${key.match.toUpperCase()}`;
    const onDelete = key.onDelete === null ? "" : ` ON DELETE ${key.onDelete.toUpperCase()}`;
    const onUpdate = key.onUpdate === null ? "" : ` ON UPDATE ${key.onUpdate.toUpperCase()}`;
    return `FOREIGN KEY(${this.columnNames(key.columns)}) REFERENCES ${target}${match}${onDelete}${onUpdate}${this.deferral(key)}`;
  }

  protected referredTableName(key: ForeignKeyConstraint): string {
    return this.tableName(key.referredTable);
  }

  protected checkBody(check: CheckConstraint): string {
    return `CHECK (${check.condition === null ? "" : this.fragment(check.condition)})${this.deferral(check)}`;
  }

  /** The values of an enumeration or a boolean, where the database would store others. */
  protected typeCheckBody(check: CheckConstraint): string | null {
    const type = check.column?.type.stored;
    if (check.column === null) return null;
    const values = this.valuesToCheck(type);
    if (values === null) return null;
    const literals = values.map((value) => this.dialect.literal(value, check.column?.type.stored ?? text));
    return `CHECK (${this.quote(check.column.name)} IN (${literals.join(", ")}))`;
  }

  protected valuesToCheck(type: unknown): readonly unknown[] | null {
    const { nativeBoolean, nativeEnum } = this.dialect.types;
    if (type instanceof BooleanType) return nativeBoolean ? null : [false, true];
    if (type instanceof EnumType) return nativeEnum && type.native ? null : type.values;
    return null;
  }

  protected deferral(constraint: Constraint): string {
    const { deferrable, initially } = constraint;
    const first = deferrable === null ? "" : deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
    return first + (initially === null ? "" : ` INITIALLY ${initially.toUpperCase()}`);
  }

  protected constraintName(constraint: Constraint): string {
    const name = constraint.resolvedName;
    return name === null ? "" : `CONSTRAINT ${this.quote(this.fitName(name))} `;
  }

  protected addConstraint(constraint: Constraint): readonly string[] {
    if (!this.applies(constraint)) return [];
    const body = this.constraintBody(constraint);
    if (body === null) return [];
    return [`ALTER TABLE ${this.tableName(constraint.table)} ADD ${this.constraintName(constraint)}${body}`];
  }

  protected dropConstraint({ constraint, cascade }: ItemOf<"dropConstraint">, ifExists: string): string {
    const name = constraint.resolvedName;
    if (name === null) {
      throw new CompileError(`A ${constraint} has no name by which it could be dropped.`);
    }
    const end = cascade === true ? " CASCADE" : "";
    return `ALTER TABLE ${this.tableName(constraint.table)} DROP CONSTRAINT ${ifExists}${this.quote(this.fitName(name))}${end}`;
  }

  // ── indexes ────────────────────────────────────────────────────────────────
  protected createIndex(index: Index, ifNotExists: string): string {
    const unique = index.unique ? "UNIQUE " : "";
    const on = `${this.indexTableName(index)} (${this.indexExpressions(index).join(", ")})`;
    const where = this.indexWhere(index);
    return (
      `CREATE ${unique}INDEX ${ifNotExists}${this.indexName(index)} ON ${on}` +
      (where === null ? "" : ` WHERE ${this.fragment(where)}`)
    );
  }

  protected dropIndex(index: Index, ifExists: string): string {
    return `DROP INDEX ${ifExists}${this.indexName(index)}`;
  }

  protected indexName(index: Index): string {
    return this.quote(this.fitName(index.resolvedName));
  }
  protected indexTableName(index: Index): string {
    return this.tableName(index.table);
  }

  protected indexExpressions(index: Index): readonly string[] {
    return index.expressions.map((each) =>
      each instanceof TableColumn ? this.quote(each.name) : this.indexExpression(each[NODE]),
    );
  }

  /** Columns and calls stand as they are, other expressions in parentheses. */
  protected indexExpression(node: object): string {
    if ("kind" in node && node.kind === "label" && "expression" in node && isObject(node.expression)) {
      return this.indexExpression(node.expression);
    }
    const column = columnOfNode(node);
    if (column !== null) return this.quote(column.name);
    const sql = compileFragment(node, this.dialect);
    return "kind" in node && (node.kind === "binary" || node.kind === "case" || node.kind === "cast")
      ? `(${sql})`
      : sql;
  }

  /** The condition of a partial index; one of the dialect's own goes before. */
  protected indexWhere(index: Index): SqlElement | null {
    const own = index.dialectOptions[this.dialect.name]?.["where"];
    return isObject(own) && NODE in own && isObject(own[NODE]) ? { [NODE]: own[NODE] } : index.where;
  }

  // ── comments, sequences, types ─────────────────────────────────────────────
  protected tableComment({ table, comment }: ItemOf<"setTableComment">): readonly string[] {
    return [`COMMENT ON TABLE ${this.tableName(table)} IS ${this.dialect.literal(comment, text)}`];
  }

  protected columnComment({ column, comment }: ItemOf<"setColumnComment">): readonly string[] {
    const name = `${this.tableName(column.table)}.${this.quote(column.name)}`;
    return [`COMMENT ON COLUMN ${name} IS ${this.dialect.literal(comment, text)}`];
  }

  protected sequenceName(sequence: Sequence): string {
    return this.qualified(sequence.schema, sequence.name);
  }

  protected sequenceOptions(options: SequenceOptions): string {
    const { increment, start, minValue, maxValue, cache, cycle } = options;
    return [
      increment === undefined ? "" : ` INCREMENT BY ${increment}`,
      start === undefined ? "" : ` START WITH ${start}`,
      minValue === undefined ? "" : ` MINVALUE ${minValue}`,
      maxValue === undefined ? "" : ` MAXVALUE ${maxValue}`,
      cache === undefined ? "" : ` CACHE ${cache}`,
      cycle === undefined ? "" : cycle ? " CYCLE" : " NO CYCLE",
    ].join("");
  }

  protected enumType({ type }: ItemOf<"createEnumType" | "dropEnumType">): readonly string[] {
    throw new CompileError(`${this.dialect.name} has no enumeration types such as "${type.name}".`);
  }

  protected emptyTables(tables: readonly Table[]): readonly string[] {
    return tables.map((table) => `DELETE FROM ${this.tableName(table)}`);
  }

  // ── names and pieces ───────────────────────────────────────────────────────
  protected columnNames(columns: readonly TableColumn[]): string {
    return columns.map((column) => this.quote(column.name)).join(", ");
  }
  protected quote(identifier: string): string {
    return this.dialect.quote(identifier);
  }
  protected fragment(element: SqlElement): string {
    return compileFragment(element[NODE], this.dialect);
  }

  /** A generated name is shortened where it is too long; one that somebody gave is refused. */
  protected fitName(name: ResolvedName): string {
    return name.generated ? shortenName(name.text, this.dialect.maxIdentifierLength) : this.checkLength(name.text);
  }
  protected checkLength(name: string): string {
    const limit = this.dialect.maxIdentifierLength;
    if (name.length <= limit) return name;
    throw new IdentifierError(
      `"${name}" is longer than the ${limit} characters that ${this.dialect.name} allows in a name.`,
    );
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
