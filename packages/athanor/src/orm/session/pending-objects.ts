import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { Mapper } from "../mapping/mapper.ts";

/** Objects of one hierarchy of classes, in the order in which they came; those that were taken out may still be among them. */
interface Group {
  states: InstanceState[];
  hasGaps: boolean;
}

/**
 * Objects to be inserted: of each hierarchy of classes in the order in which they came. An object that is pending in a
 * session stands here, and no other; so that nothing has to be looked up to put one in.
 */
export class PendingObjects implements Iterable<InstanceState> {
  readonly #session: object;
  readonly #groups = new Map<Mapper, Group>();
  #size = 0;
  /** The group that was added to last: objects come in runs. */
  #lastBase: Mapper | null = null;
  #last: Group = { states: [], hasGaps: false };

  constructor(session: object) {
    this.#session = session;
  }

  get size(): number {
    return this.#size;
  }

  /** Puts in an object that was in no session. */
  add(state: InstanceState): void {
    const { base } = state.mapper;
    if (base !== this.#lastBase) {
      this.#last = this.#groupOf(base);
      this.#lastBase = base;
    }
    this.#last.states.push(state);
    this.#size += 1;
  }
  #groupOf(base: Mapper): Group {
    let group = this.#groups.get(base);
    if (group === undefined) {
      group = { states: [], hasGaps: false };
      this.#groups.set(base, group);
    }
    return group;
  }

  /** Notes that an object is about to be pending no longer. */
  delete(state: InstanceState): void {
    const group = this.#groups.get(state.mapper.base);
    if (group === undefined) return;
    group.hasGaps = true;
    this.#size -= 1;
  }
  /** Lets go of all objects that are not pending any more. */
  settle(): void {
    this.#size = 0;
    for (const group of this.#groups.values()) {
      this.#close(group);
      this.#size += group.states.length;
    }
  }
  clear(): void {
    this.#groups.clear();
    this.#lastBase = null;
    this.#last = { states: [], hasGaps: false };
    this.#size = 0;
  }

  /** Objects by the topmost mapper of their hierarchy. */
  groups(): readonly (readonly [Mapper, readonly InstanceState[]])[] {
    const groups: (readonly [Mapper, readonly InstanceState[]])[] = [];
    for (const [mapper, group] of this.#groups) {
      if (group.hasGaps) this.#close(group);
      groups.push([mapper, group.states]);
    }
    return groups;
  }
  /** An object that was taken out and put in again counts once. */
  #close(group: Group): void {
    const isPending = ({ status, session }: InstanceState) => status === "pending" && session === this.#session;
    group.states = [...new Set(group.states.filter(isPending))];
    group.hasGaps = false;
  }
  *[Symbol.iterator](): Iterator<InstanceState> {
    for (const [, states] of this.groups()) yield* states;
  }
}
