import { ArgumentError } from "../errors/errors.ts";
import type { SqlCondition, SqlElement } from "./column-definition.ts";

/** Storage parameters, as PostgreSQL's WITH takes them: `{ fillfactor: 70 }`. */
export type StorageParameters = Readonly<Record<string, string | number | boolean>>;

/** Options of SQLite's tables. */
export interface SqliteTableOptions {
  /** Values must be of the column's type. */
  readonly strict?: boolean;
  readonly withoutRowid?: boolean;
  /** Keys of deleted rows are never given again: AUTOINCREMENT. */
  readonly autoincrement?: boolean;
}

/** Options of PostgreSQL's tables (https://www.postgresql.org/docs/current/sql-createtable.html). */
export interface PostgresqlTableOptions {
  /** How rows are spread over partitions, as SQL: `"RANGE (created_at)"`. */
  readonly partitionBy?: string;
  /** Tables whose columns it inherits; `schema.name` names one in a schema. */
  readonly inherits?: string | readonly string[];
  readonly with?: StorageParameters;
  /** The table access method. */
  readonly using?: string;
  /** What becomes of the rows of a temporary table at the end of a transaction. */
  readonly onCommit?: "preserve rows" | "delete rows" | "drop";
  readonly tablespace?: string;
  /** Not written to the log: faster, and empty after a crash. */
  readonly unlogged?: boolean;
}

/**
 * Options of MySQL's and MariaDB's tables. Beside those named here, any other table option may be given in camelCase:
 * `{ keyBlockSize: 8 }` becomes `KEY_BLOCK_SIZE=8`.
 */
export interface MysqlTableOptions {
  readonly engine?: string;
  readonly charset?: string;
  readonly collate?: string;
  readonly rowFormat?: string;
  /** Instead of the table's own comment. */
  readonly comment?: string;
  readonly autoIncrement?: number;
  /** How rows are spread over partitions, as SQL: `"HASH (id)"`. */
  readonly partitionBy?: string;
  /** Their number; or, as SQL in parentheses, each of them. */
  readonly partitions?: number | string;
  readonly subpartitionBy?: string;
  readonly subpartitions?: number;
  readonly [option: string]: string | number | undefined;
}

/** Options of PostgreSQL's indexes (https://www.postgresql.org/docs/current/sql-createindex.html). */
export interface PostgresqlIndexOptions {
  /** The access method: `gin`, `gist`, `brin`, `hash` … */
  readonly using?: string;
  /** Operator classes by column (its key or name) or by an expression's label: `{ email: "text_pattern_ops" }`. */
  readonly ops?: Readonly<Record<string, string>>;
  /** Columns that are kept in the index without being searched. */
  readonly include?: readonly (string | SqlElement)[];
  /** A condition for PostgreSQL alone. */
  readonly where?: SqlCondition;
  readonly with?: StorageParameters;
  readonly tablespace?: string;
  /** Built, and dropped, without locking writers out. Not inside a transaction. */
  readonly concurrently?: boolean;
  /** In a unique index, NULL equals NULL. */
  readonly nullsNotDistinct?: boolean;
}

/** Options of MySQL's and MariaDB's indexes. */
export interface MysqlIndexOptions {
  readonly using?: "btree" | "hash";
  /** Only so many characters are in the index: one number for all columns, or one for each by its key or name. */
  readonly length?: number | Readonly<Record<string, number>>;
  readonly prefix?: "FULLTEXT" | "SPATIAL";
  /** The parser plugin of a FULLTEXT index. */
  readonly withParser?: string;
}

export interface SqliteIndexOptions {
  /** A condition for SQLite alone. */
  readonly where?: SqlCondition;
}

/** Options of single databases for an index; other databases ignore them. */
export interface IndexDialectOptions {
  readonly postgresql?: PostgresqlIndexOptions;
  readonly mysql?: MysqlIndexOptions;
  readonly sqlite?: SqliteIndexOptions;
}

/** Options of PostgreSQL's constraints; each goes with the kinds that it names. */
export interface PostgresqlConstraintOptions {
  /** Foreign keys and checks: rows that are there already are not looked at. For ALTER TABLE only. */
  readonly notValid?: boolean;
  /** Checks: tables that inherit do not get it. */
  readonly noInherit?: boolean;
  /** Unique constraints: NULL equals NULL. */
  readonly nullsNotDistinct?: boolean;
  /** Primary keys, unique and exclusion constraints: further columns that are kept in their index. */
  readonly include?: readonly string[];
}

/** What happens to a row that violates a constraint of SQLite's (https://sqlite.org/lang_conflict.html). */
export type SqliteConflictAction = "rollback" | "abort" | "fail" | "ignore" | "replace";

export interface SqliteConstraintOptions {
  /** Primary keys, unique constraints and checks: ON CONFLICT. */
  readonly onConflict?: SqliteConflictAction;
}

/** Options of single databases for a constraint; other databases ignore them. */
export interface ConstraintDialectOptions {
  readonly postgresql?: PostgresqlConstraintOptions;
  readonly sqlite?: SqliteConstraintOptions;
}

type Names<O> = { readonly [K in keyof Required<O>]: true };

const sqliteTable: Names<SqliteTableOptions> = { strict: true, withoutRowid: true, autoincrement: true };
const postgresqlTable: Names<PostgresqlTableOptions> = {
  partitionBy: true,
  inherits: true,
  with: true,
  using: true,
  onCommit: true,
  tablespace: true,
  unlogged: true,
};
const postgresqlIndex: Names<PostgresqlIndexOptions> = {
  using: true,
  ops: true,
  include: true,
  where: true,
  with: true,
  tablespace: true,
  concurrently: true,
  nullsNotDistinct: true,
};
const mysqlIndex: Names<MysqlIndexOptions> = { using: true, length: true, prefix: true, withParser: true };
const sqliteIndex: Names<SqliteIndexOptions> = { where: true };

/** Null: the database takes any name. */
type KnownNames = Readonly<Record<string, Readonly<Record<string, true>> | null>>;

const conflict = { onConflict: true } as const;
const knownNames = {
  table: { sqlite: sqliteTable, postgresql: postgresqlTable, mysql: null },
  index: { sqlite: sqliteIndex, postgresql: postgresqlIndex, mysql: mysqlIndex },
  primaryKey: { sqlite: conflict, postgresql: { include: true }, mysql: {} },
  unique: { sqlite: conflict, postgresql: { nullsNotDistinct: true, include: true }, mysql: {} },
  check: { sqlite: conflict, postgresql: { notValid: true, noInherit: true }, mysql: {} },
  foreignKey: { sqlite: {}, postgresql: { notValid: true }, mysql: {} },
  exclude: { sqlite: {}, postgresql: { include: true }, mysql: {} },
} satisfies Readonly<Record<string, KnownNames>>;

/** What options of single databases can be given to. */
export type OptionBearer = keyof typeof knownNames;

/**
 * Refuses options that a database does not have; databases that are not known here check their own.
 *
 * @throws ArgumentError that names the options there are.
 */
export function checkDialectOptions(bearer: OptionBearer, options: object, what: string): void {
  const known: KnownNames = knownNames[bearer];
  for (const [dialect, given] of Object.entries(options)) {
    const names = known[dialect];
    if (names === undefined || names === null || typeof given !== "object" || given === null) continue;
    const wrong = Object.keys(given).find((name) => !Object.hasOwn(names, name));
    if (wrong === undefined) continue;
    const there = Object.keys(names);
    throw new ArgumentError(
      `${what} has no option ${JSON.stringify(wrong)} for ${dialect}. ` +
        (there.length === 0 ? "There is none." : `There ${there.length === 1 ? "is" : "are"}: ${there.join(", ")}.`),
    );
  }
}
