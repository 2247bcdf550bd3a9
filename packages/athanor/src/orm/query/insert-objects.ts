import type { CursorResult } from "../../engine/cursor-result.ts";
import { type ParameterSet, preparedNode } from "../../engine/prepare.ts";
import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { InsertNode } from "../../sql/nodes/statements.ts";
import type { Task } from "../../util/task.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { WrittenTable } from "../mapping/written-table.ts";
import type { DmlSession } from "./dml-session.ts";

/** New rows get the discriminator of their class, as new objects do. */
export function withDiscriminator(mapper: Mapper | null, row: ParameterSet): ParameterSet {
  const { polymorphicOn = null, polymorphicIdentity = null } = mapper ?? {};
  if (polymorphicOn === null || polymorphicIdentity === null || Object.hasOwn(row, polymorphicOn.key)) return row;
  return { ...row, [polymorphicOn.key]: polymorphicIdentity };
}

/** The same for rows that stand in the statement itself. */
export function insertWithDiscriminator(node: InsertNode, mapper: Mapper): InsertNode {
  const { polymorphicOn, polymorphicIdentity } = mapper;
  if (polymorphicOn === null || polymorphicIdentity === null || node.rows === null) return node;
  const column = columnIn(node.table, polymorphicOn.column);
  const { type } = column;
  const rows = node.rows.map((row) => {
    if (row.items.some((item) => item.column.column === column.column)) return row;
    const value = {
      kind: "bind",
      value: polymorphicIdentity,
      type,
      name: null,
      required: false,
      expanding: false,
    } as const;
    return { ...row, items: [...row.items, { kind: "assignment", column, value } as const] };
  });
  return { ...node, rows };
}

/**
 * An INSERT of a class whose objects have rows in several tables: a batch for each, from the topmost down; the keys that the
 * database makes are handed on.
 *
 * @throws InvalidRequestError for INSERT from SELECT, upserts and RETURNING, which are for one table.
 */
export function* insertObjects(
  session: DmlSession,
  node: InsertNode,
  mapper: Mapper,
  parameters: readonly ParameterSet[],
): Task<CursorResult> {
  if (node.select !== null || node.conflicts.length > 0 || node.returning.length > 0) {
    throw new InvalidRequestError(
      `INSERT of ${mapper.className} writes several tables: it takes rows alone, no fromSelect(), no onConflict…() and no returning().`,
    );
  }
  const rows = rowsOf(node, parameters).map((row) => ({ ...withDiscriminator(mapper, row) }));
  const known = new Set(mapper.columns.map(({ key }) => key));
  for (const row of rows) {
    const unknown = Object.keys(row).find((key) => !known.has(key));
    if (unknown !== undefined)
      throw new ArgumentError(`${mapper.className} has no column attribute ${JSON.stringify(unknown)}.`);
  }
  for (const table of mapper.tables) {
    for (const row of rows)
      for (const { source, destination } of table.inherited) row[destination.key] = row[source.key];
    yield* insertInto(session, table, rows);
  }
  const keys = rows.map((row) => mapper.primaryKey.map(({ key }) => row[key]));
  return {
    ...{ returnsRows: false, keys: [], rows: [], rowCount: rows.length, lastInsertId: null },
    insertedPrimaryKeys: keys,
    compiled: null,
  };
}

/** The rows that an INSERT was given, in the statement or with its execution. */
function rowsOf(node: InsertNode, parameters: readonly ParameterSet[]): readonly ParameterSet[] {
  if (node.rows === null) return parameters;
  return node.rows.map(({ items }) =>
    Object.fromEntries(items.map(({ column, value }) => [column.key, value.kind === "bind" ? value.value : value])),
  );
}

/** Rows that give the same columns follow one another in one batch. */
function* insertInto(session: DmlSession, table: WrittenTable, rows: readonly Record<string, unknown>[]): Task<void> {
  const keys = table.primaryKey.map(({ key }) => key);
  const own = rows.map((row) =>
    Object.fromEntries(
      table.columns.flatMap(({ key, column }) => (row[key] === undefined ? [] : [[column.key, row[key]] as const])),
    ),
  );
  for (let start = 0; start < rows.length; ) {
    const names = Object.keys(own[start] ?? {}).join();
    let end = start + 1;
    while (end < rows.length && Object.keys(own[end] ?? {}).join() === names) end += 1;
    const isMissing = keys.some((key) => rows[start]?.[key] === undefined);
    const made = yield* insertBatch(session, table, own.slice(start, end), isMissing);
    if (isMissing) {
      for (const [i, values] of made.entries()) {
        const row = rows[start + i];
        if (row !== undefined) for (const [n, key] of keys.entries()) row[key] = values[n];
      }
    }
    start = end;
  }
}

/** Inserts a batch; gives the keys that the database has made, where they are asked for. */
function* insertBatch(
  session: DmlSession,
  { target, primaryKey }: WrittenTable,
  rows: readonly ParameterSet[],
  needsKeys: boolean,
): Task<readonly (readonly unknown[])[]> {
  const node: InsertNode = {
    ...{ kind: "insert", table: target, rows: null, selectColumns: [], select: null, selectDefaults: true },
    ...{ conflicts: [], returning: [], sortByParameterOrder: false, ctes: [], hints: [], entity: null, options: [] },
  };
  if (!needsKeys) {
    yield* session.executePrepared(preparedNode(node), rows);
    return [];
  }
  if (session.capabilities.insertReturning) {
    const returning = primaryKey.map(({ column }) => columnIn(target, column));
    return (yield* session.executePrepared(preparedNode({ ...node, returning, sortByParameterOrder: true }), rows))
      .rows;
  }
  const keys: (readonly unknown[])[] = [];
  for (const row of rows) {
    const { insertedPrimaryKeys, lastInsertId } = yield* session.executePrepared(preparedNode(node), row);
    keys.push(insertedPrimaryKeys?.[0] ?? [lastInsertId]);
  }
  return keys;
}
