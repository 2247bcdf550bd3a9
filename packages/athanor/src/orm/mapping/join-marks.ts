import { ArgumentError } from "../../errors/errors.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import { traverse } from "../../sql/traverse/transform.ts";
import { NODE } from "../../util/symbols.ts";

// What conditions of relationships say of their columns, beyond what is in a statement.
const foreignColumns = new WeakSet<object>();
const remoteColumns = new WeakSet<object>();

/**
 * Marks a column of `primaryJoin` or `secondaryJoin` as the one that refers to the other, where no foreign key of the tables
 * says so: `primaryJoin: () => foreign(Visit.hostName).eq(Host.name)`.
 */
export function foreign<T, O extends string, L extends string>(column: Expression<T, O, L>): Expression<T, O, L> {
  return marked(column, "foreign()", foreignColumns);
}

/**
 * Marks a column of `primaryJoin` as belonging to the far side: of a class that refers to itself, both sides have the same
 * columns. `primaryJoin: () => remote(foreign(Folder.path)).like(Folder.path.concat("/%"))`
 */
export function remote<T, O extends string, L extends string>(column: Expression<T, O, L>): Expression<T, O, L> {
  return marked(column, "remote()", remoteColumns);
}

function marked<T, O extends string, L extends string>(
  column: Expression<T, O, L>,
  what: string,
  marks: WeakSet<object>,
): Expression<T, O, L> {
  const node = offersNode(column) ? column[NODE] : null;
  if (node?.kind !== "column") {
    throw new ArgumentError(`${what} takes a column such as User.name, not ${describe(column)}.`);
  }
  // A node of its own: the column is unmarked everywhere else.
  const copy: ColumnNode = { ...node };
  if (foreignColumns.has(node)) foreignColumns.add(copy);
  if (remoteColumns.has(node)) remoteColumns.add(copy);
  marks.add(copy);
  return new Expression(copy);
}

export function isForeign(node: Node): boolean {
  return foreignColumns.has(node);
}
export function isRemote(node: Node): boolean {
  return remoteColumns.has(node);
}

/** Whether a condition says which of its columns are on the far side. */
export function marksRemote(root: Node): boolean {
  let found = false;
  traverse(root, (node) => {
    found ||= isRemote(node);
    return !found;
  });
  return found;
}
