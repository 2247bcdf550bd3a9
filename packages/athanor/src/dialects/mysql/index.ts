/**
 * What only the dialect of MySQL and MariaDB adds.
 *
 * @module athanor/mysql
 */

export * from "./column-types.ts";
export { MysqlCompiler } from "./compiler.ts";
export { type AssignmentPair, Insert, insert, limit } from "./constructs.ts";
export { MysqlDialect } from "./dialect.ts";
export { Match, type MatchMode, match } from "./full-text.ts";
export { type DialectOptions, dialect } from "./offline.ts";
export type { ZeroDates } from "./temporal.ts";
