import type { CursorResult } from "../../engine/cursor-result.ts";
import { type ParameterSet, preparedNode } from "../../engine/prepare.ts";
import { ArgumentError, StaleDataError } from "../../errors/errors.ts";
import { bind, describe } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { UpdateNode } from "../../sql/nodes/statements.ts";
import type { Task } from "../../util/task.ts";
import { hasKey, identityParameters } from "../loading/refresh.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { DmlSession } from "./dml-session.ts";
import { ObjectChange } from "./synchronize.ts";

/**
 * `execute(update(User), [{ id: 1, name: "x" }, …])`: each row is found by its primary key and gets the other values; one
 * batch for each set of columns. Objects of the session get the same values.
 *
 * @throws StaleDataError when a row is missing.
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
  const statement = preparedNode({ ...node, where: hasKey(mapper) });
  const sets = rows.map((row) => keyedRow(row, mapper));
  const result = yield* session.executePrepared(
    statement,
    sets.map(({ values, key }) => ({ ...values, ...identityParameters(key) })),
  );
  if (result.rowCount >= 0 && result.rowCount !== rows.length) {
    throw new StaleDataError(
      `An UPDATE of ${mapper.className} was given ${rows.length} rows, but the database has only ${result.rowCount} of them.`,
    );
  }
  for (const { values, key } of sets) synchronizeRow(session, mapper, values, key);
  return result;
}

interface KeyedRow {
  readonly key: readonly unknown[];
  readonly values: ParameterSet;
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
  return { key, values };
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
