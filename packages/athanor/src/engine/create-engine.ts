import { ArgumentError, NoSuchModuleError } from "../errors/errors.ts";
import { settled } from "../util/task.ts";
import type { Dialect, DriverEntry } from "./dialect.ts";
import { Engine, SyncEngine } from "./engine.ts";
import { EngineCore } from "./engine-core.ts";
import { checkOptions, type EngineOptions } from "./options.ts";
import { makeUrl, type Url } from "./url.ts";

/** What a URL may name: databases, and the drivers of each, the default first. */
export interface DatabaseEntry {
  readonly name: string;
  /** Other names under which URLs know it. */
  readonly aliases?: readonly string[];
  createDialect(options: EngineOptions, url: Url): Dialect;
  readonly drivers: readonly DriverEntry[];
  /** The driver that a URL without one means. */
  defaultDriver(): string;
}

/** An engine for a URL, of one of these databases. */
export function engineFor(databases: readonly DatabaseEntry[], url: string | Url, options: EngineOptions): Engine {
  return new Engine(engineCore(databases, makeUrl(url), checkOptions(options), false));
}

/** The same for drivers that answer at once. */
export function syncEngineFor(
  databases: readonly DatabaseEntry[],
  url: string | Url,
  options: EngineOptions,
): SyncEngine {
  return new SyncEngine(engineCore(databases, makeUrl(url), checkOptions(options), true));
}

function engineCore(
  databases: readonly DatabaseEntry[],
  url: Url,
  options: EngineOptions,
  synchronous: boolean,
): EngineCore {
  const database = databases.find((each) => each.name === url.dialect || each.aliases?.includes(url.dialect));
  if (database === undefined) throw unknownDatabase(databases, url);
  const name = url.driver ?? database.defaultDriver();
  const entry = database.drivers.find((each) => each.name === name);
  if (entry === undefined) {
    const known = database.drivers.map((each) => `${url.dialect}+${each.name}`).join(", ");
    throw new NoSuchModuleError(`There is no driver ${JSON.stringify(name)} for ${url.dialect}. There are: ${known}.`);
  }
  if (synchronous && !entry.synchronous) {
    throw new ArgumentError(
      `The driver of ${url} answers with promises, and a synchronous engine cannot wait for them. ` +
        "Use createEngine() and an asynchronous session.",
    );
  }
  return EngineCore.create({
    url,
    options,
    dialect: options.dialect ?? database.createDialect(options, url),
    synchronous,
    driver: (from) => settled(entry.load(from, options)),
  });
}

function unknownDatabase(databases: readonly DatabaseEntry[], url: Url): Error {
  const known = databases.map((each) => `${each.name}://`).join(", ");
  return new NoSuchModuleError(`There is no database ${JSON.stringify(url.dialect)}. A URL begins with: ${known}.`);
}
