import type { ConnectionCore } from "../../../engine/connection-core.ts";
import type { CursorResult } from "../../../engine/cursor-result.ts";
import { executeCompiled } from "../../../engine/execution.ts";
import { compiledFor, preparedNode, valuesOf } from "../../../engine/prepare.ts";
import { assignments } from "../../../sql/coercions/target.ts";
import { columnIn } from "../../../sql/compile/from-clause.ts";
import type { AssignmentNode, DmlNode } from "../../../sql/nodes/statements.ts";
import type { Task } from "../../../util/task.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";

/** The values of these columns as they stand in an object, SQL expressions among them. */
export function assignmentsOf(
  { target, className, columns: all }: WrittenTable,
  columns: readonly ColumnProperty[],
  object: Columns,
): readonly AssignmentNode[] {
  const values = Object.fromEntries(columns.map(({ key, column }) => [column.key, object[key]]));
  const nodes = all.map(({ column }) => columnIn(target, column));
  return assignments(values, { table: target, columns: nodes, entity: null }, className);
}

/** Executes a statement that was made for one object. */
export function* executeNode(connection: ConnectionCore, node: DmlNode): Task<CursorResult> {
  const prepared = preparedNode(node);
  const compiled = compiledFor(connection.engine, prepared, null);
  return yield* executeCompiled(connection, compiled, valuesOf(prepared.key.binds), null, node);
}
