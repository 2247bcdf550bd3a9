import { ArgumentError, InvalidRequestError } from "../errors/errors.ts";
import { type Awaitable, isPromiseLike, runSync, type Task } from "../util/task.ts";
import type { TaskQueue } from "../util/task-queue.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { TransactionOptions } from "./connection-options.ts";
import { notSynchronous } from "./synchronous.ts";

/** A transaction or a savepoint that somebody has begun, whichever the colour. */
export interface Scope {
  isActive(): boolean;
  commit(): Task<void>;
  rollback(): Task<void>;
}

/** What is begun: a transaction with its options, one in two phases, or a savepoint. */
export type Beginning =
  | { readonly kind: "transaction"; readonly options?: TransactionOptions }
  | { readonly kind: "savepoint" }
  | { readonly kind: "twoPhase"; readonly xid: string };

function beginning(core: ConnectionCore, what: Beginning): Task<Scope> {
  switch (what.kind) {
    case "savepoint":
      return beginNestedScope(core);
    case "twoPhase":
      return beginScope(core, {}, what.xid);
    case "transaction":
      return beginScope(core, what.options ?? {}, null);
  }
}

function* beginScope(core: ConnectionCore, options: TransactionOptions, xid: string | null): Task<Scope> {
  yield* core.begin(options, xid);
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
  static async begin(core: ConnectionCore, queue: TaskQueue, what: Beginning): Promise<Transaction> {
    return new Transaction(await queue.run(() => beginning(core, what)), queue);
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
  static begin(core: ConnectionCore, what: Beginning): SyncTransaction {
    return new SyncTransaction(runSync(beginning(core, what), notSynchronous));
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

/** A transaction that can be prepared: after that it survives its connection, until it is committed or rolled back. */
export class TwoPhaseTransaction extends Transaction {
  readonly xid: string;
  readonly #core: ConnectionCore;
  readonly #queue: TaskQueue;

  /** @internal */
  constructor(scope: Scope, queue: TaskQueue, core: ConnectionCore, xid: string) {
    super(scope, queue);
    this.xid = xid;
    this.#core = core;
    this.#queue = queue;
  }

  /** @internal */
  static async beginTwophase(core: ConnectionCore, queue: TaskQueue, xid: string): Promise<TwoPhaseTransaction> {
    const scope = await queue.run(() => beginning(core, { kind: "twoPhase", xid }));
    return new TwoPhaseTransaction(scope, queue, core, xid);
  }

  /** The first phase: from now on the commit cannot fail for a reason of the data's. */
  prepare(): Promise<void> {
    return this.#queue.run(() => this.#core.prepare());
  }
}
