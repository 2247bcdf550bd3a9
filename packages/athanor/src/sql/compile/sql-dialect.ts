import type { SqlType, TypeTraits } from "../../sqltypes/sql-type.ts";

/**
 * What a database can do. Where one lacks a feature, the compiler refuses with an error that names the feature, or
 * takes the other road that the flag describes; nothing above a dialect asks for its name.
 */
export interface Capabilities {
  /** INSERT … RETURNING. */
  readonly insertReturning: boolean;
  readonly updateReturning: boolean;
  readonly deleteReturning: boolean;
  /** RETURNING gives what the statement has written, without what triggers have made of it since. Default false. */
  readonly returnsBeforeTriggers?: boolean;
  /** Rows of INSERT … RETURNING come in the order of VALUES. */
  readonly orderedReturning: boolean;
  /**
   * How many rows are inserted so that keys are generated in their order, and what is returned can be sorted by them: "values"
   * by VALUES, "select" by a SELECT with ORDER BY. Absent: by neither.
   */
  readonly sentinelInsert?: "values" | "select";
  /** Each statement is a round trip, so that a batch of INSERTs is quicker as a few of many rows. Default false. */
  readonly multiRowInserts?: boolean;
  /** INSERT … DEFAULT VALUES; otherwise `() VALUES ()`. */
  readonly defaultValues: boolean;
  /** DEFAULT may stand for a value in VALUES. */
  readonly defaultKeyword: boolean;
  /** UPDATE … FROM. */
  readonly updateFrom: boolean;
  /** DELETE … USING or its like. */
  readonly deleteUsing: boolean;
  /** SELECT … FOR UPDATE; where it is absent, the request is left out, as there is one writer at a time. */
  readonly rowLocks: boolean;
  readonly lateral: boolean;
  readonly fullJoin: boolean;
  readonly distinctOn: boolean;
  /** NULLS FIRST and NULLS LAST. */
  readonly nullsOrdering: boolean;
  /** TRUE and FALSE are literals of a type of their own. */
  readonly booleanLiterals: boolean;
  /** Members of a set operation may stand in parentheses. */
  readonly compoundParentheses: boolean;
  /** A collation decides whether two texts are equal: case, accents and spaces at the end may not count. Default false. */
  readonly textByCollation?: boolean;
  readonly savepoints: boolean;
  readonly sequences: boolean;
  /** Enumerations and domains are types that have to be created before the tables that use them. Default false. */
  readonly namedTypes?: boolean;
  readonly identityColumns: boolean;
  readonly computedColumns: boolean;
  /** ALTER TABLE can add and drop constraints, so that cycles of foreign keys can be broken. */
  readonly alterConstraints: boolean;
  readonly comments: boolean;
  /** Constraints have comments, too. Default false. */
  readonly constraintComments?: boolean;
  readonly schemas: boolean;
  readonly partialIndexes: boolean;
  /** LASTVAL of an INSERT is known without RETURNING. */
  readonly lastInsertId: boolean;
  /** How many values an eager load looks for with one list. Default 500. */
  readonly keysPerList?: number;
  /** Columns may be arrays, and expressions may take them apart. Default false. */
  readonly arrays?: boolean;
  /**
   * Parameters have numbers, so that one may stand in several places: GROUP BY then has the same expression as SELECT.
   * Default false.
   */
  readonly numberedParameters?: boolean;
}

/** A schema with a dot behind it, as it stands before a name; nothing for null. */
export type SchemaPrefix = (schema: string | null) => string;

/** What compiling asks of a dialect. */
export interface SqlDialect {
  /** As in a URL: `sqlite`. For messages only; nothing branches on it. */
  readonly name: string;
  /** The dialect that this one is a variant of: what is said for that one is meant here too. Default: its own name. */
  readonly family?: string;
  readonly types: TypeTraits;
  readonly capabilities: Capabilities;
  /** Identifiers beyond this length are refused, generated ones shortened. */
  readonly maxIdentifierLength: number;
  /** The most parameters that one statement takes. */
  readonly maxParameters: number;
  /** Quotes an identifier where it needs it. The one place where an identifier becomes SQL. */
  quote(identifier: string): string;
  /** The parameter marker for the n-th parameter, counted from 1. */
  placeholder(position: number): string;
  /** The name of a type in DDL and CAST; `schemaPrefix` says what stands before one that belongs to a schema. */
  typeName(type: SqlType, use: "ddl" | "cast", schemaPrefix?: SchemaPrefix): string;
  /** A value as a SQL literal, for DDL and for reading; strings are escaped. */
  literal(value: unknown, type: SqlType): string;
}

/** Whether something that is said for one database is said for this dialect too. */
export function isMeant(dialect: SqlDialect, name: string | null): boolean {
  return name === null || name === dialect.name || name === dialect.family;
}
