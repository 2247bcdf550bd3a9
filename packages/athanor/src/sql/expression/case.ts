import { nullType } from "../coercions/literal-types.ts";
import { condition, operand } from "../coercions/operands.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { Expression } from "./expression.ts";

interface CaseBranch {
  readonly condition: ExpressionNode;
  readonly result: ExpressionNode;
}

/**
 * `CASE WHEN … THEN … END`: add branches with `when`, end with `else` or leave it open, then the value is null where no
 * branch holds.
 */
export class Case<out T> extends Expression<T | null> {
  readonly #branches: readonly CaseBranch[];

  constructor(branches: readonly CaseBranch[]) {
    super(caseNode(branches, null));
    this.#branches = branches;
  }
  when<U>(check: Expression<boolean | null, string, string>, value: U | Expression<U, string, string>): Case<T | U> {
    return new Case([...this.#branches, branch(check, value)]);
  }
  else<U>(value: U | Expression<U, string, string>): Expression<T | U> {
    const type = this.#branches[0]?.result.type ?? nullType;
    return new Expression(caseNode(this.#branches, operand(value, type, "else()")));
  }
}

/** `CASE WHEN condition THEN value`; see {@link Case}. */
export function caseWhen<T>(
  check: Expression<boolean | null, string, string>,
  value: T | Expression<T, string, string>,
): Case<T> {
  return new Case<T>([branch(check, value)]);
}

function branch(check: unknown, value: unknown): CaseBranch {
  return { condition: condition(check, "when()"), result: operand(value, nullType, "when()") };
}

function caseNode(branches: readonly CaseBranch[], otherwise: ExpressionNode | null): ExpressionNode {
  return {
    kind: "case",
    operand: null,
    whens: branches.map((each) => ({ kind: "when", ...each })),
    otherwise,
    type: branches[0]?.result.type ?? nullType,
  };
}
