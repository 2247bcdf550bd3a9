import type { BindNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import { transform } from "../../sql/traverse/transform.ts";
import type { LoadContext, ParameterValues } from "./load-context.ts";
import type { Criterion } from "./loader-criteria.ts";

/** A value of the user's statement that a loader's statement needs as well. */
interface Borrowed {
  readonly bind: BindNode;
  readonly index: number;
}

/**
 * Values of the user's statement inside loaders' statements: criteria of options, the query that a subqueryload repeats.
 * Loaders' statements are built once for all statements of one structure, so that such a value becomes a parameter with a
 * name, and is handed over each time.
 */
export class BorrowedValues {
  readonly #indexes: ReadonlyMap<BindNode, number>;

  /** @param binds the values of the user's statement, in the order of its cache key */
  constructor(binds: readonly BindNode[]) {
    this.#indexes = new Map(binds.map((bind, index) => [bind, index]));
  }

  /** A copy of an expression or query in which the statement's values are named parameters. */
  named<N extends Node>(root: N, loan: Loan): N {
    if (this.#indexes.size === 0) return root;
    return transform(root, (node) => {
      if (node.kind !== "bind") return null;
      const index = this.#indexes.get(node);
      return index === undefined ? null : loan.take(node, index);
    });
  }
}

/** Criteria of the user's statement for a loader's. */
export function borrowedCriteria(
  { criteria, values }: { readonly criteria: readonly Criterion[]; readonly values: BorrowedValues },
  loan: Loan,
): readonly Criterion[] {
  return criteria.map((each) => each.withExpression((node) => values.named(node, loan)));
}

/** What one loader's statement has borrowed. */
export class Loan {
  readonly #taken = new Map<BindNode, { readonly name: string; readonly node: BindNode; readonly index: number }>();

  take(bind: BindNode, index: number): BindNode {
    const known = this.#taken.get(bind);
    if (known !== undefined) return known.node;
    const name = `value ${index}`;
    const node: BindNode = { ...bind, name, required: true, value: bind.expanding ? [] : null };
    this.#taken.set(bind, { name, node, index });
    return node;
  }

  /** The loader's own parameters and what it has borrowed, for one execution. */
  parameters(own: ParameterValues, context: Pick<LoadContext, "values" | "parameters">): ParameterValues {
    if (this.#taken.size === 0) return own;
    const all: Record<string, unknown> = { ...own };
    for (const [bind, { name, index }] of this.#taken) all[name] = valueOf({ bind, index }, context);
    return all;
  }
}

function valueOf(
  { bind, index }: Borrowed,
  { values, parameters }: Pick<LoadContext, "values" | "parameters">,
): unknown {
  const { name } = bind;
  return name !== null && Object.hasOwn(parameters, name) ? parameters[name] : values[index];
}
