import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { nullType } from "../coercions/literal-types.ts";
import type { Expression } from "./expression.ts";
import { aggregates } from "./functions/aggregates.ts";
import { arrayFunctions } from "./functions/arrays.ts";
import { called, given } from "./functions/call.ts";
import { choices } from "./functions/choices.ts";
import { documentFunctions } from "./functions/documents.ts";
import { environmentFunctions } from "./functions/environment.ts";
import { numberFunctions } from "./functions/numbers.ts";
import { textFunctions } from "./functions/texts.ts";
import { windowFunctions } from "./functions/windows.ts";

type Aggregates = typeof aggregates;
type WindowFunctions = typeof windowFunctions;
type Choices = typeof choices;
type TextFunctions = typeof textFunctions;
type NumberFunctions = typeof numberFunctions;
type EnvironmentFunctions = typeof environmentFunctions;
type DocumentFunctions = typeof documentFunctions;
type ArrayFunctions = typeof arrayFunctions;

/** The functions under `func`. */
export interface Functions
  extends Aggregates,
    WindowFunctions,
    Choices,
    TextFunctions,
    NumberFunctions,
    EnvironmentFunctions,
    DocumentFunctions,
    ArrayFunctions {
  /**
   * Any function of the database. A schema stands in front of the name, with a dot; parts that are no plain names are
   * quoted. Plain arguments are bound.
   *
   * @throws ArgumentError when the name is empty.
   */
  call<T>(name: string, type: Column<T, Given>, ...args: readonly unknown[]): Expression<T>;
}

/**
 * SQL functions whose result types are known. Aggregates belong to no table, so an outer join leaves them alone; the sum
 * of nothing is null. Anything else is reached with `func.call(name, type, ...arguments)`.
 */
export const func: Functions = {
  ...aggregates,
  ...windowFunctions,
  ...choices,
  ...textFunctions,
  ...numberFunctions,
  ...environmentFunctions,
  ...documentFunctions,
  ...arrayFunctions,
  call(name, type, ...args) {
    if (name === "") throw new ArgumentError('func.call() takes the name of a function, such as "date_trunc".');
    return called(name, given(args, nullType, `func.call("${name}")`), typeOfColumn(type));
  },
};
