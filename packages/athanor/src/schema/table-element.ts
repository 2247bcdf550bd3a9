import { NODE } from "../util/symbols.ts";
import { isSqlElement } from "./column.ts";
import { Table } from "./table.ts";

/** The table that an element stands for (a table, a mapped class), or null where it is anything else. */
export function tableOfElement(element: unknown): Table | null {
  if (element instanceof Table) return element;
  if (!isSqlElement(element)) return null;
  const node = element[NODE];
  return "table" in node && node.table instanceof Table ? node.table : null;
}
