import type { ColumnDefault } from "../../../schema/column-definition.ts";
import { offersNode } from "../../../sql/coercions/operands.ts";
import { canGenerateCode, generate, propertyOf } from "../../../util/code-generation.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";

/** What an INSERT makes of a column that has no value. */
type Unset =
  /** NULL is written. */
  | { readonly kind: "null" }
  /** A value is made here. */
  | { readonly kind: "make"; readonly make: () => unknown }
  /** A value is made here, whatever the object says: versions of rows. */
  | { readonly kind: "set"; readonly make: () => unknown }
  /** It is left to the database: generated keys, server defaults. */
  | { readonly kind: "omit" }
  /** It is never written: columns that are computed, or the system's. */
  | { readonly kind: "never" };

/** The database alone gives the column its values. */
export function isReadOnly({ column }: ColumnProperty): boolean {
  return column.computed !== null || column.system;
}

/** How a column is treated that an object says nothing about. */
function unsetOf(property: ColumnProperty, { version }: Pick<WrittenTable, "version">): Unset {
  const { column, type } = property;
  if (isReadOnly(property)) return { kind: "never" };
  if (version?.property === property && version.next !== null) {
    const { next } = version;
    return { kind: "set", make: () => next(null) };
  }
  const fallback = column.default;
  if (fallback?.kind === "value" || fallback?.kind === "function") return { kind: "make", make: maker(fallback, type) };
  const isLeft = fallback !== null || column.serverDefault !== null || column.identity !== null || column.primaryKey;
  return { kind: isLeft ? "omit" : "null" };
}

function maker(
  fallback: Extract<ColumnDefault, { kind: "value" | "function" }>,
  type: ColumnProperty["type"],
): () => unknown {
  if (fallback.kind === "function") return fallback.create;
  const { value } = fallback;
  // Objects must not share a value that can change in place.
  if (!type.mutable || value === null) return () => value;
  const kept = type.snapshot(value);
  return () => type.restore(kept);
}

/** Some value is a SQL expression: the row takes a statement of its own. */
export const HAS_SQL = -1;

/**
 * Completes the column values of new objects: defaults are put in, what is missing becomes null. Null for a column with a
 * default counts as missing; SQL's `nullValue()` writes NULL. Answers which columns are left to the database, as a mark that
 * is equal for equal sets of columns.
 */
export type Completer = (object: Columns) => number | string;

export function completerFor(table: Pick<WrittenTable, "columns" | "version">): Completer {
  const columns = table.columns.map((property) => ({ property, unset: unsetOf(property, table) }));
  const omittable = columns.filter(({ unset }) => unset.kind === "omit");
  return canGenerateCode && omittable.length <= 30 ? generated(columns) : interpreted(columns);
}

interface Planned {
  readonly property: ColumnProperty;
  readonly unset: Unset;
}

function generated(columns: readonly Planned[]): Completer {
  const makers: (() => unknown)[] = [];
  const steps: string[] = [];
  let bit = 1;
  for (const { property, unset } of columns) {
    const at = `object${propertyOf(property.key)}`;
    const otherwise = `else if (typeof value === "object" && value !== null && isSql(value)) sql = true;`;
    if (unset.kind === "null") {
      steps.push(`value = ${at}; if (value === undefined) ${at} = null; ${otherwise}`);
    } else if (unset.kind === "make") {
      steps.push(
        `value = ${at}; if (value === undefined || value === null) ${at} = makers[${makers.length}](); ${otherwise}`,
      );
      makers.push(unset.make);
    } else if (unset.kind === "set") {
      steps.push(`${at} = makers[${makers.length}]();`);
      makers.push(unset.make);
    } else if (unset.kind === "omit") {
      steps.push(`value = ${at}; if (value === undefined || value === null) mark |= ${bit}; ${otherwise}`);
      bit *= 2;
    }
  }
  return generate<Completer>(
    { makers, isSql: offersNode },
    `return (object) => { let mark = 0, sql = false, value; ${steps.join("\n")} return sql ? ${HAS_SQL} : mark; };`,
  );
}

function interpreted(columns: readonly Planned[]): Completer {
  return (object) => {
    let mark = "";
    let hasSql = false;
    for (const { property, unset } of columns) {
      if (unset.kind === "never") continue;
      if (unset.kind === "set") object[property.key] = unset.make();
      const value = object[property.key];
      const isMissing = value === undefined || value === null;
      if (isMissing && unset.kind === "null") object[property.key] = null;
      else if (isMissing && unset.kind === "make") object[property.key] = unset.make();
      else if (isMissing) mark += `${property.index},`;
      else if (offersNode(value)) hasSql = true;
    }
    return hasSql ? HAS_SQL : mark;
  };
}

/** The columns that the next INSERT of a completed object leaves to the database. */
export function omittedColumns(
  table: Pick<WrittenTable, "columns" | "version">,
  object: Columns,
): readonly ColumnProperty[] {
  return table.columns.filter((property) => {
    const unset = unsetOf(property, table);
    if (unset.kind === "never") return true;
    const value = object[property.key];
    return unset.kind === "omit" && (value === undefined || value === null);
  });
}
