import { ArgumentError, ObjectNotExecutableError } from "../errors/errors.ts";
import { DdlElement } from "../schema/ddl-element.ts";
import type { TableColumn } from "../schema/table-column.ts";
import { describe, offersNode } from "../sql/coercions/operands.ts";
import { compileNode } from "../sql/compile/compile.ts";
import type { BoundStatement, CompiledStatement } from "../sql/compile/compiled.ts";
import { parameterKeys } from "../sql/compile/parameter-keys.ts";
import type { SchemaTranslation } from "../sql/compile/schema-translation.ts";
import type { BindNode } from "../sql/nodes/expressions.ts";
import type { InsertNode, StatementNode } from "../sql/nodes/statements.ts";
import { isStatement } from "../sql/statement/statement.ts";
import { textStatement } from "../sql/statement/text.ts";
import { type CacheKey, cacheKey } from "../sql/traverse/cache-key.ts";
import type { LruCache } from "../util/lru-cache.ts";
import { NODE } from "../util/symbols.ts";
import type { Task } from "../util/task.ts";
import { warn } from "../util/warn.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { CursorResult } from "./cursor-result.ts";
import type { Dialect } from "./dialect.ts";
import type { DriverBatchResult, ExecuteOptions, RowStream } from "./driver.ts";
import { executeDdlElement } from "./execute-ddl.ts";
import { announced, type ExecuteEvent } from "./execute-events.ts";
import { decodeRows } from "./natural-values.ts";

export type ParameterSet = Readonly<Record<string, unknown>>;
/** Parameters as an execution is given them: none, one set, or a list of sets. */
export type ExecutionParameters = ParameterSet | readonly ParameterSet[] | undefined;

/** A statement that is ready to be looked up: its node, its structure, its values. */
export interface Prepared {
  readonly node: StatementNode;
  readonly key: CacheKey;
}

/** What compiling needs of an engine. */
export interface CompilingEngine {
  readonly dialect: Dialect;
  readonly compiledCache: LruCache<string, CompiledStatement>;
  /** Statements that combine every row of one table with every row of another are warned of. */
  readonly lintsFrom: boolean;
  /** Puts schemas into statements, which leave them open then; null where those of the tables are meant. */
  readonly translation: SchemaTranslation | null;
}

/**
 * Takes what users execute: statements, and raw SQL made with `sqlText()`.
 *
 * @throws ObjectNotExecutableError for strings and anything else.
 */
export function prepare(statement: unknown): Prepared {
  if (isStatement(statement)) return { node: statement[NODE], key: statement.$key };
  if (offersNode(statement)) {
    const node = statement[NODE];
    if (node.kind === "fragment") return preparedNode(textStatement(node, []));
    if (node.kind === "select" || node.kind === "compound") return preparedNode(node);
  }
  throw new ObjectNotExecutableError(
    typeof statement === "string"
      ? `A string is no statement. Wrap raw SQL in sqlText(): execute(sqlText(${JSON.stringify(shortened(statement))})).`
      : `${describe(statement)} cannot be executed. Take select(), insert(), update(), deleteFrom() or sqlText().`,
  );
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

export function preparedNode(node: StatementNode): Prepared {
  return { node, key: cacheKey(node) };
}

/** The compiled form, from the engine's cache where it is there. */
export function compiledFor(
  engine: CompilingEngine,
  { node, key }: Prepared,
  parameterKeys: readonly string[] | null,
  returnsKeys: boolean = false,
): CompiledStatement {
  const columns = parameterKeys === null ? "" : `|${parameterKeys.map((each) => JSON.stringify(each)).join()}`;
  const isOpen = engine.translation !== null;
  const text = key.text + columns + (returnsKeys ? "|keys" : "") + (isOpen ? "|open" : "");
  const known = engine.compiledCache.get(text);
  if (known !== undefined) return known;
  const compiled = compileNode(engine.dialect, node, key.binds, parameterKeys, {
    returnsKeys,
    translatesSchemas: isOpen,
  });
  if (engine.lintsFrom) for (const warning of compiled.warnings) warn(warning);
  if (!key.volatile) engine.compiledCache.set(text, compiled);
  return compiled;
}

/** What an execution would send, without executing: SQL, and parameters in the driver's form. */
export function compileStatement(
  engine: CompilingEngine,
  statement: unknown,
  parameters?: ParameterSet,
): BoundStatement {
  if (statement instanceof DdlElement) return { sql: statement.compile(engine).sql, parameters: [] };
  const prepared = prepare(statement);
  const set = parameters ?? null;
  const compiled = compiledFor(engine, prepared, set === null ? null : parameterKeys(prepared.node, set));
  const bound = compiled.bind(valuesOf(prepared.key.binds), set);
  return engine.translation === null ? bound : { ...bound, sql: engine.translation.translate(bound.sql) };
}

export function valuesOf(binds: readonly BindNode[]): readonly unknown[] {
  const values = new Array<unknown>(binds.length);
  for (let i = 0; i < binds.length; i += 1) values[i] = (binds[i] as BindNode).value;
  return values;
}

/** Executes a statement to its end. A list of parameter sets is executed as a batch. */
export function executeStatement(
  connection: ConnectionCore,
  statement: unknown,
  parameters: ExecutionParameters,
): Task<CursorResult> {
  const { listeners } = connection.engine;
  if (listeners.has("beforeExecute") || listeners.has("afterExecute")) {
    return executeObserved(connection, announced(listeners, { statement, parameters }));
  }
  return executeUnobserved(connection, statement, parameters);
}

function executeUnobserved(
  connection: ConnectionCore,
  statement: unknown,
  parameters: ExecutionParameters,
): Task<CursorResult> {
  if (statement instanceof DdlElement) return executeDdlElement(connection, statement);
  return executePrepared(connection, prepare(statement), parameters);
}

function* executeObserved(connection: ConnectionCore, event: ExecuteEvent): Task<CursorResult> {
  const result = yield* executeUnobserved(connection, event.statement, event.parameters);
  connection.engine.listeners.fire("afterExecute", { ...event, rowCount: result.rowCount });
  return result;
}

/** The same for a statement that has been looked at already. */
export function* executePrepared(
  connection: ConnectionCore,
  prepared: Prepared,
  parameters: ExecutionParameters,
): Task<CursorResult> {
  if (isList(parameters)) return yield* executeBatch(connection, prepared, parameters);
  const set = parameters ?? null;
  if (set !== null && typeof set !== "object") {
    throw new ArgumentError(`Parameters are an object by name, or a list of such objects, not ${describe(set)}.`);
  }
  const { node, key } = prepared;
  const keys = set === null ? null : parameterKeys(node, set);
  const compiled = compiledFor(connection.engine, prepared, keys, node.kind === "insert");
  return yield* executeCompiled(connection, compiled, valuesOf(key.binds), set, node);
}

function isList(parameters: ExecutionParameters): parameters is readonly ParameterSet[] {
  return Array.isArray(parameters);
}

/** Executes a compiled statement once with these values. */
export function* executeCompiled(
  connection: ConnectionCore,
  compiled: CompiledStatement,
  values: readonly unknown[],
  parameters: ParameterSet | null,
  node: StatementNode | null,
): Task<CursorResult> {
  const bound = compiled.bind(values, parameters);
  const result = yield* connection.driverExecute(bound.sql, bound.parameters, optionsFor(compiled));
  decodeRows(connection.engine.dialect, compiled, result, result.rows);
  const { returnsKeys } = compiled;
  const generated = { ids: [result.lastInsertId], returned: returnsKeys ? (result.rows[0] ?? null) : null };
  return {
    returnsRows: compiled.returnsRows && !returnsKeys && (compiled.kind !== "text" || result.columns.length > 0),
    keys: returnsKeys ? [] : keysOf(compiled, result.columns),
    rows: returnsKeys ? [] : result.rows,
    rowCount: result.rowCount,
    lastInsertId: result.lastInsertId,
    insertedPrimaryKeys: insertedKeys(compiled, node, parameters === null ? [] : [parameters], generated),
    compiled,
  };
}

/** The rows of a compiled SELECT, for what has no use for the rest of a result. */
export function* selectRows(
  connection: ConnectionCore,
  compiled: CompiledStatement,
  values: readonly unknown[],
  parameters: ParameterSet | null,
): Task<unknown[][]> {
  const bound = compiled.bind(values, parameters);
  const result = yield* connection.driverExecute(bound.sql, bound.parameters, optionsFor(compiled));
  decodeRows(connection.engine.dialect, compiled, result, result.rows);
  return result.rows;
}

function optionsFor(compiled: CompiledStatement): ExecuteOptions {
  return { returnsRows: compiled.returnsRows, bigints: compiled.bigints, converted: true, prepare: true };
}

function keysOf(compiled: CompiledStatement, columns: readonly string[]): readonly string[] {
  return compiled.knowsColumns ? compiled.keys : columns;
}

/** Rows in one INSERT of a batch that returns rows. */
const defaultPageSize = 1000;

// ── batches ──────────────────────────────────────────────────────────────────
/** Sets that give the same columns are executed together; others follow in their order. */
function* executeBatch(
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
      if (found !== null) inserted.push(...found);
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
      if (found !== null) inserted.push(...found);
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
    firstIds.push(...(result.lastInsertIds ?? []));
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

// ── keys of inserted rows ────────────────────────────────────────────────────
/** What the database has told of the keys that it made: the last ones of single rows, or those that a row returned. */
interface GeneratedKeys {
  readonly ids: readonly (number | bigint | null)[] | null;
  readonly returned: readonly unknown[] | null;
}

function insertedKeys(
  compiled: CompiledStatement,
  node: StatementNode | null,
  sets: readonly ParameterSet[],
  generated: GeneratedKeys,
): readonly (readonly unknown[])[] | null {
  const info = compiled.insert;
  if (info === null || node === null || node.kind !== "insert") return null;
  const given: readonly (ParameterSet | null)[] = sets.length > 0 ? sets : [null];
  if (node.rows !== null && node.rows.length > 1) return null;
  const columns = node.table.table.primaryKey.columns;
  return given.map((set, index) =>
    columns.map((column) => {
      const position = info.returnedKeys.indexOf(column);
      if (position >= 0) return generated.returned?.[position] ?? null;
      return column === info.generatedKey ? (generated.ids?.[index] ?? null) : givenValue(node, column, set);
    }),
  );
}

function givenValue(node: InsertNode, column: TableColumn, set: ParameterSet | null): unknown {
  if (set !== null && Object.hasOwn(set, column.key)) return set[column.key];
  const value = node.rows?.[0]?.items.find((item) => item.column.column === column)?.value;
  return value?.kind === "bind" ? value.value : null;
}

// ── streams ──────────────────────────────────────────────────────────────────
/** Rows as they come. */
export interface StreamingCursor {
  readonly keys: readonly string[];
  readonly compiled: CompiledStatement;
  /** The next batch, converted; empty at the end. */
  next(size: number): Task<unknown[][]>;
  close(): Task<void>;
}

function singleSet(parameters: ExecutionParameters): ParameterSet | null {
  if (!isList(parameters)) return parameters ?? null;
  throw new ArgumentError("A statement that is read row by row takes one set of parameters, not a list.");
}

/** Opens a cursor for a statement that returns rows. */
export function* streamStatement(
  connection: ConnectionCore,
  statement: unknown,
  parameters: ParameterSet | undefined,
): Task<StreamingCursor> {
  const event = announced(connection.engine.listeners, { statement, parameters });
  const prepared = prepare(event.statement);
  const set = singleSet(event.parameters);
  const compiled = compiledFor(connection.engine, prepared, set === null ? null : parameterKeys(prepared.node, set));
  return yield* streamCompiled(connection, compiled, valuesOf(prepared.key.binds), set);
}

export function* streamCompiled(
  connection: ConnectionCore,
  compiled: CompiledStatement,
  values: readonly unknown[],
  parameters: ParameterSet | null,
): Task<StreamingCursor> {
  const bound = compiled.bind(values, parameters);
  const stream: RowStream = yield* connection.driverStream(bound.sql, bound.parameters, optionsFor(compiled));
  return {
    keys: keysOf(compiled, stream.columns),
    compiled,
    *next(size) {
      const rows = yield* connection.fromStream(stream, size);
      decodeRows(connection.engine.dialect, compiled, stream, rows);
      return rows;
    },
    *close() {
      yield* connection.closeStream(stream);
    },
  };
}
