/**
 * What only SQLite's dialect adds.
 *
 * @module athanor/sqlite
 */

export { SqliteCompiler } from "./compiler.ts";
export { type ConflictTarget, type ConflictUpdate, Insert, insert } from "./constructs.ts";
export { dialect, SqliteDialect } from "./dialect.ts";
