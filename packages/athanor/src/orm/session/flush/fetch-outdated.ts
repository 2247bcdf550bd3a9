import { selectRows } from "../../../engine/execution.ts";
import { compiledFor, preparedNode, valuesOf } from "../../../engine/prepare.ts";
import { booleanType } from "../../../sql/coercions/literal-types.ts";
import { columnIn } from "../../../sql/compile/from-clause.ts";
import type { ColumnNode, ExpressionNode } from "../../../sql/nodes/expressions.ts";
import { operators } from "../../../sql/nodes/operators.ts";
import { selectNode } from "../../../sql/statement/select-node.ts";
import { TupleType } from "../../../sqltypes/composite.ts";
import type { Task } from "../../../util/task.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { identityOf } from "../../loading/refresh.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import { identityKey } from "../../mapping/identity.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";
import type { Writing } from "./writing.ts";

/** Keys that one SELECT looks for. */
const keysAtOnce = 500;

/**
 * Loads what the database has made of rows that were just written, where it cannot return it with the statement: for
 * objects that cannot load it later, and for classes that ask for it.
 */
export function* fetchOutdated(
  writing: Writing,
  table: WrittenTable,
  states: readonly InstanceState[],
  outdated: readonly ColumnProperty[],
): Task<void> {
  const { eagerDefaults, version } = table;
  if (outdated.length === 0) return;
  const isFetched = eagerDefaults === "auto" ? writing.fetches : eagerDefaults;
  if (isFetched) yield* loadNow(writing, table, states, outdated);
  // Later, it might be the version of somebody else.
  else if (version !== null && outdated.includes(version.property)) {
    yield* loadNow(writing, table, states, [version.property]);
  }
}

/** Loads columns of many objects by their keys. */
export function* loadNow(
  writing: Writing,
  table: WrittenTable,
  states: readonly InstanceState[],
  columns: readonly ColumnProperty[],
): Task<void> {
  const byKey = new Map(states.map((state) => [state.key, state]));
  const { length } = table.primaryKey;
  for (let start = 0; start < states.length; start += keysAtOnce) {
    const keys = states.slice(start, start + keysAtOnce).map(identityOf);
    for (const row of yield* rowsOf(writing, table, keys, columns)) {
      const key = identityKey(row.slice(0, length));
      const state = key === null ? undefined : byKey.get(key);
      state?.mapper.hydratePartially(state, columns, row, length);
    }
  }
}

/** The primary key and these columns of the rows with these keys. */
function* rowsOf(
  { connection }: Writing,
  { primaryKey, target }: WrittenTable,
  keys: readonly (readonly unknown[])[],
  columns: readonly ColumnProperty[],
): Task<readonly unknown[][]> {
  const select = selectNode({
    columns: [...primaryKey, ...columns].map(({ column }) => columnIn(target, column)),
    from: [target],
    where: [
      hasOneOf(
        primaryKey.map(({ column }) => columnIn(target, column)),
        keys,
      ),
    ],
  });
  const prepared = preparedNode(select);
  const compiled = compiledFor(connection.engine, prepared, null);
  return yield* selectRows(connection, compiled, valuesOf(prepared.key.binds), null);
}

/** The columns are one of these keys. */
export function hasOneOf(columns: readonly ColumnNode[], keys: readonly (readonly unknown[])[]): ExpressionNode {
  const [only, another] = columns;
  const isSingle = only !== undefined && another === undefined;
  const type = isSingle ? only.type : new TupleType(columns.map((column) => column.type));
  return {
    kind: "binary",
    operator: operators.in,
    left: isSingle ? only : { kind: "tuple", items: columns, type },
    right: {
      kind: "bind",
      value: isSingle ? keys.map(([key]) => key) : keys,
      type,
      name: null,
      required: false,
      expanding: true,
    },
    type: booleanType,
    modifier: null,
  };
}
