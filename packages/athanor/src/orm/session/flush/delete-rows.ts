import type { Task } from "../../../util/task.ts";
import { warn } from "../../../util/warn.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { noteDeleted } from "../attach.ts";
import { type Identified, identifiedInOrder } from "./identified.ts";
import { statementsFor } from "./statements.ts";
import { assertMatched, identityWithVersion, loadVersions, rows, versionCheck } from "./versions.ts";
import { parametersOf, tell, type Writing, type Written, write } from "./writing.ts";

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
  yield* loadVersions(writing, mapper, given);
  const statements = statementsFor(writing.connection.engine, mapper);
  for (const [check, own] of Map.groupBy(identified, ({ state }) => versionCheck(state))) {
    const statement = statements.delete(check);
    const sets = own.map((each) => parametersOf(statement, each.state, identityWithVersion(each)));
    const written = yield* write(writing, statement, mapper, sets);
    if (mapper.confirmDeletedRows) confirmDeleted(mapper, written, own);
  }
  const { core, transaction } = writing.plan;
  for (const { state } of identified) noteDeleted(core, transaction, state);
}

/** A row that is gone already is as it should be, unless it might be there in another version. */
function confirmDeleted(mapper: Mapper, written: Written, identified: readonly Identified[]): void {
  if (mapper.version !== null) assertMatched("DELETE", mapper, written, identified);
  else if (written.rowCount >= 0 && written.rowCount !== identified.length) {
    warn(
      `DELETE from ${JSON.stringify(mapper.tableName)} expected to delete ${rows(identified.length)}, ` +
        `but found ${written.rowCount}: somebody else, or ON DELETE CASCADE, has deleted them already.`,
    );
  }
}
