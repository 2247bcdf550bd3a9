import { ObjectNotExecutableError } from "../errors/errors.ts";
import { DdlElement } from "../schema/ddl-element.ts";
import { describe, offersNode } from "../sql/coercions/operands.ts";
import { compileNode } from "../sql/compile/compile.ts";
import type { BoundStatement, CompiledStatement } from "../sql/compile/compiled.ts";
import { parameterKeys } from "../sql/compile/parameter-keys.ts";
import type { SchemaTranslation } from "../sql/compile/schema-translation.ts";
import type { BindNode } from "../sql/nodes/expressions.ts";
import type { StatementNode } from "../sql/nodes/statements.ts";
import { isStatement } from "../sql/statement/statement.ts";
import { textStatement } from "../sql/statement/text-statement.ts";
import { type CacheKey, cacheKey } from "../sql/traverse/cache-key.ts";
import type { LruCache } from "../util/lru-cache.ts";
import { NODE } from "../util/symbols.ts";
import { warn } from "../util/warn.ts";
import type { Dialect } from "./dialect.ts";
import type { ExecuteOptions } from "./driver.ts";

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

/** The same for a node that no user has given. */
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

/** The values that a statement was built with, in the order of its cache key. */
export function valuesOf(binds: readonly BindNode[]): readonly unknown[] {
  const values = new Array<unknown>(binds.length);
  for (let i = 0; i < binds.length; i += 1) values[i] = (binds[i] as BindNode).value;
  return values;
}

/** What the driver is told of a statement that it executes. */
export function optionsFor(compiled: CompiledStatement): ExecuteOptions {
  return { returnsRows: compiled.returnsRows, bigints: compiled.bigints, converted: true, prepare: true };
}

/** Keys of the columns of the result: those of the statement, or what the database calls them. */
export function keysOf(compiled: CompiledStatement, columns: readonly string[]): readonly string[] {
  return compiled.knowsColumns ? compiled.keys : columns;
}
