import type { AnyColumn, Column } from "../../schema/column.ts";
import type { CRITERION, GIVEN, INIT, INPUT, THROUGH, VALUE } from "../../util/symbols.ts";
import type { Expression } from "./expression.ts";

// What follows from the shape of a table or a model. No parameter is constrained: a constraint would resolve the getters
// in which models point at each other.

/** The value of a column or a relationship. */
export type ValueOf<P> = P extends { readonly [VALUE]: infer V } ? V : never;
/** The value that an object of a model has for a property of the shape `S`; some follow from others. */
export type ValueIn<P, S> = P extends { readonly [VALUE]: infer V }
  ? V
  : P extends { readonly [THROUGH]: { readonly via: infer Via; readonly target: infer T } }
    ? Seen<ValueIn<S[Via & keyof S], S>, T>
    : never;
/** What an object has under a name; null has nothing. */
type At<M, T> = M extends null ? null : M[T & keyof M];
/** What the members of `H` have under the attribute `T`, in the form of `H`. */
type Seen<H, T> =
  H extends Map<infer K, infer M>
    ? Map<K, At<M, T>>
    : H extends Set<infer M>
      ? Set<At<M, T>>
      : H extends readonly (infer M)[]
        ? At<M, T>[]
        : At<H, T>;
/** The value of one member of a collection, or a single value. */
export type MemberOf<H> =
  H extends Map<unknown, infer M> ? M : H extends ReadonlySet<infer M> | readonly (infer M)[] ? M : H;
/** The same, or SQL that gives it. */
export type InputOf<P> = P extends { readonly [INPUT]: infer V }
  ? V
  : P extends { readonly [VALUE]: infer V }
    ? V | Expression<V, string, string>
    : never;
/** The columns of a shape as expressions of the table (alias, subquery) `O`. */
export type Columns<S, O extends string> = {
  readonly [P in keyof S as S[P] extends AnyColumn ? P : never]: Expression<ValueOf<S[P]>, O, P & string>;
};
/** What a constructor has to be given. */
type Required = Column<unknown, "always"> | { readonly [GIVEN]: "always" };
type InitOf<P, S> = P extends { readonly [INIT]: infer V } ? V : ValueIn<P, S>;
/** What a constructor takes: foreign keys may be left to relationships. */
export type Init<S> = { [P in keyof S as S[P] extends Required ? P : never]: InitOf<S[P], S> } & {
  [P in keyof S as S[P] extends Required ? never : P]?: InitOf<S[P], S>;
};
/** What is no column, but can be written and compared like one: value objects, hybrids, other names. */
interface Written {
  readonly [INPUT]: unknown;
}
interface Compared {
  readonly [CRITERION]: unknown;
}
/** What INSERT takes: foreign keys too; SQL expressions are welcome, relationships are not columns. */
export type InsertRow<S> = {
  [P in keyof S as S[P] extends Column<unknown, "always" | "relationship"> ? P : never]: InputOf<S[P]>;
} & { [P in keyof S as S[P] extends Column<unknown, "generated" | "never"> | Written ? P : never]?: InputOf<S[P]> };
/** What INSERT takes where a relationship gives the foreign keys. */
export type RelatedRow<S> = {
  [P in keyof S as S[P] extends Column<unknown, "always"> ? P : never]: InputOf<S[P]>;
} & {
  [P in keyof S as S[P] extends Column<unknown, "generated" | "never" | "relationship"> | Written
    ? P
    : never]?: InputOf<S[P]>;
};
/** What UPDATE takes. */
export type UpdateRow<S> = { [P in keyof S as S[P] extends AnyColumn | Written ? P : never]?: InputOf<S[P]> };
/** What filterBy takes. */
export type Criteria<S> = { [P in keyof S as S[P] extends AnyColumn | Compared ? P : never]?: ValueOf<S[P]> };
