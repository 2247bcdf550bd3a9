import { ArgumentError } from "../../errors/errors.ts";
import { BigIntegerType } from "../../sqltypes/integers.ts";
import type { ColumnProperty } from "./column-property.ts";
import type { MapOptions } from "./map-options.ts";
import type { Mapper } from "./mapper.ts";
import { tableColumn } from "./table-columns.ts";

/** How a class tells the versions of a row from each other. */
export interface VersionCounter {
  readonly property: ColumnProperty;
  /** The version that follows one, and the first one, of null; null where the database or the program makes it. */
  readonly next: ((current: unknown) => unknown) | null;
  /** Each version is one more than the one before. */
  readonly counts: boolean;
}

/**
 * The version counter that `map()` was told of.
 *
 * @throws ArgumentError when it names no column of the class, or one that cannot count.
 */
export function versionCounter(
  mapper: Pick<Mapper, "className" | "columns" | "columnsByKey">,
  { versionId, versionIdGenerator }: MapOptions,
): VersionCounter | null {
  const { className } = mapper;
  if (versionId === undefined) {
    if (versionIdGenerator === undefined) return null;
    throw new ArgumentError(
      `${className}: versionIdGenerator needs a versionId, the attribute that keeps the version.`,
    );
  }
  const property = versionProperty(mapper, versionId);
  if (versionIdGenerator === false) return { property, next: null, counts: false };
  return {
    property,
    next: versionIdGenerator ?? counter(className, property),
    counts: versionIdGenerator === undefined,
  };
}

function versionProperty(
  { className, columns, columnsByKey }: Pick<Mapper, "className" | "columns" | "columnsByKey">,
  given: string | (() => unknown),
): ColumnProperty {
  if (typeof given === "string") {
    const named = columnsByKey.get(given);
    if (named !== undefined) return named;
    throw new ArgumentError(
      `${className}: versionId names ${JSON.stringify(given)}, which is no column attribute of it.`,
    );
  }
  const column = tableColumn(given(), `${className}: versionId`);
  const property = columns.find((each) => each.column === column);
  if (property !== undefined) return property;
  throw new ArgumentError(`${className}: versionId leads to ${column}, which is no column of its table.`);
}

/** Counts up from 1, in numbers of the column's own kind. */
function counter(className: string, { key, type }: ColumnProperty): (current: unknown) => unknown {
  if (type.affinity !== "integer") {
    throw new ArgumentError(
      `${className}.${key} cannot count: a versionId that is no integer needs a versionIdGenerator, such as () => new Date(), ` +
        "or false where the database makes it.",
    );
  }
  if (type.needsBigInt) {
    const isText = type instanceof BigIntegerType && type.mode === "string";
    return (current) => {
      const next = BigInt((current as bigint | string | null) ?? 0) + 1n;
      return isText ? String(next) : next;
    };
  }
  return (current) => ((current as number | null) ?? 0) + 1;
}
