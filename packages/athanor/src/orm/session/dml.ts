import type { ConnectionCore } from "../../engine/connection-core.ts";
import type { CursorResult } from "../../engine/cursor-result.ts";
import { executePrepared } from "../../engine/execution.ts";
import type { ExecutionParameters, Prepared } from "../../engine/prepare.ts";
import type { Capabilities } from "../../sql/compile/sql-dialect.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { DmlSession } from "../query/dml-session.ts";
import { noteDeleted } from "./attach.ts";
import type { SessionCore } from "./session-core.ts";

/** A session, as INSERT, UPDATE and DELETE of mapped classes see it. */
export class SessionDml implements DmlSession {
  readonly loads: SessionCore;
  readonly #connection: ConnectionCore;

  constructor(core: SessionCore, connection: ConnectionCore) {
    this.loads = core;
    this.#connection = connection;
  }

  get capabilities(): Capabilities {
    return this.#connection.engine.dialect.capabilities;
  }

  executePrepared(prepared: Prepared, parameters: ExecutionParameters): Task<CursorResult> {
    return executePrepared(this.#connection, prepared, parameters);
  }

  rowChanges(state: InstanceState): void {
    this.loads.activeTransaction().remember(state);
  }

  rowsDeleted(states: readonly InstanceState[]): void {
    const core = this.loads;
    const transaction = core.activeTransaction();
    for (const state of states) {
      core.doomed.delete(state);
      noteDeleted(core, transaction, state);
      core.fire("persistentToDeleted", state.object);
    }
  }
}
