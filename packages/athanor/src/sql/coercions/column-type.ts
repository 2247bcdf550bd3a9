import type { Column, Given } from "../../schema/column.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";

/** The type that a column declaration stands for, where one is given in the place of a type: `cast(integer())`. */
export function typeOfColumn(column: Column<unknown, Given>): SqlType {
  return column.definition.type;
}
