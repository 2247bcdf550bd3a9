import type { TransactionMode } from "../../engine/dialect.ts";
import type { RetryOptions } from "../../engine/retry.ts";

/** What a server is that speaks PostgreSQL's protocol: PostgreSQL itself, another database, or a pooler in front. */
export interface PostgresqlVariant {
  readonly name: string;
  readonly transactionModes: readonly TransactionMode[];
  /** A connection is one session from its beginning to its end. A pooler gives each transaction another one. */
  readonly sessions: boolean;
  readonly twoPhase: boolean;
  readonly advisoryLocks: boolean;
  /** Messages can be sent, and heard. */
  readonly notify: boolean;
  readonly listen: boolean;
  /** Conflicts are so usual that transactions are tried again without being asked to. */
  readonly retry?: RetryOptions;
}

export const plainPostgresql: PostgresqlVariant = {
  name: "postgresql",
  transactionModes: ["readOnly", "deferrable"],
  sessions: true,
  twoPhase: true,
  advisoryLocks: true,
  notify: true,
  listen: true,
};

const variants: readonly PostgresqlVariant[] = [
  plainPostgresql,
  // https://www.cockroachlabs.com/docs/stable/postgresql-compatibility: locks on names are there and lock nothing.
  {
    ...plainPostgresql,
    name: "cockroachdb",
    transactionModes: ["readOnly"],
    twoPhase: false,
    advisoryLocks: false,
    notify: false,
    listen: false,
    retry: { attempts: 10 },
  },
  // https://docs.yugabyte.com/preview/explore/ysql-language-features/postgresql-compatibility/
  {
    ...plainPostgresql,
    name: "yugabytedb",
    twoPhase: false,
    advisoryLocks: false,
    notify: false,
    listen: false,
    retry: { attempts: 10 },
  },
  // https://docs.citusdata.com: PREPARE TRANSACTION is what it does by itself.
  { ...plainPostgresql, name: "citus", twoPhase: false },
  // https://www.pgbouncer.org/features.html, of transaction pooling
  { ...plainPostgresql, name: "pgbouncer", sessions: false, twoPhase: false, listen: false },
];

/** Names that URLs may give, besides `postgresql`. */
export const variantNames: readonly string[] = variants.slice(1).map(({ name }) => name);

/** The variant of a name; null for what is none. */
export function variantNamed(name: string): PostgresqlVariant | null {
  return variants.find((variant) => variant.name === name) ?? null;
}

/** What `version()` and the extension Citus say of a server. */
export function variantOf(version: string, hasCitus: boolean): PostgresqlVariant {
  const name = /cockroachdb/i.test(version)
    ? "cockroachdb"
    : /-YB-/i.test(version)
      ? "yugabytedb"
      : hasCitus
        ? "citus"
        : "postgresql";
  return variantNamed(name) ?? plainPostgresql;
}
