import { InvalidRequestError, StaleDataError } from "../../errors/errors.ts";
import { DeepCall, type DeepTask, runDeep } from "../../util/deep-task.ts";
import type { Task } from "../../util/task.ts";
import { warn } from "../../util/warn.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import { requireState } from "../instrumentation/entity.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { isPart } from "../instrumentation/parts.ts";
import { quietly } from "../instrumentation/quiet.ts";
import { relatedObjects, relatedValue, setLoaded } from "../instrumentation/related.ts";
import { assignRelationship } from "../instrumentation/relationship-accessor.ts";
import type { Columns } from "../mapping/column-access.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { addCascading } from "./attach.ts";
import { assertSameVersion } from "./flush/versions.ts";
import { type GetOptions, getObject } from "./get-object.ts";
import { rolesOf } from "./relationship-roles.ts";
import type { SessionCore } from "./session-core.ts";

export interface MergeOptions {
  /** Compare with the row, loading it if need be. False takes the given object's word for it. Default true. */
  readonly load?: boolean;
}

/** Copies an object, and along the merge cascade what it is related to, into the session; gives the session's own object. */
export function* mergeObject(core: SessionCore, given: InstanceState, options: MergeOptions): Task<object> {
  const [merged] = yield* mergeObjects(core, [given], options);
  return merged as object;
}

/** An object of an old version must not overwrite what the session has of a newer one. */
function assertVersion({ mapper: { version }, object }: InstanceState, own: InstanceState): void {
  if (version === null) return;
  const { key } = version.property;
  const given = Object.hasOwn(object, key) ? (object as Columns)[key] : undefined;
  if (given === undefined) return;
  assertSameVersion(
    version,
    own,
    given,
    (known, merged) =>
      new StaleDataError(
        `${describeState(own)} cannot be merged: its ${key} is ${known}, and that of the given object ${merged}, so that the ` +
          `given one is of another time. Leave ${key} unset to write over what is there now.`,
        { objects: [own.object] },
      ),
  );
}

/** The same for several objects, which may lead to the same others. */
export function* mergeObjects(
  core: SessionCore,
  given: readonly InstanceState[],
  { load = true }: MergeOptions,
): Task<object[]> {
  if (load) yield* core.autoflush();
  core.activeTransaction();
  core.suspendAutoflush();
  try {
    const merge = new Merge(core, load);
    const merged: object[] = [];
    for (const state of given) merged.push((yield* runDeep(merge.merge(state))).object);
    return merged;
  } finally {
    core.resumeAutoflush();
  }
}

function placeOf({ identityToken }: InstanceState): GetOptions {
  return identityToken === null ? {} : { identityToken };
}

class Merge {
  readonly #core: SessionCore;
  readonly #load: boolean;
  /** What became of each object of the given graph. */
  readonly #merged = new Map<InstanceState, InstanceState>();
  /** Relationships of given objects whose members are being merged: the way back is not gone. */
  readonly #entered = new Map<InstanceState, Set<RelationshipProperty>>();

  constructor(core: SessionCore, load: boolean) {
    this.#core = core;
    this.#load = load;
  }

  /** Graphs may be as deep as they like. */
  *merge(given: InstanceState): DeepTask<InstanceState> {
    const known = this.#merged.get(given);
    if (known !== undefined) return known;
    const own = (yield* this.#find(given)) ?? this.#create(given);
    this.#merged.set(given, own);
    if (own === given) return own;
    assertVersion(given, own);
    if (this.#load) this.#copyColumns(given, own);
    else quietly(() => this.#copyColumns(given, own));
    for (const property of rolesOf(given.mapper).merge) yield* this.#copyRelationship(given, own, property);
    return own;
  }

  /** The session's object for the same row, if there is a row. */
  *#find(given: InstanceState): Task<InstanceState | null> {
    const core = this.#core;
    const { mapper } = given;
    if (given.session === core) {
      if (given.status === "pending") {
        warn(`${describeState(given)} is pending in this session already, so there is nothing to merge.`);
      }
      return given;
    }
    if (!this.#load && given.key === null) {
      throw new InvalidRequestError(
        `merge() with { load: false } takes objects that have a row; ${describeState(given)} has none. Leave the option out.`,
      );
    }
    const key = given.key ?? mapper.identityKeyOf(given.object);
    if (key === null) return null;
    const known = core.identityMap.getBeside(given, mapper, key);
    if (known !== undefined) return known;
    if (!this.#load) return this.#attachCopy(given);
    const found = yield* getObject(core, mapper, mapper.primaryKeyValues(given.object), placeOf(given));
    return found === null ? null : requireState(found);
  }

  /** A persistent object that is believed to be as the row is. */
  #attachCopy(given: InstanceState): InstanceState {
    if (given.relationshipsChanged || given.mapper.hasChanges(given)) {
      throw new InvalidRequestError(
        `merge() with { load: false } takes objects without changes; ${describeState(given)} has some that were not flushed.`,
      );
    }
    const own = given.mapper.instantiate();
    own.key = given.key;
    own.identityToken = given.identityToken;
    own.committed = null;
    addCascading(this.#core, own);
    return own;
  }

  #create({ mapper, identityToken }: InstanceState): InstanceState {
    const own = mapper.instantiate();
    own.identityToken = identityToken;
    addCascading(this.#core, own);
    return own;
  }

  /** Attributes that the given object has are copied; those that it has not are left alone. */
  #copyColumns(given: InstanceState, own: InstanceState): void {
    const source = given.object as Columns;
    const target = own.object as Columns;
    for (const { key, type } of given.mapper.columns) {
      if (!Object.hasOwn(source, key) || source[key] === undefined) continue;
      const value = source[key];
      // Two objects must not share a value that can change in place.
      target[key] = value === null || !type.mutable ? value : type.restore(type.snapshot(value));
    }
    if (!this.#load) own.mapper.commitColumns(own);
  }

  *#copyRelationship(given: InstanceState, own: InstanceState, property: RelationshipProperty): DeepTask<void> {
    const value = relatedValue(given, property);
    if (value === undefined || !this.#isSet(given, property)) return;
    if (property.reverse !== null && this.#hasEntered(given, property)) return;
    // The members of a collection are loaded together, before they are looked for one by one.
    if (this.#load && property.isCollection) yield* this.#loadOwn(own, property);
    const members: object[] = [];
    for (const member of Array.isArray(value) ? (value as object[]) : value === null ? [] : [value]) {
      const state = requireState(member);
      if (property.reverse !== null) this.#enter(state, property.reverse);
      // What a call gives is what the task returns.
      const merged = (yield new DeepCall(this.merge(state))) as InstanceState;
      members.push(merged.object);
    }
    const next = property.isCollection ? members : (members[0] ?? null);
    if (!this.#load) {
      setLoaded(own, property, next);
      return;
    }
    yield* this.#loadOwn(own, property);
    // Of a part it is not known what else there is: members come, none go.
    const kept = isPart(given, property) ? relatedObjects(relatedValue(own, property)) : [];
    assignRelationship(own, property, kept.length === 0 ? next : [...new Set([...kept, ...members])]);
  }
  *#loadOwn(own: InstanceState, property: RelationshipProperty): Task<void> {
    if (own.status === "persistent" && relatedValue(own, property) === undefined) {
      yield* this.#core.loadForFlush(own, property);
    }
  }

  /** A collection that was only looked at on a new object says nothing. */
  #isSet(given: InstanceState, property: RelationshipProperty): boolean {
    if (given.key !== null || given.relatedBefore?.has(property) === true) return true;
    const value = relatedValue(given, property);
    return Array.isArray(value) ? value.length > 0 : value !== null;
  }

  #enter(state: InstanceState, property: RelationshipProperty): void {
    const known = this.#entered.get(state);
    if (known === undefined) this.#entered.set(state, new Set([property]));
    else known.add(property);
  }
  #hasEntered(state: InstanceState, property: RelationshipProperty): boolean {
    return this.#entered.get(state)?.has(property) === true;
  }
}
