import { ArgumentError } from "../errors/errors.ts";
import { ExactType } from "../sqltypes/exact.ts";
import type { SqlType } from "../sqltypes/sql-type.ts";
import { type Column, columnOf } from "./column.ts";
import type { Given } from "./column-definition.ts";
import {
  bigInteger,
  binary,
  boolean,
  char,
  date,
  double,
  float,
  integer,
  json,
  numeric,
  real,
  smallInteger,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "./column-types.ts";

const typeForm = /^[A-Za-z][\w ]*(?:\(\s*\w+(?:\s*,\s*\w+)*\s*\))?(?: [\w ]+)?$/;

/**
 * A type under one name on every database, whether the database has it or not: `exact("MEDIUMINT", integer())`. Values are
 * those of the second argument. Types like `integer()` choose the best name on each database instead.
 *
 * @throws ArgumentError for what is no name of a type.
 */
export function exact<T>(name: string, values: Column<T, Given>): Column<T> {
  if (!typeForm.test(name)) {
    throw new ArgumentError(
      `${JSON.stringify(name)} is no name of a type. Write it as in SQL: "TIMESTAMP", "DECIMAL(10, 2)", "DOUBLE PRECISION".`,
    );
  }
  return columnOf(new ExactType(name, typeOf(values)));
}

/** The type of a column's values is what the column was declared with. */
function typeOf<T>({ definition }: Column<T, Given>): SqlType<T> {
  return definition.type as SqlType<T>;
}

function sized(name: string, first: number | undefined, second?: number): string {
  if (first === undefined) return name;
  return second === undefined ? `${name}(${first})` : `${name}(${first}, ${second})`;
}

/** SQL's own types, each under its own name everywhere: `exactTypes.DECIMAL(10, 2)`; see `exact()`. */
export const exactTypes = {
  INTEGER: (): Column<number> => exact("INTEGER", integer()),
  INT: (): Column<number> => exact("INT", integer()),
  SMALLINT: (): Column<number> => exact("SMALLINT", smallInteger()),
  BIGINT: (): Column<bigint> => exact("BIGINT", bigInteger()),
  NUMERIC: (precision?: number, scale?: number): Column<string> =>
    exact(sized("NUMERIC", precision, scale), numeric(precision, scale)),
  DECIMAL: (precision?: number, scale?: number): Column<string> =>
    exact(sized("DECIMAL", precision, scale), numeric(precision, scale)),
  FLOAT: (precision?: number): Column<number> => exact(sized("FLOAT", precision), float(precision)),
  REAL: (): Column<number> => exact("REAL", real()),
  DOUBLE: (): Column<number> => exact("DOUBLE", double()),
  DOUBLE_PRECISION: (): Column<number> => exact("DOUBLE PRECISION", double()),
  BOOLEAN: (): Column<boolean> => exact("BOOLEAN", boolean()),
  CHAR: (length?: number): Column<string> => exact(sized("CHAR", length), char(length)),
  VARCHAR: (length?: number): Column<string> => exact(sized("VARCHAR", length), varchar(length)),
  NCHAR: (length?: number): Column<string> => exact(sized("NCHAR", length), char(length)),
  NVARCHAR: (length?: number): Column<string> => exact(sized("NVARCHAR", length), varchar(length)),
  TEXT: (): Column<string> => exact("TEXT", text()),
  CLOB: (): Column<string> => exact("CLOB", text()),
  BLOB: (length?: number): Column<Uint8Array> => exact(sized("BLOB", length), binary(length)),
  BINARY: (length?: number): Column<Uint8Array> => exact(sized("BINARY", length), binary(length)),
  VARBINARY: (length?: number): Column<Uint8Array> => exact(sized("VARBINARY", length), binary(length)),
  DATE: (): Column<string> => exact("DATE", date()),
  TIME: (): Column<string> => exact("TIME", time()),
  DATETIME: (): Column<Date> => exact("DATETIME", timestamp()),
  TIMESTAMP: (options: { readonly timezone?: boolean } = {}): Column<Date> =>
    exact(options.timezone === true ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP", timestamp(options)),
  JSON: <T>(): Column<T> => exact("JSON", json<T>()),
  UUID: (): Column<string> => exact("UUID", uuid()),
} as const;
