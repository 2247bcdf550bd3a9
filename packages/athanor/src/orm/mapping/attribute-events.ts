import { ArgumentError } from "../../errors/errors.ts";
import type { Listenable } from "../../events/listeners.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { type EVENTS, type KIND, LISTENERS, type SHAPE, type VALUE } from "../../util/symbols.ts";
import type { AttributeInitiator, ValidatedChange } from "../instrumentation/attribute-hooks.ts";
import { className, DEFINITION } from "../instrumentation/entity.ts";
import { attributeListeners } from "./attribute-listeners.ts";

/** What happens to an attribute of an object that holds one value: a column, a relationship to one object. */
export interface ScalarEvents<T, V> {
  /**
   * A value is about to be assigned. What a handler returns, unless it is undefined, is assigned in its place. `before` is
   * what the attribute held; undefined where there was nothing, or it is not loaded.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
  readonly set: (object: T, value: V, before: V | undefined, initiator: AttributeInitiator) => V | undefined | void;
  /** A column without a value is read, of an object that has no row: what a handler returns is what is read. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
  readonly initScalar: (object: T) => V | undefined | void;
  /** `flagModified()` was called. */
  readonly modified: (object: T, initiator: AttributeInitiator) => void;
}

/** What happens to a collection of an object. `M` is a member, `F` the collection as users have it. */
export interface CollectionEvents<T, M, F> {
  /** A member is about to come in. What a handler returns, unless it is undefined, comes in in its place. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
  readonly append: (object: T, member: M, initiator: AttributeInitiator) => M | undefined | void;
  /** A member is put into a Set that has it already. */
  readonly appendWoMutation: (object: T, member: M, initiator: AttributeInitiator) => void;
  /** A member is about to leave. */
  readonly remove: (object: T, member: M, initiator: AttributeInitiator) => void;
  /**
   * A whole collection is about to be assigned: handlers may change the list. `append` and `remove` follow for what comes
   * and what leaves; members that stay have neither.
   */
  readonly bulkReplace: (object: T, members: M[], initiator: AttributeInitiator) => void;
  /** The collection has been made for somebody to see. */
  readonly initCollection: (object: T, collection: F) => void;
  /** The collection is not that of the object any more: it was loaded anew, or has expired. */
  readonly disposeCollection: (object: T, collection: F) => void;
  readonly modified: (object: T, initiator: AttributeInitiator) => void;
}

/** The names of a class's attributes. */
export type AttributeName<C extends EntityClass> = keyof C[typeof SHAPE] & keyof C["prototype"] & string;

interface Related {
  readonly [KIND]: "relationship";
  readonly [VALUE]: unknown;
}
/** The member of a collection, or never for an attribute with one value. */
type MemberOf<P> = P extends Related
  ? P[typeof VALUE] extends Map<unknown, infer M>
    ? M
    : P[typeof VALUE] extends Iterable<infer M>
      ? M
      : never
  : never;

/** The events of an attribute: those of a collection, or those of one value. */
export type AttributeEvents<C extends EntityClass, K extends AttributeName<C>> = [
  MemberOf<C[typeof SHAPE][K]>,
] extends [never]
  ? ScalarEvents<C["prototype"], C["prototype"][K]>
  : CollectionEvents<C["prototype"], MemberOf<C[typeof SHAPE][K]>, C["prototype"][K]>;

/**
 * An attribute of a mapped class, to listen to: `listen(attributeOf(User, "email"), "set", (user, email) => email.trim())`.
 * Listen before objects are made or loaded: columns of objects that are there already keep to themselves.
 *
 * @throws ArgumentError when there is no such class or attribute.
 */
export function attributeOf<C extends EntityClass, const K extends AttributeName<C>>(
  model: C,
  key: K,
): Listenable<AttributeEvents<C, K>> {
  assertAttribute(model, key, "attributeOf");
  const attribute: unknown = { [LISTENERS]: attributeListeners(model, key) };
  // Its events stand in the type alone.
  return attribute as { readonly [EVENTS]: AttributeEvents<C, K> };
}

interface Declared {
  readonly [DEFINITION]?: { derivedOf(key: string): object | undefined };
}

function assertAttribute(model: EntityClass, key: string, name: string): void {
  if (typeof model !== "function" || !(DEFINITION in model)) {
    throw new ArgumentError(`${name}() takes a mapped class first, such as User.`);
  }
  if (typeof key !== "string" || !(key in model)) {
    throw new ArgumentError(`${name}(): ${className(model)} has no attribute ${JSON.stringify(key)}.`);
  }
  if ((model as Declared)[DEFINITION]?.derivedOf(key) !== undefined) {
    throw new ArgumentError(
      `${name}(): ${className(model)}.${key} follows from other attributes and holds no value of its own: name those.`,
    );
  }
}

// ── validators ───────────────────────────────────────────────────────────────
export interface ValidatesOptions {
  /** Also what leaves a collection; what the validator returns then is not used. Default false. */
  readonly includeRemoves?: boolean;
  /** Also what comes by the other side of a relationship. Default true. */
  readonly includeBackrefs?: boolean;
}

/** What a validator checks: the value of an attribute, the member of a collection. */
export type Validated<C extends EntityClass, K extends AttributeName<C>> = K extends unknown
  ? [MemberOf<C[typeof SHAPE][K]>] extends [never]
    ? C["prototype"][K]
    : MemberOf<C[typeof SHAPE][K]>
  : never;

/**
 * Checks what is assigned to attributes of a class, and what comes into its collections, in constructors too; what is loaded
 * is not checked. The validator returns the value, or another one in its place. When it throws, nothing changes. The
 * validator of a subclass takes the place of its parent's.
 *
 * ```ts
 * class User extends Base.model("users", { … }) {
 *   static {
 *     map(this);
 *     validates(this, "email", (_user, email) => {
 *       if (!email.includes("@")) throw new Error(`${email} is no address`);
 *       return email.toLowerCase();
 *     });
 *   }
 * }
 * ```
 *
 * @throws ArgumentError when there is no such attribute.
 */
export function validates<C extends EntityClass, const K extends AttributeName<C>>(
  model: C,
  keys: K | readonly K[],
  validator: (object: C["prototype"], value: Validated<C, K>, change: ValidatedChange) => Validated<C, K>,
  options: ValidatesOptions = {},
): void {
  const { includeRemoves = false, includeBackrefs = true } = options;
  // It is given values of these attributes only.
  const check = validator as (object: object, value: unknown, change: ValidatedChange) => unknown;
  for (const key of typeof keys === "string" ? [keys] : keys) {
    assertAttribute(model, key, "validates");
    attributeListeners(model, key).setValidator({ check, includeRemoves, includeBackrefs });
  }
}
