import type { IdentityToken, InstanceState } from "../instrumentation/instance-state.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { modelOf } from "../mapping/model-of.ts";
import { mappersIn, nodeOf } from "./execution.ts";
import type { SessionCore } from "./session-core.ts";

/** Where rows are not spread over several databases. */
const everywhere: readonly null[] = [null];
type Tokens = readonly (IdentityToken | null)[];

/** New objects are told where they belong, once. */
export function placeNewObjects({ shards, pending, face }: SessionCore): void {
  if (shards === null) return;
  for (const state of pending) state.identityToken ??= shards.forObject(state.object, face);
}

/** Objects by the database of their rows. */
export function byShard<S extends InstanceState>(
  { shards }: SessionCore,
  states: readonly S[],
): Iterable<readonly [IdentityToken | null, readonly S[]]> {
  return shards === null ? [[null, states]] : Map.groupBy(states, ({ identityToken }) => identityToken);
}

/** Where an object with a key may be. */
export function shardsOfKey(
  { shards, face, identityMap }: SessionCore,
  mapper: Mapper,
  key: readonly unknown[],
  named: IdentityToken | undefined,
): Tokens {
  const token = named ?? identityMap.token;
  if (token !== null) return [token];
  return shards === null ? everywhere : shards.forKey(modelOf(mapper), key, face);
}

/** Where a statement is executed. */
export function shardsOfStatement(
  { shards, face, bindArguments }: SessionCore,
  statement: unknown,
  parameters: unknown,
  named: IdentityToken | undefined,
): Tokens {
  if (named !== undefined) return [named];
  if (shards === null) return everywhere;
  const node = nodeOf(statement);
  const [mapper] = node === null ? [] : mappersIn(node);
  const model = mapper === undefined ? null : modelOf(mapper);
  return shards.forStatement({ session: face, statement, model, parameters, bindArguments });
}
