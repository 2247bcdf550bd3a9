import type { Listenable, Listeners } from "../../events/listeners.ts";
import { type EVENTS, LISTENERS } from "../../util/symbols.ts";
import { requireState, stateOf } from "../instrumentation/entity.ts";
import { addCascading, expungeCascading } from "./attach.ts";
import { expireObject } from "./loads.ts";
import type { SessionCore } from "./session-core.ts";
import type { SessionEvents } from "./session-events.ts";

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
  /** @internal */
  get [LISTENERS](): Listeners {
    return this.$core.listeners;
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
  get identityMap(): ReadonlySet<object> {
    const objects = new Set<object>();
    for (const state of this.$core.identityMap.states()) objects.add(state.object);
    return objects;
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
  /** Whether an object differs from its row, or one of its relationships has changed. */
  isModified(object: object): boolean {
    const state = requireState(object);
    return state.relationshipsChanged || state.mapper.hasChanges(state);
  }
  [Symbol.iterator](): Iterator<object> {
    const { pending, identityMap } = this.$core;
    return [...pending, ...identityMap.states()].map(({ object }) => object)[Symbol.iterator]();
  }
}
