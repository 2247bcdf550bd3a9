import { warn } from "../../../util/warn.ts";
import { type InstanceState, NOT_LOADED } from "../../instrumentation/instance-state.ts";
import type { Columns } from "../../mapping/column-access.ts";
import { noteDeleted } from "../attach.ts";
import { describeState } from "../describe-state.ts";
import type { FlushPlan } from "./flush-plan.ts";

/**
 * New objects with the key of a row that is to be deleted take that row over: an UPDATE in place of DELETE and INSERT.
 * Gives the objects that have done so; they are taken out of `inserts`.
 */
export function switchRows(plan: FlushPlan, inserts: InstanceState[]): InstanceState[] {
  const { core, deletes } = plan;
  const switched: InstanceState[] = [];
  const [first] = inserts;
  if (first === undefined || core.identityMap.objectsOf(first.mapper).size === 0) return switched;
  for (const state of inserts) {
    const key = state.mapper.identityKeyOf(state.object);
    const existing = key === null ? undefined : core.identityMap.get(state.mapper, key);
    if (existing === undefined) continue;
    if (deletes.has(existing) && existing.status === "persistent") {
      takeOver(plan, state, existing);
      switched.push(state);
    } else {
      warn(
        `The new ${state.mapper.className} has the primary key of ${describeState(existing)}, which is in the session already: ` +
          "the database will refuse it. Change that object, or use session.merge().",
      );
    }
  }
  if (switched.length > 0) inserts.splice(0, inserts.length, ...inserts.filter((state) => !switched.includes(state)));
  return switched;
}

function takeOver({ core, deletes, transaction }: FlushPlan, state: InstanceState, existing: InstanceState): void {
  deletes.delete(existing);
  noteDeleted(core, transaction, existing);
  const object = state.object as Columns;
  const committed = existing.committed?.slice() ?? [];
  for (const { key, type, index } of state.mapper.columns) {
    const before = committed[index];
    // What the new object says nothing about stays what it is in the row.
    if (object[key] === undefined && before !== NOT_LOADED) object[key] = before === null ? null : type.restore(before);
  }
  state.key = existing.key;
  state.status = "persistent";
  state.committed = committed;
  core.identityMap.add(state);
  transaction.inserted.push(state);
}
