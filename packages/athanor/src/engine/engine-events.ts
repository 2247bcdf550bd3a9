import { Listeners } from "../events/listeners.ts";
import { type PoolEvent, poolEventNames } from "../pool/pool.ts";
import type { ConnectionRecord } from "../pool/pool-record.ts";
import type { Awaitable } from "../util/task.ts";
import type { CursorEvent } from "./connection-statements.ts";
import type { ExecutedEvent, ExecuteEvent } from "./execute-events.ts";
import type { Url } from "./url.ts";

/** Events of an engine, in the order in which they are listed in messages. */
const engineEventNames = [
  "doConnect",
  ...poolEventNames,
  "beforeExecute",
  "afterExecute",
  "beforeCursorExecute",
  "afterCursorExecute",
  "handleError",
  "begin",
  "commit",
  "rollback",
  "savepoint",
  "releaseSavepoint",
  "rollbackSavepoint",
  "beginTwophase",
  "prepareTwophase",
  "commitTwophase",
  "rollbackTwophase",
  "engineDisposed",
] as const;

/** Hears of a connection in a pool. Is given the driver's own object, and notes that last with it. */
type PoolHandler = (connection: unknown, record: ConnectionRecord) => Awaitable<void>;
/** Hears of the end of a connection; nobody waits for it. */
type EndHandler = (connection: unknown, record: ConnectionRecord, error?: unknown) => void;

/** What an engine tells of. Connections are the driver's own objects. */
export interface EngineEvents {
  /** A connection is about to be opened; may return another URL, as with a password that changes. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
  readonly doConnect: (url: Url) => Awaitable<Url | void>;
  /** A connection has been opened; handlers may prepare it, and are waited for. */
  readonly connect: PoolHandler;
  /** The first connection has been opened since the handler came or the pool was disposed of; before `connect`. */
  readonly firstConnect: PoolHandler;
  /** A connection is handed out by the pool. A handler that throws DisconnectionError has it replaced. */
  readonly checkout: PoolHandler;
  /** A connection has come back to the pool; null where it was invalidated meanwhile. */
  readonly checkin: PoolHandler;
  /** A returned connection is about to be reset. */
  readonly reset: PoolHandler;
  /** A connection is found broken, and given up. */
  readonly invalidate: EndHandler;
  /** A connection will be replaced when it has come back. */
  readonly softInvalidate: EndHandler;
  /** A connection is about to be closed. */
  readonly close: EndHandler;
  /** A connection is taken out of the pool for good. */
  readonly detach: EndHandler;
  /** A detached connection is about to be closed. */
  readonly closeDetached: EndHandler;
  /** A connection is given a statement, which is not compiled yet; may return another, or other parameters. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
  readonly beforeExecute: (event: ExecuteEvent) => void | Partial<ExecuteEvent>;
  /** A statement that a connection was given has been executed to its end. */
  readonly afterExecute: (event: ExecutedEvent) => void;
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
  /** The steps of a transaction that is committed in two phases; the statement holds its identifier. */
  readonly beginTwophase: (event: CursorEvent) => void;
  readonly prepareTwophase: (event: CursorEvent) => void;
  readonly commitTwophase: (event: CursorEvent) => void;
  readonly rollbackTwophase: (event: CursorEvent) => void;
  /** `dispose()` was called; new connections come from a new start. */
  readonly engineDisposed: () => void;
}

/** Hears of every engine: what is given to `listen(Engine, …)`. */
export const allEngines: Listeners = /* @__PURE__ */ new Listeners(engineEventNames);

/** The handlers of an engine. */
export function engineListeners(): Listeners {
  return new Listeners(engineEventNames, allEngines);
}

/** The handlers of an engine that shares its pool with another: what they hear of the pool, the pool tells. */
export class SharingListeners extends Listeners {
  readonly #shared: Listeners;

  constructor(shared: Listeners) {
    super(engineEventNames, shared);
    this.#shared = shared;
  }
  override add(event: string, ...rest: Parameters<Listeners["add"]> extends [string, ...infer R] ? R : never): void {
    if (isPoolEvent(event)) this.#shared.add(event, ...rest);
    else super.add(event, ...rest);
  }
  override remove(
    event: string,
    ...rest: Parameters<Listeners["remove"]> extends [string, ...infer R] ? R : never
  ): boolean {
    return isPoolEvent(event) ? this.#shared.remove(event, ...rest) : super.remove(event, ...rest);
  }
}

function isPoolEvent(name: string): name is PoolEvent {
  return name === "doConnect" || (poolEventNames as readonly string[]).includes(name);
}
