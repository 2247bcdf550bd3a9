import { JsonType } from "../../../sqltypes/json.ts";
import type { VALUE } from "../../../util/symbols.ts";
import { integerType, nullType, textType } from "../../coercions/literal-types.ts";
import { bind, operand } from "../../coercions/operands.ts";
import type { Expression } from "../expression.ts";
import { called, given, of } from "./call.ts";

const jsonType = /* @__PURE__ */ new JsonType();

/** Values of an object literal's expressions and plain values. */
type ObjectOf<S> = {
  readonly [K in keyof S]: S[K] extends { readonly [VALUE]: infer V } ? V : S[K];
};

/** Functions that make JSON. Databases call them by different names; the standard's stand in the statement. */
export const documentFunctions = {
  /** A JSON object: `func.jsonObject({ id: User.id, name: User.name })`. Keys and plain values are bound. */
  jsonObject<const S extends Readonly<Record<string, unknown>>>(members: S): Expression<ObjectOf<S>> {
    const args = Object.entries(members).flatMap(([key, value]) => [
      bind(key, textType),
      operand(value, nullType, `jsonObject() for ${JSON.stringify(key)}`),
    ]);
    return called("json_object", args, jsonType);
  },
  /** A JSON array of expressions and plain values. */
  jsonArray<T>(...items: readonly (T | Expression<T, string, string>)[]): Expression<readonly T[]> {
    return called("json_array", given(items, nullType, "jsonArray()"), jsonType);
  },
  /** The values of all rows as a JSON array. SQLite answers an empty one where there is no row, others null. */
  jsonArrayAgg<T>(expression: Expression<T, string, string>): Expression<readonly T[] | null> {
    return called("json_arrayagg", [of(expression)], jsonType);
  },
  /** A member for each row as one JSON object. */
  jsonObjectAgg<T>(
    key: Expression<string, string, string>,
    value: Expression<T, string, string>,
  ): Expression<Readonly<Record<string, T>> | null> {
    return called("json_objectagg", [of(key), of(value)], jsonType);
  },
  /** The number of elements of a JSON array. */
  jsonArrayLength<T, O extends string>(document: Expression<T, O, string>): Expression<number | (T & null), O> {
    return called("json_array_length", [of(document)], integerType);
  },
};
