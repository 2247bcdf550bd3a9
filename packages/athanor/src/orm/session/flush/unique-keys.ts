import type { Constraint } from "../../../schema/constraint.ts";
import { CheckConstraint, UniqueConstraint } from "../../../schema/constraint.ts";
import { TableColumn } from "../../../schema/table-column.ts";
import type { Index } from "../../../schema/table-index.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import { rolesOf } from "../relationship-roles.ts";
import { isReadOnly } from "./insert-values.ts";

/** Columns whose values together no two rows may share, checked with each statement. */
export interface UniqueKey {
  /** Known by this: classes of one hierarchy share it. */
  readonly source: Constraint | Index;
  readonly properties: readonly ColumnProperty[];
  /** It is the primary key: a new row with the key of a deleted one takes that over. */
  readonly isPrimary: boolean;
  /** What a row can be given for a while, so that another may have its value; null where there is nothing to give. */
  readonly blank: Blank | null;
}

export interface Blank {
  readonly property: ColumnProperty;
  /** A value that no other row has. */
  make(): unknown;
}

const known = new WeakMap<Mapper, readonly UniqueKey[]>();

export function uniqueKeysOf(mapper: Mapper): readonly UniqueKey[] {
  let keys = known.get(mapper);
  if (keys === undefined) {
    keys = findKeys(mapper);
    known.set(mapper, keys);
  }
  return keys;
}

function findKeys(mapper: Mapper): readonly UniqueKey[] {
  const tables = new Set(mapper.columns.map(({ column }) => column.table));
  const keys: UniqueKey[] = [];
  for (const table of tables) {
    for (const constraint of table.constraints) {
      const isPrimary = constraint.kind === "primaryKey";
      // What is checked at the end of the transaction is in nobody's way.
      if (constraint.initially === "deferred" || !(isPrimary || constraint instanceof UniqueConstraint)) continue;
      const properties = propertiesOf(mapper, constraint.columns);
      if (properties === null) continue;
      const isDistinct = constraint.dialectOptions.postgresql?.nullsNotDistinct !== true;
      const blank = isPrimary ? null : blankFor(mapper, properties, isDistinct);
      keys.push({ source: constraint, properties, isPrimary, blank });
    }
    for (const index of table.indexes) {
      const columns = index.expressions.filter((each) => each instanceof TableColumn);
      if (!index.unique || columns.length < index.expressions.length) continue;
      const properties = propertiesOf(mapper, columns);
      if (properties === null) continue;
      const isDistinct = index.dialectOptions.postgresql?.nullsNotDistinct !== true;
      keys.push({ source: index, properties, isPrimary: false, blank: blankFor(mapper, properties, isDistinct) });
    }
  }
  return keys;
}

function propertiesOf(mapper: Mapper, columns: readonly TableColumn[]): readonly ColumnProperty[] | null {
  const properties = columns.map((column) => mapper.columns.find((each) => each.column === column));
  const found = properties.filter((each) => each !== undefined);
  return found.length === columns.length && found.length > 0 ? found : null;
}

/** NULL is best, which is equal to nothing; otherwise a value that nobody has thought of. */
function blankFor(mapper: Mapper, properties: readonly ColumnProperty[], nullsAreDistinct: boolean): Blank | null {
  const writable = properties.filter((property) => !isReadOnly(property) && !property.column.primaryKey);
  const nullable = writable.find(({ column }) => column.nullable);
  if (nullsAreDistinct && nullable !== undefined) return { property: nullable, make: () => null };
  for (const property of writable) {
    const make = isFree(mapper, property) ? valueMaker(property) : null;
    if (make !== null) return { property, make };
  }
  return null;
}

/** Nothing but the key asks anything of the column's values. */
function isFree(mapper: Mapper, { column }: ColumnProperty): boolean {
  const isChecked = column.table.constraints.some((each) => each instanceof CheckConstraint);
  return !isChecked && column.foreignKeys.length === 0 && mapper.version?.property.column !== column;
}

function valueMaker({ type, column }: ColumnProperty): (() => unknown) | null {
  if (column.computed !== null || type.stored !== type) return null;
  const length = (type as { readonly length?: number | null }).length ?? null;
  switch (type.kind) {
    case "varchar":
    case "text":
    case "string":
      return length !== null && length < 8 ? null : () => randomText(Math.min(length ?? 24, 24));
    case "integer":
      return () => -Math.floor(Math.random() * 2 ** 31) - 1;
    case "bigInteger":
      return type.needsBigInt ? null : () => -Math.floor(Math.random() * 2 ** 52) - 1;
    case "uuid":
      return () => crypto.randomUUID();
    default:
      return null;
  }
}

function randomText(length: number): string {
  let text = "~";
  while (text.length < length) text += Math.random().toString(36).slice(2);
  return text.slice(0, length);
}

/** The many-to-one that gives a column its value, where there is one. */
export function giverOf(mapper: Mapper, property: ColumnProperty): RelationshipProperty | null {
  return rolesOf(mapper).manyToOne.find(({ sync }) => sync.some(({ destination }) => destination === property)) ?? null;
}
