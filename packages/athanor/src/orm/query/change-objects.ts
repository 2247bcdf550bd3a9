import type { CursorResult } from "../../engine/cursor-result.ts";
import { type ParameterSet, preparedNode } from "../../engine/prepare.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import { bind } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { AssignmentNode, DeleteNode, UpdateNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import type { ExecutionOptions } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { tellExpired } from "../mapping/mapper-events.ts";
import { hasRowsOf } from "../mapping/shared-rows.ts";
import { changeTables, hasSeveralTables } from "./change-tables.ts";
import { criteriaOf } from "./criteria.ts";
import type { DmlSession } from "./dml-session.ts";
import { CannotEvaluate, type EvaluationScope, type Evaluator, UNKNOWN } from "./evaluation.ts";
import { conditionEvaluator } from "./evaluator.ts";
import { ObjectChange } from "./synchronize.ts";

/** An UPDATE or DELETE of a mapped class, as it is to be executed. */
export interface ObjectDml {
  readonly node: UpdateNode | DeleteNode;
  readonly mapper: Mapper;
  readonly parameters: ParameterSet | undefined;
  readonly options: ExecutionOptions;
}

/** An object that a statement has met; not for certain where some attribute was not known. */
interface Met {
  readonly state: InstanceState;
  readonly isCertain: boolean;
}

/**
 * Executes an UPDATE or DELETE and brings the objects of the session into line with it: which objects it meets is told by
 * their own attributes where that can be, and by the database otherwise.
 */
export function* changeObjects(session: DmlSession, given: ObjectDml): Task<CursorResult> {
  const { mapper, options, parameters = {} } = given;
  if (hasSeveralTables(mapper, given.node.kind)) return yield* changeTables(session, given);
  const node = withCriteria(given.node, mapper);
  const textByCollation = session.capabilities.textByCollation ?? false;
  const scope: EvaluationScope = { mapper, from: node.table, parameters, textByCollation };
  const objects = session.loads.identityMap.objectsOf(mapper);
  const how = options.synchronizeSession ?? "auto";
  if (how === false || objects.size === 0) return yield* session.executePrepared(preparedNode(node), given.parameters);
  const condition = how === "fetch" ? null : evaluable(node, scope, how === "auto");
  if (condition === null) return yield* fetching(session, node, scope, given.parameters);
  const met = matching(objects.values(), mapper, condition);
  const isClear = met.every(({ isCertain }) => isCertain);
  if (!isClear && how === "auto") return yield* fetching(session, node, scope, given.parameters);
  const result = yield* session.executePrepared(preparedNode(node), given.parameters);
  synchronize(session, node, scope, met);
  return result;
}

function withCriteria<N extends UpdateNode | DeleteNode>(node: N, mapper: Mapper): N {
  const criteria = criteriaOf(mapper, node.table);
  return criteria.length === 0 ? node : { ...node, where: [...node.where, ...criteria] };
}

// ── evaluate ─────────────────────────────────────────────────────────────────
/** The statement's condition as a function; null where it has to be left to the database, and may be. */
function evaluable(node: UpdateNode | DeleteNode, scope: EvaluationScope, mayFetch: boolean): Evaluator | null {
  try {
    if (node.kind === "delete" && node.using.length > 0) throw new CannotEvaluate("USING");
    return conditionEvaluator(node.where, scope);
  } catch (error) {
    if (!(error instanceof CannotEvaluate)) throw error;
    if (mayFetch) return null;
    throw new InvalidRequestError(
      `Which objects of the session this ${node.kind.toUpperCase()} meets cannot be told without the database ` +
        `(${error.message}). Take synchronizeSession: "fetch", "auto" or false.`,
      { code: "criteria-not-evaluable" },
    );
  }
}

function matching(states: Iterable<InstanceState>, mapper: Mapper, condition: Evaluator): readonly Met[] {
  const met: Met[] = [];
  for (const state of states) {
    if (!hasRowsOf(state.mapper, mapper)) continue;
    const answer = condition(state.object);
    if (answer === true) met.push({ state, isCertain: true });
    // Perhaps: it is to look its values up again.
    else if (answer === UNKNOWN) met.push({ state, isCertain: false });
  }
  return met;
}

function synchronize(
  session: DmlSession,
  node: UpdateNode | DeleteNode,
  scope: EvaluationScope,
  met: readonly Met[],
): void {
  if (node.kind === "delete") {
    const gone: InstanceState[] = [];
    for (const { state, isCertain } of met) {
      if (isCertain) gone.push(state);
      else expire(session, state);
    }
    if (gone.length > 0) session.rowsDeleted(gone);
    return;
  }
  const change = new ObjectChange(assignmentsOf(node, scope), scope);
  for (const { state, isCertain } of met) change.apply(session, state, isCertain);
}

/** The row may be there or not: whoever reads the object finds out. */
function expire(session: DmlSession, state: InstanceState): void {
  session.rowChanges(state);
  state.mapper.expireColumns(state);
  tellExpired(state.mapper, state.object, null);
}

/** What an UPDATE sets: in the statement, or by its parameters. */
function assignmentsOf(
  { set }: UpdateNode,
  { mapper, from, parameters }: EvaluationScope,
): readonly Pick<AssignmentNode, "column" | "value" | "place">[] {
  if (set.length > 0) return set;
  return mapper.columns.flatMap(({ key, column, type }) =>
    Object.hasOwn(parameters, key) ? [{ column: columnIn(from, column), value: bind(parameters[key], type) }] : [],
  );
}

// ── fetch ────────────────────────────────────────────────────────────────────
/** Has the database tell the keys of the rows that it has changed, or that it is about to change. */
function* fetching(
  session: DmlSession,
  node: UpdateNode | DeleteNode,
  scope: EvaluationScope,
  parameters: ParameterSet | undefined,
): Task<CursorResult> {
  const { mapper } = scope;
  const keys = mapper.primaryKey.map(({ column }) => columnIn(node.table, column));
  const { capabilities } = session;
  const canReturn = node.kind === "update" ? capabilities.updateReturning : capabilities.deleteReturning;
  const found = canReturn
    ? yield* returningKeys(session, node, keys, parameters)
    : yield* selectingKeys(session, node, keys, parameters);
  const objects = session.loads.identityMap.objectsOf(mapper);
  const met = found.keys.flatMap((values) => {
    const key = mapper.identityKey(values);
    const state = key === null ? undefined : objects.get(key);
    return state === undefined ? [] : [{ state, isCertain: true }];
  });
  synchronize(session, node, scope, met);
  return found.result;
}

interface FetchedKeys {
  readonly result: CursorResult;
  readonly keys: readonly (readonly unknown[])[];
}

function* returningKeys(
  session: DmlSession,
  node: UpdateNode | DeleteNode,
  keys: readonly ColumnNode[],
  parameters: ParameterSet | undefined,
): Task<FetchedKeys> {
  const statement = { ...node, returning: [...node.returning, ...keys] };
  const result = yield* session.executePrepared(preparedNode(statement), parameters);
  const width = result.keys.length - keys.length;
  const values = result.rows.map((row) => row.splice(width));
  // Without RETURNING the drivers count the rows; with it, the rows do.
  const rowCount = result.rowCount < 0 ? result.rows.length : result.rowCount;
  const isAsked = node.returning.length > 0;
  return {
    keys: values,
    result: {
      ...result,
      rowCount,
      returnsRows: isAsked,
      keys: result.keys.slice(0, width),
      rows: isAsked ? result.rows : [],
    },
  };
}

function* selectingKeys(
  session: DmlSession,
  node: UpdateNode | DeleteNode,
  keys: readonly ColumnNode[],
  parameters: ParameterSet | undefined,
): Task<FetchedKeys> {
  const using = node.kind === "delete" ? node.using : [];
  const select = selectNode({ columns: keys, from: [node.table, ...using], where: node.where, ctes: node.ctes });
  const found = yield* session.executePrepared(preparedNode(select), parameters);
  const result = yield* session.executePrepared(preparedNode(node), parameters);
  return { result, keys: found.rows };
}
