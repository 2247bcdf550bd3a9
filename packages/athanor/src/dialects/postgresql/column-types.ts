import { ArgumentError } from "../../errors/errors.ts";
import { type Column, columnOf } from "../../schema/column.ts";
import { DateType } from "../../sqltypes/date-time.ts";
import { BigIntegerType, IntegerType } from "../../sqltypes/integers.ts";
import { type JsonOptions, JsonType } from "../../sqltypes/json.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import { refuseValue } from "../../sqltypes/refuse.ts";
import { SqlType, type TypeTraits } from "../../sqltypes/sql-type.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";
import { UserDefinedType } from "../../sqltypes/user-defined.ts";
import { type Hstore, HstoreType } from "./hstore-type.ts";
import { OidType } from "./oid.ts";
import type { Range } from "./range.ts";
import { MultirangeType, RangeType } from "./range-types.ts";
import { type Interval, IntervalPartsType } from "./time-types.ts";

/** JSON in PostgreSQL's binary form, which can be indexed and searched. */
export class JsonbType<T = unknown> extends JsonType<T> {
  override readonly kind: string = "jsonb";
}

/** A type of PostgreSQL's own whose values are text here. */
export class TextualType extends SqlType<string> {
  readonly kind: string;
  readonly affinity = "null";
  /** The type's name in the database. */
  readonly name: string;
  /** As it stands behind a parameter: a length there would cut the value off without a word. */
  readonly parameterName: string;

  constructor(name: string, parameterName: string = name) {
    super();
    this.name = name;
    this.parameterName = parameterName;
    this.kind = name.toLowerCase();
  }
  override comparedType(): SqlType {
    return this;
  }
  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => (typeof value === "string" ? value : refuseValue(`A value of ${this.name}`, "a string", value));
  }
}

/** JSON in binary form (JSONB): it can be indexed, compared and searched with `contains()`, `hasKey()` and their like. */
export function jsonb<T>(options?: JsonOptions): Column<T> {
  return columnOf(new JsonbType<T>(options));
}
/** Texts by keys (HSTORE); needs the extension of that name. */
export function hstore(): Column<Hstore> {
  return columnOf(new HstoreType());
}

// ── ranges ───────────────────────────────────────────────────────────────────
const int4 = /* @__PURE__ */ new RangeType<number>("int4range", /* @__PURE__ */ new IntegerType());
const int8 = /* @__PURE__ */ new RangeType<bigint>("int8range", /* @__PURE__ */ new BigIntegerType());
const num = /* @__PURE__ */ new RangeType<string>("numrange", /* @__PURE__ */ new NumericType());
const day = /* @__PURE__ */ new RangeType<string>("daterange", /* @__PURE__ */ new DateType());
const ts = /* @__PURE__ */ new RangeType<Date>("tsrange", /* @__PURE__ */ new TimestampType({ timezone: false }));
const tstz = /* @__PURE__ */ new RangeType<Date>("tstzrange", /* @__PURE__ */ new TimestampType({ timezone: true }));

/** A range of whole numbers. */
export function int4range(): Column<Range<number>> {
  return columnOf(int4);
}
/** A range of whole numbers of 64 bits. */
export function int8range(): Column<Range<bigint>> {
  return columnOf(int8);
}
/** A range of decimals. */
export function numrange(): Column<Range<string>> {
  return columnOf(num);
}
/** A range of days. */
export function daterange(): Column<Range<string>> {
  return columnOf(day);
}
/** A range of instants, kept without a time zone. */
export function tsrange(): Column<Range<Date>> {
  return columnOf(ts);
}
/** A range of instants. */
export function tstzrange(): Column<Range<Date>> {
  return columnOf(tstz);
}
/** Ranges of whole numbers. Multiranges need PostgreSQL 14. */
export function int4multirange(): Column<readonly Range<number>[]> {
  return columnOf(new MultirangeType("int4multirange", int4));
}
/** Ranges of whole numbers of 64 bits. */
export function int8multirange(): Column<readonly Range<bigint>[]> {
  return columnOf(new MultirangeType("int8multirange", int8));
}
/** Ranges of decimals. */
export function nummultirange(): Column<readonly Range<string>[]> {
  return columnOf(new MultirangeType("nummultirange", num));
}
/** Ranges of days. */
export function datemultirange(): Column<readonly Range<string>[]> {
  return columnOf(new MultirangeType("datemultirange", day));
}
/** Ranges of instants, kept without a time zone. */
export function tsmultirange(): Column<readonly Range<Date>[]> {
  return columnOf(new MultirangeType("tsmultirange", ts));
}
/** Ranges of instants. */
export function tstzmultirange(): Column<readonly Range<Date>[]> {
  return columnOf(new MultirangeType("tstzmultirange", tstz));
}

// ── types whose values are text ──────────────────────────────────────────────
function textual(name: string, parameterName?: string): Column<string> {
  return columnOf(new TextualType(name, parameterName));
}

function sizeOf(size: number, type: string, least: number = 1): number {
  if (Number.isSafeInteger(size) && size >= least) return size;
  throw new ArgumentError(`The size of ${type}() is a whole number from ${least}.`);
}

/** The number of a transaction: `xmin: xid().system()` is the one that has last written a row. */
export function xid(): Column<string> {
  return textual("XID");
}
/** The address of a host, with or without its network: `10.0.0.1`, `10.0.0.2/24`. */
export function inet(): Column<string> {
  return textual("INET");
}
/** The address of a network: `10.0.0.0/8`. */
export function cidr(): Column<string> {
  return textual("CIDR");
}
/** A hardware address: `08:00:2b:01:02:03`. */
export function macaddr(): Column<string> {
  return textual("MACADDR");
}
/** A hardware address of eight bytes. */
export function macaddr8(): Column<string> {
  return textual("MACADDR8");
}
/** Bits, as text of 0 and 1; so many of them. */
export function bit(length: number = 1): Column<string> {
  return textual(`BIT(${sizeOf(length, "bit")})`, "BIT VARYING");
}
/** Bits, as text of 0 and 1; so many of them at most. */
export function varbit(length?: number): Column<string> {
  const size = length === undefined ? "" : `(${sizeOf(length, "varbit")})`;
  return textual(`BIT VARYING${size}`, "BIT VARYING");
}
/** Text that is compared without regard to case; needs the extension of that name. */
export function citext(): Column<string> {
  return columnOf(new UserDefinedType<string>({ name: "CITEXT", affinity: "text" }));
}
/** An amount of money, as text in the form of the server's locale. */
export function money(): Column<string> {
  return textual("MONEY");
}
/** A document that is prepared for full-text search. */
export function tsvector(): Column<string> {
  return textual("TSVECTOR");
}
/** What a full-text search looks for. */
export function tsquery(): Column<string> {
  return textual("TSQUERY");
}
/** The name of a configuration of full-text search: `cast("simple", regconfig())`. */
export function regconfig(): Column<string> {
  return textual("REGCONFIG");
}
/** The name of a table, an index or a sequence. */
export function regclass(): Column<string> {
  return textual("REGCLASS");
}
/** A path of SQL/JSON. */
export function jsonpath(): Column<string> {
  return textual("JSONPATH");
}
/** A document or a fragment of XML. */
export function xml(): Column<string> {
  return textual("XML");
}
/** The number of an object in the catalog. */
export function oid(): Column<number> {
  return columnOf(new OidType());
}

// ── dates and times ──────────────────────────────────────────────────────────
export interface TimestampTextOptions {
  readonly timezone?: boolean;
  /** Digits of a second's fraction that are kept, 0 to 6. */
  readonly precision?: number;
}

/**
 * A date with a time as PostgreSQL writes it: all six digits of a fraction, years before Christ, `infinity`. With a time zone,
 * the text has the session's offset. For Dates take the core's `timestamp()`.
 */
export function timestampText({ timezone = false, precision }: TimestampTextOptions = {}): Column<string> {
  const zone = timezone ? "WITH TIME ZONE" : "WITHOUT TIME ZONE";
  return textual(`TIMESTAMP${precisionOf(precision)} ${zone}`, `TIMESTAMP ${zone}`);
}
/** A time of day with an offset, as text: `12:34:56.789+02`. */
export function timetz(precision?: number): Column<string> {
  return textual(`TIME${precisionOf(precision)} WITH TIME ZONE`, "TIME WITH TIME ZONE");
}

const intervalFields =
  /^(?:year|month|day|hour|minute|second|year to month|day to (?:hour|minute|second)|hour to (?:minute|second)|minute to second)$/i;

/**
 * A length of time as an object of its parts: `{ months: 1, hours: -2 }`. What is left out is 0. For a number of milliseconds
 * take the core's `interval()`.
 *
 * @throws ArgumentError for fields that SQL does not have.
 */
export function interval(
  options: { readonly fields?: string; readonly precision?: number } = {},
): Column<Partial<Interval>> {
  const { fields, precision } = options;
  if (fields !== undefined && !intervalFields.test(fields)) {
    throw new ArgumentError(
      `interval() has no fields ${JSON.stringify(fields)}. Write them as SQL does: "DAY TO SECOND".`,
    );
  }
  return columnOf(
    new IntervalPartsType(
      fields?.toUpperCase() ?? null,
      precision === undefined ? null : sizeOf(precision, "interval", 0),
    ),
  );
}

function precisionOf(precision: number | undefined): string {
  return precision === undefined ? "" : `(${sizeOf(precision, "timestamp", 0)})`;
}
