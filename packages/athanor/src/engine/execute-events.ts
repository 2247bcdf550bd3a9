import type { Listeners } from "../events/listeners.ts";
import type { ExecutionParameters } from "./prepare.ts";

/** What handlers of `beforeExecute` and `afterExecute` are told. */
export interface ExecuteEvent {
  /** What the connection was given: a statement, before it is compiled. */
  readonly statement: unknown;
  /** Its parameters: an object by name, a list of such objects, or undefined. */
  readonly parameters: ExecutionParameters;
}

/** The same, and what has come of it. */
export interface ExecutedEvent extends ExecuteEvent {
  /** Rows that it has matched or returned; -1 where the driver does not tell. */
  readonly rowCount: number;
}

/** Tells handlers of a statement, which they may replace. */
export function announced(listeners: Listeners, event: ExecuteEvent): ExecuteEvent {
  if (!listeners.has("beforeExecute")) return event;
  let current = event;
  for (const answer of listeners.fire("beforeExecute", event)) {
    if (isReplacement(answer)) current = { ...current, ...answer };
  }
  return current;
}

function isReplacement(value: unknown): value is Partial<ExecuteEvent> {
  return typeof value === "object" && value !== null && ("statement" in value || "parameters" in value);
}
