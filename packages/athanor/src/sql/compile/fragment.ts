import { CompileError } from "../../errors/errors.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import type { SqlDialect } from "./sql-dialect.ts";
import { StatementCompiler } from "./statement-compiler.ts";

/** A dialect that brings its own compiler; the standard one serves where it does not. */
export interface CompilingDialect extends SqlDialect {
  readonly statementCompiler?: typeof StatementCompiler;
}

/**
 * An expression as text that stands by itself, in DDL: values are literals, columns are named without their table.
 *
 * @throws CompileError when it holds a parameter without a value.
 */
export function compileFragment(node: object, dialect: CompilingDialect): string {
  const Compiler = dialect.statementCompiler ?? StatementCompiler;
  const compiler = new Compiler(dialect, { binds: [], literalBinds: true, unqualified: true });
  if (!("kind" in node)) throw new CompileError("A piece of DDL is no SQL expression.");
  return compiler.condition(node as ExpressionNode);
}
