import type { ConnectionCore } from "../engine/connection-core.ts";
import type { ReflectedColumn } from "../schema/reflected-column.ts";
import type { Task } from "../util/task.ts";
import type { InspectorCore, MultiOptions, SchemaOptions } from "./inspector-core.ts";
import type {
  ReflectedCheckConstraint,
  ReflectedDomain,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedPartition,
  ReflectedPrimaryKey,
  ReflectedTableComment,
  ReflectedTableOptions,
  ReflectedUniqueConstraint,
  SortedTableNames,
} from "./reflected.ts";

/** Runs what the inspector does on an engine or a connection. */
export interface InspectorBind {
  $run<T>(work: (connection: ConnectionCore) => Task<T>): Promise<T>;
}

/** Runs what the inspector does, at once. */
export interface SyncInspectorBind {
  $run<T>(work: (connection: ConnectionCore) => Task<T>): T;
}

/**
 * Tells what is in a database. What it has read it keeps: a table that is created later is not seen before
 * `clearCache()`. On an engine, each question takes a connection of the pool; on a connection, it is asked there, inside
 * its transaction.
 *
 * What asks about one table throws NoSuchTableError where there is none. Names are those of the default schema unless
 * `schema` names another. The `getMulti…` methods ask about many tables with one query, and answer by name.
 */
export class Inspector {
  readonly #bind: InspectorBind;
  readonly #core: InspectorCore;

  /** @internal */
  constructor(bind: InspectorBind, core: InspectorCore) {
    this.#bind = bind;
    this.#core = core;
  }

  /** Forgets what has been read. */
  clearCache(): void {
    this.#core.clear();
  }

  // ── what there is ──────────────────────────────────────────────────────────
  /** The schema of what is named without one; null where the database has none. */
  getDefaultSchemaName(): Promise<string | null> {
    return this.#bind.$run((at) => this.#core.defaultSchema(at));
  }
  getSchemaNames(): Promise<readonly string[]> {
    return this.#bind.$run((at) => this.#core.schemas(at));
  }
  getTableNames(options: SchemaOptions = {}): Promise<readonly string[]> {
    return this.#bind.$run((at) => this.#core.names(at, options, "table", "default"));
  }
  getTempTableNames(): Promise<readonly string[]> {
    return this.#bind.$run((at) => this.#core.names(at, {}, "table", "temporary"));
  }
  getViewNames(options: SchemaOptions = {}): Promise<readonly string[]> {
    return this.#bind.$run((at) => this.#core.names(at, options, "view", "default"));
  }
  getTempViewNames(): Promise<readonly string[]> {
    return this.#bind.$run((at) => this.#core.names(at, {}, "view", "temporary"));
  }
  getMaterializedViewNames(options: SchemaOptions = {}): Promise<readonly string[]> {
    return this.#bind.$run((at) => this.#core.names(at, options, "materializedView", "default"));
  }
  /** Sequences that are not parts of an identity column; none where the database has no sequences. */
  getSequenceNames(options: SchemaOptions = {}): Promise<readonly string[]> {
    return this.#bind.$run((at) => this.#core.sequences(at, options));
  }
  /** Enumerations that are types of their own; none where the database has no such types. */
  getEnums(options: SchemaOptions = {}): Promise<readonly ReflectedEnum[]> {
    return this.#bind.$run((at) => this.#core.enums(at, options));
  }
  getDomains(options: SchemaOptions = {}): Promise<readonly ReflectedDomain[]> {
    return this.#bind.$run((at) => this.#core.domains(at, options));
  }
  /** Whether there is a table or a view of this name. */
  hasTable(name: string, options: SchemaOptions = {}): Promise<boolean> {
    return this.#bind.$run((at) => this.#core.hasTable(at, name, options));
  }
  hasSchema(name: string): Promise<boolean> {
    return this.#bind.$run((at) => this.#core.hasSchema(at, name));
  }
  hasSequence(name: string, options: SchemaOptions = {}): Promise<boolean> {
    return this.#bind.$run((at) => this.#core.hasSequence(at, name, options));
  }
  /** Whether a table has an index of this name; false where there is no such table. */
  hasIndex(table: string, index: string, options: SchemaOptions = {}): Promise<boolean> {
    return this.#bind.$run((at) => this.#core.hasIndex(at, table, index, options));
  }
  /** The tables so that each stands behind those its foreign keys point to, with the foreign keys that it can be created with. */
  getSortedTableAndFkcNames(options: SchemaOptions = {}): Promise<SortedTableNames> {
    return this.#bind.$run((at) => this.#core.sortedTables(at, options));
  }

  // ── one table ──────────────────────────────────────────────────────────────
  /** Throws UnreflectableTableError for a view that cannot be read, because what it selects from is gone. */
  getColumns(table: string, options: SchemaOptions = {}): Promise<readonly ReflectedColumn[]> {
    return this.#bind.$run((at) => this.#core.columns(at, table, options));
  }
  getPkConstraint(table: string, options: SchemaOptions = {}): Promise<ReflectedPrimaryKey> {
    return this.#bind.$run((at) => this.#core.one(at, "primaryKeys", table, options));
  }
  getForeignKeys(table: string, options: SchemaOptions = {}): Promise<readonly ReflectedForeignKey[]> {
    return this.#bind.$run((at) => this.#core.one(at, "foreignKeys", table, options));
  }
  getIndexes(table: string, options: SchemaOptions = {}): Promise<readonly ReflectedIndex[]> {
    return this.#bind.$run((at) => this.#core.one(at, "indexes", table, options));
  }
  getUniqueConstraints(table: string, options: SchemaOptions = {}): Promise<readonly ReflectedUniqueConstraint[]> {
    return this.#bind.$run((at) => this.#core.one(at, "uniqueConstraints", table, options));
  }
  getCheckConstraints(table: string, options: SchemaOptions = {}): Promise<readonly ReflectedCheckConstraint[]> {
    return this.#bind.$run((at) => this.#core.one(at, "checkConstraints", table, options));
  }
  /** Throws NotSupportedError where the database keeps no comments. */
  getTableComment(table: string, options: SchemaOptions = {}): Promise<ReflectedTableComment> {
    return this.#bind.$run((at) => this.#core.one(at, "tableComments", table, options));
  }
  getTableOptions(table: string, options: SchemaOptions = {}): Promise<ReflectedTableOptions> {
    return this.#bind.$run((at) => this.#core.one(at, "tableOptions", table, options));
  }
  /** The parts of a partitioned table. */
  getPartitions(table: string, options: SchemaOptions = {}): Promise<readonly ReflectedPartition[]> {
    return this.#bind.$run((at) => this.#core.one(at, "partitions", table, options));
  }
  /** The query of a view. Throws NoSuchTableError where there is no such view. */
  getViewDefinition(view: string, options: SchemaOptions = {}): Promise<string> {
    return this.#bind.$run((at) => this.#core.viewDefinition(at, view, options));
  }

  // ── many tables ────────────────────────────────────────────────────────────
  /** For each of the names, whether there is a table or a view. */
  hasMultiTable(names: readonly string[], options: SchemaOptions = {}): Promise<ReadonlyMap<string, boolean>> {
    return this.#bind.$run((at) => this.#core.hasTables(at, names, options));
  }
  getMultiColumns(options: MultiOptions = {}): Promise<ReadonlyMap<string, readonly ReflectedColumn[]>> {
    return this.#bind.$run((at) => this.#core.multi(at, "columns", options));
  }
  getMultiPkConstraint(options: MultiOptions = {}): Promise<ReadonlyMap<string, ReflectedPrimaryKey>> {
    return this.#bind.$run((at) => this.#core.multi(at, "primaryKeys", options));
  }
  getMultiForeignKeys(options: MultiOptions = {}): Promise<ReadonlyMap<string, readonly ReflectedForeignKey[]>> {
    return this.#bind.$run((at) => this.#core.multi(at, "foreignKeys", options));
  }
  getMultiIndexes(options: MultiOptions = {}): Promise<ReadonlyMap<string, readonly ReflectedIndex[]>> {
    return this.#bind.$run((at) => this.#core.multi(at, "indexes", options));
  }
  getMultiUniqueConstraints(
    options: MultiOptions = {},
  ): Promise<ReadonlyMap<string, readonly ReflectedUniqueConstraint[]>> {
    return this.#bind.$run((at) => this.#core.multi(at, "uniqueConstraints", options));
  }
  getMultiCheckConstraints(
    options: MultiOptions = {},
  ): Promise<ReadonlyMap<string, readonly ReflectedCheckConstraint[]>> {
    return this.#bind.$run((at) => this.#core.multi(at, "checkConstraints", options));
  }
  /** Throws NotSupportedError where the database keeps no comments. */
  getMultiTableComment(options: MultiOptions = {}): Promise<ReadonlyMap<string, ReflectedTableComment>> {
    return this.#bind.$run((at) => this.#core.multi(at, "tableComments", options));
  }
  getMultiTableOptions(options: MultiOptions = {}): Promise<ReadonlyMap<string, ReflectedTableOptions>> {
    return this.#bind.$run((at) => this.#core.multi(at, "tableOptions", options));
  }
}

/** The same for drivers that answer at once; see `Inspector`. */
export class SyncInspector {
  readonly #bind: SyncInspectorBind;
  readonly #core: InspectorCore;

  /** @internal */
  constructor(bind: SyncInspectorBind, core: InspectorCore) {
    this.#bind = bind;
    this.#core = core;
  }

  clearCache(): void {
    this.#core.clear();
  }

  // ── what there is ──────────────────────────────────────────────────────────
  getDefaultSchemaName(): string | null {
    return this.#bind.$run((at) => this.#core.defaultSchema(at));
  }
  getSchemaNames(): readonly string[] {
    return this.#bind.$run((at) => this.#core.schemas(at));
  }
  getTableNames(options: SchemaOptions = {}): readonly string[] {
    return this.#bind.$run((at) => this.#core.names(at, options, "table", "default"));
  }
  getTempTableNames(): readonly string[] {
    return this.#bind.$run((at) => this.#core.names(at, {}, "table", "temporary"));
  }
  getViewNames(options: SchemaOptions = {}): readonly string[] {
    return this.#bind.$run((at) => this.#core.names(at, options, "view", "default"));
  }
  getTempViewNames(): readonly string[] {
    return this.#bind.$run((at) => this.#core.names(at, {}, "view", "temporary"));
  }
  getMaterializedViewNames(options: SchemaOptions = {}): readonly string[] {
    return this.#bind.$run((at) => this.#core.names(at, options, "materializedView", "default"));
  }
  getSequenceNames(options: SchemaOptions = {}): readonly string[] {
    return this.#bind.$run((at) => this.#core.sequences(at, options));
  }
  getEnums(options: SchemaOptions = {}): readonly ReflectedEnum[] {
    return this.#bind.$run((at) => this.#core.enums(at, options));
  }
  getDomains(options: SchemaOptions = {}): readonly ReflectedDomain[] {
    return this.#bind.$run((at) => this.#core.domains(at, options));
  }
  hasTable(name: string, options: SchemaOptions = {}): boolean {
    return this.#bind.$run((at) => this.#core.hasTable(at, name, options));
  }
  hasSchema(name: string): boolean {
    return this.#bind.$run((at) => this.#core.hasSchema(at, name));
  }
  hasSequence(name: string, options: SchemaOptions = {}): boolean {
    return this.#bind.$run((at) => this.#core.hasSequence(at, name, options));
  }
  hasIndex(table: string, index: string, options: SchemaOptions = {}): boolean {
    return this.#bind.$run((at) => this.#core.hasIndex(at, table, index, options));
  }
  getSortedTableAndFkcNames(options: SchemaOptions = {}): SortedTableNames {
    return this.#bind.$run((at) => this.#core.sortedTables(at, options));
  }

  // ── one table ──────────────────────────────────────────────────────────────
  getColumns(table: string, options: SchemaOptions = {}): readonly ReflectedColumn[] {
    return this.#bind.$run((at) => this.#core.columns(at, table, options));
  }
  getPkConstraint(table: string, options: SchemaOptions = {}): ReflectedPrimaryKey {
    return this.#bind.$run((at) => this.#core.one(at, "primaryKeys", table, options));
  }
  getForeignKeys(table: string, options: SchemaOptions = {}): readonly ReflectedForeignKey[] {
    return this.#bind.$run((at) => this.#core.one(at, "foreignKeys", table, options));
  }
  getIndexes(table: string, options: SchemaOptions = {}): readonly ReflectedIndex[] {
    return this.#bind.$run((at) => this.#core.one(at, "indexes", table, options));
  }
  getUniqueConstraints(table: string, options: SchemaOptions = {}): readonly ReflectedUniqueConstraint[] {
    return this.#bind.$run((at) => this.#core.one(at, "uniqueConstraints", table, options));
  }
  getCheckConstraints(table: string, options: SchemaOptions = {}): readonly ReflectedCheckConstraint[] {
    return this.#bind.$run((at) => this.#core.one(at, "checkConstraints", table, options));
  }
  getTableComment(table: string, options: SchemaOptions = {}): ReflectedTableComment {
    return this.#bind.$run((at) => this.#core.one(at, "tableComments", table, options));
  }
  getTableOptions(table: string, options: SchemaOptions = {}): ReflectedTableOptions {
    return this.#bind.$run((at) => this.#core.one(at, "tableOptions", table, options));
  }
  getPartitions(table: string, options: SchemaOptions = {}): readonly ReflectedPartition[] {
    return this.#bind.$run((at) => this.#core.one(at, "partitions", table, options));
  }
  getViewDefinition(view: string, options: SchemaOptions = {}): string {
    return this.#bind.$run((at) => this.#core.viewDefinition(at, view, options));
  }

  // ── many tables ────────────────────────────────────────────────────────────
  hasMultiTable(names: readonly string[], options: SchemaOptions = {}): ReadonlyMap<string, boolean> {
    return this.#bind.$run((at) => this.#core.hasTables(at, names, options));
  }
  getMultiColumns(options: MultiOptions = {}): ReadonlyMap<string, readonly ReflectedColumn[]> {
    return this.#bind.$run((at) => this.#core.multi(at, "columns", options));
  }
  getMultiPkConstraint(options: MultiOptions = {}): ReadonlyMap<string, ReflectedPrimaryKey> {
    return this.#bind.$run((at) => this.#core.multi(at, "primaryKeys", options));
  }
  getMultiForeignKeys(options: MultiOptions = {}): ReadonlyMap<string, readonly ReflectedForeignKey[]> {
    return this.#bind.$run((at) => this.#core.multi(at, "foreignKeys", options));
  }
  getMultiIndexes(options: MultiOptions = {}): ReadonlyMap<string, readonly ReflectedIndex[]> {
    return this.#bind.$run((at) => this.#core.multi(at, "indexes", options));
  }
  getMultiUniqueConstraints(options: MultiOptions = {}): ReadonlyMap<string, readonly ReflectedUniqueConstraint[]> {
    return this.#bind.$run((at) => this.#core.multi(at, "uniqueConstraints", options));
  }
  getMultiCheckConstraints(options: MultiOptions = {}): ReadonlyMap<string, readonly ReflectedCheckConstraint[]> {
    return this.#bind.$run((at) => this.#core.multi(at, "checkConstraints", options));
  }
  getMultiTableComment(options: MultiOptions = {}): ReadonlyMap<string, ReflectedTableComment> {
    return this.#bind.$run((at) => this.#core.multi(at, "tableComments", options));
  }
  getMultiTableOptions(options: MultiOptions = {}): ReadonlyMap<string, ReflectedTableOptions> {
    return this.#bind.$run((at) => this.#core.multi(at, "tableOptions", options));
  }
}
