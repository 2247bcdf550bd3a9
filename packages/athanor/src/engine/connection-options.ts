import { ArgumentError } from "../errors/errors.ts";
import { NotSupportedError } from "../errors/statement-errors.ts";
import type { ExecutionOptions } from "../sql/statement/types.ts";
import type { Dialect, IsolationLevel, TransactionMode } from "./dialect.ts";

/** How a transaction is led. */
export interface TransactionOptions {
  /** How far it is kept apart from others; `AUTOCOMMIT` for no transaction at all. Default: as the engine says. */
  readonly isolationLevel?: IsolationLevel;
  /** Refuse writes. Default false. */
  readonly readOnly?: boolean;
  /** PostgreSQL, of a serializable transaction that only reads: wait for a moment in which it cannot fail. Default false. */
  readonly deferrable?: boolean;
}

/**
 * What holds for all statements and transactions of an engine or a connection. A statement's own options, and those that are
 * given with its execution, come before them.
 */
export interface ConnectionOptions extends ExecutionOptions, TransactionOptions {}

export const noOptions: ConnectionOptions = Object.freeze({});

/**
 * Refuses what the database does not have.
 *
 * @throws ArgumentError of an isolation level, NotSupportedError of modes.
 */
export function checkedOptions<O extends TransactionOptions>(dialect: Dialect, options: O): O {
  if (options.isolationLevel !== undefined) checkedIsolation(dialect, options.isolationLevel);
  for (const mode of ["readOnly", "deferrable"] as const) {
    if (options[mode] === true && !hasMode(dialect, mode)) {
      throw new NotSupportedError(`${dialect.name} has no transactions that are ${words[mode]}. Leave ${mode} out.`);
    }
  }
  return options;
}

const words: Readonly<Record<TransactionMode, string>> = { readOnly: "read-only", deferrable: "deferrable" };

function hasMode({ transactionModes = [] }: Dialect, mode: TransactionMode): boolean {
  return transactionModes.includes(mode);
}

/** Refuses levels that the database does not have. */
export function checkedIsolation({ name, isolationLevels }: Dialect, level: IsolationLevel): IsolationLevel {
  if (isolationLevels.includes(level)) return level;
  throw new ArgumentError(
    `${name} has no isolation level ${JSON.stringify(level)}. It has: ${isolationLevels.join(", ")}.`,
  );
}
