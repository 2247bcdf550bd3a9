import { BinaryType } from "../sqltypes/binary.ts";
import { type BooleanOptions, BooleanType } from "../sqltypes/boolean.ts";
import { DateType, TimeType } from "../sqltypes/date-time.ts";
import { type EnumOptions, EnumType } from "../sqltypes/enum.ts";
import { DoubleType, FloatType, RealType } from "../sqltypes/floats.ts";
import { InstantTextType } from "../sqltypes/instant-text.ts";
import { type BigIntegerMode, BigIntegerType, IntegerType, SmallIntegerType } from "../sqltypes/integers.ts";
import { IntervalType } from "../sqltypes/interval.ts";
import { type JsonOptions, JsonType } from "../sqltypes/json.ts";
import { NumericType } from "../sqltypes/numeric.ts";
import type { SqlType } from "../sqltypes/sql-type.ts";
import { CharType, type StringOptions, TextType, VarcharType } from "../sqltypes/strings.ts";
import {
  type TemporalDate,
  type TemporalInstant,
  type TemporalTime,
  temporalConversion,
} from "../sqltypes/temporal.ts";
import { type TimestampOptions, TimestampType } from "../sqltypes/timestamp.ts";
import { type Conversion, TypeDecorator } from "../sqltypes/type-decorator.ts";
import { type UserDefinedOptions, UserDefinedType } from "../sqltypes/user-defined.ts";
import { UuidType } from "../sqltypes/uuid.ts";
import { type Column, columnOf } from "./column.ts";
import type { Given } from "./column-definition.ts";

/** A whole number (INTEGER). As a single primary key it counts itself. */
export function integer(): Column<number> {
  return columnOf(new IntegerType());
}

/** A small whole number (SMALLINT). */
export function smallInteger(): Column<number> {
  return columnOf(new SmallIntegerType());
}

/**
 * A whole number of 64 bits (BIGINT): a bigint, or with `mode` a number, which refuses what is beyond 2^53, or text.
 */
export function bigInteger(options: { readonly mode: "number" }): Column<number>;
export function bigInteger(options: { readonly mode: "string" }): Column<string>;
export function bigInteger(options?: { readonly mode: "bigint" }): Column<bigint>;
export function bigInteger(
  options: { readonly mode: BigIntegerMode } = { mode: "bigint" },
): Column<number> | Column<string> | Column<bigint> {
  const type: SqlType = new BigIntegerType(options.mode);
  return columnOf(type as SqlType<bigint>);
}

/** A floating-point number of double precision: what a `number` is. */
export function double(): Column<number> {
  return columnOf(new DoubleType());
}

/** A floating-point number (FLOAT), of at least so many binary digits. */
export function float(precision?: number): Column<number> {
  return columnOf(new FloatType(precision));
}

/** A floating-point number of single precision, where the database has it. */
export function real(): Column<number> {
  return columnOf(new RealType());
}

/**
 * An exact decimal of `precision` digits, `scale` of them after the point. Values are text (`"12.50"`), because a
 * number would lose digits; numbers are taken as well where a value is written or compared.
 */
export function numeric(precision?: number, scale?: number): Column<string> {
  return columnOf(new NumericType(precision, scale));
}

/** True or false, and nothing else: 1 and 0 are refused. */
export function boolean(options?: BooleanOptions): Column<boolean> {
  return columnOf(new BooleanType(options));
}

/** Text of at most `length` characters; the database checks the length, except for SQLite. */
export function varchar(length?: number, options?: StringOptions): Column<string> {
  return columnOf(new VarcharType(length, options));
}

/** Text of exactly `length` characters. */
export function char(length?: number, options?: StringOptions): Column<string> {
  return columnOf(new CharType(length, options));
}

/** Text of any length. Raw SQL is `sqlText()`. */
export function text(length?: number, options?: StringOptions): Column<string> {
  return columnOf(new TextType(length, options));
}

/** A UUID as lower-case text with dashes. */
export function uuid(options?: { readonly native?: boolean }): Column<string> {
  return columnOf(new UuidType(options));
}

/**
 * An instant. With `mode`: `date`, the default, a Date, which has milliseconds; `string`, text in ISO 8601 with all digits that
 * the database keeps; `temporal`, a `Temporal.Instant`. Databases without time zones keep it in UTC.
 */
export function timestamp(options: TimestampOptions & { readonly mode: "string" }): Column<string>;
export function timestamp(options: TimestampOptions & { readonly mode: "temporal" }): Column<TemporalInstant>;
export function timestamp(options?: TimestampOptions & { readonly mode?: "date" }): Column<Date>;
export function timestamp({
  mode = "date",
  ...options
}: TimestampOptions & { readonly mode?: "date" | "string" | "temporal" } = {}):
  | Column<Date>
  | Column<string>
  | Column<TemporalInstant> {
  if (mode === "date") return columnOf(new TimestampType(options));
  const text = new InstantTextType(options);
  if (mode === "string") return columnOf(text);
  return columnOf(
    new TypeDecorator(text, temporalConversion<TemporalInstant>("Instant", 'timestamp({ mode: "temporal" })')),
  );
}

/**
 * A day of the calendar, as text `"2024-02-29"`: a Date would be another day in another time zone. With
 * `mode: "temporal"` a `Temporal.PlainDate`.
 */
export function date(options: { readonly mode: "temporal" }): Column<TemporalDate>;
export function date(options?: { readonly mode?: "string" }): Column<string>;
export function date({
  mode = "string",
}: {
  readonly mode?: "string" | "temporal";
} = {}): Column<string> | Column<TemporalDate> {
  const text = new DateType();
  if (mode === "string") return columnOf(text);
  return columnOf(new TypeDecorator(text, temporalConversion<TemporalDate>("PlainDate", 'date({ mode: "temporal" })')));
}

/**
 * A time of day, as text `"23:59:59"`, with up to six digits of a second's fraction. With `mode: "temporal"` a
 * `Temporal.PlainTime`.
 */
export function time(options: { readonly mode: "temporal" }): Column<TemporalTime>;
export function time(options?: { readonly mode?: "string" }): Column<string>;
export function time({
  mode = "string",
}: {
  readonly mode?: "string" | "temporal";
} = {}): Column<string> | Column<TemporalTime> {
  const text = new TimeType();
  if (mode === "string") return columnOf(text);
  return columnOf(new TypeDecorator(text, temporalConversion<TemporalTime>("PlainTime", 'time({ mode: "temporal" })')));
}

/** A length of time in milliseconds. */
export function interval(): Column<number> {
  return columnOf(new IntervalType());
}

/**
 * A JSON value. Changes inside an object are noticed by the session. `null` is SQL's NULL, and `jsonNull` the JSON value
 * null; with `noneAsNull: false`, `null` is the JSON value.
 */
export function json<T>(options?: JsonOptions): Column<T> {
  return columnOf(new JsonType<T>(options));
}

/** One of a list of texts: an enumeration where the database has them, text elsewhere. */
export function enumType<const V extends string>(name: string, values: readonly V[], options?: EnumOptions): Column<V> {
  return columnOf(new EnumType<V>(name, values, options));
}

/** Bytes, as a Uint8Array. */
export function binary(length?: number): Column<Uint8Array> {
  return columnOf(new BinaryType(length));
}

export interface TypeDecoratorOptions<T, U> extends Omit<Conversion<T, U>, "comparedType"> {
  /** The type that is stored. */
  readonly impl: Column<U, Given>;
  /** The type of a plain value beside a column of this type in an operator; null and the default: this type. */
  readonly coerceComparedValue?: (value: unknown) => Column<unknown, Given> | null;
}

/**
 * A type of the program's own that stores another: `bind` turns a value into what is stored, `result` back. Neither is
 * called for NULL. Keep what it returns and use it for all columns of that type.
 *
 * @example
 * const email = typeDecorator({
 *   impl: varchar(255),
 *   bind: (value: Email) => value.toString(),
 *   result: (stored) => Email.parse(stored),
 * });
 */
export function typeDecorator<T, U>(options: TypeDecoratorOptions<T, U>): Column<T> {
  const { impl, coerceComparedValue, ...conversion } = options;
  const comparedType = (value: unknown) => coerceComparedValue?.(value)?.definition.type ?? null;
  return columnOf(new TypeDecorator<T, U>(impl.definition.type, { ...conversion, comparedType }));
}

/**
 * A type of the database that the library does not know, by its name in DDL: `userDefinedType<string>({ name: "CITEXT" })`.
 * Keep what it returns and use it for all columns of that type.
 *
 * @throws TypeError when the name is no name of a type.
 */
export function userDefinedType<T, U = unknown>(options: UserDefinedOptions<T, U>): Column<T> {
  return columnOf(new UserDefinedType<T, U>(options));
}
