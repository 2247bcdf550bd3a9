import type { ConnectionCore } from "../../engine/connection-core.ts";
import type { Listeners } from "../../events/listeners.ts";
import type { Table } from "../../schema/table.ts";
import type { Task } from "../../util/task.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { Route } from "./session-connections.ts";
import type { SessionFacts, SessionSettings } from "./session-options.ts";
import type { ShardChoosers } from "./session-router.ts";

/** What a statement or a flush is about, as far as it tells where it belongs. */
export interface RouteRequest {
  readonly mapper: Mapper | null;
  readonly table: Table | null;
  readonly purpose: "read" | "write";
}

/** The same together with what holds for all that is being done. */
export interface BoundRequest extends RouteRequest {
  readonly inTransaction: boolean;
  readonly identityToken: IdentityToken | null;
  readonly bindArguments: Readonly<Record<string, unknown>>;
}

/** One database, or a choice among several for each request. */
export type SessionBinding = Route | ((request: BoundRequest) => Route);

/** What a core is given by the session that users have in hand. */
export interface SessionHost {
  /** That session; it is handed to events. */
  readonly face: SessionFacts;
  readonly binding: SessionBinding;
  /** Which of several databases hold what; null where rows are not spread. */
  readonly shards: ShardChoosers | null;
  readonly settings: SessionSettings;
  readonly synchronous: boolean;
  readonly listeners: Listeners;
  /** Runs a task in its turn; a synchronous session at once. */
  runLater<T>(task: () => Task<T>): Promise<T>;
  runNow<T>(task: Task<T>): T;
  /** Puts a start off, but not beyond the next call. */
  defer(start: () => void): void;
  /** A connection as users of this session have it. */
  connectionFace(connection: ConnectionCore): object;
  /** Calls a handler and waits for it; what it asks of the session meanwhile is done at once. */
  waitFor(event: string, handler: () => unknown): Task<unknown>;
}
