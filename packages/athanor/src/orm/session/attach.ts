import { InvalidRequestError } from "../../errors/errors.ts";
import type { Task } from "../../util/task.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import { requireState } from "../instrumentation/entity.ts";
import { type InstanceState, NOT_LOADED } from "../instrumentation/instance-state.ts";
import { isWhole } from "../instrumentation/parts.ts";
import { type RelatedValue, relatedObjects } from "../instrumentation/related.ts";
import { cascadeOver, relatedStates } from "./cascade.ts";
import { rolesOf } from "./relationship-roles.ts";
import type { SessionCore } from "./session-core.ts";
import type { SessionTransaction } from "./session-transaction.ts";

/** Objects whose rows were deleted by a transaction that was committed. */
const gone = new WeakSet<InstanceState>();

/** The row of a deleted object is gone for good. */
export function markGone(state: InstanceState): void {
  gone.add(state);
}
export function isGone(state: InstanceState): boolean {
  return gone.has(state);
}
/** It may stand for another row. */
export function forgetGone(state: InstanceState): void {
  gone.delete(state);
}

// ── coming in ────────────────────────────────────────────────────────────────
/** Takes an object into the session, and along the save-update cascade everything that it is related to. */
export function addCascading(core: SessionCore, root: InstanceState): void {
  core.warnOfWriting(() => `${describeState(root)} was added to the session`);
  core.activeTransaction();
  attach(core, root);
  const queue = [root];
  // A graph of thousands of new objects goes through here: what is no news is left out as early as possible.
  for (let i = 0; i < queue.length; i += 1) {
    const state = queue[i] as InstanceState;
    if (state.related === null && state.pendingCollections === null) continue;
    for (const property of rolesOf(state.mapper).saveUpdate) {
      const value = state.related?.[property.index] as RelatedValue;
      if (Array.isArray(value)) for (const member of value as object[]) follow(core, member, queue);
      else if (value !== undefined && value !== null) follow(core, value, queue);
    }
    if (state.pendingCollections !== null || state.key !== null) followChanges(core, state, queue);
  }
}

function follow(core: SessionCore, object: object, queue: InstanceState[]): void {
  const state = requireState(object);
  // Only what is added by name is spared from deletion; what it is related to is not.
  if (state.session === core || gone.has(state)) return;
  attach(core, state);
  queue.push(state);
}

/** What has come into a collection that is not loaded; and what was taken out, which has to be written where it has a row. */
function followChanges(core: SessionCore, state: InstanceState, queue: InstanceState[]): void {
  const { relatedBefore, pendingCollections } = state;
  for (const property of rolesOf(state.mapper).saveUpdate) {
    for (const member of pendingCollections?.get(property)?.added ?? []) follow(core, member, queue);
    const before = relatedBefore?.get(property);
    if (before === undefined || before === NOT_LOADED) continue;
    for (const member of relatedObjects(before as RelatedValue)) {
      if (requireState(member).key !== null) follow(core, member, queue);
    }
  }
}

function attach(core: SessionCore, state: InstanceState): void {
  if (state.session === core) {
    if (state.status === "deleted") throw wasDeleted(state);
    // What was to be deleted is kept.
    core.doomed.delete(state);
    return;
  }
  if (state.session !== null) throw foreign(state);
  const isNew = state.key === null;
  if (!isNew) assertAttachable(core, state);
  core.fire("beforeAttach", state.object);
  state.session = core;
  if (isNew) {
    state.status = "pending";
    core.pending.add(state);
  } else {
    state.status = "persistent";
    core.identityMap.add(state);
  }
  core.fire("afterAttach", state.object);
  core.fire(isNew ? "transientToPending" : "detachedToPersistent", state.object);
}

function assertAttachable(core: SessionCore, state: InstanceState): void {
  if (gone.has(state)) throw wasDeleted(state);
  const other = state.key === null ? undefined : core.identityMap.getBeside(state, state.mapper, state.key);
  if (other === undefined || other === state) return;
  throw new InvalidRequestError(
    `${describeState(state)} cannot come into this session: another object for the same row is there already. ` +
      "Use session.merge() to copy its values to that one.",
    { code: "conflicting-object" },
  );
}

function wasDeleted(state: InstanceState): Error {
  return new InvalidRequestError(
    `${describeState(state)} has been deleted. To insert its values as a new row, make a new object of them.`,
    { code: "deleted-object" },
  );
}

function foreign(state: InstanceState): Error {
  return new InvalidRequestError(
    `${describeState(state)} is already attached to another session. ` +
      "Take it out there with expunge(), or use merge() for a copy in this session.",
    { code: "object-of-another-session" },
  );
}

// ── deletion ─────────────────────────────────────────────────────────────────
/** Marks an object for deletion, and along the delete cascade what belongs to it; what is not loaded is loaded. */
export function* deleteCascading(core: SessionCore, root: InstanceState): Task<void> {
  core.warnOfWriting(() => `${describeState(root)} was deleted`);
  core.activeTransaction();
  if (root.key === null) {
    throw new InvalidRequestError(
      `${describeState(root)} has no row yet, so there is nothing to delete. Take it out of the session with expunge().`,
    );
  }
  if (root.status === "deleted" || core.doomed.has(root)) return;
  if (root.session !== core) attach(core, root);
  const reached = yield* deletionsFrom(core, root);
  for (const state of reached) {
    if (state.status === "pending") expungePending(core, state);
    else if (state.key !== null && state.status !== "deleted") {
      if (state.session !== core) attach(core, state);
      core.doomed.add(state);
    }
  }
}

/** The same for several objects. */
export function* deleteAllCascading(core: SessionCore, roots: readonly InstanceState[]): Task<void> {
  for (const root of roots) yield* deleteCascading(core, root);
}

/** An object and all that is deleted with it. */
export function* deletionsFrom(core: SessionCore, root: InstanceState): Task<Set<InstanceState>> {
  const reached = new Set([root]);
  for (const state of reached) {
    for (const property of rolesOf(state.mapper).delete) {
      if (!isWhole(state, property) && property.passiveDeletes === false) {
        // Children that were moved, but not flushed, still belong to their former parent in the database.
        yield* core.autoflush();
        yield* core.loadForFlush(state, property);
      }
      for (const related of relatedStates(state, property)) {
        // What was deleted before may still be in a collection that nobody has loaded again.
        if (!core.doomed.has(related) && !gone.has(related)) reached.add(related);
      }
    }
  }
  return reached;
}

/** The row of an object has been deleted in a transaction. */
export function noteDeleted(core: SessionCore, transaction: SessionTransaction, state: InstanceState): void {
  core.identityMap.remove(state);
  state.status = "deleted";
  transaction.deleted.push(state);
}

// ── going out ────────────────────────────────────────────────────────────────
/** Takes an object out of the session, and along the expunge cascade what it is related to. */
export function expungeCascading(core: SessionCore, object: object): void {
  const root = requireState(object);
  if (root.session !== core) {
    throw new InvalidRequestError(`${describeState(root)} is not in this session, so it cannot be taken out of it.`);
  }
  const seen = new Set([root]);
  cascadeOver(root, "expunge", (state) => {
    if (seen.has(state)) return false;
    seen.add(state);
    return true;
  });
  for (const state of seen) if (state.session === core) detach(core, state);
}

/** Lets go of one object. */
export function detach(core: SessionCore, state: InstanceState): void {
  if (state.status === "pending") {
    expungePending(core, state);
    return;
  }
  core.identityMap.remove(state);
  core.doomed.delete(state);
  release(core, state);
}

/** An object that the identity map holds no longer is the session's no longer. */
export function release(core: SessionCore, state: InstanceState): void {
  const wasPersistent = state.status === "persistent";
  state.session = null;
  state.status = "detached";
  if (wasPersistent) core.fire("persistentToDetached", state.object);
}

/** A new object is not to be inserted after all. */
export function expungePending(core: SessionCore, state: InstanceState): void {
  state.session = null;
  state.status = "transient";
  core.pending.delete(state);
  core.fire("pendingToTransient", state.object);
}
