import type { Task } from "../../../util/task.ts";
import { requireState } from "../../instrumentation/entity.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { presentObjects } from "../../instrumentation/related.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { rolesOf } from "../relationship-roles.ts";
import { byShard } from "../shards.ts";
import type { FlushPlan } from "./flush-plan.ts";
import { clearKeys, followTarget, loseParent, synchronizeChildren } from "./synchronize.ts";
import { updateRows } from "./update-rows.ts";
import { writingOf } from "./writing.ts";

/** What is done once all rows are there: foreign keys of rows that point at each other. */
export interface PostUpdates {
  /** In the order in which keys are to be synchronised. */
  readonly work: readonly (() => void)[];
  /** Whose rows that may concern. */
  readonly states: ReadonlySet<InstanceState>;
}

/** Relationships with `postUpdate` that have changed, or whose ends are deleted; null where no class has any. */
export function findPostUpdates(plan: FlushPlan): PostUpdates | null {
  let isConcerned = plan.cleared.size > 0;
  for (const mapper of plan.works.keys()) isConcerned ||= hasPostUpdates(mapper);
  return isConcerned ? collectPostUpdates(plan) : null;
}

function collectPostUpdates(plan: FlushPlan): PostUpdates {
  const { core } = plan;
  const work: (() => void)[] = [];
  const states = new Set<InstanceState>();
  const put = (state: InstanceState, action: () => void): void => {
    states.add(state);
    work.push(action);
  };
  for (const { mapper, updates, inserts, deletes } of plan.works.values()) {
    if (!hasPostUpdates(mapper)) continue;
    for (const state of [...updates, ...inserts]) {
      for (const property of rolesOf(state.mapper).written) {
        if (!property.postUpdate || state.relatedBefore?.has(property) !== true) continue;
        if (property.direction === "manyToOne") {
          put(state, () => {
            followTarget(core, state, property);
          });
        } else {
          for (const member of presentObjects(state, property)) states.add(requireState(member));
          put(state, () => {
            synchronizeChildren(plan, state, true);
          });
        }
      }
    }
    for (const state of deletes) {
      for (const property of rolesOf(state.mapper).manyToOne) {
        const isSet = property.sync.some(
          ({ destination }) => ((state.object as Columns)[destination.key] ?? null) !== null,
        );
        if (property.postUpdate && isSet) {
          put(state, () => {
            clearKeys(state, property);
          });
        }
      }
    }
  }
  for (const [child, losses] of plan.cleared) {
    for (const loss of losses) {
      if (loss.property.postUpdate) {
        put(child, () => {
          loseParent(child, loss);
        });
      }
    }
  }
  return { work, states };
}

function hasPostUpdates(mapper: Mapper): boolean {
  return rolesOf(mapper).hasPostUpdates || mapper.subclasses.some(hasPostUpdates);
}

function* updatePart(plan: FlushPlan, base: Mapper, states: readonly InstanceState[]): Task<void> {
  if (states.length > 0) yield* updateRows(yield* writingOf(plan, base), states);
}

export function* writePostUpdates(plan: FlushPlan, { work, states }: PostUpdates): Task<void> {
  for (const action of work) action();
  const groups = Map.groupBy(states, (state) => state.mapper.base);
  for (const [base, group] of groups) {
    const own = group.filter((state) => state.status === "persistent");
    for (const [token, part] of byShard(plan.core, own)) yield* plan.core.onShard(token, updatePart(plan, base, part));
  }
}
