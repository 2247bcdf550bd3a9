import type { CursorResult } from "../../engine/cursor-result.ts";
import type { RowCursor } from "../../engine/pending-result.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import type { Task } from "../../util/task.ts";
import type { SessionResult } from "./orm-execute.ts";

/** What a statement has given on several databases, as one result: rows one database after the other, counts added up. */
export function mergedResults(results: readonly SessionResult[]): SessionResult {
  const [first, ...others] = results;
  if (first === undefined) throw nowhere();
  if (others.length === 0) return first;
  const cursor = mergedCursors(results.map((each) => each.cursor));
  const needsUnique = results.some(({ content }) => content.needsUnique === true);
  const rows = results.flatMap(({ content }) => content.rows);
  return { cursor, content: { keys: first.content.keys, rows, needsUnique } };
}

function mergedCursors(cursors: readonly CursorResult[]): CursorResult {
  const [first] = cursors;
  if (first === undefined) throw nowhere();
  const keys = cursors.map(({ insertedPrimaryKeys }) => insertedPrimaryKeys);
  return {
    ...first,
    rows: cursors.flatMap(({ rows }) => rows),
    rowCount: cursors.reduce((sum, { rowCount }) => sum + rowCount, 0),
    insertedPrimaryKeys: keys.every((each) => each !== null) ? keys.flat() : null,
  };
}

/** The rows of cursors that are opened one after the other. `there` does something where a cursor is. */
export function* streamsInTurn<P>(
  places: readonly P[],
  open: (place: P) => Task<RowCursor>,
  there: <T>(place: P, task: Task<T>) => Task<T>,
): Task<RowCursor> {
  const waiting = [...places];
  const first = waiting.shift();
  if (first === undefined) throw nowhere();
  let place = first;
  let cursor = yield* open(place);
  return {
    keys: cursor.keys,
    *next(size) {
      for (;;) {
        const rows = yield* there(place, cursor.next(size));
        const next = waiting[0];
        if (rows.length > 0 || next === undefined) return rows;
        yield* there(place, cursor.close());
        waiting.shift();
        place = next;
        cursor = yield* open(place);
      }
    },
    *close() {
      yield* there(place, cursor.close());
    },
  };
}

function nowhere(): InvalidRequestError {
  return new InvalidRequestError(
    "The router has named no database for this statement: its forStatement() returns at least one.",
  );
}
