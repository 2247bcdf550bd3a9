import type { InstanceState } from "../instrumentation/instance-state.ts";
import { relatedValue, unload } from "../instrumentation/related.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { EntityPlan } from "./entity-plan.ts";
import type { LoadRun } from "./load-run.ts";

/** Which attributes a row has values for, and whether these are all. */
interface Values {
  readonly properties: readonly ColumnProperty[];
  readonly isWhole: boolean;
}

/** Puts the row's values in place of all that the object has, its pending changes too. */
export function overwrite(
  plan: EntityPlan,
  { properties, isWhole }: Values,
  state: InstanceState,
  row: unknown[],
  offset: number,
  run: LoadRun,
): void {
  if (!run.refreshes(state)) return;
  run.session.markModified(state);
  const { mapper } = state;
  if (isWhole && !state.partial && properties.length === mapper.columns.length) mapper.hydrate(state, row, offset);
  else mapper.hydratePartially(state, properties, row, offset);
  state.loadOptions = run.optionsFor(plan);
  run.news?.refreshed(state, isWhole ? null : properties);
  for (const property of mapper.relationships) {
    if (relatedValue(state, property) !== undefined || state.pendingCollections?.has(property) === true) {
      unload(state, property);
    }
  }
}

/** Fills the columns that an object is missing; what it has stays, what was assigned in the meantime too. */
export function complete(
  { properties }: Pick<Values, "properties">,
  state: InstanceState,
  row: readonly unknown[],
  offset: number,
  run: LoadRun,
): void {
  const values: unknown[] = [];
  const missing = properties.filter(({ key }, position) => {
    if (Object.hasOwn(state.object, key)) return false;
    values.push(row[offset + position]);
    return true;
  });
  if (missing.length === 0) return;
  run.session.markModified(state);
  state.mapper.hydratePartially(state, missing, values, 0);
  run.news?.refreshed(state, missing);
}
