import { ArgumentError } from "../errors/errors.ts";
import { DdlElement } from "../schema/ddl-element.ts";
import { describe } from "../sql/coercions/operands.ts";
import type { CompiledStatement } from "../sql/compile/compiled.ts";
import { parameterKeys } from "../sql/compile/parameter-keys.ts";
import type { StatementNode } from "../sql/nodes/statements.ts";
import type { Task } from "../util/task.ts";
import { executeBatch } from "./batches.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { CursorResult } from "./cursor-result.ts";
import type { RowStream } from "./driver.ts";
import { executeDdlElement } from "./execute-ddl.ts";
import { announced, type ExecuteEvent } from "./execute-events.ts";
import { insertedKeys } from "./inserted-keys.ts";
import { decodeRows } from "./natural-values.ts";
import {
  compiledFor,
  type ExecutionParameters,
  keysOf,
  optionsFor,
  type ParameterSet,
  type Prepared,
  prepare,
  valuesOf,
} from "./prepare.ts";

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

/**
 * Executes text of which it is not known what it returns, before the database has said it: `describe` then tells how its
 * columns are to be read.
 */
export function* executeDescribed(
  connection: ConnectionCore,
  compiled: CompiledStatement,
  values: readonly unknown[],
  parameters: ParameterSet | null,
  describe: (columns: readonly string[]) => CompiledStatement,
): Task<CursorResult> {
  const bound = compiled.bind(values, parameters);
  const result = yield* connection.driverExecute(bound.sql, bound.parameters, optionsFor(compiled));
  const { columns, rows, rowCount, lastInsertId } = result;
  if (columns.length > 0) decodeRows(connection.engine.dialect, describe(columns), result, rows);
  const returnsRows = columns.length > 0;
  return { returnsRows, keys: columns, rows, rowCount, lastInsertId, insertedPrimaryKeys: null, compiled };
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
