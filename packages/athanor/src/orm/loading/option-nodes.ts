import { ArgumentError } from "../../errors/errors.ts";
import { describe } from "../../sql/coercions/operands.ts";
import type { OptionNode } from "../../sql/nodes/statements.ts";
import type { LoaderOption } from "../../sql/statement/types.ts";
import { NODE } from "../../util/symbols.ts";
import { LoadOption } from "./load-option.ts";
import { standingOption } from "./loader-criteria.ts";

/** What a loader option adds to a statement. */
export function optionNodesOf(option: unknown): readonly OptionNode[] {
  if (typeof option === "object" && option !== null && NODE in option) {
    const nodes = [(option as { readonly [NODE]: OptionNode | readonly OptionNode[] })[NODE]].flat();
    if (nodes.every((node) => node.kind === "option")) return nodes;
  }
  throw new ArgumentError(`Loader options are needed, such as selectinload(User.orders), not ${describe(option)}.`);
}

/**
 * The options of a session as options of each of its statements.
 *
 * @throws ArgumentError for paths, which fit some queries only.
 */
export function standingOptions(options: readonly LoaderOption<never>[]): readonly OptionNode[] {
  return options.flatMap(optionNodesOf).map((node) => {
    const { option } = node;
    if (option instanceof LoadOption && (option.root !== null || option.steps.length !== 1)) {
      throw new ArgumentError(
        `The option ${option} starts at one class, and the options of a session count for all its queries: ` +
          'it takes withLoaderCriteria() and wildcards such as raiseload("*").',
      );
    }
    return standingOption(node);
  });
}
