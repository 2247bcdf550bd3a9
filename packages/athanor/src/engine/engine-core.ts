import { Listeners } from "../events/listeners.ts";
import { Pool, type PoolEvent, type PoolRecord } from "../pool/pool.ts";
import type { CompiledStatement } from "../sql/compile/compiled.ts";
import { LruCache } from "../util/lru-cache.ts";
import { settled, type Task } from "../util/task.ts";
import { ConnectionCore, checkedIsolation } from "./connection-core.ts";
import type { Dialect, IsolationLevel } from "./dialect.ts";
import type { Driver, DriverConnection } from "./driver.ts";
import { wrapError } from "./errors.ts";
import { StatementLog } from "./logging.ts";
import type { EngineOptions } from "./options.ts";
import type { Url } from "./url.ts";

/** Events of an engine, in the order in which they are listed in messages. */
export const engineEventNames = [
  "connect",
  "firstConnect",
  "checkout",
  "checkin",
  "reset",
  "invalidate",
  "close",
  "beforeCursorExecute",
  "afterCursorExecute",
  "handleError",
  "begin",
  "commit",
  "rollback",
  "savepoint",
  "releaseSavepoint",
  "rollbackSavepoint",
] as const;

/** Hears of every engine: what is given to `listen(Engine, …)`. */
export const allEngines: Listeners = /* @__PURE__ */ new Listeners(engineEventNames);

/** What an engine is made of, whichever its colour. */
export interface EngineParts {
  readonly url: Url;
  readonly dialect: Dialect;
  readonly driver: () => Task<Driver>;
  readonly synchronous: boolean;
  readonly options: EngineOptions;
}

/** A database, its pool and its cache of compiled statements: the part that both faces share. */
export class EngineCore {
  readonly url: Url;
  readonly dialect: Dialect;
  readonly options: EngineOptions;
  /** Its users cannot wait: it has the synchronous face. */
  readonly synchronous: boolean;
  readonly pool: Pool<DriverConnection>;
  readonly defaultIsolation: IsolationLevel;
  readonly listeners = new Listeners(engineEventNames, allEngines);
  readonly compiledCache: LruCache<string, CompiledStatement>;
  readonly log: StatementLog | null;
  /** What layers above keep for each engine: plans, prepared statements. */
  readonly extensions = new Map<object, unknown>();
  readonly #openDriver: () => Task<Driver>;
  #driver: Driver | null = null;

  constructor({ url, dialect, driver, synchronous, options }: EngineParts) {
    this.url = url;
    this.dialect = dialect;
    this.options = options;
    this.synchronous = synchronous;
    this.#openDriver = driver;
    this.defaultIsolation = checkedIsolation(
      dialect,
      options.isolationLevel ?? dialect.isolationLevels[0] ?? "SERIALIZABLE",
    );
    this.compiledCache = new LruCache(options.queryCacheSize ?? 500);
    const echo = options.echo ?? false;
    this.log =
      echo === false ? null : new StatementLog(echo === true ? printLine : echo, options.hideParameters ?? false);
    this.pool = new Pool(
      {
        open: () => this.#open(),
        close: (connection) => settled(connection.close()),
        reset: (connection) => dialect.rollback(connection),
        ping: (connection) => dialect.ping(connection),
        event: (name: PoolEvent, connection: DriverConnection) => {
          if (this.listeners.has(name)) this.listeners.fire(name, connection.raw);
        },
      },
      poolOptions(dialect.defaultPool(url), options),
      synchronous,
    );
  }

  *#open(): Task<DriverConnection> {
    this.#driver ??= yield* this.#openDriver();
    let connection: DriverConnection | null = null;
    try {
      connection = yield* settled(this.#driver.connect());
      yield* this.dialect.initialize(connection);
      return connection;
    } catch (error) {
      if (connection !== null) yield* settled(connection.close());
      throw wrapError(error, this.dialect, null, null, true);
    }
  }

  /** A connection of the pool, in no transaction yet. */
  *connect(): Task<ConnectionCore> {
    const record: PoolRecord<DriverConnection> = yield* this.pool.acquire();
    return new ConnectionCore(this, record);
  }

  *dispose(): Task<void> {
    yield* this.pool.dispose();
  }
}

function printLine(line: string): void {
  // biome-ignore lint/suspicious/noConsole: that is what echo asks for
  console.log(line);
}

function poolOptions(kind: "queue" | "static" | "null", options: EngineOptions) {
  // A database in memory lives in its connection: there is one, kept for ever, and everybody takes turns.
  const shared =
    kind === "static" ? { size: 1, maxOverflow: 0, recycle: -1 } : kind === "null" ? { size: 0, maxOverflow: -1 } : {};
  return {
    size: options.poolSize ?? 5,
    maxOverflow: options.maxOverflow ?? 10,
    timeout: options.poolTimeout ?? 30_000,
    recycle: options.poolRecycle ?? -1,
    prePing: options.poolPrePing ?? false,
    lifo: options.poolUseLifo ?? false,
    ...shared,
  };
}
