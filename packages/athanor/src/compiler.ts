/**
 * What a dialect of one's own is made of: the compilers to extend, and the nodes that their methods get. The dialects
 * to start from are in `athanor/sqlite` and its like.
 *
 * @module athanor/compiler
 */
export {
  type CompileOptions,
  type CompilingDialect,
  compileNode,
  compilerFor,
  type StatementCompilerClass,
} from "./sql/compile/compile.ts";
export { CompiledStatement, type Slot } from "./sql/compile/compiled.ts";
export { DdlCompiler } from "./sql/compile/ddl-compiler.ts";
export type { Naming, Scope } from "./sql/compile/from-compiler.ts";
export type { CompilerOptions } from "./sql/compile/parameter-compiler.ts";
export type { Capabilities, SqlDialect } from "./sql/compile/sql-dialect.ts";
export { StatementCompiler } from "./sql/compile/statement-compiler.ts";
export type * from "./sql/nodes/expressions.ts";
export type { Node, NodeKind, NodeOf } from "./sql/nodes/fields.ts";
export type * from "./sql/nodes/froms.ts";
export { type Operator, operators } from "./sql/nodes/operators.ts";
export type * from "./sql/nodes/statements.ts";
export { SqlType, type TypeTraits } from "./sqltypes/sql-type.ts";
