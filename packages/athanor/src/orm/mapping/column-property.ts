import type { TableColumn } from "../../schema/table-column.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";

/** A mapped column: an attribute of a class, and the column that keeps its value. */
export class ColumnProperty {
  /** The attribute's name. */
  readonly key: string;
  readonly column: TableColumn;
  readonly type: SqlType;
  /** Its place in `mapper.columns`, and in the snapshot of an object. */
  readonly index: number;

  constructor(key: string, column: TableColumn, index: number) {
    this.key = key;
    this.column = column;
    this.type = column.type;
    this.index = index;
  }
}
