import type { ConnectionCore } from "../engine/connection-core.ts";
import { InvalidRequestError, UnreflectableTableError } from "../errors/errors.ts";
import type { MetaData, ReflectOptions } from "../schema/metadata.ts";
import { Table } from "../sql/expression/table.ts";
import type { Task } from "../util/task.ts";
import { warn } from "../util/warn.ts";
import {
  buildTable,
  type ColumnOverrides,
  extendTable,
  type ReflectedShape,
  type TableDescription,
} from "./build-table.ts";
import type { Catalog } from "./catalog.ts";
import { brokenView, InspectorCore, noSuchTable } from "./inspector-core.ts";
import type { Relation } from "./reflected.ts";

/** How tables are put into a MetaData. */
interface Loading {
  readonly metadata: MetaData;
  readonly connection: ConnectionCore;
  readonly inspector: InspectorCore;
  readonly extendExisting: boolean;
  readonly replace: boolean;
  readonly resolveFks: boolean;
}

/** Tables of one schema, as it is named in the MetaData. */
interface Wanted {
  readonly schema: string | null;
  readonly names: ReadonlySet<string>;
}

/** Reads tables, and those that their foreign keys point to, with one query for each kind of thing and each schema. */
export function* reflectMetadata(
  connection: ConnectionCore,
  catalog: Catalog,
  metadata: MetaData,
  options: ReflectOptions,
): Task<void> {
  const inspector = new InspectorCore(catalog);
  const schema = options.schema ?? metadata.schema;
  const relations = yield* inspector.relations(connection, schema);
  const offered = relations
    .filter(({ temporary, partition }) => !temporary && !partition)
    .filter(({ kind }) => kind === "table" || options.views === true)
    .map(({ name }) => name);
  const loading: Loading = {
    metadata,
    connection,
    inspector,
    extendExisting: options.extendExisting ?? false,
    replace: options.autoloadReplace ?? true,
    resolveFks: options.resolveFks ?? true,
  };
  const names = chosenNames(
    offered,
    relations.map(({ name }) => name),
    options,
    schema,
  );
  const isWanted = (name: string): boolean =>
    loading.extendExisting || metadata.getTable(keyOf(schema, name)) === undefined;
  yield* loadAll(loading, { schema, names: new Set(names.filter(isWanted)) });
}

/**
 * One table and, unless that is switched off, those that its foreign keys point to.
 *
 * @throws NoSuchTableError when the database does not have it.
 */
export function* reflectOne(
  connection: ConnectionCore,
  catalog: Catalog,
  metadata: MetaData,
  name: string,
  options: Omit<ReflectOptions, "only" | "views"> & { readonly columns?: ColumnOverrides },
): Task<Table<ReflectedShape, string>> {
  const schema = options.schema ?? metadata.schema;
  const known = metadata.getTable(keyOf(schema, name));
  if (known !== undefined && options.extendExisting !== true) return selectable(known);
  const inspector = new InspectorCore(catalog);
  if (!(yield* inspector.hasTable(connection, name, { schema }))) throw noSuchTable(name, schema);
  const loading: Loading = {
    metadata,
    connection,
    inspector,
    extendExisting: options.extendExisting ?? false,
    replace: options.autoloadReplace ?? true,
    resolveFks: options.resolveFks ?? true,
  };
  yield* loadAll(loading, { schema, names: new Set([name]) }, options.columns);
  const table = metadata.getTable(keyOf(schema, name));
  if (table === undefined)
    throw new UnreflectableTableError(`View ${JSON.stringify(name)} cannot be read: ${brokenView}`);
  return selectable(table);
}

/** A table of a MetaData, to be used in statements. */
export function selectable(table: object): Table<ReflectedShape, string> {
  if (table instanceof Table) return table as Table<ReflectedShape, string>;
  throw new InvalidRequestError(`Table "${String(table)}" was not made by table(), a mapped class or reflection.`);
}

function chosenNames(
  offered: readonly string[],
  all: readonly string[],
  { only }: ReflectOptions,
  schema: string | null,
): readonly string[] {
  if (only === undefined) return offered;
  if (typeof only === "function") return offered.filter((name) => only(name));
  const existing = new Set(all);
  const missing = only.filter((name) => !existing.has(name));
  if (missing.length === 0) return only;
  const where = schema === null ? "" : ` in schema ${JSON.stringify(schema)}`;
  throw new InvalidRequestError(
    `reflect({ only }) names tables that the database does not have${where}: ${missing.map((name) => JSON.stringify(name)).join(", ")}.`,
  );
}

function* loadAll(loading: Loading, first: Wanted, overrides?: ColumnOverrides): Task<void> {
  const { connection, inspector, metadata } = loading;
  // A MetaData with a schema of its own calls the database's default schema by its name.
  const defaultSchema = metadata.schema === null ? null : yield* inspector.defaultSchema(connection);
  let given = overrides;
  for (let wanted: readonly Wanted[] = [first]; wanted.length > 0; ) {
    const loaded: TableDescription[] = [];
    for (const each of wanted) loaded.push(...(yield* loadSome(loading, each, defaultSchema, given)));
    given = undefined;
    wanted = loading.resolveFks ? referredTables(loaded, metadata) : [];
  }
}

function* loadSome(
  loading: Loading,
  { schema, names }: Wanted,
  defaultSchema: string | null,
  overrides: ColumnOverrides | undefined,
): Task<readonly TableDescription[]> {
  const { connection, inspector, metadata, replace } = loading;
  const relations = yield* inspector.existing(connection, schema, [...names]);
  const described = yield* describeTables(loading, schema, relations, defaultSchema);
  const isView = new Set(relations.filter(({ kind }) => kind === "view").map(({ name }) => name));
  return described.filter((table) => {
    if (table.columns.length === 0 && isView.has(table.name)) {
      warn(`View "${table.name}" is left out of the reflection: ${brokenView}`);
      return false;
    }
    const known = metadata.getTable(keyOf(schema, table.name));
    if (known === undefined) buildTable(metadata, table, overrides);
    else extendTable(selectable(known), table, replace, overrides);
    return true;
  });
}

/** All that is known of some tables of a schema. */
function* describeTables(
  { connection, inspector }: Loading,
  schema: string | null,
  relations: readonly Relation[],
  defaultSchema: string | null,
): Task<readonly TableDescription[]> {
  const filterNames = relations.map(({ name }) => name);
  const options = { schema, filterNames, kind: "any", scope: "any" } as const;
  const columns = yield* inspector.multi(connection, "columns", options);
  const primaryKeys = yield* inspector.multi(connection, "primaryKeys", options);
  const foreignKeys = yield* inspector.multi(connection, "foreignKeys", options);
  const uniqueConstraints = yield* inspector.multi(connection, "uniqueConstraints", options);
  const checkConstraints = yield* inspector.multi(connection, "checkConstraints", options);
  const indexes = yield* inspector.multi(connection, "indexes", options);
  const tableOptions = yield* inspector.multi(connection, "tableOptions", options);
  const hasComments = connection.engine.dialect.capabilities.comments;
  const tableComments = hasComments ? yield* inspector.multi(connection, "tableComments", options) : null;
  return [...columns].map(([name, found]) => ({
    name,
    schema,
    columns: found,
    primaryKeys: primaryKeys.get(name) ?? { name: null, constrainedColumns: [], comment: null, dialectOptions: {} },
    foreignKeys: (foreignKeys.get(name) ?? []).map((key) => ({
      ...key,
      referredSchema: key.referredSchema ?? defaultSchema,
    })),
    uniqueConstraints: uniqueConstraints.get(name) ?? [],
    checkConstraints: checkConstraints.get(name) ?? [],
    indexes: indexes.get(name) ?? [],
    tableOptions: tableOptions.get(name) ?? {},
    tableComments: tableComments?.get(name) ?? { text: null },
  }));
}

/** The tables that foreign keys point to and that the MetaData does not have yet, by schema. */
function referredTables(loaded: readonly TableDescription[], metadata: MetaData): readonly Wanted[] {
  const bySchema = new Map<string | null, Set<string>>();
  for (const { referredSchema, referredTable } of loaded.flatMap(({ foreignKeys }) => foreignKeys)) {
    if (metadata.getTable(keyOf(referredSchema, referredTable)) !== undefined) continue;
    const names = bySchema.get(referredSchema) ?? new Set();
    bySchema.set(referredSchema, names.add(referredTable));
  }
  return [...bySchema].map(([schema, names]) => ({ schema, names }));
}

function keyOf(schema: string | null, name: string): string {
  return schema === null ? name : `${schema}.${name}`;
}
