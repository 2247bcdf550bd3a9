import { ArgumentError } from "../errors/errors.ts";
import { md5 } from "../util/md5.ts";
import type { Constraint } from "./constraint.ts";
import type { ForeignKeyConstraint } from "./foreign-key.ts";
import type { Table } from "./table.ts";
import type { TableColumn } from "./table-column.ts";
import type { Index } from "./table-index.ts";

/** A name that is complete: no naming convention is applied to it. Made by `conv()`. */
export class ConventionalName {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Marks a constraint's name as complete, so that a convention with `%(constraint_name)s` leaves it as it is. */
export function conv(name: string): ConventionalName {
  return new ConventionalName(name);
}

export type ConstraintName = string | ConventionalName;

type Named = Constraint | Index;
/** Computes a token of the program's own. */
export type NameToken = (constraint: Named, table: Table) => string;

/**
 * How constraints and indexes are called that nobody named: templates with SQLAlchemy's tokens, `%(table_name)s`,
 * `%(column_0_name)s`, `%(column_0_label)s` (table and column), `%(column_0_N_name)s` (all columns, with underscores),
 * `%(column_0N_name)s` (without), `%(referred_table_name)s`, `%(referred_column_0_name)s`, `%(constraint_name)s`, and
 * tokens of the program's own, as functions under further keys.
 */
export interface NamingConvention {
  /** Indexes; `ix_%(column_0_label)s` by default. */
  readonly ix?: string;
  readonly uq?: string;
  readonly ck?: string;
  readonly fk?: string;
  readonly pk?: string;
  /** Exclusion constraints of PostgreSQL. */
  readonly ex?: string;
  readonly [token: string]: string | NameToken | undefined;
}

const conventionKeys = {
  primaryKey: "pk",
  unique: "uq",
  check: "ck",
  foreignKey: "fk",
  exclude: "ex",
  index: "ix",
} as const;
const defaultIndexName = "ix_%(column_0_label)s";

/** A name in SQL. A generated one is shortened where the database allows fewer characters; a given one is refused. */
export interface ResolvedName {
  readonly text: string;
  readonly generated: boolean;
}

export function textOfName(name: ConstraintName): string {
  return typeof name === "string" ? name : name.text;
}

/** The name of a constraint or index under its MetaData's convention; null: the database makes one up. */
export function resolveName(named: Named): ResolvedName | null {
  const { givenName, table } = named;
  if (givenName instanceof ConventionalName) return { text: givenName.text, generated: false };
  const convention = table.metadata.namingConvention;
  const template = convention[conventionKeys[named.kind]] ?? (named.kind === "index" ? defaultIndexName : undefined);
  const usesName = typeof template === "string" && template.includes("%(constraint_name)s");
  if (givenName !== null && !usesName) return { text: givenName, generated: false };
  if (typeof template !== "string") return null;
  if (givenName === null && usesName && "typeBound" in named && named.typeBound) return null;
  return { text: fill(template, named, convention), generated: true };
}

function fill(template: string, named: Named, convention: NamingConvention): string {
  return template.replace(/%\((\w+)\)s/g, (_, token: string) => {
    const own = convention[token];
    return typeof own === "function" ? own(named, named.table) : tokenText(token, named);
  });
}

function tokenText(token: string, named: Named): string {
  switch (token) {
    case "table_name":
      return named.table.name;
    case "constraint_name":
      if (named.givenName !== null) return textOfName(named.givenName);
      throw new ArgumentError(
        `The naming convention for "${conventionKeys[named.kind]}" asks for %(constraint_name)s, but a ${named.kind} ` +
          `constraint of table "${named.table.key}" has no name. Give it one.`,
      );
    case "referred_table_name":
      return foreignKeyOf(named, token).referredTable.name;
    default: {
      const match = /^(referred_)?column_(\d+)(_?N)?_(name|key|label)$/.exec(token);
      if (match === null) {
        throw new ArgumentError(`The naming convention has an unknown token %(${token})s.`);
      }
      const [, referred, position = "0", all, form = "name"] = match;
      const columns = referred === undefined ? named.columns : foreignKeyOf(named, token).referredColumns;
      return columnsText(columns.slice(Number(position)), all, form, named, token);
    }
  }
}

function columnsText(
  columns: readonly TableColumn[],
  all: string | undefined,
  form: string,
  named: Named,
  token: string,
): string {
  const [first] = columns;
  if (first === undefined) {
    throw new ArgumentError(
      `The naming convention asks for %(${token})s, but one of the kind "${named.kind}" of table ` +
        `"${named.table.key}" has no such column. Give it a name.`,
    );
  }
  const texts = (all === undefined ? [first] : columns).map((column) => columnText(column, form));
  return texts.join(all === "_N" ? "_" : "");
}

function columnText(column: TableColumn, form: string): string {
  if (form === "name") return column.name;
  if (form === "key") return column.key;
  const { schema, name } = column.table;
  return `${schema === null ? "" : `${schema}_`}${name}_${column.name}`;
}

function foreignKeyOf(named: Named, token: string): ForeignKeyConstraint {
  if (named.kind === "foreignKey") return named as ForeignKeyConstraint;
  throw new ArgumentError(`The token %(${token})s of a naming convention is for foreign keys only.`);
}

/** A generated name cut to what the database allows, with digits of its hash in place of its end. */
export function shortenName(name: string, maxLength: number): string {
  return name.length <= maxLength ? name : `${name.slice(0, maxLength - 8)}_${md5(name).slice(-4)}`;
}
