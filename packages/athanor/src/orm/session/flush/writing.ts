import { insertTogether } from "../../../engine/batches.ts";
import type { ConnectionCore } from "../../../engine/connection-core.ts";
import type { Task } from "../../../util/task.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { writeRequest } from "../route-request.ts";
import type { FlushPlan } from "./flush-plan.ts";
import { explainMissingValue } from "./missing-value.ts";
import { refusedValue } from "./parameter-readers.ts";
import type { InsertStatement, WriteStatement } from "./statements.ts";

/** A flush that has begun to write. */
export interface Writing {
  readonly plan: FlushPlan;
  readonly connection: ConnectionCore;
  /** Values that the database makes in an UPDATE come back with it: for sessions whose objects cannot load them later. */
  readonly fetches: boolean;
}

/** Writes to the database that a class belongs to. */
export function* writingOf(plan: FlushPlan, mapper: Mapper): Task<Writing> {
  const { core } = plan;
  return { plan, connection: yield* core.connection(writeRequest(mapper)), fetches: !core.synchronous };
}

/** What a batch has given, one execution or many. */
export interface Written {
  readonly rows: unknown[][];
  readonly rowCount: number;
  /** Which execution of a batch was the first to match no row; null where all did, or where that is not told. */
  readonly unmatched: number | null;
  readonly ids: readonly (number | bigint | null)[] | null;
}

/** Executes a statement once for each set of parameters: alone, or as a batch. */
export function* write(
  { connection }: Writing,
  { sql, options, compiled }: WriteStatement,
  mapper: Mapper,
  sets: readonly (readonly unknown[])[],
): Task<Written> {
  const [only] = sets;
  try {
    if (sets.length === 1 && only !== undefined) {
      const { rows, rowCount, lastInsertId } = yield* connection.driverExecute(sql, only, options);
      compiled.decode?.(rows);
      return { rows, rowCount, unmatched: null, ids: lastInsertId === null ? null : [lastInsertId] };
    }
    const result = yield* connection.driverExecuteMany(sql, sets, options);
    compiled.decode?.(result.rows);
    return {
      rows: result.rows,
      rowCount: result.rowCount,
      unmatched: result.unmatched ?? null,
      ids: result.lastInsertIds,
    };
  } catch (error) {
    throw explainMissingValue(error, mapper, sets.length > 1);
  }
}

/** The same for rows that may stand in one INSERT together. */
export function* writeTogether(
  writing: Writing,
  statement: InsertStatement,
  mapper: Mapper,
  sets: readonly (readonly unknown[])[],
): Task<Written> {
  const { dialect } = writing.connection.engine;
  const tellsKeys = statement.reportedKey === null || (dialect.keyDistance ?? null) !== null;
  if (statement.compiled.rowsAtOnce === 1 || !tellsKeys) return yield* write(writing, statement, mapper, sets);
  try {
    const { rows, rowCount, lastInsertIds } = yield* insertTogether(writing.connection, statement.compiled, sets);
    return { rows, rowCount, unmatched: null, ids: lastInsertIds };
  } catch (error) {
    throw explainMissingValue(error, mapper, true);
  }
}

/** The parameters for one object. */
export function parametersOf(
  { read, compiled }: WriteStatement,
  { object, mapper }: Pick<InstanceState, "object" | "mapper">,
  identity: readonly unknown[],
): unknown[] {
  try {
    return read(object as Columns, identity);
  } catch (error) {
    throw refusedValue(compiled, object as Columns, mapper.className, error);
  }
}
