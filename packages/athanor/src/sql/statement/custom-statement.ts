import type { FIELDS, NAMES, PARAMETERS, ROW } from "../../util/symbols.ts";
import { nullType } from "../coercions/literal-types.ts";
import { constructOf, customNode } from "../expression/custom-nodes.ts";
import type { AnyExpression } from "../expression/expression.ts";
import type { TextStatementNode } from "../nodes/statements.ts";
import { Statement } from "./statement.ts";
import { textStatement } from "./text-statement.ts";
import type { Parameters, RowName, RowTuple, Selected } from "./types.ts";

/**
 * A statement of your own, with fields as those of a `CustomExpression`; `columns` says what it returns, where that
 * matters. Functions registered with `compiles()` say what it is written as.
 *
 * @example
 * class Explain extends CustomStatement<{ query: SqlElement }> {
 *   constructor(query: SqlElement) {
 *     super({ query });
 *   }
 * }
 * compiles(Explain, ({ query }, compiler) => `EXPLAIN ${compiler.query(query)}`);
 */
export abstract class CustomStatement<
  F extends object = object,
  A extends readonly AnyExpression[] = readonly [],
> extends Statement<TextStatementNode> {
  declare readonly [FIELDS]: F;
  declare readonly [ROW]: [A] extends [readonly []] ? readonly unknown[] : RowTuple<A>;
  declare readonly [NAMES]: { readonly [X in A[number] as RowName<X>]: Selected<X, never, never> };
  declare readonly [PARAMETERS]: Parameters;

  /** @throws ArgumentError when a field is undefined or a function. */
  constructor(fields: F, ...columns: A) {
    super(textStatement(customNode(constructOf(new.target), fields, nullType), columns));
  }
}
