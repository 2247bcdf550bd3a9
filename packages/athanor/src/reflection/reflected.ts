import type { ReferentialAction } from "../schema/column-definition.ts";
import type { DeferrableOptions } from "../schema/constraint.ts";
import type { ConstraintDialectOptions, IndexDialectOptions } from "../schema/dialect-options.ts";
import type { QualifiedName } from "../schema/reflected-column.ts";
import type { TableOptions } from "../schema/table.ts";
import type { SqlType } from "../sqltypes/sql-type.ts";

/** What all constraints have in common. */
interface ReflectedConstraint extends DeferrableOptions {
  /** Null: the database keeps no name (SQLite's unnamed constraints). */
  readonly name: string | null;
  readonly comment: string | null;
  /** What only this database knows of, by its name: `{ postgresql: { include: ["id"] } }`. */
  readonly dialectOptions: ConstraintDialectOptions;
}

/** A primary key; without columns where the table has none. */
export interface ReflectedPrimaryKey extends ReflectedConstraint {
  readonly constrainedColumns: readonly string[];
}

export interface ReflectedForeignKey extends Omit<ReflectedConstraint, keyof DeferrableOptions> {
  readonly constrainedColumns: readonly string[];
  /** Null: the default schema. */
  readonly referredSchema: string | null;
  readonly referredTable: string;
  readonly referredColumns: readonly string[];
  readonly options: ReflectedForeignKeyOptions;
}

/** Only what differs from the database's defaults (NO ACTION, MATCH SIMPLE, NOT DEFERRABLE). */
export interface ReflectedForeignKeyOptions extends DeferrableOptions {
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
  readonly match?: "full" | "partial" | "simple";
}

export interface ReflectedUniqueConstraint extends ReflectedConstraint {
  readonly columnNames: readonly string[];
  /** The unique index that is the same thing, where the database does not tell the two apart. */
  readonly duplicatesIndex: string | null;
}

export interface ReflectedCheckConstraint extends Omit<ReflectedConstraint, keyof DeferrableOptions> {
  /** The condition as SQL text. */
  readonly sqlText: string;
}

/** How an element of an index is sorted, as far as it is not the usual way. */
export type IndexSorting = "desc" | "nullsFirst" | "nullsLast";

export interface ReflectedIndex {
  readonly name: string;
  readonly unique: boolean;
  /** The columns in their order; null in the place of an expression. */
  readonly columnNames: readonly (string | null)[];
  /** All elements as SQL text where one of them at least is an expression; otherwise null. */
  readonly expressions: readonly string[] | null;
  /** By position in `columnNames`, where an element is not sorted in the usual way. */
  readonly sorting: Readonly<Record<number, readonly IndexSorting[]>>;
  /** The condition of a partial index, as SQL text. */
  readonly where: string | null;
  /** The constraint (UNIQUE or EXCLUDE) that the index belongs to. */
  readonly duplicatesConstraint: string | null;
  readonly comment: string | null;
  /** What only this database knows of, by its name: `{ postgresql: { using: "gin" } }`. */
  readonly dialectOptions: IndexDialectOptions;
}

export interface ReflectedTableComment {
  /** Null: the table has none. */
  readonly text: string | null;
}

/** Options of CREATE TABLE, as `table()` takes them. */
export type ReflectedTableOptions = Pick<TableOptions, "sqlite" | "postgresql" | "mysql">;

/** An enumeration that is a type of its own. */
export interface ReflectedEnum extends QualifiedName {
  readonly labels: readonly string[];
  /** It can be named without its schema. */
  readonly visible: boolean;
  readonly comment: string | null;
}

/** A type made of another, with conditions. */
export interface ReflectedDomain extends QualifiedName {
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly collation: string | null;
  readonly constraints: readonly { readonly name: string | null; readonly check: string }[];
  readonly visible: boolean;
  readonly comment: string | null;
}

/** A part of a partitioned table. */
export interface ReflectedPartition extends QualifiedName {
  /** Which rows are in it, in the database's own words: `FOR VALUES FROM (1) TO (10)`. */
  readonly bound: string;
}

/** What a table is beside a table. */
export type RelationKind = "table" | "foreignTable" | "view" | "materializedView";

/** A table or a view. */
export interface Relation {
  readonly name: string;
  readonly kind: RelationKind;
  readonly temporary: boolean;
  /** It is a part of a partitioned table. */
  readonly partition: boolean;
}

/** Tables in the order in which they can be created; see `getSortedTableAndFkcNames`. */
export interface SortedTableNames {
  /** Each table behind those that the listed foreign keys point to. */
  readonly tables: readonly { readonly name: string; readonly foreignKeys: readonly (string | null)[] }[];
  /** Foreign keys that close a ring: they have to be added when all tables are there. */
  readonly remaining: readonly { readonly table: string; readonly name: string | null }[];
}
