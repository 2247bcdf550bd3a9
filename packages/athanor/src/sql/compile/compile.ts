import { ArgumentError } from "../../errors/errors.ts";
import { columnsOf } from "../coercions/operands.ts";
import type { BindNode, ExpressionNode } from "../nodes/expressions.ts";
import type { StatementNode } from "../nodes/statements.ts";
import { type CacheKey, cacheKey } from "../traverse/cache-key.ts";
import type { BoundStatement, CompiledStatement } from "./compiled.ts";
import { defaultDialect } from "./default-dialect.ts";
import type { CompilerOptions } from "./parameter-compiler.ts";
import { parameterKeys, takesColumns } from "./parameter-keys.ts";
import type { SqlDialect } from "./sql-dialect.ts";
import { StatementCompiler } from "./statement-compiler.ts";

/** A dialect that brings its own compiler; the standard one serves where it does not. */
export interface CompilingDialect extends SqlDialect {
  readonly statementCompiler?: StatementCompilerClass;
}
export type StatementCompilerClass = new (dialect: SqlDialect, options: CompilerOptions) => StatementCompiler;

/** What `compile()` of statements and expressions takes. */
export interface CompileOptions {
  /** For which database: `dialect()` of `athanor/sqlite` and its like. Default: portable SQL, for reading. */
  readonly dialect?: CompilingDialect;
  /** Values are written into the text as literals. For reading and for scripts: executions bind them. Default false. */
  readonly literalBinds?: boolean;
  /** Values of named parameters, and of an INSERT's or UPDATE's columns where the statement does not say them. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** The compiler of a dialect for one statement. */
export function compilerFor(dialect: CompilingDialect, options: CompilerOptions): StatementCompiler {
  const Compiler = dialect.statementCompiler ?? StatementCompiler;
  return new Compiler(dialect, options);
}

/** Compiles a statement for what executes it. */
export function compileNode(
  dialect: CompilingDialect,
  node: StatementNode,
  binds: readonly BindNode[],
  keys: readonly string[] | null,
  options: Omit<CompilerOptions, "binds"> = {},
): CompiledStatement {
  return compilerFor(dialect, { ...options, binds }).compile(node, keys);
}

/** SQL and parameters of a statement, as an execution with these parameters would send them. */
export function compileStatement(node: StatementNode, key: CacheKey, options: CompileOptions): BoundStatement {
  const set = options.parameters ?? null;
  const keys = set === null ? null : parameterKeys(node, set);
  return bound(compiler(key, options).compile(node, keys), key, options);
}

/** The same for an expression that stands alone. */
export function compileExpression(node: ExpressionNode, options: CompileOptions): BoundStatement {
  const key = cacheKey(node);
  return bound(compiler(key, options).compileExpression(node), key, options);
}

function compiler({ binds }: CacheKey, { dialect = defaultDialect, literalBinds = false, parameters }: CompileOptions) {
  if (typeof dialect !== "object" || typeof dialect.quote !== "function") {
    throw new ArgumentError(
      'compile() takes a dialect as dialect() gives it: import { dialect } from "athanor/sqlite", "athanor/postgresql" or "athanor/mysql".',
    );
  }
  return compilerFor(dialect, { binds, literalBinds, ...(parameters === undefined ? {} : { parameters }) });
}

function bound(compiled: CompiledStatement, { binds }: CacheKey, { parameters }: CompileOptions): BoundStatement {
  return compiled.bind(
    binds.map(({ value }) => value),
    parameters ?? null,
  );
}

/**
 * A statement's text for logs: portable SQL, with `?` where a value is bound.
 *
 * @throws UnsupportedCompilationError when it holds a construct of one database.
 */
export function readableStatement(node: StatementNode, key: CacheKey): string {
  const keys = takesColumns(node) ? columnsOf(node.table).map((column) => column.key) : null;
  return compileNode(defaultDialect, node, key.binds, keys).texts.join(defaultDialect.placeholder(1));
}

/** The same for an expression that stands alone. */
export function readableExpression(node: ExpressionNode): string {
  const { binds } = cacheKey(node);
  return compilerFor(defaultDialect, { binds }).compileExpression(node).texts.join(defaultDialect.placeholder(1));
}
