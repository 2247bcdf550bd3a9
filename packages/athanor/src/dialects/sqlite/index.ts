/**
 * What only SQLite's dialect adds.
 *
 * @module athanor/sqlite
 */
export { type ConflictTarget, type ConflictUpdate, Insert, insert } from "./constructs.ts";
export { dialect } from "./dialect.ts";
