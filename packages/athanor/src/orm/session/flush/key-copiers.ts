import { canGenerateCode, generate, propertyOf } from "../../../util/code-generation.ts";
import { type InstanceState, NOT_LOADED } from "../../instrumentation/instance-state.ts";
import { type Columns, snapshotOf } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { RelationshipProperty, SyncPair } from "../../mapping/relationship-property.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";

/** Gives one object the foreign key that leads to another. */
export type KeyCopier = (from: InstanceState, to: InstanceState) => void;

const known = new WeakMap<RelationshipProperty, KeyCopier>();

/** How the keys of a relationship are copied: straight-line code where code can be made, as every new child needs it. */
export function keyCopier(property: RelationshipProperty): KeyCopier {
  let copier = known.get(property);
  if (copier === undefined) {
    copier = canGenerateCode ? generated(property.sync) : (from, to) => copyKeys(from, to, property.sync);
    known.set(property, copier);
  }
  return copier;
}

function generated(pairs: readonly SyncPair[]): KeyCopier {
  const steps = pairs.map(({ source, destination }, index) => {
    const target = `object${propertyOf(destination.key)}`;
    return `value = from.partial ? keyValue(from, sources[${index}]) : from.object${propertyOf(source.key)};
      if (${target} !== value) ${target} = value;`;
  });
  return generate<KeyCopier>(
    { keyValue, sources: pairs.map(({ source }) => source) },
    `return (from, to) => { const object = to.object; let value; ${steps.join("\n")} };`,
  );
}

export function copyKeys(from: InstanceState, to: InstanceState, pairs: readonly SyncPair[]): void {
  for (const { source, destination } of pairs) {
    const value = keyValue(from, source);
    const object = to.object as Columns;
    if (object[destination.key] !== value) object[destination.key] = value;
  }
}

/** The value of a key that may have expired on its object. */
export function keyValue(state: InstanceState, { key, index }: ColumnProperty): unknown {
  const object = state.object as Columns;
  if (!state.partial || Object.hasOwn(object, key)) return object[key];
  const before = state.committed?.[index];
  if (before !== undefined && before !== NOT_LOADED) return before;
  const { primaryKey } = state.mapper;
  if (primaryKey.length === 1 && primaryKey[0]?.key === key && state.key !== null) return state.key;
  return object[key];
}

// ── generated keys ───────────────────────────────────────────────────────────
/** Gives a new object the key that its row has got, and takes its snapshot. */
export type KeyTaker = (object: Columns, key: unknown) => unknown[];

/** @param generatedKey the column that the database has counted up; null where the object had its key before */
export function keyTaker({ columns }: Pick<WrittenTable, "columns">, generatedKey: ColumnProperty | null): KeyTaker {
  if (!canGenerateCode) {
    return (object, key) => {
      if (generatedKey !== null) object[generatedKey.key] = key;
      return columns.map((property) => snapshotOf(property.type, object[property.key]));
    };
  }
  const put = generatedKey === null ? "" : `object${propertyOf(generatedKey.key)} = key;`;
  const values = columns.map(({ key, type, index }) => {
    const value = `object${propertyOf(key)}`;
    return type.mutable ? `snapshotOf(types[${index}], ${value})` : value;
  });
  return generate<KeyTaker>(
    { snapshotOf, types: columns.map(({ type }) => type) },
    `return (object, key) => { ${put} return [${values.join(", ")}]; };`,
  );
}
