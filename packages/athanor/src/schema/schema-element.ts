import { NODE } from "../util/symbols.ts";
import { isSqlElement } from "./column.ts";
import { TableColumn } from "./table-column.ts";

/** The table's column that an element stands for (`User.id`, `users.c.id`), or null where it is anything else. */
export function columnOfElement(element: unknown): TableColumn | null {
  return isSqlElement(element) ? columnOfNode(element[NODE]) : null;
}

/** The table's column that a node is, or null. */
export function columnOfNode(node: object): TableColumn | null {
  return "kind" in node && node.kind === "column" && "column" in node && node.column instanceof TableColumn
    ? node.column
    : null;
}

/** The tables' columns inside an expression, in the order in which they stand there. */
export function columnsIn(node: object): readonly TableColumn[] {
  const column = columnOfNode(node);
  if (column !== null) return [column];
  return Object.values(node).flatMap((part: unknown) => {
    if (Array.isArray(part)) return part.flatMap((each: unknown) => (isNode(each) ? columnsIn(each) : []));
    return isNode(part) ? columnsIn(part) : [];
  });
}

/** Nodes are plain data; types, operators and tables are instances of classes, and not walked into. */
function isNode(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && "kind" in value && Object.getPrototypeOf(value) === Object.prototype
  );
}
