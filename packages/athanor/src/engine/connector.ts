import type { Handler, Listeners } from "../events/listeners.ts";
import type { PoolAdapter, PoolEvent } from "../pool/pool.ts";
import type { PoolRecord } from "../pool/pool-record.ts";
import { within } from "../util/deadline.ts";
import { isPromiseLike, runAsync, settled, type Task } from "../util/task.ts";
import type { Dialect, IsolationLevel } from "./dialect.ts";
import type { Driver, DriverConnection } from "./driver.ts";
import type { EngineParts } from "./engine-core.ts";
import { wrapError } from "./errors.ts";
import type { EngineOptions } from "./options.ts";
import { Url } from "./url.ts";

/** How long a connection may take to be reset, tested or closed before it is given up, in milliseconds. */
const resetTimeout = 5000;

/** Opens, resets and ends the connections of an engine's pool, and tells the engine's handlers of it. */
export class Connector implements PoolAdapter<DriverConnection> {
  readonly #url: Url;
  readonly #dialect: Dialect;
  readonly #options: EngineOptions;
  readonly #listeners: Listeners;
  readonly #load: (url: Url) => Task<Driver>;
  readonly #dialectChanged: () => void;
  #driver: Driver | null = null;
  #defaultIsolation: IsolationLevel | null = null;
  /** Handlers that have been told of the first connection. */
  #heard = new Set<Handler>();

  /** `dialectChanged` is called when the server turns out to be another than the URL let expect. */
  constructor({ url, dialect, driver, options }: EngineParts, listeners: Listeners, dialectChanged: () => void) {
    this.#url = url;
    this.#dialect = dialect;
    this.#options = options;
    this.#listeners = listeners;
    this.#load = driver;
    this.#dialectChanged = dialectChanged;
  }

  get defaultIsolation(): IsolationLevel {
    return this.#defaultIsolation ?? this.#dialect.isolationLevels[0] ?? "SERIALIZABLE";
  }
  get isSynchronous(): boolean {
    return this.#driver?.synchronous ?? false;
  }
  /** The next connection is the first again. */
  forget(): void {
    this.#heard = new Set();
  }

  *open(): Task<DriverConnection> {
    const driver = yield* this.#driverToUse();
    let connection: DriverConnection | null = null;
    try {
      connection = yield* settled(driver.connect());
      const { capabilities } = this.#dialect;
      yield* this.#dialect.initialize(connection);
      if (this.#dialect.capabilities !== capabilities) this.#dialectChanged();
      if (this.#dialect.readIsolation !== undefined && this.#defaultIsolation === null) {
        this.#defaultIsolation = yield* this.#dialect.readIsolation(connection);
      }
      return connection;
    } catch (error) {
      if (connection !== null) terminate(connection);
      throw wrapError(error, this.#dialect, null, null, true);
    }
  }
  *#driverToUse(): Task<Driver> {
    for (const answer of this.#listeners.fire("doConnect", this.#url)) {
      const url = isPromiseLike(answer) ? yield answer : answer;
      if (url instanceof Url) return yield* this.#load(url);
    }
    this.#driver ??= yield* this.#load(this.#url);
    return this.#driver;
  }

  *close(connection: DriverConnection): Task<void> {
    try {
      yield* within(resetTimeout, close(connection), () => tooLate("closed"));
    } catch {
      terminate(connection);
    }
  }
  terminate(connection: DriverConnection): void {
    terminate(connection);
  }
  *reset(record: PoolRecord<DriverConnection>, connection: DriverConnection): Task<void> {
    const { poolResetOnReturn = "rollback" } = this.#options;
    if (poolResetOnReturn === "none") return;
    const isOpen = record.touched || connection.inTransaction;
    if (typeof poolResetOnReturn === "function") {
      yield* within(resetTimeout, settled(poolResetOnReturn(connection.raw)), () => tooLate("reset"));
    } else if (isOpen) {
      const end = poolResetOnReturn === "commit" ? this.#dialect.commit : this.#dialect.rollback;
      yield* within(resetTimeout, end.call(this.#dialect, connection), () => tooLate("reset"));
    }
  }
  ping(connection: DriverConnection): Task<void> {
    return within(resetTimeout, this.#dialect.ping(connection), () => tooLate("tested"));
  }
  event(
    name: PoolEvent,
    connection: DriverConnection | null,
    record: PoolRecord<DriverConnection>,
    error?: unknown,
  ): PromiseLike<unknown> | undefined {
    if (!this.#listeners.has(name)) return undefined;
    const told = [connection?.raw ?? null, record, ...(error === undefined ? [] : [error])] as const;
    const answers =
      name === "firstConnect"
        ? this.#listeners.fireOnce(name, this.#heard, ...told)
        : this.#listeners.fire(name, ...told);
    const waiting = answers.filter(isPromiseLike);
    return waiting.length > 0 ? Promise.all(waiting) : undefined;
  }
}

function tooLate(what: string): Error {
  return new Error(`The connection could not be ${what} within ${resetTimeout} ms.`);
}

function terminate(connection: DriverConnection): void {
  if (connection.terminate !== undefined) connection.terminate();
  else runAsync(close(connection)).catch(ignore);
}
function* close(connection: DriverConnection): Task<void> {
  yield* settled(connection.close());
}
function ignore(): void {}
