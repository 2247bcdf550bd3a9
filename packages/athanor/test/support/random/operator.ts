import type fc from "fast-check";
import type { Expression } from "../../../src/sql/expression/expression.ts";
import { caseOf, caseWhen, func, literal } from "../core.ts";
import { type Thing, things } from "./things.ts";
import type { World } from "./world.ts";

export type Kind = "integer" | "float" | "text" | "boolean";
export type Value = number | string | boolean | null;
/** A plain value that belongs to an operator: a literal, the bounds of substr(), a pattern. */
export type Plain = number | string | boolean;

export type Numbers = Expression<number | null, string, string>;
export type Texts = Expression<string | null, string, string>;
export type Truths = Expression<boolean | null, string, string>;
export type Any = Numbers | Texts | Truths;

/** One operator or function: how the library writes it, and what it means. */
export interface Operator {
  readonly operands: readonly Kind[];
  readonly build: (operands: readonly Any[], value: Plain | undefined) => Any;
  /** What SQL answers; operands that are null have been dealt with unless `nulls` is set. */
  readonly evaluate: (operands: readonly Value[], at: Place, value: Plain | undefined) => Value;
  readonly nulls?: true;
  readonly value?: fc.Arbitrary<Plain>;
  /** It reads the table itself: what it finds in the middle of a change is up to the database. */
  readonly readsTable?: true;
  /** Where it is not, or not with these meanings. */
  readonly missing?: readonly World["name"][];
}
export type Operators = Readonly<Record<string, Operator>>;

/** Where an expression is evaluated. */
export interface Place {
  readonly row: Thing;
  readonly world: World;
}

// The kinds of operands are what an operator says itself; the casts only take note of it.
export const numbers = (value: Any | undefined) => value as Numbers;
export const texts = (value: Any | undefined) => value as Texts;
export const truths = (value: Any | undefined) => value as Truths;
export const number = (value: Value | undefined) => value as number;
export const string = (value: Value | undefined) => value as string;

export function column(key: keyof Thing): Operator {
  return { operands: [], build: () => things.c[key], evaluate: (_, { row }) => row[key], nulls: true };
}
export function constant(value: fc.Arbitrary<Plain>): Operator {
  return {
    operands: [],
    value,
    build: (_, given) => literal(given ?? null) as Any,
    evaluate: (_operands, _place, given) => given ?? null,
  };
}

/** Of one operand. */
export function unary<A extends Any, T extends Value>(
  kind: Kind,
  build: (a: A) => Any,
  evaluate: (a: NonNullable<T>, at: Place) => Value,
): Operator {
  return {
    operands: [kind],
    build: ([a]) => build(a as A),
    evaluate: ([a], at) => evaluate(a as NonNullable<T>, at),
  };
}
/** Of two operands of a kind. */
export function binary<A extends Any, T extends Value>(
  kind: Kind,
  build: (a: A, b: A) => Any,
  evaluate: (a: NonNullable<T>, b: NonNullable<T>, at: Place) => Value,
): Operator {
  return {
    operands: [kind, kind],
    build: ([a, b]) => build(a as A, b as A),
    evaluate: ([a, b], at) => evaluate(a as NonNullable<T>, b as NonNullable<T>, at),
  };
}

/** What there is for every kind. */
export function common(kind: Kind): Operators {
  return {
    case: {
      operands: ["boolean", kind, kind],
      build: ([a, b, c]) => caseWhen(truths(a), numbers(b)).else(numbers(c)),
      evaluate: ([a, b, c]) => (a === true ? (b ?? null) : (c ?? null)),
      nulls: true,
    },
    caseWithoutElse: {
      operands: ["boolean", kind, "boolean", kind],
      build: ([a, b, c, d]) => caseWhen(truths(a), numbers(b)).when(truths(c), numbers(d)) as Any,
      evaluate: ([a, b, c, d]) => (a === true ? (b ?? null) : c === true ? (d ?? null) : null),
      nulls: true,
    },
    caseOf: {
      operands: ["integer", "integer", kind, kind],
      build: ([a, b, c, d]) => caseOf(numbers(a)).when(numbers(b), numbers(c)).else(numbers(d)),
      evaluate: ([a, b, c, d]) => (a !== null && a === b ? (c ?? null) : (d ?? null)),
      nulls: true,
    },
    coalesce: {
      operands: [kind, kind],
      build: ([a, b]) => func.coalesce(numbers(a), numbers(b)),
      evaluate: ([a, b]) => a ?? b ?? null,
      nulls: true,
    },
    coalesceThree: {
      operands: [kind, kind, kind],
      build: ([a, b, c]) => func.coalesce(numbers(a), numbers(b), numbers(c)),
      evaluate: ([a, b, c]) => a ?? b ?? c ?? null,
      nulls: true,
    },
  };
}
