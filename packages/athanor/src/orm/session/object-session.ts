import type { EntityClass } from "../../sql/statement/types.ts";
import { mapperOf, requireState } from "../instrumentation/entity.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";
import { identityOf } from "../loading/refresh.ts";
import { modelOf } from "../mapping/model-of.ts";
import { isGone } from "./attach.ts";
import type { Identity } from "./identity.ts";
import type { Session } from "./session.ts";
import { SessionCore } from "./session-core.ts";
import type { SyncSession } from "./sync-session.ts";

/** The session that an object is in, or null. */
export function objectSession(object: object): Session | SyncSession | null {
  const { session, status } = requireState(object);
  if (!(session instanceof SessionCore) || status === "deleted") return null;
  // A core is made by one of them.
  return session.face as Session | SyncSession;
}

/** Whether the row of an object was deleted by a flush that has not been rolled back. */
export function wasDeleted(object: object): boolean {
  const state = requireState(object);
  return state.status === "deleted" || isGone(state);
}

/** What an object is known by. */
export interface ObjectIdentity {
  readonly model: EntityClass;
  /** The primary key, in the order of its columns. */
  readonly key: readonly unknown[];
  /** Which of several databases its row is in; null where there is one. */
  readonly identityToken: IdentityToken | null;
}

/** What an object is known by in the identity map: its class and the primary key that its row has, or will have. */
export function identityKey(object: object): ObjectIdentity;
/** The same for a class and a primary key, as `get()` takes it. */
export function identityKey(model: EntityClass, key: Identity, identityToken?: IdentityToken | null): ObjectIdentity;
export function identityKey(
  subject: object,
  key?: Identity,
  identityToken: IdentityToken | null = null,
): ObjectIdentity {
  if (key !== undefined) {
    const mapper = mapperOf(subject);
    return { model: modelOf(mapper.base), key: mapper.normalizeIdentity(key), identityToken };
  }
  const state = requireState(subject);
  const values = state.key === null ? state.mapper.primaryKeyValues(subject) : identityOf(state);
  return { model: modelOf(state.mapper.base), key: values, identityToken: state.identityToken };
}
