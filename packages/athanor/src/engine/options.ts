import { ArgumentError } from "../errors/errors.ts";
import { type PoolKind, poolKinds } from "../pool/pool-options.ts";
import type { Awaitable } from "../util/task.ts";
import type { Dialect, IsolationLevel } from "./dialect.ts";

/** Options of an engine. Durations are in milliseconds. */
export interface EngineOptions {
  /** Print each statement with its parameters; a function gets the lines instead of the console. Default false. */
  readonly echo?: boolean | ((line: string) => void);
  /** Connections that the pool keeps. Default 5. A SQLite database in memory has one, whatever is said here. */
  readonly poolSize?: number;
  /** Connections beyond `poolSize`, closed when they come back. Default 10; -1 sets no limit. */
  readonly maxOverflow?: number;
  /** How long to wait for a connection. Default 30,000. */
  readonly poolTimeout?: number;
  /** Age at which a connection is replaced. Default -1: never. */
  readonly poolRecycle?: number;
  /** Test connections before they are handed out. Default false. */
  readonly poolPrePing?: boolean;
  /** Reuse the connection that came back last. Default false. */
  readonly poolUseLifo?: boolean;
  /**
   * Which kind of pool: `queue`, `static` (one connection for ever), `null` (none is kept), `assertion` (one at a time, more
   * are refused). Default: `queue`, of a SQLite database in memory `static`.
   */
  readonly pool?: PoolKind;
  /**
   * What happens to a connection that comes back: `rollback`, `commit`, `none`, or a function that is given the driver's
   * connection. Default `rollback`.
   */
  readonly poolResetOnReturn?: "rollback" | "commit" | "none" | ((connection: unknown) => Awaitable<void>);
  /** Remember where each connection is taken, for the warning about one that nobody has closed. Slow. Default false. */
  readonly poolTraceCheckouts?: boolean;
  /** Keep values of parameters out of logs and errors. Default false. */
  readonly hideParameters?: boolean;
  /** Number of compiled statements to keep. Default 500. */
  readonly queryCacheSize?: number;
  /** The most rows that one INSERT of a batch inserts, where it returns rows. Default 1000; fewer where parameters run out. */
  readonly insertmanyvaluesPageSize?: number;
  /**
   * Warn of statements that combine every row of one table with every row of another, because a condition is missing.
   * Told once, when the statement is compiled. Default true.
   */
  readonly enableFromLinting?: boolean;
  /** How far transactions are kept apart; `AUTOCOMMIT` for none. Default: as the database does by itself. */
  readonly isolationLevel?: IsolationLevel;
  /** A dialect of one's own in the place of the one that the URL names, whose drivers stay. See `athanor/compiler`. */
  readonly dialect?: Dialect;
  /**
   * PostgreSQL, MySQL: keep prepared statements on the server, one for each text. Switch it off behind a pooler that gives
   * each transaction another session; MySQL's drivers then write the values into the text. Default true.
   */
  readonly preparedStatements?: boolean;
  /** SQLite: milliseconds to wait for a lock that another connection has. Default 5,000. */
  readonly busyTimeout?: number;
  /** SQLite: how transactions begin. `immediate` takes the write lock at once. Default `deferred`. */
  readonly sqliteBegin?: "deferred" | "immediate" | "exclusive";
}

type Check = (value: unknown) => boolean;

const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const resets: readonly string[] = ["rollback", "commit", "none"];
const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(", ");
const duration: Check = (value) => Number.isFinite(value) && Number(value) >= 0;

/** What each option takes, in words and as a check. */
const checks: Readonly<Record<keyof EngineOptions, readonly [what: string, check: Check]>> = {
  echo: ["a boolean or a function that takes lines", (value) => flag(value) || typeof value === "function"],
  poolSize: ["a whole number from 1", (value) => count(value) && value !== 0],
  maxOverflow: ["a whole number from 0, or -1 for no limit", (value) => count(value) || value === -1],
  poolTimeout: ["a number of milliseconds", duration],
  poolRecycle: ["a number of milliseconds, or -1 for never", (value) => duration(value) || value === -1],
  poolPrePing: ["a boolean", flag],
  poolUseLifo: ["a boolean", flag],
  pool: [quoted(Object.keys(poolKinds)), (value) => typeof value === "string" && Object.hasOwn(poolKinds, value)],
  poolResetOnReturn: [
    `${quoted(resets)} or a function`,
    (value) => resets.includes(String(value)) || typeof value === "function",
  ],
  poolTraceCheckouts: ["a boolean", flag],
  hideParameters: ["a boolean", flag],
  queryCacheSize: ["a whole number from 0", count],
  insertmanyvaluesPageSize: ["a whole number from 1", (value) => count(value) && value !== 0],
  enableFromLinting: ["a boolean", flag],
  isolationLevel: ["the name of an isolation level", (value) => typeof value === "string"],
  dialect: ["a dialect", (value) => typeof value === "object" && value !== null && "statementCompiler" in value],
  preparedStatements: ["a boolean", flag],
  busyTimeout: ["a number of milliseconds", duration],
  sqliteBegin: [
    '"deferred", "immediate" or "exclusive"',
    (value) => value === "deferred" || value === "immediate" || value === "exclusive",
  ],
};

function isOption(name: string): name is keyof EngineOptions {
  return Object.hasOwn(checks, name);
}

/** Refuses options that do not exist, naming those that do, and values that an option does not take. */
export function checkOptions(options: EngineOptions): EngineOptions {
  for (const [name, value] of Object.entries(options)) {
    if (!isOption(name)) {
      throw new ArgumentError(
        `createEngine() has no option ${JSON.stringify(name)}. There are: ${Object.keys(checks).join(", ")}.`,
      );
    }
    const [what, check] = checks[name];
    // An option may be undefined where it comes out of a program's own configuration.
    if (value !== undefined && !check(value))
      throw new ArgumentError(`The option ${name} takes ${what}, not ${String(value)}.`);
  }
  return options;
}
