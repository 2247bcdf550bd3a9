import type { EngineCore } from "../../engine/engine-core.ts";
import { selectRows } from "../../engine/execution.ts";
import { compiledFor, preparedNode, valuesOf } from "../../engine/prepare.ts";
import {
  ArgumentError,
  InvalidRequestError,
  NoResultFound,
  ObjectDeletedError,
  StaleDataError,
} from "../../errors/errors.ts";
import type { CompiledStatement } from "../../sql/compile/compiled.ts";
import type { LockNode, SelectNode } from "../../sql/nodes/statements.ts";
import type { ForUpdateOptions, LoaderOption } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import { type InstanceState, NOT_LOADED } from "../instrumentation/instance-state.ts";
import { unload } from "../instrumentation/related.ts";
import { withCriteria } from "../loading/apply-criteria.ts";
import { Loan } from "../loading/borrowed-values.ts";
import type { ParameterValues } from "../loading/load-context.ts";
import { loadRelationship } from "../loading/load-relationship.ts";
import { LoadOptions } from "../loading/load-run.ts";
import { criteriaOf } from "../loading/loader-criteria.ts";
import { optionNodesOf } from "../loading/option-nodes.ts";
import { type LoadPlan, planAgain, planQuery } from "../loading/query-plan.ts";
import { identityOf, identityParameters, identitySelect, loadColumns } from "../loading/refresh.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { expireExpressions, type LoadedProperty } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { cascadeOver } from "./cascade.ts";
import { describeState } from "./describe-state.ts";
import { assertSameVersion } from "./flush/versions.ts";
import { expireState } from "./restore.ts";
import { routeRequest } from "./route-request.ts";
import type { SessionCore } from "./session-core.ts";

// ── statements of loaders ────────────────────────────────────────────────────
interface CompiledLoad {
  readonly compiled: CompiledStatement;
  readonly values: readonly unknown[];
}

/** Under which an engine keeps what loaders' statements were compiled to. */
const extension = { name: "loads" };

/** Runs a loader's SELECT in the transaction, and gives its rows with converted values. */
export function* runLoad(core: SessionCore, select: SelectNode, parameters: ParameterValues): Task<unknown[][]> {
  const connection = core.openConnection ?? (yield* core.connection(routeRequest(select)));
  const { compiled, values } = compiledLoad(connection.engine, select);
  return yield* selectRows(connection, compiled, values, parameters);
}

/** An array is one parameter, however many keys it has; a list has one for each. */
export function* keysAtOnce(core: SessionCore, select: SelectNode): Task<number> {
  const { engine } = core.openConnection ?? (yield* core.connection(routeRequest(select)));
  const { arrays, keysPerList } = engine.dialect.capabilities;
  return arrays === true ? 50_000 : (keysPerList ?? 500);
}

function compiledLoad(engine: EngineCore, select: SelectNode): CompiledLoad {
  let known = engine.extensions.get(extension) as WeakMap<SelectNode, CompiledLoad> | undefined;
  if (known === undefined) {
    known = new WeakMap();
    engine.extensions.set(extension, known);
  }
  let load = known.get(select);
  if (load === undefined) {
    // Criteria that a handler of doOrmExecute has added.
    const prepared = preparedNode(withCriteria(select, criteriaOf(select.options)));
    load = { compiled: compiledFor(engine, prepared, null), values: valuesOf(prepared.key.binds) };
    known.set(select, load);
  }
  return load;
}

// ── get ──────────────────────────────────────────────────────────────────────
export interface GetOptions<P extends string = string> {
  /** Loader options, for when the object has to be loaded. */
  readonly options?: readonly LoaderOption<P>[];
  /** Ask the database also when the object is there, and overwrite it. Default false. */
  readonly populateExisting?: boolean;
  /**
   * Lock the row: SELECT … FOR UPDATE. An object of a class with a `versionId` that is there already must have the row's
   * version, otherwise the call fails with StaleDataError.
   */
  readonly withForUpdate?: boolean | ForUpdateOptions;
}

/**
 * An object by its primary key: out of the identity map, or else out of the database. Null where there is no row.
 *
 * What is changed of objects that are loaded does not touch the row of one that is not, so that looking for changes, which
 * takes as long as there are objects, can wait. Only a primary key that was changed could make a difference, to a row that
 * is not found without.
 */
export function* getObject(
  core: SessionCore,
  mapper: Mapper,
  identity: unknown,
  options: GetOptions,
): Task<object | null> {
  core.assertOpen();
  const values = mapper.normalizeIdentity(identity);
  const lock = lockOf(options.withForUpdate);
  if (options.populateExisting !== true && lock === null) {
    const key = mapper.identityKey(values);
    const known = key === null ? undefined : core.identityMap.get(mapper, key);
    if (known !== undefined) return known.mapper.isA(mapper) ? yield* present(core, known) : null;
  }
  // Changes of objects that the session has are of other rows; those to be inserted or deleted may be of this one.
  if (core.pending.size > 0 || core.doomed.size > 0) yield* core.autoflush();
  const { options: given = [] } = options;
  const populateExisting = options.populateExisting === true || lock !== null;
  if (given.length > 0 || core.standingOptions.length > 0) {
    return yield* getWithOptions(core, mapper, values, {
      options: given.flatMap(optionNodesOf),
      lock,
      populateExisting,
    });
  }
  const plan = planFor(mapper, lock);
  const rows = yield* core.executeLoad(plan.statement, identityParameters(values), null);
  if (lock !== null) assertLocked(core, mapper, values, (property) => rows[0] && plan.valueIn(rows[0], property));
  const context = { session: core, populateExisting, values: [], parameters: {} };
  const [objects] = plan.isPlain ? [plan.readPlain(rows, context)] : yield* plan.load(rows, context);
  return (objects?.[0] as object | undefined) ?? null;
}

/** The same by a query with options, which is planned once for all of its structure. */
function* getWithOptions(
  core: SessionCore,
  mapper: Mapper,
  identity: readonly unknown[],
  { populateExisting, ...asked }: Pick<SelectNode, "options" | "lock"> & { readonly populateExisting: boolean },
): Task<object | null> {
  const select: SelectNode = { ...identitySelect(mapper), ...asked };
  const known = asked.lock === null ? null : versionHeld(core, mapper, identity);
  const parameters = identityParameters(identity);
  const [found] = yield* core.findObjects(select, parameters, { populateExisting, autoflush: false });
  if (known !== null && found !== undefined) {
    const { state, version, value } = known;
    assertSameVersion(version, state, value, (held, expected) => staleLock(state, version, expected, held));
  }
  return (found as object | undefined) ?? null;
}

/** What the session's object has for a version before its row is locked; null where there is nothing to compare. */
function versionHeld(core: SessionCore, mapper: Mapper, identity: readonly unknown[]) {
  const key = mapper.identityKey(identity);
  const state = key === null ? undefined : core.identityMap.get(mapper, key);
  const version = state?.mapper.version ?? null;
  if (state === undefined || version === null) return null;
  const { index, type } = version.property;
  const value = state.committed?.[index];
  return value === undefined || value === NOT_LOADED ? null : { state, version, value: type.restore(value) };
}

/** A row that is locked so that its object can be changed has to be as the object was loaded. */
function assertLocked(
  core: SessionCore,
  mapper: Mapper,
  identity: readonly unknown[],
  valueOf: (property: ColumnProperty) => unknown,
): void {
  const key = mapper.identityKey(identity);
  const known = key === null ? undefined : core.identityMap.get(mapper, key);
  const version = known?.mapper.version ?? null;
  if (known === undefined || version === null) return;
  const found = valueOf(version.property);
  if (found === undefined) return;
  assertSameVersion(version, known, found, (expected, held) => staleLock(known, version, expected, held));
}

function staleLock(
  known: InstanceState,
  { property }: NonNullable<Mapper["version"]>,
  expected: string,
  held: string,
): StaleDataError {
  return new StaleDataError(
    `${describeState(known)} was loaded with ${property.key} ${expected}, but its row has ${held} by now: somebody ` +
      "else has changed it. refresh() takes what the row holds.",
    { objects: [known.object], retryable: true },
  );
}

/** An object of the identity map; one that has expired is loaded, and may be gone. */
function* present(core: SessionCore, state: InstanceState): Task<object | null> {
  if (!state.partial || !hasExpired(state)) return state.object;
  try {
    core.activeTransaction();
    yield* loadColumns(core, state, []);
    return state.object;
  } catch (error) {
    if (error instanceof ObjectDeletedError) return null;
    throw error;
  }
}

function hasExpired({ mapper, object }: InstanceState): boolean {
  return mapper.columns.every(({ key }) => !Object.hasOwn(object, key));
}

export function notFound(mapper: Mapper, identity: unknown): Error {
  const values = mapper
    .normalizeIdentity(identity)
    .map((value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value)));
  return new NoResultFound(`There is no ${mapper.className} with the primary key ${values.join(", ")}.`);
}

const plans = new WeakMap<Mapper, LoadPlan>();

function planFor(mapper: Mapper, lock: LockNode | null): LoadPlan {
  const known = lock === null ? plans.get(mapper) : undefined;
  if (known !== undefined) return known;
  const plan = planQuery({ ...identitySelect(mapper), lock }, []);
  if (plan === null) throw new InvalidRequestError(`${mapper.className} cannot be loaded by its key.`);
  if (lock === null) plans.set(mapper, plan);
  return plan;
}

function lockOf(given: boolean | ForUpdateOptions | undefined): LockNode | null {
  if (given === undefined || given === false) return null;
  const { read = false, nowait = false, skipLocked = false, keyShare = false } = given === true ? {} : given;
  return { kind: "lock", read, nowait, skipLocked, keyShare, of: [] };
}

// ── refresh and expire ───────────────────────────────────────────────────────
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
  const seen = new Set([state]);
  cascadeOver(state, "refreshExpire", (other) => {
    if (seen.has(other) || other.session !== core || other.status !== "persistent") return false;
    seen.add(other);
    return true;
  });
  for (const each of seen) expireState(each);
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
  const transaction = core.activeTransaction();
  transaction.remember(state);
  const identity = identityOf(state);
  const kept = LoadOptions.of(state);
  if (names === undefined) forget(core, state);
  else expireAttributes(state, attributesOf(state, names));
  yield* core.autoflush();
  const attributes = names === undefined ? null : attributesOf(state, names);
  if (attributes === null || options.withForUpdate !== undefined) {
    const { plan, parameters, values } = againPlan(state, kept, lockOf(options.withForUpdate));
    const given = { ...identityParameters(identity), ...parameters };
    const rows = yield* core.executeLoad(plan.statement, given, "columns");
    if (rows.length === 0) throw vanished(state);
    yield* plan.load(rows, { session: core, populateExisting: true, values, parameters });
    if (attributes === null) return;
  } else if (attributes.columns.length > 0) {
    yield* loadColumns(core, state, attributes.columns);
  }
  for (const property of attributes.relationships) {
    unload(state, property);
    yield* loadRelationship(core, state, property, { force: true });
  }
}

/** How an object is loaded once more: as it was loaded, with the same options, or as it is mapped. */
function againPlan({ mapper }: InstanceState, kept: LoadOptions | null, lock: LockNode | null) {
  if (kept === null) return { plan: planFor(mapper, lock), parameters: {}, values: [] };
  const loan = new Loan();
  const plan = planAgain({ ...identitySelect(mapper), lock }, mapper, kept.tree, loan);
  return { plan, parameters: { ...kept.parameters, ...loan.parameters({}, kept) }, values: kept.values };
}

/** Gives up changes of one object, so that a flush does not write them. */
function forget(core: SessionCore, state: InstanceState): void {
  if (core.synchronous) {
    expireObject(core, state);
    return;
  }
  // Objects that cannot load themselves stay readable until the row is here.
  state.mapper.restoreColumns(state);
  for (const property of state.mapper.relationships) {
    if (state.relatedBefore?.has(property) === true || state.pendingCollections?.has(property) === true)
      unload(state, property);
  }
}

function vanished(state: InstanceState): Error {
  return new InvalidRequestError(`${describeState(state)} cannot be refreshed: its row is not there any more.`);
}
