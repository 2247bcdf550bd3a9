import { ArgumentError } from "../errors/errors.ts";
import { describe } from "../sql/coercions/operands.ts";
import type { CompiledStatement } from "../sql/compile/compiled.ts";
import { parameterKeys } from "../sql/compile/parameter-keys.ts";
import type { StatementNode } from "../sql/nodes/statements.ts";
import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { CursorResult } from "./cursor-result.ts";
import type { DriverBatchResult } from "./driver.ts";
import { insertedKeys } from "./inserted-keys.ts";
import { decodeRows } from "./natural-values.ts";
import { compiledFor, keysOf, optionsFor, type ParameterSet, type Prepared, valuesOf } from "./prepare.ts";

/** Rows in one INSERT of a batch that returns rows. */
const defaultPageSize = 1000;

/** Sets that give the same columns are executed together; others follow in their order. */
export function* executeBatch(
  connection: ConnectionCore,
  prepared: Prepared,
  sets: readonly ParameterSet[],
): Task<CursorResult> {
  if (sets.length === 0) {
    throw new ArgumentError(
      "execute() was given an empty list of parameters: there is nothing to execute. Leave the call out.",
    );
  }
  const { node, key } = prepared;
  const pageSize = connection.engine.options.insertmanyvaluesPageSize ?? defaultPageSize;
  const values = valuesOf(key.binds);
  const rows: unknown[][] = [];
  const inserted: (readonly unknown[])[] = [];
  let rowCount = 0;
  let keys: readonly string[] = [];
  let compiled: CompiledStatement | null = null;
  for (const run of runsOfSameKeys(sets)) {
    const [first] = run;
    if (first === undefined) continue;
    const current = compiledFor(connection.engine, prepared, parameterKeys(node, first));
    compiled = current;
    const bound = run.map((set) => current.bind(values, set));
    const page = isTogether(connection, current, bound.length) ? rowsOfPage(current, node, pageSize) : 1;
    if (page > 1) {
      const sets = bound.map(({ parameters }) => parameters);
      const result = yield* insertTogether(connection, current, sets, page);
      const found = current.returnsRows
        ? null
        : insertedKeys(current, node, run, { ids: keysAreOwn(node) ? result.lastInsertIds : null, returned: null });
      if (found !== null) for (const each of found) inserted.push(each);
      for (const row of result.rows) rows.push(row);
      rowCount = rowCount < 0 ? -1 : rowCount + result.rowCount;
      keys = current.keys;
      continue;
    }
    for (const batch of runsOfSameText(bound)) {
      const result = yield* connection.driverExecuteMany(batch.sql, batch.parameterSets, optionsFor(current));
      decodeRows(connection.engine.dialect, current, result, result.rows);
      for (const row of result.rows) rows.push(row);
      rowCount = result.rowCount < 0 || rowCount < 0 ? -1 : rowCount + result.rowCount;
      keys = keysOf(current, result.columns);
      const found = insertedKeys(current, node, run.slice(batch.start, batch.start + batch.parameterSets.length), {
        ids: result.lastInsertIds,
        returned: null,
      });
      if (found !== null) for (const each of found) inserted.push(each);
    }
  }
  const isInsert = node.kind === "insert" && inserted.length === sets.length;
  return {
    returnsRows: compiled?.returnsRows ?? false,
    keys,
    rows,
    rowCount,
    lastInsertId: null,
    insertedPrimaryKeys: isInsert ? inserted : null,
    compiled,
  };
}

/** Whether rows of a batch stand in INSERTs together. */
function isTogether(connection: ConnectionCore, compiled: CompiledStatement, count: number): boolean {
  const { multiRowInserts } = connection.engine.dialect.capabilities;
  return count > 1 && (compiled.returnsRows || multiRowInserts === true);
}

/** An upsert, or an INSERT that leaves rows out, generates other keys than there are rows. */
function keysAreOwn(node: StatementNode): boolean {
  return node.kind === "insert" && node.conflicts.length === 0 && node.hints.length === 0;
}

/** How many rows of a batch stand in one INSERT; one by one where only that brings what they return in their order. */
function rowsOfPage(compiled: CompiledStatement, node: StatementNode, size: number): number {
  const isOrdered = node.kind === "insert" && node.sortByParameterOrder;
  return isOrdered && compiled.rowsAtOnce === 1 ? 1 : compiled.rowsOfPage(size);
}

/**
 * Inserts many rows with each statement (`atOnce`), and gives what it returns, converted and in the order of the
 * rows.
 */
export function* insertTogether(
  connection: ConnectionCore,
  compiled: CompiledStatement,
  sets: readonly (readonly unknown[])[],
  mostAtOnce: number = compiled.rowsAtOnce,
): Task<Pick<DriverBatchResult, "rows" | "rowCount" | "lastInsertIds">> {
  const { keyDistance, maxBatchBytes } = connection.engine.dialect;
  const most = maxBatchBytes === undefined ? mostAtOnce : Math.min(mostAtOnce, rowsWithin(maxBatchBytes, sets));
  const atOnce = Math.max(1, most);
  const whole = sets.length - (sets.length % atOnce);
  const options = optionsFor(compiled);
  const batches: unknown[][] = [];
  for (let start = 0; start < whole; start += atOnce) batches.push(sets.slice(start, start + atOnce).flat());
  let rows: unknown[][] = [];
  let rowCount = 0;
  const firstIds: (number | bigint | null)[] = [];
  if (batches.length > 0) {
    const result = yield* connection.driverExecuteMany(compiled.textForRows(atOnce), batches, options);
    ({ rows, rowCount } = result);
    for (const id of result.lastInsertIds ?? []) firstIds.push(id);
  }
  if (whole < sets.length) {
    // Another text for every number of rows: not worth a place among the prepared statements.
    const text = compiled.textForRows(sets.length - whole);
    const last = yield* connection.driverExecute(text, sets.slice(whole).flat(), { ...options, prepare: false });
    rows = rows.concat(last.rows);
    rowCount = rowCount < 0 || last.rowCount < 0 ? -1 : rowCount + last.rowCount;
    firstIds.push(last.lastInsertId);
  }
  compiled.decode?.(rows);
  compiled.sortInserted(rows);
  return { rows, rowCount, lastInsertIds: keysFrom(firstIds, sets.length, atOnce, keyDistance ?? null) };
}

/** The keys of all rows, from those of the first of each statement; null where they are not told. */
function keysFrom(
  firstIds: readonly (number | bigint | null)[],
  count: number,
  atOnce: number,
  distance: number | null,
): readonly (number | bigint)[] | null {
  if (distance === null || firstIds.length !== Math.ceil(count / atOnce)) return null;
  const keys: (number | bigint)[] = [];
  for (let i = 0; i < count; i += 1) {
    const first = firstIds[Math.floor(i / atOnce)] ?? null;
    if (first === null) return null;
    const offset = (i % atOnce) * distance;
    keys.push(typeof first === "bigint" ? first + BigInt(offset) : first + offset);
  }
  return keys;
}

/** How many rows as large as the largest of these fit into so many bytes. */
function rowsWithin(bytes: number, sets: readonly (readonly unknown[])[]): number {
  let largest = 1;
  for (const set of sets) {
    let size = 0;
    for (const value of set) {
      // A character has up to four bytes, a byte that is written out has two.
      if (typeof value === "string") size += value.length * 4;
      else if (ArrayBuffer.isView(value)) size += value.byteLength * 2;
      else size += 24;
    }
    if (size > largest) largest = size;
  }
  return Math.floor(bytes / largest);
}

function runsOfSameKeys(sets: readonly ParameterSet[]): readonly (readonly ParameterSet[])[] {
  const runs: ParameterSet[][] = [];
  let names: string | null = null;
  for (const set of sets) {
    if (typeof set !== "object" || set === null) {
      throw new ArgumentError(`Each set of parameters is an object by name, not ${describe(set)}.`);
    }
    const own = Object.keys(set).join("\u0000");
    const current = runs.at(-1);
    if (current === undefined || own !== names) runs.push([set]);
    else current.push(set);
    names = own;
  }
  return runs;
}

interface Batch {
  readonly sql: string;
  readonly parameterSets: unknown[][];
  readonly start: number;
}

/** Lists of different lengths make different texts. */
function runsOfSameText(bound: readonly { readonly sql: string; readonly parameters: unknown[] }[]): readonly Batch[] {
  const batches: Batch[] = [];
  for (const [index, { sql, parameters }] of bound.entries()) {
    const current = batches.at(-1);
    if (current?.sql === sql) current.parameterSets.push(parameters);
    else batches.push({ sql, parameterSets: [parameters], start: index });
  }
  return batches;
}
