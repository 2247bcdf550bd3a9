import type { Task } from "../../../util/task.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import { isAnyoneListening, listenersFor, type RowEventName, tellExpired } from "../../mapping/mapper-events.ts";
import { WritingContext } from "./flush-context.ts";
import type { Writing } from "./writing.ts";

/** The attributes that new objects had nothing for before they were inserted. */
export type Unset = Map<InstanceState, readonly ColumnProperty[]>;

/** Tells those who listen to a class, if anybody does, and waits for them. */
export function* tell({ plan, connection }: Writing, event: RowEventName, states: Iterable<InstanceState>): Task<void> {
  if (!isAnyoneListening(event)) return;
  const { core } = plan;
  const context = new WritingContext(core, connection);
  for (const state of states) {
    for (const handler of listenersFor(state.mapper, event)?.take(event) ?? []) {
      yield* core.tellOfRow(event, () => Reflect.apply(handler, undefined, [state.object, core.face, context]));
    }
  }
}

/** Tells that an object has to load what the database has made. */
export function tellOutdated({ mapper, object }: InstanceState, columns: readonly ColumnProperty[]): void {
  if (!isAnyoneListening("expire")) return;
  tellExpired(
    mapper,
    object,
    columns.map(({ key }) => key),
  );
}

/** Tells of values that a flush has given an object. */
export function tellGenerated(
  { plan }: Writing,
  { mapper, object }: InstanceState,
  attributes: readonly string[],
): void {
  if (attributes.length === 0) return;
  listenersFor(mapper, "refreshFlush")?.fire("refreshFlush", object, plan.core.face, attributes);
}

// ── new objects ──────────────────────────────────────────────────────────────
/** The columns that an object has nothing for; keys are not among them. */
export function withoutValue({ mapper, object }: InstanceState): readonly ColumnProperty[] {
  return mapper.columns.filter(({ key, column }) => !column.primaryKey && !hasValue(object, key));
}

function hasValue(object: object, key: string): boolean {
  return Object.hasOwn(object, key) && ((object as Columns)[key] ?? null) !== null;
}

/** Tells of what a flush has given new objects, and that they have rows. */
export function* tellInserted(writing: Writing, states: readonly InstanceState[], unset: Unset | null): Task<void> {
  if (unset !== null) {
    for (const state of states) {
      const made = unset.get(state)?.filter(({ key }) => hasValue(state.object, key)) ?? [];
      tellGenerated(
        writing,
        state,
        made.map(({ key }) => key),
      );
    }
  }
  yield* tell(writing, "afterInsert", states);
}
