/**
 * SQLite: what only its dialect has.
 *
 * @module athanor/sqlite
 */

import { sqliteDatabase } from "./drivers/sqlite.ts";
import { engineFor, syncEngineFor } from "./engine/create-engine.ts";
import type { Engine, SyncEngine } from "./engine/engine.ts";
import type { EngineOptions } from "./engine/options.ts";
import type { Url } from "./engine/url.ts";

export { SqliteCompiler } from "./dialects/sqlite/compiler.ts";
export { type ConflictTarget, type ConflictUpdate, Insert, insert } from "./dialects/sqlite/constructs.ts";
export { dialect, SqliteDialect } from "./dialects/sqlite/dialect.ts";

/**
 * As `createEngine()` of `athanor`, for SQLite alone: a bundle then has no other database in it.
 *
 * @throws ArgumentError when the URL or an option is wrong, NoSuchModuleError when it names another database or driver.
 */
export function createEngine(url: string | Url, options: EngineOptions = {}): Engine {
  return engineFor([sqliteDatabase], url, options);
}
/** As `createSyncEngine()` of `athanor`, for SQLite alone. */
export function createSyncEngine(url: string | Url, options: EngineOptions = {}): SyncEngine {
  return syncEngineFor([sqliteDatabase], url, options);
}
