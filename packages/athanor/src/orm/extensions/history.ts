import { ArgumentError } from "../../errors/errors.ts";
import type { Listenable } from "../../events/listeners.ts";
import { type AnyColumn, type Column, columnOf, type Given } from "../../schema/column.ts";
import { integer, timestamp, varchar } from "../../schema/column-types.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { ValueOf } from "../../sql/expression/shape.ts";
import { Table } from "../../sql/expression/table.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import type { SHAPE } from "../../util/symbols.ts";
import { className, mapperOf } from "../instrumentation/entity.ts";
import { mapTable, type TableModel } from "../mapping/map-table.ts";
import type { ModelClass } from "../mapping/model-types.ts";
import type { SessionEvents } from "../session/session-events.ts";
import { type ListenedModel, onRowChanges, type RowChange } from "./row-changes.ts";

/** The columns of a class as they stand in its history, and when and how each version ended. */
export type HistoryShape<S> = {
  readonly [P in keyof S as S[P] extends AnyColumn ? P : never]: Column<ValueOf<S[P]> | null, "never">;
} & {
  /** Counts versions of all rows, in the order in which they ended. */
  readonly historyId: Column<number, "generated">;
  /** When the version ended. */
  readonly endedAt: Column<Date>;
  /** What ended it: `update` or `delete`. */
  readonly endedBy: Column<string>;
};
/** The class of the former versions of a class's rows. */
export type HistoryModel<S> = TableModel<HistoryShape<S>>;

export interface HistoryOptions {
  /** Default: the class's table with `_history` after it. */
  readonly tableName?: string;
}

/** The class whose versions a history class keeps. */
const sources = new WeakMap<object, ListenedModel>();

/**
 * Declares the history of a class: a class and a table with a row for each former version of a row. Declared beside the
 * class, after all that it refers to; filled by `recordHistory()`.
 *
 * ```ts
 * export const InvoiceHistory = historyModel(Invoice);
 * ```
 *
 * @throws ArgumentError where the class has an attribute of a name that the history needs.
 */
export function historyModel<C extends EntityClass & ListenedModel>(
  model: C,
  { tableName }: HistoryOptions = {},
): HistoryModel<C[typeof SHAPE]> {
  const mapper = mapperOf(model);
  const own = { historyId: integer().primaryKey(), endedAt: timestamp(), endedBy: varchar(10) };
  const taken = Object.keys(own).find((key) => mapper.columnsByKey.has(key));
  if (taken !== undefined) {
    throw new ArgumentError(`${className(model)} has an attribute ${JSON.stringify(taken)}, which its history needs.`);
  }
  const columns = mapper.columns.map(({ key, column }) => [key, formerColumn(column)] as const);
  const table = new Table<unknown, string>(tableName ?? `${mapper.tableName}_history`, mapper.registry.metadata);
  table.extendColumns([...Object.entries<Column<unknown, Given>>(own), ...columns]);
  const history = mapTable<HistoryShape<C[typeof SHAPE]>>(mapper.registry, `${mapper.className}History`, table, {});
  sources.set(history, model);
  return history;
}

/** The same type and name; nothing that the database would check or make: the version was valid when it was written. */
function formerColumn({ definition, name, primaryKey }: TableColumn): Column<unknown, Given> {
  const column = columnOf(definition.type).name(name).nullable();
  return primaryKey ? column.index() : column;
}

/**
 * Keeps former versions: when a flush updates or deletes a row, what it held goes into the history, in the same
 * transaction. Of objects that were loaded in part, what was not loaded is null in the history.
 */
export function recordHistory<S extends { add(object: object): void }>(
  sessions: Listenable<SessionEvents<S>>,
  histories: readonly ModelClass[],
  { now = () => new Date() }: { readonly now?: () => Date } = {},
): void {
  for (const history of histories) {
    const model = sources.get(history);
    if (model === undefined) throw new ArgumentError("recordHistory() takes classes made by historyModel().");
    onRowChanges(sessions, [model], (changes, session) => {
      for (const change of changes) if (change.kind !== "insert") session.add(versionOf(history, change, now()));
    });
  }
}

function versionOf(history: ModelClass, { before, kind }: RowChange, endedAt: Date): object {
  const values = { ...before, endedAt, endedBy: kind };
  // What its columns are is known where the class was made; here they are those of the change.
  return new history(values as never);
}
