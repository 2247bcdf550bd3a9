import type { Connection } from "../../engine/connection.ts";
import type { Engine, SyncEngine } from "../../engine/engine.ts";
import type { SyncConnection } from "../../engine/sync-connection.ts";
import type { Table } from "../../schema/table.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";

/** What a session needs a connection for. */
export interface BindRequest {
  /** The session, for instance for its `info`. */
  readonly session: object;
  /** The class that a statement or a flush is about; null where there is none. */
  readonly model: EntityClass | null;
  /** The table that it is about first; null for raw SQL. */
  readonly table: Table | null;
  /**
   * `write`: a flush, INSERT, UPDATE, DELETE, a SELECT that locks, and everything that could be one of them (raw SQL, a
   * connection that the program asks for); `read`: a SELECT, lazy loading.
   */
  readonly purpose: "read" | "write";
  /** Which of several databases, where the router has `shards`: that of an object, or the one that a statement was given. */
  readonly identityToken: IdentityToken | null;
  /** What the statement was executed with as `bindArguments`: anything of your own. */
  readonly bindArguments: Readonly<Record<string, unknown>>;
  /** The transaction was begun with `begin()`, or something has been written in it. */
  readonly inTransaction: boolean;
}

/**
 * Chooses where a session works: by class, by table, by what it is asked for. It stands in the place of an engine:
 * `new Session(router)`, `sessionmaker(router)`. Several answers are tried in their order until one can be reached.
 */
export interface SessionRouter<B> {
  getBind(request: BindRequest): B | readonly B[] | null;
  /** An answer that could not be reached; the next one is tried. */
  unreachable?(bind: B, error: unknown): void;
  /** Where rows of the same classes are spread over several databases: which of them hold what. */
  readonly shards?: ShardChoosers;
}

/** A statement of a program on its way to one database or several. */
export interface ShardedStatement {
  readonly session: object;
  readonly statement: unknown;
  /** The class that it is about first; null where there is none. */
  readonly model: EntityClass | null;
  readonly parameters: unknown;
  readonly bindArguments: Readonly<Record<string, unknown>>;
}

/** Which of several databases hold an object, a key, the rows of a statement. */
export interface ShardChoosers {
  /** Where a new object belongs; asked once, by the flush that inserts it. */
  forObject(object: object, session: object): IdentityToken;
  /** Where an object with this key may be, in the order in which they are asked. */
  forKey(model: EntityClass, key: readonly unknown[], session: object): readonly IdentityToken[];
  /** Where a statement is executed; rows are returned in this order. */
  forStatement(request: ShardedStatement): readonly IdentityToken[];
}

/** Where an asynchronous session works. */
export type SessionTarget = Engine | Connection | SessionRouter<Engine | Connection>;
/** Where a synchronous session works. */
export type SyncSessionTarget = SyncEngine | SyncConnection | SessionRouter<SyncEngine | SyncConnection>;

export function isRouter(target: unknown): target is SessionRouter<unknown> {
  return typeof target === "object" && target !== null && "getBind" in target && typeof target.getBind === "function";
}

/** Which databases hold what, where a target spreads rows over several. */
export function shardsOf(target: unknown): ShardChoosers | null {
  return isRouter(target) ? (target.shards ?? null) : null;
}
