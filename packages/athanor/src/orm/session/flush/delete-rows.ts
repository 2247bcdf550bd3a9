import type { Task } from "../../../util/task.ts";
import { warn } from "../../../util/warn.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";
import { noteDeleted } from "../attach.ts";
import { type Identified, identifiedInOrder } from "./identified.ts";
import { tell } from "./row-events.ts";
import { statementsFor } from "./statements.ts";
import { assertMatched, identityWithVersion, loadVersions, rows, versionCheck } from "./versions.ts";
import { parametersOf, type Writing, type Written, write } from "./writing.ts";

/** Deletes the rows of objects in the order of their keys, those of one class together. */
export function* deleteRows(writing: Writing, given: readonly InstanceState[]): Task<void> {
  // Some have gone early, and some rows have got a new object.
  const states = given.filter((state) => state.status === "persistent" && writing.plan.deletes.has(state));
  if (states.length === 0) return;
  yield* tell(writing, "beforeDelete", states);
  for (const [mapper, own] of Map.groupBy(states, (state) => state.mapper)) yield* loadVersions(writing, mapper, own);
  yield* deleteTables(writing, identifiedInOrder(states));
  const { core, transaction } = writing.plan;
  for (const state of states) noteDeleted(core, transaction, state);
  yield* tell(writing, "afterDelete", states);
}

/** Tables that are joined to others go before those; mostly there is one. */
function* deleteTables(writing: Writing, identified: readonly Identified[]): Task<void> {
  const depths = identified.map(({ state }) => state.mapper.tables.length);
  for (let depth = Math.max(...depths) - 1; depth >= 0; depth -= 1) {
    const tables = Map.groupBy(identified, ({ state }) => state.mapper.tables[depth]);
    for (const [table, own] of tables) if (table !== undefined) yield* deleteRun(writing, table, own);
  }
}

function* deleteRun(writing: Writing, table: WrittenTable, identified: readonly Identified[]): Task<void> {
  const [first] = identified;
  if (first === undefined) return;
  const statements = statementsFor(writing.connection.engine, table);
  for (const [check, own] of Map.groupBy(identified, ({ state }) => versionCheck(state, table))) {
    const statement = statements.delete(check);
    const sets = own.map((each) => parametersOf(statement, each.state, identityWithVersion(each, table)));
    const written = yield* write(writing, statement, first.state.mapper, sets);
    if (first.state.mapper.confirmDeletedRows) confirmDeleted(table, written, own);
  }
}

/** A row that is gone already is as it should be, unless it might be there in another version. */
function confirmDeleted(table: WrittenTable, written: Written, identified: readonly Identified[]): void {
  if (table.version !== null) assertMatched("DELETE", table, written, identified);
  else if (written.rowCount >= 0 && written.rowCount !== identified.length) {
    warn(
      `DELETE from ${JSON.stringify(table.tableName)} expected to delete ${rows(identified.length)}, ` +
        `but found ${written.rowCount}: somebody else, or ON DELETE CASCADE, has deleted them already.`,
    );
  }
}
