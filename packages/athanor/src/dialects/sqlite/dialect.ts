import type { Dialect, ErrorDetails, IsolationLevel, TransactionModes } from "../../engine/dialect.ts";
import type { DriverConnection } from "../../engine/driver.ts";
import type { EngineOptions } from "../../engine/options.ts";
import type { Url } from "../../engine/url.ts";
import { IdentifierError } from "../../errors/errors.ts";
import type { ExistingObjects } from "../../schema/ddl-plan.ts";
import type { SchemaItem, SchemaItemOptions } from "../../schema/schema-item.ts";
import type { StatementCompilerClass } from "../../sql/compile/compile.ts";
import type { Capabilities } from "../../sql/compile/sql-dialect.ts";
import type { SqlType, TypeTraits } from "../../sqltypes/sql-type.ts";
import { settled, type Task } from "../../util/task.ts";
import { SqliteCompiler } from "./compiler.ts";
import { SqliteDdlCompiler } from "./ddl.ts";
import { describeSqliteError } from "./errors.ts";
import { existingSqliteTables } from "./existing.ts";
import { SqliteCatalog } from "./reflection.ts";
import { reservedWords } from "./reserved-words.ts";
import { sqliteLiteral, sqliteTraits, sqliteTypeName } from "./types.ts";

const capabilities: Capabilities = {
  insertReturning: true,
  updateReturning: true,
  deleteReturning: true,
  orderedReturning: true,
  returnsBeforeTriggers: true,
  defaultValues: true,
  defaultKeyword: false,
  updateFrom: true,
  deleteUsing: false,
  // One writer at a time: the whole database is locked.
  rowLocks: false,
  lateral: false,
  fullJoin: true,
  distinctOn: false,
  nullsOrdering: true,
  booleanLiterals: false,
  compoundParentheses: false,
  savepoints: true,
  sequences: false,
  identityColumns: false,
  computedColumns: true,
  alterConstraints: false,
  comments: false,
  schemas: true,
  partialIndexes: true,
  lastInsertId: true,
};

const simpleName = /^[a-z_][a-z0-9_$]*$/;

/** SQLite, as https://sqlite.org documents it. */
export class SqliteDialect implements Dialect {
  readonly name: string = "sqlite";
  readonly family = "sqlite";
  readonly types: TypeTraits = sqliteTraits;
  readonly capabilities = capabilities;
  readonly statementCompiler: StatementCompilerClass = SqliteCompiler;
  readonly maxIdentifierLength = 9999;
  /** SQLITE_MAX_VARIABLE_NUMBER since 3.32. */
  readonly maxParameters = 32_766;
  /** Transactions are always serializable: only a shared cache, which is not used here, would read what is uncommitted. */
  readonly isolationLevels = ["SERIALIZABLE", "READ UNCOMMITTED", "AUTOCOMMIT"] as const;
  readonly transactionModes = ["readOnly"] as const;
  readonly catalog = new SqliteCatalog((identifier) => this.quote(identifier));
  readonly #ddl = new SqliteDdlCompiler(this);
  readonly #begin: string;
  /** Connections that refuse writes until their transaction ends. */
  readonly #readOnly = new WeakSet<DriverConnection>();

  constructor(options: EngineOptions = {}) {
    this.#begin = `BEGIN ${(options.sqliteBegin ?? "deferred").toUpperCase()}`;
  }

  quote(identifier: string): string {
    if (simpleName.test(identifier) && !reservedWords.has(identifier)) return identifier;
    if (identifier === "" || identifier.includes("\u0000")) {
      throw new IdentifierError(`${JSON.stringify(identifier)} is no identifier: it is empty or contains NUL.`);
    }
    return `"${identifier.replaceAll('"', '""')}"`;
  }
  placeholder(): string {
    return "?";
  }
  typeName(type: SqlType, use: "ddl" | "cast"): string {
    return sqliteTypeName(type, use);
  }
  literal(value: unknown, type: SqlType): string {
    return sqliteLiteral(value, type);
  }
  ddl(item: SchemaItem, options?: SchemaItemOptions): readonly string[] {
    return this.#ddl.compile(item, options);
  }

  *initialize(connection: DriverConnection): Task<void> {
    yield* settled(connection.run("PRAGMA foreign_keys = ON"));
  }
  *begin(connection: DriverConnection, isolation: IsolationLevel | null, modes: TransactionModes = {}): Task<void> {
    const isReadOnly = modes.readOnly === true;
    if (isReadOnly) yield* settled(connection.run("PRAGMA query_only = ON"));
    if (isReadOnly) this.#readOnly.add(connection);
    if (isolation !== "AUTOCOMMIT") yield* settled(connection.run(isReadOnly ? "BEGIN" : this.#begin));
  }
  *commit(connection: DriverConnection): Task<void> {
    if (connection.inTransaction) yield* settled(connection.run("COMMIT"));
    yield* this.#allowWrites(connection);
  }
  *#allowWrites(connection: DriverConnection): Task<void> {
    if (this.#readOnly.delete(connection)) yield* settled(connection.run("PRAGMA query_only = OFF"));
  }
  /** Some errors (a full disk, RAISE(ROLLBACK)) end a transaction by themselves. */
  *rollback(connection: DriverConnection): Task<void> {
    if (connection.inTransaction) yield* settled(connection.run("ROLLBACK"));
    yield* this.#allowWrites(connection);
  }
  *ping(connection: DriverConnection): Task<void> {
    yield* settled(connection.run("SELECT 1"));
  }
  *existingObjects(connection: DriverConnection, schemas: readonly (string | null)[]): Task<ExistingObjects> {
    return { tables: yield* existingSqliteTables(connection, schemas, (name) => this.quote(name)) };
  }
  describeError(error: unknown): ErrorDetails | null {
    return describeSqliteError(error);
  }
  /** A database in memory lives in its connection: there can be one only. */
  defaultPool(url: Url): "queue" | "static" {
    const { database } = url;
    const inMemory = database === null || database === ":memory:" || database === "file::memory:";
    return inMemory || url.query["mode"] === "memory" ? "static" : "queue";
  }
}

/** SQLite's SQL, for `compile({ dialect: dialect() })` of statements, expressions and DDL. */
export function dialect(): SqliteDialect {
  return new SqliteDialect();
}
