import type { AnyColumn, Column, Given } from "../../schema/column.ts";
import type { Expression } from "../../sql/expression/expression.ts";
import type { Init, MemberOf, ValueIn } from "../../sql/expression/shape.ts";
import type { EntityClass, LoadedMark } from "../../sql/statement/types.ts";
import type { ATTRIBUTE, EVENTS, FROM, JOINS, KIND, SHAPE, THROUGH, VALUE } from "../../util/symbols.ts";
import type { AssociationAttribute } from "./association-attribute.ts";
import type { RelationshipAttribute } from "./attributes.ts";
import type { AttributeIn } from "./derived-attribute.ts";
import type { InheritOptions } from "./map-options.ts";
import type { MapperEvents } from "./mapper-events.ts";
import type { Relationship } from "./relationship.ts";

export type { AnyColumn };

/** What the class itself has for a property of the shape. */
type Attribute<P, O extends string, L, S> =
  P extends Column<infer T, Given>
    ? Expression<T, O, L & string>
    : P extends Relationship<infer C, infer N, unknown>
      ? RelationshipAttribute<C, N, O, L & string>
      : P extends { readonly [ATTRIBUTE]: infer K }
        ? AttributeIn<K, O, L & string>
        : P extends { readonly [THROUGH]: unknown }
          ? AssociationAttribute<NonNullable<MemberOf<ValueIn<P, S>>>, O, L & string>
          : never;
export type Attributes<S, O extends string> = { readonly [P in keyof S]: Attribute<S[P], O, P, S> };
/** What an object of the class has. */
export type Instance<S> = { -readonly [P in keyof S]: ValueIn<S[P], S> };

/** A shape, and another one that goes before it. */
export type Override<S, S2> = {
  [P in keyof S | keyof S2]: P extends keyof S2
    ? P extends keyof S
      ? Repeated<S[P], S2[P]>
      : S2[P]
    : P extends keyof S
      ? S[P]
      : never;
};
/** A key that is declared again is that of the table above: whether it has to be given is said there. */
type Repeated<A, B> = A extends Column<unknown, infer G> ? (B extends Column<infer T, Given> ? Column<T, G> : B) : B;

/** The columns of a query, as a class has them that is mapped to it: nobody has to give them values. */
export type QueryShape<C> = {
  readonly [K in keyof C]: C[K] extends Expression<infer T, string, string> ? Column<T, "never"> : never;
};

export interface ModelStatics<S, O extends string> {
  readonly [SHAPE]: S;
  readonly [FROM]: O;
  readonly [JOINS]: O;
  readonly [EVENTS]: MapperEvents<Instance<S>, unknown>;
  /**
   * The class to extend for a subclass. With the name of a table: its own columns stand there, and its key is the key of this
   * class's table (joined-table inheritance). Without: they stand in this class's table (single-table inheritance). Mixins
   * may stand before the shape.
   *
   * @example class Engineer extends Employee.inherit("engineers", { id: integer().primaryKey().references(() => Employee.id),
   *   language: varchar(30) }, { polymorphicIdentity: "engineer" }) { static { map(this); } }
   */
  inherit<C extends EntityClass, const N extends string, S2>(
    this: C,
    table: N,
    shape: S2,
    options?: InheritOptions,
  ): Model<Override<C[typeof SHAPE], S2>, C["prototype"], N>;
  inherit<C extends EntityClass, S2>(
    this: C,
    shape: S2,
    options?: InheritOptions,
  ): Model<Override<C[typeof SHAPE], S2>, C["prototype"], C[typeof FROM]>;
  inherit<C extends EntityClass, const N extends string, S1, M1, S2>(
    this: C,
    table: N,
    mixin: Mixin<S1, M1>,
    shape: S2,
    options?: InheritOptions,
  ): Model<Override<C[typeof SHAPE], S1 & S2>, C["prototype"] & M1, N>;
  inherit<C extends EntityClass, S1, M1, S2>(
    this: C,
    mixin: Mixin<S1, M1>,
    shape: S2,
    options?: InheritOptions,
  ): Model<Override<C[typeof SHAPE], S1 & S2>, C["prototype"] & M1, C[typeof FROM]>;
}
export type Model<S, M, O extends string> = (new (
  values: Init<S>,
) => Instance<S> & M) &
  Attributes<S, O> &
  ModelStatics<S, O>;
/** An entity whose relationships are known to be loaded: `Loaded<User, "orders" | "orders.items">`. Still a `User`. */
export type Loaded<T, P extends (keyof T & string) | `${keyof T & string}.${string}`> = T & LoadedMark<P>;
/** Any model, for code that is generic over models. */
export interface ModelClass extends EntityClass {
  new (values: never): object;
}

/** Columns, relationships and behaviour that several models share. */
export interface Mixin<S, M> {
  readonly [KIND]: "mixin";
  readonly [SHAPE]: S;
  readonly [VALUE]: M;
}
