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
  createDialect(options: EngineOptions): Dialect;
  readonly drivers: readonly DriverEntry[];
  /** The driver that a URL without one means. */
  defaultDriver(): string;
}

/** Databases that the URL schemes of other libraries name, and that come with a later release. */
const announced: readonly string[] = ["postgresql", "postgres", "mysql", "mariadb"];

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
  const parsed = makeUrl(url);
  if (announced.includes(parsed.dialect)) {
    throw new ArgumentError(
      `Drivers of ${parsed.dialect} answer with promises, and a synchronous engine cannot wait for them. ` +
        "Use createEngine() and an asynchronous session.",
    );
  }
  return new SyncEngine(engineCore(databases, parsed, checkOptions(options), true));
}

function engineCore(
  databases: readonly DatabaseEntry[],
  url: Url,
  options: EngineOptions,
  synchronous: boolean,
): EngineCore {
  const database = databases.find((each) => each.name === url.dialect);
  if (database === undefined) throw unknownDatabase(databases, url);
  const name = url.driver ?? database.defaultDriver();
  const entry = database.drivers.find((each) => each.name === name);
  if (entry === undefined) {
    const known = database.drivers.map((each) => `${url.dialect}+${each.name}`).join(", ");
    throw new NoSuchModuleError(`There is no driver ${JSON.stringify(name)} for ${url.dialect}. There are: ${known}.`);
  }
  if (synchronous && !entry.synchronous) {
    throw new ArgumentError(
      `The driver of ${url} answers with promises. Use createEngine() and an asynchronous session.`,
    );
  }
  return new EngineCore({
    url,
    options,
    dialect: options.dialect ?? database.createDialect(options),
    synchronous,
    driver: () => settled(entry.load(url, options)),
  });
}

function unknownDatabase(databases: readonly DatabaseEntry[], url: Url): Error {
  const known = databases.map((each) => `${each.name}://`).join(", ");
  return new NoSuchModuleError(
    announced.includes(url.dialect)
      ? `This version of Athanor has no ${url.dialect} yet. It has: ${known}.`
      : `There is no database ${JSON.stringify(url.dialect)}. A URL begins with: ${known}.`,
  );
}
