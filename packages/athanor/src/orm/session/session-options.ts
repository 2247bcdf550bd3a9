import { ArgumentError } from "../../errors/errors.ts";
import type { ExecutionOptions, LoaderOption } from "../../sql/statement/types.ts";
import type { GuardOptions } from "./guard/guard-options.ts";
import type { JoinTransactionMode } from "./session-connection.ts";

export interface SessionOptions {
  /**
   * Forget the values of all objects after a commit, so that they are loaded anew. Default: false for asynchronous
   * sessions, whose objects cannot load themselves; true for synchronous ones.
   */
  readonly expireOnCommit?: boolean;
  /** Flush pending changes before queries. Default true. */
  readonly autoflush?: boolean;
  /** Begin a transaction with the first use. Otherwise whatever needs one is refused before `begin()`. Default true. */
  readonly autobegin?: boolean;
  /** What happens to a transaction that is under way on a connection given to the session. Default `createSavepoint`. */
  readonly joinTransactionMode?: JoinTransactionMode;
  /**
   * Options for everything that the session reads: `withLoaderCriteria()` for soft delete and tenancy, and wildcards such as
   * `raiseload("*")`. Those of a statement come after them. A function is asked for each statement, and is given the session, as
   * whose work it is may stand in its `info`. Default none.
   */
  readonly options?: readonly LoaderOption<never>[] | StandingOptions;
  /** Options of everything that is executed, unless a statement has others; schemas hold for flushes and loads as well. */
  readonly executionOptions?: ExecutionOptions;
  /** `close()` does what `reset()` does: the session can be used again. Default false. */
  readonly closeResetsOnly?: boolean;
  /**
   * Commit in two phases: every database of the transaction is asked first whether it can, and all of them commit, or none.
   * A database that cannot do that refuses the first statement. Default false.
   */
  readonly twophase?: boolean;
  /**
   * Counts the statements of each transaction, for `session.statistics`, and tells of what is sent again and again. `true` for
   * the defaults. Default: nothing is counted.
   */
  readonly guard?: boolean | GuardOptions;
  /**
   * `weak` lets go of objects that have no changes and that nobody else holds, at the end of each transaction and between the
   * batches of a stream: for sessions that live long. Default `strong`: a session holds its objects until it ends.
   */
  readonly identityMap?: "strong" | "weak";
  /** Anything of your own, kept in `session.info`. */
  readonly info?: Readonly<Record<string, unknown>>;
}

/** The options that a session has at this moment. */
export type StandingOptions = (session: SessionFacts) => readonly LoaderOption<never>[];
/** What is known of a session, of either kind. */
export interface SessionFacts {
  /** What the program keeps with the session. */
  readonly info: Record<string, unknown>;
}

/** The options with their defaults. */
export interface SessionSettings {
  readonly expireOnCommit: boolean;
  readonly autoflush: boolean;
  readonly autobegin: boolean;
  readonly joinTransactionMode: JoinTransactionMode;
  readonly options: readonly LoaderOption<never>[] | StandingOptions;
  readonly executionOptions: ExecutionOptions;
  readonly closeResetsOnly: boolean;
  readonly twophase: boolean;
  readonly guard: GuardOptions | null;
  readonly identityMap: "strong" | "weak";
}

const joinModes: readonly unknown[] = [
  "conditionalSavepoint",
  "createSavepoint",
  "controlFully",
  "rollbackOnly",
] satisfies JoinTransactionMode[];
const known: Readonly<Record<keyof SessionOptions, true>> = {
  expireOnCommit: true,
  autoflush: true,
  autobegin: true,
  joinTransactionMode: true,
  options: true,
  executionOptions: true,
  closeResetsOnly: true,
  twophase: true,
  guard: true,
  identityMap: true,
  info: true,
};

export function settingsOf(options: SessionOptions, synchronous: boolean): SessionSettings {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) {
    throw new ArgumentError(
      `A session has no option ${JSON.stringify(unknown)}. There are: ${Object.keys(known).join(", ")}.`,
    );
  }
  const { joinTransactionMode = "createSavepoint" } = options;
  if (!joinModes.includes(joinTransactionMode)) {
    throw new ArgumentError(
      `joinTransactionMode is one of ${joinModes.join(", ")}, not ${JSON.stringify(joinTransactionMode)}.`,
    );
  }
  return {
    expireOnCommit: options.expireOnCommit ?? synchronous,
    autoflush: options.autoflush ?? true,
    autobegin: options.autobegin ?? true,
    joinTransactionMode,
    options: options.options ?? [],
    executionOptions: options.executionOptions ?? {},
    closeResetsOnly: options.closeResetsOnly ?? false,
    twophase: options.twophase ?? false,
    guard: guardOf(options.guard ?? false),
    identityMap: identityMapOf(options.identityMap ?? "strong"),
  };
}

function identityMapOf(given: unknown): "strong" | "weak" {
  if (given === "strong" || given === "weak") return given;
  throw new ArgumentError(`identityMap is "strong" or "weak", not ${JSON.stringify(given)}.`);
}

function guardOf(given: boolean | GuardOptions): GuardOptions | null {
  if (typeof given === "boolean") return given ? {} : null;
  for (const name of ["repeated", "maxStatements"] as const) {
    const limit = given[name];
    if (limit !== undefined && !(limit >= 1))
      throw new ArgumentError(`guard.${name} is a number from 1, not ${limit}.`);
  }
  return given;
}
