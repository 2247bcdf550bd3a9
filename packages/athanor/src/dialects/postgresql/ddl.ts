import { ArgumentError, CompileError, IdentifierError } from "../../errors/errors.ts";
import type { SqlElement } from "../../schema/column-definition.ts";
import type { CheckConstraint, Constraint, PrimaryKeyConstraint, UniqueConstraint } from "../../schema/constraint.ts";
import type {
  PostgresqlConstraintOptions,
  PostgresqlIndexOptions,
  StorageParameters,
} from "../../schema/dialect-options.ts";
import type { ExcludeConstraint } from "../../schema/exclude-constraint.ts";
import type { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import { type ResolvedName, shortenName } from "../../schema/naming.ts";
import { columnOfElement } from "../../schema/schema-element.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { Index } from "../../schema/table-index.ts";
import type { ViewDefinition } from "../../schema/view-definition.ts";
import { DdlCompiler, type ItemOf } from "../../sql/compile/ddl-compiler.ts";
import { type IndexPart, indexPart, isNamed } from "../../sql/compile/index-part.ts";
import type { DomainType } from "../../sqltypes/domain.ts";
import { ExactType } from "../../sqltypes/exact.ts";

/** Integers that count themselves, by the integer's type. */
const serials: Readonly<Record<string, string>> = {
  integer: "SERIAL",
  smallInteger: "SMALLSERIAL",
  bigInteger: "BIGSERIAL",
};

/** PostgreSQL's DDL. Keys that count themselves are SERIAL, or an identity where the column asks for one. */
export class PostgresqlDdlCompiler extends DdlCompiler {
  // ── tables ─────────────────────────────────────────────────────────────────
  protected override refuseEmpty(_table: Table): void {}

  protected override tablePrefixes(table: Table): string {
    return super.tablePrefixes(table) + (table.options.postgresql?.unlogged === true ? "UNLOGGED " : "");
  }

  protected override tableOptions(table: Table): string {
    const { inherits, partitionBy, using, with: storage, onCommit, tablespace } = table.options.postgresql ?? {};
    const parents = inherits === undefined ? [] : [inherits].flat().map((each) => this.#dotted(each));
    return [
      parents.length === 0 ? "" : `\nINHERITS (${parents.join(", ")})`,
      partitionBy === undefined ? "" : `\nPARTITION BY ${partitionBy}`,
      using === undefined ? "" : `\nUSING ${this.quote(using)}`,
      storage === undefined ? "" : `\nWITH (${this.#storage(storage)})`,
      onCommit === undefined
        ? ""
        : `\nON COMMIT ${this.words(onCommit, ["preserve rows", "delete rows", "drop"], "onCommit")}`,
      tablespace === undefined ? "" : `\nTABLESPACE ${this.quote(tablespace)}`,
    ].join("");
  }

  #dotted(name: string): string {
    return name
      .split(".")
      .map((part) => this.quote(part))
      .join(".");
  }

  // ── columns ────────────────────────────────────────────────────────────────
  protected override columnType(column: TableColumn): string {
    const stored = this.storedType(column);
    const serial = serials[stored instanceof ExactType ? stored.base.kind : stored.kind];
    const counts =
      column.autoincrement && column.identity === null && column.default === null && column.serverDefault === null;
    return counts && serial !== undefined ? serial : super.columnType(column);
  }

  /** Nothing else than STORED is possible before PostgreSQL 18, and nothing else was the default. */
  protected override storage(column: TableColumn, stored: boolean | undefined): string {
    if (stored !== false) return " STORED";
    throw new CompileError(
      `PostgreSQL before 18 has no computed columns that are not stored, and "${column}" is one. Leave \`stored\` out.`,
    );
  }

  /** An identity is never NULL, whether the column says so or not. */
  protected override nullability(column: TableColumn): string | null {
    return column.identity === null ? super.nullability(column) : null;
  }

  // ── constraints ────────────────────────────────────────────────────────────
  protected override primaryKeyBody(constraint: PrimaryKeyConstraint): string {
    return `PRIMARY KEY (${this.columnNames(constraint.columns)})${this.#include(constraint)}${this.deferral(constraint)}`;
  }

  protected override uniqueBody(constraint: UniqueConstraint): string {
    const { nullsNotDistinct } = optionsOf(constraint);
    const nulls = nullsNotDistinct === undefined ? "" : ` NULLS ${nullsNotDistinct ? "NOT " : ""}DISTINCT`;
    return `UNIQUE${nulls} (${this.columnNames(constraint.columns)})${this.#include(constraint)}${this.deferral(constraint)}`;
  }

  protected override foreignKeyBody(key: ForeignKeyConstraint): string {
    return `${super.foreignKeyBody(key)}${this.#validity(key)}`;
  }

  protected override checkBody(check: CheckConstraint): string {
    const inherited = optionsOf(check).noInherit === true ? " NO INHERIT" : "";
    return `${super.checkBody(check)}${inherited}${this.#validity(check)}`;
  }

  protected override excludeBody(constraint: ExcludeConstraint): string {
    const { using, where, ops } = constraint;
    const elements = constraint.elements.map(({ expression, operator }) => {
      const part = indexPart(expression);
      return `${this.indexKey(part)}${this.#operatorClass(part, ops)} WITH ${operator}`;
    });
    const condition = where === null ? "" : ` WHERE (${this.fragment(where)})`;
    return `EXCLUDE USING ${this.quote(using)} (${elements.join(", ")})${this.#include(constraint)}${condition}${this.deferral(constraint)}`;
  }

  #include(constraint: Constraint): string {
    return this.#included(constraint.table, optionsOf(constraint).include ?? [], String(constraint));
  }
  #validity(constraint: Constraint): string {
    return optionsOf(constraint).notValid === true ? " NOT VALID" : "";
  }

  // ── indexes ────────────────────────────────────────────────────────────────
  protected override createIndex({ index, tableIsNew }: ItemOf<"createIndex">, ifNotExists: string): string {
    const options = optionsOfIndex(index);
    const unique = index.unique ? "UNIQUE " : "";
    // Of a table that has just been created nobody else knows, and CONCURRENTLY is refused in a transaction.
    const concurrently = options.concurrently === true && tableIsNew !== true ? "CONCURRENTLY " : "";
    const using = options.using === undefined ? "" : ` USING ${this.quote(options.using)}`;
    return [
      `CREATE ${unique}INDEX ${concurrently}${ifNotExists}${this.indexName(index)} ON ${this.indexTableName(index)}${using}`,
      ` (${this.indexExpressions(index).join(", ")})`,
      this.#included(index.table, options.include ?? [], `The index "${index.name}"`),
      options.nullsNotDistinct === undefined ? "" : ` NULLS ${options.nullsNotDistinct ? "NOT " : ""}DISTINCT`,
      options.with === undefined ? "" : ` WITH (${this.#storage(options.with)})`,
      options.tablespace === undefined ? "" : ` TABLESPACE ${this.quote(options.tablespace)}`,
      this.indexCondition(index),
    ].join("");
  }

  protected override dropIndex({ index, cascade }: ItemOf<"dropIndex">, ifExists: string): string {
    const concurrently = optionsOfIndex(index).concurrently === true ? "CONCURRENTLY " : "";
    return `DROP INDEX ${concurrently}${ifExists}${this.schemaPrefix(index.table.schema)}${this.indexName(index)}${cascade === true ? " CASCADE" : ""}`;
  }

  protected override indexPart(part: IndexPart, index: Index): string {
    return this.indexKey(part) + this.#operatorClass(part, optionsOfIndex(index).ops ?? {}) + this.indexOrder(part);
  }

  protected override indexWhere(index: Index): SqlElement | null {
    return optionsOfIndex(index).where ?? index.where;
  }

  /** `text_pattern_ops`, with a space in front. */
  #operatorClass(part: IndexPart, classes: Readonly<Record<string, string>>): string {
    const name = Object.keys(classes).find((each) => isNamed(part, each));
    return name === undefined ? "" : ` ${this.#word(classes[name] ?? "", "ops")}`;
  }

  #included(table: Table, columns: readonly (string | SqlElement)[], what: string): string {
    if (columns.length === 0) return "";
    const names = columns.map((given) => {
      const column =
        typeof given === "string" ? (table.getColumn(given) ?? table.columnNamed(given)) : columnOfElement(given);
      if (column?.table === table) return this.quote(column.name);
      throw new ArgumentError(
        `${what} includes ${typeof given === "string" ? JSON.stringify(given) : "something"}, which is no column of "${table.key}".`,
      );
    });
    return ` INCLUDE (${names.join(", ")})`;
  }

  #storage(parameters: StorageParameters): string {
    return Object.entries(parameters)
      .map(([name, value]) => `${this.#word(name, "with")} = ${this.#storageValue(value)}`)
      .join(", ");
  }
  #storageValue(value: string | number | boolean): string {
    return typeof value === "string" && !/^\w+$/.test(value) ? this.textLiteral(value) : String(value);
  }

  /** A name out of an option, which goes into the text as it is. */
  #word(name: string, option: string): string {
    if (/^[A-Za-z_][\w.]*$/.test(name)) return name;
    throw new CompileError(`The option ${option} takes a plain name, not ${JSON.stringify(name)}.`);
  }

  // ── views ──────────────────────────────────────────────────────────────────
  protected override createView(table: Table, view: ViewDefinition, ifNotExists: string): string {
    if (ifNotExists !== "" && view.options.materialized !== true) {
      throw new CompileError(
        `PostgreSQL has no IF NOT EXISTS for views that are not materialized. Declare "${table.key}" with orReplace.`,
      );
    }
    return super.createView(table, view, ifNotExists);
  }

  protected override viewKind({ options }: ViewDefinition): string {
    return options.materialized === true ? "MATERIALIZED " : "";
  }

  protected override refreshView({ view, concurrently, withData }: ItemOf<"refreshView">): string {
    const words = concurrently ? "CONCURRENTLY " : "";
    return `REFRESH MATERIALIZED VIEW ${words}${this.tableName(view)}${withData ? "" : " WITH NO DATA"}`;
  }

  // ── enumerations and domains ───────────────────────────────────────────────
  protected override namedType(
    item: ItemOf<"createEnumType" | "dropEnumType" | "createDomain" | "dropDomain">,
    ifExists: string,
  ): string {
    const name = this.placed(item.type.schema, item.type.name);
    switch (item.kind) {
      case "createEnumType":
        return `CREATE TYPE ${name} AS ENUM (${item.type.values.map((each) => this.textLiteral(each)).join(", ")})`;
      case "dropEnumType":
        return `DROP TYPE ${ifExists}${name}`;
      case "createDomain":
        return `CREATE DOMAIN ${name} AS ${this.#domain(item.type)}`;
      case "dropDomain":
        return `DROP DOMAIN ${ifExists}${name}`;
    }
  }

  #domain({ base, options }: DomainType): string {
    const { collation, default: initial, constraintName, notNull, check } = options;
    return [
      this.typeName(base),
      collation === undefined ? "" : ` COLLATE ${this.quote(collation)}`,
      initial === undefined
        ? ""
        : ` DEFAULT ${typeof initial === "string" ? this.textLiteral(initial) : this.fragment(initial)}`,
      constraintName === undefined ? "" : ` CONSTRAINT ${this.quote(this.checkLength(constraintName))}`,
      notNull === true ? " NOT NULL" : "",
      check === undefined ? "" : ` CHECK (${this.fragment(check)})`,
    ].join("");
  }

  /** Names are counted in bytes: one with other letters than English ones is cut sooner. */
  protected override fitName(name: ResolvedName): string {
    const limit = this.dialect.maxIdentifierLength;
    if (!name.generated || bytesIn(name.text) <= limit) return super.fitName(name);
    let length = limit;
    while (bytesIn(shortenName(name.text, length)) > limit) length -= 1;
    return shortenName(name.text, length);
  }
  protected override checkLength(name: string): string {
    const limit = this.dialect.maxIdentifierLength;
    const length = bytesIn(name);
    if (length <= limit) return name;
    throw new IdentifierError(
      `"${name}" has ${length} bytes, more than the ${limit} that PostgreSQL allows in a name.`,
    );
  }
}

function bytesIn(name: string): number {
  return new TextEncoder().encode(name).length;
}

function optionsOf(constraint: Constraint): PostgresqlConstraintOptions {
  return constraint.dialectOptions.postgresql ?? {};
}
function optionsOfIndex(index: Index): PostgresqlIndexOptions {
  return index.dialectOptions.postgresql ?? {};
}
