import type { Task } from "../../../util/task.ts";
import { warn } from "../../../util/warn.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { noteDeleted } from "../attach.ts";
import { identifiedInOrder } from "./identified.ts";
import { statementsFor } from "./statements.ts";
import { parametersOf, tell, type Writing, write } from "./writing.ts";

/** Deletes the rows of objects in the order of their keys, those of one class together. */
export function* deleteRows(writing: Writing, given: readonly InstanceState[]): Task<void> {
  // Some have gone early, and some rows have got a new object.
  const states = given.filter((state) => state.status === "persistent" && writing.plan.deletes.has(state));
  if (states.length === 0) return;
  tell(writing, "beforeDelete", states);
  for (const [mapper, own] of Map.groupBy(states, (state) => state.mapper)) yield* deleteRun(writing, mapper, own);
  tell(writing, "afterDelete", states);
}

function* deleteRun(writing: Writing, mapper: Mapper, given: readonly InstanceState[]): Task<void> {
  const identified = identifiedInOrder(given);
  const states = identified.map(({ state }) => state);
  const statement = statementsFor(writing.connection.engine, mapper).delete();
  const sets = identified.map(({ state, identity }) => parametersOf(statement, state, identity));
  const { rowCount } = yield* write(writing, statement, mapper, sets);
  if (rowCount >= 0 && rowCount !== states.length) {
    warn(
      `DELETE from ${JSON.stringify(mapper.tableName)} expected to delete ${states.length} ${states.length === 1 ? "row" : "rows"}, ` +
        `but found ${rowCount}: somebody else, or ON DELETE CASCADE, has deleted them already.`,
    );
  }
  const { core, transaction } = writing.plan;
  for (const state of states) noteDeleted(core, transaction, state);
}
