import type { ConnectionCore } from "../../engine/connection-core.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import type { Listeners } from "../../events/listeners.ts";
import type { Table } from "../../schema/table.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import type { ExecutionOptions } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { LoadSession, ParameterValues } from "../loading/load-context.ts";
import { loadRelationship } from "../loading/load-relationship.ts";
import { loadMissing } from "../loading/refresh.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { addCascading, expungePending, release } from "./attach.ts";
import { flushSession } from "./flush/flush.ts";
import { IdentityMap } from "./identity-map.ts";
import { keysAtOnce, runLoad } from "./loads.ts";
import { targetBy } from "./memberships.ts";
import { expungeOrphan } from "./orphans.ts";
import { PendingObjects } from "./pending-objects.ts";
import { afterCommitOf, restoreAfterRollback } from "./restore.ts";
import { type Route, SessionConnections } from "./session-connections.ts";
import type { SessionEventName } from "./session-events.ts";
import type { SessionSettings } from "./session-options.ts";
import { SessionTransaction } from "./session-transaction.ts";

/** What a statement or a flush is about, as far as it tells where it belongs. */
export interface RouteRequest {
  readonly mapper: Mapper | null;
  readonly table: Table | null;
  readonly purpose: "read" | "write";
}

/** One database, or a choice among several for each request. */
export type SessionBinding = Route | ((request: RouteRequest & { readonly inTransaction: boolean }) => Route);

/** What a core is given by the session that users have in hand. */
export interface SessionHost {
  /** That session; it is handed to events. */
  readonly face: object;
  readonly binding: SessionBinding;
  readonly settings: SessionSettings;
  readonly synchronous: boolean;
  readonly listeners: Listeners;
  /** Runs a task in its turn; a synchronous session at once. */
  runLater<T>(task: () => Task<T>): Promise<T>;
  runNow<T>(task: Task<T>): T;
}

/** Whatever a program may do with a connection. */
const anything: RouteRequest = { mapper: null, table: null, purpose: "write" };

/** What the flush that is under way set out with; `new`, `dirty` and `deleted` show it until it is over. */
export interface FlushSets {
  readonly new: ReadonlySet<InstanceState>;
  readonly dirty: ReadonlySet<InstanceState>;
  readonly deleted: ReadonlySet<InstanceState>;
}

/**
 * A unit of work: which objects there are, what is to be done with them, and the transaction in which that happens. Both
 * faces, the asynchronous and the synchronous session, are made of it.
 */
export class SessionCore implements LoadSession {
  readonly identityMap = new IdentityMap();
  /** Objects to be inserted, in the order in which they came. */
  readonly pending = new PendingObjects(this);
  /** Objects of no session, or of another, that have come into relationships of objects of this one. */
  readonly outsiders = new Map<InstanceState, RelationshipProperty>();
  /** Objects to be deleted. */
  readonly doomed = new Set<InstanceState>();
  readonly settings: SessionSettings;
  readonly synchronous: boolean;
  readonly listeners: Listeners;
  readonly face: object;
  readonly #host: SessionHost;
  readonly #binding: SessionBinding;
  readonly #connections: SessionConnections;
  #transaction: SessionTransaction | null = null;
  #flushSets: FlushSets | null = null;
  #flushing = false;
  #withoutAutoflush = 0;
  #closed = false;

  constructor(host: SessionHost) {
    this.#host = host;
    this.face = host.face;
    this.settings = host.settings;
    this.synchronous = host.synchronous;
    this.listeners = host.listeners;
    this.#binding = host.binding;
    this.#connections = new SessionConnections(host.settings.joinTransactionMode);
  }

  /** Those of its engine. Where a router chooses the engine, that comes too late for them. */
  get executionOptions(): ExecutionOptions {
    const binding = this.#binding;
    return typeof binding === "function" ? {} : (binding.binds[0]?.engine.executionOptions ?? {});
  }
  get closed(): boolean {
    return this.#closed;
  }
  get flushing(): boolean {
    return this.#flushing;
  }
  /** The transaction or savepoint that is under way. */
  get transaction(): SessionTransaction | null {
    return this.#transaction;
  }

  // ── events ─────────────────────────────────────────────────────────────────
  fire(event: SessionEventName, about?: unknown): void {
    if (!this.listeners.has(event)) return;
    if (about === undefined) this.listeners.fire(event, this.face);
    else this.listeners.fire(event, this.face, about);
  }

  // ── objects ────────────────────────────────────────────────────────────────
  contains(state: InstanceState): boolean {
    return state.session === this && state.status !== "deleted";
  }

  /** Objects whose rows differ from what they say, without those that are to be deleted. */
  changedStates(): InstanceState[] {
    const changed: InstanceState[] = [];
    const { doomed } = this;
    for (const objects of this.identityMap.maps()) {
      for (const state of objects.values()) {
        if (state.relatedBefore === null && state.pendingCollections === null && !state.mapper.hasChanges(state))
          continue;
        if (doomed.size === 0 || !doomed.has(state)) changed.push(state);
      }
    }
    return changed;
  }

  get newObjects(): ReadonlySet<object> {
    return objectsOf(this.#flushSets?.new ?? this.pending);
  }
  get dirtyObjects(): ReadonlySet<object> {
    return objectsOf(this.#flushSets?.dirty ?? this.changedStates());
  }
  get deletedObjects(): ReadonlySet<object> {
    return objectsOf(this.#flushSets?.deleted ?? this.doomed);
  }

  // ── what objects ask ───────────────────────────────────────────────────────
  cascadeAdd(state: InstanceState): void {
    if (state.session !== this) addCascading(this, state);
  }
  leftOutside(state: InstanceState, property: RelationshipProperty): void {
    this.outsiders.set(state, property);
  }
  orphaned(state: InstanceState): void {
    if (!this.#flushing) expungeOrphan(this, state);
  }
  knownTarget(state: InstanceState, property: RelationshipProperty): object | undefined {
    return targetBy(this, property, state.committed)?.object;
  }
  markModified(): void {
    // Changes are found by comparison when they are needed.
  }
  *loadColumns(state: InstanceState, properties: readonly ColumnProperty[]): Task<void> {
    yield* loadMissing(this, state, properties);
  }
  *loadRelationship(state: InstanceState, property: RelationshipProperty, refuse?: () => Error): Task<void> {
    if (refuse === undefined) yield* this.autoflush();
    yield* loadRelationship(this, state, property, refuse === undefined ? {} : { refuse });
  }
  /** Loads a relationship for the unit of work itself: whatever it is mapped as, without a flush in between. */
  loadForFlush(state: InstanceState, property: RelationshipProperty): Task<void> {
    return loadRelationship(this, state, property, { force: true });
  }
  executeLoad(select: SelectNode, parameters: ParameterValues): Task<unknown[][]> {
    return runLoad(this, select, parameters);
  }
  keysAtOnce(select: SelectNode): Task<number> {
    return keysAtOnce(this, select);
  }
  runNow<T>(task: Task<T>): T {
    return this.#host.runNow(task);
  }
  runLater<T>(task: () => Task<T>): Promise<T> {
    return this.#host.runLater(task);
  }

  // ── transaction ────────────────────────────────────────────────────────────
  /** The transaction that is under way; one begins where there is none. Refuses after a failed flush. */
  activeTransaction(): SessionTransaction {
    this.assertOpen();
    const transaction = this.#transaction;
    if (transaction === null) return this.#autobegin();
    transaction.assertUsable();
    return transaction;
  }
  #autobegin(): SessionTransaction {
    if (this.settings.autobegin) return this.beginTransaction();
    throw new InvalidRequestError(
      "This session does not begin by itself (autobegin: false): call begin() before it is used, or work inside begin(work).",
    );
  }
  /** `byProgram`: with `begin()`, and not by the first use. */
  beginTransaction(byProgram = false): SessionTransaction {
    this.assertOpen();
    const transaction = new SessionTransaction(null, byProgram);
    this.#transaction = transaction;
    this.fire("afterTransactionCreate", { nested: false });
    return transaction;
  }

  /** The connection of the transaction for what is asked; taken with the first statement. */
  *connection(request: RouteRequest = anything): Task<ConnectionCore> {
    const transaction = this.activeTransaction();
    if (request.purpose === "write") transaction.use();
    const route = this.#routeFor(request, transaction);
    const current = this.#connections.current(route);
    if (current !== null) return current;
    const connection = yield* this.#connections.open(route, transaction);
    this.fire("afterBegin", { nested: false });
    return connection;
  }
  #routeFor(request: RouteRequest, { inUse }: SessionTransaction): Route {
    const binding = this.#binding;
    return typeof binding === "function" ? binding({ ...request, inTransaction: inUse }) : binding;
  }
  /** The connection where there is one database only, and it is open already; null otherwise. */
  get openConnection(): ConnectionCore | null {
    this.activeTransaction();
    const binding = this.#binding;
    return typeof binding === "function" ? null : this.#connections.current(binding);
  }

  *commit(): Task<void> {
    this.activeTransaction();
    while (this.#transaction?.nested === true) yield* this.releaseNested(this.#transaction);
    this.fire("beforeCommit");
    yield* this.#flushAll();
    const transaction = this.activeTransaction();
    try {
      yield* this.#connections.commit();
    } catch (error) {
      yield* this.#abandon(transaction, error);
      throw error;
    }
    transaction.committed = true;
    try {
      this.fire("afterCommit");
    } finally {
      this.#transaction = null;
    }
    afterCommitOf(this, transaction);
    this.fire("afterTransactionEnd", { nested: false });
  }

  /** Handlers of `afterFlush` may change objects; what they do is written, too. */
  *#flushAll(): Task<void> {
    for (let round = 0; round < 100; round += 1) {
      if (!(yield* this.flush())) return;
      if (!this.listeners.has("afterFlush") && !this.listeners.has("afterFlushPostexec")) return;
    }
    throw new InvalidRequestError(
      "A hundred flushes have not come to an end: does a handler of afterFlush change objects every time?",
    );
  }

  /**
   * Ends the transaction and all savepoints in it; also after a failed flush.
   *
   * @param keepsValues objects keep what they hold, because the session lets go of them
   */
  *rollback(keepsValues = false): Task<void> {
    this.assertOpen();
    while (this.#transaction?.nested === true) yield* this.rollbackNested(this.#transaction);
    // Objects may have been changed since the last transaction ended: that belongs to the next one.
    const isIdle = this.#transaction === null && (keepsValues || this.changedStates().length === 0);
    const transaction = isIdle ? null : (this.#transaction ?? this.beginTransaction());
    if (transaction === null) return;
    const wasOpen = this.#connections.isOpen;
    try {
      yield* this.#connections.rollback();
    } finally {
      this.#transaction = null;
      if (!transaction.failed) restoreAfterRollback(this, transaction, keepsValues);
    }
    if (wasOpen) this.fire("afterRollback");
    this.fire("afterTransactionEnd", { nested: false });
    this.fire("afterSoftRollback", { nested: false });
  }

  *beginNested(): Task<SessionTransaction> {
    const parent = this.activeTransaction();
    yield* this.flush();
    if (typeof this.#binding !== "function") yield* this.connection();
    const transaction = new SessionTransaction(parent);
    yield* this.#connections.savepoint(transaction);
    this.#transaction = transaction;
    this.fire("afterTransactionCreate", { nested: true });
    return transaction;
  }

  /** Keeps what a savepoint and those inside it have done. */
  *releaseNested(transaction: SessionTransaction): Task<void> {
    if (!this.#isUnderWay(transaction)) return;
    while (this.#transaction !== transaction && this.#transaction !== null)
      yield* this.releaseNested(this.#transaction);
    this.activeTransaction();
    this.fire("beforeCommit");
    yield* this.#flushAll();
    const { parent } = transaction;
    yield* this.#connections.releaseSavepoint(transaction);
    if (parent !== null) transaction.mergeInto(parent);
    this.#transaction = parent;
    this.fire("afterTransactionEnd", { nested: true });
  }

  /** Undoes what a savepoint and those inside it have done; the transaction around it goes on. */
  *rollbackNested(transaction: SessionTransaction): Task<void> {
    if (!this.#isUnderWay(transaction)) return;
    while (this.#transaction !== transaction && this.#transaction !== null)
      yield* this.rollbackNested(this.#transaction);
    try {
      if (!transaction.failed) yield* this.#connections.rollbackSavepoint(transaction);
    } finally {
      this.#transaction = transaction.parent;
      if (!transaction.failed) restoreAfterRollback(this, transaction);
    }
    this.fire("afterTransactionEnd", { nested: true });
    this.fire("afterSoftRollback", { nested: true });
  }
  #isUnderWay(transaction: SessionTransaction): boolean {
    for (let each = this.#transaction; each !== null; each = each.parent) if (each === transaction) return true;
    return false;
  }

  /** A flush or a commit has failed: its transaction is rolled back at once, and waits for `rollback()`. */
  *#abandon(transaction: SessionTransaction, error: unknown): Task<void> {
    try {
      if (transaction.nested) yield* this.#connections.rollbackSavepoint(transaction);
      else yield* this.#connections.rollback();
    } catch {
      // The error that led here says more.
    }
    restoreAfterRollback(this, transaction);
    transaction.failure = error;
    if (!transaction.nested) this.fire("afterRollback");
    this.fire("afterSoftRollback", { nested: transaction.nested });
  }

  /** Rolls back, and lets go of all objects. The session may be used again. */
  *reset(): Task<void> {
    try {
      yield* this.rollback(true);
    } finally {
      this.expungeAll();
    }
  }
  /** The same for good: every later use is refused. */
  *close(): Task<void> {
    if (this.#closed) return;
    try {
      yield* this.reset();
    } finally {
      this.#closed = true;
    }
  }
  assertOpen(): void {
    if (this.#closed) {
      throw new InvalidRequestError(
        "This session is closed. Make a new one, or do what is to be done before its block ends.",
      );
    }
  }

  // ── flush ──────────────────────────────────────────────────────────────────
  get autoflushes(): boolean {
    return this.settings.autoflush && this.#withoutAutoflush === 0 && !this.#flushing;
  }
  /** Tells whether anything was written. */
  *autoflush(): Task<boolean> {
    return this.autoflushes && (yield* this.flush());
  }
  /** There are objects to be inserted or deleted; changes of others are found by comparison only. */
  get hasRowsToWrite(): boolean {
    return this.pending.size > 0 || this.doomed.size > 0;
  }
  suspendAutoflush(): void {
    this.#withoutAutoflush += 1;
  }
  resumeAutoflush(): void {
    this.#withoutAutoflush -= 1;
  }

  /** Writes what has changed. Tells whether there was anything. */
  *flush(): Task<boolean> {
    if (this.#flushing)
      throw new InvalidRequestError("The session is flushing already: flush() cannot be called by its events.");
    this.assertOpen();
    let changed = this.changedStates();
    if (this.pending.size === 0 && this.doomed.size === 0 && changed.length === 0) return false;
    const transaction = this.activeTransaction();
    this.#flushing = true;
    try {
      if (this.listeners.has("beforeFlush")) {
        this.fire("beforeFlush");
        changed = this.changedStates();
      }
      yield* flushSession(this, transaction, changed, (sets) => {
        this.#flushSets = sets;
      });
    } catch (error) {
      this.#flushSets = null;
      yield* this.#abandon(transaction, error);
      throw error;
    } finally {
      this.#flushSets = null;
      this.#flushing = false;
    }
    this.fire("afterFlushPostexec");
    return true;
  }

  // ── letting go ─────────────────────────────────────────────────────────────
  expungeAll(): void {
    for (const state of this.pending) expungePending(this, state);
    const states = this.identityMap.states();
    this.pending.clear();
    this.outsiders.clear();
    this.doomed.clear();
    this.identityMap.clear();
    for (const state of states) release(this, state);
  }
}

function objectsOf(states: Iterable<InstanceState>): ReadonlySet<object> {
  const objects = new Set<object>();
  for (const state of states) objects.add(state.object);
  return objects;
}
