import { ArgumentError } from "../../errors/errors.ts";
import { nullType } from "../coercions/literal-types.ts";
import { describe, undefinedError } from "../coercions/operands.ts";
import type { BindNode } from "../nodes/expressions.ts";
import type { Parameters } from "./types.ts";

/** Values of named parameters as a query keeps them; those given later replace the earlier ones. */
export function namedParameters(earlier: readonly BindNode[], values: Parameters): readonly BindNode[] {
  if (typeof values !== "object" || values === null) {
    throw new ArgumentError(`params() takes values by the names of parameters, not ${describe(values)}.`);
  }
  const added = Object.entries(values).map(([name, value]): BindNode => {
    if (value === undefined) throw undefinedError(`params() for ${JSON.stringify(name)}`);
    return { kind: "bind", value, type: nullType, name, required: false, expanding: false };
  });
  return [...earlier.filter(({ name }) => name === null || !Object.hasOwn(values, name)), ...added];
}
