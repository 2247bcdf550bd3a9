import type { DomainType } from "../sqltypes/domain.ts";
import type { EnumType } from "../sqltypes/enum.ts";
import type { SqlElement } from "./column-definition.ts";
import type { Constraint } from "./constraint.ts";
import type { ForeignKeyConstraint } from "./foreign-key.ts";
import type { Sequence } from "./sequence.ts";
import type { Table } from "./table.ts";
import type { TableColumn } from "./table-column.ts";
import type { Index } from "./table-index.ts";

/** One step of building or taking down a schema. A dialect turns it into one statement, several or none. */
export type SchemaItem =
  | CreateTable
  | CreateTableAs
  | { readonly kind: "dropTable"; readonly table: Table; readonly cascade?: boolean }
  | CreateIndex
  | { readonly kind: "dropIndex"; readonly index: Index; readonly cascade?: boolean }
  | { readonly kind: "addConstraint"; readonly constraint: Constraint }
  | { readonly kind: "dropConstraint"; readonly constraint: Constraint; readonly cascade?: boolean }
  | { readonly kind: "createSequence"; readonly sequence: Sequence }
  | { readonly kind: "dropSequence"; readonly sequence: Sequence }
  | { readonly kind: "createEnumType"; readonly type: EnumType }
  | { readonly kind: "dropEnumType"; readonly type: EnumType }
  | { readonly kind: "createDomain"; readonly type: DomainType }
  | { readonly kind: "dropDomain"; readonly type: DomainType }
  | { readonly kind: "createView"; readonly view: Table }
  | { readonly kind: "dropView"; readonly view: Table; readonly cascade?: boolean }
  | RefreshView
  | { readonly kind: "createSchema"; readonly name: string }
  | { readonly kind: "dropSchema"; readonly name: string; readonly cascade?: boolean }
  | { readonly kind: "setTableComment"; readonly table: Table; readonly comment: string | null }
  | { readonly kind: "setColumnComment"; readonly column: TableColumn; readonly comment: string | null }
  | { readonly kind: "setConstraintComment"; readonly constraint: Constraint; readonly comment: string | null }
  | DdlText
  /** Deletes the rows of tables that refer to each other, so that they can be dropped one by one. */
  | { readonly kind: "emptyTables"; readonly tables: readonly Table[] };

export interface CreateTable {
  readonly kind: "createTable";
  readonly table: Table;
  /** Foreign keys that an `addConstraint` brings later, because they close a ring of tables. */
  readonly postponed: ReadonlySet<ForeignKeyConstraint>;
}

export interface CreateIndex {
  readonly kind: "createIndex";
  readonly index: Index;
  /** Its table has just been created: there are no rows, and nobody else to be locked out. */
  readonly tableIsNew?: boolean;
}

/** A table that is made of the rows of a query. */
export interface CreateTableAs {
  readonly kind: "createTableAs";
  readonly name: string;
  readonly schema: string | null;
  readonly query: SqlElement;
  readonly temporary: boolean;
}

export interface RefreshView {
  readonly kind: "refreshView";
  readonly view: Table;
  /** Readers are not locked out; the view needs a unique index. */
  readonly concurrently: boolean;
  readonly withData: boolean;
}

/** Text of the programmer's; `%(table)s`, `%(schema)s` and `%(fullname)s` stand for the table's quoted names. */
export interface DdlText {
  readonly kind: "text";
  readonly text: string;
  readonly table: Table | null;
  /** Further names that stand for text. */
  readonly context: Readonly<Record<string, string>>;
}

export interface SchemaItemOptions {
  /** IF NOT EXISTS when something is created, IF EXISTS when it is dropped. */
  readonly ifExists?: boolean;
  /** Schemas of tables and sequences are left open, for whoever executes the statement to say. */
  readonly translatesSchemas?: boolean;
}
