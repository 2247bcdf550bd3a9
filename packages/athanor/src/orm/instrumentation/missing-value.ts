import { DetachedInstanceError, LazyLoadError } from "../../errors/errors.ts";
import type { LoadedProperty } from "../mapping/expression-property.ts";
import { describeState } from "./describe-state.ts";
import type { InstanceState } from "./instance-state.ts";

/** What is not loaded has been read: load it where that can be done at once, refuse where it cannot. */
export function missingValue(state: InstanceState, property: LoadedProperty): unknown {
  const { session, mapper } = state;
  const name = `${mapper.className}.${property.key}`;
  if (session === null) {
    throw new DetachedInstanceError(
      `${name} is not loaded for ${describeState(state)}, and the object belongs to no session that could load it. ` +
        "Load it before the object leaves its session, or add the object to a session.",
    );
  }
  if (!session.synchronous) {
    const option = property.deferred === null ? "leave it out of defer() or name it in loadOnly()" : `undefer(${name})`;
    throw new LazyLoadError(
      `${name} is not loaded for ${describeState(state)}, and an asynchronous session cannot load it while it is being read. ` +
        `Load it with the query (${option}), with session.refresh(), or with await awaitable(object).${property.key}.`,
    );
  }
  session.runNow(session.loadForReading(state, property));
  return Reflect.get(state.object, property.key);
}
