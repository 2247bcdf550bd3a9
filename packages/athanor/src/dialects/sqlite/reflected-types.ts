import { BinaryType } from "../../sqltypes/binary.ts";
import { BooleanType } from "../../sqltypes/boolean.ts";
import { DateType, TimeType } from "../../sqltypes/date-time.ts";
import { ExactType } from "../../sqltypes/exact.ts";
import { DoubleType, FloatType, RealType } from "../../sqltypes/floats.ts";
import { BigIntegerType, IntegerType, SmallIntegerType } from "../../sqltypes/integers.ts";
import { JsonType } from "../../sqltypes/json.ts";
import { nullType } from "../../sqltypes/null-type.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { CharType, type StringOptions, TextType, VarcharType } from "../../sqltypes/strings.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";

type MakeType = (first: number | null, second: number | null, options: StringOptions) => SqlType;

const varchar: MakeType = (length, _, options) => new VarcharType(length, options);
const char: MakeType = (length, _, options) => new CharType(length, options);
const text: MakeType = (length, _, options) => new TextType(length, options);
const numeric: MakeType = (precision, scale) => new NumericType(precision, scale);
const integer: MakeType = () => new IntegerType();
const timestamp: MakeType = () => new TimestampType();

/** Types by the names that people write; SQLite itself takes any name. */
const byName: Readonly<Record<string, MakeType>> = {
  INT: integer,
  INTEGER: integer,
  BIGINT: () => new BigIntegerType(),
  SMALLINT: () => new SmallIntegerType(),
  DOUBLE: () => new DoubleType(),
  "DOUBLE PRECISION": () => new DoubleType(),
  DOUBLE_PRECISION: () => new DoubleType(),
  FLOAT: (precision) => new FloatType(precision),
  REAL: () => new RealType(),
  NUMERIC: numeric,
  DECIMAL: numeric,
  BOOLEAN: () => new BooleanType(),
  BOOL: () => new BooleanType(),
  VARCHAR: varchar,
  NVARCHAR: varchar,
  "CHARACTER VARYING": varchar,
  CHAR: char,
  NCHAR: char,
  CHARACTER: char,
  TEXT: text,
  CLOB: text,
  DATE: () => new DateType(),
  TIME: () => new TimeType(),
  DATETIME: timestamp,
  TIMESTAMP: timestamp,
  JSON: () => new JsonType(),
  BLOB: (length) => new BinaryType(length),
};

/** The rules of https://sqlite.org/datatype3.html#determination_of_column_affinity for all other names, in their order. */
const byAffinity: readonly (readonly [part: RegExp, make: MakeType])[] = [
  [/INT/, integer],
  [/CHAR|CLOB|TEXT/, text],
  [/BLOB/, (length) => new BinaryType(length)],
  [/REAL|FLOA|DOUB/, () => new RealType()],
];

/**
 * The type that a column was declared with. A name that nobody knows has number affinity in SQLite, but says nothing of
 * what is meant: it is kept as it is, without conversions; so is the absence of a type.
 */
export function sqliteReflectedType(
  declared: string,
  collation: string | null,
): { readonly type: SqlType; readonly known: boolean } {
  const [, words = "", first, second] = /^([^(]*)(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?/.exec(declared) ?? [];
  const name = words.trim().replace(/\s+/g, " ").toUpperCase();
  const make = byName[name] ?? byAffinity.find(([part]) => part.test(name))?.[1];
  if (make === undefined) return { type: new ExactType(declared, nullType), known: declared === "" };
  const options = collation === null ? {} : { collation };
  const type = make(first === undefined ? null : Number(first), second === undefined ? null : Number(second), options);
  return { type, known: true };
}
