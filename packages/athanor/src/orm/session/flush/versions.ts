import { StaleDataError } from "../../../errors/errors.ts";
import type { Task } from "../../../util/task.ts";
import { describeState, describeValue } from "../../instrumentation/describe-state.ts";
import { type InstanceState, NOT_LOADED } from "../../instrumentation/instance-state.ts";
import { type Columns, isChanged, snapshotOf } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";
import { loadNow } from "./fetch-outdated.ts";
import type { Identified } from "./identified.ts";
import { isReadOnly } from "./insert-values.ts";
import type { Writing, Written } from "./writing.ts";

/**
 * What a statement asks of the version of a row, beside its key: nothing, that it is the one that is known, or that it has
 * none, as rows have that are older than the counter.
 */
export type VersionCheck = "none" | "equal" | "null";

export function versionCheck({ committed }: InstanceState, { version }: Pick<WrittenTable, "version">): VersionCheck {
  if (version === null) return "none";
  return (committed?.[version.property.index] ?? null) === null ? "null" : "equal";
}

/** The version that a row had when it was loaded or last written; undefined for a class without versions. */
function knownVersion({ mapper: { version }, committed }: InstanceState): unknown {
  if (version === null) return undefined;
  const { index, type } = version.property;
  const before = committed?.[index] ?? null;
  return before === null ? null : type.restore(before);
}

/** The key by which the row is known, and behind it the version, where the statement asks for it. */
export function identityWithVersion(
  { state, identity }: Identified,
  table: Pick<WrittenTable, "version">,
): readonly unknown[] {
  return versionCheck(state, table) === "equal" ? [...identity, knownVersion(state)] : identity;
}

/** Versions that are not known, because the object has expired or they were left out when it was loaded, are looked up. */
export function* loadVersions(writing: Writing, mapper: Mapper, states: readonly InstanceState[]): Task<void> {
  const table = mapper.tables.find((each) => each.version !== null);
  if (table === undefined || table.version === null) return;
  const { property } = table.version;
  const unknown = states.filter(({ committed }) => committed?.[property.index] === NOT_LOADED);
  if (unknown.length > 0) yield* loadNow(writing, table, unknown, [property]);
}

/**
 * The columns of an UPDATE of the table that has the version, with the version that the row is to have; one that the program
 * has assigned stays. Also where only tables that are joined to it have changed.
 */
export function withNextVersion(state: InstanceState, columns: readonly ColumnProperty[]): readonly ColumnProperty[] {
  const { version } = state.mapper;
  if (version === null) return columns;
  const { property, next } = version;
  if (columns.includes(property)) return columns;
  if (columns.length === 0 && !changesElsewhere(state)) return columns;
  // The database makes the next version where the row is written, be it with the version that it has.
  if (next === null) return columns.length === 0 ? [property] : columns;
  (state.object as Columns)[property.key] = next(knownVersion(state));
  return [...columns, property].sort((a, b) => a.index - b.index);
}

function changesElsewhere(state: InstanceState): boolean {
  const { mapper } = state;
  return mapper.tables.length > 1 && mapper.changedColumns(state).some((each) => !isReadOnly(each));
}

// ── rows that were not found ─────────────────────────────────────────────────
/** @throws StaleDataError when an UPDATE or DELETE has met fewer rows than there are objects. */
export function assertMatched(
  what: "UPDATE" | "DELETE",
  table: Pick<WrittenTable, "tableName" | "version">,
  { rowCount, unmatched }: Pick<Written, "rowCount" | "unmatched">,
  identified: readonly Identified[],
): void {
  if (rowCount < 0 || rowCount === identified.length) return;
  const lost = unmatched === null ? undefined : identified[unmatched];
  const states = (lost === undefined ? identified : [lost]).map(({ state }) => state);
  const does = what === "UPDATE" ? "change" : "delete";
  throw new StaleDataError(
    `${what} of ${JSON.stringify(table.tableName)} expected to ${does} ${rows(identified.length)}, but found ${rowCount}: ` +
      `${reason(states, table)} since ${states.length === 1 ? "it was" : "they were"} loaded. ` +
      "Roll back and do it again with what the rows hold now; sessions.begin(work, { retry: {} }) does that by itself.",
    { objects: states.map(({ object }) => object), retryable: true },
  );
}

/** Who has done what to which of the objects, as far as that can be told. */
function reason(states: readonly InstanceState[], { version }: Pick<WrittenTable, "version">): string {
  const shown = states.slice(0, 3).map(named);
  if (states.length > shown.length) shown.push(`${states.length - shown.length} more`);
  const names = states.length === 1 ? shown.join() : `one of ${shown.join(", ")}`;
  return version === null
    ? `somebody else has deleted ${names}, or changed its key,`
    : `somebody else has changed or deleted ${names}`;
}

function named(state: InstanceState): string {
  const { version } = state.mapper;
  const name = describeState(state);
  return version === null ? name : `${name} (expected ${version.property.key} ${describeValue(knownVersion(state))})`;
}

export function rows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

/**
 * Refuses an object whose row has another version than the object that is compared with it.
 *
 * @param found the version in the row, or in the session's own object
 */
export function assertSameVersion(
  { property }: NonNullable<Mapper["version"]>,
  state: InstanceState,
  found: unknown,
  explain: (known: string, found: string) => StaleDataError,
): void {
  const known = state.committed?.[property.index];
  if (known === undefined || known === NOT_LOADED) return;
  const before = known === null ? null : property.type.restore(known);
  if (isChanged(property.type, snapshotOf(property.type, found), before)) {
    throw explain(describeValue(before), describeValue(found));
  }
}
