import { type Listenable, listen } from "../../events/listeners.ts";
import { timestamp } from "../../schema/column-types.ts";
import { requireState } from "../instrumentation/entity.ts";
import type { MapperEvents } from "../mapping/mapper-events.ts";
import { mixin } from "../mapping/mixin.ts";

/** When a row was made and when it was last changed, by the program's clock. */
export const Timestamps = mixin({
  createdAt: timestamp().default(() => new Date()),
  updatedAt: timestamp()
    .default(() => new Date())
    .onUpdate(() => new Date()),
});

export interface AuthorOptions<K, V, S> {
  /** Gets the author when the row is made. */
  readonly created?: K;
  /** Gets the author when the row is made, and whenever it changes. */
  readonly updated?: K;
  /** Who is at work: `(session) => session.info.userId`. */
  readonly author: (session: S) => V;
}

/**
 * Keeps in attributes of a class who has made a row and who has changed it last.
 *
 * @example stampAuthors(Post, { created: "createdById", updated: "updatedById", author: (session: Session) => Number(session.info.userId) })
 */
export function stampAuthors<T extends object, S, K extends keyof T & string>(
  model: Listenable<MapperEvents<T, unknown>>,
  { created, updated, author }: AuthorOptions<K, T[K], S>,
): void {
  // Which kind of session it is the caller knows: the sessions of his program are of one kind.
  listen(model, "beforeInsert", (object, session) => {
    const who = author(session as S);
    if (created !== undefined) object[created] = who;
    if (updated !== undefined) object[updated] = who;
  });
  if (updated === undefined) return;
  listen(model, "beforeUpdate", (object, session) => {
    const state = requireState(object);
    // It is told of every object that the flush looks at; one that is as it was stays so.
    if (state.mapper.hasChanges(state)) object[updated] = author(session as S);
  });
}
