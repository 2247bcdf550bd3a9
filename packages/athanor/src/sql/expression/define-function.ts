import type { Column, Given } from "../../schema/column.ts";
import type { VALUE } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { operand } from "../coercions/operands.ts";
import type { ElementCompiler } from "../nodes/expressions.ts";
import { CustomExpression, compiles } from "./custom.ts";
import { type AnyExpression, Expression } from "./expression.ts";
import { called } from "./functions/call.ts";

type Declared = readonly Column<unknown, Given>[];
/** An argument is a value of its declared type, or SQL that gives one. */
type ArgumentsOf<A extends Declared> = {
  readonly [I in keyof A]: A[I] extends { readonly [VALUE]: infer T }
    ? T | Expression<T | null, string, string>
    : never;
};
interface Fields {
  readonly args: readonly AnyExpression[];
}

export interface FunctionDefinition<A extends Declared, T> {
  /** As the database knows it, with a schema in front where it has one: `"reporting.net_price"`. */
  readonly name: string;
  /** Types of the arguments; plain values are bound as such. */
  readonly arguments: A;
  /** The type of its value; `.nullable()` where it may be null. */
  readonly returns: Column<T, Given>;
  /** What stands instead of the call on databases that lack the function, by dialect. */
  readonly compile?: Readonly<Record<string, (args: readonly AnyExpression[], compiler: ElementCompiler) => string>>;
}

/**
 * A function of the database as a function of the program, with types.
 *
 * @example
 * const levenshtein = defineFunction({ name: "levenshtein", arguments: [text(), text()], returns: integer() });
 * select(User.name).orderBy(levenshtein(User.name, "ada"));
 */
export function defineFunction<const A extends Declared, T>(
  definition: FunctionDefinition<A, T>,
): (...args: ArgumentsOf<A>) => Expression<T> {
  const { name, returns, compile = {} } = definition;
  const types = definition.arguments.map(typeOfColumn);
  const type = typeOfColumn(returns);
  const nodes = (args: readonly unknown[]) => types.map((each, i) => operand(args[i], each, `${name}()`));
  const plain = (...args: readonly unknown[]) => called<T>(name, nodes(args), type);
  if (Object.keys(compile).length === 0) return plain;

  class Defined extends CustomExpression<T, Fields> {}
  compiles(Defined, ({ args }, compiler) => compiler.process(plain(...args)));
  for (const [dialect, write] of Object.entries(compile)) {
    compiles(Defined, ({ args }, compiler) => write(args, compiler), dialect);
  }
  return (...args) => new Defined(returns, { args: nodes(args).map((node) => new Expression(node)) });
}
