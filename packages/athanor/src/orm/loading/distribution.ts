import { requireState } from "../instrumentation/entity.ts";
import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import { markPart } from "../instrumentation/parts.ts";
import { relatedObjects, relatedValue, setLoaded } from "../instrumentation/related.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { identityKey } from "../mapping/identity.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { EntityPlan } from "./entity-plan.ts";
import type { LoadRun } from "./load-run.ts";
import { warnOfSeveral } from "./one-of-several.ts";
import { readRows, setWayBack } from "./read-rows.ts";

/** How rows of related objects find the objects that they are related to. */
export interface RelatedRows {
  readonly property: RelationshipProperty;
  readonly target: EntityPlan;
  /** The attributes of the parents whose values the rows carry. */
  readonly local: readonly ColumnProperty[];
  /** Where the rows carry them. */
  readonly positions: readonly number[];
  /** They stand behind everything else, for this purpose only. */
  readonly areLast: boolean;
  /** The local attributes are the target's primary key: it may be in the session already. */
  readonly isIdentity: boolean;
  /** There is more than what is loaded: options ask for a part of each collection. */
  readonly isPart: boolean;
  /** The same object may come twice for one parent. */
  readonly repeats: boolean;
}

/** A part of the keys of a distribution, from the first up to the one before `end`. */
export interface KeyRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Parents of one relationship, and what is loaded for them. Parents are grouped by the value that leads from them; rows
 * carry that value and find their group by it.
 */
export abstract class Distribution {
  /** The values to look for: of one attribute as they are, of several as arrays. One for each group. */
  readonly keys: unknown[] = [];
  protected readonly plan: RelatedRows;
  protected readonly run: LoadRun;
  protected readonly groups = new Map<IdentityKey, number>();
  readonly #related: Set<InstanceState> | null;

  /** @param related what is found, and what the parents have had before, is put into it */
  constructor(plan: RelatedRows, run: LoadRun, related: Set<InstanceState> | null) {
    this.plan = plan;
    this.run = run;
    this.#related = related;
  }

  /** Gives the parents what has been read for them: the n-th object is of the n-th group, or of none (-1). */
  protected abstract distribute(states: readonly (InstanceState | null)[], groups: Int32Array, range: KeyRange): void;
  abstract add(parent: InstanceState): void;
  /** Gives the parents what is theirs; no rows come any more. */
  abstract finish(): void;

  /** Reads all rows that there are for a range of `keys`. */
  feed(rows: unknown[][], range: KeyRange): void {
    // A row may become an object's snapshot: what is needed of it is read first.
    const groups = new Int32Array(rows.length);
    let lastKey: IdentityKey | null = null;
    let lastGroup = -1;
    for (let i = 0; i < rows.length; i += 1) {
      const key = this.#keyOfRow(rows[i] as unknown[]);
      // Rows of one parent mostly follow one another.
      if (key !== lastKey) {
        lastKey = key;
        lastGroup = (key === null ? undefined : this.groups.get(key)) ?? -1;
      }
      groups[i] = lastGroup;
    }
    const states = readRows(this.plan.target, rows, this.run);
    if (this.#related !== null) for (const state of states) if (state !== null) this.#related.add(state);
    this.distribute(states, groups, range);
  }

  #keyOfRow(row: unknown[]): IdentityKey | null {
    const { positions, areLast } = this.plan;
    const [position] = positions;
    if (positions.length === 1 && position !== undefined) {
      // Without it the row is nothing but the object's columns, and can become its snapshot.
      return keyOfValue(areLast ? row.pop() : row[position]);
    }
    const key = identityKey(positions.map((each) => row[each]));
    if (areLast) row.length -= positions.length;
    return key;
  }

  /** What leads from a parent: the value of one attribute, or an array of the values of several. */
  protected valueOf({ object }: InstanceState): unknown {
    const { local } = this.plan;
    const columns = object as Readonly<Record<string, unknown>>;
    const [first] = local;
    if (local.length === 1 && first !== undefined) return columns[first.key];
    return local.map((property) => columns[property.key]);
  }
  protected keyOf(value: unknown): IdentityKey | null {
    return this.plan.local.length === 1 ? keyOfValue(value) : identityKey(value as readonly unknown[]);
  }

  /** What is loaded already stays, and is part of what further loading goes on from. */
  protected keepsLoaded(parent: InstanceState): boolean {
    const { property } = this.plan;
    if (this.run.fills(parent, property)) return false;
    for (const object of relatedObjects(relatedValue(parent, property))) this.goOnFrom(requireState(object));
    return true;
  }
  /** An object that takes no statement: what is to be loaded beyond it is loaded all the same. */
  protected goOnFrom(state: InstanceState): void {
    this.#related?.add(state);
    this.run.postpone(this.plan.target, [state]);
  }
}

function keyOfValue(value: unknown): IdentityKey | null {
  return typeof value === "number" || typeof value === "string" ? value : identityKey([value]);
}

export function distribution(plan: RelatedRows, run: LoadRun, related: Set<InstanceState> | null): Distribution {
  return plan.property.isCollection ? new Collections(plan, run, related) : new Scalars(plan, run, related);
}

/** Each group is one parent, and has one key; others that share its key get copies. */
class Collections extends Distribution {
  readonly #parents: InstanceState[] = [];
  readonly #filled: boolean[] = [];
  readonly #twins: { readonly twin: InstanceState; readonly of: InstanceState }[] = [];

  add(parent: InstanceState): void {
    if (this.keepsLoaded(parent)) return;
    const value = this.valueOf(parent);
    const key = this.keyOf(value);
    if (key === null) {
      setLoaded(parent, this.plan.property, []);
      return;
    }
    const group = this.groups.get(key);
    if (group === undefined) {
      this.groups.set(key, this.#parents.length);
      this.#parents.push(parent);
      this.#filled.push(false);
      this.keys.push(value);
      return;
    }
    const of = this.#parents[group] as InstanceState;
    if (of !== parent) this.#twins.push({ twin: parent, of });
  }

  /** Sorts by group, so that each collection is cut out in its exact size. */
  protected distribute(states: readonly (InstanceState | null)[], groups: Int32Array, { start, end }: KeyRange): void {
    const { property, repeats } = this.plan;
    const starts = startsOf(groups, start, end);
    const next = starts.slice();
    const sorted = new Array<object>(starts[end - start] as number);
    for (let i = 0; i < groups.length; i += 1) {
      const group = groups[i] as number;
      const state = states[i] as InstanceState | null;
      if (group < start || group >= end || state === null) continue;
      const position = next[group - start] as number;
      next[group - start] = position + 1;
      sorted[position] = state.object;
      setWayBack(property, this.#parents[group] as InstanceState, state);
    }
    for (let group = start; group < end; group += 1) {
      const [from, to] = [starts[group - start] as number, starts[group - start + 1] as number];
      if (from === to) continue;
      const members = sorted.slice(from, to);
      setLoaded(this.#parents[group] as InstanceState, property, repeats ? [...new Set(members)] : members);
      this.#filled[group] = true;
    }
  }

  finish(): void {
    const { property } = this.plan;
    for (const [group, parent] of this.#parents.entries()) if (!this.#filled[group]) setLoaded(parent, property, []);
    for (const { twin, of } of this.#twins) {
      setLoaded(twin, property, relatedObjects(relatedValue(of, property)).slice());
    }
    if (!this.plan.isPart) return;
    for (const parent of this.#parents) markPart(parent, property);
    for (const { twin } of this.#twins) markPart(twin, property);
  }
}

/** Where each of these groups begins when all are sorted, and where the last one ends. */
function startsOf(groups: Int32Array, start: number, end: number): Int32Array {
  const starts = new Int32Array(end - start + 1);
  for (const group of groups) {
    if (group >= start && group < end) starts[group - start + 1] = (starts[group - start + 1] as number) + 1;
  }
  for (let i = 1; i < starts.length; i += 1) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
  return starts;
}

/** Any number of parents lead to the same object. */
class Scalars extends Distribution {
  readonly #parents: InstanceState[] = [];
  /** The group of each parent. */
  readonly #groupOf: number[] = [];
  /** What each group leads to. */
  readonly #targets: (InstanceState | null)[] = [];
  readonly #known: ReadonlyMap<IdentityKey, InstanceState> | null;

  constructor(plan: RelatedRows, run: LoadRun, related: Set<InstanceState> | null) {
    super(plan, run, related);
    const { target, isIdentity } = plan;
    const mayBeKnown = isIdentity && !run.populateExisting && target.joined.length === 0;
    this.#known = mayBeKnown ? run.session.identityMap.objectsOf(target.mapper) : null;
  }

  add(parent: InstanceState): void {
    if (this.keepsLoaded(parent)) return;
    const value = this.valueOf(parent);
    const key = this.keyOf(value);
    if (key === null) {
      setLoaded(parent, this.plan.property, null);
      return;
    }
    let group = this.groups.get(key);
    if (group === undefined) {
      group = this.#targets.length;
      this.groups.set(key, group);
      this.#targets.push(this.#find(key, value));
    }
    this.#parents.push(parent);
    this.#groupOf.push(group);
  }

  #find(key: IdentityKey, value: unknown): InstanceState | null {
    const known = this.#known?.get(key);
    if (known === undefined || known.partial || !known.mapper.isA(this.plan.target.mapper)) {
      this.keys.push(value);
      return null;
    }
    this.goOnFrom(known);
    return known;
  }

  protected distribute(states: readonly (InstanceState | null)[], groups: Int32Array): void {
    for (let i = 0; i < groups.length; i += 1) {
      const group = groups[i] as number;
      if (group < 0) continue;
      const first = this.#targets[group] ?? null;
      if (first === null) this.#targets[group] = states[i] as InstanceState | null;
      else if (first !== states[i] && this.plan.property.direction === "oneToMany") warnOfSeveral(this.plan.property);
    }
  }

  finish(): void {
    const { property } = this.plan;
    const parents = this.#parents;
    for (let i = 0; i < parents.length; i += 1) {
      const parent = parents[i] as InstanceState;
      const target = this.#targets[this.#groupOf[i] as number] ?? null;
      setLoaded(parent, property, target === null ? null : target.object);
      if (target !== null) setWayBack(property, parent, target);
    }
  }
}
