import { ArgumentError } from "../../errors/errors.ts";
import type { EntityAttributes } from "../../sql/coercions/entity-attributes.ts";
import { describe } from "../../sql/coercions/operands.ts";
import type { Expression } from "../../sql/expression/expression.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { NODE } from "../../util/symbols.ts";
import type { AttributeSite } from "./derived-attribute.ts";
import type { Mapper } from "./mapper.ts";

/** An attribute that can be compared: an expression, a composite. */
interface Comparable {
  eq(value: unknown): Expression<unknown>;
}

/** What statements find of a class beside its columns: by `filterBy()` and `values()`. */
export class DerivedValues implements EntityAttributes {
  readonly #mapper: Mapper;

  constructor(mapper: Mapper) {
    this.#mapper = mapper;
  }

  equality(key: string, value: unknown, from: FromNode): ExpressionNode | null {
    const property = this.#mapper.derivedByKey.get(key);
    if (property === undefined) return null;
    const attribute = property.declared.attribute(this.#site(key, from));
    if (!isComparable(attribute)) {
      throw new ArgumentError(`filterBy() cannot compare ${this.#mapper.className}.${key} with ${describe(value)}.`);
    }
    return attribute.eq(value)[NODE];
  }

  columnValues(values: Readonly<Record<string, unknown>>, from: FromNode): Readonly<Record<string, unknown>> {
    const { derivedByKey } = this.#mapper;
    if (!Object.keys(values).some((key) => derivedByKey.has(key))) return values;
    const found: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(values)) {
      const property = derivedByKey.get(key);
      if (property === undefined) found[key] = value;
      else Object.assign(found, this.columnValues(property.declared.values(value, this.#site(key, from)), from));
    }
    return found;
  }

  #site(key: string, from: FromNode): AttributeSite {
    const mapper = this.#mapper;
    return { key, owner: () => mapper.class, mapper: () => mapper, from: () => from };
  }
}

function isComparable(attribute: object): attribute is Comparable {
  return "eq" in attribute && typeof attribute.eq === "function";
}
