import { requireState } from "../instrumentation/entity.ts";
import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import { relatedObjects, relatedValue, setLoaded } from "../instrumentation/related.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { identityKey } from "../mapping/identity.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { EntityPlan } from "./entity-plan.ts";
import type { LoadRun } from "./load-run.ts";
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
  /** The same object may come twice for one parent. */
  readonly repeats: boolean;
}

/** Some parents, and what is loaded for them. */
export interface Distribution {
  /** The values to look for: of one attribute as they are, of several as arrays. */
  readonly keys: readonly unknown[];
  /** The objects that the parents are related to, those that were loaded before among them; when they are asked for. */
  readonly related: ReadonlySet<InstanceState> | null;
  add(parent: InstanceState): void;
  /** Reads rows; may be called several times. */
  feed(rows: unknown[][]): void;
  /** Gives all parents what has been found for them. */
  finish(): void;
}

/** @param collects keep what is found in `related` */
export function distribution(plan: RelatedRows, run: LoadRun, collects = false): Distribution {
  const related = collects ? new Set<InstanceState>() : null;
  return plan.property.isCollection ? new Collections(plan, run, related) : new Scalars(plan, run, related);
}

function keyOfValue(value: unknown): IdentityKey | null {
  return typeof value === "number" || typeof value === "string" ? value : identityKey([value]);
}

abstract class KeyedDistribution implements Distribution {
  readonly keys: unknown[] = [];
  readonly related: Set<InstanceState> | null;
  protected readonly plan: RelatedRows;
  protected readonly run: LoadRun;

  constructor(plan: RelatedRows, run: LoadRun, related: Set<InstanceState> | null) {
    this.plan = plan;
    this.run = run;
    this.related = related;
  }

  abstract add(parent: InstanceState): void;
  abstract finish(): void;
  protected abstract put(key: IdentityKey, target: InstanceState): void;

  feed(rows: unknown[][]): void {
    // A row may become an object's snapshot: what is needed of it is read first.
    const keys = rows.map((row) => this.#keyOfRow(row));
    const targets = readRows(this.plan.target, rows, this.run);
    for (let i = 0; i < rows.length; i += 1) {
      const key = keys[i] as IdentityKey | null;
      const target = targets[i] as InstanceState | null;
      if (key !== null && target !== null) this.put(key, target);
    }
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

  /** What the statement looks for: the value of one attribute, or an array of the values of several. */
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
    const { property, target } = this.plan;
    if (this.run.fills(parent, property)) return false;
    const objects = relatedObjects(relatedValue(parent, property)).map(requireState);
    for (const state of objects) this.related?.add(state);
    this.run.postpone(target, objects);
    return true;
  }
}

interface Members {
  readonly parent: InstanceState;
  readonly objects: object[];
  readonly seen: Set<object> | null;
}

class Collections extends KeyedDistribution {
  readonly #members = new Map<IdentityKey, Members>();
  /** Parents that share the key of another one. */
  readonly #twins: { readonly parent: InstanceState; readonly key: IdentityKey }[] = [];

  add(parent: InstanceState): void {
    const { property, repeats } = this.plan;
    if (this.keepsLoaded(parent)) return;
    const value = this.valueOf(parent);
    const key = this.keyOf(value);
    if (key === null) setLoaded(parent, property, []);
    else if (this.#members.has(key)) this.#twins.push({ parent, key });
    else {
      this.#members.set(key, { parent, objects: [], seen: repeats ? new Set() : null });
      this.keys.push(value);
    }
  }

  protected put(key: IdentityKey, target: InstanceState): void {
    const members = this.#members.get(key);
    if (members === undefined) return;
    const { parent, objects, seen } = members;
    if (seen !== null) {
      if (seen.has(target.object)) return;
      seen.add(target.object);
    }
    objects.push(target.object);
    setWayBack(this.plan.property, parent, target);
    this.related?.add(target);
  }

  finish(): void {
    const { property } = this.plan;
    for (const { parent, objects } of this.#members.values()) setLoaded(parent, property, objects);
    for (const { parent, key } of this.#twins) {
      setLoaded(parent, property, this.#members.get(key)?.objects.slice() ?? []);
    }
  }
}

class Scalars extends KeyedDistribution {
  readonly #found = new Map<IdentityKey, InstanceState | null>();
  readonly #parents: InstanceState[] = [];
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
    this.#parents.push(parent);
    if (this.#found.has(key)) return;
    const known = this.#known?.get(key);
    if (known === undefined || known.partial) {
      this.#found.set(key, null);
      this.keys.push(value);
    } else {
      this.#found.set(key, known);
      this.related?.add(known);
      this.run.postpone(this.plan.target, [known]);
    }
  }

  protected put(key: IdentityKey, target: InstanceState): void {
    this.#found.set(key, target);
    this.related?.add(target);
  }

  finish(): void {
    const { property } = this.plan;
    for (const parent of this.#parents) {
      const key = this.keyOf(this.valueOf(parent));
      const target = key === null ? null : (this.#found.get(key) ?? null);
      setLoaded(parent, property, target === null ? null : target.object);
      if (target !== null) setWayBack(property, parent, target);
    }
  }
}
