import type { CursorResult } from "../../engine/cursor-result.ts";
import type { ExecutionParameters, Prepared } from "../../engine/prepare.ts";
import type { Capabilities } from "../../sql/compile/sql-dialect.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { LoadSession } from "../loading/load-context.ts";

/** What INSERT, UPDATE and DELETE of mapped classes ask of a session. */
export interface DmlSession {
  readonly loads: LoadSession;
  readonly capabilities: Capabilities;
  /** Executes a statement in the session's transaction, without autoflush; a list of parameters as a batch. */
  executePrepared(prepared: Prepared, parameters: ExecutionParameters): Task<CursorResult>;
  /** The values of an object are about to be replaced: after a rollback they return. */
  rowChanges(state: InstanceState): void;
  /** The rows of these objects have been deleted. */
  rowsDeleted(states: readonly InstanceState[]): void;
}
