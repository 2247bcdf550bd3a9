import type { Listenable, Listeners } from "../events/listeners.ts";
import type { DisposeOptions, PoolStatus } from "../pool/pool.ts";
import type { MetaData, ReflectBind, ReflectOptions, SchemaBind } from "../schema/metadata.ts";
import type { BoundStatement } from "../sql/compile/compiled.ts";
import type { Executable, Parameters } from "../sql/statement/types.ts";
import { type EVENTS, type KIND, LISTENERS, REFLECT, RUN_DDL } from "../util/symbols.ts";
import { type Awaitable, runAsync, runSync, type Task } from "../util/task.ts";
import { Connection } from "./connection.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { ConnectionOptions, TransactionOptions } from "./connection-options.ts";
import type { DdlOptions } from "./ddl.ts";
import type { EngineCore } from "./engine-core.ts";
import { allEngines, type EngineEvents } from "./engine-events.ts";
import { type ListenerOptions, type Notification, Subscription } from "./notifications.ts";
import { compileStatement } from "./prepare.ts";
import { RawConnection, SyncRawConnection } from "./raw-connection.ts";
import { reflectSchema } from "./reflect.ts";
import { type RetryOptions, retrying } from "./retry.ts";
import { SyncConnection } from "./sync-connection.ts";
import { notSynchronous } from "./synchronous.ts";
import type { Url } from "./url.ts";

export interface ConnectOptions {
  /** Ends the waiting for a connection; `connect()` rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** How a transaction is led, and whether it is tried again. */
export interface BeginOptions extends TransactionOptions, ConnectOptions {
  /** Try the whole transaction again after a serialization failure or a deadlock. Default: it is tried once. */
  readonly retry?: RetryOptions;
}

/** A database and the pool of its connections. One for each database in a program; it connects when it is first used. */
export class Engine implements Listenable<EngineEvents>, SchemaBind<Promise<void>>, ReflectBind<Promise<void>> {
  declare static readonly [EVENTS]: EngineEvents;
  declare readonly [KIND]: "engine";
  declare readonly [EVENTS]: EngineEvents;
  readonly #core: EngineCore;

  /** @internal */
  constructor(core: EngineCore) {
    this.#core = core;
  }

  /** `listen(Engine, …)` hears of all engines, of either colour. @internal */
  static get [LISTENERS](): Listeners {
    return allEngines;
  }

  /** @internal */
  get $core(): EngineCore {
    return this.#core;
  }
  /** @internal */
  get [LISTENERS](): Listeners {
    return this.#core.listeners;
  }
  get url(): Url {
    return this.#core.url;
  }
  /** What the pool has open, handed out and waiting. */
  get pool(): PoolStatus {
    return this.#core.pool.status();
  }

  /** A connection of the pool: `await using connection = await engine.connect()`. */
  async connect({ signal }: ConnectOptions = {}): Promise<Connection> {
    return new Connection(await runAsync(this.#core.connect(signal)));
  }
  /** The driver's own connection, out of the pool. */
  async rawConnection({ signal }: ConnectOptions = {}): Promise<RawConnection> {
    return new RawConnection(await runAsync(this.#core.connect(signal)));
  }
  /**
   * Runs `work` in a transaction: committed when it returns, rolled back when it throws. With `retry`, the whole of it runs
   * again, on another connection, after errors that allow it: it should do nothing that cannot be done twice.
   */
  begin<T>(work: (connection: Connection) => Awaitable<T>, options: BeginOptions = {}): Promise<T> {
    const { retry = this.#core.retry, signal } = options;
    return retrying(() => this.#begin(work, options), retry, signal);
  }
  async #begin<T>(work: (connection: Connection) => Awaitable<T>, options: BeginOptions): Promise<T> {
    await using connection = await this.connect(options);
    return await connection.begin(() => work(connection), options);
  }
  /**
   * An engine that shares this one's pool and cache, and has other options: `engine.executionOptions({ isolationLevel:
   * "AUTOCOMMIT" })`.
   */
  executionOptions(options: ConnectionOptions): Engine {
    return new Engine(this.#core.withOptions(options));
  }
  getExecutionOptions(): ConnectionOptions {
    return this.#core.executionOptions;
  }
  /**
   * Listens to a channel, over a connection of its own that is replaced when it is lost. Messages go to the handler; without
   * one, read them with `for await`.
   *
   * @throws NotSupportedError where the database has no channels.
   */
  listen(
    channel: string,
    handler?: (notification: Notification) => void,
    options: ListenerOptions = {},
  ): Promise<Subscription> {
    return Subscription.open(this.#core, channel, handler, options);
  }
  /** What executing a statement would send: its SQL, and its parameters as the driver takes them. Executes nothing. */
  compile(statement: Executable<unknown, unknown, unknown>, parameters?: Parameters): BoundStatement {
    return compileStatement(this.#core, statement, parameters);
  }
  /**
   * Closes idle connections now, and those in use when they come back. The engine can be used again afterwards.
   *
   * @throws TimeoutError when `drain` is given and connections are still in use by then.
   */
  dispose(options?: DisposeOptions): Promise<void> {
    return runAsync(this.#core.dispose(options));
  }
  /** What MetaData asks of whatever it is created on. */
  [RUN_DDL](metadata: MetaData, action: "create" | "drop", options: DdlOptions): Promise<void> {
    return this.begin((connection) => connection[RUN_DDL](metadata, action, options));
  }
  /** What MetaData asks of whatever it is read from. */
  [REFLECT](metadata: MetaData, options: ReflectOptions): Promise<void> {
    return this.$run((core) => reflectSchema(core, metadata, options));
  }
  /** Does something with a connection of the pool. @internal */
  $run<T>(work: (core: ConnectionCore) => Task<T>): Promise<T> {
    return runAsync(withConnection(this.#core, work));
  }
  toString(): string {
    return `Engine(${this.#core.url})`;
  }
}

/** The same for drivers that answer at once: nothing is a promise. */
export class SyncEngine implements Listenable<EngineEvents>, SchemaBind<void>, ReflectBind<void> {
  declare static readonly [EVENTS]: EngineEvents;
  declare readonly [KIND]: "sync engine";
  declare readonly [EVENTS]: EngineEvents;
  readonly #core: EngineCore;

  /** @internal */
  constructor(core: EngineCore) {
    this.#core = core;
  }

  /** `listen(Engine, …)` hears of all engines, of either colour. @internal */
  static get [LISTENERS](): Listeners {
    return allEngines;
  }

  /** @internal */
  get $core(): EngineCore {
    return this.#core;
  }
  /** @internal */
  get [LISTENERS](): Listeners {
    return this.#core.listeners;
  }
  get url(): Url {
    return this.#core.url;
  }
  /** What the pool has open and handed out. */
  get pool(): PoolStatus {
    return this.#core.pool.status();
  }

  /** A connection of the pool: `using connection = engine.connect()`. */
  connect(): SyncConnection {
    return new SyncConnection(runSync(this.#core.connect(), notSynchronous));
  }
  /** Runs `work` in a transaction: committed when it returns, rolled back when it throws. */
  begin<T>(work: (connection: SyncConnection) => T, options: TransactionOptions = {}): T {
    using connection = this.connect();
    return connection.begin(() => work(connection), options);
  }
  /** The driver's own connection, out of the pool. */
  rawConnection(): SyncRawConnection {
    return new SyncRawConnection(runSync(this.#core.connect(), notSynchronous));
  }
  /** An engine that shares this one's pool and cache, and has other options. */
  executionOptions(options: ConnectionOptions): SyncEngine {
    return new SyncEngine(this.#core.withOptions(options));
  }
  getExecutionOptions(): ConnectionOptions {
    return this.#core.executionOptions;
  }
  /** What executing a statement would send: its SQL, and its parameters as the driver takes them. Executes nothing. */
  compile(statement: Executable<unknown, unknown, unknown>, parameters?: Parameters): BoundStatement {
    return compileStatement(this.#core, statement, parameters);
  }
  /** Closes all connections. The engine can be used again afterwards. */
  dispose(options: Pick<DisposeOptions, "close"> = {}): void {
    runSync(this.#core.dispose(options), notSynchronous);
  }
  /** What MetaData asks of whatever it is created on. */
  [RUN_DDL](metadata: MetaData, action: "create" | "drop", options: DdlOptions): void {
    this.begin((connection) => {
      connection[RUN_DDL](metadata, action, options);
    });
  }
  /** What MetaData asks of whatever it is read from. */
  [REFLECT](metadata: MetaData, options: ReflectOptions): void {
    this.$run((core) => reflectSchema(core, metadata, options));
  }
  /** Does something with a connection of the pool. @internal */
  $run<T>(work: (core: ConnectionCore) => Task<T>): T {
    return runSync(withConnection(this.#core, work), notSynchronous);
  }
  toString(): string {
    return `SyncEngine(${this.#core.url})`;
  }
}

/** What is done is rolled back. */
function* withConnection<T>(engine: EngineCore, work: (core: ConnectionCore) => Task<T>): Task<T> {
  const connection = yield* engine.connect();
  try {
    return yield* work(connection);
  } finally {
    yield* connection.close();
  }
}
