import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { AssignmentNode } from "../../sql/nodes/statements.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { unload } from "../instrumentation/related.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { tellExpired } from "../mapping/mapper-events.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { DmlSession } from "./dml-session.ts";
import { CannotEvaluate, type EvaluationScope, type Evaluator, UNKNOWN } from "./evaluation.ts";
import { evaluator } from "./evaluator.ts";

/** What an UPDATE does to an object of the session: values that are known, and attributes whose values are not. */
export class ObjectChange {
  readonly #values: { readonly property: ColumnProperty; readonly evaluate: Evaluator }[] = [];
  readonly #unknown: ColumnProperty[] = [];

  constructor(assignments: readonly Pick<AssignmentNode, "column" | "value" | "place">[], scope: EvaluationScope) {
    for (const property of scope.mapper.columns) {
      const assigned = assignments.find(({ column }) => property.isKeptIn(column.column));
      if (assigned?.place !== undefined) this.#unknown.push(property);
      else if (assigned !== undefined) this.#add(property, assigned.value, scope);
      // The database, or a function of the user's, gives these a value in every UPDATE.
      else if (property.column.onUpdate !== null) this.#unknown.push(property);
    }
  }

  #add(property: ColumnProperty, value: ExpressionNode, scope: EvaluationScope): void {
    try {
      this.#values.push({ property, evaluate: evaluator(value, scope) });
    } catch (error) {
      if (!(error instanceof CannotEvaluate)) throw error;
      this.#unknown.push(property);
    }
  }

  /** Changes an object. When it is not certain that the statement has met it, it forgets what may have changed. */
  apply(session: DmlSession, state: InstanceState, isCertain: boolean): void {
    session.rowChanges(state);
    const known: ColumnProperty[] = [];
    const values: unknown[] = [];
    const forgotten = [...this.#unknown];
    for (const { property, evaluate } of this.#values) {
      const value = isCertain ? evaluate(state.object) : UNKNOWN;
      if (value === UNKNOWN) forgotten.push(property);
      else {
        known.push(property);
        values.push(value);
      }
    }
    if (known.length > 0) state.mapper.hydratePartially(state, known, values, 0);
    if (forgotten.length > 0) {
      state.mapper.expireColumns(state, forgotten);
      tellExpired(
        state.mapper,
        state.object,
        forgotten.map(({ key }) => key),
      );
    }
    forgetRelated(state, [...known, ...forgotten]);
  }
}

/** A foreign key has changed: where it leads to has to be looked up again. */
function forgetRelated(state: InstanceState, changed: readonly ColumnProperty[]): void {
  for (const property of state.mapper.relationships) {
    if (property.direction === "manyToOne" && leadsBy(property, changed)) unload(state, property);
  }
}

function leadsBy(property: RelationshipProperty, changed: readonly ColumnProperty[]): boolean {
  return property.pairs.some(({ local }) => changed.some((each) => each.isKeptIn(local.column)));
}
