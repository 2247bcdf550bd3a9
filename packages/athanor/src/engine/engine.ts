import type { Listenable, Listeners } from "../events/listeners.ts";
import type { PoolStatus } from "../pool/pool.ts";
import type { MetaData, SchemaBind } from "../schema/metadata.ts";
import type { BoundStatement } from "../sql/compile/compiled.ts";
import type { Executable, Parameters } from "../sql/statement/types.ts";
import { type EVENTS, type KIND, LISTENERS, RUN_DDL } from "../util/symbols.ts";
import { type Awaitable, runAsync, runSync } from "../util/task.ts";
import { Connection, SyncConnection } from "./connection.ts";
import type { CursorEvent } from "./connection-core.ts";
import type { DdlOptions } from "./ddl.ts";
import { allEngines, type EngineCore } from "./engine-core.ts";
import { compileStatement } from "./execution.ts";
import { notSynchronous } from "./synchronous.ts";
import type { Url } from "./url.ts";

/** What an engine tells of. Connections are the driver's own objects. */
export interface EngineEvents {
  /** A connection has been opened. */
  readonly connect: (connection: unknown) => void;
  /** The first connection has been opened. */
  readonly firstConnect: (connection: unknown) => void;
  /** A connection is handed out by the pool. */
  readonly checkout: (connection: unknown) => void;
  /** A connection has come back to the pool. */
  readonly checkin: (connection: unknown) => void;
  /** A returned connection is about to be reset. */
  readonly reset: (connection: unknown) => void;
  /** A connection is found broken. */
  readonly invalidate: (connection: unknown) => void;
  /** A connection is about to be closed. */
  readonly close: (connection: unknown) => void;
  /** Before a statement goes to the driver; may return another text or other parameters. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
  readonly beforeCursorExecute: (event: CursorEvent) => void | Partial<CursorEvent>;
  readonly afterCursorExecute: (event: CursorEvent) => void;
  /** An error of the driver, and what has become of it; may return another error to be thrown instead. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
  readonly handleError: (event: { readonly error: unknown; readonly original: unknown }) => void | Error;
  readonly begin: (event: CursorEvent) => void;
  readonly commit: (event: CursorEvent) => void;
  readonly rollback: (event: CursorEvent) => void;
  readonly savepoint: (event: CursorEvent) => void;
  readonly releaseSavepoint: (event: CursorEvent) => void;
  readonly rollbackSavepoint: (event: CursorEvent) => void;
}

/** A database and the pool of its connections. One for each database in a program; it connects when it is first used. */
export class Engine implements Listenable<EngineEvents>, SchemaBind<Promise<void>> {
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
  async connect(): Promise<Connection> {
    return new Connection(await runAsync(this.#core.connect()));
  }
  /** Runs `work` in a transaction: committed when it returns, rolled back when it throws. */
  async begin<T>(work: (connection: Connection) => Awaitable<T>): Promise<T> {
    await using connection = await this.connect();
    return await connection.begin(() => work(connection));
  }
  /** What executing a statement would send: its SQL, and its parameters as the driver takes them. Executes nothing. */
  compile(statement: Executable<unknown, unknown, unknown>, parameters?: Parameters): BoundStatement {
    return compileStatement(this.#core, statement, parameters);
  }
  /** Closes all connections. The engine can be used again afterwards. */
  dispose(): Promise<void> {
    return runAsync(this.#core.dispose());
  }
  /** What MetaData asks of whatever it is created on. */
  [RUN_DDL](metadata: MetaData, action: "create" | "drop", options: DdlOptions): Promise<void> {
    return this.begin((connection) => connection[RUN_DDL](metadata, action, options));
  }
  toString(): string {
    return `Engine(${this.#core.url})`;
  }
}

/** The same for drivers that answer at once: nothing is a promise. */
export class SyncEngine implements Listenable<EngineEvents>, SchemaBind<void> {
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
  begin<T>(work: (connection: SyncConnection) => T): T {
    using connection = this.connect();
    return connection.begin(() => work(connection));
  }
  /** What executing a statement would send: its SQL, and its parameters as the driver takes them. Executes nothing. */
  compile(statement: Executable<unknown, unknown, unknown>, parameters?: Parameters): BoundStatement {
    return compileStatement(this.#core, statement, parameters);
  }
  /** Closes all connections. The engine can be used again afterwards. */
  dispose(): void {
    runSync(this.#core.dispose(), notSynchronous);
  }
  /** What MetaData asks of whatever it is created on. */
  [RUN_DDL](metadata: MetaData, action: "create" | "drop", options: DdlOptions): void {
    this.begin((connection) => {
      connection[RUN_DDL](metadata, action, options);
    });
  }
  toString(): string {
    return `SyncEngine(${this.#core.url})`;
  }
}
