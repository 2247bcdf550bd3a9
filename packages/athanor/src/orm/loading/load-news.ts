import type { InstanceState } from "../instrumentation/instance-state.ts";
import { isAnyoneListening, listenersFor, tellRefreshed } from "../mapping/mapper-events.ts";
import type { LoadSession } from "./load-context.ts";

/** What a load has done to objects, to be told when their rows have been read: joined relationships are there by then. */
export class LoadNews {
  #fresh: InstanceState[] = [];
  #refreshed: (readonly [InstanceState, readonly string[] | null])[] = [];

  /** Where somebody wants to hear it; null otherwise. */
  static for({ listeners }: LoadSession): LoadNews | null {
    const isHeard = listeners.has("loadedAsPersistent") || isAnyoneListening("load") || isAnyoneListening("refresh");
    return isHeard ? new LoadNews() : null;
  }

  /** An object has been made. */
  loaded(state: InstanceState): void {
    this.#fresh.push(state);
  }
  /** Attributes of an object that was there have been filled: these, or all. */
  refreshed(state: InstanceState, attributes: readonly { readonly key: string }[] | null): void {
    this.#refreshed.push([state, attributes?.map(({ key }) => key) ?? null]);
  }

  /** Tells what there is, once. */
  tell(session: LoadSession): void {
    const [fresh, refreshed] = [this.#fresh, this.#refreshed];
    this.#fresh = [];
    this.#refreshed = [];
    for (const { mapper, object } of fresh) {
      session.fire("loadedAsPersistent", object);
      listenersFor(mapper, "load")?.fire("load", object, session.face);
    }
    for (const [{ mapper, object }, attributes] of refreshed) {
      tellRefreshed(mapper, object, session.face, attributes);
    }
  }
}
