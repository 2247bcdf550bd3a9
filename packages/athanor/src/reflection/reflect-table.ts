import type { Connection } from "../engine/connection.ts";
import type { Engine, SyncEngine } from "../engine/engine.ts";
import type { SyncConnection } from "../engine/sync-connection.ts";
import { NoSuchTableError } from "../errors/errors.ts";
import type { AnyColumn } from "../schema/column.ts";
import type { MetaData, ReflectOptions } from "../schema/metadata.ts";
import type { Table } from "../sql/expression/table.ts";
import type { ReflectedShape } from "./build-table.ts";
import { catalogOf } from "./inspect.ts";
import { reflectOne, selectable } from "./reflect-metadata.ts";

export interface ReflectTableOptions<S extends ReflectedShape = {}>
  extends Pick<ReflectOptions, "schema" | "extendExisting" | "autoloadReplace" | "resolveFks"> {
  /** Columns as they are to be known here, in the place of the database's own description: other types, other keys. */
  readonly columns?: S;
}

/** A table that was read from a database: its columns are known while the program runs, by the names they have there. */
export type ReflectedTable<S extends ReflectedShape = {}, O extends string = string> = Table<S & ReflectedShape, O>;

/**
 * Reads one table into a MetaData, and those that its foreign keys point to: SQLAlchemy's `autoload_with`. A table that
 * the MetaData has already is returned as it is, unless `extendExisting` is set.
 *
 * @example
 * const orders = await reflectTable(engine, "orders", metadata, { columns: { total: numeric(10, 2) } });
 * select(orders.c.total);
 *
 * @throws NoSuchTableError when the database does not have it.
 */
export function reflectTable<const O extends string, S extends Readonly<Record<string, AnyColumn>> = {}>(
  bind: Engine | Connection,
  name: O,
  metadata: MetaData,
  options?: ReflectTableOptions<S>,
): Promise<ReflectedTable<S, O>>;
export function reflectTable<const O extends string, S extends Readonly<Record<string, AnyColumn>> = {}>(
  bind: SyncEngine | SyncConnection,
  name: O,
  metadata: MetaData,
  options?: ReflectTableOptions<S>,
): ReflectedTable<S, O>;
export function reflectTable(
  bind: Engine | Connection | SyncEngine | SyncConnection,
  name: string,
  metadata: MetaData,
  options: ReflectTableOptions<ReflectedShape> = {},
): unknown {
  return bind.$run((core) => reflectOne(core, catalogOf(core.engine.dialect), metadata, name, options));
}

/**
 * A table of a MetaData, to be used in statements: what `metadata.reflect()` has read is found by name.
 *
 * @throws NoSuchTableError when the MetaData has no such table.
 */
export function reflectedTable<const O extends string>(metadata: MetaData, key: O): ReflectedTable<{}, O> {
  const table = metadata.tables.get(key);
  if (table === undefined) {
    throw new NoSuchTableError(
      `The MetaData has no table ${JSON.stringify(key)}. Read it with metadata.reflect() or reflectTable().`,
    );
  }
  return selectable(table) as ReflectedTable<{}, O>;
}
