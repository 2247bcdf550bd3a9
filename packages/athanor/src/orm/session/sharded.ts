import { ArgumentError } from "../../errors/errors.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";
import type { BindRequest, SessionRouter, ShardChoosers } from "./session-router.ts";

export interface ShardedOptions<B> extends Partial<Omit<ShardChoosers, "forObject">>, Pick<ShardChoosers, "forObject"> {
  /** The databases by their names. */
  readonly shards: Readonly<Record<string, B>>;
}

/**
 * Several databases with the same tables as one target of sessions, over which objects are spread: each is written to the one
 * that `forObject` chooses, and what is loaded for it later comes from there. `get()` asks those of `forKey`, a statement
 * is executed on those of `forStatement`, and its rows come one database after the other; by default that is all of them.
 * `identityToken`, an option of both, names one.
 *
 * ```ts
 * const sessions = sessionmaker(sharded({
 *   shards: { north, south },
 *   forObject: (object) => (object as Customer).region,
 * }));
 * ```
 *
 * @throws ArgumentError when there are no shards.
 */
export function sharded<B extends object>(options: ShardedOptions<B>): SessionRouter<B> {
  const shards = new Map<IdentityToken, B>(Object.entries(options.shards));
  if (shards.size === 0)
    throw new ArgumentError("sharded() needs at least one database: { shards: { north: engine } }.");
  const all = [...shards.keys()];
  const names = all.join(", ");
  return {
    shards: {
      forObject: options.forObject,
      forKey: options.forKey ?? (() => all),
      forStatement: options.forStatement ?? (() => all),
    },
    getBind({ identityToken }: BindRequest): B {
      if (identityToken === null) {
        throw new ArgumentError(`Which of the databases is meant? Say so with { identityToken }, one of ${names}.`);
      }
      const bind = shards.get(identityToken);
      if (bind !== undefined) return bind;
      throw new ArgumentError(`There is no shard ${JSON.stringify(identityToken)}. There are: ${names}.`);
    },
  };
}
