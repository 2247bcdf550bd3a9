import { ArgumentError, CompileError, IdentifierError } from "../../errors/errors.ts";
import type { Constraint } from "../../schema/constraint.ts";
import { UniqueConstraint } from "../../schema/constraint.ts";
import type { SchemaItem } from "../../schema/schema-item.ts";
import { TableColumn } from "../../schema/table-column.ts";
import type { Index } from "../../schema/table-index.ts";
import { DdlCompiler } from "../../sql/compile/ddl-compiler.ts";
import { TextType } from "../../sqltypes/strings.ts";

const text = /* @__PURE__ */ new TextType();

/** Integers that count themselves, by the integer's type. */
const serials: Readonly<Record<string, string>> = {
  integer: "SERIAL",
  smallInteger: "SMALLSERIAL",
  bigInteger: "BIGSERIAL",
};

/** PostgreSQL's DDL. Keys that count themselves are SERIAL, or an identity where the column asks for one. */
export class PostgresqlDdlCompiler extends DdlCompiler {
  // ── columns ────────────────────────────────────────────────────────────────
  protected override columnType(column: TableColumn): string {
    const serial = serials[column.type.stored.kind];
    const counts =
      column.autoincrement && column.identity === null && column.default === null && column.serverDefault === null;
    return counts && serial !== undefined ? serial : super.columnType(column);
  }

  protected override computed(column: TableColumn): string {
    // Nothing else is possible before PostgreSQL 18, and nothing else was the default.
    return column.computed?.stored === undefined ? `${super.computed(column)} STORED` : super.computed(column);
  }

  protected override column(column: TableColumn): string {
    const text = super.column(column);
    // An identity is never NULL, whether the column says so or not.
    return column.identity === null ? text : text.replace(/ NOT NULL$/, "");
  }

  // ── constraints ────────────────────────────────────────────────────────────
  protected override constraintBody(constraint: Constraint): string | null {
    const body = super.constraintBody(constraint);
    const nullsNotDistinct = constraint.dialectOptions["postgresql"]?.["nullsNotDistinct"];
    if (body === null || !(constraint instanceof UniqueConstraint) || nullsNotDistinct !== true) return body;
    return body.replace(/^UNIQUE/, "UNIQUE NULLS NOT DISTINCT");
  }

  // ── indexes ────────────────────────────────────────────────────────────────
  protected override createIndex(index: Index, ifNotExists: string): string {
    const options = indexOptions(index);
    const unique = index.unique ? "UNIQUE " : "";
    const concurrently = options.concurrently === true ? "CONCURRENTLY " : "";
    const using = options.using === undefined ? "" : ` USING ${this.word(options.using, "using")}`;
    const include = (options.include ?? []).map((name) => this.quote(this.#columnName(index, name)));
    const where = this.indexWhere(index);
    return [
      `CREATE ${unique}INDEX ${concurrently}${ifNotExists}${this.indexName(index)} ON ${this.indexTableName(index)}${using}`,
      ` (${this.indexExpressions(index).join(", ")})`,
      include.length === 0 ? "" : ` INCLUDE (${include.join(", ")})`,
      options.nullsNotDistinct === undefined ? "" : ` NULLS ${options.nullsNotDistinct ? "NOT " : ""}DISTINCT`,
      options.with === undefined ? "" : ` WITH (${this.#storage(options.with)})`,
      options.tablespace === undefined ? "" : ` TABLESPACE ${this.quote(options.tablespace)}`,
      where === null ? "" : ` WHERE ${this.fragment(where)}`,
    ].join("");
  }

  protected override dropIndex(index: Index, ifExists: string): string {
    const concurrently = indexOptions(index).concurrently === true ? "CONCURRENTLY " : "";
    const schema = index.table.schema === null ? "" : `${this.quote(index.table.schema)}.`;
    return `DROP INDEX ${concurrently}${ifExists}${schema}${this.indexName(index)}`;
  }

  /** Each with its operator class, if it has one: `email text_pattern_ops`. */
  protected override indexExpressions(index: Index): readonly string[] {
    const { ops = {} } = indexOptions(index);
    return super.indexExpressions(index).map((sql, position) => {
      const expression = index.expressions[position];
      const name = expression instanceof TableColumn ? (ops[expression.key] ?? ops[expression.name]) : ops[sql];
      return name === undefined ? sql : `${sql} ${this.word(name, "ops")}`;
    });
  }

  #columnName(index: Index, key: string): string {
    const column = index.table.getColumn(key) ?? index.table.columnNamed(key);
    if (column !== undefined) return column.name;
    throw new ArgumentError(`The index "${index.name}" includes "${key}", which is no column of "${index.table.key}".`);
  }

  #storage(options: Readonly<Record<string, unknown>>): string {
    return Object.entries(options)
      .map(([name, value]) => `${this.word(name, "with")} = ${this.dialect.literal(String(value), text)}`)
      .join(", ");
  }

  /** A name out of an option of an index, which goes into the text as it is. */
  protected word(name: string, option: string): string {
    if (/^[A-Za-z_][\w.]*$/.test(name)) return name;
    throw new CompileError(`The option ${option} of an index takes a plain name, not ${JSON.stringify(name)}.`);
  }

  // ── enumerations ───────────────────────────────────────────────────────────
  protected override enumType({
    kind,
    type,
  }: Extract<SchemaItem, { readonly kind: "createEnumType" | "dropEnumType" }>): readonly string[] {
    const name = this.qualified(type.schema, type.name);
    if (kind === "dropEnumType") return [`DROP TYPE ${name}`];
    return [`CREATE TYPE ${name} AS ENUM (${type.values.map((each) => this.dialect.literal(each, text)).join(", ")})`];
  }

  /** Names are counted in bytes. */
  protected override checkLength(name: string): string {
    const limit = this.dialect.maxIdentifierLength;
    const length = new TextEncoder().encode(name).length;
    if (length <= limit) return name;
    throw new IdentifierError(
      `"${name}" has ${length} bytes, more than the ${limit} that PostgreSQL allows in a name.`,
    );
  }
}

interface IndexOptions {
  readonly using?: string;
  /** Operator classes by column. */
  readonly ops?: Readonly<Record<string, string>>;
  /** Columns that are kept in the index without being part of its key. */
  readonly include?: readonly string[];
  readonly with?: Readonly<Record<string, unknown>>;
  readonly tablespace?: string;
  readonly concurrently?: boolean;
  readonly nullsNotDistinct?: boolean;
}

function indexOptions(index: Index): IndexOptions {
  return (index.dialectOptions["postgresql"] ?? {}) as IndexOptions;
}
