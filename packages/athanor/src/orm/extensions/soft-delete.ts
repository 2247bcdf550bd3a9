import { type Listenable, listen } from "../../events/listeners.ts";
import { timestamp } from "../../schema/column-types.ts";
import type { LoaderOption } from "../../sql/statement/types.ts";
import { withLoaderCriteria, withoutLoaderCriteria } from "../loading/loader-criteria.ts";
import { hasMixin, mixin } from "../mapping/mixin.ts";
import type { SessionEvents } from "../session/session-events.ts";

/**
 * A row that is not deleted but marked: `deletedAt` says when, null while it is there. Given to the classes that it is for;
 * `notDeleted` and `softDelete()` do the rest.
 */
export const SoftDeletable = mixin(
  { deletedAt: timestamp().nullable() },
  {
    get isDeleted(): boolean {
      return (this.deletedAt ?? null) !== null;
    },
    /** Marks it; written by the next flush. */
    softDelete(at: Date = new Date()): void {
      this.deletedAt = at;
    },
    restore(): void {
      this.deletedAt = null;
    },
  },
);

const criterion = "softDelete";

/**
 * Hides what is marked, wherever a class with the mixin is read: queries, joins, EXISTS, and relationships.
 *
 * @example const sessions = sessionmaker(engine, { options: [notDeleted] })
 */
export const notDeleted: LoaderOption<never> = withLoaderCriteria(
  SoftDeletable,
  (entity) => entity.deletedAt.is(null),
  { name: criterion },
);

/** Shows what is marked to one statement: `select(Post).options(withDeleted())`. */
export function withDeleted(): LoaderOption<never> {
  return withoutLoaderCriteria(criterion);
}

/**
 * Turns `session.delete()` of objects with the mixin into a mark. What the deletion reaches by cascades is marked if it has the
 * mixin, and deleted if it has not: give the mixin to all that belongs together.
 *
 * @param sessions a session, or the factory whose sessions are meant
 */
export function softDelete<S extends { readonly deleted: ReadonlySet<object>; add(object: object): void }>(
  sessions: Listenable<SessionEvents<S>>,
  { now = () => new Date() }: { readonly now?: () => Date } = {},
): void {
  listen(sessions, "beforeFlush", (session) => {
    const at = now();
    for (const object of [...session.deleted]) {
      if (!hasMixin(object, SoftDeletable)) continue;
      // What is added is not to be deleted any more.
      session.add(object);
      object.softDelete(at);
    }
  });
}
