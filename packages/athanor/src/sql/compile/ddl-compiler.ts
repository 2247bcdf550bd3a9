import { ArgumentError, CompileError } from "../../errors/errors.ts";
import type { SqlElement } from "../../schema/column-definition.ts";
import type { DdlText, SchemaItem, SchemaItemOptions } from "../../schema/schema-item.ts";
import type { Sequence } from "../../schema/sequence.ts";
import type { Table } from "../../schema/table.ts";
import type { Index } from "../../schema/table-index.ts";
import type { ViewDefinition } from "../../schema/view-definition.ts";
import { NODE } from "../../util/symbols.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { compileFragment, compileQuery } from "./fragment.ts";
import { type IndexPart, indexPart } from "./index-part.ts";
import { TableCompiler } from "./table-compiler.ts";

export type ItemOf<K extends SchemaItem["kind"]> = Extract<SchemaItem, { readonly kind: K }>;

/**
 * Turns schema into DDL. A dialect overrides the methods for what it writes in another way; what they give by themselves
 * is standard SQL, laid out to be read.
 */
export class DdlCompiler extends TableCompiler {
  /** The statements of one step, in order; none where the database has nothing to do. */
  compile(item: SchemaItem, options: SchemaItemOptions = {}): readonly string[] {
    this.translatesSchemas = options.translatesSchemas ?? false;
    const ifNotExists = options.ifExists === true ? "IF NOT EXISTS " : "";
    const ifExists = options.ifExists === true ? "IF EXISTS " : "";
    switch (item.kind) {
      case "createTable":
        return [this.createTable(item, ifNotExists)];
      case "createTableAs":
        return [this.createTableAs(item, ifNotExists)];
      case "dropTable":
        return [`DROP TABLE ${ifExists}${this.tableName(item.table)}${cascade(item)}`];
      case "createIndex":
        return this.applies(item.index) ? [this.createIndex(item, ifNotExists)] : [];
      case "dropIndex":
        return this.applies(item.index) ? [this.dropIndex(item, ifExists)] : [];
      case "addConstraint":
        return this.addConstraint(item);
      case "dropConstraint":
        return this.applies(item.constraint) ? [this.dropConstraint(item, ifExists)] : [];
      case "createSequence":
        return [this.createSequence(item, ifNotExists)];
      case "dropSequence":
        return [`DROP SEQUENCE ${ifExists}${this.sequenceName(item.sequence)}`];
      case "createEnumType":
      case "dropEnumType":
      case "createDomain":
      case "dropDomain":
        return [this.namedType(item, ifExists)];
      case "createView":
        return [this.createView(item.view, viewOf(item.view), ifNotExists)];
      case "dropView":
        return [`DROP ${this.viewKind(viewOf(item.view))}VIEW ${ifExists}${this.tableName(item.view)}${cascade(item)}`];
      case "refreshView":
        return [this.refreshView(item)];
      case "createSchema":
        return [`CREATE SCHEMA ${ifNotExists}${this.quote(item.name)}`];
      case "dropSchema":
        return [`DROP SCHEMA ${ifExists}${this.quote(item.name)}${cascade(item)}`];
      case "setTableComment":
        return this.tableComment(item);
      case "setColumnComment":
        return this.columnComment(item);
      case "setConstraintComment":
        return this.constraintComment(item);
      case "text":
        return [this.text(item)];
      case "emptyTables":
        return this.emptyTables(item.tables);
    }
  }

  // ── constraints by ALTER TABLE ─────────────────────────────────────────────
  protected addConstraint({ constraint }: ItemOf<"addConstraint">): readonly string[] {
    if (!this.applies(constraint)) return [];
    const body = this.constraintBody(constraint);
    if (body === null) return [];
    return [`ALTER TABLE ${this.tableName(constraint.table)} ADD ${this.constraintName(constraint)}${body}`];
  }

  protected dropConstraint(item: ItemOf<"dropConstraint">, ifExists: string): string {
    const { constraint } = item;
    const name = this.givenConstraintName(constraint);
    return `ALTER TABLE ${this.tableName(constraint.table)} DROP CONSTRAINT ${ifExists}${name}${cascade(item)}`;
  }

  // ── indexes ────────────────────────────────────────────────────────────────
  protected createIndex({ index }: ItemOf<"createIndex">, ifNotExists: string): string {
    const unique = index.unique ? "UNIQUE " : "";
    const on = `${this.indexTableName(index)} (${this.indexExpressions(index).join(", ")})`;
    return `CREATE ${unique}INDEX ${ifNotExists}${this.indexName(index)} ON ${on}${this.indexCondition(index)}`;
  }

  protected dropIndex(item: ItemOf<"dropIndex">, ifExists: string): string {
    return `DROP INDEX ${ifExists}${this.indexName(item.index)}${cascade(item)}`;
  }

  protected indexName(index: Index): string {
    return this.quote(this.fitName(index.resolvedName));
  }
  protected indexTableName(index: Index): string {
    return this.tableName(index.table);
  }

  protected indexExpressions(index: Index): readonly string[] {
    return index.expressions.map((each) => this.indexPart(indexPart(each), index));
  }
  /** One of the things that an index is on: what is indexed, and its order. */
  protected indexPart(part: IndexPart, _index: Index): string {
    return this.indexKey(part) + this.indexOrder(part);
  }
  /** Columns and calls stand as they are, other expressions in parentheses. */
  protected indexKey({ column, node }: IndexPart): string {
    if (column !== null || node === null) return this.quote(column?.name ?? "");
    const sql = compileFragment(node, this.dialect);
    return this.needsParentheses(node) ? `(${sql})` : sql;
  }
  /** Whether an expression of an index stands in parentheses of its own. */
  protected needsParentheses(node: ExpressionNode): boolean {
    return node.kind !== "function" && node.kind !== "fragment";
  }
  protected indexOrder({ order }: IndexPart): string {
    return order.map(({ symbol }) => ` ${symbol}`).join("");
  }

  /** The condition of a partial index, with WHERE; databases without partial indexes index every row. */
  protected indexCondition(index: Index): string {
    const where = this.indexWhere(index);
    return where === null ? "" : ` WHERE ${this.fragment(where)}`;
  }
  /** A condition of the dialect's own goes before. */
  protected indexWhere(index: Index): SqlElement | null {
    return index.where;
  }

  // ── views ──────────────────────────────────────────────────────────────────
  protected createView(table: Table, view: ViewDefinition, ifNotExists: string): string {
    const { orReplace, temporary } = view.options;
    const words = `${orReplace === true ? "OR REPLACE " : ""}${temporary === true ? "TEMPORARY " : ""}${this.viewKind(view)}`;
    const query = compileQuery(view.query[NODE], this.dialect, this.translatesSchemas);
    return `CREATE ${words}VIEW ${ifNotExists}${this.tableName(table)} AS ${query}${this.checkOption(view)}${this.viewData(view)}`;
  }

  /** MATERIALIZED, with a space behind, or nothing. */
  protected viewKind({ options }: ViewDefinition): string {
    if (options.materialized !== true) return "";
    throw new CompileError(
      `${this.dialect.name} has no materialized views. Create a view without \`materialized\`, or a table with createTableAs().`,
    );
  }
  protected checkOption({ options: { withCheckOption } }: ViewDefinition): string {
    if (withCheckOption === undefined || withCheckOption === false) return "";
    const kinds = ["local", "cascaded"];
    return ` WITH ${withCheckOption === true ? "" : `${this.words(withCheckOption, kinds, "withCheckOption")} `}CHECK OPTION`;
  }
  /** Whether a materialized view is filled at once. */
  protected viewData({ options: { withData } }: ViewDefinition): string {
    return withData === undefined ? "" : withData ? " WITH DATA" : " WITH NO DATA";
  }

  protected refreshView({ view }: ItemOf<"refreshView">): string {
    throw new CompileError(
      `${this.dialect.name} has no materialized views: ${JSON.stringify(view.key)} always shows the present rows.`,
    );
  }

  protected createTableAs({ name, schema, query, temporary }: ItemOf<"createTableAs">, ifNotExists: string): string {
    const words = temporary ? "TEMPORARY " : "";
    return `CREATE ${words}TABLE ${ifNotExists}${this.placed(schema, name)} AS ${compileQuery(query[NODE], this.dialect, this.translatesSchemas)}`;
  }

  // ── comments, sequences, types ─────────────────────────────────────────────
  protected tableComment({ table, comment }: ItemOf<"setTableComment">): readonly string[] {
    const kind = table.view === null ? "TABLE" : `${this.viewKind(table.view)}VIEW`;
    return [`COMMENT ON ${kind} ${this.tableName(table)} IS ${this.textLiteral(comment)}`];
  }

  protected columnComment({ column, comment }: ItemOf<"setColumnComment">): readonly string[] {
    const name = `${this.tableName(column.table)}.${this.quote(column.name)}`;
    return [`COMMENT ON COLUMN ${name} IS ${this.textLiteral(comment)}`];
  }

  protected constraintComment({ constraint, comment }: ItemOf<"setConstraintComment">): readonly string[] {
    if (this.dialect.capabilities.constraintComments !== true) {
      throw new CompileError(`${this.dialect.name} has no comments on constraints such as the ${constraint}.`);
    }
    const name = this.givenConstraintName(constraint);
    return [`COMMENT ON CONSTRAINT ${name} ON ${this.tableName(constraint.table)} IS ${this.textLiteral(comment)}`];
  }

  protected sequenceName(sequence: Sequence): string {
    if (this.dialect.capabilities.sequences) return this.placed(sequence.schema, sequence.name);
    throw new CompileError(
      `${this.dialect.name} has no sequences, and ${JSON.stringify(sequence.key)} is one. ` +
        "Integer keys count themselves there; createAll() leaves sequences out.",
    );
  }
  protected createSequence({ sequence }: ItemOf<"createSequence">, ifNotExists: string): string {
    const name = this.sequenceName(sequence);
    const type = sequence.type === null ? "" : ` AS ${this.dialect.typeName(sequence.type.definition.type, "ddl")}`;
    return `CREATE SEQUENCE ${ifNotExists}${name}${type}${this.sequenceOptions(sequence.options)}`;
  }

  /** CREATE and DROP of enumerations and domains. */
  protected namedType(
    { kind, type }: ItemOf<"createEnumType" | "dropEnumType" | "createDomain" | "dropDomain">,
    _ifExists: string,
  ): string {
    const what = kind.endsWith("Domain") ? "domains" : "enumeration types";
    throw new CompileError(`${this.dialect.name} has no ${what} such as ${JSON.stringify(type.name)}.`);
  }

  protected emptyTables(tables: readonly Table[]): readonly string[] {
    return tables.map((table) => `DELETE FROM ${this.tableName(table)}`);
  }

  /** The program's own text, with the words that stand for names filled in. */
  protected text({ text, table, context }: DdlText): string {
    return text.replace(/%\((\w+)\)s/g, (_, word: string) => {
      if (Object.hasOwn(context, word)) return context[word] ?? "";
      if (table !== null && word === "table") return this.quote(table.name);
      if (table !== null && word === "schema") return table.schema === null ? "" : this.quote(table.schema);
      if (table !== null && word === "fullname") return this.tableName(table);
      throw new ArgumentError(
        `ddl(${JSON.stringify(text)}) holds %(${word})s, which nothing gives a meaning. ` +
          `Give it one in the second argument: ddl("…", { ${word}: "…" }).`,
      );
    });
  }
}

function cascade(item: { readonly cascade?: boolean }): string {
  return item.cascade === true ? " CASCADE" : "";
}

function viewOf(table: Table): ViewDefinition {
  if (table.view !== null) return table.view;
  throw new ArgumentError(`${JSON.stringify(table.key)} is a table, not a view: take createTable() and dropTable().`);
}
