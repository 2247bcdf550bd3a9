// What becomes of values in arithmetic, as far as their JavaScript types tell. Decimals are text.

/** A decimal, which is text, may be compared by order with a number; never where there is no text. */
export type DecimalAsNumber<S extends string> = { readonly [K in string]: number }[S];

/** A plain value for arithmetic with `T`: a decimal may be a number, and so is a length of time beside an instant. */
export type Addend<T> = T extends Date ? number : T extends string ? string | number : NonNullable<T>;
/** The same for subtraction: between two instants lies a length of time. */
export type Subtrahend<T> = Addend<T> | (T & Date);
/** What an expression for arithmetic with `T` may be. */
export type Summand<T> =
  | (NonNullable<T> extends number | bigint | string ? number | bigint | string : Addend<T>)
  | null;

/** The type of a sum or product: decimals are wider than numbers. */
export type Sum<T, U> = [U] extends [never] ? T : Wider<NonNullable<T>, NonNullable<U>> | (T & null) | (U & null);
type Wider<T, U> = T extends number | bigint ? ([U] extends [number | bigint] ? T | U : string) : T;
/** Between two instants lies a length of time, in milliseconds. */
export type Difference<T, U> = [U] extends [Date | null]
  ? [U] extends [never]
    ? T
    : number | (T & null) | NullOf<U>
  : Sum<T, U>;
// Not `U & null`: what is kept from inference keeps its mark in an intersection.
type NullOf<U> = null extends U ? null : never;
/** Division of whole numbers gives a fraction. */
export type Quotient<T, U> = Fraction<Sum<T, U>>;
type Fraction<T> = T extends bigint ? number : T;
