/**
 * What only PostgreSQL's dialect adds.
 *
 * @module athanor/postgresql
 */

export type { ExcludeOptions } from "../../schema/exclude-constraint.ts";
export { exclude } from "../../schema/table-arguments.ts";
export type { DomainOptions } from "../../sqltypes/domain.ts";
export * from "./column-types.ts";
export { type ConflictTarget, type ConflictUpdate, Insert, insert } from "./constructs.ts";
export { type CopyFormat, type CopyRow, copyFrom, copyTo } from "./copy.ts";
export { dialect } from "./dialect.ts";
export { domain } from "./domain.ts";
export * from "./functions.ts";
export type { Hstore } from "./hstore-type.ts";
export { Range, type RangeBounds, type RangeItem } from "./range.ts";
export type { Interval } from "./time-types.ts";
