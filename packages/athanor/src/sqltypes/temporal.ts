import type { Conversion } from "./type-decorator.ts";

// Temporal is young: a runtime may have it, a program may bring it along, and declarations may know nothing of it. So its
// classes are looked up where they are needed, and their types where the program has them.
// https://tc39.es/proposal-temporal/docs/

type TemporalNamespace = typeof globalThis extends { readonly Temporal: infer N } ? N : unknown;
type TemporalClass<K extends string, Fallback> =
  TemporalNamespace extends Readonly<Record<K, { readonly prototype: infer I }>> ? I : Fallback;

/** What is known of a value of Temporal's where the program has no declarations of it. */
export interface TemporalValue {
  toString(): string;
  toJSON(): string;
}
/** `Temporal.Instant`. */
export type TemporalInstant = TemporalClass<"Instant", TemporalValue & { readonly epochNanoseconds: bigint }>;
/** `Temporal.PlainDate`. */
export type TemporalDate = TemporalClass<"PlainDate", TemporalValue & { readonly dayOfYear: number }>;
/** `Temporal.PlainTime`. */
export type TemporalTime = TemporalClass<"PlainTime", TemporalValue & { readonly nanosecond: number }>;

type ClassName = "Instant" | "PlainDate" | "PlainTime";
interface Reader {
  from(text: string): unknown;
}

/** How values of one of Temporal's classes are stored: as the text that they have themselves. */
export function temporalConversion<T>(name: ClassName, column: string): Conversion<T, string> {
  return {
    name: column,
    mutable: false,
    bind: (value) => textOf(value, name, column),
    result: (text) => temporal(name, column).from(text) as T,
  };
}

function temporal(name: ClassName, column: string): Reader {
  const { Temporal } = globalThis as { readonly Temporal?: Readonly<Record<ClassName, Reader>> };
  if (Temporal !== undefined) return Temporal[name];
  throw new TypeError(
    `${column} needs Temporal, which this runtime does not have: load a polyfill that sets globalThis.Temporal, or take { mode: "string" }`,
  );
}

function textOf(value: unknown, name: ClassName, column: string): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === `Temporal.${name}`) return String(value);
  // A date with a time in a time zone is an instant, too.
  if (name === "Instant" && tag === "Temporal.ZonedDateTime") {
    return String((value as { toInstant(): unknown }).toInstant());
  }
  throw new TypeError(`${column} takes a Temporal.${name}, not ${tag === "Object" ? "another object" : tag}`);
}
