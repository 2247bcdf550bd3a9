import type { SqlSide } from "./sql-side.ts";

/** A value as a driver takes and gives it. */
export type DriverValue = unknown;

/**
 * What a type asks of the dialect and driver it is bound to: how the database stores what JavaScript has a type for.
 * A dialect states this once; types choose their processors by it, never by a dialect's name.
 */
export interface TypeTraits {
  /** The names by which variants of a type speak of the database: its own, and its family's. Default: none. */
  readonly dialects?: readonly string[];
  /** Whether the database has booleans, or keeps 0 and 1. */
  readonly nativeBoolean: boolean;
  /** Whether the driver gives and takes exact decimals as text, or the database keeps them as floating point. */
  readonly nativeDecimal: boolean;
  /**
   * How dates and times travel: as text in SQLite's format, as text that tells offsets and eras ("iso", PostgreSQL's), or in
   * a form of the driver's own.
   */
  readonly temporal: "text" | "iso" | "native";
  /** How UUIDs are stored: a type of their own, or 32 hexadecimal digits. */
  readonly nativeUuid: boolean;
  /** Whether the driver parses JSON itself; it always takes text. */
  readonly nativeJson: boolean;
  /** Whether ENUM is a type of the database. */
  readonly nativeEnum: boolean;
  /** Whether floating-point columns keep NaN; elsewhere it would silently become NULL, and is refused. */
  readonly nativeNaN: boolean;
  /**
   * How a way into a JSON document is written: absent where the database takes keys as they are; otherwise it takes a
   * text (`$."key"[0]`), in which positions from the end of an array are told from behind its last element (`#`, SQLite) or
   * from that element (`last`, MySQL).
   */
  readonly jsonPathEnd?: "#" | "last";
  /** Integers of 64 bits and decimals come as text, whatever type the program has given the column. */
  readonly textNumbers?: boolean;
  /** Bytes come as text, `\\x` and hexadecimal digits. */
  readonly hexBytes?: boolean;
  /** Arrays travel as text in braces. */
  readonly arrayLiterals?: boolean;
}

/**
 * A SQL type: what DDL calls it, and how its values are converted. Types are immutable values; two types with the same
 * `key` are the same type. A processor is asked for once per compiled statement and absent (null) where nothing is to
 * be done, so that a hot loop has no decisions to make.
 */
export abstract class SqlType<T = unknown> {
  declare readonly __value: T;
  /** The visit name for DDL and CAST: `integer`, `varchar`, … */
  abstract readonly kind: string;

  /** Structural identity, part of statement cache keys. */
  get key(): string {
    return this.kind;
  }
  /** What the database stores: another type where this one only converts values, as a decorator does. */
  get stored(): SqlType {
    return this;
  }
  /** The same on a database, by its names: a type may be another one there. */
  storedOn(dialects: readonly string[]): SqlType {
    return this.stored === this ? this : this.stored.storedOn(dialects);
  }
  /** The type that is stored on a database and those that it is made of, innermost first. */
  parts(dialects: readonly string[]): readonly SqlType[] {
    const stored = this.storedOn(dialects);
    return stored === this ? [this] : stored.parts(dialects);
  }
  /** Types that the database keeps under a name (enumerations, domains) take the schema of the metadata they are used in. */
  inSchema(_schema: string): SqlType<T> {
    return this;
  }
  /** SQL around values and returned columns; null: none. */
  get sqlSide(): SqlSide | null {
    return null;
  }
  /** Null has a form of its own, and is given to the bind processor, too. */
  get bindsNull(): boolean {
    return false;
  }
  /** The type of a plain value beside one of this type; null leaves it to the rules for all types. */
  comparedType(_value: unknown): SqlType | null {
    return null;
  }
  /** The affinity decides what an operator with a literal makes of it, and which operators a type has. */
  abstract readonly affinity: Affinity;

  /** The type of a value that may be inside one of this type: a range holds other ranges, and single values. */
  memberType(_value: unknown): SqlType {
    return this;
  }

  /** Converts a JavaScript value to the driver's; throws a TypeError that names what was expected. */
  bindProcessor(_traits: TypeTraits): ((value: unknown) => DriverValue) | null {
    return null;
  }
  /** Converts the driver's value to JavaScript's. */
  resultProcessor(_traits: TypeTraits): ((value: DriverValue) => unknown) | null {
    return null;
  }
  /** The form in which a value can be compared later: the value itself, unless it can change in place. */
  get mutable(): boolean {
    return false;
  }
  /** Keeps a value for comparison: a copy or a text where a value can change in place (Date, JSON, bytes). */
  snapshot(value: unknown): unknown {
    return value;
  }
  /** The value that a snapshot was taken of, for what is rolled back. */
  restore(snapshot: unknown): unknown {
    return snapshot;
  }
  /** Whether `value` is still what `snapshot` was taken of. */
  isUnchanged(snapshot: unknown, value: unknown): boolean {
    return Object.is(snapshot, value);
  }
  /** Whether integers beyond 2^53 must arrive whole. */
  get needsBigInt(): boolean {
    return false;
  }
}

export type Affinity =
  | "integer"
  | "numeric"
  | "float"
  | "text"
  | "boolean"
  | "date"
  | "time"
  | "timestamp"
  | "interval"
  | "binary"
  | "uuid"
  | "json"
  | "enum"
  | "array"
  | "range"
  | "multirange"
  | "hstore"
  | "tuple"
  | "null";
