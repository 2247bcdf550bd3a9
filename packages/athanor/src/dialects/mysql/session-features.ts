import type { IsolationLevel, TransactionMode } from "../../engine/dialect.ts";
import type { RetryOptions } from "../../engine/retry.ts";
import type { MysqlServer, MysqlVariant } from "./server.ts";

/** What a server does beside its SQL: transactions and locks. */
export interface SessionFeatures {
  readonly isolationLevels: readonly IsolationLevel[];
  readonly transactionModes: readonly TransactionMode[];
  readonly twoPhase: boolean;
  readonly advisoryLocks: boolean;
  /** Conflicts are so usual that transactions are tried again without being asked to. */
  readonly retry?: RetryOptions;
}

const mysql: SessionFeatures = {
  isolationLevels: ["REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT"],
  transactionModes: ["readOnly"],
  twoPhase: true,
  advisoryLocks: true,
};

const variants: Readonly<Record<MysqlVariant, SessionFeatures>> = {
  // https://docs.pingcap.com/tidb/stable/mysql-compatibility
  tidb: {
    isolationLevels: ["REPEATABLE READ", "READ COMMITTED", "AUTOCOMMIT"],
    transactionModes: [],
    twoPhase: false,
    advisoryLocks: true,
    retry: { attempts: 10 },
  },
  // https://vitess.io/docs/reference/compatibility/mysql-compatibility/: its shards share neither locks nor transactions.
  vitess: { ...mysql, transactionModes: [], twoPhase: false, advisoryLocks: false },
};

export function sessionFeatures({ variant }: MysqlServer): SessionFeatures {
  return variant === undefined ? mysql : variants[variant];
}
