import { InvalidRequestError } from "../../errors/errors.ts";
import type { Listenable, Listeners } from "../../events/listeners.ts";
import { type EVENTS, LISTENERS } from "../../util/symbols.ts";
import { requireState, stateOf } from "../instrumentation/entity.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { addCascading, expungeCascading } from "./attach.ts";
import type { SessionStatistics } from "./guard/guard-options.ts";
import { LoadedObjects } from "./loaded-objects.ts";
import { expireObject } from "./refresh-object.ts";
import type { SessionCore } from "./session-core.ts";
import { type SessionEvents, sessionClassListeners } from "./session-events.ts";

export interface ModifiedOptions {
  /** Count changes of collections, which are changes of other rows. Default true. */
  readonly includeCollections?: boolean;
}

/** What both kinds of session have in common: what is done with objects without asking the database. */
export abstract class UnitOfWork<S> implements Listenable<SessionEvents<S>> {
  declare readonly [EVENTS]: SessionEvents<S>;
  /** Anything of your own. */
  readonly info: Record<string, unknown>;

  constructor(info: Readonly<Record<string, unknown>> | undefined) {
    this.info = { ...info };
  }

  /** @internal */
  abstract get $core(): SessionCore;
  /** `listen(Session, …)` hears of all sessions of a class and of those that extend it. @internal */
  static get [LISTENERS](): Listeners {
    return sessionClassListeners(this);
  }
  /** @internal */
  get [LISTENERS](): Listeners {
    return this.$core.listeners;
  }

  /** Queries flush first, unless they are told otherwise. */
  get autoflush(): boolean {
    return this.$core.settings.autoflush;
  }
  /** A commit makes objects forget what they hold. */
  get expireOnCommit(): boolean {
    return this.$core.settings.expireOnCommit;
  }
  /**
   * What was sent in the transaction that is under way, or that was the last.
   *
   * @throws InvalidRequestError of a session that was made without a `guard`.
   */
  get statistics(): SessionStatistics {
    const { guard } = this.$core;
    if (guard !== null) return guard.statistics;
    throw new InvalidRequestError("This session does not count its statements: make it with { guard: true }.");
  }
  /** Objects to be inserted by the next flush. */
  get new(): ReadonlySet<object> {
    return this.$core.newObjects;
  }
  /** Objects that differ from their rows. */
  get dirty(): ReadonlySet<object> {
    return this.$core.dirtyObjects;
  }
  /** Objects to be deleted by the next flush. */
  get deleted(): ReadonlySet<object> {
    return this.$core.deletedObjects;
  }
  /** The objects that have rows. */
  get identityMap(): LoadedObjects {
    return new LoadedObjects(this.$core);
  }
  /** A transaction is under way: it begins when the session is first used. */
  get inTransaction(): boolean {
    return this.$core.transaction !== null;
  }
  /** A savepoint is under way. */
  get inNestedTransaction(): boolean {
    return this.$core.transaction?.nested === true;
  }
  /** What was done since the last commit has not failed. */
  get isActive(): boolean {
    return this.$core.transaction?.failed !== true;
  }

  /**
   * Puts an object into the session, with what it is related to (cascade `save-update`). New objects are inserted by the
   * next flush.
   *
   * @throws InvalidRequestError when another session has it.
   */
  add(object: object): void {
    addCascading(this.$core, requireState(object));
  }
  addAll(objects: Iterable<object>): void {
    for (const object of objects) this.add(object);
  }
  /** Takes an object out of the session, with what it is related to along the cascade `expunge`. */
  expunge(object: object): void {
    expungeCascading(this.$core, object);
  }
  /** Takes all objects out of the session. */
  expungeAll(): void {
    this.$core.expungeAll();
  }
  /**
   * Forgets what an object holds, or some of its attributes, its own changes too: they are loaded when they are next read. An
   * asynchronous session cannot do that; use `refresh()` there.
   */
  expire(object: object, attributes?: readonly string[]): void {
    expireObject(this.$core, requireState(object), attributes);
  }
  expireAll(): void {
    for (const state of [...this.$core.identityMap.states()]) expireObject(this.$core, state);
  }
  /** Whether an object is in the session. */
  contains(object: object): boolean {
    const state = stateOf(object);
    return state !== undefined && this.$core.contains(state);
  }
  /** The same: whether an object is in the session. */
  has(object: object): boolean {
    return this.contains(object);
  }
  /** Whether an object differs from its row, or one of its relationships has changed. */
  isModified(object: object, { includeCollections = true }: ModifiedOptions = {}): boolean {
    const state = requireState(object);
    if (state.mapper.hasChanges(state)) return true;
    return includeCollections ? state.relationshipsChanged : scalarsChanged(state);
  }
  [Symbol.iterator](): Iterator<object> {
    const { pending, identityMap } = this.$core;
    return [...pending, ...identityMap.states()].map(({ object }) => object)[Symbol.iterator]();
  }
}

function scalarsChanged({ mapper, relatedBefore }: InstanceState): boolean {
  return mapper.relationships.some((each) => !each.isCollection && relatedBefore?.has(each) === true);
}
