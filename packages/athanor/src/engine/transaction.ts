import { ArgumentError, InvalidRequestError } from "../errors/errors.ts";
import { type Awaitable, isPromiseLike, runSync, type Task } from "../util/task.ts";
import type { TaskQueue } from "../util/task-queue.ts";
import type { ConnectionCore } from "./connection-core.ts";
import { notSynchronous } from "./synchronous.ts";

/** A transaction or a savepoint that somebody has begun, whichever the colour. */
interface Scope {
  isActive(): boolean;
  commit(): Task<void>;
  rollback(): Task<void>;
}

function* beginScope(core: ConnectionCore): Task<Scope> {
  yield* core.begin();
  const { transaction } = core;
  return {
    isActive: () => core.inTransaction && core.transaction === transaction,
    commit: () => core.commit(),
    rollback: () => core.rollback(),
  };
}

function* beginNestedScope(core: ConnectionCore): Task<Scope> {
  const savepoint = yield* core.savepoint();
  return {
    isActive: () => core.hasSavepoint(savepoint),
    commit: () => core.releaseSavepoint(savepoint),
    rollback: () => core.rollbackToSavepoint(savepoint),
  };
}

function* commitActive(scope: Scope): Task<void> {
  if (!scope.isActive()) {
    throw new InvalidRequestError(
      "This transaction has ended already: it was committed or rolled back, or its outer one was.",
    );
  }
  yield* scope.commit();
}

function* rollbackActive(scope: Scope): Task<void> {
  if (scope.isActive()) yield* scope.rollback();
}

/**
 * A transaction, or a savepoint inside one. Left by `await using` without a commit, it is rolled back.
 *
 * @example
 * await using transaction = await connection.begin();
 * await connection.execute(insert(users).values({ name: "Ada" }));
 * await transaction.commit();
 */
export class Transaction implements AsyncDisposable {
  readonly #scope: Scope;
  readonly #queue: TaskQueue;

  /** @internal */
  constructor(scope: Scope, queue: TaskQueue) {
    this.#scope = scope;
    this.#queue = queue;
  }

  /** @internal */
  static async begin(core: ConnectionCore, queue: TaskQueue, nested: boolean): Promise<Transaction> {
    return new Transaction(await queue.run(() => (nested ? beginNestedScope(core) : beginScope(core))), queue);
  }

  /** Neither committed nor rolled back, and nor is the transaction around it. */
  get isActive(): boolean {
    return this.#scope.isActive();
  }
  /** Throws InvalidRequestError when it has ended already. */
  commit(): Promise<void> {
    return this.#queue.run(() => commitActive(this.#scope));
  }
  /** Does nothing when it has ended already. */
  rollback(): Promise<void> {
    return this.#queue.run(() => rollbackActive(this.#scope));
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.rollback();
  }

  /** @internal Commits when `work` returns, rolls back when it throws. */
  async around<T>(work: () => Awaitable<T>): Promise<T> {
    try {
      const result = await work();
      if (this.isActive) await this.commit();
      return result;
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }
}

/** The same for drivers that answer at once; `using` in place of `await using`. */
export class SyncTransaction implements Disposable {
  readonly #scope: Scope;

  /** @internal */
  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** @internal */
  static begin(core: ConnectionCore, nested: boolean): SyncTransaction {
    return new SyncTransaction(runSync(nested ? beginNestedScope(core) : beginScope(core), notSynchronous));
  }

  get isActive(): boolean {
    return this.#scope.isActive();
  }
  commit(): void {
    runSync(commitActive(this.#scope), notSynchronous);
  }
  rollback(): void {
    runSync(rollbackActive(this.#scope), notSynchronous);
  }
  [Symbol.dispose](): void {
    this.rollback();
  }

  /** @internal */
  around<T>(work: () => T): T {
    try {
      const result = work();
      if (isPromiseLike(result)) {
        throw new ArgumentError(
          "The function of a synchronous transaction returned a promise, and the transaction would end before it does. " +
            "Use createEngine() for asynchronous work.",
        );
      }
      if (this.isActive) this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }
}
