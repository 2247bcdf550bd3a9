import type { SqlElement } from "./column-definition.ts";
import type { Table } from "./table.ts";

export interface ViewOptions {
  readonly schema?: string;
  readonly comment?: string;
  readonly info?: Readonly<Record<string, unknown>>;
  /** Takes the place of a view of this name. */
  readonly orReplace?: boolean;
  /** Of this connection alone. */
  readonly temporary?: boolean;
  /** Keeps its rows until it is refreshed. PostgreSQL only. */
  readonly materialized?: boolean;
  /** False: a materialized view is created empty and cannot be read before it is refreshed. */
  readonly withData?: boolean;
  /** Rows that are written through the view must be visible in it; `local`: as far as this view itself hides rows. */
  readonly withCheckOption?: boolean | "local" | "cascaded";
}

/** What makes a table a view. */
export interface ViewDefinition {
  readonly query: SqlElement;
  /** The tables and views that the query reads. */
  readonly reads: readonly Table[];
  readonly options: ViewOptions;
}
