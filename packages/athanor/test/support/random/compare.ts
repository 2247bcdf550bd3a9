import { expect } from "vitest";
import { type Ast, evaluate } from "./expressions.ts";
import type { Value } from "./operator.ts";
import { type Effect, effectOf, type RandomStatement } from "./statements.ts";
import { rows } from "./things.ts";
import { Unspecified, type World } from "./world.ts";

/** What an expression is for each row; null where databases need not agree. */
export function expectedValues(ast: Ast, world: World): readonly Value[] | null {
  return specified(() => rows.map((row) => evaluate(ast, { row, world })));
}
/** What a statement does; null where databases need not agree. */
export function expectedEffect(statement: RandomStatement, world: World): Effect | null {
  return specified(() => effectOf(statement, world));
}

function specified<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unspecified) return null;
    throw error;
  }
}

/** Expects values to be the same, but for a fraction's last digits, which depend on the order of its operations. */
export function expectSame(found: readonly unknown[], expected: readonly unknown[] | null): void {
  const same = found.length === expected?.length && found.every((value, i) => isSame(value, expected[i]));
  if (!same) expect(found).toEqual(expected);
}

function isSame(found: unknown, expected: unknown): boolean {
  if (typeof expected !== "number" || typeof found !== "number") return found === expected;
  return Math.abs(found - expected) <= Math.abs(expected) * 1e-12;
}

/** The same for rows that come in any order. */
export function expectSameRows(
  found: readonly (readonly unknown[])[],
  expected: readonly (readonly unknown[])[],
): void {
  const left = [...found];
  const missing = expected.filter((row) => {
    const index = left.findIndex(
      (each) => each.length === row.length && each.every((value, i) => isSame(value, row[i])),
    );
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  if (missing.length + left.length > 0) expect(found).toEqual(expected);
}
