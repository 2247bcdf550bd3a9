import { type Listenable, listen } from "../../events/listeners.ts";
import { mapperOf, requireState } from "../instrumentation/entity.ts";
import { type InstanceState, NOT_LOADED } from "../instrumentation/instance-state.ts";
import type { MapperEvents } from "../mapping/mapper-events.ts";
import type { ModelClass } from "../mapping/model-types.ts";
import type { SessionEvents } from "../session/session-events.ts";

/** Column values by attribute. */
export type Values = Readonly<Record<string, unknown>>;

/** What a flush has done to one row. */
export interface RowChange {
  readonly kind: "insert" | "update" | "delete";
  /** The object's class. */
  readonly model: ModelClass;
  readonly object: object;
  /** The primary key, by attribute. */
  readonly key: Values;
  /** Attributes whose values are others now: of an insert and a delete all that there are. */
  readonly changed: readonly string[];
  /** What the row held before, as far as it was loaded; empty for an insert. */
  readonly before: Values;
  /** What it holds now, as far as that is known; empty for a delete. */
  readonly after: Values;
}

/** A model whose rows are listened to. */
export type ListenedModel = ModelClass & Listenable<MapperEvents<never, unknown>>;

/**
 * Calls a handler after each flush with what it did to rows of some classes, and of classes that inherit from them: for
 * audit trails, histories, outboxes. What the handler adds to the session is written in the same transaction. Statements
 * that write without objects (`update()`, `deleteFrom()`) are not heard.
 *
 * @param sessions a session, or the factory whose sessions are listened to
 */
export function onRowChanges<S extends object>(
  sessions: Listenable<SessionEvents<S>>,
  models: readonly ListenedModel[],
  handler: (changes: readonly RowChange[], session: S) => void,
): void {
  const listened = new WeakMap<object, Recording>();
  const recordingOf = (session: unknown): Recording | undefined => listened.get(session as object);
  listen(sessions, "beforeFlush", (session) => {
    listened.set(session, new Recording());
  });
  listen(sessions, "afterFlush", (session) => {
    const changes = listened.get(session)?.changes ?? [];
    listened.delete(session);
    if (changes.length > 0) handler(changes, session);
  });
  for (const model of models) {
    listen(model, "afterInsert", (object: object, session) => recordingOf(session)?.inserted(object));
    listen(model, "beforeUpdate", (object: object, session) => recordingOf(session)?.begin(object));
    listen(model, "afterUpdate", (object: object, session) => recordingOf(session)?.updated(object));
    listen(model, "beforeDelete", (object: object, session) => recordingOf(session)?.begin(object));
    listen(model, "afterDelete", (object: object, session) => recordingOf(session)?.deleted(object));
  }
}

/** The changes of one flush. */
class Recording {
  readonly changes: RowChange[] = [];
  readonly #before = new Map<object, Values>();

  begin(object: object): void {
    this.#before.set(object, committedValues(requireState(object)));
  }
  inserted(object: object): void {
    const after = presentValues(object);
    this.#add("insert", object, { before: {}, after, changed: Object.keys(after) });
  }
  updated(object: object): void {
    const before = this.#before.get(object) ?? {};
    const after = presentValues(object);
    const { columnsByKey } = requireState(object).mapper;
    const changed = Object.keys(after).filter((key) => {
      if (!(key in before)) return true;
      const [old, value] = [before[key], after[key]];
      if (old === null || value === null || value === undefined) return old !== value;
      const type = columnsByKey.get(key)?.type;
      return type === undefined || !type.isUnchanged(type.snapshot(old), value);
    });
    if (changed.length > 0) this.#add("update", object, { before, after, changed });
  }
  deleted(object: object): void {
    const before = this.#before.get(object) ?? {};
    this.#add("delete", object, { before, after: {}, changed: Object.keys(before) });
  }

  #add(kind: RowChange["kind"], object: object, values: Pick<RowChange, "before" | "after" | "changed">): void {
    const { mapper } = requireState(object);
    const known = kind === "insert" ? values.after : values.before;
    const key = Object.fromEntries(mapper.primaryKey.map(({ key: name }) => [name, known[name] ?? null]));
    // A mapper's class is the class that the program declared.
    const model = mapper.class as unknown as ModelClass;
    this.changes.push({ kind, model, object, key, ...values });
  }
}

function presentValues(object: object): Values {
  const { columns } = mapperOf(object.constructor);
  const known = columns.filter(({ key }) => Object.hasOwn(object, key));
  return Object.fromEntries(known.map(({ key }) => [key, Reflect.get(object, key) as unknown]));
}

/** What the row is known to hold, before what is being written. */
function committedValues({ mapper, committed }: InstanceState): Values {
  const known = mapper.columns.filter(({ index }) => committed !== null && committed[index] !== NOT_LOADED);
  return Object.fromEntries(
    known.map(({ key, type, index }) => {
      const value = committed?.[index];
      return [key, value === null || value === undefined ? null : type.restore(value)];
    }),
  );
}
