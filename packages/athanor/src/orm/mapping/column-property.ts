import type { ColumnDeferral } from "../../schema/column-definition.ts";
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
  /** It is not loaded with the object, but when it is read. */
  readonly deferred: ColumnDeferral | null;
  /** What an assignment replaces is loaded first, where the session can. */
  readonly activeHistory: boolean;
  /** All columns that keep the value, `column` first: the keys of tables that are joined have one value. */
  readonly columns: readonly TableColumn[];

  constructor(key: string, column: TableColumn, index: number, others: readonly TableColumn[] = []) {
    this.key = key;
    this.column = column;
    this.type = column.type;
    this.index = index;
    const { mapping } = column.definition;
    this.deferred = mapping?.deferred ?? null;
    this.activeHistory = mapping?.activeHistory ?? false;
    this.columns = [column, ...others];
  }

  /** Whether this column keeps its value. */
  isKeptIn(column: TableColumn | null): boolean {
    return column === this.column || (column !== null && this.columns.includes(column));
  }
}
