import type { JsonKey } from "../../sqltypes/json-path.ts";

// What the steps into a JSON document or an array lead to, as far as its declared type tells.

/** The keys that a document of this type may be asked for; of one that is not described, any. */
export type StepKey<V> = unknown extends V
  ? JsonKey
  : V extends readonly unknown[]
    ? number
    : V extends object
      ? keyof V & string
      : never;

/** What stands under a key: null where it may be missing, or where the document may be. */
export type Step<V, K> = unknown extends V
  ? unknown
  : V extends readonly (infer E)[]
    ? E | null
    : V extends object
      ? K extends keyof V
        ? Member<V, K>
        : null
      : null;
type Member<V, K extends keyof V> = undefined extends V[K]
  ? Exclude<V[K], undefined> | null
  : string extends keyof V
    ? V[K] | null
    : V[K];

/** What a path leads to. */
export type PathValue<V, P extends readonly unknown[]> = P extends readonly []
  ? V
  : P extends readonly [infer K, ...infer R]
    ? PathValue<Step<V, K>, R>
    : unknown;

/** The path itself where each of its steps exists; at the first that does not, what could stand there. */
export type PathOf<V, P extends readonly unknown[]> = P extends readonly [infer K, ...infer R]
  ? readonly [K extends StepKey<V> ? K : StepKey<V>, ...PathOf<Step<V, K>, R>]
  : P extends readonly []
    ? readonly []
    : readonly JsonKey[];

/** The values of an array. */
export type ElementOf<V> = V extends readonly (infer E)[] ? E : never;
/** What `contains()` may ask for: values of the same kind; a part of a document; a range or a single value of ranges. */
export type Contained<V> = unknown extends V
  ? unknown
  : V extends readonly (infer E)[]
    ? V | InRange<E>
    : [InRange<V>] extends [never]
      ? V & object extends never
        ? never
        : object
      : InRange<V>;
type InRange<V> = V extends { readonly lower: infer L; readonly upper: unknown; readonly bounds: string }
  ? V | NonNullable<L>
  : never;
