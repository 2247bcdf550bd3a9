import type { ConnectionCore, Savepoint } from "../../engine/connection-core.ts";
import type { StatementObserver } from "../../engine/connection-statements.ts";
import type { EngineCore } from "../../engine/engine-core.ts";
import type { Task } from "../../util/task.ts";

/**
 * What a session that is given a connection does with the transaction it finds there. `createSavepoint` (the default):
 * it works inside a savepoint and leaves the transaction to its owner; `rollbackOnly`: a commit leaves it alone, a rollback
 * rolls it back; `conditionalSavepoint`: the first where the connection is inside a savepoint, the second otherwise;
 * `controlFully`: commit and rollback end it. Without a transaction the session begins and ends its own.
 */
export type JoinTransactionMode = "conditionalSavepoint" | "createSavepoint" | "controlFully" | "rollbackOnly";

/** Where a session's connection comes from: an engine's pool, or a connection that it is given. */
export interface SessionBind {
  readonly engine: EngineCore;
  readonly connection: ConnectionCore | null;
}

/**
 * The connection of a session to one database: taken with the first statement, kept while the transaction lasts, and given back with its
 * end.
 */
export class SessionConnection {
  readonly bind: SessionBind;
  readonly #joinMode: JoinTransactionMode;
  readonly #observer: StatementObserver | null;
  #current: ConnectionCore | null = null;
  /** In a transaction of somebody else's: the savepoint that stands for the session's own. */
  #savepoint: Savepoint | null = null;
  #isGuest = false;
  #xid: string | null = null;

  constructor(bind: SessionBind, joinMode: JoinTransactionMode, observer: StatementObserver | null) {
    this.bind = bind;
    this.#joinMode = joinMode;
    this.#observer = observer;
  }

  get current(): ConnectionCore | null {
    return this.#current;
  }

  /** Takes a connection and begins the session's transaction on it; with `xid`, one in two phases. */
  *open(xid: string | null): Task<ConnectionCore> {
    const { engine, connection: given } = this.bind;
    if (given === null) {
      const connection = yield* engine.connect();
      this.#current = connection;
      connection.observer = this.#observer;
      if (xid !== null) yield* this.#beginTwophase(connection, xid);
      return connection;
    }
    if (xid !== null) yield* this.#beginTwophase(given, xid);
    this.#isGuest = xid === null && given.inTransaction;
    if (this.#isGuest && this.#usesSavepoint(given)) this.#savepoint = yield* given.savepoint();
    this.#current = given;
    if (this.#observer !== null) given.observer = this.#observer;
    return given;
  }

  #usesSavepoint({ inNestedTransaction }: ConnectionCore): boolean {
    const mode = this.#joinMode;
    return mode === "createSavepoint" || (mode === "conditionalSavepoint" && inNestedTransaction);
  }

  *#beginTwophase(connection: ConnectionCore, xid: string): Task<void> {
    try {
      yield* connection.begin({}, xid);
    } catch (error) {
      yield* this.#close();
      throw error;
    }
    this.#xid = xid;
  }
  /** What the transaction is called where it has two phases. */
  get xid(): string | null {
    return this.#xid;
  }
  /** The first phase. */
  *prepare(): Task<void> {
    yield* this.#current?.prepare() ?? nothing();
  }
  /** Gives the connection up without deciding what is prepared on it. */
  *abandon(): Task<void> {
    this.#current?.invalidate();
    yield* this.#current?.rollback() ?? nothing();
    yield* this.#close();
  }

  *commit(): Task<void> {
    const connection = this.#current;
    if (connection === null) return;
    if (this.#savepoint !== null) yield* connection.releaseSavepoint(this.#savepoint);
    else if (!this.#isGuest || this.#joinMode === "controlFully") yield* connection.commit();
    yield* this.#close();
  }

  *rollback(): Task<void> {
    const connection = this.#current;
    if (connection === null) return;
    try {
      if (this.#savepoint !== null) yield* connection.rollbackToSavepoint(this.#savepoint);
      else yield* connection.rollback();
    } finally {
      yield* this.#close();
    }
  }

  *#close(): Task<void> {
    const connection = this.#current;
    this.#current = null;
    this.#savepoint = null;
    this.#xid = null;
    if (connection !== null && connection.observer === this.#observer) connection.observer = null;
    if (connection !== null && this.bind.connection === null) yield* connection.close();
  }
}

function* nothing(): Task<void> {}
