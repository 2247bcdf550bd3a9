import { FlushError } from "../../../errors/errors.ts";
import { offersNode } from "../../../sql/coercions/operands.ts";
import type { InsertNode } from "../../../sql/nodes/statements.ts";
import type { Task } from "../../../util/task.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { HAS_SQL, omittedColumns } from "./insert-values.ts";
import { assignmentsOf, executeNode } from "./sql-values.ts";
import { type InsertStatement, insertNode, type MapperStatements, statementsFor } from "./statements.ts";
import { tell, type Writing, type Written, write } from "./writing.ts";

/** Inserts objects in their order; those that follow one another and give the same columns go together. */
export function* insertRows(writing: Writing, states: readonly InstanceState[]): Task<void> {
  tell(writing, "beforeInsert", states);
  const { length } = states;
  const marks = new Array<number | string>(length);
  let mapper: Mapper | null = null;
  let statements: MapperStatements | null = null;
  for (let i = 0; i < length; i += 1) {
    const state = states[i] as InstanceState;
    if (statements === null || state.mapper !== mapper) {
      mapper = state.mapper;
      statements = statementsFor(writing.connection.engine, mapper);
    }
    marks[i] = statements.complete(state.object as Columns);
  }
  let start = 0;
  while (start < length) {
    const first = states[start] as InstanceState;
    const mark = marks[start] as number | string;
    let end = start + 1;
    if (mark !== HAS_SQL) {
      while (end < length && marks[end] === mark && (states[end] as InstanceState).mapper === first.mapper) end += 1;
      yield* insertRun(writing, states, start, end, mark);
    } else {
      yield* insertWithSql(writing, first);
    }
    start = end;
  }
  tell(writing, "afterInsert", states);
}

function* insertRun(
  writing: Writing,
  states: readonly InstanceState[],
  start: number,
  end: number,
  mark: number | string,
): Task<void> {
  const first = states[start] as InstanceState;
  const statement = statementsFor(writing.connection.engine, first.mapper).insert(mark, first.object);
  // Rows without any column of their own take a statement each.
  const isBare = statement.compiled.slots.length === 0 && statement.options.returnsRows;
  const step = isBare ? 1 : end - start;
  for (let from = start; from < end; from += step) {
    const to = Math.min(end, from + step);
    const written = yield* write(writing, statement, states, from, to, null);
    takeGenerated(statement, states, from, to, written);
  }
  register(writing, states, start, end, statement.outdated);
}

/** Puts the values in place that the database has made. */
function takeGenerated(
  { reportedKey, returned }: InsertStatement,
  states: readonly InstanceState[],
  start: number,
  end: number,
  { rows, ids }: Written,
): void {
  const count = end - start;
  if (reportedKey !== null) {
    const { key, type } = reportedKey;
    if (ids === null || ids.length !== count) {
      throw new FlushError(
        `The driver does not tell the generated keys of ${(states[start] as InstanceState).mapper.className}.`,
      );
    }
    const asBigInt = type.needsBigInt;
    for (let i = 0; i < count; i += 1) {
      const id = ids[i] as number | bigint;
      const value = asBigInt ? BigInt(id) : typeof id === "bigint" ? Number(id) : id;
      ((states[start + i] as InstanceState).object as Columns)[key] = value;
    }
  }
  if (returned.length === 0) return;
  if (rows.length !== count) throw new FlushError(`${count} rows were inserted, but ${rows.length} came back.`);
  for (let i = 0; i < count; i += 1) {
    const object = (states[start + i] as InstanceState).object as Columns;
    const row = rows[i] as unknown[];
    for (let n = 0; n < returned.length; n += 1) object[(returned[n] as ColumnProperty).key] = row[n];
  }
}

/** The objects have rows now: they stand in the identity map under their keys. */
function register(
  { plan: { core, transaction } }: Writing,
  states: readonly InstanceState[],
  start: number,
  end: number,
  outdated: readonly ColumnProperty[],
): void {
  const { mapper } = states[start] as InstanceState;
  const objects = core.identityMap.objectsOf(mapper);
  const [only, another] = mapper.primaryKey;
  const singleKey = only !== undefined && another === undefined ? only.key : null;
  for (let i = start; i < end; i += 1) {
    const state = states[i] as InstanceState;
    const value = singleKey === null ? null : (state.object as Columns)[singleKey];
    const key = typeof value === "number" || typeof value === "string" ? value : mapper.identityKeyOf(state.object);
    if (key === null) throw withoutKey(mapper);
    state.key = key;
    state.status = "persistent";
    state.insertedHere = true;
    mapper.commitColumns(state);
    if (outdated.length > 0) mapper.expireColumns(state, outdated);
    objects.set(key, state);
    transaction.inserted.push(state);
  }
}

function withoutKey(mapper: Mapper): Error {
  const names = mapper.primaryKey.map(({ key }) => key).join(", ");
  return new FlushError(
    `A row of ${mapper.className} was inserted without a primary key (${names}): give it a value or a default.`,
  );
}

// ── SQL expressions as values ────────────────────────────────────────────────
/** An object with SQL expressions among its values; the results come back where the database can return them. */
function* insertWithSql(writing: Writing, state: InstanceState): Task<void> {
  const { mapper } = state;
  const { engine } = writing.connection;
  const object = state.object as Columns;
  const omitted = omittedColumns(mapper, object);
  const computed = mapper.columns.filter(({ key }) => offersNode(object[key]));
  const { returned, generatedKey, outdated } = statementsFor(engine, mapper).returning(omitted);
  const canReturn = engine.dialect.capabilities.insertReturning;
  const keys = generatedKey === null ? [] : [generatedKey];
  const back = canReturn ? [...keys, ...returned.filter((each) => each !== generatedKey), ...computed] : [];
  const given = mapper.columns.filter((property) => !omitted.includes(property));
  const items = assignmentsOf(mapper, given, object);
  const node: InsertNode = { ...insertNode(mapper.from, back), rows: [{ kind: "assignments", items }] };
  const result = yield* executeNode(writing.connection, node);
  const [row] = result.rows;
  if (row !== undefined) for (const [position, { key }] of back.entries()) object[key] = row[position];
  else if (generatedKey !== null) object[generatedKey.key] = result.lastInsertId;
  register(writing, [state], 0, 1, canReturn ? [] : [...outdated, ...computed]);
}
