import { ArgumentError, StatementError } from "../../../errors/errors.ts";
import type { CompiledStatement, Slot } from "../../../sql/compile/compiled.ts";
import { canGenerateCode, generate, propertyOf } from "../../../util/code-generation.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";

/** Reads the parameters of one row out of an object: column values, then what identifies the row. */
export type ParameterReader = (object: Columns, identity: readonly unknown[]) => unknown[];

/** The name of the parameter for the n-th column of a key, in conditions of the unit of work's own. */
export function keyParameter(position: number): string {
  return `key ${position}`;
}

/** The position that such a name stands for. */
export function keyPosition(name: string | null): number {
  return Number(name?.slice("key ".length));
}

/**
 * The reader for a statement whose parameters are columns of a class, and keys named with `keyParameter`. It is straight-line
 * code where code can be made: thousands of rows go through it.
 */
export function parameterReader(
  compiled: CompiledStatement,
  columnsByKey: ReadonlyMap<string, ColumnProperty>,
): ParameterReader {
  const parts = compiled.slots.map((slot) => partOf(slot, columnsByKey));
  return canGenerateCode ? generated(parts) : interpreted(parts);
}

type Process = ((value: unknown) => unknown) | null;
interface Conversion {
  readonly process: Process;
  /** NULL is converted, too. */
  readonly bindsNull: boolean;
}
type Part =
  | ({ readonly from: "object"; readonly key: string } & Conversion)
  | ({ readonly from: "identity"; readonly position: number } & Conversion)
  | ({ readonly from: "maker"; readonly make: () => unknown } & Conversion);

function partOf({ source, process, type: { bindsNull } }: Slot, columns: ReadonlyMap<string, ColumnProperty>): Part {
  switch (source.kind) {
    case "parameter":
      return { from: "object", key: attributeFor(source.key, columns), process, bindsNull };
    case "value":
      return { from: "identity", position: keyPosition(source.name), process, bindsNull };
    case "constant":
      return { from: "maker", make: () => source.value, process, bindsNull };
    case "default":
      return { from: "maker", make: source.make, process, bindsNull };
  }
}

function attributeFor(column: string, columns: ReadonlyMap<string, ColumnProperty>): string {
  const property = columns.get(column);
  if (property === undefined)
    throw new ArgumentError(`There is no attribute for the column ${JSON.stringify(column)}.`);
  return property.key;
}

function generated(parts: readonly Part[]): ParameterReader {
  const values: Record<string, unknown> = {};
  const items = parts.map((part, index) => {
    const read =
      part.from === "object"
        ? `object${propertyOf(part.key)}`
        : part.from === "identity"
          ? `identity[${part.position}]`
          : `make${index}()`;
    if (part.from === "maker") values[`make${index}`] = part.make;
    if (part.process === null) return read;
    values[`process${index}`] = part.process;
    return part.bindsNull ? `process${index}(${read})` : `(value = ${read}) === null ? null : process${index}(value)`;
  });
  return generate<ParameterReader>(
    values,
    `return (object, identity) => { let value; return [${items.join(", ")}]; };`,
  );
}

function interpreted(parts: readonly Part[]): ParameterReader {
  return (object, identity) =>
    parts.map((part) => {
      const value =
        part.from === "object" ? object[part.key] : part.from === "identity" ? identity[part.position] : part.make();
      const isPlain = part.process === null || (value === null && !part.bindsNull);
      return isPlain ? value : part.process(value);
    });
}

/** The error for a value that its type refuses: found again, column by column, to be named. */
export function refusedValue(compiled: CompiledStatement, object: Columns, className: string, error: unknown): unknown {
  for (const { source, process } of compiled.slots) {
    if (source.kind !== "parameter" || process === null) continue;
    const value = object[source.key];
    if (value === null || value === undefined) continue;
    try {
      process(value);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      return new StatementError(`${className}.${source.key}: ${why}`, { cause });
    }
  }
  return error;
}
