import { NODE } from "../../util/symbols.ts";
import { fromOf, offersNode } from "../coercions/operands.ts";
import type { FromNode } from "../nodes/froms.ts";
import type { LockNode } from "../nodes/statements.ts";
import type { ForUpdateOptions } from "./types.ts";

/** What `withForUpdate()` asks for. */
export function lockNode(options: ForUpdateOptions): LockNode {
  return {
    kind: "lock",
    read: options.read ?? false,
    nowait: options.nowait ?? false,
    skipLocked: options.skipLocked ?? false,
    keyShare: options.keyShare ?? false,
    of: [...new Set((options.of ?? []).map(lockedFrom))],
  };
}

/** FOR UPDATE OF takes tables; a column stands for its table. */
function lockedFrom(source: unknown): FromNode {
  if (offersNode(source)) {
    const node = source[NODE];
    if (node.kind === "column" && node.from !== null) return node.from;
  }
  return fromOf(source, "withForUpdate()");
}
