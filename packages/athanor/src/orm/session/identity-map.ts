import type { IdentityKey, IdentityToken, InstanceState } from "../instrumentation/instance-state.ts";
import type { IdentityLookup } from "../loading/load-context.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { WeakObjects } from "./weak-objects.ts";

type ObjectsByKey = Map<IdentityKey, InstanceState>;
type ObjectsByBase = Map<Mapper, ObjectsByKey>;

/**
 * The persistent objects of a session: one object for each row. They are held as long as the session holds them. Where rows
 * are spread over several databases there is a map for each, and `token` says in which one is being worked.
 */
export class IdentityMap implements IdentityLookup {
  readonly #weak: boolean;
  readonly #maps: ObjectsByBase = new Map();
  #shards: Map<IdentityToken, ObjectsByBase> | null = null;
  /** The database that is being worked in, where there are several. */
  token: IdentityToken | null = null;

  /** `weak`: objects that are as their rows are, and that nobody else has, may vanish. */
  constructor(weak = false) {
    this.#weak = weak;
  }

  #mapsOf(token: IdentityToken | null): ObjectsByBase {
    if (token === null) return this.#maps;
    this.#shards ??= new Map();
    let maps = this.#shards.get(token);
    if (maps === undefined) {
      maps = new Map();
      this.#shards.set(token, maps);
    }
    return maps;
  }

  /** The objects of one hierarchy of classes. Whoever needs it for many rows asks once. */
  objectsOf(mapper: Mapper): ObjectsByKey {
    return this.#objectsIn(this.token === null ? this.#maps : this.#mapsOf(this.token), mapper);
  }

  get(mapper: Mapper, key: IdentityKey): InstanceState | undefined {
    return (this.token === null ? this.#maps : this.#mapsOf(this.token)).get(mapper.base)?.get(key);
  }
  /** The same in one of several databases. */
  getAt(token: IdentityToken | null, mapper: Mapper, key: IdentityKey): InstanceState | undefined {
    return this.#mapsOf(token).get(mapper.base)?.get(key);
  }
  /** The same in the database of another object. */
  getBeside({ identityToken }: InstanceState, mapper: Mapper, key: IdentityKey): InstanceState | undefined {
    return this.getAt(identityToken, mapper, key);
  }

  has(state: InstanceState): boolean {
    return state.key !== null && this.getBeside(state, state.mapper, state.key) === state;
  }

  add(state: InstanceState): void {
    if (state.key !== null) this.#objectsIn(this.#mapsOf(state.identityToken), state.mapper).set(state.key, state);
  }

  /** Takes an object out; another object that has taken its place stays. */
  remove(state: InstanceState): void {
    if (this.has(state))
      this.#objectsIn(this.#mapsOf(state.identityToken), state.mapper).delete(state.key as IdentityKey);
  }

  clear(): void {
    this.#maps.clear();
    this.#shards = null;
  }

  get size(): number {
    let size = 0;
    for (const objects of this.maps()) size += objects.size;
    return size;
  }

  /** All maps, for loops that must be fast. */
  maps(): Iterable<ObjectsByKey> {
    if (this.#shards === null) return this.#maps.values();
    return [this.#maps, ...this.#shards.values()].flatMap((maps) => [...maps.values()]);
  }

  /** All objects that are here now. */
  states(): readonly InstanceState[] {
    const states: InstanceState[] = [];
    for (const objects of this.maps()) for (const state of objects.values()) states.push(state);
    return states;
  }

  #objectsIn(maps: ObjectsByBase, { base }: Mapper): ObjectsByKey {
    let objects = maps.get(base);
    if (objects === undefined) {
      objects = this.#weak ? new WeakObjects() : new Map<IdentityKey, InstanceState>();
      maps.set(base, objects);
    }
    return objects;
  }

  // ── objects that may vanish ────────────────────────────────────────────────
  /** Objects that may differ from their rows, class by class. */
  *changeable(): Iterable<Iterable<InstanceState>> {
    for (const objects of this.maps()) yield objects instanceof WeakObjects ? objects.held() : objects.values();
  }
  /** An object has changed, or is being read: it is held. */
  hold(state: InstanceState): void {
    if (!this.#weak || state.key === null) return;
    const objects = this.#objectsIn(this.#mapsOf(state.identityToken), state.mapper);
    if (objects instanceof WeakObjects) objects.hold(state.key, state);
  }
  /** Lets go of the objects that are as their rows are. */
  release(isNeeded: (state: InstanceState) => boolean): void {
    if (!this.#weak) return;
    for (const objects of this.maps()) {
      if (!(objects instanceof WeakObjects)) continue;
      for (const state of [...objects.held()]) {
        const { key, status, mapper } = state;
        const isClean = status === "persistent" && !state.relationshipsChanged && !mapper.hasChanges(state);
        if (key !== null && isClean && !isNeeded(state)) objects.park(key, state);
      }
    }
  }
}
