import type { ConnectionCore } from "../../../engine/connection-core.ts";
import { compiledFor, preparedNode } from "../../../engine/prepare.ts";
import { StaleDataError } from "../../../errors/errors.ts";
import type { CompiledStatement, Slot } from "../../../sql/compile/compiled.ts";
import type { Task } from "../../../util/task.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import type { KeyPair, RelationshipProperty } from "../../mapping/relationship-property.ts";
import type { FlushPlan } from "./flush-plan.ts";
import { keyValue } from "./key-copiers.ts";
import { keyPosition } from "./parameter-readers.ts";
import { columnConditions, deleteNode, fixedText, insertNode, updateNode } from "./statements.ts";
import { writingOf } from "./writing.ts";

/** Rows of association tables: first those whose keys change, then those that go, then those that come. */
export function* writeAssociations(plan: FlushPlan): Task<void> {
  const { added, removed, moved } = plan.associations;
  for (const [property, all] of moved) yield* eachShard(plan, all, (links) => moveRows(plan, property, links));
  for (const [property, all] of removed) yield* eachShard(plan, all, (links) => removeRows(plan, property, links));
  for (const [property, all] of added) yield* eachShard(plan, all, (links) => addRows(plan, property, links));
}

/** Links by the database of the objects on the near side. */
function* eachShard({ core }: FlushPlan, all: Links, write: (links: Links) => Task<void>): Task<void> {
  if (core.shards === null) {
    yield* write(all);
    return;
  }
  for (const [token, links] of Map.groupBy(all, ([{ identityToken }]) => identityToken)) {
    yield* core.onShard(token, write(new Map(links)));
  }
}

function* moveRows(plan: FlushPlan, property: RelationshipProperty, links: Links): Task<void> {
  const association = associationOf(property);
  if (association === null) return;
  const { connection } = yield* writingOf(plan, property.parent);
  const before = rowsOf(association, links, plan.formerKeys);
  const rows = rowsOf(association, links).map((row, index) => [...row, ...(before[index] ?? [])]);
  yield* executeRows(connection, updateStatement(connection, association), rows);
}

function* removeRows(plan: FlushPlan, property: RelationshipProperty, links: Links): Task<void> {
  const association = associationOf(property);
  if (association === null) return;
  const { connection } = yield* writingOf(plan, property.parent);
  const rows = rowsOf(association, links).sort(compareRows);
  note(plan, property, links, false);
  const deleted = yield* executeRows(connection, deleteStatement(connection, association), rows);
  if (deleted >= 0 && deleted !== rows.length) {
    throw new StaleDataError(
      `DELETE from ${JSON.stringify(association.name)} expected to delete ${rows.length} rows for ${property}, but found ` +
        `${deleted}: somebody else has deleted them, or a second relationship writes the same table; mark that one viewOnly.`,
    );
  }
}

function* addRows(plan: FlushPlan, property: RelationshipProperty, links: Links): Task<void> {
  const association = associationOf(property);
  if (association === null) return;
  const { connection } = yield* writingOf(plan, property.parent);
  note(plan, property, links, true);
  yield* executeRows(connection, insertStatement(connection, association), rowsOf(association, links));
}

/** A rollback has to know. */
function note({ transaction }: FlushPlan, property: RelationshipProperty, links: Links, isNew: boolean): void {
  for (const [near, members] of links)
    for (const far of members) transaction.links.push({ property, near, far, isNew });
}

type Links = ReadonlyMap<InstanceState, ReadonlySet<InstanceState>>;

/** A column of the association table, and where its value comes from. */
interface LinkColumn {
  readonly pair: KeyPair;
  readonly source: ColumnProperty;
  readonly side: "near" | "far";
}

interface Association {
  readonly name: string;
  readonly property: RelationshipProperty;
  readonly columns: readonly LinkColumn[];
}

const known = new WeakMap<RelationshipProperty, Association>();

function associationOf(property: RelationshipProperty): Association | null {
  const { secondary } = property;
  if (secondary === null) return null;
  let association = known.get(property);
  if (association === undefined) {
    const near = property.pairs.map((pair) => linkColumn(pair, property.parent, "near"));
    const far = property.secondaryPairs.map((pair) => linkColumn(pair, property.target, "far"));
    association = { name: secondary.name, property, columns: [...near, ...far] };
    known.set(property, association);
  }
  return association;
}

function linkColumn(pair: KeyPair, { columns, className }: Mapper, side: LinkColumn["side"]): LinkColumn {
  const source = columns.find((each) => each.isKeptIn(pair.local.column));
  if (source === undefined) throw new StaleDataError(`${className} has no attribute for ${pair.local.name}.`);
  return { pair, source, side };
}

/** @param former what objects held whose keys change, for rows as they are before that */
function rowsOf(
  { columns }: Association,
  links: Links,
  former: ReadonlyMap<InstanceState, readonly unknown[]> | null = null,
): unknown[][] {
  const rows: unknown[][] = [];
  for (const [near, members] of links) {
    for (const far of members) {
      rows.push(
        columns.map(({ source, side }) => {
          const state = side === "near" ? near : far;
          const before = former?.get(state);
          return before === undefined ? keyValue(state, source) : before[source.index];
        }),
      );
    }
  }
  return rows;
}

function compareRows(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < a.length; i += 1) {
    const [left, right] = [a[i] as number | string, b[i] as number | string];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

// ── statements ───────────────────────────────────────────────────────────────
/** A statement, and for each of its parameters how it is made of a row. */
interface LinkStatement {
  readonly compiled: CompiledStatement;
  readonly read: readonly ((row: readonly unknown[]) => unknown)[];
}

function insertStatement({ engine }: ConnectionCore, { property, columns }: Association): LinkStatement {
  const from = requireFrom(property);
  const keys = columns.map(({ pair }) => pair.remote.key);
  return linkStatement(compiledFor(engine, preparedNode(insertNode(from, [])), keys), keys);
}

function deleteStatement({ engine }: ConnectionCore, { property, columns }: Association): LinkStatement {
  const from = requireFrom(property);
  const where = columnConditions(
    from,
    columns.flatMap(({ pair }) => (pair.remote.column === null ? [] : [pair.remote.column])),
  );
  return linkStatement(compiledFor(engine, preparedNode(deleteNode(from, where)), null), []);
}

function updateStatement({ engine }: ConnectionCore, { property, columns }: Association): LinkStatement {
  const from = requireFrom(property);
  const keys = columns.map(({ pair }) => pair.remote.key);
  const where = columnConditions(
    from,
    columns.flatMap(({ pair }) => (pair.remote.column === null ? [] : [pair.remote.column])),
    keys.length,
  );
  return linkStatement(compiledFor(engine, preparedNode(updateNode(from, where, [])), keys), keys);
}

function requireFrom(property: RelationshipProperty) {
  if (property.secondaryFrom === null) throw new StaleDataError(`${property} has no association table.`);
  return property.secondaryFrom;
}

function linkStatement(compiled: CompiledStatement, keys: readonly string[]): LinkStatement {
  return { compiled, read: compiled.slots.map((slot) => slotReader(slot, keys)) };
}

function slotReader({ source, process, type }: Slot, keys: readonly string[]): (row: readonly unknown[]) => unknown {
  const convert = (value: unknown): unknown =>
    process === null || (value === null && !type.bindsNull) ? value : process(value);
  if (source.kind === "constant") return () => convert(source.value);
  if (source.kind === "default") return () => convert(source.make());
  const position = source.kind === "parameter" ? keys.indexOf(source.key) : keyPosition(source.name);
  return (row) => convert(row[position]);
}

function* executeRows(
  connection: ConnectionCore,
  { compiled, read }: LinkStatement,
  rows: readonly unknown[][],
): Task<number> {
  if (rows.length === 0) return 0;
  const options = { returnsRows: false, bigints: false, converted: true, prepare: true };
  const sets = rows.map((row) => read.map((each) => each(row)));
  const [only] = sets;
  const sql = fixedText(compiled);
  if (sets.length === 1 && only !== undefined) return (yield* connection.driverExecute(sql, only, options)).rowCount;
  return (yield* connection.driverExecuteMany(sql, sets, options)).rowCount;
}
