import type { EnumType } from "../sqltypes/enum.ts";
import type { Constraint } from "./constraint.ts";
import type { ForeignKeyConstraint } from "./foreign-key.ts";
import type { Sequence } from "./sequence.ts";
import type { Table } from "./table.ts";
import type { TableColumn } from "./table-column.ts";
import type { Index } from "./table-index.ts";

/** One step of building or taking down a schema. A dialect turns it into one statement, several or none. */
export type SchemaItem =
  | CreateTable
  | { readonly kind: "dropTable"; readonly table: Table }
  | { readonly kind: "createIndex"; readonly index: Index }
  | { readonly kind: "dropIndex"; readonly index: Index }
  | { readonly kind: "addConstraint"; readonly constraint: Constraint }
  | { readonly kind: "dropConstraint"; readonly constraint: Constraint; readonly cascade?: boolean }
  | { readonly kind: "createSequence"; readonly sequence: Sequence }
  | { readonly kind: "dropSequence"; readonly sequence: Sequence }
  | { readonly kind: "createEnumType"; readonly type: EnumType }
  | { readonly kind: "dropEnumType"; readonly type: EnumType }
  | { readonly kind: "createSchema"; readonly name: string }
  | { readonly kind: "dropSchema"; readonly name: string; readonly cascade?: boolean }
  | { readonly kind: "setTableComment"; readonly table: Table; readonly comment: string | null }
  | { readonly kind: "setColumnComment"; readonly column: TableColumn; readonly comment: string | null }
  /** Deletes the rows of tables that refer to each other, so that they can be dropped one by one. */
  | { readonly kind: "emptyTables"; readonly tables: readonly Table[] };

export interface CreateTable {
  readonly kind: "createTable";
  readonly table: Table;
  /** Foreign keys that an `addConstraint` brings later, because they close a ring of tables. */
  readonly postponed: ReadonlySet<ForeignKeyConstraint>;
}

export interface SchemaItemOptions {
  /** IF NOT EXISTS when something is created, IF EXISTS when it is dropped. */
  readonly ifExists?: boolean;
}
