import { ArgumentError, CompileError } from "../../errors/errors.ts";
import type { SchemaPrefix } from "../../sql/compile/sql-dialect.ts";
import { ArrayType } from "../../sqltypes/composite.ts";
import { DomainType } from "../../sqltypes/domain.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { ExactType } from "../../sqltypes/exact.ts";
import { FloatType } from "../../sqltypes/floats.ts";
import { InstantTextType } from "../../sqltypes/instant-text.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import { isBytes } from "../../sqltypes/refuse.ts";
import type { SqlType, TypeTraits } from "../../sqltypes/sql-type.ts";
import { StringType } from "../../sqltypes/strings.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";
import { UserDefinedType } from "../../sqltypes/user-defined.ts";
import { UuidType } from "../../sqltypes/uuid.ts";
import { TextualType } from "./column-types.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { MultirangeType, RangeType } from "./range-types.ts";
import { IntervalPartsType } from "./time-types.ts";

const dialects: readonly string[] = ["postgresql"];

/** PostgreSQL has a type for everything. Drivers give booleans and numbers of up to 53 bits as such, the rest as text. */
export const postgresqlTraits: TypeTraits = {
  dialects,
  nativeBoolean: true,
  nativeDecimal: true,
  temporal: "iso",
  nativeUuid: true,
  nativeJson: false,
  nativeEnum: true,
  nativeNaN: true,
  textNumbers: true,
  hexBytes: true,
  arrayLiterals: true,
};

/** Names of types that have no parameters. */
const names: Readonly<Record<string, string>> = {
  integer: "INTEGER",
  smallInteger: "SMALLINT",
  bigInteger: "BIGINT",
  double: "DOUBLE PRECISION",
  real: "REAL",
  boolean: "BOOLEAN",
  date: "DATE",
  time: "TIME WITHOUT TIME ZONE",
  interval: "INTERVAL",
  json: "JSON",
  jsonb: "JSONB",
  oid: "OID",
  hstore: "HSTORE",
  binary: "BYTEA",
};

/**
 * What a type is called: in DDL, in a CAST that somebody has written, and behind a parameter, where a length would cut the
 * value off without a word.
 */
export function postgresqlTypeName(
  type: SqlType,
  use: "ddl" | "cast" | "parameter",
  schemaPrefix: SchemaPrefix = ownSchema,
): string {
  const stored = type.storedOn(dialects);
  if (stored instanceof ExactType)
    return use === "ddl" ? stored.textOn(dialects) : postgresqlTypeName(stored.base, use, schemaPrefix);
  const name = names[stored.kind];
  if (name !== undefined) return name;
  const isFull = use !== "parameter";
  if (stored instanceof StringType) {
    const kind = isFull || stored.kind === "text" ? stored.kind.toUpperCase() : "VARCHAR";
    const length = isFull && stored.length !== null && stored.kind !== "text" ? `(${stored.length})` : "";
    return `${kind}${length}${use === "ddl" ? collation(stored) : ""}`;
  }
  if (stored instanceof NumericType) {
    return isFull ? withParameters("NUMERIC", stored.precision, stored.scale) : "NUMERIC";
  }
  if (stored instanceof FloatType) return withParameters("FLOAT", stored.precision, null);
  if (stored instanceof TimestampType || stored instanceof InstantTextType) {
    return stored.timezone ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP WITHOUT TIME ZONE";
  }
  if (stored instanceof UuidType) return stored.native ? "UUID" : isFull ? "CHAR(32)" : "VARCHAR";
  if (stored instanceof EnumType) {
    if (!stored.native) return isFull ? withParameters("VARCHAR", stored.length, null) : "VARCHAR";
    return schemaPrefix(stored.schema) + quoteIdentifier(stored.name);
  }
  if (stored instanceof DomainType) return schemaPrefix(stored.schema) + quoteIdentifier(stored.name);
  if (stored instanceof UserDefinedType) return stored.name;
  if (stored instanceof TextualType) return isFull ? stored.name : stored.parameterName;
  if (stored instanceof IntervalPartsType) return isFull ? stored.name : "INTERVAL";
  if (stored instanceof RangeType || stored instanceof MultirangeType) return stored.kind.toUpperCase();
  if (stored instanceof ArrayType) {
    return `${postgresqlTypeName(stored.item, use, schemaPrefix)}${"[]".repeat(stored.dimensions ?? 1)}`;
  }
  if (stored.kind === "null") throw new CompileError("A column or a cast needs a type, and this one has none.");
  throw new CompileError(`PostgreSQL has no type for ${stored.kind}().`);
}

function ownSchema(schema: string | null): string {
  return schema === null ? "" : `${quoteIdentifier(schema)}.`;
}

function collation({ collation: name }: StringType): string {
  return name === null ? "" : ` COLLATE ${quoteIdentifier(name, true)}`;
}

function withParameters(name: string, first: number | null, second: number | null): string {
  if (first === null) return name;
  return second === null ? `${name}(${first})` : `${name}(${first}, ${second})`;
}

/** A value as a SQL literal. Strings are standard: a backslash is a character like any other. */
export function postgresqlLiteral(value: unknown, type: SqlType): string {
  if (value === null) return "NULL";
  const bind = type.bindProcessor(postgresqlTraits);
  const stored = bind === null ? value : bind(value);
  const target = type.storedOn(dialects);
  if (target instanceof ArrayType || needsName.has(target.affinity)) {
    return `${storedLiteral(stored, type)}::${postgresqlTypeName(type, "parameter")}`;
  }
  return storedLiteral(stored, type);
}

/** In a literal these would be text. */
const needsName: ReadonlySet<string> = new Set(["binary"]);

function storedLiteral(value: unknown, type: SqlType): string {
  switch (typeof value) {
    case "number":
      // Numbers have literals; what is none is text that PostgreSQL reads as one.
      return Number.isFinite(value) ? String(value) : `'${value}'::${postgresqlTypeName(type, "parameter")}`;
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    case "string":
      return type.stored.affinity === "numeric" && /^[-+]?[\d.]+$/.test(value) ? value : stringLiteral(value);
    default:
      if (value === null) return "NULL";
      if (isBytes(value)) return `'\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
      throw new ArgumentError("PostgreSQL has literals for numbers, booleans, text and bytes only.");
  }
}

function stringLiteral(value: string): string {
  if (value.includes("\u0000")) {
    throw new ArgumentError("PostgreSQL's text cannot hold the character NUL; keep such values in binary().");
  }
  return `'${value.replaceAll("'", "''")}'`;
}
