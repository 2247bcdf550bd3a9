import { nullType } from "../coercions/literal-types.ts";
import { condition, expressionOf, operand } from "../coercions/operands.ts";
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
    super(caseNode(null, branches, null));
    this.#branches = branches;
  }
  when<U>(check: Expression<boolean | null, string, string>, value: U | Expression<U, string, string>): Case<T | U> {
    return new Case([...this.#branches, branch(check, value)]);
  }
  else<U>(value: U | Expression<U, string, string>): Expression<T | U> {
    const type = this.#branches[0]?.result.type ?? nullType;
    return new Expression(caseNode(null, this.#branches, operand(value, type, "else()")));
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

/**
 * `CASE expression WHEN value THEN result … END`: compares one expression with values. Null where none is equal and
 * there is no `else`.
 */
export class CaseOf<V, out T> extends Expression<T | null> {
  readonly #operand: ExpressionNode;
  readonly #branches: readonly CaseBranch[];

  constructor(compared: ExpressionNode, branches: readonly CaseBranch[]) {
    super(caseNode(compared, branches, null));
    this.#operand = compared;
    this.#branches = branches;
  }
  when<U>(
    value: V | Expression<V | null, string, string>,
    result: U | Expression<U, string, string>,
  ): CaseOf<V, T | U> {
    const compared = operand(value, this.#operand.type, "when()");
    const added = { condition: compared, result: operand(result, nullType, "when()") };
    return new CaseOf<V, T | U>(this.#operand, [...this.#branches, added]);
  }
  else<U>(value: U | Expression<U, string, string>): Expression<T | U> {
    const type = this.#branches[0]?.result.type ?? nullType;
    return new Expression(caseNode(this.#operand, this.#branches, operand(value, type, "else()")));
  }
}

/** `CASE expression …`; add values with `when(value, result)`. See {@link CaseOf}. */
export function caseOf<T>(expression: Expression<T, string, string>): CaseOf<NonNullable<T>, never> {
  return new CaseOf(expressionOf(expression, "caseOf()"), []);
}

function caseNode(
  compared: ExpressionNode | null,
  branches: readonly CaseBranch[],
  otherwise: ExpressionNode | null,
): ExpressionNode {
  return {
    kind: "case",
    operand: compared,
    whens: branches.map((each) => ({ kind: "when", ...each })),
    otherwise,
    type: branches[0]?.result.type ?? nullType,
  };
}
