import { IntegrityError } from "../../../errors/statement-errors.ts";
import { offersNode } from "../../../sql/coercions/operands.ts";
import type { Task } from "../../../util/task.ts";
import { sortedGroups } from "../../../util/topological-sort.ts";
import { describeState, describeValue } from "../../instrumentation/describe-state.ts";
import { requireState } from "../../instrumentation/entity.ts";
import { type IdentityKey, type InstanceState, NOT_LOADED } from "../../instrumentation/instance-state.ts";
import { relatedValue } from "../../instrumentation/related.ts";
import { identityOf } from "../../loading/refresh.ts";
import { type Columns, snapshotOf } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import { identityKey } from "../../mapping/identity.ts";
import { rolesOf } from "../relationship-roles.ts";
import { deletionBefore, formerTargets } from "./dependencies.ts";
import { fetchOutdated } from "./fetch-outdated.ts";
import type { FlushPlan } from "./flush-plan.ts";
import { keyValue } from "./key-copiers.ts";
import type { FlushOrder } from "./order.ts";
import { statementsFor } from "./statements.ts";
import { type Blank, giverOf, type UniqueKey, uniqueKeysOf } from "./unique-keys.ts";
import { identityWithVersion, versionCheck } from "./versions.ts";
import { parametersOf, write, writingOf } from "./writing.ts";

/** An object that is to have a unique value which the row of another still holds. */
interface Conflict {
  readonly key: UniqueKey;
  readonly taker: InstanceState;
  readonly holder: InstanceState;
}

/**
 * Sees to it that a row has let go of a unique value before another takes it: rows that hold it are deleted earlier, or
 * updated in another order; where that cannot be, they get another value for a while, NULL where the column allows it.
 */
export function orderUniqueValues(plan: FlushPlan, order: FlushOrder): void {
  const conflicts = conflictsOf(plan);
  if (conflicts.length === 0) return;
  const places = placesOf(order);
  const inOneBatch: Conflict[] = [];
  for (const conflict of conflicts) {
    const { taker, holder } = conflict;
    if (plan.deletes.has(holder)) {
      const group = goesEarly(plan, holder);
      if (group !== null) plan.early.push(group);
      else makeRoom(plan, conflict);
      continue;
    }
    const [from, to] = [places.get(holder), places.get(taker)];
    if (from === undefined || to === undefined || from > to) makeRoom(plan, conflict);
    else if (from === to) inOneBatch.push(conflict);
  }
  orderUpdates(plan, inOneBatch);
}

// ── who is in whose way ──────────────────────────────────────────────────────
function conflictsOf(plan: FlushPlan): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  for (const { inserts, updates, deletes } of plan.works.values()) {
    if (deletes.size === 0 && updates.size === 0) continue;
    const held = new Map<unknown, Map<IdentityKey, InstanceState>>();
    const hold = (state: InstanceState, key: UniqueKey): void => {
      const before = formerKey(state, key);
      if (before === null) return;
      const known = held.get(key.source);
      if (known === undefined) held.set(key.source, new Map([[before, state]]));
      else known.set(before, state);
    };
    for (const state of deletes) for (const key of uniqueKeysOf(state.mapper)) hold(state, key);
    const takers: (readonly [InstanceState, UniqueKey])[] = [];
    for (const state of updates) {
      if (deletes.has(state)) continue;
      for (const key of uniqueKeysOf(state.mapper)) {
        if (!changes(state, key)) continue;
        hold(state, key);
        takers.push([state, key]);
      }
    }
    if (held.size === 0) continue;
    for (const state of inserts) {
      for (const key of uniqueKeysOf(state.mapper)) if (!key.isPrimary) takers.push([state, key]);
    }
    for (const [taker, key] of takers) {
      const holders = held.get(key.source);
      const next = holders === undefined ? null : nextKey(taker, key);
      const holder = next === null ? undefined : holders?.get(next);
      if (holder !== undefined && holder !== taker) conflicts.push({ key, taker, holder });
    }
  }
  return conflicts;
}

function formerKey({ committed }: InstanceState, { properties }: UniqueKey): IdentityKey | null {
  if (committed === null) return null;
  const values = properties.map(({ index }) => committed[index]);
  return values.includes(NOT_LOADED) || values.includes(null) ? null : identityKey(values);
}

function changes(state: InstanceState, { properties }: UniqueKey): boolean {
  const { committed, relatedBefore } = state;
  const object = state.object as Columns;
  return properties.some((property) => {
    const { key, index } = property;
    if (relatedBefore !== null && giverOf(state.mapper, property) !== null) return true;
    return Object.hasOwn(object, key) && committed !== null && object[key] !== committed[index];
  });
}

function nextKey(state: InstanceState, { properties }: UniqueKey): IdentityKey | null {
  const values = properties.map((property) => nextValue(state, property));
  return values.some((value) => value === null || value === undefined || value === NOT_LOADED)
    ? null
    : identityKey(values);
}

/** What the row will hold; NOT_LOADED where that is not known yet. */
function nextValue(state: InstanceState, property: ColumnProperty): unknown {
  const giver = state.relatedBefore === null ? null : giverOf(state.mapper, property);
  if (giver !== null && state.relatedBefore?.has(giver) === true) {
    const target = relatedValue(state, giver);
    if (target === null) return null;
    const source = giver.sync.find(({ destination }) => destination === property)?.source;
    const other = target === undefined ? null : requireState(target);
    return other === null || source === undefined || other.status !== "persistent"
      ? NOT_LOADED
      : keyValue(other, source);
  }
  const value = (state.object as Columns)[property.key];
  return typeof value === "object" && value !== null && offersNode(value) ? NOT_LOADED : value;
}

// ── deleting earlier ─────────────────────────────────────────────────────────
/** A row that is to be deleted, and those that have to go before it; null where something else has to be written first. */
function goesEarly(plan: FlushPlan, holder: InstanceState): ReadonlySet<InstanceState> | null {
  const group = new Set([holder]);
  const before = deletionBefore(plan, [...plan.deletes]);
  const referring = new Map<InstanceState, InstanceState[]>();
  for (const [child, parents] of before) {
    for (const parent of parents) {
      const children = referring.get(parent);
      if (children === undefined) referring.set(parent, [child]);
      else children.push(child);
    }
  }
  for (const state of group) for (const child of referring.get(state) ?? []) group.add(child);
  return isHeld(plan, group) ? null : group;
}

/** Some row that stays refers to one of these, until it has been updated, or a link to it has been cut. */
function isHeld(plan: FlushPlan, group: ReadonlySet<InstanceState>): boolean {
  for (const losses of plan.cleared.values()) if (losses.some(({ parent }) => group.has(parent))) return true;
  for (const links of [...plan.associations.removed.values(), ...plan.associations.moved.values()]) {
    for (const [near, members] of links) if (group.has(near) || !members.isDisjointFrom(group)) return true;
  }
  for (const { updates } of plan.works.values()) {
    for (const state of updates) {
      if (state.relatedBefore === null) continue;
      for (const property of rolesOf(state.mapper).manyToOne) {
        if (formerTargets(plan, state, property).some((each) => each !== undefined && group.has(each))) return true;
      }
    }
  }
  return false;
}

// ── updating in another order ────────────────────────────────────────────────
/** Where an object is written: updates of a batch before its inserts. */
function placesOf({ saves }: FlushOrder): ReadonlyMap<InstanceState, number> {
  const places = new Map<InstanceState, number>();
  for (const [index, { updates, inserts }] of saves.entries()) {
    for (const state of updates) places.set(state, 2 * index);
    for (const state of inserts) places.set(state, 2 * index + 1);
  }
  return places;
}

function orderUpdates(plan: FlushPlan, conflicts: readonly Conflict[]): void {
  let open = conflicts;
  while (open.length > 0) {
    const holders = new Map<InstanceState, Set<InstanceState>>();
    for (const { taker, holder } of open) {
      const known = holders.get(taker);
      if (known === undefined) holders.set(taker, new Set([holder]));
      else known.add(holder);
    }
    const states = new Set(open.flatMap(({ taker, holder }) => [holder, taker]));
    const groups = sortedGroups([...states], (state) => holders.get(state) ?? []);
    const rings = groups.filter(({ length }) => length > 1);
    if (rings.length === 0) {
      for (const [rank, state] of groups.flat().entries()) plan.ranks.set(state, rank + 1);
      return;
    }
    // Whoever begins in a ring makes room for the one that ends it.
    const first = new Set(rings.map(([state]) => state));
    for (const conflict of open) if (first.has(conflict.holder)) makeRoom(plan, conflict);
    open = open.filter(({ holder }) => !first.has(holder));
  }
}

// ── making room ──────────────────────────────────────────────────────────────
function makeRoom(plan: FlushPlan, { key, holder, taker }: Conflict): void {
  if (key.blank === null) plan.unresolved.push({ properties: key.properties, holder, taker });
  else plan.blanks.set(holder, [...(plan.blanks.get(holder) ?? []), key.blank]);
}

/** Rows that make room get another value for a while. */
export function* writeBlanks(plan: FlushPlan): Task<void> {
  for (const [state, blanks] of plan.blanks) {
    yield* plan.core.onShard(state.identityToken, writeBlank(plan, state, blanks));
  }
}

function* writeBlank(plan: FlushPlan, state: InstanceState, blanks: readonly Blank[]): Task<void> {
  const { mapper } = state;
  const writing = yield* writingOf(plan, mapper);
  for (const table of mapper.tables) {
    const own = blanks.filter(({ property }) => table.columns.some(({ column }) => column === property.column));
    if (own.length === 0) continue;
    const check = versionCheck(state, table);
    const columns = [...new Set(own.map(({ property }) => property))].sort((a, b) => a.index - b.index);
    const statement = statementsFor(writing.connection.engine, table).update(columns, false, check);
    const values: Columns = Object.fromEntries(own.map(({ property, make }) => [property.key, make()]));
    const identity = identityWithVersion({ state, identity: identityOf(state) }, table);
    const set = parametersOf(statement, { object: values, mapper }, identity);
    const [row] = (yield* write(writing, statement, mapper, [set])).rows;
    if (row !== undefined) mapper.hydratePartially(state, statement.returned, row, 0);
    if (state.committed !== null) {
      for (const { key, index, type } of columns) state.committed[index] = snapshotOf(type, values[key]);
    }
    yield* fetchOutdated(writing, table, [state], statement.outdated);
  }
}

// ── what could not be done ───────────────────────────────────────────────────
/** The error of a unique value that could not be freed, with what to do. */
export function explainUniqueValue(error: unknown, { unresolved }: FlushPlan): unknown {
  const [first] = unresolved;
  if (first === undefined || !(error instanceof IntegrityError) || error.violation !== "unique") return error;
  const { statement, parameters, connectionInvalidated, retryable, violation, constraint, table, columns } = error;
  const { properties, taker, holder } = first;
  const values = properties.map(({ key }) => `${key} ${describeValue((taker.object as Columns)[key])}`).join(", ");
  return new IntegrityError(
    `${describeState(taker)} is to have the ${values}, which the row of ${describeState(holder)} holds until later in the same ` +
      "flush. Give that one another value, or delete it, and flush() before.",
    {
      cause: error.cause,
      statement,
      parameters,
      batch: false,
      hideParameters: parameters === null,
      connectionInvalidated,
      retryable,
      violation,
      constraint,
      table,
      columns,
    },
  );
}
