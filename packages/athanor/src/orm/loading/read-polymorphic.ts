import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import type { EntityPlan } from "./entity-plan.ts";
import type { LoadRun } from "./load-run.ts";
import type { RowClasses, Variant } from "./polymorphic-plan.ts";
import { complete, overwrite } from "./put-values.ts";

/** The objects of rows whose discriminator tells which class each of them is of. */
export function readPolymorphic(
  plan: EntityPlan,
  polymorphic: RowClasses,
  rows: readonly unknown[][],
  run: LoadRun,
): (InstanceState | null)[] {
  const { offset, keyPositions, mapper } = plan;
  const { session } = run;
  const options = run.optionsFor(plan);
  const { news } = run;
  const position = offset + polymorphic.position;
  const { token } = session.identityMap;
  // No row says this of its class.
  let lastIdentity: unknown = polymorphic;
  let variant: Variant | null = null;
  let objects: Map<IdentityKey, InstanceState> = new Map();
  return rows.map((row) => {
    const asked = mapper.identityKey(keyPositions.map((each) => row[offset + each]));
    if (asked === null) return null;
    const identity = row[position] ?? null;
    if (identity !== lastIdentity) {
      variant = polymorphic.variantOf(identity);
      lastIdentity = identity;
      if (variant !== null) objects = session.identityMap.objectsOf(variant.mapper);
    }
    if (variant === null) return null;
    const key =
      variant.keyPositions === null
        ? asked
        : variant.mapper.identityKey(variant.keyPositions.map((each) => row[offset + each]));
    if (key === null) return null;
    const { positions, properties, isWhole } = variant;
    const known = objects.get(key);
    if (known !== undefined && !run.populateExisting && !known.partial) return known;
    const values = positions === null ? row : positions.map((each) => row[offset + each]);
    const start = positions === null ? offset : 0;
    if (known !== undefined) {
      if (run.populateExisting) overwrite(plan, variant, known, values, start, run);
      else complete(variant, known, values, start, run);
      return known;
    }
    const state = variant.mapper.instantiate();
    if (isWhole) variant.mapper.hydrate(state, values, start);
    else variant.mapper.hydratePartially(state, properties, values, start);
    state.key = key;
    state.session = session;
    state.status = "persistent";
    state.loadOptions = options;
    if (token !== null) state.identityToken = token;
    objects.set(key, state);
    news?.loaded(state);
    return state;
  });
}
