import { StaleDataError } from "../../../errors/errors.ts";
import { bind, offersNode } from "../../../sql/coercions/operands.ts";
import type { UpdateNode } from "../../../sql/nodes/statements.ts";
import type { Task } from "../../../util/task.ts";
import { describeState } from "../../instrumentation/describe-state.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { quietly } from "../../instrumentation/quiet.ts";
import { identityOf } from "../../loading/refresh.ts";
import { type Columns, snapshotOf } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import { isAnyoneListening } from "../../mapping/mapper-events.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";
import { fetchOutdated } from "./fetch-outdated.ts";
import { type Identified, identifiedInOrder } from "./identified.ts";
import { isReadOnly } from "./insert-values.ts";
import { beforeSwitch, followSwitches, type KeySwitch, moveInMap } from "./key-switches.ts";
import { tell, tellGenerated, tellOutdated } from "./row-events.ts";
import { assignmentsOf, executeNode } from "./sql-values.ts";
import { keyConditions, statementsFor, updateNode, type WriteStatement } from "./statements.ts";
import {
  assertMatched,
  identityWithVersion,
  loadVersions,
  type VersionCheck,
  versionCheck,
  withNextVersion,
} from "./versions.ts";
import { parametersOf, type Writing, write } from "./writing.ts";

/** An object and the columns of it that have changed. */
interface Change extends Identified {
  readonly table: WrittenTable;
  /** What the statement asks of the version of the row. */
  readonly check: VersionCheck;
  readonly columns: readonly ColumnProperty[];
  /** Those of them that the flush has given values. */
  readonly made: readonly ColumnProperty[];
  /** Equal for objects that take the same statement. */
  readonly mark: string;
}

/**
 * Updates objects in the order of their keys: the columns that have changed and nothing else. Those that follow one another
 * and have changed in the same columns go together.
 */
export function* updateRows(writing: Writing, states: readonly InstanceState[]): Task<void> {
  yield* tell(writing, "beforeUpdate", states);
  const identified = yield* changedInOrder(writing, states);
  // Tables from the topmost class's down; mostly there is one.
  for (let depth = 0, left = identified; left.length > 0; depth += 1) {
    yield* updateTables(writing, left, depth);
    left = left.filter(({ state }) => state.mapper.tables.length > depth + 1).map(followed);
  }
  yield* tell(writing, "afterUpdate", states);
}

/** The rows of the tables below have got the new key with that of the table above. */
function followed(identified: Identified): Identified {
  const { state, identity } = identified;
  return state.mapper.identityKey(identity) === state.key ? identified : { state, identity: identityOf(state) };
}

/** Updates one table of each object. */
function* updateTables(writing: Writing, identified: readonly Identified[], depth: number): Task<void> {
  const changes: Change[] = [];
  for (const each of identified) {
    const change = quietly(() => changeOf(each, depth));
    if (change !== null) changes.push(change);
  }
  let start = 0;
  while (start < changes.length) {
    const first = changes[start] as Change;
    let end = start + 1;
    if (first.mark === HAS_SQL) {
      yield* updateWithSql(writing, first);
    } else {
      while (end < changes.length && goesWith(changes[end] as Change, first)) end += 1;
      yield* updateRun(writing, changes.slice(start, end), first);
    }
    start = end;
  }
}

const HAS_SQL = "sql";

/** Objects in the order of their keys; versions that are needed are known. */
function* changedInOrder(writing: Writing, states: readonly InstanceState[]): Task<readonly Identified[]> {
  const identified = identifiedInOrder(states);
  for (const [mapper, own] of Map.groupBy(versioned(states), (state) => state.mapper)) {
    yield* loadVersions(writing, mapper, own);
  }
  return inRanks(identified, writing.plan.ranks);
}

/** Those that free a value for others come before them; the rest stays where it is. */
function inRanks(identified: readonly Identified[], ranks: ReadonlyMap<InstanceState, number>): readonly Identified[] {
  if (ranks.size === 0) return identified;
  const rankOf = ({ state }: Identified): number => ranks.get(state) ?? 0;
  const ranked = identified.filter((each) => rankOf(each) > 0).sort((a, b) => rankOf(a) - rankOf(b));
  let next = 0;
  return identified.map((each) => (rankOf(each) > 0 ? (ranked[next++] ?? each) : each));
}

function versioned(states: readonly InstanceState[]): readonly InstanceState[] {
  return states.filter((state) => state.mapper.version !== null && state.mapper.hasChanges(state));
}

function goesWith(change: Change, first: Change): boolean {
  return change.mark === first.mark && change.table === first.table;
}

function changeOf({ state, identity }: Identified, depth: number): Change | null {
  const { mapper } = state;
  const table = mapper.tables[depth];
  if (table === undefined) return null;
  const changed = changedIn(table, state);
  const object = state.object as Columns;
  const written = changed.length === 0 ? changed : withOnUpdate(table, object, changed);
  const columns = table.version === null ? written : withNextVersion(state, written);
  if (columns.length === 0) return null;
  const made = columns.length === changed.length ? [] : columns.filter((each) => !changed.includes(each));
  const check = versionCheck(state, table);
  let mark: string = check;
  for (const { key, index } of columns) {
    const value = object[key];
    if (typeof value === "object" && value !== null && offersNode(value))
      return { state, identity, table, check, columns, made, mark: HAS_SQL };
    mark += `${index},`;
  }
  return { state, identity, table, check, columns, made, mark };
}

/** The columns of a table that have changed; keys that it shares with the tables above are theirs to change. */
function changedIn(table: WrittenTable, state: InstanceState): readonly ColumnProperty[] {
  const { mapper } = state;
  const changed = mapper.changedColumns(state);
  if (mapper.tables.length === 1) return changed.filter((property) => !isReadOnly(property));
  return table.columns.filter(
    (property) =>
      !isReadOnly(property) &&
      changed.some(({ index }) => index === property.index) &&
      !table.inherited.some(({ destination }) => destination === property),
  );
}

const onUpdates = new WeakMap<WrittenTable, readonly ColumnProperty[]>();

/** Columns that get a value of the program's with every UPDATE get it here, so that the object has it. */
function withOnUpdate(
  table: WrittenTable,
  object: Columns,
  changed: readonly ColumnProperty[],
): readonly ColumnProperty[] {
  let automatic = onUpdates.get(table);
  if (automatic === undefined) {
    automatic = table.columns.filter(
      ({ column: { onUpdate } }) => onUpdate?.kind === "value" || onUpdate?.kind === "function",
    );
    onUpdates.set(table, automatic);
  }
  if (automatic.length === 0) return changed;
  const missing = automatic.filter((property) => !changed.includes(property));
  for (const { key, column } of missing) {
    if (column.onUpdate?.kind === "value") object[key] = column.onUpdate.value;
    else if (column.onUpdate?.kind === "function") object[key] = column.onUpdate.create();
  }
  return missing.length === 0 ? changed : [...changed, ...missing].sort((a, b) => a.index - b.index);
}

function* updateRun(
  writing: Writing,
  run: readonly Change[],
  { state: { mapper }, table, columns, check }: Change,
): Task<void> {
  const statement = statementsFor(writing.connection.engine, table).update(columns, writing.fetches, check);
  const states = run.map(({ state }) => state);
  const sets = run.map((each) => parametersOf(statement, each.state, identityWithVersion(each, table)));
  const written = yield* write(writing, statement, mapper, sets);
  assertMatched("UPDATE", table, written, run);
  takeReturned(statement, states, written.rows);
  const switches = run.flatMap(({ state, columns: changed }) => settle(writing, state, changed, statement.outdated));
  if (isAnyoneListening("refreshFlush")) {
    for (const { state, made } of run) {
      tellGenerated(
        writing,
        state,
        [...made, ...statement.returned].map(({ key }) => key),
      );
    }
  }
  if (switches.length > 0) followSwitches(writing.plan.core, writing.plan.transaction, switches);
  yield* fetchOutdated(writing, table, states, statement.outdated);
}

function takeReturned(
  { returned }: WriteStatement,
  states: readonly InstanceState[],
  found: readonly unknown[][],
): void {
  if (returned.length === 0) return;
  for (const [index, state] of states.entries()) {
    const row = found[index];
    if (row !== undefined) state.mapper.hydratePartially(state, returned, row, 0);
  }
}

/** The row holds now what the object says; tells of a key that others refer to. */
function settle(
  writing: Writing,
  state: InstanceState,
  changed: readonly ColumnProperty[],
  outdated: readonly ColumnProperty[],
): readonly KeySwitch[] {
  const { mapper, committed } = state;
  const object = state.object as Columns;
  const before = beforeSwitch(state, changed);
  if (committed !== null) for (const { key, type, index } of changed) committed[index] = snapshotOf(type, object[key]);
  if (outdated.length > 0) {
    mapper.expireColumns(state, outdated);
    tellOutdated(state, outdated);
  }
  if (changed.some(({ column }) => column.primaryKey)) moveInMap(writing.plan.core, state);
  return before === null ? none : [{ state, before }];
}

const none: readonly KeySwitch[] = [];

// ── SQL expressions as values ────────────────────────────────────────────────
function* updateWithSql(writing: Writing, change: Change): Task<void> {
  const { state, table, columns, check } = change;
  const { mapper } = state;
  const { engine } = writing.connection;
  const object = state.object as Columns;
  const computed = columns.filter(({ key }) => offersNode(object[key]));
  const { outdated, returned } = statementsFor(engine, table).update(columns, writing.fetches, check);
  const fetches = writing.fetches && engine.dialect.capabilities.updateReturning;
  const back = fetches ? [...computed, ...returned] : returned;
  const identity = identityWithVersion(change, table);
  const where = keyConditions(table, check).map((node, position) =>
    node.kind === "binary" && node.right.kind === "bind"
      ? { ...node, right: bind(identity[position], node.right.type) }
      : node,
  );
  const node: UpdateNode = { ...updateNode(table.target, where, back), set: assignmentsOf(table, columns, object) };
  const result = yield* executeNode(writing.connection, node);
  assertMatched("UPDATE", table, { rowCount: result.rowCount, unmatched: null }, [change]);
  const [row] = result.rows;
  if (row !== undefined) mapper.hydratePartially(state, back, row, 0);
  const plain = columns.filter((property) => !computed.includes(property));
  const missing = [...computed, ...outdated].filter((property) => !back.includes(property));
  const switches = settle(writing, state, plain, missing);
  if (switches.length > 0) followSwitches(writing.plan.core, writing.plan.transaction, switches);
  if (computed.some(({ column }) => column.primaryKey)) {
    throw new StaleDataError(`${describeState(state)}: a SQL expression cannot be the new value of a primary key.`);
  }
  yield* fetchOutdated(writing, table, [state], missing);
}
