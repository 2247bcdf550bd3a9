import type { ConnectionCore } from "../../../engine/connection-core.ts";
import type { DriverResult } from "../../../engine/driver.ts";
import type { Task } from "../../../util/task.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { Columns } from "../../mapping/column-access.ts";
import { listenersFor, type MapperEventName } from "../mapper-events.ts";
import type { FlushPlan } from "./flush-plan.ts";
import { explainMissingValue } from "./missing-value.ts";
import { refusedValue } from "./parameter-readers.ts";
import type { WriteStatement } from "./statements.ts";

/** A flush that has begun to write. */
export interface Writing {
  readonly plan: FlushPlan;
  readonly connection: ConnectionCore;
  /** Values that the database makes in an UPDATE come back with it: for sessions whose objects cannot load them later. */
  readonly fetches: boolean;
}

/** What a batch has given, one execution or many. */
export interface Written {
  readonly rows: unknown[][];
  readonly rowCount: number;
  readonly ids: readonly (number | bigint | null)[] | null;
}

const noIdentity: readonly unknown[] = [];

/** Executes a statement for a run of objects: once, or as a batch. */
export function* write(
  { connection }: Writing,
  statement: WriteStatement,
  states: readonly InstanceState[],
  start: number,
  end: number,
  identities: readonly (readonly unknown[])[] | null,
): Task<Written> {
  const { sql, options, compiled } = statement;
  const sets = parameterSets(statement, states, start, end, identities);
  try {
    if (sets.length === 1) {
      const result: DriverResult = yield* connection.driverExecute(sql, sets[0] as unknown[], options);
      compiled.decode?.(result.rows);
      const { rows, rowCount, lastInsertId } = result;
      return { rows, rowCount, ids: lastInsertId === null ? null : [lastInsertId] };
    }
    const result = yield* connection.driverExecuteMany(sql, sets, options);
    compiled.decode?.(result.rows);
    return { rows: result.rows, rowCount: result.rowCount, ids: result.lastInsertIds };
  } catch (error) {
    throw explainMissingValue(error, (states[start] as InstanceState).mapper, sets.length > 1);
  }
}

function parameterSets(
  { read, compiled }: WriteStatement,
  states: readonly InstanceState[],
  start: number,
  end: number,
  identities: readonly (readonly unknown[])[] | null,
): unknown[][] {
  const sets = new Array<unknown[]>(end - start);
  for (let i = start; i < end; i += 1) {
    const { object, mapper } = states[i] as InstanceState;
    try {
      sets[i - start] = read(
        object as Columns,
        identities === null ? noIdentity : (identities[i] as readonly unknown[]),
      );
    } catch (error) {
      throw refusedValue(compiled, object as Columns, mapper.className, error);
    }
  }
  return sets;
}

/** Tells those who listen to a class, if anybody does. */
export function tell({ plan }: Pick<Writing, "plan">, event: MapperEventName, states: Iterable<InstanceState>): void {
  for (const state of states) {
    const listeners = listenersFor(state.mapper, event);
    if (listeners === null) continue;
    listeners.fire(event, state.object, plan.core.face);
  }
}
