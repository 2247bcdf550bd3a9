import type { EngineOptions } from "../engine/options.ts";
import type { Url } from "../engine/url.ts";
import { ArgumentError } from "../errors/errors.ts";

export interface SqliteFile {
  /** A path, or `:memory:`. */
  readonly path: string;
  readonly readOnly: boolean;
  /** Milliseconds to wait for a lock that another connection has. */
  readonly busyTimeout: number;
}

const modes: readonly unknown[] = [undefined, "ro", "rwc", "memory"];
// SQLAlchemy asks for `uri=true` where a `file:` URI is meant.
const knownKeys: readonly string[] = ["mode", "busyTimeout", "uri"];

/**
 * The file that a URL names: `sqlite:///shop.db`, `sqlite:////var/shop.db`, `sqlite:///:memory:`, `sqlite:///file:shop.db`;
 * `?mode=ro` reads only, `?busyTimeout=30000` waits for locks.
 */
export function sqliteFile(url: Url, options: EngineOptions): SqliteFile {
  if (url.host !== null || url.username !== null) {
    throw new ArgumentError(
      `${url} names a host, and SQLite has none. A file is written with three slashes, "sqlite:///shop.db", an absolute path with four.`,
    );
  }
  const unknown = Object.keys(url.query).filter((key) => !knownKeys.includes(key));
  if (unknown.length > 0) {
    throw new ArgumentError(
      `${url} has the unknown parameter ${unknown.join(", ")}. There are: mode, busyTimeout (in milliseconds).`,
    );
  }
  const { mode } = url.query;
  if (!modes.includes(mode)) throw new ArgumentError(`${url}: mode is "ro" for reading only, "rwc" or "memory".`);
  return {
    path: mode === "memory" ? ":memory:" : pathOf(url.database),
    readOnly: mode === "ro",
    busyTimeout: busyTimeoutOf(url, options),
  };
}

/** Not every driver knows `file:` URIs; what they name, all know. */
function pathOf(database: string | null): string {
  return database === null ? ":memory:" : database.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/, "");
}

function busyTimeoutOf(url: Url, options: EngineOptions): number {
  const timeout = Number(options.busyTimeout ?? url.query["busyTimeout"] ?? 5000);
  if (Number.isSafeInteger(timeout) && timeout >= 0) return timeout;
  throw new ArgumentError("busyTimeout is a whole number of milliseconds, 0 or more.");
}
