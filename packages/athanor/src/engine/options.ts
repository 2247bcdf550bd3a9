import { ArgumentError } from "../errors/errors.ts";

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
  /** Keep values of parameters out of logs and errors. Default false. */
  readonly hideParameters?: boolean;
  /** Number of compiled statements to keep. Default 500. */
  readonly queryCacheSize?: number;
  /** SQLite: milliseconds to wait for a lock that another connection has. Default 5,000. */
  readonly busyTimeout?: number;
  /** SQLite: how transactions begin. `immediate` takes the write lock at once. Default `deferred`. */
  readonly sqliteBegin?: "deferred" | "immediate" | "exclusive";
}

const known: Readonly<Record<keyof EngineOptions, true>> = {
  echo: true,
  poolSize: true,
  maxOverflow: true,
  poolTimeout: true,
  poolRecycle: true,
  poolPrePing: true,
  poolUseLifo: true,
  hideParameters: true,
  queryCacheSize: true,
  busyTimeout: true,
  sqliteBegin: true,
};

/** Refuses options that do not exist, naming those that do. */
export function checkOptions(options: EngineOptions): EngineOptions {
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return options;
  throw new ArgumentError(
    `createEngine() has no option ${unknown.map((name) => JSON.stringify(name)).join(", ")}. There are: ${Object.keys(known).join(", ")}.`,
  );
}
