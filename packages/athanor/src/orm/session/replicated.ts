import { ArgumentError } from "../../errors/errors.ts";
import type { BindRequest, SessionRouter } from "./session-router.ts";

export interface ReplicatedOptions<B> {
  /**
   * Where everything is written. Several, where one of them is promoted when another fails: they are tried in their order,
   * and the first that accepts writes is taken.
   */
  readonly primary: B | readonly B[];
  /** Where is read, in turn. One that cannot be reached is left out for a while; without any, the primary is read. */
  readonly replicas: readonly B[];
  /**
   * Whether a session sees what it has written, although replicas lag behind: `true` (the default) lets it read from the
   * primary from its first write on; a number of milliseconds, for so long after its last one; `false` lets it read from
   * replicas again as soon as it has committed. Inside a transaction that has written it reads from the primary anyway.
   */
  readonly readYourWrites?: boolean | number;
  /** Milliseconds for which a replica that could not be reached is left out. Default 5,000. */
  readonly retryAfter?: number;
}

/**
 * A primary and its replicas as one target of sessions: what is written, and everything inside `begin()`, goes to the
 * primary; a session that only reads reads from a replica.
 *
 * ```ts
 * const sessions = sessionmaker(replicated({ primary, replicas: [near, far] }));
 * ```
 *
 * A replica that cannot be reached when a transaction begins is passed over for the next one, and at last for the primary.
 * When a connection breaks later, the statement fails: roll back and try again.
 *
 * @throws ArgumentError when no primary is given.
 */
export function replicated<B extends object>(options: ReplicatedOptions<B>): SessionRouter<B> {
  const { replicas, readYourWrites = true, retryAfter = 5000 } = options;
  const primaries = Array.isArray(options.primary) ? (options.primary as readonly B[]) : [options.primary as B];
  if (primaries.length === 0) throw new ArgumentError("replicated() needs a primary, to which everything is written.");
  const lastWrites = new WeakMap<object, number>();
  const downUntil = new WeakMap<B, number>();
  let turn = 0;

  const readsOwnWrites = (session: object): boolean => {
    const last = lastWrites.get(session);
    if (last === undefined || readYourWrites === false) return false;
    return readYourWrites === true || performance.now() - last < readYourWrites;
  };
  /** Those that are up, each as often the first as any other. */
  const inTurn = (): readonly B[] => {
    const now = performance.now();
    const up = replicas.filter((replica) => (downUntil.get(replica) ?? 0) <= now);
    if (up.length === 0) return up;
    turn = (turn + 1) % up.length;
    return [...up.slice(turn), ...up.slice(0, turn)];
  };

  return {
    getBind({ session, purpose, inTransaction }: BindRequest): readonly B[] {
      if (purpose === "write") lastWrites.set(session, performance.now());
      const fromPrimary = purpose === "write" || inTransaction || readsOwnWrites(session);
      return fromPrimary ? primaries : [...inTurn(), ...primaries];
    },
    unreachable(bind) {
      if (!primaries.includes(bind)) downUntil.set(bind, performance.now() + retryAfter);
    },
  };
}
