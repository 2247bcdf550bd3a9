import { CompileError } from "../../errors/errors.ts";
import { UniqueConstraint } from "../../schema/constraint.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { AssignmentNode, ConflictNode, InsertNode } from "../../sql/nodes/statements.ts";
import { traverse } from "../../sql/traverse/transform.ts";

/**
 * What ON DUPLICATE KEY UPDATE sets for an upsert that is written for every database.
 *
 * @throws CompileError where it would not do what the upsert says: it cannot name a key, knows no condition, and sets one
 * column after the other. https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html
 */
export function duplicateKeyUpdates(
  insert: InsertNode,
  conflict: ConflictNode,
  database: string,
): readonly AssignmentNode[] {
  if (conflict.where !== null) {
    throw new CompileError(
      `${database} has no condition in an upsert. Set each column to caseWhen(condition, excluded).else(old), or change ` +
        "the row with an UPDATE of its own.",
    );
  }
  refuseOtherKeys(insert, conflict, database);
  if (conflict.action === "nothing") return [unchanged(insert)];
  refuseLaterReads(conflict.set, database);
  return conflict.set;
}

/** Any unique key makes a row a duplicate, so there may be no other than the one that was named. */
function refuseOtherKeys(insert: InsertNode, { target }: ConflictNode, database: string): void {
  if (target.length === 0) return;
  const named = target.flatMap((node) => (node.kind === "column" ? [node.name] : []));
  const others = uniqueKeys(insert).filter((key) => !isSame(key, named));
  if (others.length === 0) return;
  const described = others.map((key) => `(${key.map(({ name }) => name).join(", ")})`).join(", ");
  throw new CompileError(
    `${database} cannot say that only the key (${named.join(", ")}) is meant, and "${insert.table.table.name}" has others: ` +
      `${described}. If any of them is meant, use onDuplicateKeyUpdate() of insert() of athanor/mysql.`,
  );
}

/** The unique keys that a new row can be in the way of: a key that the database generates is never there already. */
function uniqueKeys({ table: { table }, rows }: InsertNode): readonly (readonly TableColumn[])[] {
  const generated = table.autoincrementColumn;
  const isGiven = rows?.some(({ items }) => items.some(({ column }) => column.column === generated)) ?? false;
  const primary = generated !== null && !isGiven ? [] : [table.primaryKey.columns];
  const constraints = table.constraints.flatMap((each) => (each instanceof UniqueConstraint ? [each.columns] : []));
  const indexes = table.indexes.flatMap((index) => (index.unique ? [index.columns] : []));
  return [...primary, ...constraints, ...indexes].filter((key) => key.length > 0);
}

function isSame(key: readonly TableColumn[], named: readonly string[]): boolean {
  return key.length === named.length && key.every(({ name }) => named.includes(name));
}

/** A value that reads a column which is set before it would see the new value. */
function refuseLaterReads(set: readonly AssignmentNode[], database: string): void {
  const written = new Set<string>();
  for (const { column, value } of set) {
    traverse(value, (node) => {
      if (node.kind === "column" && node.from?.kind === "table" && written.has(node.name)) {
        throw new CompileError(
          `${database} sets one column after the other: the value for "${column.key}" would read the new value of ` +
            `"${node.key}". Use onDuplicateKeyUpdate() of insert() of athanor/mysql, which takes them in an order.`,
        );
      }
      return true;
    });
    written.add(column.name);
  }
}

/** Sets a column to itself: INSERT IGNORE would hide other errors as well. */
function unchanged({ table }: InsertNode): AssignmentNode {
  const [first] = table.table.primaryKey.columns.length > 0 ? table.table.primaryKey.columns : table.table.columns;
  if (first === undefined) throw new CompileError(`Table "${table.table.name}" has no columns.`);
  const column = columnIn(table, first);
  return { kind: "assignment", column, value: column };
}
