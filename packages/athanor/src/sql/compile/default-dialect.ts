import { ArgumentError, IdentifierError } from "../../errors/errors.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import { isBytes } from "../../sqltypes/refuse.ts";
import type { SqlType, TypeTraits } from "../../sqltypes/sql-type.ts";
import { StringType } from "../../sqltypes/strings.ts";
import { UserDefinedType } from "../../sqltypes/user-defined.ts";
import type { Capabilities, SqlDialect } from "./sql-dialect.ts";

const capabilities: Capabilities = {
  insertReturning: true,
  updateReturning: true,
  deleteReturning: true,
  orderedReturning: false,
  defaultValues: true,
  defaultKeyword: true,
  updateFrom: true,
  deleteUsing: true,
  rowLocks: true,
  lateral: true,
  fullJoin: true,
  distinctOn: false,
  nullsOrdering: true,
  booleanLiterals: true,
  compoundParentheses: true,
  savepoints: true,
  sequences: true,
  identityColumns: true,
  computedColumns: true,
  alterConstraints: true,
  comments: false,
  schemas: true,
  partialIndexes: false,
  lastInsertId: false,
  arrays: true,
};

const types: TypeTraits = {
  nativeBoolean: true,
  nativeDecimal: true,
  temporal: "text",
  nativeUuid: true,
  nativeJson: false,
  nativeEnum: false,
  nativeNaN: false,
};

/** Words of the SQL standard that people call tables and columns by. */
const reservedWords: ReadonlySet<string> = new Set(
  (
    "all alter and any array as asc authorization between both by case cast check collate column constraint create cross " +
    "current_date current_role current_time current_timestamp current_user default delete desc distinct drop else end " +
    "except exists false fetch filter for foreign from full grant group having in inner insert intersect into is join " +
    "lateral leading left like limit localtime localtimestamp natural not null of offset on only or order outer over " +
    "overlaps partition primary range references revoke right row rows select session_user set similar some symmetric " +
    "table then to trailing true union unique update user using values when where window with"
  ).split(" "),
);

const typeNames: Readonly<Record<string, string>> = {
  integer: "INTEGER",
  smallInteger: "SMALLINT",
  bigInteger: "BIGINT",
  double: "DOUBLE PRECISION",
  float: "FLOAT",
  real: "REAL",
  boolean: "BOOLEAN",
  binary: "BLOB",
  date: "DATE",
  time: "TIME",
  timestamp: "TIMESTAMP",
  interval: "INTERVAL",
  json: "JSON",
  uuid: "UUID",
  enum: "VARCHAR",
};

function typeName(type: SqlType): string {
  const stored = type.stored;
  const name = typeNames[stored.kind];
  if (name !== undefined) return name;
  if (stored instanceof NumericType) {
    const { precision, scale } = stored;
    return `NUMERIC${precision === null ? "" : `(${precision}${scale === null ? "" : `, ${scale}`})`}`;
  }
  if (stored instanceof StringType) {
    return `${stored.kind.toUpperCase()}${stored.length === null ? "" : `(${stored.length})`}`;
  }
  return stored instanceof UserDefinedType ? stored.name : stored.kind.toUpperCase();
}

function literal(value: unknown, type: SqlType): string {
  const stored = value === null ? null : (type.bindProcessor(types) ?? ((each: unknown) => each))(value);
  switch (typeof stored) {
    case "number":
    case "bigint":
    case "boolean":
      return String(stored);
    case "string":
      return type.affinity === "numeric" ? stored : `'${stored.replaceAll("'", "''")}'`;
    default:
      if (stored === null) return "NULL";
      if (isBytes(stored)) return `X'${Array.from(stored, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
      throw new ArgumentError("SQL has literals for numbers, booleans, text and bytes only.");
  }
}

function quote(identifier: string): string {
  if (/^[a-z_][a-z0-9_$]*$/.test(identifier) && !reservedWords.has(identifier)) return identifier;
  if (identifier === "" || identifier.includes("\u0000")) {
    throw new IdentifierError(`${JSON.stringify(identifier)} is no identifier: it is empty or contains NUL.`);
  }
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Portable SQL for reading: no database's own, close to the standard. It has no constructs of single databases. */
export const defaultDialect: SqlDialect = {
  name: "default",
  types,
  capabilities,
  maxIdentifierLength: 9999,
  maxParameters: 32_766,
  quote,
  placeholder: () => "?",
  typeName,
  literal,
};
