import { describeValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

/** The type of what has none: raw SQL, an unknown function, NULL. Values pass through as they are. */
export class NullType extends SqlType<unknown> {
  readonly kind = "null";
  readonly affinity = "null";

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => {
      if (value !== undefined) return value;
      throw new TypeError(`a parameter is ${describeValue(value)}; write null for SQL NULL`);
    };
  }
}

export const nullType: NullType = /* @__PURE__ */ new NullType();
