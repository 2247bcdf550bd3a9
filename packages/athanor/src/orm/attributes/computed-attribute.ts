import { InvalidRequestError } from "../../errors/errors.ts";
import { nullNode } from "../../sql/coercions/operands.ts";
import type { CRITERION } from "../../util/symbols.ts";
import { requireState } from "../instrumentation/entity.ts";
import { missingValue } from "../instrumentation/missing-value.ts";
import { type AttributeSite, DerivedAttribute } from "../mapping/derived-attribute.ts";
import { type ExpressionLoading, ExpressionProperty, type LoadedProperty } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import {
  AttributeExpression,
  type ExpressionKind,
  type ExpressionThunk,
  expressionOf,
} from "./attribute-expression.ts";

/** An attribute whose value the database computes when objects are loaded. */
export class ComputedAttribute<out T> extends DerivedAttribute<T, ExpressionKind<T>, "never", never> {
  declare readonly [CRITERION]: T;
  readonly #thunk: ExpressionThunk<unknown> | null;
  readonly #loading: ExpressionLoading;
  readonly #properties = new WeakMap<Mapper, ExpressionProperty>();

  /** @param thunk null: only queries say what it is */
  constructor(thunk: ExpressionThunk<T> | null, loading: ExpressionLoading) {
    super();
    this.#thunk = thunk;
    this.#loading = loading;
  }

  override expression(key: string, mapper: Mapper): ExpressionProperty {
    let property = this.#properties.get(mapper);
    if (property === undefined) {
      const thunk = this.#thunk;
      const name = () => `${mapper.className}.${key}`;
      const expression = () => (thunk === null ? null : expressionOf(thunk, mapper, name));
      property = new ExpressionProperty(key, mapper, expression, this.#loading);
      this.#properties.set(mapper, property);
    }
    return property;
  }

  override sources(key: string, mapper: Mapper): readonly LoadedProperty[] {
    const property = this.expression(key, mapper);
    return property.isQueried ? [] : [property];
  }

  attribute(site: AttributeSite): AttributeExpression {
    const node = this.expression(site.key, site.mapper()).nodeIn(site.from());
    return new AttributeExpression(node ?? nullNode, site, this);
  }

  accessor(key: string, mapper: Mapper): PropertyDescriptor {
    const property = this.expression(key, mapper);
    return {
      configurable: true,
      enumerable: false,
      get(this: object): unknown {
        if (property.isQueried) return null;
        const state = requireState(this);
        // What has no row has nothing that could be computed.
        return state.key === null ? undefined : missingValue(state, property);
      },
      set(this: object): void {
        throw new InvalidRequestError(
          `${mapper.className}.${key} is computed by the database and cannot be assigned: assign the columns that it is computed from.`,
        );
      },
    };
  }
}
