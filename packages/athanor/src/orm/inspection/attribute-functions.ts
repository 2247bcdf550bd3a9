import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { checkedMember } from "../instrumentation/admission.ts";
import { hooksOf } from "../instrumentation/attribute-hooks.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import { requireState } from "../instrumentation/entity.ts";
import { type AttributeHistory, attributeHistory } from "../instrumentation/history.ts";
import { extrasOf, type InstanceState } from "../instrumentation/instance-state.ts";
import { quietly } from "../instrumentation/quiet.ts";
import { relatedValue, setCommitted } from "../instrumentation/related.ts";

/** The names of an object's attributes. */
type Name<T> = keyof T & string;

/**
 * What was in an attribute, and what is: `{ added, unchanged, deleted }`.
 *
 * @throws ArgumentError when there is no such attribute.
 */
export function getHistory<T extends object>(object: T, key: Name<T>): AttributeHistory {
  return attributeHistory(requireState(object), key);
}

/**
 * Gives an attribute a value as if it had been loaded: it is no change, nobody is told, and of a relationship the other side
 * stays as it is.
 *
 * @throws ArgumentError when there is no such attribute, or when it follows from others.
 */
export function setCommittedValue<T extends object, K extends Name<T>>(object: T, key: K, value: T[K]): void {
  const state = requireState(object);
  const { mapper } = state;
  const column = mapper.columnsByKey.get(key);
  const relationship = mapper.relationshipsByKey.get(key);
  if (column !== undefined) {
    if (state.key !== null) mapper.hydratePartially(state, [column], [value], 0);
    else quietly(() => Reflect.set(object, key, value));
  } else if (relationship === undefined) {
    throw new ArgumentError(
      `${mapper.className} has no attribute ${JSON.stringify(key)} that holds a value of its own.`,
    );
  } else if (relationship.isCollection) {
    const members = relationship.collection.membersOf(value, relationship);
    if (members === null) {
      throw new ArgumentError(`${relationship} is a collection: give it ${relationship.collection.takes}.`);
    }
    setCommitted(
      state,
      relationship,
      members.map((each) => checkedMember(relationship, each)),
    );
  } else setCommitted(state, relationship, value === null ? null : checkedMember(relationship, value));
}

/**
 * Marks an attribute as changed though its value is the same: the next flush writes it. For values that change in a way that
 * cannot be seen.
 *
 * @throws InvalidRequestError when the attribute is not loaded.
 */
export function flagModified<T extends object>(object: T, key: Name<T>): void {
  const state = requireState(object);
  const { mapper } = state;
  const column = mapper.columnsByKey.get(key);
  const relationship = mapper.relationshipsByKey.get(key);
  if (column === undefined && relationship === undefined) {
    throw new ArgumentError(
      `${mapper.className} has no attribute ${JSON.stringify(key)} that holds a value of its own.`,
    );
  }
  const isLoaded =
    relationship === undefined ? Object.hasOwn(object, key) : relatedValue(state, relationship) !== undefined;
  if (!isLoaded) {
    throw new InvalidRequestError(
      `${describeState(state)}: ${key} cannot be flagged as modified, because it is not loaded.`,
    );
  }
  const flagged = flags(state);
  if (column !== undefined) flagged.add(column);
  const hooks = hooksOf(mapper, key);
  hooks?.tell("modified", object, hooks.initiator("set"));
}

/** Marks an object as changed, without naming an attribute: it is among `session.dirty`, and `beforeUpdate` hears of it. */
export function flagDirty(object: object): void {
  flags(requireState(object));
}

function flags(state: InstanceState) {
  const extras = extrasOf(state);
  extras.flagged ??= new Set();
  return extras.flagged;
}

/** Whether an object differs from its row or one of its relationships has changed; or one of its attributes. */
export function isModified<T extends object>(object: T, key?: Name<T>): boolean {
  const state = requireState(object);
  if (key === undefined) return state.relationshipsChanged || state.mapper.hasChanges(state);
  const { added, deleted } = attributeHistory(state, key);
  return added.length > 0 || deleted.length > 0;
}
