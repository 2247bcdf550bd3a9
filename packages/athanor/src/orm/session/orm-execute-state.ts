import type { ExecutionParameters } from "../../engine/prepare.ts";
import type { Result } from "../../engine/result.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import type { OptionNode, StatementNode } from "../../sql/nodes/statements.ts";
import { readAsOf } from "../../sql/statement/from-statement.ts";
import { optionNodesOf } from "../../sql/statement/option-nodes.ts";
import { isStatement } from "../../sql/statement/statement.ts";
import type { Executable, ExecutionOptions, LoaderOption } from "../../sql/statement/types.ts";
import { type MapperInfo, mapperInfo, type RelationshipInfo, relationshipInfo } from "../inspection/mapper-info.ts";
import { type Execution, mappersIn, nodeOf } from "./execution.ts";

/** A statement of which nothing is known but that it can be executed. */
type AnyStatement = Executable<unknown, unknown, unknown>;

/** What a session's own methods answer with: at once, or with a promise. */
export type Answer<S, T> = S extends { flush(): PromiseLike<unknown> } ? Promise<T> : T;

/** Another statement, other parameters, or other options for `invokeStatement()`. */
export interface Invocation {
  readonly statement?: AnyStatement;
  readonly parameters?: ExecutionParameters;
  readonly executionOptions?: ExecutionOptions;
}

/** How an execution goes on when its handlers have been heard. @internal */
export interface OrmExecuteHost<S> {
  readonly session: S;
  /** Runs the handlers that are left, and then the statement. */
  invoke(execution: Execution): Answer<S, Result<unknown, unknown>>;
  /** Takes rows of objects over into the session. */
  adopt(frozen: () => Result<unknown, unknown>): Answer<S, Result<unknown, unknown>>;
}

/**
 * What a session is about to execute, as handlers of `doOrmExecute` see it: statements of the program, and those that load
 * relationships and columns. They may change it, or give another result in its place.
 */
export class OrmExecuteState<out S> {
  readonly session: S;
  readonly #host: OrmExecuteHost<S>;
  #execution: Execution;
  #node: StatementNode | null | undefined;

  /** @internal */
  constructor(host: OrmExecuteHost<S>, execution: Execution) {
    this.session = host.session;
    this.#host = host;
    this.#execution = execution;
  }

  /** With everything that handlers have changed so far. @internal */
  get $execution(): Execution {
    return this.#execution;
  }
  #change(changes: Partial<Execution>): void {
    this.#execution = { ...this.#execution, ...changes };
    this.#node = undefined;
  }

  // ── what it is ─────────────────────────────────────────────────────────────
  /** The statement: what the program gave, or the SELECT of a loader. */
  get statement(): AnyStatement {
    return this.#execution.statement as AnyStatement;
  }
  /** Parameters of the execution: an object by name, a list of such objects, or undefined. */
  get parameters(): ExecutionParameters {
    return this.#execution.parameters;
  }
  get executionOptions(): ExecutionOptions {
    return this.#execution.options;
  }
  get #kind(): StatementNode["kind"] | null {
    if (this.#node === undefined) this.#node = nodeOf(this.#execution.statement);
    return this.#node?.kind ?? null;
  }
  /** A query: SELECT, a set operation, VALUES, or text that says which columns it returns. */
  get isSelect(): boolean {
    const kind = this.#kind;
    return kind === "select" || kind === "compound" || kind === "values" || this.isFromStatement;
  }
  get isInsert(): boolean {
    return this.#kind === "insert";
  }
  get isUpdate(): boolean {
    return this.#kind === "update";
  }
  get isDelete(): boolean {
    return this.#kind === "delete";
  }
  /** A list of parameter sets: the statement is executed once for each. */
  get isExecutemany(): boolean {
    return Array.isArray(this.parameters);
  }
  /** A statement of the program's own whose rows are read as objects or typed columns: `fromStatement()`, text with columns. */
  get isFromStatement(): boolean {
    const node = this.#kind === null ? null : (this.#node ?? null);
    if (node === null || !("options" in node)) return false;
    return readAsOf(node.options) !== null || (node.kind === "textStatement" && node.columns.length > 0);
  }
  /** The statement speaks of a mapped class. */
  get isOrmStatement(): boolean {
    return this.mappers.length > 0;
  }
  /** A relationship is being loaded, when it is read or along with a query. */
  get isRelationshipLoad(): boolean {
    return typeof this.#execution.about === "object" && this.#execution.about !== null;
  }
  /** Columns of an object that is there are being loaded: it has expired, or is refreshed, or they were deferred. */
  get isColumnLoad(): boolean {
    return this.#execution.about === "columns";
  }
  /** The relationship that is being loaded, or null. */
  get loadedRelationship(): RelationshipInfo | null {
    const { about } = this.#execution;
    return typeof about === "object" && about !== null ? relationshipInfo(about) : null;
  }
  /** The mapped classes that the statement selects from or writes to, in their order. */
  get mappers(): readonly MapperInfo[] {
    const node = nodeOf(this.#execution.statement);
    return node === null ? [] : mappersIn(node).map(mapperInfo);
  }
  /** The first of them: it says which database the statement goes to. Null for statements of the core. */
  get bindMapper(): MapperInfo | null {
    return this.mappers[0] ?? null;
  }

  // ── changing it ────────────────────────────────────────────────────────────
  /** Puts another statement in its place. Of a load it has to return the same columns. */
  setStatement(statement: AnyStatement): void {
    const own = isStatement(statement) ? statement.$options : {};
    this.#change({ statement, added: [], options: { ...this.#execution.options, ...own } });
  }
  setParameters(parameters: ExecutionParameters): void {
    this.#change({ parameters });
  }
  /** Replaces some options of the execution. */
  updateExecutionOptions(options: ExecutionOptions): void {
    this.#change({ options: { ...this.#execution.options, ...options } });
  }
  /** Adds loader options to the statement, as its own `options()` would. */
  addOptions(...options: readonly LoaderOption<string>[]): void {
    const node = nodeOf(this.#execution.statement);
    if (node === null || !("options" in node))
      throw new InvalidRequestError("This statement takes no options: it is text, DDL, or VALUES.");
    const nodes: readonly OptionNode[] = options.flatMap(optionNodesOf);
    this.#change({ added: [...this.#execution.added, ...nodes] });
  }

  // ── executing it ───────────────────────────────────────────────────────────
  /**
   * Executes the statement now, with the handlers that come after this one, and gives its result. A handler that returns a
   * result puts it in place of the execution's: return this one, a copy of a frozen one, or another.
   */
  invokeStatement(invocation: Invocation = {}): Answer<S, Result<unknown, unknown>> {
    const { statement, parameters, executionOptions } = invocation;
    const execution = this.#execution;
    return this.#host.invoke({
      ...execution,
      ...(statement !== undefined && { statement, added: [] }),
      ...(parameters !== undefined && { parameters }),
      options: { ...execution.options, ...executionOptions },
    });
  }
  /**
   * A copy of a frozen result (`result.freeze()`), perhaps of another session: its objects are merged into this session
   * without asking the database.
   */
  mergeFrozen(frozen: () => Result<unknown, unknown>): Answer<S, Result<unknown, unknown>> {
    return this.#host.adopt(frozen);
  }
}
