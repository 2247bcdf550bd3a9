import type { InstanceState } from "../instrumentation/instance-state.ts";
import { expungePending } from "./attach.ts";
import { cascadeOver } from "./cascade.ts";
import type { SessionCore } from "./session-core.ts";

/** A new object without its parent is not inserted, nor is what belongs to it. */
export function expungeOrphan(core: SessionCore, orphan: InstanceState): void {
  const seen = new Set([orphan]);
  cascadeOver(orphan, "expunge", (state) => {
    if (seen.has(state) || state.status !== "pending" || state.session !== core) return false;
    seen.add(state);
    return true;
  });
  for (const state of seen) expungePending(core, state);
}
