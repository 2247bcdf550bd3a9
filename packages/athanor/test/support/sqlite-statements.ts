import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { SqliteCompiler } from "../../src/dialects/sqlite/compiler.ts";
import { SqliteDialect } from "../../src/dialects/sqlite/dialect.ts";
import { bindable } from "../../src/drivers/sqlite-values.ts";
import { offersNode } from "../../src/sql/coercions/operands.ts";
import type { CompiledStatement } from "../../src/sql/compile/compiled.ts";
import type { SqlDialect } from "../../src/sql/compile/sql-dialect.ts";
import type { StatementNode } from "../../src/sql/nodes/statements.ts";
import { textStatement } from "../../src/sql/statement/text-statement.ts";
import { type CacheKey, cacheKey } from "../../src/sql/traverse/cache-key.ts";
import { NODE } from "../../src/util/symbols.ts";

export type ParameterSet = Readonly<Record<string, unknown>>;

export const sqlite: SqlDialect = new SqliteDialect();

/** A statement compiled without an engine, beside the values that it brings. */
export interface Compiled {
  readonly statement: CompiledStatement;
  readonly key: CacheKey;
  readonly values: readonly unknown[];
}

/** The node of what users execute: a statement, or raw SQL. */
export function statementNode(statement: unknown): StatementNode {
  if (offersNode(statement)) {
    const node = statement[NODE];
    switch (node.kind) {
      case "fragment":
        return textStatement(node, []);
      case "select":
      case "compound":
      case "values":
      case "textStatement":
      case "insert":
      case "update":
      case "delete":
        return node;
    }
  }
  throw new TypeError("That is no statement");
}

export function compile(
  statement: unknown,
  keys: readonly string[] | null = null,
  dialect: SqlDialect = sqlite,
  literalBinds: boolean = false,
): Compiled {
  const node = statementNode(statement);
  const key = cacheKey(node);
  const compiler = new SqliteCompiler(dialect, { binds: key.binds, literalBinds });
  return { statement: compiler.compile(node, keys), key, values: key.binds.map((bind) => bind.value) };
}

/** The SQL of a statement, and its parameters as the driver gets them, but with numbers in the place of bigints. */
export function sqlOf(statement: unknown, parameters: ParameterSet | null = null): [sql: string, ...unknown[]] {
  const compiled = compile(statement, parameters === null ? null : Object.keys(parameters));
  const bound = compiled.statement.bind(compiled.values, parameters);
  return [bound.sql, ...bound.parameters.map((value) => (typeof value === "bigint" ? Number(value) : value))];
}

export interface Outcome {
  readonly columns: readonly string[];
  readonly rows: unknown[][];
  readonly rowCount: number;
}

/** Executes a statement on a connection of node:sqlite, as an engine would. */
export function execute(database: DatabaseSync, statement: unknown, parameters: ParameterSet | null = null): Outcome {
  const compiled = compile(statement, parameters === null ? null : Object.keys(parameters));
  const { sql, parameters: values } = compiled.statement.bind(compiled.values, parameters);
  const prepared = database.prepare(sql);
  const given = prepared.columns().map(({ name }) => name);
  const columns = compiled.statement.knowsColumns ? compiled.statement.columns.map(({ name }) => name) : given;
  if (given.length === 0) {
    return { columns, rows: [], rowCount: Number(prepared.run(...(bindable(values) as SQLInputValue[])).changes) };
  }
  prepared.setReturnArrays(true);
  prepared.setReadBigInts(compiled.statement.bigints);
  const rows = prepared.all(...(bindable(values) as SQLInputValue[])) as unknown as unknown[][];
  compiled.statement.decode?.(rows);
  return { columns, rows, rowCount: rows.length };
}
