import { AthanorError } from "athanor";
import { sameValue } from "./compare-values.ts";
import { Outcome, StatementCount } from "./trace.ts";

/** How the oracle writes an error. */
interface ErrorRecord {
  readonly class: string;
  readonly mro: readonly string[];
}

/** Python's own classes stand for "refused". */
const refusals = new Set(["TypeError", "AttributeError", "AssertionError", "KeyError", "ValueError"]);

/** Whether a fact is what the oracle observed, by the rules of its README. */
export function sameFact(name: string, expected: unknown, actual: unknown): boolean {
  if (actual instanceof StatementCount) return typeof expected === "number" && actual.count <= expected;
  if (actual instanceof Outcome) {
    if (isErrorRecord(expected)) return sameError(expected, actual.error);
    return actual.error === null && isReturned(expected) && sameValue(expected.returned, actual.returned);
  }
  // The wording of a warning may differ.
  if (name === "warnings" && Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length;
  }
  return sameValue(expected, actual);
}

/** The same class or one derived from it; its counterpart is called alike. */
function sameError(expected: ErrorRecord, actual: unknown): boolean {
  if (!(actual instanceof Error)) return false;
  if (refusals.has(expected.class)) return actual instanceof AthanorError || actual instanceof TypeError;
  return classNames(actual).includes(expected.class);
}

function classNames(error: Error): readonly string[] {
  const names: string[] = [error.name];
  for (let each: unknown = error.constructor; typeof each === "function"; each = Object.getPrototypeOf(each)) {
    if (each.name !== "") names.push(each.name);
  }
  return names;
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  return typeof value === "object" && value !== null && "class" in value && "mro" in value;
}
function isReturned(value: unknown): value is { readonly returned: unknown } {
  return typeof value === "object" && value !== null && "returned" in value;
}

/** A fact as a message shows it. */
export function shown(value: unknown): unknown {
  if (value instanceof StatementCount) return `${value.count} statements`;
  if (!(value instanceof Outcome)) return value;
  return value.error instanceof Error ? `${value.error.name}: ${value.error.message}` : value;
}
