import { ArgumentError, CompileError } from "../../errors/errors.ts";
import { BinaryType } from "../../sqltypes/binary.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { ExactType } from "../../sqltypes/exact.ts";
import { FloatType } from "../../sqltypes/floats.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import { isBytes } from "../../sqltypes/refuse.ts";
import type { SqlType, TypeTraits } from "../../sqltypes/sql-type.ts";
import { StringType, VarcharType } from "../../sqltypes/strings.ts";
import { UserDefinedType } from "../../sqltypes/user-defined.ts";
import { UuidType } from "../../sqltypes/uuid.ts";
import type { MysqlFeatures } from "./capabilities.ts";
import type { MysqlServer } from "./server.ts";
import { UnsignedBigIntegerType } from "./unsigned.ts";

/** How values travel: decimals, dates and JSON as text, also what sums and averages of whole numbers give. */
export function mysqlTraits({ mariadb, version }: MysqlServer): TypeTraits {
  return {
    dialects: mariadb ? ["mariadb", "mysql"] : ["mysql"],
    nativeBoolean: false,
    nativeDecimal: true,
    temporal: "text",
    nativeUuid: mariadb && version >= 100_700,
    nativeJson: false,
    nativeEnum: true,
    nativeNaN: false,
    textNumbers: true,
    jsonPathEnd: "last",
  };
}

/** Names of types in DDL that have no parameters. */
const names: Readonly<Record<string, string>> = {
  integer: "INTEGER",
  smallInteger: "SMALLINT",
  bigInteger: "BIGINT",
  double: "DOUBLE",
  real: "REAL",
  boolean: "BOOL",
  date: "DATE",
  time: "TIME",
  timestamp: "DATETIME",
  interval: "DATETIME",
  json: "JSON",
};

/** The name of a type in DDL. */
export function mysqlTypeName(type: SqlType, traits: TypeTraits): string {
  const stored = type.storedOn(traits.dialects ?? []);
  if (stored instanceof ExactType) return stored.textOn(traits.dialects ?? []);
  const name = names[stored.kind];
  if (name !== undefined) return name;
  if (stored instanceof NumericType) return withParameters("NUMERIC", stored.precision, stored.scale);
  if (stored instanceof FloatType) return withParameters("FLOAT", stored.precision, null);
  if (stored instanceof StringType) return stringName(stored);
  if (stored instanceof EnumType) return enumName(stored);
  if (stored instanceof BinaryType) return withParameters("BLOB", stored.length, null);
  if (stored instanceof UuidType) return stored.native && traits.nativeUuid ? "UUID" : "CHAR(32)";
  if (stored instanceof UserDefinedType) return stored.name;
  if (stored.kind === "null") throw new CompileError("A column or a cast needs a type, and this one has none.");
  throw new CompileError(`mysql has no type for ${stored.kind}().`);
}

/** What CAST takes, which is less than what columns have; null: the value stays as it is. */
export function mysqlCastName(type: SqlType, features: MysqlFeatures): string | null {
  const stored = type.stored;
  if (stored instanceof ExactType) return mysqlCastName(stored.base, features);
  switch (stored.affinity) {
    case "integer":
      return stored instanceof UnsignedBigIntegerType ? "UNSIGNED INTEGER" : "SIGNED INTEGER";
    case "numeric":
      return stored instanceof NumericType ? withParameters("DECIMAL", stored.precision, stored.scale) : "DECIMAL";
    case "float":
      if (!features.castToFloat) return null;
      return stored.kind === "float" ? "FLOAT" : "DOUBLE";
    case "text":
      return stored instanceof StringType ? withParameters("CHAR", stored.length, null) : "CHAR";
    case "enum":
    case "uuid":
      return "CHAR";
    case "date":
      return "DATE";
    case "time":
      return "TIME";
    case "timestamp":
    case "interval":
      return "DATETIME";
    case "binary":
      return stored instanceof BinaryType ? withParameters("BINARY", stored.length, null) : "BINARY";
    case "json":
      return features.castToJson ? "JSON" : null;
    case "boolean":
      return null;
    default:
      throw new CompileError(`mysql has no type to cast to for ${stored.kind}().`);
  }
}

function stringName(type: StringType): string {
  if (type instanceof VarcharType && type.length === null) {
    throw new CompileError("VARCHAR requires a length on mysql: write varchar(255), or text() for text of any length.");
  }
  const collation = type.collation === null ? "" : ` COLLATE ${collationName(type.collation)}`;
  return withParameters(type.kind.toUpperCase(), type.length, null) + collation;
}

/** Collations and character sets are words; whatever else it is cannot be meant. */
export function collationName(name: string): string {
  if (/^\w+$/.test(name)) return name;
  throw new CompileError(`${JSON.stringify(name)} is no name of a collation or a character set.`);
}

function enumName(type: EnumType): string {
  if (!type.native) return withParameters("VARCHAR", type.length, null);
  return `ENUM(${type.values.map(stringLiteral).join(",")})`;
}

function withParameters(name: string, first: number | null, second: number | null): string {
  if (first === null) return name;
  return second === null ? `${name}(${first})` : `${name}(${first}, ${second})`;
}

/** A value as a SQL literal. */
export function mysqlLiteral(value: unknown, type: SqlType, traits: TypeTraits): string {
  if (value === null) return "NULL";
  if (typeof value === "boolean" && type.affinity === "boolean") return String(value);
  const bind = type.bindProcessor(traits);
  const stored = bind === null ? value : bind(value);
  // A decimal travels as text and is a number all the same.
  if (type.affinity === "numeric" && typeof stored === "string" && /^-?\d+(?:\.\d+)?$/.test(stored)) return stored;
  return storedLiteral(stored);
}

function storedLiteral(value: unknown): string {
  switch (typeof value) {
    case "number":
      if (Number.isFinite(value)) return String(value);
      throw new ArgumentError("MySQL has no literals for NaN and infinity.");
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    case "string":
      return stringLiteral(value);
    default:
      if (value === null) return "NULL";
      if (isBytes(value)) return `X'${hex(value)}'`;
      throw new ArgumentError("MySQL has literals for numbers, text and bytes only.");
  }
}

/**
 * Quotes and backslashes are doubled: the literal ends where it should with and without NO_BACKSLASH_ESCAPES, which
 * sessions of Athanor's have switched off. A statement holds no NUL, so that text with one is written as bytes.
 */
export function stringLiteral(value: string): string {
  if (value.includes("\u0000")) return `_utf8mb4 X'${hex(new TextEncoder().encode(value))}'`;
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
