import type { ConnectionCore } from "../../engine/connection-core.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import type { OptionNode, SelectNode } from "../../sql/nodes/statements.ts";
import type { ExecutionOptions } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import { warn } from "../../util/warn.ts";
import type { FormerState } from "../instrumentation/history.ts";
import type { IdentityToken, InstanceState } from "../instrumentation/instance-state.ts";
import { forgetPart, isPart } from "../instrumentation/parts.ts";
import type { LoadReason, LoadSession, ParameterValues } from "../loading/load-context.ts";
import { loadRelationship, loadTogether } from "../loading/load-relationship.ts";
import { standingOptions } from "../loading/option-nodes.ts";
import { loadForReading } from "../loading/refresh.ts";
import type { LoadedProperty } from "../mapping/expression-property.ts";
import type { RowEventName } from "../mapping/mapper-events.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { addCascading, expungePending, release } from "./attach.ts";
import { executeInSession } from "./execute.ts";
import { statementOf } from "./execution.ts";
import { flushSession } from "./flush/flush.ts";
import { IdentityMap } from "./identity-map.ts";
import { capabilitiesFor, runLoad } from "./loads.ts";
import { targetBy } from "./memberships.ts";
import { isObserved, observedLoad } from "./orm-execute.ts";
import { expungeOrphan } from "./orphans.ts";
import { PendingObjects } from "./pending-objects.ts";
import { afterCommitOf, restoreAfterRollback } from "./restore.ts";
import type { SessionHost } from "./session-host.ts";
import type { ShardChoosers } from "./session-router.ts";
import type { SessionTransaction } from "./session-transaction.ts";
import { SessionTransactions } from "./session-transactions.ts";

/** What the flush that is under way set out with; `new`, `dirty` and `deleted` show it until it is over. */
export interface FlushSets {
  readonly new: ReadonlySet<InstanceState>;
  readonly dirty: ReadonlySet<InstanceState>;
  readonly deleted: ReadonlySet<InstanceState>;
  /** What the objects held, so that their history can be told. */
  readonly former: ReadonlyMap<InstanceState, FormerState>;
}

/**
 * A unit of work: which objects there are, what is to be done with them, and the transaction in which that happens. Both
 * faces, the asynchronous and the synchronous session, are made of it.
 */
export class SessionCore extends SessionTransactions implements LoadSession {
  readonly identityMap: IdentityMap;
  /** Objects to be inserted, in the order in which they came. */
  readonly pending = new PendingObjects(this);
  /** Objects of no session, or of another, that have come into relationships of objects of this one. */
  readonly outsiders = new Map<InstanceState, RelationshipProperty>();
  /** Objects to be deleted. */
  readonly doomed = new Set<InstanceState>();
  /** Which of several databases hold what; null where rows are not spread. */
  readonly shards: ShardChoosers | null;
  readonly #host: SessionHost;
  #flushSets: FlushSets | null = null;
  #flushing = false;
  /** The event of a row whose handler is running. */
  #telling: RowEventName | null = null;
  #withoutAutoflush = 0;

  constructor(host: SessionHost) {
    super(host);
    this.#host = host;
    this.shards = host.shards;
    this.identityMap = new IdentityMap(host.settings.identityMap === "weak");
  }

  /** What counts for everything that is read: the session's own options, as they are at this moment. */
  get standingOptions(): readonly OptionNode[] {
    const { options: own } = this.settings;
    const options = typeof own === "function" ? own(this.#host.face) : own;
    return options.length === 0 ? noOptions : standingOptions(options);
  }
  get flushing(): boolean {
    return this.#flushing;
  }

  // ── handlers of rows ───────────────────────────────────────────────────────
  /** Calls a handler of a row that is being written, and waits for it. */
  *tellOfRow(event: RowEventName, handler: () => unknown): Task<void> {
    this.#telling = event;
    try {
      yield* this.waitFor(event, handler);
    } finally {
      this.#telling = null;
    }
  }
  /** What a flush does has been decided when rows are written: more cannot be asked of it. */
  warnOfWriting(what: () => string): void {
    if (this.#telling === null) return;
    warn(
      `${what()} in a handler of ${this.#telling}, while rows are written: what follows from it may be written in part, or not at all. ` +
        "Do it in beforeFlush, or send a statement on the flush's connection, which is the handler's third argument.",
    );
  }
  /** A connection as users have it. */
  connectionFace(connection: ConnectionCore): object {
    return this.#host.connectionFace(connection);
  }

  // ── several databases with rows of the same classes ────────────────────────
  get identityToken(): IdentityToken | null {
    return this.identityMap.token;
  }
  /** Does something in one of them. */
  onShard<T>(token: IdentityToken | null, task: Task<T>): Task<T> {
    return token === this.identityMap.token ? task : this.#onShard(token, task);
  }
  *#onShard<T>(token: IdentityToken | null, task: Task<T>): Task<T> {
    const { identityMap } = this;
    const before = identityMap.token;
    identityMap.token = token;
    try {
      return yield* task;
    } finally {
      identityMap.token = before;
    }
  }
  /** Tells the router of a task what it is given besides. */
  *withBindArguments<T>(given: Readonly<Record<string, unknown>>, task: Task<T>): Task<T> {
    const before = this.bindArguments;
    this.bindArguments = given;
    try {
      return yield* task;
    } finally {
      this.bindArguments = before;
    }
  }

  // ── objects ────────────────────────────────────────────────────────────────
  contains(state: InstanceState): boolean {
    return state.session === this && state.status !== "deleted";
  }

  /** Objects whose rows differ from what they say, without those that are to be deleted. */
  changedStates(): InstanceState[] {
    const changed: InstanceState[] = [];
    const { doomed } = this;
    for (const objects of this.identityMap.changeable()) {
      for (const state of objects) {
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
    return targetBy(this, state, property, state.committed)?.object;
  }
  markModified(state: InstanceState): void {
    // Changes are found by comparison when they are needed, among the objects that are held.
    this.identityMap.hold(state);
  }
  /** Lets go of what need not be held, where that is wanted. */
  releaseUnchanged(): void {
    this.identityMap.release((state) => this.doomed.has(state));
  }
  former(state: InstanceState): FormerState | null {
    return this.#flushSets?.former.get(state) ?? null;
  }
  relationshipChanges(property: RelationshipProperty): void {
    this.warnOfWriting(() => `${property} was changed`);
  }
  loadForReading(state: InstanceState, properties: readonly LoadedProperty[]): Task<void> {
    this.identityMap.hold(state);
    return this.onShard(state.identityToken, loadForReading(this, state, properties));
  }
  *loadRelationship(state: InstanceState, property: RelationshipProperty, refuse?: () => Error): Task<void> {
    if (refuse === undefined) yield* this.autoflush();
    const load = loadRelationship(this, state, property, refuse === undefined ? {} : { refuse });
    yield* this.onShard(state.identityToken, load);
  }
  *loadTogether(states: readonly InstanceState[], property: RelationshipProperty): Task<void> {
    yield* this.autoflush();
    yield* this.onShard(states[0]?.identityToken ?? null, loadTogether(this, states, property));
  }
  /** Loads a relationship for the unit of work itself: whatever it is mapped as, without a flush in between. */
  *loadForFlush(state: InstanceState, property: RelationshipProperty): Task<void> {
    const whole = isPart(state, property);
    if (whole) forgetPart(state, property);
    const load = loadRelationship(this, state, property, { force: true, committed: true, whole });
    yield* this.onShard(state.identityToken, load);
  }
  executeLoad(select: SelectNode, parameters: ParameterValues, about: LoadReason): Task<unknown[][]> {
    const load = isObserved(this) ? observedLoad(this, select, parameters, about) : runLoad(this, select, parameters);
    return this.guard === null ? load : this.guard.loading(about, load);
  }
  /** Executes a query of the library's as if it were the program's, and gives the objects that come first in its rows. */
  *findObjects(select: SelectNode, parameters: ParameterValues, options: ExecutionOptions): Task<readonly unknown[]> {
    const { content } = yield* executeInSession(this, statementOf(select), parameters, options);
    return content.rows.map(([first]) => first);
  }
  *keysAtOnce(select: SelectNode): Task<number> {
    const { arrays, keysPerList } = yield* capabilitiesFor(this, select);
    // An array is one parameter, however many keys it has; a list has one for each.
    return arrays === true ? 50_000 : (keysPerList ?? 500);
  }
  *joinsLaterally(select: SelectNode): Task<boolean> {
    return (yield* capabilitiesFor(this, select)).lateral;
  }
  runNow<T>(task: Task<T>): T {
    return this.#host.runNow(this.guard === null ? task : this.guard.called(() => task)());
  }
  runLater<T>(task: () => Task<T>): Promise<T> {
    return this.later(task)();
  }
  later<T>(task: () => Task<T>): () => Promise<T> {
    const called = this.called(task);
    return () => this.#host.runLater(called);
  }
  defer(start: () => void): void {
    this.#host.defer(start);
  }
  waitFor(event: string, handler: () => unknown): Task<unknown> {
    return this.#host.waitFor(event, handler);
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
      throw new InvalidRequestError("The session is flushing already: flush() cannot be called by its events.", {
        code: "flush-inside-flush",
      });
    this.assertOpen();
    let changed = this.changedStates();
    if (this.pending.size === 0 && this.doomed.size === 0 && changed.length === 0) return false;
    let transaction = this.activeTransaction();
    if (this.listeners.has("beforeFlush")) {
      yield* this.#announceFlush();
      transaction = this.activeTransaction();
      changed = this.changedStates();
    }
    this.#flushing = true;
    try {
      const work = flushSession(this, transaction, changed, (sets) => {
        this.#flushSets = sets;
      });
      yield* this.guard === null ? work : this.guard.writing(work);
    } catch (error) {
      this.#flushSets = null;
      yield* this.abandon(transaction, error);
      throw error;
    } finally {
      this.#flushSets = null;
      this.#flushing = false;
    }
    yield* this.announce("afterFlushPostexec");
    return true;
  }

  /** A handler that refuses the flush leaves the transaction as it is. */
  *#announceFlush(): Task<void> {
    this.#flushing = true;
    try {
      yield* this.announce("beforeFlush");
    } finally {
      this.#flushing = false;
    }
  }

  // ── the end of transactions ────────────────────────────────────────────────
  protected settleCommitted(transaction: SessionTransaction): void {
    afterCommitOf(this, transaction);
    this.releaseUnchanged();
  }
  protected restore(transaction: SessionTransaction, keepsValues: boolean): void {
    restoreAfterRollback(this, transaction, keepsValues);
    if (!transaction.nested) this.releaseUnchanged();
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

const noOptions: readonly OptionNode[] = [];

function objectsOf(states: Iterable<InstanceState>): ReadonlySet<object> {
  const objects = new Set<object>();
  for (const state of states) objects.add(state.object);
  return objects;
}
