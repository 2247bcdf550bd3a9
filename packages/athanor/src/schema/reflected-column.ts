import type { SqlType } from "../sqltypes/sql-type.ts";
import type { Computed, IdentityOptions } from "./column-definition.ts";

/** A column as the database describes it. */
export interface ReflectedColumn {
  readonly name: string;
  /** One of the library's types, with its parameters. One that the library does not know keeps its name, and its values. */
  readonly type: SqlType;
  readonly nullable: boolean;
  /** The DEFAULT as SQL text; null where there is none. */
  readonly default: string | null;
  /** The database counts the value up: a serial, an identity, AUTO_INCREMENT, SQLite's single integer key. */
  readonly autoincrement: boolean;
  /** The sequence that the default draws from. */
  readonly sequence: QualifiedName | null;
  /** GENERATED ALWAYS AS (…). */
  readonly computed: ReflectedComputed | null;
  /** GENERATED … AS IDENTITY, with the options of its sequence. */
  readonly identity: IdentityOptions | null;
  /** The database sets the value anew at each UPDATE (ON UPDATE CURRENT_TIMESTAMP): the SQL text. */
  readonly onUpdate: string | null;
  readonly comment: string | null;
}

export interface ReflectedComputed extends Computed {
  readonly expression: string;
  readonly stored: boolean;
}

export interface QualifiedName {
  readonly schema: string | null;
  readonly name: string;
}

/** What handlers of `columnReflect` are told. */
export interface ColumnReflectEvent {
  /** The table whose column is being read. */
  readonly table: QualifiedName;
  readonly column: ReflectedColumn;
}

/** What a handler wants changed of a column before it gets into its table. */
export interface ColumnReflectChanges
  extends Partial<Pick<ReflectedColumn, "type" | "nullable" | "default" | "comment">> {
  /** The key under which programs know the column; without it, its name. */
  readonly key?: string;
  readonly info?: Readonly<Record<string, unknown>>;
}
