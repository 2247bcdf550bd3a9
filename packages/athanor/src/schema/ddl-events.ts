import { ArgumentError } from "../errors/errors.ts";
import { Listeners } from "../events/listeners.ts";
import type { ROW } from "../util/symbols.ts";
import { isPromiseLike } from "../util/task.ts";
import type { MetaData } from "./metadata.ts";
import type { ColumnReflectChanges, ColumnReflectEvent } from "./reflected-column.ts";
import type { Table } from "./table.ts";

/** What handlers of DDL events are told. */
export interface DdlEvent<out T = Table | MetaData> {
  /** The table, or the metadata, that is created or dropped. */
  readonly target: T;
  /** The name of the database's dialect. */
  readonly dialect: string;
  /** The tables that are created or dropped in the same go. */
  readonly tables: readonly Table[];
  readonly checkFirst: boolean;
}

/** A statement as `execute()` takes it: DDL, an INSERT, raw SQL. */
export interface DdlStatement {
  readonly [ROW]: unknown;
}

/** What a handler wants executed at this point, on the same connection. */
// biome-ignore lint/suspicious/noConfusingVoidType: many handlers return nothing
export type DdlAnswer = void | undefined | DdlStatement | readonly DdlStatement[];

/**
 * Events of a table or a metadata, around CREATE and DROP by `createAll`, `dropAll`, `table.create` and `table.drop`.
 * What a handler returns is executed: `() => ddl("GRANT SELECT ON %(table)s TO reader")`.
 */
export interface DdlEvents<T> {
  readonly beforeCreate: (event: DdlEvent<T>) => DdlAnswer;
  readonly afterCreate: (event: DdlEvent<T>) => DdlAnswer;
  readonly beforeDrop: (event: DdlEvent<T>) => DdlAnswer;
  readonly afterDrop: (event: DdlEvent<T>) => DdlAnswer;
}

/** Events of a metadata. */
export interface MetaDataEvents extends DdlEvents<MetaData> {
  /**
   * A column has been read from a database, and is about to get into its table; may return what is to be another:
   * `({ column }) => ({ key: camelCase(column.name) })`.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: many handlers return nothing
  readonly columnReflect: (event: ColumnReflectEvent) => void | ColumnReflectChanges;
}

export type DdlEventName = keyof DdlEvents<never>;

const names: readonly DdlEventName[] = ["beforeCreate", "afterCreate", "beforeDrop", "afterDrop"];

/** The listeners of a table. */
export function ddlListeners(): Listeners {
  return new Listeners(names);
}

/** The listeners of a metadata. */
export function metadataListeners(): Listeners {
  return new Listeners([...names, "columnReflect"]);
}

/** What the handlers want changed of a column; the later ones win. */
export function columnChanges(listeners: Listeners, event: ColumnReflectEvent): ColumnReflectChanges {
  if (!listeners.has("columnReflect")) return {};
  const answers = listeners.fire("columnReflect", event) as (ColumnReflectChanges | undefined)[];
  return Object.assign({}, ...answers);
}

/** Tells the handlers of an event; gives what they want executed, in order. */
export function fireDdlEvent(listeners: Listeners, name: DdlEventName, event: DdlEvent): readonly DdlStatement[] {
  return listeners.fire(name, event).flatMap((answer) => {
    if (!isPromiseLike(answer)) return (answer as DdlAnswer) ?? [];
    throw new ArgumentError(
      `A handler of ${name} was asynchronous. It returns what is to be executed, ddl("…") or an INSERT, and does not wait.`,
    );
  });
}
