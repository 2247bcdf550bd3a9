import { columnsOf } from "../coercions/operands.ts";
import { unknownColumns } from "../coercions/target.ts";
import type { InsertNode, StatementNode, UpdateNode } from "../nodes/statements.ts";

/**
 * The columns for which the execution brings values; null where the statement takes none from there. Names that are no
 * columns are refused, unless they fill a named parameter of the statement.
 *
 * @throws ArgumentError for an INSERT that is given values of other names.
 */
export function parameterKeys(node: StatementNode, set: Readonly<Record<string, unknown>>): readonly string[] | null {
  if (!takesColumns(node)) return null;
  const columns = columnsOf(node.table);
  const keys = Object.keys(set);
  const known = keys.filter((key) => columns.some((column) => column.key === key));
  if (known.length < keys.length && node.kind === "insert") {
    throw unknownColumns(keys, { table: node.table, columns, entity: null }, "execute()");
  }
  return known;
}

/** An INSERT or UPDATE that says no values itself. */
export function takesColumns(node: StatementNode): node is InsertNode | UpdateNode {
  return (
    (node.kind === "insert" && node.rows === null && node.select === null) ||
    (node.kind === "update" && node.set.length === 0)
  );
}
