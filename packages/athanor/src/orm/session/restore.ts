import { stateOf } from "../instrumentation/entity.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { relatedValue, restoreRelated, unload } from "../instrumentation/related.ts";
import { expungePending, markGone } from "./attach.ts";
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
}

/** Forgets all that an object holds of its row. */
export function expireState(state: InstanceState): void {
  state.mapper.expireColumns(state);
  expireRelated(state);
  state.insertedHere = false;
}

/** Forgets what an object is related to. */
export function expireRelated(state: InstanceState): void {
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
 * keep the values they have, deleted ones are persistent. Values of the others return to what they were; a synchronous
 * session forgets them instead, and loads them when they are read.
 */
export function restoreAfterRollback(core: SessionCore, transaction: SessionTransaction): void {
  for (const state of [...core.pending]) expungePending(core, state);
  core.doomed.clear();
  const lost = undoInserts(core, transaction);
  undoDeletes(core, transaction, lost);
  restoreKeys(core, transaction);
  if (core.synchronous) expireChanged(core, transaction.nested, transaction.saved);
  else restoreValues(core, transaction.saved, lost);
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

type Saved = ReadonlyMap<InstanceState, SavedState>;

function expireChanged(core: SessionCore, changedOnly: boolean, saved: Saved): void {
  for (const state of core.identityMap.states()) {
    if (!changedOnly || saved.has(state) || state.relationshipsChanged || state.mapper.hasChanges(state))
      expireState(state);
  }
}

function restoreValues(core: SessionCore, saved: Saved, lost: ReadonlySet<InstanceState>): void {
  for (const state of core.identityMap.states()) {
    const before = saved.get(state);
    if (state.relationshipsChanged) restoreRelated(state);
    if (before !== undefined) restoreSaved(state, before);
    else if (state.mapper.hasChanges(state)) state.mapper.restoreColumns(state);
    if (lost.size > 0) forgetLost(state, lost);
  }
}

function restoreSaved(state: InstanceState, { committed, related }: SavedState): void {
  state.committed = committed;
  state.mapper.restoreColumns(state);
  if (related.size === 0) return;
  state.relatedBefore = related;
  restoreRelated(state);
}

/** Collections that were loaded inside the transaction may hold objects whose rows are gone with it. */
function forgetLost(state: InstanceState, lost: ReadonlySet<InstanceState>): void {
  if (state.related === null) return;
  for (const property of state.mapper.relationships) {
    const value = relatedValue(state, property);
    if (value === undefined || value === null) continue;
    if (Array.isArray(value)) {
      const members = value as object[];
      const kept = members.filter((member) => !isLost(member, lost));
      if (kept.length < members.length) members.splice(0, members.length, ...kept);
    } else if (isLost(value, lost)) {
      unload(state, property);
    }
  }
}

function isLost(object: object, lost: ReadonlySet<InstanceState>): boolean {
  const state = stateOf(object);
  return state !== undefined && lost.has(state);
}
