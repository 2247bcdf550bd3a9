import { ArgumentError } from "../../errors/errors.ts";
import { isChanged } from "../mapping/column-access.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { DerivedProperty } from "../mapping/derived-attribute.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { FormerValues } from "./former-values.ts";
import { type InstanceState, NOT_LOADED, type PendingCollection } from "./instance-state.ts";
import { historyOf } from "./related.ts";

/** What has changed of an attribute since the last flush. */
export interface AttributeHistory {
  readonly added: readonly unknown[];
  readonly unchanged: readonly unknown[];
  /** What was there before; empty where that is not known. */
  readonly deleted: readonly unknown[];
}

/** What an object held when the flush that is under way began. */
export interface FormerState {
  readonly committed: readonly unknown[] | null;
  readonly relatedBefore: FormerValues | null;
  readonly pendingCollections: ReadonlyMap<RelationshipProperty, PendingCollection> | null;
}

/** Keeps what an object holds, so that its history can be told when it has been written. */
export function formerState({ committed, relatedBefore, pendingCollections }: InstanceState): FormerState {
  return { committed: committed?.slice() ?? null, relatedBefore, pendingCollections };
}

/**
 * What was in an attribute, and what is. Handlers of `afterFlush` are still told of what the flush has written.
 *
 * @throws ArgumentError when there is no such attribute.
 */
export function attributeHistory(state: InstanceState, key: string): AttributeHistory {
  const { mapper } = state;
  const former = state.session?.former(state) ?? state;
  const relationship = mapper.relationshipsByKey.get(key);
  if (relationship !== undefined) {
    const { added, unchanged, deleted } = historyOf(state, relationship, former);
    return { added, unchanged, deleted };
  }
  mapper.writeBack(state);
  const derived = mapper.derivedByKey.get(key);
  if (derived !== undefined) return derivedHistory(state, derived, former.committed);
  const column = mapper.columnsByKey.get(key);
  if (column !== undefined) return columnHistory(state, column, former.committed);
  throw new ArgumentError(`${mapper.className} has no attribute ${JSON.stringify(key)}.`);
}

function columnHistory(
  { object, extras }: InstanceState,
  column: ColumnProperty,
  committed: readonly unknown[] | null,
): AttributeHistory {
  const { key, type, index } = column;
  const now: readonly unknown[] = Object.hasOwn(object, key) ? [Reflect.get(object, key)] : [];
  const hasChanged =
    committed === null
      ? now[0] !== undefined
      : now.length > 0 && (isChanged(type, committed[index], now[0]) || extras?.flagged?.has(column) === true);
  if (!hasChanged) return { added: [], unchanged: now, deleted: [] };
  return { added: now, unchanged: [], deleted: formerly(column, committed) };
}

/** What the row held for a column, where that is known. */
function formerly({ index, type }: ColumnProperty, committed: readonly unknown[] | null): readonly unknown[] {
  const before = committed?.[index];
  if (before === undefined || before === NOT_LOADED) return [];
  return [before === null ? null : type.restore(before)];
}

/** What follows from columns has changed when one of them has. */
function derivedHistory(
  state: InstanceState,
  { key, declared }: DerivedProperty,
  committed: readonly unknown[] | null,
): AttributeHistory {
  const { mapper, object } = state;
  const sources = declared.sources(key, mapper);
  const isLoaded = sources.every((source) => Object.hasOwn(object, source.key));
  const now: readonly unknown[] = isLoaded ? [Reflect.get(object, key)] : [];
  const columns = sources.flatMap((source) => mapper.columnsByKey.get(source.key) ?? []);
  const hasChanged = columns.some((column) => columnHistory(state, column, committed).added.length > 0);
  if (!hasChanged) return { added: [], unchanged: now, deleted: [] };
  const before = columns.flatMap((column) => formerly(column, committed));
  const former = before.length === columns.length ? declared.former(before) : undefined;
  return { added: now, unchanged: [], deleted: former === undefined ? [] : [former] };
}
