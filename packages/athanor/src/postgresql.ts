/**
 * PostgreSQL: what only its dialect has.
 *
 * @module athanor/postgresql
 */

import { postgresqlDatabase } from "./drivers/postgresql.ts";
import { engineFor } from "./engine/create-engine.ts";
import type { Engine } from "./engine/engine.ts";
import type { EngineOptions } from "./engine/options.ts";
import type { Url } from "./engine/url.ts";

export * from "./dialects/postgresql/column-types.ts";
export { type ConflictTarget, type ConflictUpdate, Insert, insert } from "./dialects/postgresql/constructs.ts";
export { type CopyFormat, type CopyRow, copyFrom, copyTo } from "./dialects/postgresql/copy.ts";
export { dialect } from "./dialects/postgresql/dialect.ts";
export { domain } from "./dialects/postgresql/domain.ts";
export * from "./dialects/postgresql/functions.ts";
export type { Hstore } from "./dialects/postgresql/hstore-type.ts";
export { Range, type RangeBounds, type RangeItem } from "./dialects/postgresql/range.ts";
export type { Interval } from "./dialects/postgresql/time-types.ts";
export type { ExcludeOptions } from "./schema/exclude-constraint.ts";
export { exclude } from "./schema/table-arguments.ts";
export type { DomainOptions } from "./sqltypes/domain.ts";

/**
 * As `createEngine()` of `athanor`, for PostgreSQL alone: a bundle then has no other database in it.
 *
 * @throws ArgumentError when the URL or an option is wrong, NoSuchModuleError when it names another database or driver.
 */
export function createEngine(url: string | Url, options: EngineOptions = {}): Engine {
  return engineFor([postgresqlDatabase], url, options);
}
