import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import type { LockNode } from "../../sql/nodes/statements.ts";
import type { ForUpdateOptions } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { unload } from "../instrumentation/related.ts";
import { Loan } from "../loading/borrowed-values.ts";
import { loadRelationship } from "../loading/load-relationship.ts";
import { LoadOptions } from "../loading/load-run.ts";
import { planAgain } from "../loading/query-plan.ts";
import { identityOf, identityParameters, identitySelect, loadColumns } from "../loading/refresh.ts";
import { expireExpressions, type LoadedProperty } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { isAnyoneListening, tellExpired } from "../mapping/mapper-events.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { cascadeOver } from "./cascade.ts";
import { lockOf, planFor } from "./get-object.ts";
import { expireState } from "./restore.ts";
import type { SessionCore } from "./session-core.ts";

/** Named attributes, sorted into columns and relationships. */
interface Attributes {
  readonly columns: readonly LoadedProperty[];
  readonly relationships: readonly RelationshipProperty[];
}

function attributesOf({ mapper }: InstanceState, names: readonly string[]): Attributes {
  const columns: LoadedProperty[] = [];
  const relationships: RelationshipProperty[] = [];
  for (const name of names) {
    const column = mapper.columnsByKey.get(name);
    const relationship = mapper.relationshipsByKey.get(name);
    if (column !== undefined) columns.push(column);
    else if (relationship !== undefined) relationships.push(relationship);
    else if (mapper.derivedByKey.has(name)) columns.push(...sourcesOf(mapper, name));
    else throw new ArgumentError(`${mapper.className} has no attribute ${JSON.stringify(name)}.`);
  }
  return { columns, relationships };
}

function sourcesOf(mapper: Mapper, name: string): readonly LoadedProperty[] {
  return mapper.derivedByKey.get(name)?.declared.sources(name, mapper) ?? [];
}

function assertPersistent(core: SessionCore, state: InstanceState, what: string): void {
  if (state.session === core && state.status === "persistent") return;
  const why =
    state.session !== core
      ? "it is not in this session"
      : state.status === "pending"
        ? "it has no row yet: flush first"
        : "it has been deleted";
  throw new InvalidRequestError(`${describeState(state)} cannot be ${what}: ${why}.`);
}

/** Forgets attributes, all or some; they are loaded when they are next read. */
export function expireObject(core: SessionCore, state: InstanceState, names?: readonly string[]): void {
  assertPersistent(core, state, "expired");
  core.transaction?.remember(state);
  if (names !== undefined) {
    expireAttributes(state, attributesOf(state, names));
    return;
  }
  for (const each of refreshedWith(core, state)) expireState(each);
}

/** An object and those that the cascade `refresh-expire` reaches from it. */
function refreshedWith(core: SessionCore, state: InstanceState): ReadonlySet<InstanceState> {
  const seen = new Set([state]);
  cascadeOver(state, "refreshExpire", (other) => {
    if (seen.has(other) || other.session !== core || other.status !== "persistent") return false;
    seen.add(other);
    return true;
  });
  return seen;
}

function expireAttributes(state: InstanceState, { columns, relationships }: Attributes): void {
  const { mapper } = state;
  const computed = mapper.expressions.filter((each) => columns.includes(each));
  expireExpressions(state, computed);
  if (columns.length > computed.length) {
    mapper.expireColumns(
      state,
      mapper.columns.filter((each) => columns.includes(each)),
    );
  }
  for (const property of relationships) unload(state, property);
  if (isAnyoneListening("expire")) {
    tellExpired(
      mapper,
      state.object,
      [...columns, ...relationships].map(({ key }) => key),
    );
  }
}

export interface RefreshOptions {
  /** Lock the row: SELECT … FOR UPDATE. */
  readonly withForUpdate?: boolean | ForUpdateOptions;
}

/**
 * Loads an object anew, or some of its attributes; changes of its own that were not flushed are given up, those of others
 * are flushed first.
 */
export function* refreshObject(
  core: SessionCore,
  state: InstanceState,
  names: readonly string[] | undefined,
  options: RefreshOptions,
): Task<void> {
  assertPersistent(core, state, "refreshed");
  const attributes = names === undefined ? null : attributesOf(state, names);
  const transaction = core.activeTransaction();
  transaction.remember(state);
  const kept = LoadOptions.of(state);
  if (attributes === null) forget(core, state);
  else expireAttributes(state, attributes);
  yield* core.autoflush();
  const lock = lockOf(options.withForUpdate);
  const load =
    attributes === null ? refreshWhole(core, state, kept, lock) : refreshAttributes(core, state, attributes, lock);
  yield* core.onShard(state.identityToken, load);
}

function* refreshWhole(
  core: SessionCore,
  state: InstanceState,
  kept: LoadOptions | null,
  lock: LockNode | null,
): Task<void> {
  const { plan, parameters, values } = againPlan(state, kept, lock);
  const given = { ...identityParameters(identityOf(state)), ...parameters };
  const rows = yield* core.executeLoad(plan.statement, given, "columns");
  if (rows.length === 0) throw vanished(state);
  yield* plan.load(rows, { session: core, populateExisting: true, values, parameters });
}

/** How an object is loaded once more: as it was loaded, with the same options, or as it is mapped. */
function againPlan({ mapper }: InstanceState, kept: LoadOptions | null, lock: LockNode | null) {
  if (kept === null) return { plan: planFor(mapper, lock), parameters: {}, values: [] };
  const loan = new Loan();
  const plan = planAgain({ ...identitySelect(mapper), lock }, mapper, kept.tree, loan);
  return { plan, parameters: { ...kept.parameters, ...loan.parameters({}, kept) }, values: kept.values };
}

function* refreshAttributes(
  core: SessionCore,
  state: InstanceState,
  { columns, relationships }: Attributes,
  lock: LockNode | null,
): Task<void> {
  // What is locked is the row, also where nothing of it is asked for.
  const wanted: readonly LoadedProperty[] = columns.length === 0 && lock !== null ? state.mapper.primaryKey : columns;
  if (wanted.length > 0) yield* loadColumns(core, state, wanted, lock);
  for (const property of relationships) {
    unload(state, property);
    yield* loadRelationship(core, state, property, { force: true });
  }
}

/** Gives up changes of one object, so that a flush does not write them. */
function forget(core: SessionCore, state: InstanceState): void {
  if (core.synchronous) {
    expireObject(core, state);
    return;
  }
  // Objects that cannot load themselves stay readable until the row is here.
  for (const each of refreshedWith(core, state)) {
    each.mapper.restoreColumns(each);
    for (const property of each.mapper.relationships) {
      if (each.relatedBefore?.has(property) === true || each.pendingCollections?.has(property) === true)
        unload(each, property);
    }
  }
}

function vanished(state: InstanceState): Error {
  return new InvalidRequestError(`${describeState(state)} cannot be refreshed: its row is not there any more.`);
}
