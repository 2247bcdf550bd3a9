import { FlushError } from "../../../errors/errors.ts";
import { offersNode } from "../../../sql/coercions/operands.ts";
import type { InsertNode } from "../../../sql/nodes/statements.ts";
import type { Task } from "../../../util/task.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { quietly } from "../../instrumentation/quiet.ts";
import { commitRelated, relatedValue } from "../../instrumentation/related.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { someoneListens } from "../../mapping/mapper-events.ts";
import { expungeOrphan } from "../orphans.ts";
import { rolesOf } from "../relationship-roles.ts";
import { fetchOutdated } from "./fetch-outdated.ts";
import { HAS_SQL, omittedColumns } from "./insert-values.ts";
import { keyTaker } from "./key-copiers.ts";
import { takesOverRow } from "./row-switch.ts";
import { assignmentsOf, executeNode } from "./sql-values.ts";
import { type InsertStatement, insertNode, type MapperStatements, statementsFor } from "./statements.ts";
import { synchronizeKeys } from "./synchronize.ts";
import { parametersOf, tell, type Writing, type Written, write, writeTogether } from "./writing.ts";

const noIdentity: readonly unknown[] = [];
/** From so many on, objects share statements; fewer are not worth another text to be prepared. */
const manyRows = 50;

/** Objects that follow one another and are inserted by one statement. */
interface InsertRun {
  /** Null: the object has SQL expressions among its values, and takes a statement of its own. */
  readonly statement: InsertStatement | null;
  readonly mapper: Mapper;
  readonly mark: number | string;
  readonly states: InstanceState[];
  readonly sets: unknown[][];
}

/** Objects that are ready to be inserted, with the parameters of their statements. */
export interface PreparedInserts {
  readonly runs: readonly InsertRun[];
  /** New objects that take over a row which was to be deleted: they are updated. */
  readonly switched: readonly InstanceState[];
}

/**
 * Readies objects for their INSERT, in one go over them: foreign keys come from what they refer to, defaults are put in,
 * parameters are read. What has become an orphan is left out.
 */
export function prepareInserts(writing: Writing, given: readonly InstanceState[]): PreparedInserts {
  const { plan } = writing;
  const [first] = given;
  const runs = new InsertRuns(writing);
  if (first === undefined) return { runs: runs.list, switched: [] };
  const { core } = plan;
  const mayMeetRow = core.identityMap.objectsOf(first.mapper).size > 0;
  const told: InstanceState[] | null = someoneListens() ? [] : null;
  const switched: InstanceState[] = [];
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
    else if (told === null) runs.add(state);
    else told.push(state);
  }
  if (told !== null) {
    tell(writing, "beforeInsert", told);
    for (const state of told) runs.add(state);
  }
  return { runs: runs.list, switched };
}

/** Without this parent it must not be: it was taken from it, and has got no other. */
function hasLostOwner(state: InstanceState): boolean {
  for (const owner of rolesOf(state.mapper).owners) {
    if (state.relatedBefore?.has(owner) === true && relatedValue(state, owner) === null) return true;
  }
  return false;
}

/** Puts objects that give the same columns together, as long as they follow one another. */
class InsertRuns {
  readonly list: InsertRun[] = [];
  readonly #writing: Writing;
  #statements: MapperStatements | null = null;
  #run: InsertRun | null = null;

  constructor(writing: Writing) {
    this.#writing = writing;
  }

  add(state: InstanceState): void {
    const { mapper } = state;
    let run = this.#run;
    let statements = this.#statements;
    if (statements === null || run?.mapper !== mapper) {
      statements = statementsFor(this.#writing.connection.engine, mapper);
      this.#statements = statements;
    }
    const { complete } = statements;
    const mark =
      mapper.hooks === null ? complete(state.object as Columns) : quietly(() => complete(state.object as Columns));
    if (run === null || run.mark !== mark || run.mapper !== mapper || mark === HAS_SQL) {
      const statement = mark === HAS_SQL ? null : statements.insert(mark, state.object);
      run = { statement, mapper, mark, states: [], sets: [] };
      this.#run = run;
      this.list.push(run);
    }
    run.states.push(state);
    if (run.statement !== null) run.sets.push(parametersOf(run.statement, state, noIdentity));
  }
}

/** Inserts what has been readied, in its order. */
export function* insertRows(writing: Writing, { runs }: PreparedInserts): Task<void> {
  const fewest = writing.connection.engine.dialect.capabilities.multiRowInserts === true ? 2 : manyRows;
  for (const run of runs) {
    const { statement, states, sets, mapper } = run;
    if (statement === null) {
      for (const state of states) yield* insertWithSql(writing, state);
    } else if (statement.compiled.slots.length === 0 && statement.options.returnsRows) {
      // Rows without any column of their own take a statement each.
      for (const [index, state] of states.entries()) {
        yield* register(
          writing,
          mapper,
          [state],
          statement,
          yield* write(writing, statement, mapper, [sets[index] ?? []]),
        );
      }
    } else if (states.length >= fewest) {
      const [first] = states;
      const together = statementsFor(writing.connection.engine, mapper).insertMany(run.mark, first?.object ?? {});
      yield* register(writing, mapper, states, together, yield* writeTogether(writing, together, mapper, sets));
    } else {
      yield* register(writing, mapper, states, statement, yield* write(writing, statement, mapper, sets));
    }
    tell(writing, "afterInsert", states);
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
  mapper: Mapper,
  states: readonly InstanceState[],
  generated: Generated,
  written: Pick<Written, "rows" | "ids">,
): Task<void> {
  quietly(() => takeGenerated(writing, mapper, states, generated, written));
  yield* fetchOutdated(writing, mapper, states, generated.outdated);
}

function takeGenerated(
  writing: Writing,
  mapper: Mapper,
  states: readonly InstanceState[],
  { reportedKey, returned, outdated, take }: Generated,
  { rows, ids }: Pick<Written, "rows" | "ids">,
): void {
  const { core, transaction } = writing.plan;
  const count = states.length;
  if (reportedKey !== null && ids?.length !== count) {
    throw new FlushError(`The driver does not tell the generated keys of ${mapper.className}.`);
  }
  if (returned.length > 0 && rows.length !== count) {
    throw new FlushError(`${count} rows were inserted, but ${rows.length} came back.`);
  }
  const objects = core.identityMap.objectsOf(mapper);
  const [only, another] = mapper.primaryKey;
  const keyName = only !== undefined && another === undefined ? only.key : null;
  const asBigInt = reportedKey?.type.needsBigInt ?? false;
  const settlesNow = settlesAtOnce(mapper);
  for (let i = 0; i < count; i += 1) {
    const state = states[i] as InstanceState;
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
    if (outdated.length > 0) mapper.expireColumns(state, outdated);
    if (settlesNow) commitRelated(state);
    objects.set(key, state);
    transaction.inserted.push(state);
  }
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
  quietly(() => {
    if (row !== undefined) for (const [position, { key }] of back.entries()) object[key] = row[position];
    else if (generatedKey !== null) object[generatedKey.key] = result.lastInsertId;
  });
  const known: Generated = {
    reportedKey: null,
    returned: [],
    outdated: canReturn ? [] : [...outdated, ...computed],
    take: keyTaker(mapper, null),
  };
  yield* register(writing, mapper, [state], known, { rows: [], ids: null });
}
