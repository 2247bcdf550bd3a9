import { CompileError, IdentifierError } from "../../errors/errors.ts";
import type { SqlElement } from "../../schema/column-definition.ts";
import type { DdlCondition } from "../../schema/ddl-condition.ts";
import { holds } from "../../schema/ddl-condition.ts";
import { dialectNames } from "../../schema/ddl-dialect.ts";
import { type ResolvedName, shortenName } from "../../schema/naming.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { TextType } from "../../sqltypes/strings.ts";
import { NODE } from "../../util/symbols.ts";
import type { CompilingDialect } from "./compile.ts";
import { compileFragment } from "./fragment.ts";
import { schemaToken } from "./schema-translation.ts";

const text = /* @__PURE__ */ new TextType();

/** Names and small pieces of DDL: what every part of it needs. */
export abstract class DdlNames {
  readonly dialect: CompilingDialect;

  /** Schemas are left open in the statement that is being compiled. */
  protected translatesSchemas = false;

  constructor(dialect: CompilingDialect) {
    this.dialect = dialect;
  }

  /** Whether something is written for this dialect at all. */
  protected applies({ ddlIf }: { readonly ddlIf: DdlCondition | null }): boolean {
    return holds(ddlIf, { dialect: this.dialect.name, family: this.dialect.family });
  }

  /** What the database stores in a column. */
  protected storedType(column: TableColumn): SqlType {
    return column.type.storedOn(dialectNames(this.dialect));
  }

  /** The name of a type where something is declared. */
  protected typeName(type: SqlType): string {
    return this.dialect.typeName(type, "ddl", (schema) => this.schemaPrefix(schema));
  }
  /** A table that is named in a statement, with its schema. */
  protected tableName(table: Table): string {
    return this.placed(table.schema, table.name);
  }
  /** A table or a sequence in its schema, which may be left open. */
  protected placed(schema: string | null, name: string): string {
    return this.schemaPrefix(schema) + this.quote(this.checkLength(name));
  }
  protected schemaPrefix(schema: string | null): string {
    if (this.translatesSchemas) return schemaToken(schema);
    return schema === null ? "" : `${this.quote(schema)}.`;
  }
  protected qualified(schema: string | null, name: string): string {
    this.checkLength(name);
    return schema === null ? this.quote(name) : `${this.quote(schema)}.${this.quote(name)}`;
  }
  protected columnNames(columns: readonly TableColumn[]): string {
    return columns.map((column) => this.quote(column.name)).join(", ");
  }
  protected quote(identifier: string): string {
    return this.dialect.quote(identifier);
  }
  protected fragment(element: SqlElement): string {
    return compileFragment(element[NODE], this.dialect);
  }
  /** Text as a literal. */
  protected textLiteral(value: string | null): string {
    return this.dialect.literal(value, text);
  }

  /** Words of an option, in capitals. Types say which there are, and programs without types are told. */
  protected words(text: string, allowed: readonly string[], what: string): string {
    const found = allowed.find((each) => each.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found.toUpperCase();
    throw new CompileError(
      `${what} is ${allowed.map((each) => `"${each}"`).join(" or ")}, not ${JSON.stringify(text)}.`,
    );
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
