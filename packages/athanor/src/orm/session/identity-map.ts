import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import type { IdentityLookup } from "../loading/load-context.ts";
import type { Mapper } from "../mapping/mapper.ts";

/** The persistent objects of a session: one object for each row. They are held as long as the session holds them. */
export class IdentityMap implements IdentityLookup {
  readonly #maps = new Map<Mapper, Map<IdentityKey, InstanceState>>();

  /** The objects of one hierarchy of classes. Whoever needs it for many rows asks once. */
  objectsOf(mapper: Mapper): Map<IdentityKey, InstanceState> {
    const { base } = mapper;
    let objects = this.#maps.get(base);
    if (objects === undefined) {
      objects = new Map();
      this.#maps.set(base, objects);
    }
    return objects;
  }

  get(mapper: Mapper, key: IdentityKey): InstanceState | undefined {
    return this.#maps.get(mapper.base)?.get(key);
  }

  has(state: InstanceState): boolean {
    return state.key !== null && this.get(state.mapper, state.key) === state;
  }

  add(state: InstanceState): void {
    if (state.key !== null) this.objectsOf(state.mapper).set(state.key, state);
  }

  /** Takes an object out; another object that has taken its place stays. */
  remove(state: InstanceState): void {
    if (this.has(state)) this.objectsOf(state.mapper).delete(state.key as IdentityKey);
  }

  clear(): void {
    this.#maps.clear();
  }

  get size(): number {
    let size = 0;
    for (const objects of this.#maps.values()) size += objects.size;
    return size;
  }

  /** All maps, for loops that must be fast. */
  maps(): Iterable<Map<IdentityKey, InstanceState>> {
    return this.#maps.values();
  }

  /** All objects that are here now. */
  states(): readonly InstanceState[] {
    const states: InstanceState[] = [];
    for (const objects of this.#maps.values()) for (const state of objects.values()) states.push(state);
    return states;
  }
}
