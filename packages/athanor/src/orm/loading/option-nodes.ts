import { ArgumentError } from "../../errors/errors.ts";
import type { OptionNode } from "../../sql/nodes/statements.ts";
import { optionNodesOf } from "../../sql/statement/option-nodes.ts";
import type { LoaderOption } from "../../sql/statement/types.ts";
import { LoadOption } from "./load-option.ts";
import { standingOption } from "./loader-criteria.ts";

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
