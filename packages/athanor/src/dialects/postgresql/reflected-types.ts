import type { AnyColumn } from "../../schema/column.ts";
import { literalColumn } from "../../sql/expression/constants.ts";
import { BinaryType } from "../../sqltypes/binary.ts";
import { BooleanType } from "../../sqltypes/boolean.ts";
import { ArrayType } from "../../sqltypes/composite.ts";
import { DateType, TimeType } from "../../sqltypes/date-time.ts";
import { DomainType } from "../../sqltypes/domain.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { ExactType } from "../../sqltypes/exact.ts";
import { DoubleType, RealType } from "../../sqltypes/floats.ts";
import { BigIntegerType, IntegerType, SmallIntegerType } from "../../sqltypes/integers.ts";
import { IntervalType } from "../../sqltypes/interval.ts";
import { JsonType } from "../../sqltypes/json.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { CharType, type StringOptions, TextType, VarcharType } from "../../sqltypes/strings.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";
import { UuidType } from "../../sqltypes/uuid.ts";
import * as types from "./column-types.ts";

/** A type as the catalog describes it: of a column, or of the elements of its arrays. */
export interface DescribedType {
  /** As `format_type()` writes it: `character varying(20)[]`. */
  readonly format: string;
  /** Of an array; else 0. */
  readonly dimensions: number;
  /** An enumeration's labels in their order. */
  readonly labels: readonly string[] | null;
  readonly domain: DescribedDomain | null;
  readonly name: string;
  /** Null where the type is found without its schema. */
  readonly schema: string | null;
  /** Null where it is the type's own. */
  readonly collation: string | null;
}

export interface DescribedDomain {
  readonly format: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly collation: string | null;
  readonly constraints: readonly { readonly name: string; readonly check: string }[] | null;
}

type MakeType = (first: number | null, second: number | null, options: StringOptions) => SqlType;

/** By the names that `format_type()` gives, without parameters. */
const byName: Readonly<Record<string, MakeType>> = {
  smallint: () => new SmallIntegerType(),
  integer: () => new IntegerType(),
  bigint: () => new BigIntegerType(),
  numeric: (precision, scale) => new NumericType(precision, scale),
  real: () => new RealType(),
  "double precision": () => new DoubleType(),
  boolean: () => new BooleanType(),
  "character varying": (length, _, options) => new VarcharType(length, options),
  character: (length, _, options) => new CharType(length, options),
  text: (_first, _second, options) => new TextType(null, options),
  bytea: () => new BinaryType(),
  date: () => new DateType(),
  "time without time zone": () => new TimeType(),
  "timestamp without time zone": () => new TimestampType(),
  "timestamp with time zone": () => new TimestampType({ timezone: true }),
  interval: () => new IntervalType(),
  uuid: () => new UuidType(),
  json: () => new JsonType(),
};

/** Types of PostgreSQL's own, as `athanor/postgresql` has them. */
const own: Readonly<Record<string, (length?: number) => AnyColumn>> = {
  jsonb: () => types.jsonb(),
  hstore: types.hstore,
  int4range: types.int4range,
  int8range: types.int8range,
  numrange: types.numrange,
  daterange: types.daterange,
  tsrange: types.tsrange,
  tstzrange: types.tstzrange,
  int4multirange: types.int4multirange,
  int8multirange: types.int8multirange,
  nummultirange: types.nummultirange,
  datemultirange: types.datemultirange,
  tsmultirange: types.tsmultirange,
  tstzmultirange: types.tstzmultirange,
  inet: types.inet,
  cidr: types.cidr,
  macaddr: types.macaddr,
  macaddr8: types.macaddr8,
  bit: types.bit,
  "bit varying": types.varbit,
  citext: types.citext,
  money: types.money,
  tsvector: types.tsvector,
  tsquery: types.tsquery,
  regconfig: types.regconfig,
  regclass: types.regclass,
  jsonpath: types.jsonpath,
};

/** Types whose parameters the library has not, and some that are text to it, by whose values theirs are. */
const byValues: Readonly<Record<string, () => SqlType>> = {
  "time without time zone": () => new TimeType(),
  "timestamp without time zone": () => new TimestampType(),
  "timestamp with time zone": () => new TimestampType({ timezone: true }),
  interval: () => new IntervalType(),
  "time with time zone": () => new TextType(),
  name: () => new TextType(),
  xml: () => new TextType(),
  oid: () => new IntegerType(),
};

/** The type that a column has; one that the library does not know by its name alone, with null for its class. */
export function postgresqlReflectedType(described: DescribedType): { readonly type: SqlType; readonly known: boolean } {
  const { format, dimensions, labels, domain, name, schema, collation } = described;
  const place = schema === null ? {} : { schema };
  const isArray = format.endsWith("[]");
  const wrapped = (item: SqlType): SqlType =>
    isArray ? new ArrayType(item, dimensions > 1 ? dimensions : null) : item;
  if (labels !== null && labels.length > 0) return { type: wrapped(new EnumType(name, labels, place)), known: true };
  if (domain !== null) {
    const base = plainType(domain.format, {});
    return { type: wrapped(domainType(name, base ?? unknown(domain.format), domain, schema)), known: base !== null };
  }
  const bare = isArray ? format.slice(0, format.indexOf("[]")) : format;
  const item = plainType(bare, collation === null ? {} : { collation });
  return { type: item === null ? unknown(format) : wrapped(item), known: item !== null };
}

/** A type without a class in the library: its values are what the driver makes of them. */
function unknown(name: string): SqlType {
  return new types.TextualType(name);
}

function plainType(format: string, options: StringOptions): SqlType | null {
  const [, head = "", first, second, tail = ""] =
    /^([^(]*?)\s*(?:\((\d+)(?:,(-?\d+))?\))?((?:\s[^(]*)?)$/.exec(format) ?? [];
  const name = head + tail;
  const make = first === undefined || !withoutParameters.has(name) ? byName[name] : undefined;
  // Fields of an interval stand behind its name: `interval day to second(3)`.
  const values = byValues[name] ?? (name.startsWith("interval ") ? byValues["interval"] : undefined);
  if (make === undefined) {
    const declared = own[name]?.(first === undefined ? undefined : Number(first));
    if (declared !== undefined) return declared.definition.type;
    return values === undefined ? null : new ExactType(format, values());
  }
  return make(first === undefined ? null : Number(first), second === undefined ? null : Number(second), options);
}

/** The library's types have no digits of a second's fraction. */
const withoutParameters: ReadonlySet<string> = new Set([
  "time without time zone",
  "timestamp without time zone",
  "timestamp with time zone",
  "interval",
]);

/** A domain with what it was created with, so that it can be created again. */
export function domainType(name: string, base: SqlType, domain: DescribedDomain, schema: string | null): DomainType {
  const [constraint, another] = domain.constraints ?? [];
  // Several conditions are one: a domain is declared with a single CHECK.
  const checks = (domain.constraints ?? []).map(({ check }) => check);
  const check = another === undefined ? checks[0] : checks.map((each) => `(${each})`).join(" AND ");
  return new DomainType(name, base, {
    ...(schema === null ? {} : { schema }),
    ...(domain.notNull ? { notNull: true } : {}),
    ...(domain.default === null ? {} : { default: literalColumn(domain.default) }),
    ...(domain.collation === null ? {} : { collation: domain.collation }),
    ...(check === undefined ? {} : { check: literalColumn(check) }),
    ...(constraint === undefined ? {} : { constraintName: constraint.name }),
  });
}

/** The base type of a domain. */
export function postgresqlBaseType(format: string): SqlType {
  return plainType(format, {}) ?? unknown(format);
}
