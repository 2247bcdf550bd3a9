import type { CursorResult } from "../../engine/cursor-result.ts";
import type { RowCursor } from "../../engine/pending-result.ts";
import { Result, type ResultContent } from "../../engine/result.ts";
import { ArgumentError } from "../../errors/errors.ts";
import type { Handler } from "../../events/listeners.ts";
import { describe } from "../../sql/coercions/operands.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { outputColumns } from "../../sql/traverse/output-columns.ts";
import type { Task } from "../../util/task.ts";
import { stateOf } from "../instrumentation/entity.ts";
import type { LoadReason, ParameterValues } from "../loading/load-context.ts";
import { completedStatement, type Execution, nodeOf, statementOf } from "./execution.ts";
import { runLoad } from "./loads.ts";
import { mergeObject } from "./merge.ts";
import { type Answer, type OrmExecuteHost, OrmExecuteState } from "./orm-execute-state.ts";
import type { SessionCore } from "./session-core.ts";

/** What an execution through a session gives: the cursor, and what is made of its rows. */
export interface SessionResult {
  readonly cursor: CursorResult;
  readonly content: ResultContent;
}

/** What is done when all handlers have been heard. */
type Perform<R> = (execution: Execution) => Task<R>;

/** Whether handlers of `doOrmExecute` want to be heard before anything is executed. */
export function isObserved({ listeners }: SessionCore): boolean {
  return listeners.has("doOrmExecute");
}

/** Executes something after its handlers have been heard, unless one of them has given a result in its place. */
export function* observed(
  core: SessionCore,
  execution: Execution,
  perform: Perform<SessionResult>,
): Task<SessionResult> {
  return yield* goOn(core, execution, perform, perform, core.listeners.take("doOrmExecute"));
}

/** The same for rows that are read as they come: `stream` is done in the end, and `perform` where a handler asks for it. */
export function* observedStream(
  core: SessionCore,
  execution: Execution,
  perform: Perform<SessionResult>,
  stream: Perform<RowCursor>,
): Task<RowCursor> {
  const found = yield* goOn(core, execution, perform, stream, core.listeners.take("doOrmExecute"));
  return "content" in found ? cursorOver(found.content) : found;
}

function* goOn<R>(
  core: SessionCore,
  execution: Execution,
  perform: Perform<SessionResult>,
  last: Perform<R>,
  [handler, ...rest]: readonly Handler[],
): Task<R | SessionResult> {
  if (handler === undefined) {
    return yield* last({ ...execution, statement: completedStatement(execution), added: [] });
  }
  const state = new OrmExecuteState(hostOf(core, perform, rest), execution);
  const answer = yield* core.waitFor("doOrmExecute", () => Reflect.apply(handler, undefined, [state]));
  if (answer === undefined) return yield* goOn(core, state.$execution, perform, last, rest);
  if (answer instanceof Result) return answer.$release();
  throw new ArgumentError(`A handler of doOrmExecute returns a result, or nothing, not ${describe(answer)}.`);
}

/** Rows that are there, as a cursor gives them. */
export function cursorOver({ keys, rows }: ResultContent): RowCursor {
  let position = 0;
  return {
    keys,
    *next(size) {
      const part = rows.slice(position, position + size);
      position += part.length;
      return part;
    },
    *close() {},
  };
}

function hostOf(core: SessionCore, perform: Perform<SessionResult>, rest: readonly Handler[]): OrmExecuteHost<unknown> {
  const run = (task: () => Task<SessionResult>) => {
    const dressed = function* (): Task<Result<unknown, unknown>> {
      const { cursor, content } = yield* task();
      return new Result<unknown, unknown>(cursor, content);
    };
    const answer = core.synchronous ? core.runNow(dressed()) : core.runLater(dressed);
    // A synchronous session answers at once, the other with a promise: what its type says.
    return answer as Answer<unknown, Result<unknown, unknown>>;
  };
  return {
    session: core.face,
    invoke: (execution) => run(() => goOn(core, execution, perform, perform, rest)),
    adopt: (frozen) => run(() => adopted(core, frozen())),
  };
}

/** Rows whose objects are those of this session. */
function* adopted(core: SessionCore, result: Result<unknown, unknown>): Task<SessionResult> {
  const { cursor, content } = result.$release();
  const rows: unknown[][] = [];
  for (const row of content.rows) {
    const own: unknown[] = [];
    for (const value of row) {
      const state = typeof value === "object" && value !== null ? stateOf(value) : undefined;
      own.push(state === undefined ? value : yield* mergeObject(core, state, { load: false }));
    }
    rows.push(own);
  }
  return { cursor, content: { keys: content.keys, rows } };
}

// ── what loaders execute ─────────────────────────────────────────────────────
/** Runs a loader's SELECT after its handlers have been heard. Its result has the rows as the database gives them. */
export function* observedLoad(
  core: SessionCore,
  select: SelectNode,
  parameters: ParameterValues,
  about: LoadReason,
): Task<unknown[][]> {
  const original = statementOf(select);
  const execution: Execution = { statement: original, added: [], parameters, options: {}, about };
  const { content } = yield* observed(core, execution, function* (final): Task<SessionResult> {
    // A statement that nobody has changed is the loader's own, of which the compiled form is kept.
    const node = final.statement === original ? select : nodeOf(final.statement);
    if (node?.kind !== "select") {
      throw new ArgumentError(`What a loader executes is a select(), not ${describe(final.statement)}.`);
    }
    const rows = yield* runLoad(core, node, (final.parameters ?? {}) as ParameterValues);
    return resultOf(node, rows);
  });
  return content.rows;
}

function resultOf(select: SelectNode, rows: unknown[][]): SessionResult {
  const keys = outputColumns(select).map(({ name }) => name);
  const cursor: CursorResult = {
    returnsRows: true,
    keys,
    rows,
    rowCount: rows.length,
    lastInsertId: null,
    insertedPrimaryKeys: null,
    compiled: null,
  };
  return { cursor, content: cursor };
}
