import type { Task } from "../../../util/task.ts";
import { formerState } from "../../instrumentation/history.ts";
import type { IdentityToken, InstanceState } from "../../instrumentation/instance-state.ts";
import { commitRelated } from "../../instrumentation/related.ts";
import { expireExpressions } from "../../mapping/expression-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import type { FlushSets, SessionCore } from "../session-core.ts";
import type { SessionTransaction } from "../session-transaction.ts";
import { byShard, placeNewObjects } from "../shards.ts";
import { writeAssociations } from "./association-rows.ts";
import { collect } from "./collect.ts";
import { deleteRows } from "./delete-rows.ts";
import { FlushPlan } from "./flush-plan.ts";
import { insertRows, prepareInserts, settlesAtOnce } from "./insert-rows.ts";
import { type FlushOrder, orderOf, type SaveBatch } from "./order.ts";
import { findPostUpdates, writePostUpdates } from "./post-updates.ts";
import { synchronizeChildren, synchronizeKeys } from "./synchronize.ts";
import { explainUniqueValue, orderUniqueValues, writeBlanks } from "./unique-values.ts";
import { updateRows } from "./update-rows.ts";
import { writingOf } from "./writing.ts";

/**
 * Writes what has changed: finds out what there is to do, puts it in order, writes it class by class, and takes note of it
 * in the objects.
 *
 * @param changed persistent objects that differ from their rows
 * @param publish is told what the flush is about, before the first statement
 */
export function* flushSession(
  core: SessionCore,
  transaction: SessionTransaction,
  changed: readonly InstanceState[],
  publish: (sets: FlushSets) => void,
): Task<void> {
  placeNewObjects(core);
  const plan = new FlushPlan(core, transaction);
  const insertedBefore = transaction.inserted.length;
  yield* collect(plan, changed);
  const order = orderOf(plan);
  orderUniqueValues(plan, order);
  const hasEvents = core.listeners.has("afterFlush");
  const deleted = [...plan.deletes];
  if (hasEvents) {
    const dirty = changed.filter((state) => !plan.deletes.has(state));
    const states = [...core.pending, ...changed, ...deleted];
    const former = new Map(states.map((state) => [state, formerState(state)]));
    publish({ new: new Set(core.pending), dirty: new Set(dirty), deleted: new Set(deleted), former });
  }
  if (plan.works.size > 0 || !plan.associations.isEmpty) {
    try {
      yield* writeAll(plan, order);
    } catch (error) {
      throw explainUniqueValue(error, plan);
    }
  }
  const inserts = [...plan.works.values()].map((work) => work.inserts);
  // Mostly all have been inserted.
  if (transaction.inserted.length - insertedBefore === core.pending.size) core.pending.clear();
  else core.pending.settle();
  for (const state of deleted) core.doomed.delete(state);
  for (const states of inserts) settleInserted(states);
  settle(changed);
  settle(plan.cleared.keys());
  if (hasEvents) yield* core.announce("afterFlush");
  tellStates(core, inserts, deleted);
}

function* writeAll(plan: FlushPlan, { saves, deletes }: FlushOrder): Task<void> {
  const postUpdates = findPostUpdates(plan);
  if (plan.blanks.size > 0) yield* writeBlanks(plan);
  if (plan.early.length > 0) yield* deleteEarly(plan, deletes);
  for (const batch of saves) {
    for (const [token, part] of partsOf(plan, batch)) yield* plan.core.onShard(token, save(plan, part));
  }
  if (postUpdates !== null && postUpdates.work.length > 0) yield* writePostUpdates(plan, postUpdates);
  if (!plan.associations.isEmpty) yield* writeAssociations(plan);
  for (const states of deletes) yield* deleteAll(plan, states);
}

function* deleteEarly(plan: FlushPlan, deletes: FlushOrder["deletes"]): Task<void> {
  const early = new Set(plan.early.flatMap((group) => [...group]));
  for (const states of deletes) {
    yield* deleteAll(
      plan,
      states.filter((state) => early.has(state)),
    );
  }
}

/** Deletes rows of one class. */
function* deleteAll(plan: FlushPlan, states: readonly InstanceState[]): Task<void> {
  for (const [token, part] of byShard(plan.core, states)) yield* plan.core.onShard(token, deletePart(plan, part));
}

function* deletePart(plan: FlushPlan, states: readonly InstanceState[]): Task<void> {
  const [first] = states;
  if (first !== undefined) yield* deleteRows(yield* writingOf(plan, first.mapper), states);
}

/** A batch for each database that has rows of it. */
function partsOf({ core }: FlushPlan, batch: SaveBatch): Iterable<readonly [IdentityToken | null, SaveBatch]> {
  if (core.shards === null) return [[null, batch]];
  const parts = new Map<IdentityToken | null, SaveBatch>();
  for (const kind of ["updates", "inserts"] as const) {
    for (const [token, states] of byShard(core, batch[kind])) {
      parts.set(token, { ...(parts.get(token) ?? { ...batch, updates: [], inserts: [] }), [kind]: states });
    }
  }
  return parts;
}

function* save(plan: FlushPlan, { mapper, updates, inserts }: SaveBatch): Task<void> {
  const writing = yield* writingOf(plan, mapper);
  if (mapper.derived.length > 0) for (const state of inserts) mapper.writeBack(state);
  for (const state of updates) synchronizeKeys(plan, state);
  const prepared = yield* prepareInserts(writing, inserts);
  if (updates.length + prepared.switched.length > 0) {
    yield* updateRows(writing, inTurn([...updates, ...prepared.switched]));
  }
  if (prepared.runs.length > 0) yield* insertRows(writing, prepared);
  if (mapper.expressions.length > 0) expireComputed(mapper, [...updates, ...inserts]);
  if (mapper.subclasses.length === 0 && settlesAtOnce(mapper)) return;
  for (const state of updates) synchronizeChildren(plan, state, false);
  for (const state of inserts) synchronizeChildren(plan, state, false);
}

/** What the database computes of a row may be another thing now. */
function expireComputed({ expressions }: Mapper, states: readonly InstanceState[]): void {
  const outdated = expressions.filter(({ expireOnFlush }) => expireOnFlush);
  for (const state of states) expireExpressions(state, outdated);
}

/** Deleted objects, and new ones that are not to be inserted, are left out. */
function inTurn(states: readonly InstanceState[]): readonly InstanceState[] {
  return states.filter((state) => state.status === "persistent");
}

/** What relationships hold now is what they held at the last flush. */
function settle(states: Iterable<InstanceState>): void {
  for (const state of states) commitRelated(state);
}

function settleInserted(states: readonly InstanceState[]): void {
  const [first] = states;
  if (first === undefined) return;
  const { base } = first.mapper;
  if (base.subclasses.length > 0 || !settlesAtOnce(base)) settle(states);
}

function tellStates(
  core: SessionCore,
  inserted: readonly (readonly InstanceState[])[],
  deleted: readonly InstanceState[],
): void {
  const { listeners } = core;
  if (listeners.has("pendingToPersistent")) {
    for (const states of inserted) for (const { object } of states) core.fire("pendingToPersistent", object);
  }
  if (listeners.has("persistentToDeleted")) for (const { object } of deleted) core.fire("persistentToDeleted", object);
}
