import { InvalidRequestError } from "../../errors/errors.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import { requireState } from "../instrumentation/entity.ts";
import { commitRelated, relatedObjects, relatedValue, setLoaded, unload } from "../instrumentation/related.ts";
import { detach, forgetGone } from "./attach.ts";
import { SessionCore } from "./session-core.ts";

/**
 * Makes an object new again: it leaves its session, forgets that it has a row, and keeps its values, the primary key too. What
 * is not loaded is not there afterwards. Without its key it can be added as a copy of its row.
 *
 * ```ts
 * makeTransient(invoice);
 * Object.assign(invoice, { id: undefined, number: "copy" });
 * session.add(invoice);
 * ```
 */
export function makeTransient(object: object): void {
  const state = requireState(object);
  if (state.session instanceof SessionCore && state.status !== "deleted") detach(state.session, state);
  forgetGone(state);
  state.session = null;
  state.status = "transient";
  state.key = null;
  state.insertedHere = false;
  state.loadOptions = null;
  state.mapper.forgetRow(state);
  for (const property of [...(state.pendingCollections?.keys() ?? [])]) setLoaded(state, property, []);
}

/**
 * Makes a new object one that has a row, as if it had been loaded and its session been closed: with the values that it holds,
 * its primary key among them. What it does not hold is loaded when it is read, once it is in a session.
 *
 * @throws InvalidRequestError when it is in a session or has a row already, or when its primary key is not set.
 */
export function makeTransientToDetached(object: object): void {
  const state = requireState(object);
  if (state.session !== null || state.key !== null) {
    throw new InvalidRequestError(
      `${describeState(state)} is ${state.status}, and only a transient object can be made detached: one that new has made, or makeTransient().`,
    );
  }
  const key = state.mapper.identityKeyOf(object);
  if (key === null) {
    const names = state.mapper.primaryKey.map((each) => each.key).join(", ");
    throw new InvalidRequestError(`${describeState(state)} has no primary key: set ${names} first.`);
  }
  state.key = key;
  state.status = "detached";
  state.mapper.commitColumns(state);
  commitRelated(state);
  // What nobody has put anything into is not known to be empty any more.
  for (const property of state.mapper.relationships) {
    if (relatedObjects(relatedValue(state, property)).length === 0) unload(state, property);
  }
}
