import { BinaryType } from "../../sqltypes/binary.ts";
import { BooleanType } from "../../sqltypes/boolean.ts";
import { DateType, TimeType } from "../../sqltypes/date-time.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { ExactType } from "../../sqltypes/exact.ts";
import { DoubleType, FloatType } from "../../sqltypes/floats.ts";
import { BigIntegerType, IntegerType, SmallIntegerType } from "../../sqltypes/integers.ts";
import { JsonType } from "../../sqltypes/json.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { CharType, type StringOptions, TextType, VarcharType } from "../../sqltypes/strings.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";
import { UserDefinedType } from "../../sqltypes/user-defined.ts";
import { UuidType } from "../../sqltypes/uuid.ts";

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

/** Types that the library calls otherwise or not at all, by whose values theirs are. */
const byValues: Readonly<Record<string, () => SqlType>> = {
  tinyint: () => new IntegerType(),
  smallint: () => new IntegerType(),
  mediumint: () => new IntegerType(),
  int: () => new IntegerType(),
  bigint: () => new BigIntegerType(),
  year: () => new IntegerType(),
  decimal: () => new NumericType(),
  float: () => new DoubleType(),
  double: () => new DoubleType(),
  tinytext: () => new TextType(),
  mediumtext: () => new TextType(),
  longtext: () => new TextType(),
  set: () => new TextType(),
  binary: () => new BinaryType(),
  varbinary: () => new BinaryType(),
  tinyblob: () => new BinaryType(),
  blob: () => new BinaryType(),
  mediumblob: () => new BinaryType(),
  longblob: () => new BinaryType(),
  bit: () => new BinaryType(),
  time: () => new TimeType(),
  datetime: () => new TimestampType(),
  timestamp: () => new TimestampType(),
};

/**
 * The type of a column, by what `information_schema` calls it. Where the library's own type would be another one in the
 * database (`int unsigned`, `datetime(3)`, `set('a','b')`), it keeps the database's name, with the values of its own.
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
  const { collation } = options;
  const text = collation === undefined ? columnType : `${columnType} COLLATE ${collation}`;
  const type = values === undefined ? new UserDefinedType({ name: columnType }) : new ExactType(text, values());
  return { type, known: values !== undefined };
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
