import { InvalidRequestError, NoResultFound, ObjectDeletedError, StaleDataError } from "../../errors/errors.ts";
import type { LockNode, SelectNode } from "../../sql/nodes/statements.ts";
import { optionNodesOf } from "../../sql/statement/option-nodes.ts";
import { lockNode } from "../../sql/statement/row-lock.ts";
import type { ExecutionOptions, ForUpdateOptions, LoaderOption } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import { type IdentityToken, type InstanceState, NOT_LOADED } from "../instrumentation/instance-state.ts";
import { type LoadPlan, planQuery } from "../loading/query-plan.ts";
import { identityParameters, identitySelect, loadColumns } from "../loading/refresh.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { assertSameVersion } from "./flush/versions.ts";
import type { SessionCore } from "./session-core.ts";
import { shardsOfKey } from "./shards.ts";

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
  /** Options of the statement, where one is sent: `populateExisting`, `autoflush`, `timeout`, `signal` and so on. */
  readonly executionOptions?: ExecutionOptions;
  /** The database to look in, where rows are spread over several. Default: those that the router's `forKey` names. */
  readonly identityToken?: IdentityToken;
}

/**
 * An object by its primary key: out of the identity map, or else out of the database. Null where there is no row.
 *
 * What is changed of objects that are loaded does not touch the row of one that is not, so that looking for changes, which
 * takes as long as there are objects, can wait. Only a primary key that was changed could make a difference, to a row that
 * is not found without.
 */
export function getObject(
  core: SessionCore,
  mapper: Mapper,
  identity: unknown,
  options: GetOptions,
): Task<object | null> {
  const { identityToken } = options;
  return core.shards === null && identityToken === undefined
    ? getHere(core, mapper, identity, options)
    : getFromShards(core, mapper, identity, options);
}

/** The same where rows are spread over several databases: what the session has is looked for before any of them is asked. */
function* getFromShards(
  core: SessionCore,
  mapper: Mapper,
  identity: unknown,
  options: GetOptions,
): Task<object | null> {
  core.assertOpen();
  const values = mapper.normalizeIdentity(identity);
  const tokens = shardsOfKey(core, mapper, values, options.identityToken);
  const key = mapper.identityKey(values);
  const isKnown = (token: (typeof tokens)[number]) =>
    key !== null && core.identityMap.getAt(token, mapper, key) !== undefined;
  for (const token of tokens.toSorted((a, b) => Number(isKnown(b)) - Number(isKnown(a)))) {
    const found = yield* core.onShard(token, getHere(core, mapper, identity, options));
    if (found !== null) return found;
  }
  return null;
}

function executionOf({ settings }: SessionCore, { executionOptions: own }: GetOptions): ExecutionOptions {
  return own === undefined ? settings.executionOptions : { ...settings.executionOptions, ...own };
}

function* getHere(core: SessionCore, mapper: Mapper, identity: unknown, options: GetOptions): Task<object | null> {
  core.assertOpen();
  const values = mapper.normalizeIdentity(identity);
  const lock = lockOf(options.withForUpdate);
  const execution = executionOf(core, options);
  const populateExisting = (options.populateExisting ?? execution.populateExisting ?? false) || lock !== null;
  if (!populateExisting) {
    const key = mapper.identityKey(values);
    const known = key === null ? undefined : core.identityMap.get(mapper, key);
    if (known !== undefined) return known.mapper.isA(mapper) ? yield* present(core, known) : null;
  }
  // Changes of objects that the session has are of other rows; those to be inserted or deleted may be of this one.
  if ((core.pending.size > 0 || core.doomed.size > 0) && execution.autoflush !== false) yield* core.autoflush();
  const { options: given = [] } = options;
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

/** How an object is loaded by its key. */
export function planFor(mapper: Mapper, lock: LockNode | null): LoadPlan {
  const known = lock === null ? plans.get(mapper) : undefined;
  if (known !== undefined) return known;
  const plan = planQuery({ ...identitySelect(mapper), lock }, []);
  if (plan === null) throw new InvalidRequestError(`${mapper.className} cannot be loaded by its key.`);
  if (lock === null) plans.set(mapper, plan);
  return plan;
}

/** What `withForUpdate` asks for; null where nothing is to be locked. */
export function lockOf(given: boolean | ForUpdateOptions | undefined): LockNode | null {
  if (given === undefined || given === false) return null;
  return lockNode(given === true ? {} : given);
}
