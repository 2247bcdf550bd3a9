// What "athanor/zod" will declare, so that programs which use it can be type-checked before it exists.
import type { Column, Given } from "athanor";
import type * as z from "zod";
import type { SHAPE, VALUE } from "../../src/util/symbols.ts";

type AnyColumn = Column<unknown, Given>;
type ValueOf<P> = P extends { readonly [VALUE]: infer V } ? V : never;
type Field<T> = z.ZodType<T, T>;
type SelectFields<S> = { -readonly [P in keyof S as S[P] extends AnyColumn ? P : never]: Field<ValueOf<S[P]>> };
type InsertField<P> =
  P extends Column<infer T, infer G> ? (G extends "always" | "relationship" ? Field<T> : z.ZodOptional<Field<T>>) : never;
type InsertFields<S> = { -readonly [P in keyof S as S[P] extends AnyColumn ? P : never]: InsertField<S[P]> };
/** What a row of the table looks like. */
export declare function selectSchema<S>(model: { readonly [SHAPE]: S }): z.ZodObject<SelectFields<S>>;
/** What an INSERT into it takes: columns with a default, nullable and generated ones are optional. */
export declare function insertSchema<S>(model: { readonly [SHAPE]: S }): z.ZodObject<InsertFields<S>>;
