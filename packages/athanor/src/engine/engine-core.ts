import type { Listeners } from "../events/listeners.ts";
import { type DisposeOptions, Pool } from "../pool/pool.ts";
import { type PoolKind, type PoolOptions, poolKinds } from "../pool/pool-options.ts";
import type { CompiledStatement } from "../sql/compile/compiled.ts";
import { type SchemaTranslateMap, SchemaTranslation } from "../sql/compile/schema-translation.ts";
import { LruCache } from "../util/lru-cache.ts";
import type { Task } from "../util/task.ts";
import { ConnectionCore } from "./connection-core.ts";
import { type ConnectionOptions, checkedOptions, noOptions } from "./connection-options.ts";
import { Connector } from "./connector.ts";
import type { Dialect, IsolationLevel } from "./dialect.ts";
import type { Driver, DriverConnection } from "./driver.ts";
import { engineListeners, SharingListeners } from "./engine-events.ts";
import { watch } from "./leaks.ts";
import { StatementLog } from "./logging.ts";
import type { EngineOptions } from "./options.ts";
import type { RetryOptions } from "./retry.ts";
import type { Url } from "./url.ts";

/** What an engine is made of, whichever its colour. */
export interface EngineParts {
  readonly url: Url;
  readonly dialect: Dialect;
  readonly driver: (url: Url) => Task<Driver>;
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
  readonly listeners: Listeners;
  readonly compiledCache: LruCache<string, CompiledStatement>;
  readonly lintsFrom: boolean;
  readonly log: StatementLog | null;
  /** What layers above keep for each engine: plans, prepared statements. */
  readonly extensions: Map<object, unknown>;
  /** Those of statements as they are, and of statements whose schemas are left open. */
  readonly plainExtensions: Map<object, unknown>;
  readonly openExtensions: Map<object, unknown>;
  /** Puts schemas into statements; null where those of the tables are meant. */
  readonly translation: SchemaTranslation | null;
  readonly #translated = new WeakMap<SchemaTranslateMap, EngineCore>();
  /** What holds for all of its connections. */
  readonly executionOptions: ConnectionOptions;
  readonly #connector: Connector;

  private constructor(
    { url, dialect, options, synchronous }: Omit<EngineParts, "driver">,
    shared: Pick<EngineCore, "pool" | "compiledCache" | "log" | "plainExtensions" | "openExtensions" | "listeners">,
    connector: Connector,
    executionOptions: ConnectionOptions,
  ) {
    this.url = url;
    this.dialect = dialect;
    this.options = options;
    this.synchronous = synchronous;
    this.pool = shared.pool;
    this.listeners = shared.listeners;
    this.compiledCache = shared.compiledCache;
    this.lintsFrom = options.enableFromLinting ?? true;
    this.log = shared.log;
    this.plainExtensions = shared.plainExtensions;
    this.openExtensions = shared.openExtensions;
    this.executionOptions = checkedOptions(dialect, executionOptions);
    const { schemaTranslateMap: map } = executionOptions;
    this.translation = map === undefined ? null : new SchemaTranslation(map, (name) => dialect.quote(name));
    this.extensions = this.translation === null ? this.plainExtensions : this.openExtensions;
    this.#connector = connector;
  }

  static create(parts: EngineParts): EngineCore {
    const { url, dialect, options, synchronous } = parts;
    const listeners = engineListeners();
    const compiledCache = new LruCache<string, CompiledStatement>(options.queryCacheSize ?? 500);
    const connector = new Connector(parts, listeners, () => compiledCache.clear());
    const kind = options.pool ?? dialect.defaultPool(url);
    const shared = {
      listeners,
      pool: new Pool(connector, poolOptions(kind, options), synchronous),
      compiledCache,
      log: statementLog(options),
      plainExtensions: new Map(),
      openExtensions: new Map(),
    };
    const { isolationLevel } = options;
    return new EngineCore(parts, shared, connector, isolationLevel === undefined ? noOptions : { isolationLevel });
  }

  /** The same database, pool and cache with other options; what is not said stays. */
  withOptions(options: ConnectionOptions): EngineCore {
    const shared = { ...this, listeners: new SharingListeners(this.listeners) };
    return new EngineCore(this, shared, this.#connector, { ...this.executionOptions, ...options });
  }

  /** The same with other schemas; the same map gives the same engine. */
  withSchemas(map: SchemaTranslateMap): EngineCore {
    let translated = this.#translated.get(map);
    if (translated === undefined) {
      translated = this.withOptions({ schemaTranslateMap: map });
      this.#translated.set(map, translated);
    }
    return translated;
  }

  /** The level of transactions that say nothing else: the engine's, or the server's own. */
  get defaultIsolation(): IsolationLevel {
    return this.executionOptions.isolationLevel ?? this.#connector.defaultIsolation;
  }
  /** How transactions are tried again that say nothing of it. */
  get retry(): RetryOptions {
    return this.dialect.retry ?? { attempts: 1 };
  }
  /** Of the database; known after the first connection. */
  get serverIsolation(): IsolationLevel {
    return this.#connector.defaultIsolation;
  }

  /** A connection of the pool, in no transaction yet. */
  connect(signal?: AbortSignal): Task<ConnectionCore> {
    // Where the caller is can be seen now only, before anything is waited for.
    return this.#connect(signal, this.options.poolTraceCheckouts === true ? placeOfCall() : null);
  }
  *#connect(signal: AbortSignal | undefined, place: string | null): Task<ConnectionCore> {
    const { pool, url } = this;
    const record = yield* pool.acquire(signal);
    record.place = place;
    const connection = new ConnectionCore(this, record);
    watch(connection, {
      pool,
      record,
      url,
      synchronous: this.#connector.isSynchronous,
    });
    return connection;
  }

  /** A new connection outside the pool, for what needs one for itself; of a database that lives in its connection, that one. */
  *openLine(): Task<Line> {
    const { pool } = this;
    if (pool.options.isStatic) {
      const record = yield* pool.acquire();
      yield* pool.release(record);
      if (record.connection !== null) return { connection: record.connection, close: nothing };
    }
    const connection = yield* this.#connector.open();
    return { connection, close: () => this.#connector.close(connection) };
  }

  /** Closes the pool's connections; the next one comes from a new start. */
  *dispose(options?: DisposeOptions): Task<void> {
    this.#connector.forget();
    yield* this.pool.dispose(options);
    if (this.listeners.has("engineDisposed")) this.listeners.fire("engineDisposed");
  }
}

/** A connection that somebody has for himself. */
export interface Line {
  readonly connection: DriverConnection;
  close(): Task<void>;
}
function* nothing(): Task<void> {}

function placeOfCall(): string {
  const lines = (new Error().stack ?? "").split("\n").slice(1);
  return lines.filter((line) => !line.includes("/engine-core.")).join("\n");
}

function statementLog({ echo = false, hideParameters = false }: EngineOptions): StatementLog | null {
  return echo === false ? null : new StatementLog(echo === true ? printLine : echo, hideParameters);
}

function printLine(line: string): void {
  // biome-ignore lint/suspicious/noConsole: that is what echo asks for
  console.log(line);
}

function poolOptions(kind: PoolKind, options: EngineOptions): PoolOptions {
  return {
    size: options.poolSize ?? 5,
    maxOverflow: options.maxOverflow ?? 10,
    timeout: options.poolTimeout ?? 30_000,
    recycle: options.poolRecycle ?? -1,
    prePing: options.poolPrePing ?? false,
    lifo: options.poolUseLifo ?? false,
    exclusive: false,
    isStatic: false,
    ...poolKinds[kind],
  };
}
