import type { Task } from "../../../util/task.ts";
import { requireState } from "../../instrumentation/entity.ts";
import { type InstanceState, NOT_LOADED } from "../../instrumentation/instance-state.ts";
import { quietly } from "../../instrumentation/quiet.ts";
import { historyOf, relatedValue } from "../../instrumentation/related.ts";
import { type Columns, isChanged, snapshotOf } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import type { RelationshipProperty, SyncPair } from "../../mapping/relationship-property.ts";
import { hasRowsOf } from "../../mapping/shared-rows.ts";
import { rolesOf, writtenReverse } from "../relationship-roles.ts";
import type { SessionCore } from "../session-core.ts";
import type { SessionTransaction } from "../session-transaction.ts";
import type { FlushPlan } from "./flush-plan.ts";

/** Rows that refer to those of a class: a relationship gives them their foreign key. */
interface Reference {
  /** The class of these rows. */
  readonly mapper: Mapper;
  readonly pairs: readonly SyncPair[];
  /** The database changes the foreign key along (ON UPDATE CASCADE). */
  readonly passive: boolean;
  /** The one-to-many that leads to them, where there is one. */
  readonly members: RelationshipProperty | null;
}

const known = new WeakMap<Mapper, readonly Reference[]>();

function referencesTo(mapper: Mapper): readonly Reference[] {
  let references = known.get(mapper);
  if (references === undefined) {
    references = findReferences(mapper);
    known.set(mapper, references);
  }
  return references;
}

/** A relationship and its way back are one reference. */
function findReferences(mapper: Mapper): readonly Reference[] {
  const found: Reference[] = [];
  for (const other of mapper.registry.mappers) {
    for (const property of rolesOf(other).written) {
      const { direction, parent, target, sync: pairs, passiveUpdates } = property;
      if (direction === "manyToMany" || parent !== other) continue;
      const isMember = direction === "oneToMany";
      const reverse = writtenReverse(property);
      if (!hasRowsOf(mapper, isMember ? parent : target) || (!isMember && reverse !== null)) continue;
      const passive = passiveUpdates && (reverse?.passiveUpdates ?? true);
      found.push({ mapper: isMember ? target : parent, pairs, passive, members: isMember ? property : null });
    }
  }
  return found;
}

const sources = new WeakMap<Mapper, ReadonlySet<number>>();

/** The places of columns whose values stand in other rows as well. */
function keyColumns(mapper: Mapper): ReadonlySet<number> {
  let columns = sources.get(mapper);
  if (columns === undefined) {
    columns = new Set([
      ...referencesTo(mapper).flatMap(({ pairs }) => pairs.map(({ source }) => source.index)),
      ...rolesOf(mapper).manyToMany.flatMap((property) => linkSources(property).map(({ index }) => index)),
    ]);
    sources.set(mapper, columns);
  }
  return columns;
}

function linkSources({ pairs, parent }: RelationshipProperty): readonly ColumnProperty[] {
  return parent.columns.filter(({ column }) => pairs.some(({ local }) => local.column === column));
}

// ── what the database changes along ──────────────────────────────────────────
/** An object whose key has another value in its row now, and what the row held before. */
export interface KeySwitch {
  readonly state: InstanceState;
  readonly before: readonly unknown[];
  /** What the row holds now, where the object does not say it yet. */
  readonly after?: readonly unknown[] | null;
}

function valueNow({ state, after }: KeySwitch, { key, index, type }: ColumnProperty): unknown {
  if (after == null) return (state.object as Columns)[key];
  const value = after[index];
  return value === null || value === NOT_LOADED ? null : type.restore(value);
}

/** Keys that a rollback gives back to their rows: what was loaded in the meantime has the others. */
export function undoneSwitches(core: SessionCore, { saved }: SessionTransaction): readonly KeySwitch[] {
  const undone: KeySwitch[] = [];
  for (const [state, { committed: after }] of saved) {
    const before = state.committed;
    if (state.session !== core || before === null || after === null) continue;
    for (const index of keyColumns(state.mapper)) {
      if (before[index] === after[index] || before[index] === NOT_LOADED || after[index] === NOT_LOADED) continue;
      undone.push({ state, before: before.slice(), after });
      break;
    }
  }
  return undone;
}

/** What the row held, if a column that others refer to is about to be settled; null for all other updates. */
export function beforeSwitch(
  { mapper, committed }: InstanceState,
  changed: readonly ColumnProperty[],
): readonly unknown[] | null {
  if (committed === null) return null;
  const keys = keyColumns(mapper);
  return keys.size > 0 && changed.some(({ index }) => keys.has(index)) ? committed.slice() : null;
}

/**
 * Objects that refer to rows whose keys have changed are told what the database has made of their foreign keys: it is no
 * change of their own.
 */
export function followSwitches(
  core: SessionCore,
  transaction: SessionTransaction | null,
  switches: readonly KeySwitch[],
): void {
  let wave = switches;
  while (wave.length > 0) {
    const next: KeySwitch[] = [];
    for (const [mapper, own] of Map.groupBy(wave, ({ state }) => state.mapper)) {
      for (const reference of referencesTo(mapper)) {
        if (!reference.passive) continue;
        for (const [child, parent] of referringTo(core, reference, own)) {
          transaction?.remember(child);
          const before = child.committed?.slice() ?? [];
          quietly(() => takeKeys(parent, child, reference.pairs));
          if (reference.pairs.some(({ destination }) => destination.column.primaryKey)) moveInMap(core, child);
          if (reference.pairs.some(({ destination }) => keyColumns(child.mapper).has(destination.index))) {
            next.push({ state: child, before });
          }
        }
      }
    }
    wave = next;
  }
}

/** Objects of the session whose rows have held the former keys. */
function referringTo(
  core: SessionCore,
  { mapper, pairs }: Reference,
  switches: readonly KeySwitch[],
): readonly (readonly [child: InstanceState, parent: KeySwitch])[] {
  const byFormerKey = new Map<unknown, KeySwitch>();
  for (const each of switches) {
    const { before } = each;
    const values = pairs.map(({ source }) => before[source.index]);
    const key = values.includes(NOT_LOADED) ? null : mapper.identityKey(values);
    if (key !== null && pairs.some(({ source }) => isSwitched(each, source))) byFormerKey.set(key, each);
  }
  if (byFormerKey.size === 0) return [];
  const found: (readonly [InstanceState, KeySwitch])[] = [];
  for (const child of core.identityMap.objectsOf(mapper).values()) {
    const { committed } = child;
    if (committed === null || child.status !== "persistent" || !child.mapper.isA(mapper)) continue;
    const values = pairs.map(({ destination }) => committed[destination.index]);
    const key = values.includes(NOT_LOADED) ? null : mapper.identityKey(values);
    const parent = key === null ? undefined : byFormerKey.get(key);
    if (parent !== undefined) found.push([child, parent]);
  }
  return found;
}

function differs({ object }: InstanceState, { key, type, index }: ColumnProperty, before: readonly unknown[]): boolean {
  return before[index] !== NOT_LOADED && isChanged(type, before[index], (object as Columns)[key]);
}

function isSwitched(given: KeySwitch, property: ColumnProperty): boolean {
  const before = given.before[property.index];
  return before !== NOT_LOADED && isChanged(property.type, before, valueNow(given, property));
}

/** The row holds the new key; so does the object, unless the program has assigned it another. */
function takeKeys(parent: KeySwitch, child: InstanceState, pairs: readonly SyncPair[]): void {
  const { committed } = child;
  const object = child.object as Columns;
  for (const { source, destination } of pairs) {
    const value = valueNow(parent, source);
    const { key, type, index } = destination;
    const isOwn = committed !== null && isChanged(type, committed[index], object[key]);
    if (!isOwn) object[key] = value;
    if (committed !== null) committed[index] = snapshotOf(type, value);
  }
}

/** An object whose primary key is another stands in the identity map under it. */
export function moveInMap(core: SessionCore, state: InstanceState): void {
  core.identityMap.remove(state);
  state.key = state.mapper.identityKeyOf(state.object);
  core.identityMap.add(state);
}

// ── what is left to the session ──────────────────────────────────────────────
/**
 * Where the database does not change foreign keys along (`passiveUpdates: false`), they are changed by the flush: objects that
 * refer to a row whose key is about to change are loaded, and get the new key; rows of association tables are noted.
 */
export function* collectKeySwitches(plan: FlushPlan, changed: readonly InstanceState[]): Task<void> {
  const queue = changed.filter((state) => !plan.deletes.has(state) && isActive(state.mapper) && hasSwitched(state));
  for (let i = 0; i < queue.length; i += 1) {
    const state = queue[i] as InstanceState;
    const before = state.committed?.slice() ?? [];
    plan.formerKeys.set(state, before);
    for (const reference of referencesTo(state.mapper)) {
      const { passive, pairs, members } = reference;
      if (passive || !pairs.some(({ source }) => differs(state, source, before))) continue;
      if (members !== null && relatedValue(state, members) === undefined) yield* plan.core.loadForFlush(state, members);
      for (const [child] of referringTo(plan.core, reference, [{ state, before }])) {
        if (plan.deletes.has(child)) continue;
        plan.addUpdate(child);
        const couldSwitch = isActive(child.mapper) && !hasSwitched(child);
        quietly(() => giveKeys(state, child, pairs));
        if (couldSwitch && hasSwitched(child)) queue.push(child);
      }
    }
    yield* collectLinks(plan, state, before);
  }
}

/** What is deleted is found by its former key; what has been given another parent keeps that. */
function giveKeys(parent: InstanceState, child: InstanceState, pairs: readonly SyncPair[]): void {
  const object = child.object as Columns;
  const isOwn = pairs.some(
    ({ destination }) =>
      child.committed !== null &&
      isChanged(destination.type, child.committed[destination.index], object[destination.key]),
  );
  if (isOwn) return;
  for (const { source, destination } of pairs) object[destination.key] = (parent.object as Columns)[source.key];
}

function* collectLinks(plan: FlushPlan, state: InstanceState, before: readonly unknown[]): Task<void> {
  for (const property of rolesOf(state.mapper).manyToMany) {
    if (property.passiveUpdates || !linkSources(property).some((each) => differs(state, each, before))) continue;
    if (relatedValue(state, property) === undefined) yield* plan.core.loadForFlush(state, property);
    const { unchanged, deleted } = historyOf(state, property);
    for (const member of [...unchanged, ...deleted]) plan.associations.move(property, state, requireState(member));
  }
}

const active = new WeakMap<Mapper, boolean>();

/** Some relationship of the class leaves nothing to the database. */
function isActive(mapper: Mapper): boolean {
  let answer = active.get(mapper);
  if (answer === undefined) {
    const isOwn = rolesOf(mapper).manyToMany.some(({ passiveUpdates }) => !passiveUpdates);
    answer = isOwn || referencesTo(mapper).some(({ passive }) => !passive);
    active.set(mapper, answer);
  }
  return answer;
}

function hasSwitched(state: InstanceState): boolean {
  const { mapper, committed } = state;
  if (committed === null) return false;
  const keys = keyColumns(mapper);
  return mapper.columns.some((property) => keys.has(property.index) && differs(state, property, committed));
}
