import { ArgumentError } from "../errors/errors.ts";
import { DomainType } from "../sqltypes/domain.ts";
import { EnumType } from "../sqltypes/enum.ts";
import type { AnyColumn } from "./column.ts";
import type { SqlElement } from "./column-definition.ts";
import type { Constraint } from "./constraint.ts";
import { DdlElement } from "./ddl-element.ts";
import { columnOfElement } from "./schema-element.ts";
import type { SchemaItem, SchemaItemOptions } from "./schema-item.ts";
import type { Sequence } from "./sequence.ts";
import type { Table } from "./table.ts";
import type { TableArgument } from "./table-arguments.ts";
import type { TableColumn } from "./table-column.ts";
import { tableOfElement } from "./table-element.ts";
import { Index } from "./table-index.ts";

/** A table, or a mapped class, which stands for its table. */
export type TableLike = Table | SqlElement;

export interface CreateElementOptions {
  /** Nothing happens where it exists already. */
  readonly ifNotExists?: boolean;
}
export interface DropElementOptions {
  /** Nothing happens where it does not exist. */
  readonly ifExists?: boolean;
  /** What depends on it goes with it, where the database can do that. */
  readonly cascade?: boolean;
}

function creation(item: SchemaItem, { ifNotExists }: CreateElementOptions): DdlElement {
  return new DdlElement(item, existence(ifNotExists));
}
function existence(ifExists: boolean | undefined): SchemaItemOptions {
  return ifExists === true ? { ifExists } : {};
}

function tableOf(element: TableLike, what: string): Table {
  const table = tableOfElement(element);
  if (table !== null) return table;
  throw new ArgumentError(`${what} takes a table or a mapped class.`);
}

// ── tables ───────────────────────────────────────────────────────────────────
/** CREATE TABLE, without its indexes and comments. Foreign keys stand in it, so the tables they point to must exist. */
export function createTable(table: TableLike, options: CreateElementOptions = {}): DdlElement {
  return creation({ kind: "createTable", table: tableOf(table, "createTable()"), postponed: new Set() }, options);
}
/** DROP TABLE. */
export function dropTable(table: TableLike, { ifExists, cascade }: DropElementOptions = {}): DdlElement {
  const item = { kind: "dropTable", table: tableOf(table, "dropTable()"), cascade: cascade ?? false } as const;
  return new DdlElement(item, existence(ifExists));
}

// ── indexes and constraints ──────────────────────────────────────────────────
export interface OnTableOption {
  /** The table, where the columns do not tell: they are given by name, or in raw SQL. */
  readonly on?: TableLike;
}

/**
 * CREATE INDEX: of an index that a table has, or of one that the table does not learn of:
 * `createIndex(index("ix_email").on(users.c.email))`.
 */
export function createIndex(
  index: Index | TableArgument,
  options: CreateElementOptions & OnTableOption = {},
): DdlElement {
  return creation({ kind: "createIndex", index: indexOf(index, options) }, options);
}
/** DROP INDEX: of an index that a table has, or of one that is described as for `createIndex`. */
export function dropIndex(index: Index | TableArgument, options: DropElementOptions & OnTableOption = {}): DdlElement {
  const { ifExists, cascade } = options;
  const item = { kind: "dropIndex", index: indexOf(index, options), cascade: cascade ?? false } as const;
  return new DdlElement(item, existence(ifExists));
}

/**
 * ALTER TABLE … ADD CONSTRAINT: of a constraint that a table has, or of one that the table does not learn of:
 * `addConstraint(check("ck_age", users.c.age.ge(0)))`.
 */
export function addConstraint(constraint: Constraint | TableArgument, options: OnTableOption = {}): DdlElement {
  return new DdlElement({ kind: "addConstraint", constraint: constraintOf(constraint, options) });
}
/**
 * ALTER TABLE … DROP CONSTRAINT. Compiling it throws a CompileError when the constraint has no name.
 */
export function dropConstraint(
  constraint: Constraint | TableArgument,
  options: DropElementOptions & OnTableOption = {},
): DdlElement {
  const { ifExists, cascade } = options;
  const item = {
    kind: "dropConstraint",
    constraint: constraintOf(constraint, options),
    cascade: cascade ?? false,
  } as const;
  return new DdlElement(item, existence(ifExists));
}

function indexOf(index: Index | TableArgument, options: OnTableOption): Index {
  const built = builtOn(index, options);
  if (built instanceof Index) return built;
  throw new ArgumentError(
    "An index is written index(…).on(…). For constraints there are addConstraint() and dropConstraint().",
  );
}

function constraintOf(constraint: Constraint | TableArgument, options: OnTableOption): Constraint {
  const built = builtOn(constraint, options);
  if (!(built instanceof Index)) return built;
  throw new ArgumentError("An index is no constraint: take createIndex() and dropIndex().");
}

function builtOn(given: Index | Constraint | TableArgument, { on }: OnTableOption): Index | Constraint {
  if (!("build" in given)) return given;
  if (on !== undefined) return given.build(tableOf(on, "The option `on`"));
  const [table, another] = given.tables();
  if (table !== undefined && another === undefined) return given.build(table);
  throw new ArgumentError("The columns do not tell which table is meant. Name it: { on: users }.");
}

// ── views ────────────────────────────────────────────────────────────────────
/** CREATE VIEW, or CREATE MATERIALIZED VIEW, without its indexes. */
export function createView(view: TableLike, options: CreateElementOptions = {}): DdlElement {
  return creation({ kind: "createView", view: viewOf(view, "createView()") }, options);
}
/** DROP VIEW, or DROP MATERIALIZED VIEW. */
export function dropView(view: TableLike, { ifExists, cascade }: DropElementOptions = {}): DdlElement {
  const item = { kind: "dropView", view: viewOf(view, "dropView()"), cascade: cascade ?? false } as const;
  return new DdlElement(item, existence(ifExists));
}

export interface RefreshOptions {
  /** Readers are not locked out meanwhile; the view needs a unique index. Default false. */
  readonly concurrently?: boolean;
  /** False: its rows are given up, and it cannot be read until it is refreshed again. Default true. */
  readonly withData?: boolean;
}

/**
 * REFRESH MATERIALIZED VIEW: computes its rows anew.
 *
 * @throws ArgumentError when the view is not materialized.
 */
export function refreshMaterializedView(view: TableLike, options: RefreshOptions = {}): DdlElement {
  const { concurrently = false, withData = true } = options;
  const found = viewOf(view, "refreshMaterializedView()");
  if (found.view?.options.materialized !== true) {
    throw new ArgumentError(`View "${found.key}" is not materialized: there is nothing to refresh.`);
  }
  if (concurrently && !withData) throw new ArgumentError("A view that is refreshed concurrently keeps its data.");
  return new DdlElement({ kind: "refreshView", view: found, concurrently, withData });
}

function viewOf(element: TableLike, what: string): Table {
  const view = tableOf(element, what);
  if (view.view !== null) return view;
  throw new ArgumentError(`${what} takes a view, and "${view.key}" is a table.`);
}

// ── schemas, sequences and types ─────────────────────────────────────────────
/** CREATE SCHEMA; in MySQL, where a schema is a database, that. */
export function createSchema(name: string, options: CreateElementOptions = {}): DdlElement {
  return creation({ kind: "createSchema", name }, options);
}
export function dropSchema(name: string, { ifExists, cascade }: DropElementOptions = {}): DdlElement {
  return new DdlElement({ kind: "dropSchema", name, cascade: cascade ?? false }, existence(ifExists));
}

/** CREATE SEQUENCE. SQLite and MySQL have none. */
export function createSequence(sequence: Sequence, options: CreateElementOptions = {}): DdlElement {
  return creation({ kind: "createSequence", sequence }, options);
}
export function dropSequence(sequence: Sequence, { ifExists }: DropElementOptions = {}): DdlElement {
  return new DdlElement({ kind: "dropSequence", sequence }, existence(ifExists));
}

/** CREATE TYPE … AS ENUM, or CREATE DOMAIN: of a column's declaration or a table's column. PostgreSQL only. */
export function createType(column: AnyColumn | SqlElement | TableColumn): DdlElement {
  const type = namedType(column, "createType()");
  return new DdlElement(type instanceof EnumType ? { kind: "createEnumType", type } : { kind: "createDomain", type });
}
export function dropType(
  column: AnyColumn | SqlElement | TableColumn,
  { ifExists }: DropElementOptions = {},
): DdlElement {
  const type = namedType(column, "dropType()");
  const item =
    type instanceof EnumType ? ({ kind: "dropEnumType", type } as const) : ({ kind: "dropDomain", type } as const);
  return new DdlElement(item, existence(ifExists));
}

function namedType(column: AnyColumn | SqlElement | TableColumn, what: string): EnumType | DomainType {
  const found = columnOfElement(column);
  const type = found?.type ?? ("type" in column ? column.type : "definition" in column ? column.definition.type : null);
  const stored = type?.stored ?? null;
  if (stored instanceof EnumType || stored instanceof DomainType) return stored;
  throw new ArgumentError(`${what} takes a column of an enumeration or a domain: enumType(…), domain(…).`);
}

// ── comments ─────────────────────────────────────────────────────────────────
/** The comment that the table was declared with, or another one; null takes it away. */
export function setTableComment(table: TableLike, comment?: string | null): DdlElement {
  const found = tableOf(table, "setTableComment()");
  return new DdlElement({
    kind: "setTableComment",
    table: found,
    comment: comment === undefined ? found.comment : comment,
  });
}
/** The comment that the constraint was declared with, or another one; null takes it away. PostgreSQL only. */
export function setConstraintComment(constraint: Constraint, comment?: string | null): DdlElement {
  return new DdlElement({
    kind: "setConstraintComment",
    constraint,
    comment: comment === undefined ? constraint.comment : comment,
  });
}
/** The comment that the column was declared with, or another one; null takes it away. */
export function setColumnComment(column: SqlElement | TableColumn, comment?: string | null): DdlElement {
  const found = "definition" in column ? column : columnOfElement(column);
  if (found === null) throw new ArgumentError("setColumnComment() takes a column of a table.");
  return new DdlElement({
    kind: "setColumnComment",
    column: found,
    comment: comment === undefined ? found.comment : comment,
  });
}
