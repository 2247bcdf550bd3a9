import type { ConnectionCore } from "../../../engine/connection-core.ts";
import type { CursorResult } from "../../../engine/cursor-result.ts";
import { executeCompiled } from "../../../engine/execution.ts";
import { compiledFor, preparedNode, valuesOf } from "../../../engine/prepare.ts";
import { assignments } from "../../../sql/coercions/target.ts";
import type { AssignmentNode, DmlNode } from "../../../sql/nodes/statements.ts";
import type { Task } from "../../../util/task.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";

/** The values of these columns as they stand in an object, SQL expressions among them. */
export function assignmentsOf(
  mapper: Mapper,
  columns: readonly ColumnProperty[],
  object: Columns,
): readonly AssignmentNode[] {
  const values = Object.fromEntries(columns.map(({ key }) => [key, object[key]]));
  const target = { table: mapper.from, columns: mapper.columnsIn(mapper.from), entity: null };
  return assignments(values, target, mapper.className);
}

/** Executes a statement that was made for one object. */
export function* executeNode(connection: ConnectionCore, node: DmlNode): Task<CursorResult> {
  const prepared = preparedNode(node);
  const compiled = compiledFor(connection.engine, prepared, null);
  return yield* executeCompiled(connection, compiled, valuesOf(prepared.key.binds), null, node);
}
