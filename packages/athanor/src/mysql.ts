/**
 * MySQL and MariaDB: what only their dialect has.
 *
 * @module athanor/mysql
 */

import { mariadbDatabase, mysqlDatabase } from "./drivers/mysql.ts";
import { engineFor } from "./engine/create-engine.ts";
import type { Engine } from "./engine/engine.ts";
import type { EngineOptions } from "./engine/options.ts";
import type { Url } from "./engine/url.ts";

export * from "./dialects/mysql/column-types.ts";
export { MysqlCompiler } from "./dialects/mysql/compiler.ts";
export { type AssignmentPair, Insert, insert, limit } from "./dialects/mysql/constructs.ts";
export { MysqlDialect } from "./dialects/mysql/dialect.ts";
export { Match, type MatchMode, match } from "./dialects/mysql/full-text.ts";
export { type DialectOptions, dialect } from "./dialects/mysql/offline.ts";
export type { ZeroDates } from "./dialects/mysql/temporal.ts";

/**
 * As `createEngine()` of `athanor`, for MySQL and MariaDB alone: a bundle then has no other database in it.
 *
 * @throws ArgumentError when the URL or an option is wrong, NoSuchModuleError when it names another database or driver.
 */
export function createEngine(url: string | Url, options: EngineOptions = {}): Engine {
  return engineFor([mysqlDatabase, mariadbDatabase], url, options);
}
