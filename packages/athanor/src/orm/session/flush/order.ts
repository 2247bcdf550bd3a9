import { CircularDependencyError } from "../../../errors/errors.ts";
import type { Table } from "../../../schema/table.ts";
import { findRing, sortedGroups } from "../../../util/topological-sort.ts";
import { describeState } from "../../instrumentation/describe-state.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { rolesOf } from "../relationship-roles.ts";
import { deletionBefore, insertionBefore } from "./dependencies.ts";
import type { FlushPlan, MapperWork } from "./flush-plan.ts";

/** Objects of one hierarchy of classes that are written together: updates first, then inserts. */
export interface SaveBatch {
  readonly mapper: Mapper;
  readonly updates: readonly InstanceState[];
  readonly inserts: readonly InstanceState[];
}

export interface FlushOrder {
  readonly saves: readonly SaveBatch[];
  /** Children before parents. */
  readonly deletes: readonly InstanceState[][];
}

/**
 * The order of all writes: what is referred to before what refers to it, and the other way round for deletions. Classes are
 * put in order as wholes; where they depend on each other in a circle (trees, above all), object by object.
 *
 * @throws CircularDependencyError when rows depend on each other in a circle; nothing has been written by then.
 */
export function orderOf(plan: FlushPlan): FlushOrder {
  const works = [...plan.works.values()];
  const [only] = works;
  const groups =
    works.length === 1 && only !== undefined && !dependenciesOf(only.mapper).has(only.mapper)
      ? [works]
      : groupsOf(works);
  const saves: SaveBatch[] = [];
  const deletes: InstanceState[][] = [];
  for (const group of groups) {
    const [work] = group;
    if (work === undefined) continue;
    if (group.length > 1 || dependenciesOf(work.mapper).has(work.mapper)) {
      for (const batch of savesByObject(plan, group)) saves.push(batch);
      for (const batch of deletesByObject(plan, group)) deletes.push(batch);
    } else {
      if (work.inserts.length > 0 || work.updates.size > 0) {
        saves.push({ mapper: work.mapper, updates: [...work.updates], inserts: work.inserts });
      }
      if (work.deletes.size > 0) deletes.push([...work.deletes]);
    }
  }
  return { saves, deletes: deletes.reverse() };
}

// ── classes ──────────────────────────────────────────────────────────────────
const known = new WeakMap<Mapper, ReadonlySet<Mapper>>();

/** Hierarchies whose rows those of this one refer to, by relationships or by foreign keys alone. */
function dependenciesOf(mapper: Mapper): ReadonlySet<Mapper> {
  let dependencies = known.get(mapper);
  if (dependencies === undefined) {
    dependencies = new Set(findDependencies(mapper));
    known.set(mapper, dependencies);
  }
  return dependencies;
}

function findDependencies(mapper: Mapper): readonly Mapper[] {
  const related: Mapper[] = [];
  const postponed = new Set<unknown>();
  for (const other of mapper.registry.mappers) {
    for (const property of rolesOf(other).written) {
      if (property.direction === "manyToMany") continue;
      const [referring, referred] =
        property.direction === "manyToOne" ? [property.parent, property.target] : [property.target, property.parent];
      if (referring.base !== mapper) continue;
      // A foreign key that is written by an UPDATE of its own orders nothing.
      if (property.postUpdate) for (const { destination } of property.sync) postponed.add(destination.column);
      else related.push(referred.base);
    }
  }
  const tables = new Set<Table>();
  for (const other of mapper.registry.mappers) {
    if (other.base === mapper) for (const { target } of other.tables) tables.add(target.table);
  }
  for (const { parent, resolved, column } of [...tables].flatMap((table) => table.foreignKeys)) {
    if (!resolved || postponed.has(parent) || tables.has(column.table)) continue;
    const referred = mapper.registry.mappers.find((each) => each.table === column.table);
    if (referred !== undefined) related.push(referred.base);
  }
  return related;
}

function groupsOf(works: readonly MapperWork[]): readonly (readonly MapperWork[])[] {
  const byMapper = new Map(works.map((work) => [work.mapper, work]));
  const mappers = works.map(({ mapper }) => mapper).sort((a, b) => (a.className < b.className ? -1 : 1));
  return sortedGroups(mappers, dependenciesOf).map((group) =>
    group.flatMap((mapper) => {
      const work = byMapper.get(mapper);
      return work === undefined ? [] : [work];
    }),
  );
}

// ── objects ──────────────────────────────────────────────────────────────────
function savesByObject(plan: FlushPlan, group: readonly MapperWork[]): readonly SaveBatch[] {
  const states = group.flatMap(({ updates, inserts }) => [...updates, ...inserts]);
  if (states.length === 0) return [];
  const levels = levelsOf(states, insertionBefore(plan, states));
  return levels.flatMap((level) =>
    group.flatMap(({ mapper }) => {
      const own = level.filter((state) => state.mapper.base === mapper);
      if (own.length === 0) return [];
      const isNew = (state: InstanceState): boolean => state.status === "pending";
      return [{ mapper, updates: own.filter((state) => !isNew(state)), inserts: own.filter(isNew) }];
    }),
  );
}

/** Parents before children, as for insertions: the whole list is turned round. */
function deletesByObject(plan: FlushPlan, group: readonly MapperWork[]): readonly InstanceState[][] {
  const states = group.flatMap(({ deletes }) => [...deletes]);
  if (states.length === 0) return [];
  const levels = levelsOf(states, deletionBefore(plan, states));
  return levels.flatMap((level) => {
    const parts = group.map(({ mapper }) => level.filter((state) => state.mapper.base === mapper));
    return parts.filter((part) => part.length > 0);
  });
}

/** Objects in levels: each behind those that it depends on. */
function levelsOf(
  states: readonly InstanceState[],
  dependencies: ReadonlyMap<InstanceState, ReadonlySet<InstanceState>>,
): readonly InstanceState[][] {
  const waiting = new Map<InstanceState, number>();
  const dependents = new Map<InstanceState, InstanceState[]>();
  for (const [state, before] of dependencies) {
    waiting.set(state, before.size);
    for (const each of before) {
      const list = dependents.get(each);
      if (list === undefined) dependents.set(each, [state]);
      else list.push(state);
    }
  }
  const places = new Map(states.map((state, index) => [state, index]));
  const levels: InstanceState[][] = [];
  let level = states.filter((state) => !waiting.has(state));
  let done = 0;
  while (level.length > 0) {
    levels.push(level);
    done += level.length;
    const next: InstanceState[] = [];
    for (const state of level) {
      for (const dependent of dependents.get(state) ?? []) {
        const left = (waiting.get(dependent) ?? 0) - 1;
        waiting.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    level = next.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  }
  if (done < states.length) throw circular(waiting, dependencies);
  return levels;
}

function circular(
  waiting: ReadonlyMap<InstanceState, number>,
  dependencies: ReadonlyMap<InstanceState, ReadonlySet<InstanceState>>,
): Error {
  const stuck = [...waiting].filter(([, count]) => count > 0).map(([state]) => state);
  const stuckSet = new Set(stuck);
  const ring = findRing(stuck, (state) => [...(dependencies.get(state) ?? [])].filter((each) => stuckSet.has(each)));
  const shown = ring.length <= 8 ? ring : ring.slice(0, 7);
  const names = [...shown.map(describeState), ...(shown === ring ? [] : [`${ring.length - shown.length} more`])];
  const circle = [...names, ...names.slice(0, 1)].join(" → ");
  return new CircularDependencyError(
    `Rows refer to each other in a circle, so that none can be written first: ${circle}. ` +
      "Give one of the relationships { postUpdate: true }: its foreign key is then written with an UPDATE of its own.",
    { cycles: ring.map((state) => state.object) },
  );
}
