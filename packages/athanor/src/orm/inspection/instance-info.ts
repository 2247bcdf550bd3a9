import { DetachedInstanceError } from "../../errors/errors.ts";
import { type Awaitable, isPromiseLike } from "../../util/task.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import { type AttributeHistory, attributeHistory } from "../instrumentation/history.ts";
import type { ObjectStatus, InstanceState as State } from "../instrumentation/instance-state.ts";
import { relatedValue } from "../instrumentation/related.ts";
import { loadedValue } from "../instrumentation/relationship-accessor.ts";
import { identityKey, type ObjectIdentity, objectSession } from "../session/object-session.ts";
import type { Session } from "../session/session.ts";
import type { SyncSession } from "../session/sync-session.ts";
import { type MapperInfo, mapperInfo } from "./mapper-info.ts";

/** What the library knows of one attribute of an object. */
export interface AttributeState<V> {
  readonly key: string;
  /** What reading the attribute gives; loads it where the session can. */
  readonly value: V;
  /** What it holds, if it is loaded; undefined otherwise. Never loads. */
  readonly loadedValue: V | undefined;
  /** What was in it, and what is; of what is not loaded, only changes are known. */
  readonly history: AttributeHistory;
  /** The same after loading it where it is not loaded: at once in a synchronous session, with a promise in another. */
  loadHistory(): Awaitable<AttributeHistory>;
}

/** Attributes of an object by name: columns, relationships, and what follows from them. */
export type AttributeStates<T> = { readonly [K in keyof T & string]: AttributeState<T[K]> };

/** What the library knows of an object. */
export interface InstanceInfo<T extends object = object> {
  readonly object: T;
  /** Its primary key, in the order of the key's columns; null until it has a row. */
  readonly identity: readonly unknown[] | null;
  /** What it is known by in the identity map; null until it has a row. */
  readonly identityKey: ObjectIdentity | null;
  /** It has, or has had, a row. */
  readonly hasIdentity: boolean;
  readonly mapper: MapperInfo;
  readonly session: Session | SyncSession | null;
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
  /** Columns that are loaded when they are next read, without those that are mapped as deferred: the object has expired, or its query has left them out. */
  readonly expiredAttributes: readonly string[];
  readonly attrs: AttributeStates<T>;
  /**
   * What was in an attribute, and what is.
   *
   * @throws ArgumentError when there is no such attribute.
   */
  history(attribute: string): AttributeHistory;
}

class AttributeView implements AttributeState<unknown> {
  readonly key: string;
  readonly #state: State;

  constructor(state: State, key: string) {
    this.#state = state;
    this.key = key;
  }

  get value(): unknown {
    return Reflect.get(this.#state.object, this.key);
  }
  get loadedValue(): unknown {
    const state = this.#state;
    const { mapper, object } = state;
    const relationship = mapper.relationshipsByKey.get(this.key);
    if (relationship === undefined) {
      const derived = mapper.derivedByKey.get(this.key);
      const needed = derived === undefined ? [this] : derived.declared.sources(this.key, mapper);
      return needed.every(({ key }) => Object.hasOwn(object, key)) ? Reflect.get(object, this.key) : undefined;
    }
    return relatedValue(state, relationship) === undefined ? undefined : loadedValue(state, relationship);
  }
  get history(): AttributeHistory {
    return attributeHistory(this.#state, this.key);
  }

  loadHistory(): Awaitable<AttributeHistory> {
    const state = this.#state;
    const isLoaded = this.loadedValue !== undefined || state.key === null;
    if (isLoaded) return this.history;
    const { session } = state;
    if (session === null) {
      throw new DetachedInstanceError(
        `${describeState(state)}: ${this.key} is not loaded, and the object belongs to no session that could load it.`,
      );
    }
    if (session.synchronous) {
      Reflect.get(state.object, this.key);
      return this.history;
    }
    const relationship = state.mapper.relationshipsByKey.get(this.key);
    const column = state.mapper.columnsByKey.get(this.key);
    const load =
      relationship !== undefined
        ? session.runLater(() => session.loadRelationship(state, relationship))
        : column !== undefined
          ? session.runLater(() => session.loadForReading(state, [column]))
          : undefined;
    return isPromiseLike(load) ? load.then(() => this.history) : this.history;
  }
}

class Inspection implements InstanceInfo {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  get object(): object {
    return this.#state.object;
  }
  get identity(): readonly unknown[] | null {
    return this.identityKey?.key ?? null;
  }
  get identityKey(): ObjectIdentity | null {
    return this.hasIdentity ? identityKey(this.#state.object) : null;
  }
  get hasIdentity(): boolean {
    return this.#state.key !== null;
  }
  get mapper(): MapperInfo {
    return mapperInfo(this.#state.mapper);
  }
  get session(): Session | SyncSession | null {
    return objectSession(this.#state.object);
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
    const loaded = [...columns, ...expressions.filter(({ isQueried }) => !isQueried)];
    return [
      ...loaded.filter(({ key }) => !Object.hasOwn(state.object, key)).map(({ key }) => key),
      ...relationships.filter((property) => relatedValue(state, property) === undefined).map(({ key }) => key),
    ];
  }
  get expiredAttributes(): readonly string[] {
    const { mapper, object, key } = this.#state;
    if (key === null) return [];
    const missing = mapper.columns.filter((each) => each.deferred === null && !Object.hasOwn(object, each.key));
    return missing.map((each) => each.key);
  }
  get attrs(): AttributeStates<object> {
    const state = this.#state;
    const { columnsByKey, relationshipsByKey, derivedByKey } = state.mapper;
    const keys = [...columnsByKey.keys(), ...relationshipsByKey.keys(), ...derivedByKey.keys()];
    return Object.fromEntries(keys.map((key) => [key, new AttributeView(state, key)]));
  }
  history(attribute: string): AttributeHistory {
    return attributeHistory(this.#state, attribute);
  }
}

/** What is known of the object of a state. @internal */
export function instanceInfo(state: State): InstanceInfo {
  return new Inspection(state);
}
