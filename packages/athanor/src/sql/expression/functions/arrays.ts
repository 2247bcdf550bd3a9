import { ArrayType } from "../../../sqltypes/composite.ts";
import type { SqlType } from "../../../sqltypes/sql-type.ts";
import { integerType, nullType, textType } from "../../coercions/literal-types.ts";
import { operand } from "../../coercions/operands.ts";
import type { Expression } from "../expression.ts";
import { called, of } from "./call.ts";

type ArrayOf<T, O extends string> = Expression<readonly T[] | null, O, string>;
type Item<T> = NoInfer<NonNullable<T>> | Expression<T | null, string, string>;

function itemType({ stored }: SqlType): SqlType {
  return stored instanceof ArrayType ? stored.item : nullType;
}

/** Functions of arrays, as PostgreSQL has them. */
export const arrayFunctions = {
  /** The number of elements, of all dimensions together. */
  cardinality<T extends readonly unknown[] | null, O extends string>(
    array: Expression<T, O, string>,
  ): Expression<number | (T & null), O> {
    return called("cardinality", [of(array)], integerType);
  },
  /** The number of elements in a dimension, 1 by default; null of an empty array. */
  arrayLength<O extends string>(array: ArrayOf<unknown, O>, dimension: number = 1): Expression<number | null, O> {
    return called("array_length", [of(array), operand(dimension, integerType, "arrayLength()")], integerType);
  },
  /** The array with an element more at its end. */
  arrayAppend<T, O extends string>(array: ArrayOf<T, O>, item: Item<T>): Expression<readonly T[], O> {
    const { type } = of(array);
    return called("array_append", [of(array), operand(item, itemType(type), "arrayAppend()")], type);
  },
  /** The array with an element more at its beginning. */
  arrayPrepend<T, O extends string>(item: Item<T>, array: ArrayOf<T, O>): Expression<readonly T[], O> {
    const { type } = of(array);
    return called("array_prepend", [operand(item, itemType(type), "arrayPrepend()"), of(array)], type);
  },
  /** The array without the elements that are equal to the value. */
  arrayRemove<T, O extends string>(array: ArrayOf<T, O>, item: Item<T>): Expression<readonly T[] | null, O> {
    const { type } = of(array);
    return called("array_remove", [of(array), operand(item, itemType(type), "arrayRemove()")], type);
  },
  /** Where the value stands first, counted from 1; null where it does not. */
  arrayPosition<T, O extends string>(array: ArrayOf<T, O>, item: Item<T>): Expression<number | null, O> {
    const { type } = of(array);
    return called("array_position", [of(array), operand(item, itemType(type), "arrayPosition()")], integerType);
  },
  /** The elements as one text, with a separator between them. */
  arrayToString<O extends string>(array: ArrayOf<unknown, O>, separator: string): Expression<string | null, O> {
    return called("array_to_string", [of(array), operand(separator, textType, "arrayToString()")], textType);
  },
  /** A row for each element: `select(columnValued(func.unnest(Doc.words), "word"))`. */
  unnest<T, O extends string>(array: ArrayOf<T, O>): Expression<T, O> {
    return called("unnest", [of(array)], itemType(of(array).type));
  },
};
