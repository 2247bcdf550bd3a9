import { type CompilingDialect, compilerFor } from "../../src/sql/compile/compile.ts";
import type { Slot } from "../../src/sql/compile/compiled.ts";
import { cacheKey } from "../../src/sql/traverse/cache-key.ts";
import { type ParameterSet, statementNode } from "../support/sqlite-statements.ts";

/** A statement's text, and its values as they were given, before any conversion for the driver. */
export interface Written {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** What a value is that the oracle could not know, because it is made at execution. */
export const fromDefault: symbol = Symbol("default");
/** How the oracle writes a value that has to come with the execution. */
const required = { $required: true } as const;

export function written(statement: unknown, set: ParameterSet | null, dialect: CompilingDialect): Written {
  const node = statementNode(statement);
  const { binds } = cacheKey(node);
  const compiled = compilerFor(dialect, { binds }).compile(node, set === null ? null : Object.keys(set));
  const given = binds.map(({ value }) => value);
  const sql = compiled.sql ?? compiled.bind(given, withStandIns(compiled.slots, set)).sql;
  const values = compiled.slots.flatMap((slot) => valuesOf(slot, given, set));
  return { sql, values: compiled.slots.length === 0 ? [] : inOrderOfAppearance(sql, values) };
}

/** A numbered parameter may stand in several places. */
function inOrderOfAppearance(sql: string, values: readonly unknown[]): readonly unknown[] {
  const numbers = [...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
  return numbers.length === 0 ? values : numbers.map((number) => values[number - 1]);
}

/** The text with its values in it. */
export function writtenLiterally(statement: unknown, dialect: CompilingDialect): string {
  const node = statementNode(statement);
  const { binds } = cacheKey(node);
  return compilerFor(dialect, { binds, literalBinds: true }).compile(node, null).sql ?? "";
}

function valuesOf(
  { source, expand, literal }: Slot,
  given: readonly unknown[],
  set: ParameterSet | null,
): readonly unknown[] {
  if (literal !== undefined) return [];
  switch (source.kind) {
    case "constant":
      return [source.value];
    case "default":
      return [fromDefault];
    case "parameter":
      return [set?.[source.key] ?? required];
    case "value": {
      const isGiven = source.name !== null && set !== null && Object.hasOwn(set, source.name);
      if (source.required && !isGiven) return [required];
      const value = isGiven ? set[source.name ?? ""] : given[source.index];
      return expand !== null && Array.isArray(value) ? value.flat() : [value];
    }
  }
}

/** Values for what comes with an execution, where none does: the length of lists decides about the text. */
function withStandIns(slots: readonly Slot[], set: ParameterSet | null): ParameterSet {
  const standIns: Record<string, unknown> = {};
  for (const { source } of slots) {
    if (source.kind === "parameter") standIns[source.key] = null;
    else if (source.kind === "value" && source.required) standIns[source.name ?? ""] = null;
  }
  return { ...standIns, ...set };
}
