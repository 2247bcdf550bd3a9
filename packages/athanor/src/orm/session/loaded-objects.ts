import type { Entity, EntityClass } from "../../sql/statement/types.ts";
import { mapperOf, stateOf } from "../instrumentation/entity.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";
import { identityOf } from "../loading/refresh.ts";
import { modelOf } from "../mapping/model-of.ts";
import type { Identity } from "./identity.ts";
import type { SessionCore } from "./session-core.ts";

/** The objects of a session that have rows, each once: `session.identityMap`. It shows what is there when it is asked. */
export class LoadedObjects implements Iterable<object> {
  readonly #core: SessionCore;

  /** @internal */
  constructor(core: SessionCore) {
    this.#core = core;
  }

  get size(): number {
    return this.#core.identityMap.size;
  }
  has(object: object): boolean {
    const state = stateOf(object);
    return state !== undefined && state.session === this.#core && this.#core.identityMap.has(state);
  }
  /** The object with this primary key, if the session has it. No statement is sent. */
  get<C extends EntityClass>(
    model: C,
    key: Identity,
    identityToken: IdentityToken | null = null,
  ): Entity<C, never> | undefined {
    const mapper = mapperOf(model);
    const identity = mapper.identityKey(mapper.normalizeIdentity(key));
    const state = identity === null ? undefined : this.#core.identityMap.getAt(identityToken, mapper, identity);
    // The class's mapper makes objects of that class.
    return state?.mapper.isA(mapper) === true ? (state.object as Entity<C, never>) : undefined;
  }
  /** The classes of the objects, each with its primary key. */
  *keys(): Iterable<readonly [model: EntityClass, key: readonly unknown[]]> {
    for (const state of this.#core.identityMap.states()) yield [modelOf(state.mapper), identityOf(state)];
  }
  *[Symbol.iterator](): Iterator<object> {
    for (const { object } of this.#core.identityMap.states()) yield object;
  }
}
