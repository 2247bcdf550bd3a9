import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { Mapper } from "../mapping/mapper.ts";

/** Objects to be inserted: of each hierarchy of classes in the order in which they came. */
export class PendingObjects implements Iterable<InstanceState> {
  readonly #groups = new Map<Mapper, Set<InstanceState>>();
  #size = 0;
  /** The group that was added to last: objects come in runs. */
  #lastBase: Mapper | null = null;
  #last: Set<InstanceState> = new Set();

  get size(): number {
    return this.#size;
  }
  /** Objects by the topmost mapper of their hierarchy. */
  get groups(): ReadonlyMap<Mapper, ReadonlySet<InstanceState>> {
    return this.#groups;
  }

  add(state: InstanceState): void {
    const { base } = state.mapper;
    if (base !== this.#lastBase) {
      this.#last = this.#groupOf(base);
      this.#lastBase = base;
    }
    this.#last.add(state);
    this.#size += 1;
  }
  #groupOf(base: Mapper): Set<InstanceState> {
    let group = this.#groups.get(base);
    if (group === undefined) {
      group = new Set();
      this.#groups.set(base, group);
    }
    return group;
  }

  delete(state: InstanceState): void {
    if (this.#groups.get(state.mapper.base)?.delete(state) === true) this.#size -= 1;
  }
  clear(): void {
    this.#groups.clear();
    this.#lastBase = null;
    this.#size = 0;
  }
  *[Symbol.iterator](): Iterator<InstanceState> {
    for (const group of this.#groups.values()) yield* group;
  }
}
