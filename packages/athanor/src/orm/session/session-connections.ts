import type { ConnectionCore, Savepoint } from "../../engine/connection-core.ts";
import { UnboundExecutionError } from "../../errors/errors.ts";
import { DBAPIError, OperationalError } from "../../errors/statement-errors.ts";
import type { Task } from "../../util/task.ts";
import { type JoinTransactionMode, type SessionBind, SessionConnection } from "./session-connection.ts";
import type { SessionTransaction } from "./session-transaction.ts";

/** A choice among databases, as a router has made it for a request. */
export interface Route {
  /** Tried in their order. */
  readonly binds: readonly SessionBind[];
  /** What is there has to take writes: a replica that was not promoted yet is passed over. */
  readonly writes: boolean;
  unreachable(bind: SessionBind, error: unknown): void;
}

/** The connections of a session, one to each database that its transaction has come to. */
export class SessionConnections {
  readonly #joinMode: JoinTransactionMode;
  readonly #open = new Map<SessionBind, SessionConnection>();

  constructor(joinMode: JoinTransactionMode) {
    this.#joinMode = joinMode;
  }

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** The connection for a route, where the transaction has come to one of its databases already. */
  current({ binds }: Route): ConnectionCore | null {
    if (this.#open.size === 0) return null;
    for (const bind of binds) {
      const own = this.#open.get(bind);
      if (own !== undefined) return own.current;
    }
    return null;
  }

  /** Takes a connection; savepoints that are under way are made on it, too, so that they can be rolled back. */
  *#openTo(bind: SessionBind, transaction: SessionTransaction, isChecked: boolean): Task<ConnectionCore> {
    const own = new SessionConnection(bind, this.#joinMode);
    const connection = yield* own.open();
    if (isChecked) yield* assertWritable(own, connection);
    this.#open.set(bind, own);
    for (const nested of transaction.nestedFromOutside()) {
      nested.savepoints.set(own, yield* connection.savepoint());
    }
    return connection;
  }

  /** Takes a connection to the first database of the route that can be reached. */
  *open(route: Route, transaction: SessionTransaction): Task<ConnectionCore> {
    if (route.binds.length === 0) throw unbound();
    let failure: unknown;
    for (const bind of route.binds) {
      try {
        return yield* this.#openTo(bind, transaction, route.writes && route.binds.length > 1);
      } catch (error) {
        if (!(error instanceof DBAPIError)) throw error;
        failure ??= error;
        route.unreachable(bind, error);
      }
    }
    throw failure;
  }

  /** Makes a savepoint on every connection. */
  *savepoint(transaction: SessionTransaction): Task<void> {
    for (const own of this.#open.values()) {
      if (own.current !== null) transaction.savepoints.set(own, yield* own.current.savepoint());
    }
  }
  *releaseSavepoint({ savepoints }: SessionTransaction): Task<void> {
    for (const [connection, savepoint] of live(savepoints)) yield* connection.releaseSavepoint(savepoint);
  }
  *rollbackSavepoint({ savepoints }: SessionTransaction): Task<void> {
    for (const [connection, savepoint] of live(savepoints)) yield* connection.rollbackToSavepoint(savepoint);
  }

  /** Commits everywhere, one after the other: what is committed stays so when a later one fails. */
  *commit(): Task<void> {
    for (const own of this.#open.values()) yield* own.commit();
    this.#open.clear();
  }

  /** Rolls back everywhere, also when one cannot. */
  *rollback(): Task<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    let failure: { readonly error: unknown } | null = null;
    for (const own of all) {
      try {
        yield* own.rollback();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== null) throw failure.error;
  }
}

/** Refuses a server that is a replica of another. */
function* assertWritable(own: SessionConnection, connection: ConnectionCore): Task<void> {
  const { dialect } = connection.engine;
  if (dialect.acceptsWrites === undefined) return;
  if (yield* dialect.acceptsWrites(connection.driverConnection)) return;
  yield* own.rollback();
  throw new OperationalError(`${connection.engine.url} is a replica and takes no writes.`);
}

export function unbound(): UnboundExecutionError {
  return new UnboundExecutionError(
    "The session's router has named no engine for this. Give it an engine for everything that it does not name.",
  );
}

function live(
  savepoints: ReadonlyMap<SessionConnection, Savepoint>,
): readonly (readonly [ConnectionCore, Savepoint])[] {
  return [...savepoints].flatMap(([{ current }, savepoint]) =>
    current === null ? [] : [[current, savepoint] as const],
  );
}
