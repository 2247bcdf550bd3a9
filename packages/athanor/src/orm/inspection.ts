import type { Connection } from "../engine/connection.ts";
import type { Engine, SyncEngine } from "../engine/engine.ts";
import type { SyncConnection } from "../engine/sync-connection.ts";
import { ArgumentError, NoInspectionAvailable } from "../errors/errors.ts";
import { inspectorOf } from "../reflection/inspect.ts";
import type { Inspector, SyncInspector } from "../reflection/inspector.ts";
import { describe } from "../sql/coercions/operands.ts";
import { stateOf } from "./instrumentation/entity.ts";
import { NOT_LOADED, type ObjectStatus, type InstanceState as State } from "./instrumentation/instance-state.ts";
import { historyOf, relatedValue } from "./instrumentation/related.ts";
import type { ColumnProperty } from "./mapping/column-property.ts";
import type { DerivedProperty } from "./mapping/derived-attribute.ts";

/** What a mapped class is called, and where its objects are kept. */
export interface MapperInfo {
  readonly className: string;
  readonly tableName: string;
}

/** What has changed of an attribute since the last flush. */
export interface AttributeHistory {
  readonly added: readonly unknown[];
  readonly unchanged: readonly unknown[];
  readonly deleted: readonly unknown[];
}

/** What the library knows of an object. */
export interface InstanceInfo {
  /** Its primary key, in the order of the key's columns; null until it has a row. */
  readonly identity: readonly unknown[] | null;
  readonly mapper: MapperInfo;
  readonly status: ObjectStatus;
  readonly transient: boolean;
  readonly pending: boolean;
  readonly persistent: boolean;
  readonly deleted: boolean;
  readonly detached: boolean;
  /** It differs from its row, or one of its relationships has changed. */
  readonly modified: boolean;
  /** Columns and relationships that are not loaded. */
  readonly unloaded: readonly string[];
  /**
   * What was in an attribute, and what is.
   *
   * @throws ArgumentError when there is no such attribute.
   */
  history(attribute: string): AttributeHistory;
}

class Inspection implements InstanceInfo {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  get identity(): readonly unknown[] | null {
    const { key, mapper, object } = this.#state;
    return key === null ? null : mapper.primaryKeyValues(object);
  }
  get mapper(): MapperInfo {
    return this.#state.mapper;
  }
  get status(): ObjectStatus {
    return this.#state.status;
  }
  get transient(): boolean {
    return this.status === "transient";
  }
  get pending(): boolean {
    return this.status === "pending";
  }
  get persistent(): boolean {
    return this.status === "persistent";
  }
  get deleted(): boolean {
    return this.status === "deleted";
  }
  get detached(): boolean {
    return this.status === "detached";
  }
  get modified(): boolean {
    const { mapper, relationshipsChanged } = this.#state;
    return relationshipsChanged || mapper.hasChanges(this.#state);
  }
  get unloaded(): readonly string[] {
    const state = this.#state;
    const { columns, expressions, relationships } = state.mapper;
    return [
      ...[...columns, ...expressions.filter(({ isQueried }) => !isQueried)]
        .filter(({ key }) => !Object.hasOwn(state.object, key))
        .map(({ key }) => key),
      ...relationships.filter((property) => relatedValue(state, property) === undefined).map(({ key }) => key),
    ];
  }
  history(attribute: string): AttributeHistory {
    const { mapper, object } = this.#state;
    const relationship = mapper.relationshipsByKey.get(attribute);
    if (relationship !== undefined) return historyOf(this.#state, relationship);
    const derived = mapper.derivedByKey.get(attribute);
    if (derived !== undefined) return this.#derivedHistory(derived);
    const column = mapper.columnsByKey.get(attribute);
    if (column === undefined) {
      throw new ArgumentError(`${mapper.className} has no attribute ${JSON.stringify(attribute)}.`);
    }
    const now: readonly unknown[] = Object.hasOwn(object, attribute) ? [Reflect.get(object, attribute)] : [];
    if (!mapper.changedColumns(this.#state).includes(column)) return { added: [], unchanged: now, deleted: [] };
    return { added: now, unchanged: [], deleted: this.#formerly(column) };
  }

  /** What the row holds for a column, where that is known. */
  #formerly({ index, type }: ColumnProperty): readonly unknown[] {
    const before = this.#state.committed?.[index];
    if (before === undefined || before === NOT_LOADED) return [];
    return [before === null ? null : type.restore(before)];
  }

  /** What follows from columns has changed when one of them has. */
  #derivedHistory({ key, declared }: DerivedProperty): AttributeHistory {
    const { mapper, object } = this.#state;
    const sources = declared.sources(key, mapper);
    const changed = mapper.changedColumns(this.#state);
    const isLoaded = sources.every((source) => Object.hasOwn(object, source.key));
    const now: readonly unknown[] = isLoaded ? [Reflect.get(object, key)] : [];
    const columns = sources.flatMap((source) => mapper.columnsByKey.get(source.key) ?? []);
    if (!columns.some((column) => changed.includes(column))) return { added: [], unchanged: now, deleted: [] };
    const before = columns.flatMap((column) => this.#formerly(column));
    const former = before.length === columns.length ? declared.former(before) : undefined;
    return { added: now, unchanged: [], deleted: former === undefined ? [] : [former] };
  }
}

/**
 * Looks behind an object of a mapped class, or, as the core's `inspect()` does, into a database.
 *
 * @throws NoInspectionAvailable for anything else.
 */
export function inspect(bind: Engine | Connection): Inspector;
export function inspect(bind: SyncEngine | SyncConnection): SyncInspector;
export function inspect(entity: object): InstanceInfo;
export function inspect(subject: object): InstanceInfo | Inspector | SyncInspector {
  const state = stateOf(subject);
  if (state !== undefined) return new Inspection(state);
  const inspector = inspectorOf(subject);
  if (inspector !== null) return inspector;
  throw new NoInspectionAvailable(
    `inspect() takes an object of a mapped class, an engine or a connection, not ${describe(subject)}.`,
  );
}
