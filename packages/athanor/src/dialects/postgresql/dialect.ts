import type { AdvisoryLocks } from "../../engine/advisory-lock.ts";
import type {
  Dialect,
  ErrorDetails,
  IsolationLevel,
  TransactionMode,
  TransactionModes,
  TwoPhase,
} from "../../engine/dialect.ts";
import { askRows, type DriverConnection } from "../../engine/driver.ts";
import type { EngineOptions } from "../../engine/options.ts";
import type { RetryOptions } from "../../engine/retry.ts";
import type { Url } from "../../engine/url.ts";
import { NotSupportedError } from "../../errors/statement-errors.ts";
import type { ExistingObjects } from "../../schema/ddl-plan.ts";
import type { SchemaItem, SchemaItemOptions } from "../../schema/schema-item.ts";
import type { StatementCompilerClass } from "../../sql/compile/compile.ts";
import type { Capabilities, SchemaPrefix } from "../../sql/compile/sql-dialect.ts";
import type { SqlType, TypeTraits } from "../../sqltypes/sql-type.ts";
import { settled, type Task } from "../../util/task.ts";
import { advisoryLocks } from "./advisory-locks.ts";
import { PostgresqlCompiler } from "./compiler.ts";
import { PostgresqlDdlCompiler } from "./ddl.ts";
import { describePostgresqlError } from "./errors.ts";
import { existingPostgresqlObjects } from "./existing.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { naturalReader } from "./natural-types.ts";
import { PostgresqlCatalog } from "./reflection.ts";
import { twoPhase } from "./two-phase.ts";
import { postgresqlLiteral, postgresqlTraits, postgresqlTypeName } from "./types.ts";
import { type PostgresqlVariant, plainPostgresql, variantOf } from "./variants.ts";

const capabilities: Capabilities = {
  insertReturning: true,
  updateReturning: true,
  deleteReturning: true,
  // INSERT … VALUES runs through its rows one after the other and returns each as it is inserted.
  orderedReturning: true,
  sentinelInsert: "select",
  defaultValues: true,
  defaultKeyword: true,
  updateFrom: true,
  deleteUsing: true,
  rowLocks: true,
  lateral: true,
  fullJoin: true,
  distinctOn: true,
  nullsOrdering: true,
  booleanLiterals: true,
  compoundParentheses: true,
  savepoints: true,
  sequences: true,
  namedTypes: true,
  constraintComments: true,
  identityColumns: true,
  computedColumns: true,
  alterConstraints: true,
  comments: true,
  schemas: true,
  partialIndexes: true,
  lastInsertId: false,
  arrays: true,
  numberedParameters: true,
  multiRowInserts: true,
};

/** What the types read depends on these; a server or a user may have others by default. */
function settingsOf(set: "SET" | "SET LOCAL"): string {
  return ["datestyle TO ISO", "intervalstyle TO postgres", "bytea_output TO hex"]
    .map((each) => `${set} ${each}`)
    .join("; ");
}

/** PostgreSQL 13 and later, as https://www.postgresql.org/docs/ documents it. */
export class PostgresqlDialect implements Dialect {
  readonly family = "postgresql";
  readonly capabilities = capabilities;
  readonly types: TypeTraits = postgresqlTraits;
  readonly statementCompiler: StatementCompilerClass = PostgresqlCompiler;
  /** NAMEDATALEN less one, in bytes. */
  readonly maxIdentifierLength = 63;
  /** The protocol counts with 16 bits; postgres.js stops a little earlier. */
  readonly maxParameters = 65_533;
  readonly acceptsWrites = "SELECT NOT pg_is_in_recovery()";
  readonly isolationLevels = [
    "READ COMMITTED",
    "REPEATABLE READ",
    "SERIALIZABLE",
    "READ UNCOMMITTED",
    "AUTOCOMMIT",
  ] as const;
  readonly catalog = new PostgresqlCatalog();
  readonly #ddl = new PostgresqlDdlCompiler(this);
  #variant: PostgresqlVariant;
  /** The variant is what the URL says; otherwise the first connection tells. */
  #isKnown: boolean;

  constructor(variant: PostgresqlVariant | null = null) {
    this.#variant = variant ?? plainPostgresql;
    this.#isKnown = variant !== null;
  }

  /** `postgresql`, or the variant's: `cockroachdb`, … */
  get name(): string {
    return this.#variant.name;
  }
  get transactionModes(): readonly TransactionMode[] {
    return this.#variant.transactionModes;
  }
  get twoPhase(): TwoPhase | undefined {
    return this.#variant.twoPhase ? twoPhase : undefined;
  }
  get advisoryLocks(): AdvisoryLocks | undefined {
    const { sessions } = this.#variant;
    if (!this.#variant.advisoryLocks) return undefined;
    return sessions ? advisoryLocks : { ...advisoryLocks, scopes: ["transaction"] };
  }
  get listens(): boolean {
    return this.#variant.listen;
  }
  get retry(): RetryOptions | undefined {
    return this.#variant.retry;
  }

  quote(identifier: string): string {
    return quoteIdentifier(identifier);
  }
  placeholder(position: number): string {
    return `$${position}`;
  }
  typeName(type: SqlType, use: "ddl" | "cast", schemaPrefix?: SchemaPrefix): string {
    return postgresqlTypeName(type, use, schemaPrefix);
  }
  literal(value: unknown, type: SqlType): string {
    return postgresqlLiteral(value, type);
  }
  ddl(item: SchemaItem, options?: SchemaItemOptions): readonly string[] {
    return this.#ddl.compile(item, options);
  }
  refusesTransaction(item: SchemaItem): boolean {
    if (item.kind !== "createIndex" && item.kind !== "dropIndex") return false;
    const isNew = item.kind === "createIndex" && item.tableIsNew === true;
    return item.index.dialectOptions.postgresql?.concurrently === true && !isNew;
  }
  naturalReader(typeCode: number): ((value: unknown) => unknown) | null {
    return naturalReader(typeCode);
  }

  *initialize(connection: DriverConnection): Task<void> {
    if (!this.#isKnown) yield* this.#recognize(connection);
    // Behind a pooler, settings of a session would be somebody else's.
    if (this.#variant.sessions) yield* settled(connection.run(settingsOf("SET")));
  }
  *#recognize(connection: DriverConnection): Task<void> {
    const sql = "SELECT version(), EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')";
    const { rows } = yield* settled(connection.execute(sql, [], askRows));
    const [version, hasCitus] = rows[0] ?? [];
    this.#variant = variantOf(String(version), hasCitus === true);
    this.#isKnown = true;
  }
  *begin(
    connection: DriverConnection,
    isolation: IsolationLevel | null,
    { readOnly = false, deferrable = false }: TransactionModes = {},
  ): Task<void> {
    if (isolation === "AUTOCOMMIT") return;
    const level = isolation === null ? "" : ` ISOLATION LEVEL ${isolation}`;
    const modes = `${readOnly ? " READ ONLY" : ""}${deferrable ? " DEFERRABLE" : ""}`;
    const settings = this.#variant.sessions ? "" : `; ${settingsOf("SET LOCAL")}`;
    yield* settled(connection.run(`BEGIN${level}${modes}${settings}`));
  }
  *readIsolation(connection: DriverConnection): Task<IsolationLevel> {
    const { rows } = yield* settled(connection.execute("SHOW transaction_isolation", [], askRows));
    const name = String(rows[0]?.[0]).toUpperCase();
    return this.isolationLevels.find((level) => level === name) ?? this.isolationLevels[0];
  }
  *commit(connection: DriverConnection): Task<void> {
    if (connection.inTransaction) yield* settled(connection.run("COMMIT"));
  }
  *rollback(connection: DriverConnection): Task<void> {
    if (connection.inTransaction) yield* settled(connection.run("ROLLBACK"));
  }
  *ping(connection: DriverConnection): Task<void> {
    yield* settled(connection.run("SELECT 1"));
  }

  *notify(connection: DriverConnection, channel: string, payload: string): Task<void> {
    if (!this.#variant.notify) throw new NotSupportedError(`${this.name} has no channels to send messages to.`);
    yield* settled(connection.execute("SELECT pg_notify($1, $2)", [channel, payload], askRows));
  }

  existingObjects(connection: DriverConnection, schemas: readonly (string | null)[]): Task<ExistingObjects> {
    return existingPostgresqlObjects(connection, schemas);
  }
  describeError(error: unknown): ErrorDetails | null {
    return describePostgresqlError(error);
  }
  /** PGlite runs inside the process: its database lives in its only connection. */
  defaultPool(url: Url): "queue" | "static" {
    return url.driver === "pglite" ? "static" : "queue";
  }
}

/** PostgreSQL's SQL, for `compile({ dialect: dialect() })` of statements, expressions and DDL. */
export function dialect(_options: EngineOptions = {}): PostgresqlDialect {
  return new PostgresqlDialect();
}
