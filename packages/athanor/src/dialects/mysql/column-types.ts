import { ArgumentError } from "../../errors/errors.ts";
import { type Column, columnOf } from "../../schema/column.ts";
import { BinaryType } from "../../sqltypes/binary.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { ExactType } from "../../sqltypes/exact.ts";
import { DoubleType } from "../../sqltypes/floats.ts";
import { BigIntegerType, IntegerType } from "../../sqltypes/integers.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { TextType } from "../../sqltypes/strings.ts";
import { BitType } from "./bit.ts";
import { SetType } from "./set.ts";
import { DateTimeTextType, DateTimeType, LongTimeType, type ZeroDates } from "./temporal.ts";
import { collationName, stringLiteral } from "./types.ts";
import { UnsignedBigIntegerType } from "./unsigned.ts";

// The types that only MySQL and MariaDB have, or have in other sizes than everybody
// (https://dev.mysql.com/doc/refman/8.4/en/data-types.html).

function exactly<T>(text: string, base: SqlType<T>): Column<T> {
  return columnOf(new ExactType(text, base, ["mysql"]));
}

// ── numbers ──────────────────────────────────────────────────────────────────
export interface NumberOptions {
  /** No value below 0, and twice as many above. */
  readonly unsigned?: boolean;
  /** Clients that show text fill it up with zeros; such a column is unsigned. */
  readonly zerofill?: boolean;
}

function numberName(name: string, { unsigned, zerofill }: NumberOptions): string {
  return `${name}${unsigned === true ? " UNSIGNED" : ""}${zerofill === true ? " ZEROFILL" : ""}`;
}

/** A whole number of 8 bits. The database refuses what does not fit. */
export function tinyint(options: NumberOptions = {}): Column<number> {
  return exactly(numberName("TINYINT", options), new IntegerType());
}
/** A whole number of 16 bits. */
export function smallint(options: NumberOptions = {}): Column<number> {
  return exactly(numberName("SMALLINT", options), new IntegerType());
}
/** A whole number of 24 bits. */
export function mediumint(options: NumberOptions = {}): Column<number> {
  return exactly(numberName("MEDIUMINT", options), new IntegerType());
}
/** A whole number of 32 bits. */
export function int(options: NumberOptions = {}): Column<number> {
  return exactly(numberName("INT", options), new IntegerType());
}
/** A whole number of 64 bits, as a bigint; unsigned up to 2^64 - 1. */
export function bigint(options: NumberOptions = {}): Column<bigint> {
  const isUnsigned = options.unsigned === true || options.zerofill === true;
  const type: SqlType = isUnsigned ? new UnsignedBigIntegerType() : new BigIntegerType();
  return exactly(numberName("BIGINT", options), type as SqlType<bigint>);
}
/** An exact decimal of up to 65 digits, 30 of them after the point; values are text. */
export function decimal(precision = 10, scale = 0, options: NumberOptions = {}): Column<string> {
  return exactly(
    numberName(`DECIMAL(${size(precision, 65)},${size(scale, 30, 0)})`, options),
    new NumericType(precision, scale),
  );
}
/** A floating-point number of double precision. */
export function double(options: NumberOptions = {}): Column<number> {
  return exactly(numberName("DOUBLE", options), new DoubleType());
}
/** A field of 1 to 64 bits, as a bigint. */
export function bit(length = 1): Column<bigint> {
  return exactly(`BIT(${length})`, new BitType(length));
}
/** A year, from 1901 to 2155, or 0. */
export function year(): Column<number> {
  return exactly("YEAR", new IntegerType());
}

function size(value: number, largest: number, least = 1): number {
  if (Number.isInteger(value) && value >= least && value <= largest) return value;
  throw new ArgumentError(
    `The size of a type is a whole number from ${least} to ${largest} here, not ${String(value)}.`,
  );
}

// ── text ─────────────────────────────────────────────────────────────────────
export interface TextOptions {
  /** The character set; that of the table by default. */
  readonly charset?: string;
  /** The collation by which the database sorts and compares the column. */
  readonly collation?: string;
}

function textColumn(name: string, { charset, collation }: TextOptions): Column<string> {
  const set = charset === undefined ? "" : ` CHARACTER SET ${collationName(charset)}`;
  const order = collation === undefined ? "" : ` COLLATE ${collationName(collation)}`;
  return exactly(name + set + order, new TextType());
}

/** Text of at most `length` characters, of a character set or a collation of its own. */
export function varchar(length: number, options: TextOptions = {}): Column<string> {
  return textColumn(`VARCHAR(${size(length, 65_535, 0)})`, options);
}
/** Text of exactly `length` characters; spaces at its end are not kept. */
export function char(length: number, options: TextOptions = {}): Column<string> {
  return textColumn(`CHAR(${size(length, 255, 0)})`, options);
}
/** Text of at most 255 bytes. */
export function tinytext(options: TextOptions = {}): Column<string> {
  return textColumn("TINYTEXT", options);
}
/** Text of at most 65,535 bytes. */
export function text(options: TextOptions = {}): Column<string> {
  return textColumn("TEXT", options);
}
/** Text of at most 16 MiB. */
export function mediumtext(options: TextOptions = {}): Column<string> {
  return textColumn("MEDIUMTEXT", options);
}
/** Text of at most 4 GiB. */
export function longtext(options: TextOptions = {}): Column<string> {
  return textColumn("LONGTEXT", options);
}

/** One of a list of texts: ENUM. */
export function enumType<const V extends string>(values: readonly V[], options: TextOptions = {}): Column<V> {
  const base = new EnumType<V>("enum", values);
  const { charset, collation } = options;
  const set = charset === undefined ? "" : ` CHARACTER SET ${collationName(charset)}`;
  const order = collation === undefined ? "" : ` COLLATE ${collationName(collation)}`;
  return exactly(`ENUM(${values.map(stringLiteral).join(",")})${set}${order}`, base);
}

/** Any number of a list of texts: SET. Values are arrays, in the order of the list. */
export function set<const V extends string>(values: readonly V[]): Column<readonly V[]> {
  return exactly(`SET(${values.map(stringLiteral).join(",")})`, new SetType<V>(values));
}

// ── bytes ────────────────────────────────────────────────────────────────────
/** Exactly `length` bytes; what is shorter is filled up with zeros. */
export function binary(length: number): Column<Uint8Array> {
  return exactly(`BINARY(${size(length, 255)})`, new BinaryType(length));
}
/** At most `length` bytes. */
export function varbinary(length: number): Column<Uint8Array> {
  return exactly(`VARBINARY(${size(length, 65_535)})`, new BinaryType(length));
}
/** At most 255 bytes. */
export function tinyblob(): Column<Uint8Array> {
  return exactly("TINYBLOB", new BinaryType());
}
/** At most 65,535 bytes. */
export function blob(): Column<Uint8Array> {
  return exactly("BLOB", new BinaryType());
}
/** At most 16 MiB. */
export function mediumblob(): Column<Uint8Array> {
  return exactly("MEDIUMBLOB", new BinaryType());
}
/** At most 4 GiB. */
export function longblob(): Column<Uint8Array> {
  return exactly("LONGBLOB", new BinaryType());
}

// ── dates and times ──────────────────────────────────────────────────────────
export interface FractionOptions {
  /** Digits of a second's fraction, from 0 to 6. Default 0: the database cuts off the rest. */
  readonly fsp?: number;
}
export interface DateTimeOptions extends FractionOptions {
  /** `date`: a Date, to the millisecond. `string`: text as the database writes it, to the microsecond. */
  readonly mode?: "date" | "string";
  /** What days become that are none, such as 0000-00-00: an error where they are read as a Date, or null. Default `error`. */
  readonly zeroDates?: ZeroDates;
}

type ValueOfMode<O extends DateTimeOptions> =
  | (O extends { readonly mode: "string" } ? string : Date)
  | (O extends { readonly zeroDates: "null" } ? null : never);

/** A day with a time of day, from the year 1000 to 9999; a Date is kept in UTC. */
export function datetime<const O extends DateTimeOptions = object>(options?: O): Column<ValueOfMode<O>> {
  return dateTimeColumn("DATETIME", options);
}
/** An instant, from 1970 to 2038; sessions of Athanor's read and write it in UTC. */
export function timestamp<const O extends DateTimeOptions = object>(options?: O): Column<ValueOfMode<O>> {
  return dateTimeColumn("TIMESTAMP", options);
}

function dateTimeColumn<O extends DateTimeOptions>(
  name: string,
  options: DateTimeOptions = {},
): Column<ValueOfMode<O>> {
  const { fsp = 0, mode = "date", zeroDates = "error" } = options;
  const type: SqlType = mode === "string" ? new DateTimeTextType(zeroDates) : new DateTimeType(zeroDates);
  return exactly(fractional(name, fsp), type as SqlType<ValueOfMode<O>>);
}

/** A length of time or a time of day, as text from `-838:59:59` to `838:59:59`. */
export function time({ fsp = 0 }: FractionOptions = {}): Column<string> {
  return exactly(fractional("TIME", fsp), new LongTimeType());
}

function fractional(name: string, fsp: number): string {
  return size(fsp, 6, 0) === 0 ? name : `${name}(${fsp})`;
}

// ── MariaDB ──────────────────────────────────────────────────────────────────
/** MariaDB: an IPv4 address, as text. */
export function inet4(): Column<string> {
  return exactly("INET4", new TextType());
}
/** MariaDB: an IPv6 address, as text. */
export function inet6(): Column<string> {
  return exactly("INET6", new TextType());
}
