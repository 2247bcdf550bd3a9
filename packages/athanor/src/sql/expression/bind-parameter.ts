import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import { NODE, type ROW } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import type { BindNode } from "../nodes/expressions.ts";
import { Expression } from "./expression.ts";

/** A parameter of the statement with a name. */
export class BindParameter<out T> extends Expression<T> {
  declare readonly [NODE]: BindNode;

  /**
   * Its value is written into the SQL at each execution, escaped by the database's rules, instead of being bound: for
   * places in which a database takes no parameters. The statement's structure stays the same, so its SQL is still shared.
   */
  literalExecute(): BindParameter<T> {
    return new BindParameter({ ...this[NODE], literal: true });
  }
  /**
   * The parameter is a list for `in()`, which becomes as many parameters as it has members at the time. The values are
   * given here, or come with the execution.
   */
  expanding(values?: readonly T[] | (() => readonly T[])): BindList<T> {
    const node = this[NODE];
    const required = values === undefined && node.required;
    return new BindList({ ...node, value: values ?? node.value, required, expanding: true });
  }
}

/** A list that `in()` and `notIn()` take, with a name: see `bindparam().expanding()`. */
export class BindList<out T> {
  declare readonly [ROW]: readonly [T];
  readonly [NODE]: BindNode;

  constructor(node: BindNode) {
    this[NODE] = node;
  }
  /** The members are written into the SQL at each execution; see `literalExecute()` of single parameters. */
  literalExecute(): BindList<T> {
    return new BindList({ ...this[NODE], literal: true });
  }
}

/**
 * A parameter with a name: `bindparam("name", varchar())`. Its value comes with the execution and may be given here for
 * executions that bring none; a function is called at each of them.
 *
 * @throws ArgumentError when the value is undefined. StatementError at the execution where a value is missing.
 */
export function bindparam<T>(name: string, type: Column<T, Given>): BindParameter<T>;
export function bindparam<T>(
  name: string,
  type: Column<T, Given>,
  value: NoInfer<T> | (() => NoInfer<T>),
): BindParameter<T>;
export function bindparam<T>(name: string, type: Column<T, Given>, ...given: readonly unknown[]): BindParameter<T> {
  const required = given.length === 0;
  if (!required && given[0] === undefined) {
    throw new ArgumentError(
      `bindparam(${JSON.stringify(name)}) was given undefined. Leave the value out where it comes with the execution, or pass null for NULL.`,
    );
  }
  return new BindParameter({
    kind: "bind",
    value: required ? null : given[0],
    type: typeOfColumn(type),
    name,
    required,
    expanding: false,
  });
}
