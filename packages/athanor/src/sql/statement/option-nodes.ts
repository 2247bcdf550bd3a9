import { ArgumentError } from "../../errors/errors.ts";
import { NODE } from "../../util/symbols.ts";
import { describe } from "../coercions/operands.ts";
import type { OptionNode } from "../nodes/statements.ts";

/** What a loader option adds to a statement. @internal */
export function optionNodesOf(option: unknown): readonly OptionNode[] {
  if (typeof option === "object" && option !== null && NODE in option) {
    const nodes = [(option as { readonly [NODE]: OptionNode | readonly OptionNode[] })[NODE]].flat();
    if (nodes.every((node) => node.kind === "option")) return nodes;
  }
  throw new ArgumentError(`options() takes loader options such as selectinload(User.orders), not ${describe(option)}.`);
}
