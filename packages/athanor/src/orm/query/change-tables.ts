import type { CursorResult } from "../../engine/cursor-result.ts";
import { type ParameterSet, preparedNode } from "../../engine/prepare.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import { bind } from "../../sql/coercions/operands.ts";
import { columnIn, holderOf, tableOf } from "../../sql/compile/from-clause.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { TableNode } from "../../sql/nodes/froms.ts";
import type { AssignmentNode, DeleteNode, UpdateNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { transform, traverse } from "../../sql/traverse/transform.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { isIn, keysParameter } from "../loading/relation-query.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { classesBelow } from "../mapping/polymorphic-from.ts";
import type { WrittenTable } from "../mapping/written-table.ts";
import type { ObjectDml } from "./change-objects.ts";
import type { DmlSession } from "./dml-session.ts";
import { ObjectChange } from "./synchronize.ts";

/** Keys that one statement looks for. */
const keysAtOnce = 500;

/** Whether rows of a class are written by several statements: one for each table that is joined to others. */
export function hasSeveralTables(mapper: Mapper, kind: "update" | "delete"): boolean {
  return mapper.tables.length > 1 || (kind === "delete" && tablesOf(mapper, kind).length > 1);
}

/**
 * An UPDATE or DELETE of a class whose objects have rows in several tables. The keys of the rows that it meets are read, and
 * locked where the database can do that; then each table is written by its key.
 *
 * @throws InvalidRequestError where one table's values would be computed from another one's, or rows are to be returned.
 */
export function* changeTables(session: DmlSession, given: ObjectDml): Task<CursorResult> {
  const { node, mapper, options } = given;
  if (node.returning.length > 0) {
    throw new InvalidRequestError(
      `${node.kind.toUpperCase()} of ${mapper.className} writes several tables, none of which can return its rows: ` +
        "leave returning() out, and select them.",
    );
  }
  const keys = yield* keysMet(session, given);
  if (node.kind === "update") yield* updateTables(session, node, mapper, given.parameters, keys);
  else yield* deleteTables(session, mapper, keys);
  const states = options.synchronizeSession === false ? [] : statesOf(session, mapper, keys);
  if (node.kind === "delete") {
    if (states.length > 0) session.rowsDeleted(states);
  } else synchronize(session, node, given, states);
  return { ...noRows, rowCount: keys.length };
}

const noRows: CursorResult = {
  returnsRows: false,
  keys: [],
  rows: [],
  rowCount: 0,
  lastInsertId: null,
  insertedPrimaryKeys: null,
  compiled: null,
};

type Keys = readonly (readonly unknown[])[];

function* keysMet(session: DmlSession, { node, mapper, parameters }: ObjectDml): Task<Keys> {
  const { from, keyColumns } = mapper;
  const using = node.kind === "delete" ? node.using : [];
  const select = selectNode({
    columns: keyColumns.map((column) => columnIn(from, column)),
    from: [from, ...using],
    where: node.where,
    ctes: node.ctes,
    lock: { kind: "lock", read: false, nowait: false, skipLocked: false, keyShare: false, of: [] },
  });
  return (yield* session.executePrepared(preparedNode(select), parameters)).rows;
}

/** Tables whose rows belong to objects of a class: its own, and for deletion those of the classes below it. */
function tablesOf(mapper: Mapper, kind: "update" | "delete"): readonly WrittenTable[] {
  const all = new Set(mapper.tables);
  const present = new Set(mapper.tables.map(({ target }) => target.table));
  for (const table of kind === "delete" ? classesBelow(mapper).flatMap(({ tables }) => tables) : []) {
    if (present.has(table.target.table) || isDeletedAlong(table)) continue;
    present.add(table.target.table);
    all.add(table);
  }
  return [...all];
}

/** The database deletes its rows together with those that they are joined to. */
function isDeletedAlong({ target, inherited }: WrittenTable): boolean {
  return target.table.foreignKeyConstraints.some(
    ({ onDelete, elements }) =>
      onDelete === "cascade" &&
      elements.every(({ parent }) => inherited.some(({ destination }) => destination.column === parent)),
  );
}

function* updateTables(
  session: DmlSession,
  { set, hints }: UpdateNode,
  mapper: Mapper,
  parameters: ParameterSet | undefined,
  keys: Keys,
): Task<void> {
  for (const table of mapper.tables) {
    const own = assignedIn(set, mapper, table, parameters);
    if (own.length === 0) continue;
    const node: UpdateNode = {
      ...{ kind: "update", table: table.target, set: own, ordered: false, where: [hasKey(table)], returning: [] },
      ...{ ctes: [], hints, entity: null, options: [] },
    };
    yield* executeByKeys(session, node, keys);
  }
}

function* deleteTables(session: DmlSession, mapper: Mapper, keys: Keys): Task<void> {
  for (const table of tablesOf(mapper, "delete").toReversed()) {
    const node: DeleteNode = {
      ...{ kind: "delete", table: table.target, using: [], where: [hasKey(table)], returning: [] },
      ...{ ctes: [], hints: [], entity: null, options: [] },
    };
    yield* executeByKeys(session, node, keys);
  }
}

function hasKey({ target, primaryKey }: WrittenTable): ExpressionNode {
  return isIn(primaryKey.map(({ column }) => columnIn(target, column)));
}

function* executeByKeys(session: DmlSession, node: UpdateNode | DeleteNode, keys: Keys): Task<void> {
  const prepared = preparedNode(node);
  for (let start = 0; start < keys.length; start += keysAtOnce) {
    const some = keys.slice(start, start + keysAtOnce);
    const values = some[0]?.length === 1 ? some.map(([key]) => key) : some;
    yield* session.executePrepared(prepared, { [keysParameter]: values });
  }
}

// ── values ───────────────────────────────────────────────────────────────────
function assignedIn(
  set: readonly AssignmentNode[],
  mapper: Mapper,
  table: WrittenTable,
  parameters: ParameterSet = {},
): readonly AssignmentNode[] {
  const given = set.length > 0 ? set : givenValues(mapper, parameters);
  return given.flatMap((assignment) => {
    const property = mapper.columns.find((each) => each.isKeptIn(assignment.column.column));
    const own = table.columns.find(({ index }) => index === property?.index);
    if (own === undefined || table.inherited.some(({ destination }) => destination === own)) return [];
    const value = valueIn(assignment.value, mapper, table.target);
    return [{ ...assignment, column: columnIn(table.target, own.column), value }];
  });
}

function givenValues(mapper: Mapper, parameters: ParameterSet): readonly AssignmentNode[] {
  return mapper.columns.flatMap(({ key, column, type }) =>
    Object.hasOwn(parameters, key)
      ? [{ kind: "assignment", column: columnIn(mapper.from, column), value: bind(parameters[key], type) }]
      : [],
  );
}

/** A value in terms of the one table that is written. */
function valueIn(value: ExpressionNode, mapper: Mapper, target: TableNode): ExpressionNode {
  traverse(value, (node) => {
    if (node.kind !== "column" || node.column === null) return true;
    const holder = holderOf(node);
    if (
      holder !== null &&
      tableOf(holder) !== target.table &&
      mapper.columns.some((each) => each.isKeptIn(node.column))
    ) {
      throw new InvalidRequestError(
        `update(${mapper.className}): a value for ${JSON.stringify(target.table.name)} is computed from ${node.column}, which is another table's column. ` +
          "Each table is written by itself: read the value first, or write a subquery.",
      );
    }
    return false;
  });
  return transform(value, (node) =>
    node.kind === "column" && node.column?.table === target.table ? columnIn(target, node.column) : null,
  );
}

// ── objects ──────────────────────────────────────────────────────────────────
function statesOf(session: DmlSession, mapper: Mapper, keys: Keys): readonly InstanceState[] {
  const objects = session.loads.identityMap.objectsOf(mapper);
  if (objects.size === 0) return [];
  return keys.flatMap((values) => {
    const key = mapper.identityKey(values);
    return (key === null ? undefined : objects.get(key)) ?? [];
  });
}

function synchronize(
  session: DmlSession,
  { set }: UpdateNode,
  { mapper, parameters = {} }: ObjectDml,
  states: readonly InstanceState[],
): void {
  if (states.length === 0) return;
  const assignments = set.length > 0 ? set : givenValues(mapper, parameters);
  const scope = { mapper, from: mapper.from, parameters, textByCollation: false };
  const change = new ObjectChange(assignments, scope);
  for (const state of states) change.apply(session, state, true);
}
