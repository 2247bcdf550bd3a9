import type { InstanceState } from "./instrumentation/instance-state.ts";
import type { OwningSession } from "./instrumentation/owning-session.ts";
import { sharedOptions } from "./loading/load-relationship.ts";
import type { RelationshipProperty } from "./mapping/relationship-property.ts";

/** Objects whose relationship is loaded with one statement. */
interface Group {
  readonly property: RelationshipProperty;
  /** What they have in common: the options of the query that loaded them, and where their rows are. */
  readonly options: object | null;
  readonly token: InstanceState["identityToken"];
  readonly states: Set<InstanceState>;
  readonly loaded: Promise<void>;
}

/** What has been asked for of a session and has not begun. */
interface Batch {
  readonly groups: Group[];
  readonly starts: (() => void)[];
}
const waiting = new WeakMap<OwningSession, Batch>();

/**
 * Loads a relationship of an object together with those that are asked for at the same time: what a program asks for before
 * it waits becomes one statement for each relationship. It begins before whatever else the session is asked for next, as it
 * would alone.
 */
export function loadWithOthers(
  session: OwningSession,
  state: InstanceState,
  property: RelationshipProperty,
): Promise<void> {
  const batch = waiting.get(session) ?? opened(session);
  const { identityToken: token } = state;
  const options = sharedOptions(state);
  const known = batch.groups.find(
    (each) => each.property === property && each.options === options && each.token === token,
  );
  if (known !== undefined) {
    known.states.add(state);
    return known.loaded;
  }
  const states = new Set([state]);
  const run = session.later(() => session.loadTogether([...states], property));
  const loaded = new Promise<void>((resolve, reject) => {
    batch.starts.push(() => {
      run().then(resolve, reject);
    });
  });
  batch.groups.push({ property, options, token, states, loaded });
  return loaded;
}

function opened(session: OwningSession): Batch {
  const batch: Batch = { groups: [], starts: [] };
  waiting.set(session, batch);
  session.defer(() => {
    waiting.delete(session);
    for (const start of batch.starts) start();
  });
  return batch;
}
