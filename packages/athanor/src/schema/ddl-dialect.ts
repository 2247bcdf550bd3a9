import type { SchemaItem, SchemaItemOptions } from "./schema-item.ts";

/** What a database must tell about itself before its DDL can be planned. */
export interface DdlCapabilities {
  /** ALTER TABLE can add and drop constraints, so that rings of foreign keys can be broken. */
  readonly alterConstraints: boolean;
  readonly sequences: boolean;
  /** Comments have statements of their own; where they do not, they are written with their table, or left out. */
  readonly comments: boolean;
  /** Constraints have comments, too. */
  readonly constraintComments?: boolean;
  /** Enumerations and domains are types that have to be created before the tables that use them. */
  readonly namedTypes?: boolean;
}

/** The names by which a database may be spoken of: its own, and that of the one it is a variant of. */
export function dialectNames({ name, family }: { readonly name: string; readonly family?: string }): readonly string[] {
  return family === undefined || family === name ? [name] : [name, family];
}

/** A dialect, as far as DDL is concerned. */
export interface DdlDialect {
  /** As in a URL: `postgresql`. */
  readonly name: string;
  readonly family?: string;
  readonly capabilities: DdlCapabilities;
  /** The statements that create or drop a piece of schema. */
  ddl(item: SchemaItem, options?: SchemaItemOptions): readonly string[];
}
