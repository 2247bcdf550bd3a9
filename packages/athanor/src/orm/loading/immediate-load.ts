import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { relatedValue, setLoaded } from "../instrumentation/related.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { RelationLoad } from "./entity-plan.ts";
import { LazyLoad } from "./lazy-load.ts";
import type { LoadRun } from "./load-run.ts";
import type { RelationRequest } from "./selectin-load.ts";

/** Loads a relationship at once, with a statement for each object that needs one. */
export class ImmediateLoad implements RelationLoad {
  readonly property: RelationshipProperty;
  readonly #lazy: LazyLoad;

  constructor(request: RelationRequest) {
    this.property = request.property;
    this.#lazy = new LazyLoad(request);
  }
  get needs(): readonly ColumnProperty[] {
    return this.#lazy.needs;
  }

  *run(states: Iterable<InstanceState>, run: LoadRun): Task<void> {
    for (const state of states) if (run.fills(state, this.property)) yield* this.#lazy.load(state, run);
  }
}

/** Leaves a relationship empty. */
export class NoLoad implements RelationLoad {
  readonly property: RelationshipProperty;
  readonly needs: readonly ColumnProperty[] = [];

  constructor(property: RelationshipProperty) {
    this.property = property;
  }

  *run(states: Iterable<InstanceState>): Task<void> {
    for (const state of states) {
      if (relatedValue(state, this.property) === undefined)
        setLoaded(state, this.property, this.property.isCollection ? [] : null);
    }
  }
}
