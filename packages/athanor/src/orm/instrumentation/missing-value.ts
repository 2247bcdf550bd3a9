import { DetachedInstanceError, LazyLoadError } from "../../errors/errors.ts";
import type { LoadedProperty } from "../mapping/expression-property.ts";
import { describeState } from "./describe-state.ts";
import type { InstanceState } from "./instance-state.ts";

/** What is not loaded has been read: load it where that can be done at once, refuse where it cannot. */
export function missingValue(state: InstanceState, property: LoadedProperty): unknown {
  loadNow(state, [property], property.key);
  return Reflect.get(state.object, property.key);
}

/** The same for an attribute that follows from others, of which those that are missing come together. */
export function loadSources(state: InstanceState, sources: readonly LoadedProperty[], key: string): void {
  if (state.key === null) return;
  const missing = sources.filter((source) => !Object.hasOwn(state.object, source.key));
  if (missing.length > 0) loadNow(state, missing, key);
}

function loadNow(state: InstanceState, properties: readonly LoadedProperty[], key: string): void {
  const { session, mapper } = state;
  const name = `${mapper.className}.${key}`;
  if (session === null) {
    throw new DetachedInstanceError(
      `${name} is not loaded for ${describeState(state)}, and the object belongs to no session that could load it. ` +
        "Load it before the object leaves its session, or add the object to a session.",
    );
  }
  if (!session.synchronous) {
    const option = properties.every(({ deferred }) => deferred === null)
      ? "leave it out of defer() or name it in loadOnly()"
      : `undefer(${name})`;
    throw new LazyLoadError(
      `${name} is not loaded for ${describeState(state)}, and an asynchronous session cannot load it while it is being read. ` +
        `Load it with the query (${option}), with session.refresh(), or with await awaitable(object).${key}.`,
    );
  }
  session.runNow(session.loadForReading(state, properties));
}
