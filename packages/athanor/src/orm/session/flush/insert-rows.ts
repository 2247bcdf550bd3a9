import { FlushError } from "../../../errors/errors.ts";
import { offersNode } from "../../../sql/coercions/operands.ts";
import type { InsertNode } from "../../../sql/nodes/statements.ts";
import type { Task } from "../../../util/task.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { quietly } from "../../instrumentation/quiet.ts";
import { commitRelated, leadsNowhere } from "../../instrumentation/related.ts";
import { type Columns, snapshotOf } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { isAnyoneListening } from "../../mapping/mapper-events.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";
import { expungeOrphan } from "../orphans.ts";
import { rolesOf } from "../relationship-roles.ts";
import { fetchOutdated } from "./fetch-outdated.ts";
import { type InsertRun, InsertRuns } from "./insert-runs.ts";
import { omittedColumns } from "./insert-values.ts";
import { keyTaker } from "./key-copiers.ts";
import { tell, tellInserted, tellOutdated, type Unset, withoutValue } from "./row-events.ts";
import { takesOverRow } from "./row-switch.ts";
import { assignmentsOf, executeNode } from "./sql-values.ts";
import { type InsertStatement, insertNode, statementsFor } from "./statements.ts";
import { synchronizeKeys } from "./synchronize.ts";
import { type Writing, type Written, write, writeTogether } from "./writing.ts";

/** From so many on, objects share statements; fewer are not worth another text to be prepared. */
const manyRows = 50;

/** Objects that are ready to be inserted, with the parameters of their statements. */
export interface PreparedInserts {
  readonly runs: readonly InsertRun[];
  /** New objects that take over a row which was to be deleted: they are updated. */
  readonly switched: readonly InstanceState[];
  /** The attributes that objects had nothing for, where somebody wants to hear what becomes of them. */
  readonly unset: Unset | null;
}

/**
 * Readies objects for their INSERT, in one go over them: foreign keys come from what they refer to, defaults are put in,
 * parameters are read. What has become an orphan is left out.
 */
export function* prepareInserts(writing: Writing, given: readonly InstanceState[]): Task<PreparedInserts> {
  const { plan } = writing;
  const [first] = given;
  const runs = new InsertRuns(writing);
  if (first === undefined) return { runs: runs.list, switched: [], unset: null };
  const { core } = plan;
  const mayMeetRow = core.identityMap.objectsOf(first.mapper).size > 0;
  const told: InstanceState[] | null = isAnyoneListening("beforeInsert") ? [] : null;
  const switched: InstanceState[] = [];
  const unset: Unset | null = isAnyoneListening("refreshFlush") ? new Map() : null;
  for (let i = 0; i < given.length; i += 1) {
    const state = given[i] as InstanceState;
    // It may have gone with the parent that it has lost.
    if (state.status !== "pending") continue;
    if (state.relatedBefore !== null || plan.cleared.size > 0) {
      synchronizeKeys(plan, state);
      if (hasLostOwner(state)) {
        expungeOrphan(core, state);
        continue;
      }
    }
    if (mayMeetRow && takesOverRow(plan, state)) switched.push(state);
    else if (told !== null) told.push(state);
    else {
      unset?.set(state, withoutValue(state));
      runs.add(state);
    }
  }
  if (told !== null) {
    yield* tell(writing, "beforeInsert", told);
    for (const state of told) {
      unset?.set(state, withoutValue(state));
      runs.add(state);
    }
  }
  return { runs: runs.list, switched, unset };
}

/** Without this parent it must not be: it was taken from it, and has got no other. */
function hasLostOwner(state: InstanceState): boolean {
  for (const owner of rolesOf(state.mapper).owners) {
    if (state.relatedBefore?.has(owner) === true && leadsNowhere(state, owner)) return true;
  }
  return false;
}

/** Inserts what has been readied, in its order; then the rows of tables that are joined to those of the topmost class. */
export function* insertRows(writing: Writing, { runs, unset }: PreparedInserts): Task<void> {
  const [first] = runs;
  if (first === undefined) return;
  const mapper = first.states[0]?.mapper;
  const isHierarchy = mapper?.base.subclasses.length !== 0 || mapper.tables.length > 1;
  for (const run of runs) {
    yield* insertRun(writing, run, insertWithSql, register);
    if (!isHierarchy) yield* tellInserted(writing, run.states, unset);
  }
  if (!isHierarchy) return;
  const states = runs.flatMap((run) => run.states);
  yield* insertBelow(writing, states);
  yield* tellInserted(writing, states, unset);
}

/** Rows of tables that are joined to the topmost one, table by table: their keys are known by now. */
function* insertBelow(writing: Writing, given: readonly InstanceState[]): Task<void> {
  let states = given;
  for (let depth = 1; ; depth += 1) {
    states = states.filter(({ mapper }) => mapper.tables.length > depth);
    if (states.length === 0) return;
    const groups = Map.groupBy(states, ({ mapper }) => mapper.tables[depth]);
    const runs = new InsertRuns(writing, depth);
    for (const [table, own] of groups) {
      for (const state of own) {
        inheritKeys(state, table?.inherited ?? []);
        runs.add(state);
      }
    }
    for (const run of runs.list) yield* insertRun(writing, run, insertWithSql, settleBelow);
  }
}

/** A table that is joined to another one has its key, under the same name or another. */
function inheritKeys({ object }: InstanceState, keys: WrittenTable["inherited"]): void {
  const columns = object as Columns;
  for (const { source, destination } of keys) {
    if (source.key !== destination.key) columns[destination.key] = columns[source.key];
  }
}

type Register = (
  writing: Writing,
  table: WrittenTable,
  states: readonly InstanceState[],
  generated: Generated,
  written: Pick<Written, "rows" | "ids">,
) => Task<void>;

function* insertRun(
  writing: Writing,
  { statement, states, sets, table, mark }: InsertRun,
  insertOne: typeof insertWithSql,
  done: Register,
): Task<void> {
  const { engine } = writing.connection;
  const fewest = engine.dialect.capabilities.multiRowInserts === true ? 2 : manyRows;
  const [first] = states;
  if (first === undefined) return;
  const { mapper } = first;
  if (statement === null) {
    for (const state of states) yield* insertOne(writing, table, state, done);
  } else if (statement.compiled.slots.length === 0 && statement.options.returnsRows) {
    // Rows without any column of their own take a statement each.
    for (const [index, state] of states.entries()) {
      yield* done(writing, table, [state], statement, yield* write(writing, statement, mapper, [sets[index] ?? []]));
    }
  } else if (states.length >= fewest) {
    const together = statementsFor(engine, table).insertMany(mark, first.object);
    yield* done(writing, table, states, together, yield* writeTogether(writing, together, mapper, sets));
  } else {
    yield* done(writing, table, states, statement, yield* write(writing, statement, mapper, sets));
  }
}

/** What a statement has given for the columns that the database makes. */
type Generated = Pick<InsertStatement, "reportedKey" | "returned" | "outdated" | "take">;

/**
 * The objects have rows now: what the database has made is put in place, and they stand in the identity map under their
 * keys.
 */
function* register(
  writing: Writing,
  table: WrittenTable,
  states: readonly InstanceState[],
  generated: Generated,
  written: Pick<Written, "rows" | "ids">,
): Task<void> {
  quietly(() => takeGenerated(writing, table, states, generated, written));
  yield* fetchOutdated(writing, table, states, generated.outdated);
}

function takeGenerated(
  writing: Writing,
  table: WrittenTable,
  states: readonly InstanceState[],
  { reportedKey, returned, outdated, take }: Generated,
  { rows, ids }: Pick<Written, "rows" | "ids">,
): void {
  const { core, transaction } = writing.plan;
  const count = states.length;
  if (reportedKey !== null && ids?.length !== count) {
    throw new FlushError(`The driver does not tell the generated keys of ${table.className}.`);
  }
  if (returned.length > 0 && rows.length !== count) {
    throw new FlushError(`${count} rows were inserted, but ${rows.length} came back.`);
  }
  const [first] = states;
  if (first === undefined) return;
  const { mapper: anyOfThem } = first;
  const objects = core.identityMap.objectsOf(anyOfThem);
  const [only, another] = table.primaryKey;
  const keyName = only !== undefined && another === undefined ? only.key : null;
  const asBigInt = reportedKey?.type.needsBigInt ?? false;
  // Classes of a hierarchy differ in what they have to do afterwards.
  const settlesNow = anyOfThem.base.subclasses.length === 0 ? settlesAtOnce(anyOfThem) : null;
  for (let i = 0; i < count; i += 1) {
    const state = states[i] as InstanceState;
    const { mapper } = state;
    const object = state.object as Columns;
    const id = reportedKey === null ? null : (ids?.[i] as number | bigint);
    for (let n = 0; n < returned.length; n += 1) {
      object[(returned[n] as ColumnProperty).key] = (rows[i] as unknown[])[n];
    }
    const snapshot = take(
      object,
      id === null ? null : asBigInt ? BigInt(id) : typeof id === "bigint" ? Number(id) : id,
    );
    const value = keyName === null ? null : object[keyName];
    const key = typeof value === "number" || typeof value === "string" ? value : mapper.identityKeyOf(object);
    if (key === null) throw withoutKey(mapper);
    state.key = key;
    state.status = "persistent";
    state.insertedHere = true;
    if (state.partial || outdated.length > 0) mapper.commitColumns(state);
    else state.committed = snapshot;
    if (outdated.length > 0) {
      mapper.expireColumns(state, outdated);
      tellOutdated(state, outdated);
    }
    if (settlesNow ?? settlesAtOnce(mapper)) commitRelated(state);
    objects.set(key, state);
    transaction.inserted.push(state);
  }
}

/** The same for a table that is joined to the one above it: the objects are known already. */
function* settleBelow(
  writing: Writing,
  table: WrittenTable,
  states: readonly InstanceState[],
  { returned, outdated }: Generated,
  { rows }: Pick<Written, "rows" | "ids">,
): Task<void> {
  if (returned.length > 0 && rows.length !== states.length) {
    throw new FlushError(`${states.length} rows were inserted, but ${rows.length} came back.`);
  }
  quietly(() => {
    for (const [i, state] of states.entries()) {
      const object = state.object as Columns;
      for (const [n, { key }] of returned.entries()) object[key] = rows[i]?.[n];
      const { committed } = state;
      if (committed === null) continue;
      for (const { key, type, index } of table.columns) committed[index] = snapshotOf(type, object[key]);
      if (outdated.length > 0) state.mapper.expireColumns(state, outdated);
    }
  });
  yield* fetchOutdated(writing, table, states, outdated);
}

/** Nothing else asks what the relationships of a new object were, once it is inserted. */
export function settlesAtOnce(mapper: Mapper): boolean {
  const { oneToManyAlone, hasPostUpdates } = rolesOf(mapper);
  return oneToManyAlone.length === 0 && !hasPostUpdates;
}

function withoutKey(mapper: Mapper): Error {
  const names = mapper.primaryKey.map(({ key }) => key).join(", ");
  return new FlushError(
    `A row of ${mapper.className} was inserted without a primary key (${names}): give it a value or a default.`,
  );
}

// ── SQL expressions as values ────────────────────────────────────────────────
/** An object with SQL expressions among its values; the results come back where the database can return them. */
function* insertWithSql(writing: Writing, table: WrittenTable, state: InstanceState, done: Register): Task<void> {
  const { engine } = writing.connection;
  const object = state.object as Columns;
  const omitted = omittedColumns(table, object);
  const computed = table.columns.filter(({ key }) => offersNode(object[key]));
  const { returned, generatedKey, outdated } = statementsFor(engine, table).returning(omitted);
  const canReturn = engine.dialect.capabilities.insertReturning;
  const keys = generatedKey === null ? [] : [generatedKey];
  const back = canReturn ? [...keys, ...returned.filter((each) => each !== generatedKey), ...computed] : [];
  const given = table.columns.filter((property) => !omitted.includes(property));
  const items = assignmentsOf(table, given, object);
  const node: InsertNode = { ...insertNode(table.target, back), rows: [{ kind: "assignments", items }] };
  const result = yield* executeNode(writing.connection, node);
  const [row] = result.rows;
  quietly(() => {
    if (row !== undefined) for (const [position, { key }] of back.entries()) object[key] = row[position];
    else if (generatedKey !== null) object[generatedKey.key] = result.lastInsertId;
  });
  const known: Generated = {
    reportedKey: null,
    returned: [],
    outdated: canReturn ? [] : [...outdated, ...computed],
    take: keyTaker(table, null),
  };
  yield* done(writing, table, [state], known, { rows: [], ids: null });
}
