import type { Url } from "../engine/url.ts";
import { ArgumentError } from "../errors/errors.ts";

export interface SqliteFile {
  readonly path: string;
  readonly readOnly: boolean;
}

const knownKeys: readonly string[] = ["mode"];

/** The file that a URL names: `sqlite:///shop.db`, `sqlite:////var/shop.db`, `sqlite:///:memory:`, `?mode=ro`. */
export function sqliteFile(url: Url): SqliteFile {
  if (url.host !== null || url.username !== null) {
    throw new ArgumentError(
      `${url} names a host, and SQLite has none. A file is written with three slashes, "sqlite:///shop.db", an absolute path with four.`,
    );
  }
  const unknown = Object.keys(url.query).filter((key) => !knownKeys.includes(key));
  if (unknown.length > 0)
    throw new ArgumentError(`${url} has the unknown parameter ${unknown.join(", ")}. There is: mode.`);
  const { mode } = url.query;
  if (mode !== undefined && mode !== "ro" && mode !== "rwc" && mode !== "memory") {
    throw new ArgumentError(`${url}: mode is "ro" for reading only, "rwc" or "memory".`);
  }
  const path = mode === "memory" ? ":memory:" : (url.database ?? ":memory:");
  return { path, readOnly: mode === "ro" };
}
