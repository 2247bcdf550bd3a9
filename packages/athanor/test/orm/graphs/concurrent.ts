// Two sessions that change the same rows, and a model that knows which of them comes too late. Classes of two hierarchies,
// one with a table for each class and one with a table for all, count versions.
import { type Engine, integer, StaleDataError, varchar } from "athanor";
import { declarativeBase, inspect, map, Session } from "athanor/orm";
import fc from "fast-check";
import { expect } from "vitest";

export const ConcurrentBase = declarativeBase();

class Account extends ConcurrentBase.model("accounts", {
  id: integer().primaryKey().autoincrement(false),
  kind: varchar(20),
  name: varchar(20),
  version: integer().default(1),
}) {
  static {
    map(this, [], { polymorphicOn: "kind", polymorphicIdentity: "account", versionId: "version" });
  }
}
class Savings extends Account.inherit(
  "savings",
  {
    id: integer()
      .primaryKey()
      .references(() => Account.id),
    extra: varchar(20),
  },
  { polymorphicIdentity: "savings" },
) {
  static {
    map(this);
  }
}
class Vehicle extends ConcurrentBase.model("vehicles", {
  id: integer().primaryKey().autoincrement(false),
  kind: varchar(20),
  name: varchar(20),
  version: integer().default(1),
}) {
  static {
    map(this, [], { polymorphicOn: "kind", polymorphicIdentity: "vehicle", versionId: "version" });
  }
}
class Car extends Vehicle.inherit({ extra: varchar(20).nullable() }, { polymorphicIdentity: "car" }) {
  static {
    map(this);
  }
}

const models = { account: Account, savings: Savings, vehicle: Vehicle, car: Car };
type Kind = keyof typeof models;
const hasExtra = (kind: Kind): boolean => kind === "savings" || kind === "car";

interface Row {
  readonly kind: Kind;
  readonly name: string;
  readonly extra: string | null;
  readonly version: number;
}
interface Held {
  readonly object: { name: string; extra?: string | null };
  /** The row as the session knows it. */
  readonly row: Row;
  change: { name?: string; extra?: string };
  deleted: boolean;
}

export type ConcurrentStep =
  | { readonly do: "add"; readonly who: number; readonly kind: Kind }
  | { readonly do: "load"; readonly who: number; readonly at: number }
  | { readonly do: "name" | "extra"; readonly who: number; readonly at: number; readonly value: number }
  | { readonly do: "delete" | "refresh"; readonly who: number; readonly at: number }
  | { readonly do: "commit" | "rollback"; readonly who: number };

const who = fc.nat(1);
const at = fc.nat(9);
const value = fc.nat(3);
const fixed = <const T extends string>(name: T) => fc.constant(name);
export const concurrentWork: fc.Arbitrary<ConcurrentStep[]> = fc.array(
  fc.oneof<fc.WeightedArbitrary<ConcurrentStep>[]>(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fixed("add"),
        who,
        kind: fc.constantFrom<Kind>("account", "savings", "vehicle", "car"),
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fixed("load"), who, at }) },
    { weight: 4, arbitrary: fc.record({ do: fixed("name"), who, at, value }) },
    { weight: 4, arbitrary: fc.record({ do: fixed("extra"), who, at, value }) },
    { weight: 2, arbitrary: fc.record({ do: fixed("delete"), who, at }) },
    { weight: 2, arbitrary: fc.record({ do: fixed("refresh"), who, at }) },
    { weight: 5, arbitrary: fc.record({ do: fixed("commit"), who }) },
    { weight: 1, arbitrary: fc.record({ do: fixed("rollback"), who }) },
  ),
  { maxLength: 40, size: "max" },
);

/** A session and what the model knows of it. */
class Side {
  readonly session: Session;
  readonly held = new Map<number, Held>();
  readonly added = new Map<number, { kind: Kind; object: object; name: string; extra: string | null }>();

  constructor(engine: Engine) {
    this.session = new Session(engine);
  }
}

/** Plays the steps, and tells how many commits were refused. */
export class Rivals {
  readonly rows = new Map<number, Row>();
  readonly #engine: Engine;
  readonly #sides: readonly [Side, Side];
  #labels = 0;
  stale = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#sides = [new Side(engine), new Side(engine)];
  }

  async play(steps: readonly ConcurrentStep[]): Promise<void> {
    try {
      for (const step of steps) await this.#step(step);
      for (const side of this.#sides) await this.#commit(side);
    } finally {
      for (const { session } of this.#sides) await session.close();
    }
  }

  async #step(step: ConcurrentStep): Promise<void> {
    const side = this.#sides[step.who] as Side;
    switch (step.do) {
      case "add":
        return this.#add(side, step.kind);
      case "load":
        return await this.#load(side, step.at);
      case "name":
      case "extra":
        return this.#change(side, step);
      case "delete": {
        const [, held] = pick(side.held, step.at) ?? [];
        if (held === undefined || held.deleted) return;
        held.deleted = true;
        await side.session.delete(held.object);
        return;
      }
      case "refresh": {
        const [label] = pick(side.held, step.at) ?? [];
        if (label !== undefined) await this.#refresh(side, label);
        return;
      }
      case "commit":
        return await this.#commit(side);
      case "rollback":
        await side.session.rollback();
        this.#forget(side);
    }
  }

  #add({ session, added }: Side, kind: Kind): void {
    this.#labels += 1;
    const id = this.#labels;
    const name = `n${id}`;
    const extra = hasExtra(kind) ? `e${id}` : null;
    const values = { id, kind, name, ...(extra === null ? {} : { extra }) };
    const object = new models[kind](values as never);
    session.add(object);
    added.set(id, { kind, object, name, extra });
  }

  /** Objects are loaded by a session of their own, so that no transaction stays open between two steps. */
  async #fetch(label: number, kind: Kind): Promise<object | null> {
    await using session = new Session(this.#engine);
    const found = await session.get(models[kind], label);
    if (found !== null) session.expunge(found);
    return found;
  }
  async #load(side: Side, index: number): Promise<void> {
    const [label, row] = pick(this.rows, index) ?? [];
    if (label === undefined || row === undefined || side.held.has(label)) return;
    const object = await this.#fetch(label, row.kind);
    expect(object, `${row.kind} ${label} is there`).not.toBeNull();
    side.session.add(object as object);
    side.held.set(label, { object: object as Held["object"], row, change: {}, deleted: false });
    this.#check(side, label);
  }
  async #refresh(side: Side, label: number): Promise<void> {
    const held = side.held.get(label);
    if (held === undefined) return;
    side.session.expunge(held.object);
    side.held.delete(label);
    const row = this.rows.get(label);
    const object = await this.#fetch(label, held.row.kind);
    expect(object === null, `${held.row.kind} ${label} is gone`).toBe(row === undefined);
    if (object === null || row === undefined) return;
    side.session.add(object);
    side.held.set(label, { object: object as Held["object"], row, change: {}, deleted: false });
    this.#check(side, label);
  }

  #change({ held }: Side, step: Extract<ConcurrentStep, { do: "name" | "extra" }>): void {
    const [, found] = pick(held, step.at) ?? [];
    if (found === undefined || found.deleted) return;
    if (step.do === "extra" && !hasExtra(found.row.kind)) return;
    const next = `v${step.value}`;
    found.object[step.do] = next;
    found.change[step.do] = next;
  }

  /** Commits what one has done; it fails as a whole when the other was quicker with any of the rows. */
  async #commit(side: Side): Promise<void> {
    const touched = [...side.held].filter(([, { row, change, deleted }]) => deleted || differs(row, change));
    const isStale = touched.some(([label, { row }]) => this.rows.get(label)?.version !== row.version);
    const error: unknown = await side.session.commit().catch((each: unknown) => each);
    if (isStale) {
      expect(error, "the other session was quicker").toBeInstanceOf(StaleDataError);
      this.stale += 1;
      await side.session.rollback();
      this.#forget(side);
      return;
    }
    expect(error).toBeUndefined();
    for (const [label, { row, change, deleted }] of touched) {
      if (deleted) {
        this.rows.delete(label);
        side.held.delete(label);
      } else this.rows.set(label, { ...row, ...change, version: row.version + 1 });
    }
    for (const [label, { object, change }] of side.held) {
      const row = touched.some(([each]) => each === label) ? this.rows.get(label) : side.held.get(label)?.row;
      if (row !== undefined) side.held.set(label, { object, row, change: {}, deleted: false });
      expect(change).toBeDefined();
    }
    for (const [label, { kind, object, name, extra }] of side.added) {
      const row = { kind, name, extra, version: 1 };
      this.rows.set(label, row);
      side.held.set(label, { object: object as Held["object"], row, change: {}, deleted: false });
    }
    side.added.clear();
    for (const label of side.held.keys()) this.#check(side, label);
  }

  #forget(side: Side): void {
    for (const { object } of side.added.values()) expect(inspect(object).status).toBe("transient");
    side.added.clear();
    for (const [label, { object, row }] of side.held) {
      side.held.set(label, { object, row, change: {}, deleted: false });
      this.#check(side, label);
    }
  }

  /** The object shows the row as the session knows it. */
  #check({ held }: Side, label: number): void {
    const { object, row } = held.get(label) as Held;
    const { name, version, extra } = object as { name: string; version: number; extra?: string | null };
    expect({ name, version, extra: extra ?? null, status: inspect(object).status }).toEqual({
      name: row.name,
      version: row.version,
      extra: row.extra,
      status: "persistent",
    });
  }

  expectedRows(): readonly (readonly unknown[])[] {
    return [...this.rows]
      .map(([label, { kind, name, extra, version }]) => [label, kind, name, extra, version] as const)
      .sort(([a], [b]) => a - b);
  }
}

export const concurrentRows = `SELECT a.id, a.kind, a.name, s.extra, a.version FROM accounts a LEFT JOIN savings s ON s.id = a.id
  UNION ALL SELECT id, kind, name, extra, version FROM vehicles ORDER BY 1`;
export const clearConcurrent = ["DELETE FROM savings", "DELETE FROM accounts", "DELETE FROM vehicles"];

function pick<V>(map: ReadonlyMap<number, V>, index: number): readonly [number, V] | undefined {
  return [...map][index % Math.max(1, map.size)];
}
function differs(row: Row, { name, extra }: Held["change"]): boolean {
  return (name !== undefined && name !== row.name) || (extra !== undefined && extra !== row.extra);
}
