import { asExecutable, parametersOf } from "../../engine/connection-tasks.ts";
import { SyncEngine } from "../../engine/engine.ts";
import type { SyncExecutor } from "../../engine/executor.ts";
import { Result, type Scalars } from "../../engine/result.ts";
import { SyncConnection } from "../../engine/sync-connection.ts";
import { notSynchronous } from "../../engine/synchronous.ts";
import { SyncTransaction } from "../../engine/transaction.ts";
import { ArgumentError } from "../../errors/errors.ts";
import type { InsertRow } from "../../sql/expression/shape.ts";
import type { Entity, EntityClass, Executable, ExecutionOptions, ScalarExecutable } from "../../sql/statement/types.ts";
import { type EVENTS, LISTENERS, type SHAPE } from "../../util/symbols.ts";
import { runSync, type Task } from "../../util/task.ts";
import { mapperOf, requireState } from "../instrumentation/entity.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";
import { deleteAllCascading, deleteCascading } from "./attach.ts";
import { executeInSession, optionsOf } from "./execute.ts";
import { type GetOptions, getObject, notFound } from "./get-object.ts";
import type { Identity } from "./identity.ts";
import { type MergeOptions, mergeObject, mergeObjects } from "./merge.ts";
import { type RefreshOptions, refreshObject } from "./refresh-object.ts";
import { asMapped } from "./session.ts";
import { type BindOptions, bindingOf, chosenBind } from "./session-binding.ts";
import type { SessionBind } from "./session-connection.ts";
import { SessionCore } from "./session-core.ts";
import { type SessionEvents, sessionListeners } from "./session-events.ts";
import { answered } from "./session-handlers.ts";
import { type SessionOptions, settingsOf } from "./session-options.ts";
import { type SyncSessionTarget, shardsOf } from "./session-router.ts";
import type { SessionTransaction } from "./session-transaction.ts";
import { begin, beginNested, innermost, outermost } from "./transaction-scope.ts";
import { UnitOfWork } from "./unit-of-work.ts";
import { type UpsertObjectsOptions, upsertObjects } from "./upsert.ts";

/**
 * The same unit of work for drivers that answer at once: nothing is a promise, and what is not loaded is loaded when it is
 * read.
 *
 * ```ts
 * using session = new SyncSession(engine);
 * session.getOne(User, 1).orders.push(new Order({ total: 10 }));
 * session.commit();
 * ```
 */
export class SyncSession extends UnitOfWork<SyncSession> implements SyncExecutor, Disposable {
  declare static readonly [EVENTS]: SessionEvents<SyncSession>;
  readonly #core: SessionCore;
  readonly #target: SyncSessionTarget;

  /** `target`: an engine, one of its connections, or a router that chooses among several. */
  constructor(target: SyncSessionTarget, options: SessionOptions = {}) {
    super(options.info);
    this.#target = target;
    const settings = settingsOf(options, true);
    this.#core = new SessionCore({
      face: this,
      binding: bindingOf(target, this, bindOf, settings),
      shards: shardsOf(target),
      settings,
      synchronous: true,
      listeners: sessionListeners(new.target[LISTENERS]),
      runLater: (task) => new Promise((resolve) => resolve(this.#run(task()))),
      defer: queueMicrotask,
      runNow: (task) => this.#run(task),
      connectionFace: (connection) => new SyncConnection(connection),
      waitFor: answered,
    });
  }

  /** @internal */
  get $core(): SessionCore {
    return this.#core;
  }
  /**
   * The engine or connection that the session works with; with a router, the one for writing objects of this class.
   *
   * @throws UnboundExecutionError when the router names none.
   */
  getBind(model?: EntityClass, options?: BindOptions): SyncEngine | SyncConnection {
    return chosenBind(this.#target, this, model, options);
  }

  #run<T>(task: Task<T>): T {
    const { guard } = this.#core;
    return runSync(guard === null ? task : guard.called(() => task)(), notSynchronous);
  }

  // ── statements ─────────────────────────────────────────────────────────────
  execute<T, N, P>(
    statement: Executable<T, N, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): Result<T, N> {
    const task = executeInSession(
      this.#core,
      statement,
      parametersOf(parameters),
      optionsOf(this.#core, statement, options),
    );
    const { cursor, content } = this.#run(task);
    return new Result<T, N>(cursor, content);
  }
  scalars<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): Scalars<T> {
    return this.execute(asExecutable(statement), parameters, options).scalars();
  }
  scalar<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): T | null {
    return this.scalars(statement, parameters, options).first();
  }

  // ── objects ────────────────────────────────────────────────────────────────
  /** An object by its primary key, out of the session or the database; null where there is no row. */
  get<C extends EntityClass, P extends string = never>(
    model: C,
    key: Identity,
    options: GetOptions<P> = {},
  ): Entity<C, P> | null {
    // The class's mapper makes objects of that class; what is loaded along is for the type only.
    return this.#run(getObject(this.#core, mapperOf(asMapped(model)), key, options)) as Entity<C, P> | null;
  }
  /**
   * The same where the row has to be there.
   *
   * @throws NoResultFound
   */
  getOne<C extends EntityClass, P extends string = never>(
    model: C,
    key: Identity,
    options: GetOptions<P> = {},
  ): Entity<C, P> {
    const found = this.get(model, key, options);
    if (found === null) throw notFound(mapperOf(asMapped(model)), key);
    return found as Entity<C, P>;
  }
  /** Marks an object for deletion by the next flush, with what belongs to it (cascade `delete`). */
  delete(object: object): void {
    this.#run(deleteCascading(this.#core, requireState(object)));
  }
  /** The same for many objects, in one go. */
  deleteAll(objects: Iterable<object>): void {
    this.#run(deleteAllCascading(this.#core, Array.from(objects, requireState)));
  }
  /** Loads an object anew, or some of its attributes; its own changes that were not flushed are given up. */
  refresh(object: object, attributes?: readonly string[], options: RefreshOptions = {}): void {
    this.#run(refreshObject(this.#core, requireState(object), attributes, options));
  }
  /**
   * Copies the state of an object, and of what it is related to (cascade `merge`), into the session's object for the same
   * row, which is loaded or made if need be. Gives that object.
   */
  merge<T extends object>(object: T, options: MergeOptions = {}): T {
    // The session's object is of the same class.
    return this.#run(mergeObject(this.#core, requireState(object), options)) as T;
  }
  /** The same for many objects; what several of them are related to is merged once. */
  mergeAll<T extends object>(objects: Iterable<T>, options: MergeOptions = {}): T[] {
    return this.#run(mergeObjects(this.#core, Array.from(objects, requireState), options)) as T[];
  }
  /** Inserts rows, or updates those that are there by a unique key; see `Session.upsert`. */
  upsert<C extends EntityClass>(
    model: C,
    rows: readonly InsertRow<C[typeof SHAPE]>[],
    options: UpsertObjectsOptions<C[typeof SHAPE]> = {},
  ): C["prototype"][] {
    return this.#run(upsertObjects(this.#core, model, rows, options));
  }

  // ── transaction ────────────────────────────────────────────────────────────
  /** Writes what has changed. Queries do it by themselves (autoflush), and so does `commit()`. */
  flush(): void {
    this.#run(this.#core.flush());
  }
  /** Writes what has changed and keeps it. */
  commit(): void {
    this.#run(this.#core.commit());
  }
  /** Of a session in two phases: writes what has changed, and has every database say that it can commit. */
  prepare(): void {
    this.#run(this.#core.prepare());
  }
  /** Undoes what was done since the last commit, in the database and in the objects. */
  rollback(): void {
    this.#run(this.#core.rollback());
  }
  /**
   * Begins a transaction now, which otherwise the first use does. Left by `using` without a commit, it is rolled back.
   *
   * @throws InvalidRequestError when one is under way.
   */
  begin(): SyncTransaction;
  /** Runs `work` in a transaction: committed when it returns, rolled back when it throws. */
  begin<T>(work: () => T): T;
  begin<T>(work?: () => T): T | SyncTransaction {
    const scope = begin(this.#core);
    if (work === undefined) return new SyncTransaction(scope);
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.rollback();
      throw error;
    }
    this.commit();
    return result;
  }
  /**
   * Sets a savepoint, after a flush. Left by `using` without a commit, what was done since is undone, while the transaction
   * around it goes on.
   */
  beginNested(): SyncTransaction;
  /** Runs `work` inside a savepoint: what it did is kept when it returns, and undone when it throws. */
  beginNested<T>(work: () => T): T;
  beginNested<T>(work?: () => T): T | SyncTransaction {
    if (work === undefined) return new SyncTransaction(this.#run(beginNested(this.#core)));
    const core = this.#core;
    const transaction: SessionTransaction = this.#run(core.beginNested());
    try {
      const result = work();
      this.#run(core.releaseNested(transaction));
      return result;
    } catch (error) {
      this.#run(core.rollbackNested(transaction));
      throw error;
    }
  }
  /** The transaction that is under way, or null. */
  getTransaction(): SyncTransaction | null {
    const scope = outermost(this.#core);
    return scope === null ? null : new SyncTransaction(scope);
  }
  /** The innermost savepoint that is under way, or null. */
  getNestedTransaction(): SyncTransaction | null {
    const scope = innermost(this.#core);
    return scope === null ? null : new SyncTransaction(scope);
  }
  /** Runs `work` without flushing before its queries. */
  noAutoflush<T>(work: () => T): T {
    this.#core.suspendAutoflush();
    try {
      return work();
    } finally {
      this.#core.resumeAutoflush();
    }
  }
  /** The connection of the transaction that is under way; where rows are spread over several databases, to one of them. */
  connection({ identityToken = null }: { readonly identityToken?: IdentityToken | null } = {}): SyncConnection {
    return new SyncConnection(this.#run(this.#core.onShard(identityToken, this.#core.connection())));
  }
  /** Rolls back, and lets go of all objects; the session can be used again. */
  reset(): void {
    this.#run(this.#core.reset());
  }
  /**
   * Rolls back what was not committed, and lets go of all objects. The session cannot be used any more, unless it was made
   * with `closeResetsOnly`.
   */
  close(): void {
    this.#run(this.#core.close());
  }
  /** The same, and gives its connections up: for one that has got into a state that nobody knows. */
  invalidate(): void {
    this.#run(this.#core.invalidate());
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

function bindOf(bind: unknown): SessionBind {
  if (bind instanceof SyncEngine) return { engine: bind.$core, connection: null };
  if (bind instanceof SyncConnection) return { engine: bind.$core.engine, connection: bind.$core };
  throw new ArgumentError(
    "A SyncSession takes an engine made with createSyncEngine(), or one of its connections. An engine made with createEngine() takes a Session.",
  );
}
