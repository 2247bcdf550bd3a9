import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { NOT_LOADED } from "../../instrumentation/instance-state.ts";
import { identityOf } from "../../loading/refresh.ts";

/** An object and the primary key by which its row is known. */
export interface Identified {
  readonly state: InstanceState;
  readonly identity: readonly unknown[];
}

/** Objects in the order of their primary keys: two transactions that change the same rows do not lock each other out. */
export function identifiedInOrder(states: readonly InstanceState[]): readonly Identified[] {
  const identified = states.map((state) => ({ state, identity: knownIdentity(state) }));
  for (let i = 1; i < identified.length; i += 1) {
    if (compare(identified[i - 1] as Identified, identified[i] as Identified) > 0) return identified.sort(compare);
  }
  return identified;
}

function knownIdentity(state: InstanceState): readonly unknown[] {
  const [only, another] = state.mapper.primaryKey;
  if (only !== undefined && another === undefined) {
    const value = state.committed?.[only.index];
    if (value !== undefined && value !== NOT_LOADED && !only.type.mutable) return [value];
  }
  return identityOf(state);
}

function compare(a: Identified, b: Identified): number {
  const { length } = a.identity;
  for (let i = 0; i < length; i += 1) {
    const [left, right] = [a.identity[i], b.identity[i]];
    if (left === right) continue;
    return rank(left) < rank(right) ? -1 : 1;
  }
  return 0;
}

/** Values of one key have one type: what JavaScript can compare is compared, bytes by their text. */
function rank(value: unknown): number | bigint | string {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return value;
  if (value instanceof Date) return value.getTime();
  return String(value);
}
