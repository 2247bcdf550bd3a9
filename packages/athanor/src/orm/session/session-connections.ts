import type { ConnectionCore, Savepoint } from "../../engine/connection-core.ts";
import type { StatementObserver } from "../../engine/connection-statements.ts";
import type { ExecuteOptions } from "../../engine/driver.ts";
import { newXid } from "../../engine/two-phase.ts";
import { InvalidRequestError, UnboundExecutionError } from "../../errors/errors.ts";
import { DBAPIError, OperationalError } from "../../errors/statement-errors.ts";
import type { Task } from "../../util/task.ts";
import { type JoinTransactionMode, type SessionBind, SessionConnection } from "./session-connection.ts";
import type { SessionSettings } from "./session-options.ts";
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
  readonly #twophase: boolean;
  readonly #observer: StatementObserver | null;
  /** What the parts of a transaction in two phases have in common in their names. */
  #xid: string | null = null;
  readonly #open = new Map<SessionBind, SessionConnection>();
  /** Those of which it is known that they take writes, where a router gave several. */
  readonly #writable = new Set<SessionBind>();

  constructor({ joinTransactionMode, twophase }: SessionSettings, observer: StatementObserver | null) {
    this.#observer = observer;
    this.#joinMode = joinTransactionMode;
    this.#twophase = twophase;
  }

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** The connection for a route, where the transaction has come to one of its databases already. */
  current({ binds, writes }: Route): ConnectionCore | null {
    if (this.#open.size === 0) return null;
    for (const bind of binds) {
      const own = this.#open.get(bind);
      if (own !== undefined && (!writes || binds.length === 1 || this.#writable.has(bind))) return own.current;
    }
    return null;
  }

  /** Takes a connection; savepoints that are under way are made on it, too, so that they can be rolled back. */
  *#openTo(bind: SessionBind, transaction: SessionTransaction): Task<ConnectionCore> {
    const known = this.#open.get(bind)?.current ?? null;
    if (known !== null) return known;
    const own = new SessionConnection(bind, this.#joinMode, this.#observer);
    const connection = yield* own.open(this.#nextXid());
    this.#open.set(bind, own);
    for (const nested of transaction.nestedFromOutside()) {
      nested.savepoints.set(own, yield* connection.savepoint());
    }
    return connection;
  }
  /** Each database takes part under a name of its own, by which the others are found. */
  #nextXid(): string | null {
    if (!this.#twophase) return null;
    this.#xid ??= newXid();
    return `${this.#xid}.${this.#open.size + 1}`;
  }
  /** The same for writing, where there is a choice: what is a replica is passed over. */
  *#openToWrite(bind: SessionBind, transaction: SessionTransaction): Task<ConnectionCore> {
    const isNew = !this.#open.has(bind);
    const connection = yield* this.#openTo(bind, transaction);
    try {
      yield* assertWritable(connection);
    } catch (error) {
      if (isNew) yield* this.#giveBack(bind);
      throw error;
    }
    this.#writable.add(bind);
    return connection;
  }
  *#giveBack(bind: SessionBind): Task<void> {
    const own = this.#open.get(bind);
    this.#open.delete(bind);
    if (own !== undefined) yield* own.rollback();
  }

  /** Takes a connection to the first database of the route that can be reached. */
  *open(route: Route, transaction: SessionTransaction): Task<ConnectionCore> {
    if (route.binds.length === 0) throw unbound();
    let failure: unknown;
    for (const bind of route.binds) {
      try {
        const isChecked = route.writes && route.binds.length > 1;
        return yield* isChecked ? this.#openToWrite(bind, transaction) : this.#openTo(bind, transaction);
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

  /** The first phase everywhere: from now on no commit fails for a reason of the data's. */
  *prepare(): Task<void> {
    for (const own of this.#open.values()) yield* own.prepare();
  }

  /** Commits everywhere, one after the other: what is committed stays so when a later one fails. */
  *commit(): Task<void> {
    for (const own of this.#open.values()) yield* own.commit();
    this.#forget();
  }

  /**
   * Commits everywhere what was prepared; it is decided, so that one that cannot be reached does not hold up the others.
   *
   * @throws InvalidRequestError afterwards, which says what is still to be committed.
   */
  *commitPrepared(): Task<void> {
    const undone: { readonly place: string; readonly error: unknown }[] = [];
    for (const own of this.#open.values()) {
      const place = `${own.xid} at ${own.bind.engine.url}`;
      try {
        yield* own.commit();
      } catch (error) {
        undone.push({ place, error });
        yield* own.abandon();
      }
    }
    this.#forget();
    const [first] = undone;
    if (first !== undefined) throw inDoubt(undone.map(({ place }) => place).join(", "), first.error);
  }
  #forget(): void {
    this.#open.clear();
    this.#writable.clear();
    this.#xid = null;
  }

  /** Gives up the connections themselves: what was done on them is lost. */
  invalidate(): void {
    for (const { current } of this.#open.values()) current?.invalidate();
  }

  /** Rolls back everywhere, also when one cannot. */
  *rollback(): Task<void> {
    const all = [...this.#open.values()];
    this.#forget();
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
function* assertWritable(connection: ConnectionCore): Task<void> {
  const { dialect, url } = connection.engine;
  if (dialect.acceptsWrites === undefined) return;
  const { rows } = yield* connection.driverExecute(dialect.acceptsWrites, [], asking);
  if (rows[0]?.[0] !== true) throw new OperationalError(`${url} is a replica and takes no writes.`);
}
const asking: ExecuteOptions = { returnsRows: true, bigints: false, converted: true, prepare: true };

/** The code of the error that tells of a commit whose second phase is not over. */
const inDoubtCode = { code: "transaction-in-doubt" };

function inDoubt(places: string, cause: unknown): InvalidRequestError {
  return new InvalidRequestError(
    `The transaction is committed, but not everywhere: ${places} could not be told and is prepared still. ` +
      "When it can be reached, connection.commitPrepared() with that name does it.",
    { ...inDoubtCode, cause },
  );
}

/** That error, after which the transaction counts as committed. */
export function isInDoubt(error: unknown): boolean {
  return error instanceof InvalidRequestError && error.code === inDoubtCode.code;
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
