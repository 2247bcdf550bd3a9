import { canGenerateCode, generate, propertyOf } from "../../util/code-generation.ts";
import { NOT_LOADED } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "./column-property.ts";

/** An object of a mapped class, by the names of its columns. */
export type Columns = Record<string, unknown>;

/** What is done with all columns of an object at once, many thousand times: made for each mapper. */
export interface ColumnAccess {
  /** Gives an object the values of a row. */
  assign(object: Columns, row: readonly unknown[], offset: number): void;
  /** The values as they can be compared later. */
  snapshot(object: Columns): unknown[];
  /** Turns the part of a row that begins at 0 into a snapshot, in place: values that can change in place are copied. */
  snapshotRow: ((row: unknown[]) => void) | null;
  /** Whether a fully loaded object differs from its snapshot. */
  differs(object: Columns, committed: readonly unknown[]): boolean;
}

/** Columns whose values are put in another way than by assigning them, by their names. */
export type Putters = ReadonlyMap<string, { put(object: object, value: unknown): void }>;

export function columnAccess(columns: readonly ColumnProperty[], putters: Putters = new Map()): ColumnAccess {
  const mutable = columns.filter((column) => column.type.mutable);
  const snapshotRow =
    mutable.length === 0
      ? null
      : (row: unknown[]) => {
          for (const { index, type } of mutable) {
            const value = row[index];
            if (value !== null) row[index] = type.snapshot(value);
          }
        };
  return {
    ...(canGenerateCode ? generatedAccess(columns, putters) : interpretedAccess(columns, putters)),
    snapshotRow,
  };
}

type Access = Omit<ColumnAccess, "snapshotRow">;

/** Straight-line code: one property after the other, so that objects get their shape at once. */
function generatedAccess(columns: readonly ColumnProperty[], putters: Putters): Access {
  const at = ({ key }: ColumnProperty): string => `object${propertyOf(key)}`;
  const assign = columns
    .map((column) =>
      putters.has(column.key)
        ? `putters[${column.index}].put(object, row[offset + ${column.index}]);`
        : `${at(column)} = row[offset + ${column.index}];`,
    )
    .join("\n");
  const snapshot = columns
    .map((column) => (column.type.mutable ? `snap(types[${column.index}], ${at(column)})` : at(column)))
    .join(", ");
  const differs = columns
    .map((column) =>
      column.type.mutable
        ? `changed(types[${column.index}], committed[${column.index}], ${at(column)})`
        : `differs(${at(column)}, committed[${column.index}], types[${column.index}])`,
    )
    .join(" || ");
  return generate<Access>(
    {
      types: columns.map((column) => column.type),
      putters: columns.map(({ key }) => putters.get(key)),
      snap: snapshotOf,
      changed: isChanged,
      differs: isOther,
    },
    `return {
      assign(object, row, offset) { ${assign} },
      snapshot(object) { return [${snapshot}]; },
      differs(object, committed) { return ${differs || "false"}; },
    };`,
  );
}

function interpretedAccess(columns: readonly ColumnProperty[], putters: Putters): Access {
  return {
    assign(object, row, offset) {
      for (const { key, index } of columns) {
        const putter = putters.get(key);
        if (putter === undefined) object[key] = row[offset + index];
        else putter.put(object, row[offset + index]);
      }
    },
    snapshot: (object) => columns.map(({ key, type }) => snapshotOf(type, object[key])),
    differs: (object, committed) =>
      columns.some(({ key, type, index }) => isChanged(type, committed[index], object[key])),
  };
}

type Type = ColumnProperty["type"];

export function snapshotOf(type: Type, value: unknown): unknown {
  return value === null || value === undefined ? value : type.snapshot(value);
}

/** Whether a value is not what a snapshot was taken of. */
export function isChanged(type: Type, before: unknown, now: unknown): boolean {
  if (before === NOT_LOADED) return true;
  if (now === null || now === undefined || before === null || before === undefined) return now !== before;
  return !type.isUnchanged(before, now);
}

function isOther(now: unknown, before: unknown, type: Type): boolean {
  return now !== before && isChanged(type, before, now);
}
