import { InvalidRequestError } from "../errors/errors.ts";
import { type DdlElement, statementsOf } from "../schema/ddl-element.ts";
import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { CursorResult } from "./cursor-result.ts";

const noOptions = { returnsRows: false, bigints: false, converted: true, prepare: false } as const;

/** Executes statements of DDL in order; they have no parameters and no rows. */
export function* executeDdlTexts(core: ConnectionCore, statements: readonly string[]): Task<void> {
  for (const statement of statements) yield* core.driverExecute(statement, [], noOptions);
}

/** Executes a piece of DDL that stands by itself. */
export function* executeDdlElement(core: ConnectionCore, element: DdlElement): Task<CursorResult> {
  const { dialect } = core.engine;
  if (dialect.refusesTransaction?.(element.item) === true && core.isolation !== "AUTOCOMMIT") {
    throw new InvalidRequestError(
      "An index cannot be built or dropped concurrently inside a transaction. Take a connection that begins none: " +
        'connection.executionOptions({ isolationLevel: "AUTOCOMMIT" }).',
    );
  }
  yield* executeDdlTexts(core, statementsOf(element, dialect, core.engine.translation !== null));
  return {
    returnsRows: false,
    keys: [],
    rows: [],
    rowCount: -1,
    lastInsertId: null,
    insertedPrimaryKeys: null,
    compiled: null,
  };
}
