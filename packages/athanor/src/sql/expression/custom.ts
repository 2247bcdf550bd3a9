import type { Column, Given } from "../../schema/column.ts";
import type { FIELDS } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { type CompileFunction, constructOf, customNode, register } from "./custom-nodes.ts";
import { Expression } from "./expression.ts";

/**
 * An expression of your own. Its fields are given to `super()`: expressions, lists of expressions and SELECTs become part
 * of the statement like any others; plain values (text, numbers, booleans, null) become part of its structure. What it is
 * written as, functions say that are registered with {@link compiles}.
 *
 * Statements of one structure share their SQL. A field that holds any other object has no structure that could be
 * compared: such a statement is compiled each time. What users bring belongs into expressions (`literal(value)`), where
 * it is bound; a plain field is for what the SQL depends on.
 *
 * @example
 * class Greatest extends CustomExpression<number, { items: readonly Expression<number, string, string>[] }> {
 *   constructor(...items: readonly Expression<number, string, string>[]) {
 *     super(integer(), { items });
 *   }
 * }
 * compiles(Greatest, ({ items }, compiler) => `greatest(${compiler.list(items)})`);
 * compiles(Greatest, ({ items }, compiler) => `max(${compiler.list(items)})`, "sqlite");
 */
export abstract class CustomExpression<
  out T,
  out F extends object = object,
  out O extends string = never,
> extends Expression<T, O> {
  declare readonly [FIELDS]: F;

  /** @throws ArgumentError when a field is undefined or a function. */
  constructor(type: Column<T, Given>, fields: F) {
    super(customNode(constructOf(new.target), fields, typeOfColumn(type)));
  }
}

/** Anything that {@link compiles} can say the SQL of. */
export interface CustomElement {
  readonly [FIELDS]: object;
}

/**
 * Says what the instances of a class are written as: for one database, or for all that have no function of their own.
 * A class without a function is written as the class that it extends. The last one registered counts; statements that
 * were compiled before keep what they have.
 *
 * @example compiles(Greatest, ({ items }, compiler) => `greatest(${compiler.list(items)})`, "postgresql");
 */
export function compiles<E extends CustomElement>(
  construct: abstract new (...args: never) => E,
  compile: CompileFunction<E[typeof FIELDS]>,
  dialect: string | null = null,
): void {
  register(construct, compile as CompileFunction<object>, dialect);
}
