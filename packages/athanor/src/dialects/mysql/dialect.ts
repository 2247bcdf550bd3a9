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
import type { RetryOptions } from "../../engine/retry.ts";
import { IdentifierError } from "../../errors/errors.ts";
import type { ExistingObjects } from "../../schema/ddl-plan.ts";
import type { SchemaItem, SchemaItemOptions } from "../../schema/schema-item.ts";
import type { StatementCompilerClass } from "../../sql/compile/compile.ts";
import type { Capabilities } from "../../sql/compile/sql-dialect.ts";
import type { SqlType, TypeTraits } from "../../sqltypes/sql-type.ts";
import { settled, type Task } from "../../util/task.ts";
import { advisoryLocks } from "./advisory-locks.ts";
import { capabilitiesOf, featuresOf } from "./capabilities.ts";
import { MysqlCompiler } from "./compiler.ts";
import { MysqlDdlCompiler } from "./ddl.ts";
import { describeMysqlError } from "./errors.ts";
import { existingMysqlObjects } from "./existing-objects.ts";
import { MysqlCatalog } from "./reflection.ts";
import { reservedWords } from "./reserved-words.ts";
import { assumedServer, isSameServer, type MysqlServer, serverOf } from "./server.ts";
import { sessionFeatures } from "./session-features.ts";
import { twoPhase } from "./two-phase.ts";
import { mysqlCastName, mysqlLiteral, mysqlTraits, mysqlTypeName } from "./types.ts";

const simpleName = /^[a-z_][a-z0-9_]*$/;

/** What is asked of a new connection. */
const sessionVariables = [
  "version",
  "sql_mode",
  "innodb_autoinc_lock_mode",
  "auto_increment_increment",
  "wsrep_on",
] as const;

/** How a connection stands: what a transaction that begins does not have to say again. */
interface SessionState {
  autocommit: boolean;
}

/** MySQL from 8.0 on and MariaDB from 10.5 on. Which of the two it is, and which release, the first connection tells. */
export class MysqlDialect implements Dialect {
  readonly family = "mysql";
  readonly statementCompiler: StatementCompilerClass = MysqlCompiler;
  readonly maxIdentifierLength = 64;
  /** The protocol counts them with 16 bits. */
  readonly maxParameters = 65_535;
  #server: MysqlServer;
  #types: TypeTraits;
  #capabilities: Capabilities;
  readonly catalog = new MysqlCatalog(() => this.#server);
  /** Half of what a server takes in one packet when nobody has told it otherwise. */
  readonly maxBatchBytes = 8_388_608;
  #keyDistance: number | null = null;
  readonly #ddl = new MysqlDdlCompiler(this, () => this.#server);
  readonly #sessions = new WeakMap<DriverConnection, SessionState>();

  constructor(server: MysqlServer = assumedServer(false)) {
    this.#server = server;
    this.#types = mysqlTraits(server);
    this.#capabilities = capabilitiesOf(server);
  }

  get name(): string {
    return this.#server.variant ?? (this.#server.mariadb ? "mariadb" : "mysql");
  }
  get isolationLevels(): readonly IsolationLevel[] {
    return sessionFeatures(this.#server).isolationLevels;
  }
  get transactionModes(): readonly TransactionMode[] {
    return sessionFeatures(this.#server).transactionModes;
  }
  get twoPhase(): TwoPhase | undefined {
    return sessionFeatures(this.#server).twoPhase ? twoPhase : undefined;
  }
  get advisoryLocks(): AdvisoryLocks | undefined {
    return sessionFeatures(this.#server).advisoryLocks ? advisoryLocks : undefined;
  }
  get retry(): RetryOptions | undefined {
    return sessionFeatures(this.#server).retry;
  }
  /** The server that statements are compiled for. It changes once, when the first connection has told. */
  get server(): MysqlServer {
    return this.#server;
  }
  get types(): TypeTraits {
    return this.#types;
  }
  get capabilities(): Capabilities {
    return this.#capabilities;
  }

  get keyDistance(): number | null {
    return this.#keyDistance;
  }

  quote(identifier: string): string {
    if (simpleName.test(identifier) && !reservedWords.has(identifier)) return identifier;
    if (identifier === "" || identifier.includes("\u0000") || identifier.endsWith(" ")) {
      throw new IdentifierError(
        `${JSON.stringify(identifier)} is no identifier: it is empty, ends with a space or contains NUL.`,
      );
    }
    return `\`${identifier.replaceAll("`", "``")}\``;
  }
  placeholder(): string {
    return "?";
  }
  typeName(type: SqlType, use: "ddl" | "cast"): string {
    if (use === "ddl") return mysqlTypeName(type, this.#types);
    return mysqlCastName(type, featuresOf(this.#server)) ?? mysqlTypeName(type, this.#types);
  }
  literal(value: unknown, type: SqlType): string {
    return mysqlLiteral(value, type, this.#types);
  }
  ddl(item: SchemaItem, options?: SchemaItemOptions): readonly string[] {
    return this.#ddl.compile(item, options);
  }

  // ── connections ────────────────────────────────────────────────────────────
  /** Values are strict, text is Unicode, TIMESTAMP is in UTC; backslashes in literals mean what they mean by default. */
  *initialize(connection: DriverConnection): Task<void> {
    const found = yield* this.#variables(connection, sessionVariables);
    const server = serverOf(found.get("version") ?? "");
    if (server !== null && !isSameServer(server, this.#server)) {
      this.#server = server;
      this.#types = mysqlTraits(server);
      this.#capabilities = capabilitiesOf(server);
    }
    this.#keyDistance = keyDistanceOf(found);
    yield* settled(connection.run("SET NAMES utf8mb4"));
    const mode = mysqlMode(found.get("sql_mode") ?? "");
    yield* settled(connection.run(`SET time_zone = '+00:00', sql_mode = '${mode}', autocommit = 1`));
  }
  /** Variables of the session; those that the server does not know are left out. */
  *#variables(connection: DriverConnection, names: readonly string[]): Task<ReadonlyMap<string, string>> {
    const list = names.map((name) => `'${name}'`).join(", ");
    const sql = `SHOW VARIABLES WHERE Variable_name IN (${list})`;
    const { rows } = yield* settled(connection.execute(sql, [], askRows));
    return new Map(rows.map(([name, value]) => [String(name).toLowerCase(), String(value)]));
  }

  /**
   * With autocommit off, the first statement begins a transaction by itself, also after a statement that has committed
   * one unasked, as DDL does. So most transactions begin without a statement.
   */
  *begin(
    connection: DriverConnection,
    isolation: IsolationLevel | null,
    { readOnly = false }: TransactionModes = {},
  ): Task<void> {
    const session = this.#session(connection);
    const autocommit = isolation === "AUTOCOMMIT";
    if (session.autocommit !== autocommit) {
      yield* settled(connection.run(`SET autocommit = ${autocommit ? 1 : 0}`));
      session.autocommit = autocommit;
    }
    // For the next transaction only.
    if (isolation !== null && !autocommit) {
      yield* settled(connection.run(`SET TRANSACTION ISOLATION LEVEL ${isolation}`));
    }
    if (readOnly) yield* settled(connection.run("START TRANSACTION READ ONLY"));
  }
  #session(connection: DriverConnection): SessionState {
    let session = this.#sessions.get(connection);
    if (session === undefined) {
      session = { autocommit: true };
      this.#sessions.set(connection, session);
    }
    return session;
  }
  *readIsolation(connection: DriverConnection): Task<IsolationLevel> {
    const found = yield* this.#variables(connection, ["transaction_isolation", "tx_isolation"]);
    const level = (found.get("transaction_isolation") ?? found.get("tx_isolation"))?.replaceAll("-", " ");
    return this.isolationLevels.find((each) => each === level) ?? "REPEATABLE READ";
  }
  *commit(connection: DriverConnection): Task<void> {
    if (connection.inTransaction) yield* settled(connection.run("COMMIT"));
  }
  /** A deadlock ends a transaction by itself. */
  *rollback(connection: DriverConnection): Task<void> {
    if (connection.inTransaction) yield* settled(connection.run("ROLLBACK"));
  }
  *ping(connection: DriverConnection): Task<void> {
    yield* settled(connection.run("DO 1"));
  }

  existingObjects(connection: DriverConnection, schemas: readonly (string | null)[]): Task<ExistingObjects> {
    return existingMysqlObjects(connection, schemas);
  }
  describeError(error: unknown): ErrorDetails | null {
    return describeMysqlError(error);
  }
  defaultPool(): "queue" {
    return "queue";
  }
}

/**
 * Locked until the statement ends ("traditional", "consecutive"), the keys of one INSERT follow one another
 * (https://dev.mysql.com/doc/refman/8.4/en/innodb-auto-increment-handling.html). In a cluster, servers come and go, and the
 * distance changes.
 */
function keyDistanceOf(variables: ReadonlyMap<string, string>): number | null {
  const isLocked = ["0", "1"].includes(variables.get("innodb_autoinc_lock_mode") ?? "");
  if (!isLocked || variables.get("wsrep_on") === "ON") return null;
  const distance = Number(variables.get("auto_increment_increment"));
  return Number.isSafeInteger(distance) && distance > 0 ? distance : null;
}

/** The server's modes, made strict. NO_BACKSLASH_ESCAPES would let drivers escape text wrongly. */
function mysqlMode(given: string): string {
  const modes = new Set(given.split(",").filter((mode) => /^[A-Z_]+$/.test(mode) && mode !== "NO_BACKSLASH_ESCAPES"));
  return [...modes.add("STRICT_TRANS_TABLES")].join(",");
}
