import { FormerValues } from "../instrumentation/former-values.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { relatedValue, restoreRelated, unload } from "../instrumentation/related.ts";
import { tellExpired } from "../mapping/mapper-events.ts";
import { expungePending, markGone } from "./attach.ts";
import { followSwitches, undoneSwitches } from "./flush/key-switches.ts";
import { forgetLost, putBack, returnsOf, unlink } from "./memberships.ts";
import type { SessionCore } from "./session-core.ts";
import type { SavedState, SessionTransaction } from "./session-transaction.ts";

// ── commit ───────────────────────────────────────────────────────────────────
/** What becomes of objects when their transaction has been committed. */
export function afterCommitOf(core: SessionCore, transaction: SessionTransaction): void {
  for (const state of transaction.deleted) {
    if (state.session !== core || state.status !== "deleted") continue;
    state.session = null;
    state.status = "detached";
    markGone(state);
    core.fire("deletedToDetached", state.object);
  }
  if (core.settings.expireOnCommit) for (const state of core.identityMap.states()) expireState(state);
  else forgetLost(core, new Set(transaction.deleted));
}

/** Forgets all that an object holds of its row. */
export function expireState(state: InstanceState): void {
  state.session?.markModified(state);
  const { mapper, committed } = state;
  const identity = mapper.primaryKey.length === 1 ? null : mapper.primaryKey.map(({ index }) => committed?.[index]);
  mapper.expireColumns(state);
  // A key of several columns cannot be read off `state.key`, and without it the row could not be found again.
  for (const [position, { index }] of mapper.primaryKey.entries()) {
    if (identity !== null && state.committed !== null) state.committed[index] = identity[position];
  }
  expireRelated(state);
  state.insertedHere = false;
  tellExpired(mapper, state.object, null);
}

/** Forgets what an object is related to. */
function expireRelated(state: InstanceState): void {
  if (state.related === null && state.relatedBefore === null && state.pendingCollections === null) return;
  for (const property of state.mapper.relationships) {
    if (
      relatedValue(state, property) !== undefined ||
      state.relatedBefore !== null ||
      state.pendingCollections !== null
    ) {
      unload(state, property);
    }
  }
}

// ── rollback ─────────────────────────────────────────────────────────────────
/**
 * Brings the objects back to where they were before the transaction, or the savepoint: new ones are transient again and
 * keep the values they have, deleted ones are persistent. Values of the others return to what they were; after a whole
 * transaction, a synchronous session forgets them instead, and loads them when they are read. A session that is closed
 * leaves them as they are.
 */
export function restoreAfterRollback(core: SessionCore, transaction: SessionTransaction, keepsValues = false): void {
  for (const state of [...core.pending]) expungePending(core, state);
  core.doomed.clear();
  const returns = returnsOf(core, transaction);
  const lost = undoInserts(core, transaction);
  undoDeletes(core, transaction, lost);
  const undone = undoneSwitches(core, transaction);
  restoreKeys(core, transaction);
  if (undone.length > 0) followSwitches(core, null, undone);
  if (!keepsValues) restoreOrForget(core, transaction);
  putBack(core, returns);
  unlink(transaction);
  forgetLost(core, lost);
}

function restoreOrForget(core: SessionCore, transaction: SessionTransaction): void {
  if (core.synchronous && !transaction.nested) for (const state of core.identityMap.states()) expireState(state);
  else restoreValues(core, transaction);
}

function undoInserts(core: SessionCore, transaction: SessionTransaction): ReadonlySet<InstanceState> {
  const lost = new Set<InstanceState>();
  for (const state of transaction.inserted) {
    if (state.session !== core) continue;
    lost.add(state);
    core.identityMap.remove(state);
    const wasPersistent = state.status === "persistent";
    state.session = null;
    state.status = "transient";
    state.key = null;
    state.committed = null;
    state.insertedHere = false;
    if (wasPersistent) core.fire("persistentToTransient", state.object);
  }
  return lost;
}

function undoDeletes(core: SessionCore, transaction: SessionTransaction, lost: ReadonlySet<InstanceState>): void {
  for (const state of transaction.deleted) {
    if (lost.has(state) || state.session !== core || state.status !== "deleted") continue;
    state.status = "persistent";
    core.identityMap.add(state);
    core.fire("deletedToPersistent", state.object);
  }
}

/** Primary keys that were changed are what they were. */
function restoreKeys(core: SessionCore, transaction: SessionTransaction): void {
  const moved = [...transaction.saved].filter(([state, { key }]) => state.session === core && state.key !== key);
  for (const [state] of moved) core.identityMap.remove(state);
  for (const [state, { key }] of moved) {
    state.key = key;
    core.identityMap.add(state);
  }
}

function restoreValues(core: SessionCore, { saved }: SessionTransaction): void {
  for (const state of core.identityMap.states()) {
    const before = saved.get(state);
    if (state.relationshipsChanged) restoreRelated(state);
    if (before !== undefined) restoreSaved(state, before);
    else if (state.mapper.hasChanges(state)) state.mapper.restoreColumns(state);
  }
}

function restoreSaved(state: InstanceState, { committed, related }: SavedState): void {
  state.committed = committed;
  state.mapper.restoreColumns(state);
  if (related.size === 0) return;
  state.relatedBefore = FormerValues.from(related);
  restoreRelated(state);
}
