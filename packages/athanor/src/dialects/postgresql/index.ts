/**
 * What only PostgreSQL's dialect adds.
 *
 * @module athanor/postgresql
 */
export { type ConflictTarget, type ConflictUpdate, Insert, insert } from "./constructs.ts";
export { type CopyFormat, type CopyRow, copyFrom, copyTo } from "./copy.ts";
export { dialect } from "./dialect.ts";
