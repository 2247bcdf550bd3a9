/**
 * Athanor's core: engines, tables, and SQL as typed expressions.
 *
 * @module athanor
 */

import { mariadbDatabase, mysqlDatabase } from "./drivers/mysql.ts";
import { postgresqlDatabase } from "./drivers/postgresql.ts";
import { sqliteDatabase } from "./drivers/sqlite.ts";
import { engineFor, syncEngineFor } from "./engine/create-engine.ts";
import type { Engine, SyncEngine } from "./engine/engine.ts";
import type { EngineOptions } from "./engine/options.ts";
import type { Url } from "./engine/url.ts";

const databases = [sqliteDatabase, postgresqlDatabase, mysqlDatabase, mariadbDatabase];

/**
 * Makes an engine for a database URL: `sqlite:///shop.db`, `sqlite:///:memory:`, `sqlite+better-sqlite3:///shop.db`,
 * `postgresql://user:password@host/shop`. It connects when it is first used.
 *
 * @throws ArgumentError when the URL or an option is wrong, NoSuchModuleError when it names an unknown database or driver.
 */
export function createEngine(url: string | Url, options: EngineOptions = {}): Engine {
  return engineFor(databases, url, options);
}
/**
 * The same for drivers that answer at once: nothing is a promise.
 *
 * @throws ArgumentError when the database can only be reached asynchronously.
 */
export function createSyncEngine(url: string | Url, options: EngineOptions = {}): SyncEngine {
  return syncEngineFor(databases, url, options);
}

export {
  AdvisoryLock,
  type AdvisoryLockOptions,
  type LockKey,
  type LockScope,
} from "./engine/advisory-lock.ts";
export { Connection } from "./engine/connection.ts";
export type { ConnectionOptions, TransactionOptions } from "./engine/connection-options.ts";
export type { CursorEvent } from "./engine/connection-statements.ts";
export type { IsolationLevel } from "./engine/dialect.ts";
export { type BeginOptions, type ConnectOptions, Engine, SyncEngine } from "./engine/engine.ts";
export type { EngineEvents } from "./engine/engine-events.ts";
export type { ExecutedEvent, ExecuteEvent } from "./engine/execute-events.ts";
export type { Executor, SyncExecutor } from "./engine/executor.ts";
export { type ListenerOptions, type Notification, Subscription } from "./engine/notifications.ts";
export type { EngineOptions } from "./engine/options.ts";
export { PendingResult, PendingScalars } from "./engine/pending-result.ts";
export type { RawConnection, SyncRawConnection } from "./engine/raw-connection.ts";
export { Result, Scalars } from "./engine/result.ts";
export type { RetryOptions } from "./engine/retry.ts";
export { SyncConnection } from "./engine/sync-connection.ts";
export { SyncTransaction, Transaction, TwoPhaseTransaction } from "./engine/transaction.ts";
export { makeUrl, Url } from "./engine/url.ts";
export { AthanorError } from "./errors/athanor-error.ts";
export * from "./errors/errors.ts";
export * from "./errors/statement-errors.ts";
export { hasListener, type Listenable, type ListenOptions, listen, removeListener } from "./events/listeners.ts";
export type { DisposeOptions, PoolStatus } from "./pool/pool.ts";
export type { PoolKind } from "./pool/pool-options.ts";
export type { ConnectionRecord } from "./pool/pool-record.ts";
export type { ColumnOverrides, ReflectedShape } from "./reflection/build-table.ts";
export { inspect } from "./reflection/inspect.ts";
export { Inspector, SyncInspector } from "./reflection/inspector.ts";
export type { MultiOptions, ObjectKind, ObjectScope, SchemaOptions } from "./reflection/inspector-core.ts";
export {
  type ReflectedTable,
  type ReflectTableOptions,
  reflectedTable,
  reflectTable,
} from "./reflection/reflect-table.ts";
export type {
  IndexSorting,
  ReflectedCheckConstraint,
  ReflectedDomain,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedForeignKeyOptions,
  ReflectedIndex,
  ReflectedPartition,
  ReflectedPrimaryKey,
  ReflectedTableComment,
  ReflectedTableOptions,
  ReflectedUniqueConstraint,
  SortedTableNames,
} from "./reflection/reflected.ts";
export { type AnyColumn, Column } from "./schema/column.ts";
export type { Given } from "./schema/column-definition.ts";
export * from "./schema/column-types.ts";
export type { Constraint, ConstraintOptions } from "./schema/constraint.ts";
export type { DdlCondition, DdlContext } from "./schema/ddl-condition.ts";
export type { DdlDialect } from "./schema/ddl-dialect.ts";
export { type CompiledDdl, DdlElement, ddl } from "./schema/ddl-element.ts";
export * from "./schema/ddl-elements.ts";
export type { DdlEvent, DdlEvents, DdlStatement, MetaDataEvents } from "./schema/ddl-events.ts";
export type {
  ConstraintDialectOptions,
  IndexDialectOptions,
  MysqlTableOptions,
  PostgresqlTableOptions,
  SqliteTableOptions,
} from "./schema/dialect-options.ts";
export { exact, exactTypes } from "./schema/exact-types.ts";
export {
  type CreateOptions,
  MetaData,
  type MetaDataOptions,
  type ReflectBind,
  type ReflectOptions,
  type SchemaBind,
} from "./schema/metadata.ts";
export { conv, type NamingConvention } from "./schema/naming.ts";
export type {
  ColumnReflectChanges,
  ColumnReflectEvent,
  QualifiedName,
  ReflectedColumn,
  ReflectedComputed,
} from "./schema/reflected-column.ts";
export { Sequence, type SequenceDeclaration, sequence } from "./schema/sequence.ts";
export type { TableDdlOptions, TableOptions } from "./schema/table.ts";
export { check, foreignKey, index, primaryKey, type TableArgument, unique } from "./schema/table-arguments.ts";
export type { TableColumn } from "./schema/table-column.ts";
export type { Index, IndexOptions } from "./schema/table-index.ts";
export type { CompileOptions, CompilingDialect } from "./sql/compile/compile.ts";
export type { BoundStatement } from "./sql/compile/compiled.ts";
export { type ArrayOptions, array } from "./sql/expression/array.ts";
export { BindList, BindParameter, bindparam } from "./sql/expression/bind-parameter.ts";
export { Case, CaseOf, caseOf, caseWhen } from "./sql/expression/case.ts";
export { and, not, or } from "./sql/expression/conditions.ts";
export {
  falseValue,
  type LiteralOptions,
  literal,
  literalColumn,
  nullValue,
  trueValue,
} from "./sql/expression/constants.ts";
export { cast, type DatePart, extract, tryCast, typeCoerce } from "./sql/expression/conversion.ts";
export { type CustomElement, CustomExpression, compiles } from "./sql/expression/custom.ts";
export { defineFunction, type FunctionDefinition } from "./sql/expression/define-function.ts";
export { type AnyExpression, Expression } from "./sql/expression/expression.ts";
export { func } from "./sql/expression/functions.ts";
export { crossJoin, fullJoin, Join, type Joinable, join, outerJoin } from "./sql/expression/join.ts";
export { asc, desc, nullsFirst, nullsLast, Ordering } from "./sql/expression/ordering.ts";
export type { Columns, Criteria, Init, InputOf, InsertRow, UpdateRow, ValueOf } from "./sql/expression/shape.ts";
export { Table, TableAlias, table } from "./sql/expression/table.ts";
export { columnValued, TableValued, type TableValuedOptions, tableValued } from "./sql/expression/table-valued.ts";
export { TableSample, type TableSampleOptions, tablesample } from "./sql/expression/tablesample.ts";
export { all, any, tuple } from "./sql/expression/tuple.ts";
export type { Condition, RowsLike, SingleColumn } from "./sql/expression/types.ts";
export { type Frame, FrameBound, following, preceding, type WindowOptions } from "./sql/expression/window.ts";
export { type SqlWrapping, wrappedType } from "./sql/expression/wrapped-type.ts";
export type { ElementCompiler, SqlElement } from "./sql/nodes/expressions.ts";
export type { ColumnDescription } from "./sql/statement/column-descriptions.ts";
export {
  Compound,
  except,
  exceptAll,
  intersect,
  intersectAll,
  type Query,
  union,
  unionAll,
} from "./sql/statement/compound.ts";
export { CustomStatement } from "./sql/statement/custom-statement.ts";
export { Delete, type DeleteExtensionPoint, deleteFrom } from "./sql/statement/delete.ts";
export { Exists, exists } from "./sql/statement/exists.ts";
export { FromStatement, type FromStatementSource } from "./sql/statement/from-statement.ts";
export type { HintText } from "./sql/statement/hints.ts";
export { type FromSelectOptions, Insert, type InsertExtensionPoint, insert } from "./sql/statement/insert.ts";
export {
  type FetchOptions,
  Select,
  type SelectExtensionPoint,
  select,
  type WithOnlyColumnsOptions,
} from "./sql/statement/select.ts";
export { Cte, type CteOptions, Subquery } from "./sql/statement/subquery.ts";
export { column, sql, sqlText, TextClause, TextStatement } from "./sql/statement/text.ts";
export type {
  ColumnSource,
  EntityClass,
  Executable,
  ExecutionOptions,
  ForUpdateOptions,
  FromSource,
  JoinTarget,
  Parameters,
  ReturningOptions,
  Row,
  ScalarExecutable,
  Selectable,
  Target,
} from "./sql/statement/types.ts";
export { Update, type UpdateExtensionPoint, update } from "./sql/statement/update.ts";
export type { UpsertOptions, UpsertTarget } from "./sql/statement/upsert.ts";
export { Values, type ValuesOptions, values } from "./sql/statement/values.ts";
export {
  CreateTableAs,
  type CreateTableAsOptions,
  createTableAs,
  View,
  type ViewDeclaration,
  view,
} from "./sql/statement/view.ts";
export { jsonNull } from "./sqltypes/json.ts";
export type { SqlType } from "./sqltypes/sql-type.ts";
export type { TemporalDate, TemporalInstant, TemporalTime, TemporalValue } from "./sqltypes/temporal.ts";
export { AthanorWarning, onWarning } from "./util/warn.ts";
