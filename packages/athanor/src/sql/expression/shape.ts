import type { AnyColumn, Column } from "../../schema/column.ts";
import type { GIVEN, INIT, VALUE } from "../../util/symbols.ts";
import type { Expression } from "./expression.ts";

// What follows from the shape of a table or a model. No parameter is constrained: a constraint would resolve the getters
// in which models point at each other.

/** The value of a column or a relationship. */
export type ValueOf<P> = P extends { readonly [VALUE]: infer V } ? V : never;
/** The same, or SQL that gives it. */
export type InputOf<P> = P extends { readonly [VALUE]: infer V } ? V | Expression<V, string, string> : never;
/** The columns of a shape as expressions of the table (alias, subquery) `O`. */
export type Columns<S, O extends string> = {
  readonly [P in keyof S as S[P] extends AnyColumn ? P : never]: Expression<ValueOf<S[P]>, O, P & string>;
};
/** What a constructor has to be given. */
type Required = Column<unknown, "always"> | { readonly [GIVEN]: "always" };
type InitOf<P> = P extends { readonly [INIT]: infer V } ? V : ValueOf<P>;
/** What a constructor takes: foreign keys may be left to relationships. */
export type Init<S> = { [P in keyof S as S[P] extends Required ? P : never]: InitOf<S[P]> } & {
  [P in keyof S as S[P] extends Required ? never : P]?: InitOf<S[P]>;
};
/** What INSERT takes: foreign keys too; SQL expressions are welcome, relationships are not columns. */
export type InsertRow<S> = {
  [P in keyof S as S[P] extends Column<unknown, "always" | "relationship"> ? P : never]: InputOf<S[P]>;
} & { [P in keyof S as S[P] extends Column<unknown, "generated" | "never"> ? P : never]?: InputOf<S[P]> };
/** What UPDATE takes. */
export type UpdateRow<S> = { [P in keyof S as S[P] extends AnyColumn ? P : never]?: InputOf<S[P]> };
/** What filterBy takes. */
export type Criteria<S> = { [P in keyof S as S[P] extends AnyColumn ? P : never]?: ValueOf<S[P]> };
