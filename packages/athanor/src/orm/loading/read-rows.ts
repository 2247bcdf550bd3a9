import type { Task } from "../../util/task.ts";
import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import { markPart } from "../instrumentation/parts.ts";
import { relatedValue, setLoaded } from "../instrumentation/related.ts";
import { defineComputed } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { hasRowsOf } from "../mapping/shared-rows.ts";
import type { EntityPlan, JoinedRelation } from "./entity-plan.ts";
import type { LoadRun } from "./load-run.ts";
import type { ComputedValue } from "./load-tree.ts";
import { warnOfSeveral } from "./one-of-several.ts";
import { complete, overwrite } from "./put-values.ts";
import { readPolymorphic } from "./read-polymorphic.ts";

/** Makes objects of rows and loads everything that goes with them. One state for each row; null where the row has none. */
export function* loadRows(plan: EntityPlan, rows: unknown[][], run: LoadRun): Task<(InstanceState | null)[]> {
  const states = readRows(plan, rows, run);
  yield* loadPostponed(run);
  return states;
}

/** Makes objects of rows, and of what is joined in them; what takes statements of its own is postponed. */
export function readRows(plan: EntityPlan, rows: unknown[][], run: LoadRun): (InstanceState | null)[] {
  const states = readAll(plan, rows, run);
  run.news?.tell(run.session);
  return states;
}

function readAll(plan: EntityPlan, rows: unknown[][], run: LoadRun): (InstanceState | null)[] {
  const { polymorphic } = plan;
  const states = polymorphic === null ? readStates(plan, rows, run) : readPolymorphic(plan, polymorphic, rows, run);
  if (plan.computed.length > 0) readComputed(plan, rows, states, run);
  for (const relation of plan.joined) {
    const related = readAll(relation.target, rows, run);
    const parents = parentsOf(plan, relation, states);
    if (relation.property.isCollection) fillCollections(relation, parents, related, run);
    else fillScalars(relation, parents, related, run);
  }
  run.postpone(plan, states);
  return states;
}

/** Those that have the relationship: it may be one of a subclass, and a concrete class has its own. */
function parentsOf({ mapper, polymorphic }: EntityPlan, { property }: JoinedRelation, states: States): States {
  if (polymorphic === null && mapper.isA(property.parent)) return states;
  return states.map((state) => (state !== null && hasRowsOf(state.mapper, property.parent) ? state : null));
}

/** Loads what was postponed, and what that brings along, until nothing is left. */
export function* loadPostponed(run: LoadRun): Task<void> {
  for (let batch = run.takePostponed(); batch.size > 0; batch = run.takePostponed()) {
    for (const [plan, states] of batch) {
      for (const relation of plan.after) yield* relation.run(states, run);
    }
  }
}

/**
 * The objects of a plan's own columns. This is the loop that runs for every row: one look into the identity map, and
 * for a new object one constructor, one assignment of all columns, one entry in the map.
 */
function readStates(plan: EntityPlan, rows: unknown[][], run: LoadRun): (InstanceState | null)[] {
  const { mapper, offset, isWhole, properties, keyPositions } = plan;
  const { session } = run;
  const objects = session.identityMap.objectsOf(mapper);
  const { token } = session.identityMap;
  const options = run.optionsFor(plan);
  const count = rows.length;
  const states = new Array<InstanceState | null>(count);
  const { news } = run;
  if (isWhole && count >= manyRows) keepShape(mapper, rows, offset);
  const keyPosition = keyPositions.length === 1 ? offset + (keyPositions[0] as number) : -1;
  let lastKey: IdentityKey | null = null;
  let last: InstanceState | null = null;
  for (let i = 0; i < count; i += 1) {
    const row = rows[i] as unknown[];
    const key = keyPosition < 0 ? compositeKey(plan, row) : simpleKey(plan, row[keyPosition]);
    if (key === null) {
      states[i] = null;
      continue;
    }
    // Rows that a join has multiplied follow one another.
    if (key === lastKey) {
      states[i] = last;
      continue;
    }
    let state = objects.get(key);
    if (state === undefined) {
      state = mapper.instantiate();
      if (isWhole) mapper.hydrate(state, row, offset);
      else mapper.hydratePartially(state, properties, row, offset);
      state.key = key;
      state.session = session;
      state.status = "persistent";
      state.loadOptions = options;
      if (token !== null) state.identityToken = token;
      objects.set(key, state);
      news?.loaded(state);
    } else if (run.populateExisting) {
      overwrite(plan, plan, state, row, offset, run);
    } else if (state.partial) {
      complete(plan, state, row, offset, run);
    }
    states[i] = state;
    lastKey = key;
    last = state;
  }
  return states;
}

/** What the database has computed for the objects; what they have of it already stays, unless all is to be overwritten. */
function readComputed(
  { computed, offset }: EntityPlan,
  rows: readonly unknown[][],
  states: readonly (InstanceState | null)[],
  run: LoadRun,
): void {
  const start = offset - computed.length;
  let last: InstanceState | null = null;
  for (let i = 0; i < states.length; i += 1) {
    const state = states[i] as InstanceState | null;
    if (state === null || state === last) continue;
    last = state;
    for (let n = 0; n < computed.length; n += 1) {
      const { property } = computed[n] as ComputedValue;
      if (property === null) continue;
      const { key } = property;
      if (run.populateExisting || !Object.hasOwn(state.object, key)) {
        defineComputed(state.object, key, (rows[i] as unknown[])[start + n]);
      }
    }
  }
}

/** From so many rows on it pays to see to the shape of the objects. */
const manyRows = 100;
const specimens = new WeakMap<Mapper, InstanceState>();

/**
 * Keeps one object of a class alive that nobody sees. The engine compiles this loop for the shape that the objects of a
 * class have, and forgets both when the last object of that shape is gone, as happens between two requests.
 */
function keepShape(mapper: Mapper, rows: readonly unknown[][], offset: number): void {
  if (specimens.has(mapper)) return;
  const state = mapper.instantiate();
  mapper.hydrate(state, (rows[0] as unknown[]).slice(), offset);
  specimens.set(mapper, state);
}

function simpleKey({ mapper }: EntityPlan, value: unknown): IdentityKey | null {
  return typeof value === "number" || typeof value === "string" ? value : mapper.identityKey([value]);
}

function compositeKey({ mapper, keyPositions, offset }: EntityPlan, row: readonly unknown[]): IdentityKey | null {
  return mapper.identityKey(keyPositions.map((position) => row[offset + position]));
}

// ── what is joined ───────────────────────────────────────────────────────────
type States = readonly (InstanceState | null)[];

function fillScalars({ property }: JoinedRelation, parents: States, related: States, run: LoadRun): void {
  const filled = run.populateExisting ? new Set<InstanceState>() : null;
  // A foreign key leads to one row; from the other side there may be several.
  const firsts = property.direction === "oneToMany" ? new Map<InstanceState, InstanceState>() : null;
  for (let i = 0; i < parents.length; i += 1) {
    const parent = parents[i] as InstanceState | null;
    if (parent !== null && firsts !== null && isAnother(firsts, parent, related[i] as InstanceState | null)) {
      warnOfSeveral(property);
    }
    if (parent === null || filled?.has(parent) === true || !run.fills(parent, property)) continue;
    filled?.add(parent);
    const target = related[i] as InstanceState | null;
    setLoaded(parent, property, target === null ? null : target.object);
    if (target !== null) setWayBack(property, parent, target);
  }
}

/** Whether a row gives a parent another object than the row before it. */
function isAnother(
  firsts: Map<InstanceState, InstanceState>,
  parent: InstanceState,
  target: InstanceState | null,
): boolean {
  if (target === null) return false;
  const first = firsts.get(parent);
  if (first === undefined) firsts.set(parent, target);
  return first !== undefined && first !== target;
}

function fillCollections(
  { property, isContained, criteria }: JoinedRelation,
  parents: States,
  related: States,
  run: LoadRun,
): void {
  // Null: the parent has its collection already.
  const open = new Map<InstanceState, Set<InstanceState> | null>();
  for (let i = 0; i < parents.length; i += 1) {
    const parent = parents[i] as InstanceState | null;
    if (parent === null) continue;
    let members = open.get(parent);
    if (members === undefined) {
      members = run.fills(parent, property) ? new Set() : null;
      open.set(parent, members);
    }
    const member = related[i] as InstanceState | null;
    if (members !== null && member !== null) members.add(member);
  }
  for (const [parent, members] of open) {
    if (members === null) continue;
    for (const member of members) setWayBack(property, parent, member);
    setLoaded(
      parent,
      property,
      Array.from(members, (member) => member.object),
    );
    // What the query has let through may be less than there is.
    if (isContained || criteria.length > 0) markPart(parent, property);
  }
}

/**
 * An object that was loaded as part of its parent knows its parent, however that side is mapped: it takes no statement.
 * (SQLAlchemy leaves a way back that is mapped as `raise` unloaded.)
 */
export function setWayBack(
  { reverse, direction }: JoinedRelation["property"],
  parent: InstanceState,
  member: InstanceState,
): void {
  if (direction !== "oneToMany" || reverse === null || reverse.isCollection) return;
  if (relatedValue(member, reverse) === undefined) setLoaded(member, reverse, parent.object);
}
