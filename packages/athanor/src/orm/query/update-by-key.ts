import type { CursorResult } from "../../engine/cursor-result.ts";
import { type ParameterSet, preparedNode } from "../../engine/prepare.ts";
import { ArgumentError, StaleDataError } from "../../errors/errors.ts";
import { booleanType } from "../../sql/coercions/literal-types.ts";
import { bind, describe } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { BindNode, ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import { operators } from "../../sql/nodes/operators.ts";
import type { UpdateNode } from "../../sql/nodes/statements.ts";
import type { Task } from "../../util/task.ts";
import { hasKey, identityParameters } from "../loading/refresh.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { VersionCounter } from "../mapping/version-counter.ts";
import type { DmlSession } from "./dml-session.ts";
import { ObjectChange } from "./synchronize.ts";

/**
 * `execute(update(User), [{ id: 1, name: "x" }, …])`: each row is found by its primary key and gets the other values; one
 * batch for each set of columns. Objects of the session get the same values. Of a class with a version counter, rows say
 * which version they are of, and get the next one.
 *
 * @throws StaleDataError when a row is missing, or has another version.
 */
export function* updateByKey(
  session: DmlSession,
  node: UpdateNode,
  mapper: Mapper,
  rows: readonly ParameterSet[],
): Task<CursorResult> {
  if (node.set.length > 0 || node.where.length > 0 || node.returning.length > 0) {
    throw new ArgumentError(
      `An UPDATE of ${mapper.className} with a list of rows finds each row by its primary key: it takes no where(), values() or returning().`,
    );
  }
  if (mapper.tables.length > 1) return yield* updateTablesByKey(session, mapper, rows);
  const { version } = mapper;
  const where = [...hasKey(mapper), ...(version === null ? [] : [hasVersion(mapper, version)])];
  const sets = rows.map((row) => keyedRow(row, mapper));
  const result = yield* session.executePrepared(
    preparedNode({ ...node, where }),
    sets.map(({ values, key, expected }) => ({ ...values, ...identityParameters(key), ...expected })),
  );
  if (result.rowCount >= 0 && result.rowCount !== rows.length) {
    throw new StaleDataError(
      `An UPDATE of ${mapper.className} was given ${rows.length} rows, but the database has only ${result.rowCount} of them` +
        `${version === null ? "" : ` in these versions (${version.property.key})`}.`,
      { retryable: true },
    );
  }
  for (const { values, key } of sets) synchronizeRow(session, mapper, values, key);
  return result;
}

/** The same for a class whose objects have rows in several tables: a batch for each of them. */
function* updateTablesByKey(session: DmlSession, mapper: Mapper, rows: readonly ParameterSet[]): Task<CursorResult> {
  let result: CursorResult | null = null;
  const sets = rows.map((row) => keyedRow(row, mapper));
  for (const table of mapper.tables) {
    const own = sets.filter(({ values }) => table.columns.some(({ key }) => Object.hasOwn(values, key)));
    if (own.length === 0) continue;
    const { version } = table;
    const where = [
      ...table.primaryKey.map(({ column, type }, position) =>
        isParameter(columnIn(table.target, column), type, position),
      ),
      ...(version === null ? [] : [hasVersion({ from: table.target }, version)]),
    ];
    const parameters = own.map(({ values, key, expected }) => ({
      ...Object.fromEntries(
        Object.entries(values).filter(([name]) => table.columns.some(({ key: each }) => each === name)),
      ),
      ...identityParameters(key),
      ...(version === null ? {} : expected),
    }));
    const node: UpdateNode = {
      ...{ kind: "update", table: table.target, set: [], ordered: false, where, returning: [] },
      ...{ ctes: [], hints: [], entity: null, options: [] },
    };
    result = yield* session.executePrepared(preparedNode(node), parameters);
    if (result.rowCount >= 0 && result.rowCount !== own.length) {
      throw new StaleDataError(
        `An UPDATE of ${mapper.className} was given ${own.length} rows, but ${JSON.stringify(table.tableName)} has only ${result.rowCount} of them.`,
        { retryable: true },
      );
    }
  }
  for (const { values, key } of sets) synchronizeRow(session, mapper, values, key);
  if (result === null) throw new ArgumentError(`An UPDATE of ${mapper.className} was given rows without values.`);
  return { ...result, rowCount: rows.length };
}

function isParameter(left: ColumnNode, type: BindNode["type"], position: number): ExpressionNode {
  const right: BindNode = {
    ...{ kind: "bind", value: null, type, required: true, expanding: false },
    name: Object.keys(identityParameters(Array.from({ length: position + 1 }, () => null))).at(-1) ?? null,
  };
  return { kind: "binary", operator: operators.eq, left, right, type: booleanType, modifier: null };
}

interface KeyedRow {
  readonly key: readonly unknown[];
  readonly values: ParameterSet;
  /** The version that the row has to have. */
  readonly expected: ParameterSet;
}

const versionParameter = "expected version";

function hasVersion({ from }: Pick<Mapper, "from">, { property: { column, type } }: VersionCounter): ExpressionNode {
  const right: BindNode = { kind: "bind", value: null, type, name: versionParameter, required: true, expanding: false };
  const left = columnIn(from, column);
  return { kind: "binary", operator: operators.eq, left, right, type: booleanType, modifier: null };
}

/** A row is of a version, and gets the next one, unless the database makes it. */
function versioned(row: ParameterSet, values: ParameterSet, mapper: Mapper): Pick<KeyedRow, "values" | "expected"> {
  const { version, className } = mapper;
  if (version === null) return { values, expected: {} };
  const { key } = version.property;
  const known = row[key] ?? null;
  if (known === null) {
    throw new ArgumentError(
      `An UPDATE of ${className} with a list of rows needs the version (${key}) that each of them was loaded with. ` +
        "Rows of whatever version are for update().where().",
    );
  }
  const { [key]: _, ...others } = values;
  const next = version.next === null ? {} : { [key]: version.next(known) };
  return { values: { ...others, ...next }, expected: { [versionParameter]: known } };
}

function keyedRow(row: ParameterSet, mapper: Mapper): KeyedRow {
  if (typeof row !== "object" || row === null) throw new ArgumentError(`Rows are objects, not ${describe(row)}.`);
  const unknown = Object.keys(row).filter((key) => !mapper.columnsByKey.has(key));
  if (unknown.length > 0) {
    throw new ArgumentError(`${mapper.className} has no column attribute ${JSON.stringify(unknown[0])}.`);
  }
  const key = mapper.primaryKey.map((property) => keyValue(row, property, mapper));
  const values = Object.fromEntries(
    Object.entries(row).filter(([name]) => !mapper.primaryKey.some((property) => property.key === name)),
  );
  return { key, ...versioned(row, values, mapper) };
}

function keyValue(row: ParameterSet, { key }: ColumnProperty, mapper: Mapper): unknown {
  const value = row[key];
  if (value !== undefined && value !== null) return value;
  throw new ArgumentError(
    `An UPDATE of ${mapper.className} with a list of rows needs the primary key in each of them; ${JSON.stringify(key)} is missing.`,
    { code: "update-without-key" },
  );
}

function synchronizeRow(session: DmlSession, mapper: Mapper, values: ParameterSet, key: readonly unknown[]): void {
  const identity = mapper.identityKey(key);
  const state = identity === null ? undefined : session.loads.identityMap.objectsOf(mapper).get(identity);
  if (state === undefined) return;
  const assignments = mapper.columns.flatMap(({ key: name, column, type }) =>
    Object.hasOwn(values, name) ? [{ column: columnIn(mapper.from, column), value: bind(values[name], type) }] : [],
  );
  new ObjectChange(assignments, { mapper, from: mapper.from, parameters: {}, textByCollation: false }).apply(
    session,
    state,
    true,
  );
}
