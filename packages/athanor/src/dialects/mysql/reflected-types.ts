import { BinaryType } from "../../sqltypes/binary.ts";
import { BooleanType } from "../../sqltypes/boolean.ts";
import { DateType, TimeType } from "../../sqltypes/date-time.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { ExactType } from "../../sqltypes/exact.ts";
import { DoubleType, FloatType } from "../../sqltypes/floats.ts";
import { BigIntegerType, IntegerType, SmallIntegerType } from "../../sqltypes/integers.ts";
import { JsonType } from "../../sqltypes/json.ts";
import { nullType } from "../../sqltypes/null-type.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { CharType, type StringOptions, TextType, VarcharType } from "../../sqltypes/strings.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";
import { UuidType } from "../../sqltypes/uuid.ts";
import { BitType } from "./bit.ts";
import { SetType } from "./set.ts";
import { DateTimeType, LongTimeType } from "./temporal.ts";
import { UnsignedBigIntegerType } from "./unsigned.ts";

/** A column type taken apart: `int(10) unsigned zerofill`, `enum('a','b''c')`. */
interface ColumnType {
  readonly name: string;
  /** Numbers, or the values of an enumeration or a set. */
  readonly parameters: readonly string[];
  /** What stands behind: `unsigned`. */
  readonly attributes: string;
}

type MakeType = (type: ColumnType, options: StringOptions) => SqlType;

const text: MakeType = (_, options) => new TextType(null, options);
const numeric: MakeType = (type) => new NumericType(numberAt(type, 0), numberAt(type, 1));

/** By the names of `information_schema`. */
const byName: Readonly<Record<string, MakeType>> = {
  smallint: () => new SmallIntegerType(),
  int: () => new IntegerType(),
  bigint: () => new BigIntegerType(),
  decimal: numeric,
  double: () => new DoubleType(),
  float: (type) => new FloatType(numberAt(type, 0)),
  varchar: (type, options) => new VarcharType(numberAt(type, 0), options),
  char: (type, options) => new CharType(numberAt(type, 0), options),
  text,
  blob: () => new BinaryType(),
  date: () => new DateType(),
  time: () => new TimeType(),
  datetime: () => new TimestampType(),
  json: () => new JsonType(),
  uuid: () => new UuidType(),
};

/** Types of these databases alone, or of other sizes than the library's own, by whose values theirs are. */
const byValues: Readonly<Record<string, (type: ColumnType) => SqlType>> = {
  tinyint: () => new IntegerType(),
  smallint: () => new IntegerType(),
  mediumint: () => new IntegerType(),
  int: () => new IntegerType(),
  bigint: () => new UnsignedBigIntegerType(),
  year: () => new IntegerType(),
  decimal: (type) => new NumericType(numberAt(type, 0), numberAt(type, 1)),
  float: () => new DoubleType(),
  double: () => new DoubleType(),
  tinytext: () => new TextType(),
  mediumtext: () => new TextType(),
  longtext: () => new TextType(),
  inet4: () => new TextType(),
  inet6: () => new TextType(),
  set: ({ parameters }) => new SetType(parameters),
  binary: (type) => new BinaryType(numberAt(type, 0)),
  varbinary: (type) => new BinaryType(numberAt(type, 0)),
  tinyblob: () => new BinaryType(),
  mediumblob: () => new BinaryType(),
  longblob: () => new BinaryType(),
  bit: (type) => new BitType(numberAt(type, 0) ?? 1),
  time: () => new LongTimeType(),
  datetime: () => new DateTimeType("error"),
  timestamp: () => new DateTimeType("error"),
};

/** Numbers in parentheses that say nothing: how wide clients show a number. */
const displayWidth = /^((?:tiny|small|medium|big)?int|year)\(\d+\)/;

/**
 * The type of a column, by what `information_schema` calls it. Where the library's own type would be another one in the
 * database (`int unsigned`, `datetime(3)`, `set('a','b')`), it is the one that `athanor/mysql` has for it.
 */
export function mysqlReflectedType(
  columnType: string,
  column: string,
  options: StringOptions,
): { readonly type: SqlType; readonly known: boolean } {
  const described = takeApart(columnType);
  const { name, parameters, attributes } = described;
  // Enumerations have no name of their own.
  if (name === "enum") return { type: new EnumType(column, parameters), known: true };
  // What BOOL is called in the catalog.
  if (columnType === "tinyint(1)") return { type: new BooleanType(), known: true };
  const isPlain = attributes === "" && (parameters.length === 0 || !withoutParameters.has(name));
  const make = isPlain ? byName[name] : undefined;
  if (make !== undefined) return { type: make(described, options), known: true };
  const values = byValues[name];
  if (values === undefined) return { type: new ExactType(columnType, nullType), known: false };
  const text = columnType.replace(displayWidth, "$1").replaceAll(/'(?:[^']|'')*'|[a-z]+/g, upperCaseOfWord);
  const { collation } = options;
  const full = collation === undefined ? text : `${text} COLLATE ${collation}`;
  return { type: new ExactType(full, values(described)), known: true };
}

function upperCaseOfWord(piece: string): string {
  return piece.startsWith("'") ? piece : piece.toUpperCase();
}

/** The library's types have no digits of a second's fraction. */
const withoutParameters: ReadonlySet<string> = new Set(["time", "datetime"]);

const form = /^(\w+)(?:\(((?:[^')]|'(?:[^']|'')*')*)\))?\s*(.*)$/s;

function takeApart(columnType: string): ColumnType {
  const [, name = columnType, list = "", attributes = ""] = form.exec(columnType) ?? [];
  const parameters = [...list.matchAll(/'((?:[^']|'')*)'|[^,\s]+/g)].map(([whole, quoted]) =>
    quoted === undefined ? whole : quoted.replaceAll("''", "'"),
  );
  return { name, parameters, attributes };
}

function numberAt({ parameters }: ColumnType, position: number): number | null {
  const given = parameters[position];
  return given === undefined ? null : Number(given);
}
