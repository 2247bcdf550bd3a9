import type { ViewOptions } from "../../schema/view-definition.ts";
import type { AnyExpression } from "../../sql/expression/expression.ts";
import type { NamedQuery } from "../../sql/statement/view.ts";

/** The query behind a mapped view; a function where it speaks of classes that are declared later. */
export interface MappedView extends Omit<ViewOptions, "schema" | "comment" | "info"> {
  readonly query: NamedQuery | (() => NamedQuery);
}

/** What a discriminator says of a row: which class it is an object of. */
export type PolymorphicIdentity = string | number | bigint | boolean;

/** What a class of a hierarchy is in it. */
export interface PolymorphicOptions {
  /** What the discriminator holds for objects of this class; new objects get it by themselves. */
  readonly polymorphicIdentity?: PolymorphicIdentity;
  /** The class has no objects of its own, only its subclasses have. */
  readonly polymorphicAbstract?: boolean;
  /**
   * What is loaded of this class where one above it is asked for. `"inline"`: its columns, with the statement itself;
   * `"selectin"`: its columns, with one more statement for all its objects. By default they are loaded when they are read.
   */
  readonly polymorphicLoad?: "inline" | "selectin";
}

/** How a class is mapped, beside its shape and its table's constraints. */
export interface MapOptions extends PolymorphicOptions {
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
  /**
   * The attributes by which objects are known, where the table or the query does not tell: it has no primary key, or another
   * one is meant. Their values tell its rows from each other.
   */
  readonly primaryKey?: readonly string[];
  /** The columns of a table that was there before the class which are its attributes, by their keys. Default: all. */
  readonly includeProperties?: readonly string[];
  /** The columns of such a table which are no attributes: they are neither loaded nor written. */
  readonly excludeProperties?: readonly string[];
  /**
   * Of the topmost class of a hierarchy: what tells of a row which class it is an object of. The name of an attribute, the
   * attribute, or an expression over the class's columns; a function where it speaks of the class itself. See `inherit()`.
   */
  readonly polymorphicOn?: string | AnyExpression | (() => AnyExpression);
}

/** How a class inherits from another one. */
export interface InheritOptions extends PolymorphicOptions {
  /** The class has a table of its own with all columns, those of its parent too, and shares no row with it. */
  readonly concrete?: boolean;
  /** Of single-table inheritance: columns that another class below the same parent has declared, and that this one shares. */
  readonly useExistingColumns?: readonly string[];
}
