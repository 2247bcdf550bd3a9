// Rows that are known by what they mean: keys that change, keys of several columns, unique values that are passed on; with
// links over such keys, and savepoints.
import { type Engine, foreignKey, integer, table, varchar } from "athanor";
import { declarativeBase, inspect, many, map, one, oneOrNone, Session } from "athanor/orm";
import fc from "fast-check";
import { expect } from "vitest";

export const KeysBase = declarativeBase();

class Region extends KeysBase.model("regions", {
  code: varchar(20).primaryKey(),
  label: integer().unique(),
  get sites() {
    return many(() => Site, { backPopulates: "region", cascade: "all" });
  },
}) {
  static {
    map(this);
  }
}
const visits = table(
  "visits",
  KeysBase.metadata,
  {
    region: varchar(20).primaryKey(),
    number: integer().primaryKey().autoincrement(false),
    vehicle: integer().primaryKey().autoincrement(false).references("vehicles.id"),
  },
  [
    foreignKey()
      .on("region", "number")
      .references(() => [Site.regionCode, Site.number], { onUpdate: "cascade" }),
  ],
);
class Site extends KeysBase.model("sites", {
  regionCode: varchar(20)
    .references(() => Region.code, { onUpdate: "cascade" })
    .primaryKey(),
  number: integer().primaryKey().autoincrement(false),
  /** Of its own, and passed on. */
  rank: integer().name("place").unique(),
  get region() {
    return one(() => Region, { backPopulates: "sites" });
  },
  get vehicles() {
    return many(() => Vehicle, { secondary: () => visits, backPopulates: "sites" });
  },
}) {
  static {
    map(this);
  }
}
class Vehicle extends KeysBase.model("vehicles", {
  id: integer().primaryKey().autoincrement(false),
  kind: varchar(10),
  plate: varchar(20).unique(),
  get sites() {
    return many(() => Site, { secondary: () => visits, backPopulates: "vehicles" });
  },
  homeRegion: varchar(20).nullable(),
  homeNumber: integer().nullable(),
  get home() {
    return oneOrNone(() => Site, { foreignKeys: () => [Vehicle.homeRegion, Vehicle.homeNumber] });
  },
}) {
  static {
    map(
      this,
      [
        foreignKey()
          .on(this.homeRegion, this.homeNumber)
          .references(() => [Site.regionCode, Site.number], { onUpdate: "cascade", onDelete: "set null" }),
      ],
      { polymorphicOn: "kind", polymorphicIdentity: "vehicle" },
    );
  }
}
class Truck extends Vehicle.inherit({ load: integer().nullable() }, { polymorphicIdentity: "truck" }) {
  static {
    map(this);
  }
}

export type KeyStep =
  | { readonly do: "addRegion" }
  | { readonly do: "addSite"; readonly region: number }
  | { readonly do: "addVehicle"; readonly truck: boolean; readonly home: number | null }
  | { readonly do: "recode"; readonly region: number }
  | { readonly do: "moveSite"; readonly site: number; readonly region: number; readonly byMember: boolean }
  | { readonly do: "swapRanks"; readonly a: number; readonly b: number }
  | { readonly do: "rotatePlates"; readonly count: number }
  | { readonly do: "inherit"; readonly from: number }
  | { readonly do: "moveHome"; readonly vehicle: number; readonly site: number | null }
  | { readonly do: "link" | "unlink"; readonly site: number; readonly vehicle: number; readonly far: boolean }
  | { readonly do: "deleteRegion" | "deleteSite" | "deleteVehicle"; readonly at: number }
  | { readonly do: "flush" | "commit" | "rollback" | "reopen" }
  | { readonly do: "nested"; readonly steps: readonly KeyStep[]; readonly throws: boolean };

const at = fc.nat(9);
const maybe: fc.Arbitrary<number | null> = fc.option(at);
const fixed = <const T extends string>(name: T) => fc.constant(name);
const changes: fc.WeightedArbitrary<KeyStep>[] = [
  { weight: 3, arbitrary: fc.record({ do: fixed("addRegion") }) },
  { weight: 5, arbitrary: fc.record({ do: fixed("addSite"), region: at }) },
  { weight: 4, arbitrary: fc.record({ do: fixed("addVehicle"), truck: fc.boolean(), home: maybe }) },
  { weight: 4, arbitrary: fc.record({ do: fixed("recode"), region: at }) },
  { weight: 4, arbitrary: fc.record({ do: fixed("moveSite"), site: at, region: at, byMember: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fixed("swapRanks"), a: at, b: at }) },
  { weight: 3, arbitrary: fc.record({ do: fixed("rotatePlates"), count: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ do: fixed("inherit"), from: at }) },
  { weight: 3, arbitrary: fc.record({ do: fixed("moveHome"), vehicle: at, site: maybe }) },
  { weight: 4, arbitrary: fc.record({ do: fixed("link"), site: at, vehicle: at, far: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fixed("unlink"), site: at, vehicle: at, far: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fixed("deleteRegion"), at }) },
  { weight: 2, arbitrary: fc.record({ do: fixed("deleteSite"), at }) },
  { weight: 2, arbitrary: fc.record({ do: fixed("deleteVehicle"), at }) },
  { weight: 4, arbitrary: fc.record({ do: fixed("flush") }) },
];
const { nested } = fc.letrec<{ nested: KeyStep; inside: KeyStep }>((tie) => ({
  inside: fc.oneof({ maxDepth: 2 }, ...changes, { weight: 2, arbitrary: tie("nested") }),
  nested: fc.record({
    do: fc.constant("nested" as const),
    steps: fc.array(tie("inside"), { maxLength: 6 }),
    throws: fc.boolean(),
  }),
}));
export const keyWork: fc.Arbitrary<KeyStep[]> = fc.array(
  fc.oneof(
    ...changes,
    { weight: 3, arbitrary: fc.record({ do: fixed("commit") }) },
    { weight: 2, arbitrary: fc.record({ do: fixed("rollback") }) },
    { weight: 2, arbitrary: fc.record({ do: fixed("reopen") }) },
    { weight: 4, arbitrary: nested },
  ) as fc.Arbitrary<KeyStep>,
  { maxLength: 30, size: "max" },
);

/** What there is, by labels; a site's label is its number, a vehicle's its id. */
interface KeyWorld {
  readonly regions: Map<number, { code: string }>;
  readonly sites: Map<number, { region: number; rank: number }>;
  readonly vehicles: Map<number, { truck: boolean; plate: string; home: number | null }>;
  /** `site:vehicle` */
  readonly visits: Set<string>;
}

class Thrown extends Error {}

/** Does the same with a session and with the model. */
export class Registrar {
  readonly #engine: Engine;
  #session: Session;
  #world: KeyWorld = { regions: new Map(), sites: new Map(), vehicles: new Map(), visits: new Set() };
  #committed: KeyWorld = structuredClone(this.#world);
  #objects = new Map<string, object>();
  #labels = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#session = new Session(engine);
  }

  async play(steps: readonly KeyStep[]): Promise<void> {
    try {
      for (const step of steps) await this.#step(step);
      await this.#session.commit();
    } finally {
      await this.#session.close();
    }
  }

  // ── objects ────────────────────────────────────────────────────────────────
  async #region(label: number): Promise<Region> {
    return await this.#find(`r${label}`, Region, this.#world.regions.get(label)?.code ?? "");
  }
  async #site(label: number): Promise<Site> {
    const { region } = this.#world.sites.get(label) ?? { region: 0 };
    return await this.#find(`s${label}`, Site, [this.#world.regions.get(region)?.code ?? "", label]);
  }
  async #vehicle(label: number): Promise<Vehicle> {
    return await this.#find(`v${label}`, Vehicle, label);
  }
  async #find<C extends typeof Region | typeof Site | typeof Vehicle>(
    name: string,
    model: C,
    key: string | number | readonly (string | number)[],
  ): Promise<C["prototype"]> {
    const known = this.#objects.get(name);
    if (known !== undefined) {
      expect(["pending", "persistent"], `${name} is in the session`).toContain(inspect(known).status);
      return known as C["prototype"];
    }
    await this.#session.flush();
    const found = await this.#session.get(model, key as never);
    expect(found, `${name} is there under ${String(key)}`).not.toBeNull();
    this.#objects.set(name, found as object);
    return found as C["prototype"];
  }
  async #related(object: object, name: string): Promise<unknown> {
    await this.#session.refresh(object, [name]);
    return Reflect.get(object, name) as unknown;
  }

  // ── steps ──────────────────────────────────────────────────────────────────
  async #step(step: KeyStep): Promise<void> {
    const world = this.#world;
    switch (step.do) {
      case "addRegion": {
        const label = this.#next();
        const region = new Region({ code: `c${label}`, label });
        this.#session.add(region);
        this.#objects.set(`r${label}`, region);
        world.regions.set(label, { code: `c${label}` });
        return;
      }
      case "addSite": {
        const region = pick(world.regions, step.region);
        if (region === undefined) return;
        const label = this.#next();
        const site = new Site({ region: await this.#region(region), number: label, rank: label } as never);
        this.#session.add(site);
        this.#objects.set(`s${label}`, site);
        world.sites.set(label, { region, rank: label });
        return;
      }
      case "addVehicle": {
        const label = this.#next();
        const site = step.home === null ? undefined : pick(world.sites, step.home);
        const home = site === undefined ? null : await this.#site(site);
        const model = step.truck ? Truck : Vehicle;
        const kind = step.truck ? "truck" : "vehicle";
        const vehicle = new model({ id: label, kind, plate: `p${label}`, home } as never);
        this.#session.add(vehicle);
        this.#objects.set(`v${label}`, vehicle);
        world.vehicles.set(label, { truck: step.truck, plate: `p${label}`, home: site ?? null });
        return;
      }
      case "recode": {
        const region = pick(world.regions, step.region);
        if (region === undefined) return;
        const code = `c${this.#next()}`;
        (await this.#region(region)).code = code;
        world.regions.set(region, { code });
        return;
      }
      case "moveSite":
        return await this.#moveSite(step);
      case "swapRanks": {
        const [a, b] = [pick(world.sites, step.a), pick(world.sites, step.b)];
        if (a === undefined || b === undefined || a === b) return;
        const [one, other] = [await this.#site(a), await this.#site(b)];
        [one.rank, other.rank] = [other.rank, one.rank];
        const [first, second] = [world.sites.get(a), world.sites.get(b)];
        if (first !== undefined && second !== undefined) [first.rank, second.rank] = [second.rank, first.rank];
        return;
      }
      case "rotatePlates": {
        const labels = [...world.vehicles.keys()].slice(0, step.count);
        const vehicles: Vehicle[] = [];
        for (const label of labels) vehicles.push(await this.#vehicle(label));
        const plates = vehicles.map(({ plate }) => plate);
        for (const [index, label] of labels.entries()) {
          const plate = plates[(index + 1) % plates.length] as string;
          (vehicles[index] as Vehicle).plate = plate;
          (world.vehicles.get(label) as { plate: string }).plate = plate;
        }
        return;
      }
      case "inherit": {
        // A new vehicle gets the plate of one that is deleted in the same flush.
        const from = pick(world.vehicles, step.from);
        if (from === undefined) return;
        const { plate } = await this.#vehicle(from);
        await this.#deleteVehicle(from);
        const label = this.#next();
        const vehicle = new Vehicle({ id: label, kind: "vehicle", plate } as never);
        this.#session.add(vehicle);
        this.#objects.set(`v${label}`, vehicle);
        world.vehicles.set(label, { truck: false, plate, home: null });
        return;
      }
      case "moveHome": {
        const vehicle = pick(world.vehicles, step.vehicle);
        const site = step.site === null ? undefined : pick(world.sites, step.site);
        if (vehicle === undefined) return;
        const home = site === undefined ? null : await this.#site(site);
        (await this.#vehicle(vehicle)).home = home;
        (world.vehicles.get(vehicle) as { home: number | null }).home = site ?? null;
        return;
      }
      case "link":
      case "unlink":
        return await this.#link(step);
      case "deleteRegion": {
        const region = pick(world.regions, step.at);
        if (region === undefined) return;
        // What leads to its sites has to be known to the session.
        for (const [site, row] of [...world.sites]) if (row.region === region) await this.#deleteSite(site);
        await this.#session.flush();
        const object = await this.#region(region);
        await this.#session.delete(object);
        world.regions.delete(region);
        this.#objects.delete(`r${region}`);
        return;
      }
      case "deleteSite": {
        const site = pick(world.sites, step.at);
        if (site !== undefined) await this.#deleteSite(site);
        return;
      }
      case "deleteVehicle": {
        const vehicle = pick(world.vehicles, step.at);
        if (vehicle !== undefined) await this.#deleteVehicle(vehicle);
        return;
      }
      case "flush":
        await this.#session.flush();
        return;
      case "commit":
        await this.#session.commit();
        this.#committed = structuredClone(world);
        return;
      case "rollback":
        await this.#session.rollback();
        this.#restore(this.#committed);
        return;
      case "reopen":
        await this.#session.close();
        this.#session = new Session(this.#engine);
        this.#objects.clear();
        this.#restore(this.#committed);
        return;
      case "nested":
        return await this.#nested(step);
    }
  }

  async #moveSite({ site: s, region: r, byMember }: Extract<KeyStep, { do: "moveSite" }>): Promise<void> {
    const [site, region] = [pick(this.#world.sites, s), pick(this.#world.regions, r)];
    if (site === undefined || region === undefined) return;
    const [object, target] = [await this.#site(site), await this.#region(region)];
    if (byMember) {
      await this.#session.flush();
      const members = (await this.#related(target, "sites")) as object[];
      if (!members.includes(object)) members.push(object);
    } else object.region = target;
    (this.#world.sites.get(site) as { region: number }).region = region;
  }

  async #link({ do: what, site: s, vehicle: v, far }: Extract<KeyStep, { do: "link" | "unlink" }>): Promise<void> {
    const [site, vehicle] = [pick(this.#world.sites, s), pick(this.#world.vehicles, v)];
    if (site === undefined || vehicle === undefined) return;
    const [near, other] = [await this.#site(site), await this.#vehicle(vehicle)];
    await this.#session.flush();
    const [owner, member, name] = far ? [other, near, "sites"] : [near, other, "vehicles"];
    const members = (await this.#related(owner, name)) as object[];
    const index = members.indexOf(member);
    if (what === "link" && index < 0) members.push(member);
    if (what === "unlink" && index >= 0) members.splice(index, 1);
    if (what === "link") this.#world.visits.add(`${site}:${vehicle}`);
    else this.#world.visits.delete(`${site}:${vehicle}`);
  }

  /** Vehicles lose their home first: the session knows of it only by their side. */
  async #deleteSite(site: number): Promise<void> {
    const { vehicles, visits: links, sites } = this.#world;
    for (const [label, row] of vehicles) {
      if (row.home !== site) continue;
      (await this.#vehicle(label)).home = null;
      row.home = null;
    }
    const object = await this.#site(site);
    await this.#remove(object);
    for (const each of [...links]) if (each.startsWith(`${site}:`)) links.delete(each);
    sites.delete(site);
    this.#objects.delete(`s${site}`);
  }
  async #deleteVehicle(vehicle: number): Promise<void> {
    const object = await this.#vehicle(vehicle);
    await this.#remove(object);
    for (const each of [...this.#world.visits]) if (each.endsWith(`:${vehicle}`)) this.#world.visits.delete(each);
    this.#world.vehicles.delete(vehicle);
    this.#objects.delete(`v${vehicle}`);
  }
  async #remove(object: object): Promise<void> {
    if (inspect(object).status === "pending") await this.#session.flush();
    await this.#session.delete(object);
  }

  async #nested({ steps, throws }: Extract<KeyStep, { do: "nested" }>): Promise<void> {
    let before = structuredClone(this.#world);
    try {
      await this.#session.beginNested(async () => {
        before = structuredClone(this.#world);
        for (const step of steps) await this.#step(step);
        if (throws) throw new Thrown("on purpose");
      });
    } catch (error) {
      if (!(error instanceof Thrown)) throw error;
      this.#restore(before);
    }
  }

  #restore(world: KeyWorld): void {
    this.#world = structuredClone(world);
    for (const [name, object] of this.#objects) {
      const { status } = inspect(object);
      const label = Number(name.slice(1));
      const kind = name.startsWith("r") ? "regions" : name.startsWith("s") ? "sites" : "vehicles";
      const isThere = this.#world[kind].has(label);
      if (isThere) expect(["persistent", "pending"], name).toContain(status);
      if (!isThere) this.#objects.delete(name);
    }
  }
  #next(): number {
    this.#labels += 1;
    return this.#labels;
  }

  expectedRows(): Readonly<Record<string, readonly (readonly unknown[])[]>> {
    const { regions, sites, vehicles, visits: links } = this.#world;
    const sorted = (rows: (readonly unknown[])[]) =>
      rows.sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]));
    return {
      regions: sorted([...regions].map(([label, { code }]) => [label, code])),
      sites: sorted([...sites].map(([label, { region, rank }]) => [label, region, rank])),
      vehicles: sorted(
        [...vehicles].map(([label, { truck, plate, home }]) => [label, truck ? "truck" : "vehicle", plate, home]),
      ),
      visits: sorted([...links].map((each) => each.split(":").map(Number))),
    };
  }
}

export const keyQueries: Readonly<Record<string, string>> = {
  regions: "SELECT label, code FROM regions ORDER BY label",
  sites: `SELECT s.number, r.label, s.place FROM sites s JOIN regions r ON r.code = s.region_code ORDER BY s.number`,
  vehicles: `SELECT v.id, v.kind, v.plate, s.number FROM vehicles v LEFT JOIN sites s
    ON s.region_code = v.home_region AND s.number = v.home_number ORDER BY v.id`,
  visits: `SELECT s.number, x.vehicle FROM visits x JOIN sites s ON s.region_code = x.region AND s.number = x.number
    ORDER BY s.number, x.vehicle`,
};
export const clearKeys = ["DELETE FROM visits", "DELETE FROM vehicles", "DELETE FROM sites", "DELETE FROM regions"];

function pick(map: ReadonlyMap<number, unknown>, index: number): number | undefined {
  return [...map.keys()][index % Math.max(1, map.size)];
}
