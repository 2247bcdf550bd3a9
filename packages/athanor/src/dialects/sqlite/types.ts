import { ArgumentError, CompileError } from "../../errors/errors.ts";
import { BinaryType } from "../../sqltypes/binary.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { ExactType } from "../../sqltypes/exact.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import { isBytes } from "../../sqltypes/refuse.ts";
import type { SqlType, TypeTraits } from "../../sqltypes/sql-type.ts";
import { StringType } from "../../sqltypes/strings.ts";
import { UserDefinedType } from "../../sqltypes/user-defined.ts";

const dialects: readonly string[] = ["sqlite"];

/** SQLite has numbers, text and bytes; everything else is kept as one of them. */
export const sqliteTraits: TypeTraits = {
  dialects,
  nativeBoolean: false,
  nativeDecimal: false,
  temporal: "text",
  nativeUuid: false,
  nativeJson: false,
  nativeEnum: false,
  nativeNaN: false,
  jsonPathEnd: "#",
};

/** Names of types that have no parameters. SQLite reads an affinity out of them; people read what is meant. */
const names: Readonly<Record<string, string>> = {
  integer: "INTEGER",
  smallInteger: "SMALLINT",
  bigInteger: "BIGINT",
  double: "DOUBLE",
  float: "FLOAT",
  real: "REAL",
  boolean: "BOOLEAN",
  date: "DATE",
  time: "TIME",
  timestamp: "DATETIME",
  interval: "DATETIME",
  json: "JSON",
  uuid: "CHAR(32)",
};

/** The name of a type in DDL and CAST. */
export function sqliteTypeName(type: SqlType, use: "ddl" | "cast"): string {
  const stored = type.storedOn(dialects);
  if (stored instanceof ExactType) return use === "ddl" ? stored.textOn(dialects) : sqliteTypeName(stored.base, use);
  // A cast to a type with number affinity would make a number of the text that dates are kept as.
  if (use === "cast" && textAffinities.has(stored.affinity)) return "TEXT";
  const name = names[stored.kind];
  if (name !== undefined) return name;
  if (stored instanceof NumericType) return withParameters("NUMERIC", stored.precision, stored.scale);
  if (stored instanceof StringType) {
    return withParameters(stored.kind.toUpperCase(), stored.length, null) + collation(stored, use);
  }
  if (stored instanceof EnumType) return withParameters("VARCHAR", stored.length, null);
  if (stored instanceof BinaryType) return "BLOB";
  if (stored instanceof UserDefinedType) return stored.name;
  if (stored.kind === "null") throw new CompileError("A column or a cast needs a type, and this one has none.");
  throw new CompileError(`SQLite has no type for ${stored.kind}().`);
}

const textAffinities: ReadonlySet<string> = new Set(["date", "time", "timestamp", "interval"]);

function collation(type: StringType, use: "ddl" | "cast"): string {
  if (type.collation === null || use === "cast") return "";
  if (/^\w+$/.test(type.collation)) return ` COLLATE ${type.collation}`;
  // SQLite would read the statement up to there.
  if (type.collation.includes("\u0000"))
    throw new CompileError("A collation's name must not contain the character NUL.");
  return ` COLLATE "${type.collation.replaceAll('"', '""')}"`;
}

function withParameters(name: string, first: number | null, second: number | null): string {
  if (first === null) return name;
  return second === null ? `${name}(${first})` : `${name}(${first}, ${second})`;
}

/** The name of a type in a STRICT table, which takes storage classes only. */
export function sqliteStrictTypeName(type: SqlType): string {
  switch (type.affinity) {
    case "integer":
    case "boolean":
      return "INTEGER";
    case "float":
      return "REAL";
    case "binary":
      return "BLOB";
    // Decimals are numbers as far as numbers are exact, and text beyond.
    case "numeric":
      return "ANY";
    default:
      return "TEXT";
  }
}

/** A value as a SQL literal. */
export function sqliteLiteral(value: unknown, type: SqlType): string {
  if (value === null) return "NULL";
  const bind = type.bindProcessor(sqliteTraits);
  return storedLiteral(bind === null ? value : bind(value));
}

function storedLiteral(value: unknown): string {
  switch (typeof value) {
    case "number":
      if (Number.isNaN(value)) throw new ArgumentError("SQLite has no literal for NaN.");
      return Number.isFinite(value) ? String(value) : value > 0 ? "9e999" : "-9e999";
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "1" : "0";
    case "string":
      return stringLiteral(value);
    default:
      if (value === null) return "NULL";
      if (isBytes(value)) return `X'${hex(value)}'`;
      throw new ArgumentError("SQLite has literals for numbers, text and bytes only.");
  }
}

/** SQL text ends at the character NUL, so text that holds one is written as bytes. */
function stringLiteral(value: string): string {
  if (value.includes("\u0000")) return `CAST(X'${hex(new TextEncoder().encode(value))}' AS TEXT)`;
  return `'${value.replaceAll("'", "''")}'`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
