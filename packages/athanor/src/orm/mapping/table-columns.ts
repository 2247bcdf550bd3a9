import { ArgumentError } from "../../errors/errors.ts";
import { TableColumn } from "../../schema/table-column.ts";
import { offersNode } from "../../sql/coercions/operands.ts";
import { NODE } from "../../util/symbols.ts";

/** The column behind an attribute of a mapped class or a column of a table; `what` takes it. */
export function tableColumn(value: unknown, what: string): TableColumn {
  if (offersNode(value)) {
    const node = value[NODE];
    if (node.kind === "column" && node.column instanceof TableColumn) return node.column;
  }
  throw new ArgumentError(`${what} takes columns of mapped classes or tables.`);
}
