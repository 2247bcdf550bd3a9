import { Connection } from "../../engine/connection.ts";
import { asExecutable, parametersOf } from "../../engine/connection-tasks.ts";
import { Engine, SyncEngine } from "../../engine/engine.ts";
import type { Executor } from "../../engine/executor.ts";
import { PendingResult, type PendingScalars } from "../../engine/pending-result.ts";
import { Result } from "../../engine/result.ts";
import { notSynchronous } from "../../engine/synchronous.ts";
import { Transaction } from "../../engine/transaction.ts";
import { ArgumentError } from "../../errors/errors.ts";
import type { InsertRow } from "../../sql/expression/shape.ts";
import type { Entity, EntityClass, Executable, ExecutionOptions, ScalarExecutable } from "../../sql/statement/types.ts";
import { type EVENTS, LISTENERS, type SHAPE } from "../../util/symbols.ts";
import { runSync, settled, type Task } from "../../util/task.ts";
import { TaskQueue } from "../../util/task-queue.ts";
import { mapperOf, requireState } from "../instrumentation/entity.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";
import { deleteAllCascading, deleteCascading } from "./attach.ts";
import { executeInSession, optionsOf, streamInSession } from "./execute.ts";
import { type GetOptions, getObject, notFound } from "./get-object.ts";
import type { Identity } from "./identity.ts";
import { type MergeOptions, mergeObject, mergeObjects } from "./merge.ts";
import { type RefreshOptions, refreshObject } from "./refresh-object.ts";
import { type BindOptions, bindingOf, chosenBind } from "./session-binding.ts";
import type { SessionBind } from "./session-connection.ts";
import { SessionCore } from "./session-core.ts";
import { type SessionEvents, sessionListeners } from "./session-events.ts";
import { inTurn } from "./session-handlers.ts";
import { type SessionOptions, settingsOf } from "./session-options.ts";
import { type SessionTarget, shardsOf } from "./session-router.ts";
import type { SessionTransaction } from "./session-transaction.ts";
import { begin, beginNested, innermost, outermost } from "./transaction-scope.ts";
import { UnitOfWork } from "./unit-of-work.ts";
import { type UpsertObjectsOptions, upsertObjects } from "./upsert.ts";

export type { Identity } from "./identity.ts";

/** Work that may take its time. */
type Work<T> = () => T | PromiseLike<T>;

/**
 * A unit of work: loads objects, keeps one for each row, finds out what has changed and writes it. A transaction begins
 * with the first use and ends with `commit()` or `rollback()`. Calls made at the same time are done one after the other.
 *
 * ```ts
 * await using session = new Session(engine);
 * const user = await session.getOne(User, 1);
 * user.name = "Ada";
 * await session.commit();
 * ```
 */
export class Session extends UnitOfWork<Session> implements Executor, AsyncDisposable {
  declare static readonly [EVENTS]: SessionEvents<Session>;
  readonly #core: SessionCore;
  readonly #target: SessionTarget;
  /** The queue of the session and, inside the callbacks of `beginNested`, one for each of them. */
  readonly #queues: TaskQueue[] = [new TaskQueue()];

  /** `target`: an engine, one of its connections, or a router that chooses among several. */
  constructor(target: SessionTarget, options: SessionOptions = {}) {
    super(options.info);
    this.#target = target;
    const settings = settingsOf(options, false);
    this.#core = new SessionCore({
      face: this,
      binding: bindingOf(target, this, bindOf, settings),
      shards: shardsOf(target),
      settings,
      synchronous: false,
      listeners: sessionListeners(new.target[LISTENERS]),
      runLater: (task) => this.#run(task),
      defer: (start) => {
        this.#queue.defer(start);
      },
      runNow: (task) => runSync(task, notSynchronous),
      connectionFace: (connection) => new Connection(connection),
      waitFor: (_event, handler) => inTurn(this.#queues, handler),
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
  getBind(model?: EntityClass, options?: BindOptions): Engine | Connection {
    return chosenBind(this.#target, this, model, options);
  }

  get #queue(): TaskQueue {
    return this.#queues.at(-1) as TaskQueue;
  }
  #run<T>(task: () => Task<T>): Promise<T> {
    return this.#queue.run(this.#core.called(task));
  }

  // ── statements ─────────────────────────────────────────────────────────────
  execute<T, N, P>(
    statement: Executable<T, N, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): PendingResult<T, N> {
    const core = this.#core;
    const given = parametersOf(parameters);
    const all = optionsOf(core, statement, options);
    return new PendingResult<T, N>({
      queue: this.#queue,
      batchSize: all.yieldPer ?? 1000,
      buffered: core.called(function* () {
        const { cursor, content } = yield* executeInSession(core, statement, given, all);
        return new Result<T, N>(cursor, content);
      }),
      streamed: core.called(() => streamInSession(core, statement, given, all)),
    });
  }
  scalars<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): PendingScalars<T> {
    return this.execute(asExecutable(statement), parameters, options).scalars();
  }
  scalar<T, P>(
    statement: ScalarExecutable<T, P>,
    parameters?: NoInfer<P> | readonly NoInfer<P>[],
    options: ExecutionOptions = {},
  ): Promise<T | null> {
    return this.scalars(statement, parameters, options).first();
  }

  // ── objects ────────────────────────────────────────────────────────────────
  /** An object by its primary key, out of the session or the database; null where there is no row. */
  get<C extends EntityClass, P extends string = never>(
    model: C,
    key: Identity,
    options: GetOptions<P> = {},
  ): Promise<Entity<C, P> | null> {
    // The class's mapper makes objects of that class; what is loaded along is for the type only.
    return this.#run(() => getObject(this.#core, mapperOf(asMapped(model)), key, options)) as Promise<Entity<
      C,
      P
    > | null>;
  }
  /**
   * The same where the row has to be there.
   *
   * @throws NoResultFound
   */
  async getOne<C extends EntityClass, P extends string = never>(
    model: C,
    key: Identity,
    options: GetOptions<P> = {},
  ): Promise<Entity<C, P>> {
    const found = await this.get(model, key, options);
    if (found === null) throw notFound(mapperOf(asMapped(model)), key);
    return found as Entity<C, P>;
  }
  /** Marks an object for deletion by the next flush, with what belongs to it (cascade `delete`), which is loaded if need be. */
  delete(object: object): Promise<void> {
    return this.#run(() => deleteCascading(this.#core, requireState(object)));
  }
  /** The same for many objects, in one go. */
  deleteAll(objects: Iterable<object>): Promise<void> {
    return this.#run(() => deleteAllCascading(this.#core, Array.from(objects, requireState)));
  }
  /** Loads an object anew, or some of its attributes; its own changes that were not flushed are given up. */
  refresh(object: object, attributes?: readonly string[], options: RefreshOptions = {}): Promise<void> {
    return this.#run(() => refreshObject(this.#core, requireState(object), attributes, options));
  }
  /**
   * Copies the state of an object, and of what it is related to (cascade `merge`), into the session's object for the same
   * row, which is loaded or made if need be. Gives that object.
   */
  merge<T extends object>(object: T, options: MergeOptions = {}): Promise<T> {
    // The session's object is of the same class.
    return this.#run(() => mergeObject(this.#core, requireState(object), options)) as Promise<T>;
  }
  /** The same for many objects; what several of them are related to is merged once. */
  mergeAll<T extends object>(objects: Iterable<T>, options: MergeOptions = {}): Promise<T[]> {
    return this.#run(() => mergeObjects(this.#core, Array.from(objects, requireState), options)) as Promise<T[]>;
  }
  /**
   * Inserts rows, or updates those that are there by a unique key, on every database; gives the session's objects for them,
   * in their order. MySQL and MariaDB take any unique key for the one that is meant: where that could make a difference, they
   * refuse it.
   *
   * @throws ArgumentError when a row has no value for the key, or two rows have the same.
   *
   * @example await session.upsert(Product, rows, { conflict: [Product.sku], update: [Product.price] });
   */
  upsert<C extends EntityClass>(
    model: C,
    rows: readonly InsertRow<C[typeof SHAPE]>[],
    options: UpsertObjectsOptions<C[typeof SHAPE]> = {},
  ): Promise<C["prototype"][]> {
    return this.#run(() => upsertObjects(this.#core, model, rows, options));
  }

  // ── transaction ────────────────────────────────────────────────────────────
  /** Writes what has changed. Queries do it by themselves (autoflush), and so does `commit()`. */
  async flush(): Promise<void> {
    await this.#run(() => this.#core.flush());
  }
  /** Writes what has changed and keeps it. */
  commit(): Promise<void> {
    return this.#run(() => this.#core.commit());
  }
  /**
   * Of a session in two phases: writes what has changed, and has every database say that it can commit. Afterwards `commit()`
   * and `rollback()` decide, and nothing else is possible.
   *
   * @throws InvalidRequestError of a session that was not made with `twophase`.
   */
  prepare(): Promise<void> {
    return this.#run(() => this.#core.prepare());
  }
  /** Undoes what was done since the last commit, in the database and in the objects. */
  rollback(): Promise<void> {
    return this.#run(() => this.#core.rollback());
  }
  /**
   * Begins a transaction now, which otherwise the first use does. Left by `await using` without a commit, it is rolled back.
   *
   * @throws InvalidRequestError when one is under way.
   */
  begin(): Promise<Transaction>;
  /** Runs `work` in a transaction: committed when it returns, rolled back when it throws. */
  begin<T>(work: Work<T>): Promise<T>;
  async begin<T>(work?: Work<T>): Promise<T | Transaction> {
    const scope = await this.#run(() => settled(begin(this.#core)));
    if (work === undefined) return new Transaction(scope, this.#queue);
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await this.rollback();
      throw error;
    }
    await this.commit();
    return result;
  }
  /**
   * Sets a savepoint, after a flush. Left by `await using` without a commit, what was done since is undone, while the
   * transaction around it goes on.
   *
   * ```ts
   * await using savepoint = await session.beginNested();
   * session.add(new Tag({ name: "new" }));
   * await savepoint.commit();
   * ```
   */
  beginNested(): Promise<Transaction>;
  /**
   * Runs `work` inside a savepoint: what it did is kept when it returns, and undone when it throws, while the transaction
   * around it goes on. What the session is asked for in the meantime is done inside the savepoint.
   */
  beginNested<T>(work: Work<T>): Promise<T>;
  async beginNested<T>(work?: Work<T>): Promise<T | Transaction> {
    if (work === undefined) {
      return new Transaction(await this.#run(() => beginNested(this.#core)), this.#queue);
    }
    const inner = new TaskQueue();
    return this.#queue.run(() => settled(this.#nested(inner, work)));
  }
  /** The transaction that is under way, or null. */
  getTransaction(): Transaction | null {
    const scope = outermost(this.#core);
    return scope === null ? null : new Transaction(scope, this.#queue);
  }
  /** The innermost savepoint that is under way, or null. */
  getNestedTransaction(): Transaction | null {
    const scope = innermost(this.#core);
    return scope === null ? null : new Transaction(scope, this.#queue);
  }
  async #nested<T>(inner: TaskQueue, work: Work<T>): Promise<T> {
    const core = this.#core;
    const transaction: SessionTransaction = await inner.run(() => core.beginNested());
    this.#queues.push(inner);
    const leave = (): void => {
      const index = this.#queues.indexOf(inner);
      if (index > 0) this.#queues.splice(index, 1);
    };
    let result: T;
    try {
      result = await work();
    } catch (error) {
      leave();
      await inner.run(() => core.rollbackNested(transaction));
      throw error;
    }
    leave();
    try {
      await inner.run(() => core.releaseNested(transaction));
    } catch (error) {
      await inner.run(() => core.rollbackNested(transaction));
      throw error;
    }
    return result;
  }
  /** Runs `work` without flushing before its queries. */
  async noAutoflush<T>(work: Work<T>): Promise<T> {
    this.#core.suspendAutoflush();
    try {
      return await work();
    } finally {
      this.#core.resumeAutoflush();
    }
  }
  /** The connection of the transaction that is under way; where rows are spread over several databases, to one of them. */
  connection({ identityToken = null }: { readonly identityToken?: IdentityToken | null } = {}): Promise<Connection> {
    return this.#run(() => this.#core.onShard(identityToken, connectionOf(this.#core)));
  }
  /** Rolls back, and lets go of all objects; the session can be used again. */
  reset(): Promise<void> {
    return this.#run(() => this.#core.reset());
  }
  /**
   * Rolls back what was not committed, and lets go of all objects. The session cannot be used any more, unless it was made
   * with `closeResetsOnly`.
   */
  close(): Promise<void> {
    return this.#run(() => this.#core.close());
  }
  /** The same, and gives its connections up: for one that has got into a state that nobody knows. */
  invalidate(): Promise<void> {
    return this.#run(() => this.#core.invalidate());
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function bindOf(bind: unknown): SessionBind {
  if (bind instanceof Engine) return { engine: bind.$core, connection: null };
  if (bind instanceof Connection) return { engine: bind.$core.engine, connection: bind.$core };
  const hint = bind instanceof SyncEngine ? " A synchronous engine takes a SyncSession." : "";
  throw new ArgumentError(`A Session takes an engine made with createEngine(), or one of its connections.${hint}`);
}

/** Refuses what is no class. */
export function asMapped(model: EntityClass): object {
  if (typeof model !== "function") throw new ArgumentError("The first argument is a mapped class, such as User.");
  return model;
}

function* connectionOf(core: SessionCore): Task<Connection> {
  return new Connection(yield* core.connection());
}
