import type { ConnectionCore } from "../../engine/connection-core.ts";
import { executeDdlElement } from "../../engine/execute-ddl.ts";
import {
  executeCompiled,
  executeDescribed,
  executePrepared,
  streamCompiled,
  streamStatement,
} from "../../engine/execution.ts";
import type { RowCursor } from "../../engine/pending-result.ts";
import {
  compiledFor,
  type ExecutionParameters,
  type ParameterSet,
  type Prepared,
  prepare,
  valuesOf,
} from "../../engine/prepare.ts";
import type { ResultContent } from "../../engine/result.ts";
import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { DdlElement } from "../../schema/ddl-element.ts";
import type { DmlNode, TextStatementNode } from "../../sql/nodes/statements.ts";
import { readAsOf } from "../../sql/statement/from-statement.ts";
import { isStatement } from "../../sql/statement/statement.ts";
import type { ExecutionOptions } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import type { IdentityToken } from "../instrumentation/instance-state.ts";
import type { LoadContext } from "../loading/load-context.ts";
import type { RowPlan } from "../loading/query-plan.ts";
import { executeDml } from "../query/execute-dml.ts";
import { SessionDml } from "./dml.ts";
import type { Execution } from "./execution.ts";
import { mergedResults, streamsInTurn } from "./merged-results.ts";
import { cursorOver, isObserved, observed, observedStream, type SessionResult } from "./orm-execute.ts";
import { arranged, describedText, keysOf, type Query, queryFor, withStandingOptions } from "./queries.ts";
import { routeRequest } from "./route-request.ts";
import type { SessionCore } from "./session-core.ts";
import { shardsOfStatement } from "./shards.ts";

/** Options of the engine, over them those of the statement, over them those of the execution. */
export function optionsOf(core: SessionCore, statement: unknown, options: ExecutionOptions): ExecutionOptions {
  return { ...core.executionOptions, ...(isStatement(statement) && statement.$options), ...options };
}

/** Executes a statement in the session's transaction; what is selected as a mapped class becomes objects of the session. */
export function executeInSession(
  core: SessionCore,
  statement: unknown,
  parameters: ExecutionParameters,
  options: ExecutionOptions,
): Task<SessionResult> {
  if (!isObserved(core)) return perform(core, { statement, added: [], parameters, options, about: null });
  return observed(core, { statement, added: [], parameters, options, about: null }, (final) => perform(core, final));
}

function perform(core: SessionCore, execution: Execution): Task<SessionResult> {
  const { statement, parameters, options } = execution;
  if (isPlain(core, options)) return limited(core, options, execute(core, statement, parameters, options));
  return executeThere(core, execution);
}

/** There is one database, and nothing is said to a router. */
function isPlain({ shards }: SessionCore, { identityToken, bindArguments }: ExecutionOptions): boolean {
  return shards === null && identityToken === undefined && bindArguments === undefined;
}

/** Executes a statement on each of the databases that it is for, and gives their rows one after the other. */
function* executeThere(core: SessionCore, { statement, parameters, options }: Execution): Task<SessionResult> {
  const results: SessionResult[] = [];
  const given = options.bindArguments ?? core.bindArguments;
  const work = function* () {
    for (const token of shardsOfStatement(core, statement, parameters, options.identityToken)) {
      const one = limited(core, options, execute(core, statement, parameters, options));
      results.push(yield* core.onShard(token, one));
    }
  };
  yield* core.withBindArguments(given, work());
  return mergedResults(results);
}

/** Keeps to the options' signal and timeout, and to the schemas that they mean, where they say any. */
function* limited<T>(core: SessionCore, options: ExecutionOptions, task: Task<T>): Task<T> {
  const { signal, timeout, autoflush, schemaTranslateMap: schemas } = options;
  if (signal === undefined && timeout === undefined && schemas === undefined) return yield* task;
  signal?.throwIfAborted();
  // What is pending belongs where the session's objects belong.
  if (schemas !== undefined && autoflush !== false) yield* core.autoflush();
  const connection = yield* core.connection();
  return yield* connection.limitedTo(options, connection.inSchemas(schemas, task));
}

function* execute(
  core: SessionCore,
  statement: unknown,
  parameters: ExecutionParameters,
  options: ExecutionOptions,
): Task<SessionResult> {
  core.activeTransaction();
  if (statement instanceof DdlElement) {
    if (options.autoflush !== false) yield* core.autoflush();
    const cursor = yield* executeDdlElement(yield* core.connection(), statement);
    return { cursor, content: cursor };
  }
  const prepared = withStandingOptions(core.standingOptions, prepare(statement));
  if (isDml(prepared)) return yield* executeDmlInSession(core, prepared, parameters, options);
  if (options.autoflush !== false) yield* core.autoflush();
  const connection = core.openConnection ?? (yield* core.connection(routeRequest(prepared.node)));
  if (isUndescribed(prepared)) return yield* executeText(core, connection, prepared, singleSet(parameters), options);
  const query = queryFor(connection.engine, prepared);
  if (query === null) {
    const cursor = yield* executePrepared(connection, prepared, parameters);
    return { cursor, content: cursor };
  }
  const set = singleSet(parameters);
  const values = valuesOf(prepared.key.binds);
  const cursor = yield* executeCompiled(connection, query.compiled, values, set, prepared.node);
  const { plan, keys } = query;
  if (plan === null) return { cursor, content: cursor };
  const context = contextOf(core, values, set, options);
  const columns = yield* plan.load(arranged(cursor.rows, query), context);
  return { cursor, content: new LoadedContent(plan, keys, columns, cursor.rows.length) };
}

type PreparedText = Prepared & { readonly node: TextStatementNode };

/** Text that is read as entities, and does not say what it returns. */
function isUndescribed({ node }: Prepared): boolean {
  return node.kind === "textStatement" && node.columns.length === 0 && readAsOf(node.options) !== null;
}

function* executeText(
  core: SessionCore,
  connection: ConnectionCore,
  prepared: Prepared,
  set: ParameterSet | null,
  options: ExecutionOptions,
): Task<SessionResult> {
  const { node, key } = prepared as PreparedText;
  const { engine } = connection;
  const values = valuesOf(key.binds);
  let query: Query | null = null;
  const compiled = compiledFor(engine, prepared, null);
  const cursor = yield* executeDescribed(connection, compiled, values, set, (names) => {
    query = queryFor(engine, describedText(node, readAsOf(node.options) ?? [], names));
    return query?.compiled ?? compiled;
  });
  const { plan = null, keys = [] } = (query as Query | null) ?? {};
  if (query === null || plan === null) return { cursor, content: cursor };
  const columns = yield* plan.load(arranged(cursor.rows, query), contextOf(core, values, set, options));
  return { cursor, content: new LoadedContent(plan, keys, columns, cursor.rows.length) };
}

type PreparedDml = Prepared & { readonly node: DmlNode };

function isDml(prepared: Prepared): prepared is PreparedDml {
  const { kind } = prepared.node;
  return kind === "insert" || kind === "update" || kind === "delete";
}

function* executeDmlInSession(
  core: SessionCore,
  prepared: PreparedDml,
  parameters: ExecutionParameters,
  options: ExecutionOptions,
): Task<SessionResult> {
  if (options.autoflush !== false) yield* core.autoflush();
  const connection = yield* core.connection(routeRequest(prepared.node));
  const session = new SessionDml(core, connection);
  const { cursor, plan, columns } = yield* executeDml(session, prepared, parameters, options);
  if (plan === null || columns === null) return { cursor, content: cursor };
  const rows = assembled(columns, cursor.rows.length);
  return { cursor, content: { keys: keysOf(plan, prepared.node.returning), rows } };
}

/** The same row by row: objects are made of each batch as it comes. */
export function streamInSession(
  core: SessionCore,
  statement: unknown,
  parameters: ExecutionParameters,
  options: ExecutionOptions,
): Task<RowCursor> {
  const execution: Execution = { statement, added: [], parameters, options, about: null };
  if (!isObserved(core)) return streamThere(core, execution);
  return observedStream(
    core,
    execution,
    (final) => perform(core, final),
    (final) => streamThere(core, final),
  );
}

/** The rows of several databases one after the other. */
function* streamThere(core: SessionCore, execution: Execution): Task<RowCursor> {
  const { statement, parameters, options } = execution;
  if (isPlain(core, options)) return yield* limitedStream(core, execution);
  const given = options.bindArguments ?? core.bindArguments;
  const there = <T>(token: IdentityToken | null, task: Task<T>) =>
    core.withBindArguments(given, core.onShard(token, task));
  const tokens = [...shardsOfStatement(core, statement, parameters, options.identityToken)];
  const open = (token: IdentityToken | null) => there(token, limitedStream(core, execution));
  return yield* streamsInTurn(tokens, open, there);
}

function* limitedStream(core: SessionCore, { statement, parameters, options }: Execution): Task<RowCursor> {
  const cursor = yield* limited(core, options, stream(core, statement, parameters, options));
  return { ...cursor, next: (size) => limited(core, options, cursor.next(size)) };
}

function* stream(
  core: SessionCore,
  statement: unknown,
  parameters: ExecutionParameters,
  options: ExecutionOptions,
): Task<RowCursor> {
  core.activeTransaction();
  const prepared = withStandingOptions(core.standingOptions, prepare(statement));
  const set = singleSet(parameters);
  if (options.autoflush !== false) yield* core.autoflush();
  const connection = yield* core.connection(routeRequest(prepared.node));
  if (isUndescribed(prepared))
    return cursorOver((yield* executeText(core, connection, prepared, set, options)).content);
  const query = queryFor(connection.engine, prepared);
  if (query === null) return yield* streamStatement(connection, statement, set ?? undefined);
  const { plan, keys } = query;
  if (plan?.requiresUnique === true) {
    throw new InvalidRequestError(
      "A query with joined eager loads of collections cannot be streamed: its rows belong together. Use selectinload().",
    );
  }
  const values = valuesOf(prepared.key.binds);
  const cursor = yield* streamCompiled(connection, query.compiled, values, set);
  if (plan === null) return cursor;
  const context = contextOf(core, values, set, options);
  return {
    keys,
    *next(size) {
      core.releaseUnchanged();
      const rows = yield* cursor.next(size);
      return assembled(yield* plan.load(arranged(rows, query), context), rows.length);
    },
    close: () => cursor.close(),
  };
}

function contextOf(
  core: SessionCore,
  values: readonly unknown[],
  set: ParameterSet | null,
  options: ExecutionOptions,
): LoadContext {
  return { session: core, populateExisting: options.populateExisting ?? false, values, parameters: set ?? {} };
}

function singleSet(parameters: ExecutionParameters): ParameterSet | null {
  if (parameters === undefined) return null;
  if (Array.isArray(parameters)) {
    throw new ArgumentError("A query takes one set of parameters; a list of sets is for INSERT, UPDATE and DELETE.");
  }
  return parameters as ParameterSet;
}

/** What a query with entities gives, by column: mostly there is one, and nobody asks for rows. */
class LoadedContent implements ResultContent {
  readonly keys: readonly string[];
  readonly needsUnique: boolean;
  readonly #columns: readonly unknown[][];
  readonly #count: number;

  constructor(plan: RowPlan, keys: readonly string[], columns: readonly unknown[][], count: number) {
    this.keys = keys;
    this.needsUnique = plan.requiresUnique;
    this.#columns = columns;
    this.#count = count;
  }

  get rows(): unknown[][] {
    return assembled(this.#columns, this.#count);
  }
  column(index: number): unknown[] {
    return this.#columns[index] ?? [];
  }
}

/** Rows of what their elements have become. */
function assembled(columns: readonly (readonly unknown[])[], count: number): unknown[][] {
  const rows = new Array<unknown[]>(count);
  const [only] = columns;
  if (columns.length === 1 && only !== undefined) {
    for (let i = 0; i < count; i += 1) rows[i] = [only[i]];
    return rows;
  }
  for (let i = 0; i < count; i += 1) rows[i] = columns.map((values) => values[i]);
  return rows;
}
