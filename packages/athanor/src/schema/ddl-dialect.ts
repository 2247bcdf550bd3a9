import type { SchemaItem, SchemaItemOptions } from "./schema-item.ts";

/** What a database must tell about itself before its DDL can be planned. */
export interface DdlCapabilities {
  /** ALTER TABLE can add and drop constraints, so that rings of foreign keys can be broken. */
  readonly alterConstraints: boolean;
  readonly sequences: boolean;
  readonly comments: boolean;
  /** Comments stand in CREATE TABLE, and need no statements of their own. */
  readonly inlineComments?: boolean;
  /** Constraints have comments, too. */
  readonly constraintComments?: boolean;
  /** Enumerations and domains are types that have to be created before the tables that use them. */
  readonly namedTypes?: boolean;
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
