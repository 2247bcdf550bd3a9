import { ArgumentError } from "../../errors/errors.ts";
import type { AnyColumn, Given } from "../../schema/column.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import type { ATTRIBUTE, GIVEN, INIT, KIND, VALUE } from "../../util/symbols.ts";
import type { ExpressionProperty, LoadedProperty } from "./expression-property.ts";
import type { Mapper } from "./mapper.ts";
import type { RelationshipProperty } from "./relationship-property.ts";

/**
 * What a class or an alias has under the name of a derived attribute, as a function of types: `type` may speak of
 * `this["from"]`, the name of the table or alias, and of `this["name"]`, that of the attribute.
 *
 * @example interface SqlAttribute<T> extends AttributeKind { readonly type: Expression<T, this["from"], this["name"]> }
 */
export interface AttributeKind {
  readonly from: string;
  readonly name: string;
  readonly type: unknown;
}
/** The attribute of the table or alias `O` that is called `L`. */
export type AttributeIn<K, O extends string, L extends string> = (K & {
  readonly from: O;
  readonly name: L;
})[TypeOf<K>];
type TypeOf<K> = "type" & keyof K;

/** Where a derived attribute is asked for: of a class or of an alias. What needs a configured registry is a function. */
export interface AttributeSite {
  readonly key: string;
  /** The class or alias itself, by whose attributes others can be found. */
  readonly owner: () => object;
  readonly mapper: () => Mapper;
  /** What the class or alias is in FROM. */
  readonly from: () => FromNode;
}

/** An attribute of a class or alias that comes from a declaration: loader options know it by this. */
export const DERIVED: unique symbol = Symbol("athanor.derived");
export interface DerivedClassAttribute {
  readonly [DERIVED]: { readonly site: AttributeSite; readonly declared: AnyDerivedAttribute };
}

export function isDerived(attribute: unknown): attribute is DerivedClassAttribute {
  return typeof attribute === "object" && attribute !== null && DERIVED in attribute;
}

/**
 * The declaration of an attribute that is neither a column nor a relationship: of what follows from others. A shape holds
 * it beside columns, and mixins and derived classes share it, so that it keeps nothing of one class.
 *
 * `T` is its value on objects, `K` what the class and aliases have. `G`: "always", if a constructor has to be given it.
 * `I`: what a constructor takes, `never` for what cannot be assigned. What `filterBy()` takes is declared by a property
 * `[CRITERION]`, and what `values()` of INSERT and UPDATE takes by `[INPUT]`.
 */
export abstract class DerivedAttribute<out T, out K extends AttributeKind, out G extends Given = "never", out I = T> {
  declare readonly [KIND]: "derived";
  declare readonly [VALUE]: T;
  declare readonly [ATTRIBUTE]: K;
  declare readonly [GIVEN]: G;
  declare readonly [INIT]: I;

  /** Columns that it brings into the table, by the names of their attributes. */
  columns(_key: string): readonly (readonly [key: string, column: AnyColumn])[] {
    return [];
  }
  /** Where the value is an expression that is loaded with objects: how. Null for what follows from other attributes. */
  expression(_key: string, _mapper: Mapper): ExpressionProperty | null {
    return null;
  }
  /**
   * What objects have of it as data: what loader options, `refresh()` and `expire()` mean by its name, and what has to be
   * loaded before objects can give it.
   */
  sources(_key: string, _mapper: Mapper): readonly LoadedProperty[] {
    return [];
  }
  /** Relationships that have to be loaded before objects can give it. */
  leadsOver(_key: string, _mapper: Mapper): readonly RelationshipProperty[] {
    return [];
  }
  /**
   * What INSERT and UPDATE write for a value that `values()` has by its name: values by the names of other attributes.
   *
   * @throws ArgumentError for what cannot be written
   */
  values(_value: unknown, { key, mapper }: AttributeSite): Readonly<Record<string, unknown>> {
    throw new ArgumentError(
      `${mapper().className}.${key} is no column, and cannot be written by INSERT and UPDATE: set the columns that it follows from.`,
    );
  }
  /** What it was, when its sources had these values; undefined where that cannot be told. */
  former(_values: readonly unknown[]): unknown {
    return undefined;
  }
  /** Brings what users have changed in place to the columns, before objects are compared; null where there is no such thing. */
  writer(_key: string, _mapper: Mapper): ((object: object) => void) | null {
    return null;
  }
  /** What the class or an alias has under the name. */
  abstract attribute(site: AttributeSite): object;
  /**
   * The property of a class's prototype through which objects have it; a constructor assigns it what it was given.
   * Called once for each class, when all classes of the registry have their columns and relationships.
   */
  abstract accessor(key: string, mapper: Mapper): PropertyDescriptor;
}

export type AnyDerivedAttribute = DerivedAttribute<unknown, AttributeKind, Given, unknown>;

/** A derived attribute of one class, after configuration. */
export interface DerivedProperty {
  readonly key: string;
  readonly declared: AnyDerivedAttribute;
}
