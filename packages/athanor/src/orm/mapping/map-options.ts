import type { ViewOptions } from "../../schema/view-definition.ts";
import type { AnyExpression } from "../../sql/expression/expression.ts";
import type { NamedQuery } from "../../sql/statement/view.ts";

/** The query behind a mapped view; a function where it speaks of classes that are declared later. */
export interface MappedView extends Omit<ViewOptions, "schema" | "comment" | "info"> {
  readonly query: NamedQuery | (() => NamedQuery);
}

/** How a class is mapped, beside its shape and its table's constraints. */
export interface MapOptions {
  /**
   * When values that the database makes (server defaults, computed columns, SQL in `onUpdate`) come back. True: with every
   * INSERT and UPDATE that makes them. False: when they are read. `"auto"`, the default: with INSERT; with UPDATE only where
   * reading cannot load them, in asynchronous sessions. Databases without RETURNING load them when they are read.
   */
  readonly eagerDefaults?: boolean | "auto";
  /**
   * The attribute that keeps the version of a row, for optimistic locking: every UPDATE and DELETE looks for the version that
   * was loaded, and fails with StaleDataError where somebody else has changed the row since. `"versionId"`, or
   * `() => Order.versionId`.
   */
  readonly versionId?: string | (() => AnyExpression);
  /**
   * Makes the version of a new row (of null) and the next one with each UPDATE that changes a column. Default: counts up
   * from 1. Others are `() => randomUUID()` or `() => new Date()`. False: the database makes it (a server default and a
   * trigger, a system column), or the program assigns it.
   */
  readonly versionIdGenerator?: false | ((current: unknown) => unknown);
  /**
   * Whether the rows that a DELETE has met are counted. A number that is too small is an error where the class has a
   * `versionId`, and a warning otherwise. Default true.
   */
  readonly confirmDeletedRows?: boolean;
  /**
   * The class is mapped to a view: `createAll` creates it from this query. The query's columns are found by their names in
   * SQL, and the class's primary key must tell its rows from each other.
   */
  readonly view?: MappedView;
}
