import { CompileError } from "../../errors/errors.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import type { StatementNode } from "../nodes/statements.ts";
import { type CompilingDialect, compilerFor } from "./compile.ts";

/**
 * An expression as text that stands by itself, in DDL: values are literals, columns are named without their table.
 *
 * @throws CompileError when it holds a parameter without a value.
 */
export function compileFragment(node: object, dialect: CompilingDialect): string {
  const compiler = compilerFor(dialect, { binds: [], literalBinds: true, unqualified: true });
  if (!("kind" in node)) throw new CompileError("A piece of DDL is no SQL expression.");
  return compiler.condition(node as ExpressionNode);
}

/**
 * A query as text that stands by itself, in views: values are literals.
 *
 * @throws CompileError when it holds a parameter without a value.
 */
export function compileQuery(node: object, dialect: CompilingDialect, translatesSchemas: boolean): string {
  if (!("kind" in node)) throw new CompileError("A view is made of a query: select(…) or a set operation.");
  const options = { binds: [], literalBinds: true, translatesSchemas };
  const compiled = compilerFor(dialect, options).compile(node as StatementNode, null);
  return compiled.texts.join("");
}
