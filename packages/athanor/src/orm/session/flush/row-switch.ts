import { warn } from "../../../util/warn.ts";
import { describeState } from "../../instrumentation/describe-state.ts";
import { type InstanceState, NOT_LOADED } from "../../instrumentation/instance-state.ts";
import { quietly } from "../../instrumentation/quiet.ts";
import type { Columns } from "../../mapping/column-access.ts";
import { noteDeleted } from "../attach.ts";
import type { FlushPlan } from "./flush-plan.ts";

/**
 * Whether a new object has the key of a row that is to be deleted, and has taken that row over: an UPDATE in place of DELETE
 * and INSERT.
 */
export function takesOverRow(plan: FlushPlan, state: InstanceState): boolean {
  const { core, deletes } = plan;
  const { mapper, object } = state;
  const [first] = mapper.primaryKey;
  if (first === undefined || ((object as Columns)[first.key] ?? null) === null) return false;
  const key = mapper.identityKeyOf(object);
  const existing = key === null ? undefined : core.identityMap.getBeside(state, mapper, key);
  if (existing === undefined) return false;
  if (deletes.has(existing) && existing.status === "persistent") {
    takeOver(plan, state, existing);
    return true;
  }
  warn(
    `The new ${mapper.className} has the primary key of ${describeState(existing)}, which is in the session already: ` +
      "the database will refuse it. Change that object, or use session.merge().",
  );
  return false;
}

function takeOver({ core, deletes, transaction }: FlushPlan, state: InstanceState, existing: InstanceState): void {
  deletes.delete(existing);
  noteDeleted(core, transaction, existing);
  const object = state.object as Columns;
  const committed = existing.committed?.slice() ?? [];
  for (const { key, type, index } of state.mapper.columns) {
    const before = committed[index];
    // What the new object says nothing about stays what it is in the row.
    if (object[key] !== undefined || before === NOT_LOADED) continue;
    quietly(() => {
      object[key] = before === null ? null : type.restore(before);
    });
  }
  state.key = existing.key;
  state.status = "persistent";
  state.committed = committed;
  core.identityMap.add(state);
  transaction.inserted.push(state);
}
