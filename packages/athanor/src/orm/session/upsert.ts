import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import { type AnyExpression, Expression } from "../../sql/expression/expression.ts";
import type { Columns, UpdateRow } from "../../sql/expression/shape.ts";
import { insert } from "../../sql/statement/insert.ts";
import { select } from "../../sql/statement/select.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { NODE, type SHAPE } from "../../util/symbols.ts";
import type { Task } from "../../util/task.ts";
import { mapperOf } from "../instrumentation/entity.ts";
import type { IdentityKey } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { identityKey } from "../mapping/identity.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { executeInSession } from "./execute.ts";
import { hasOneOf } from "./flush/fetch-outdated.ts";
import { writeRequest } from "./route-request.ts";
import type { SessionCore } from "./session-core.ts";

/** What `session.upsert()` does with rows that are there. `S` is the shape of the model. */
export interface UpsertObjectsOptions<S> {
  /** The attributes of the unique key by which a row is known: `[Product.sku]`. Default: the primary key. */
  readonly conflict?: readonly AnyExpression[];
  /**
   * What a row that is there gets: these attributes of the given one (`[Product.price]`; none with `[]`), or values that may
   * speak of it: `(given) => ({ stock: Product.stock.add(given.stock) })`. Default: all that was given, but for its keys.
   */
  readonly update?: readonly AnyExpression[] | ((given: Columns<S, "excluded">) => UpdateRow<S>);
}

type Row = Readonly<Record<string, unknown>>;

/** Rows that one SELECT looks for. */
const keysAtOnce = 500;

/** Inserts rows, or updates those that are there already, and gives the session's objects for them, in the same order. */
export function* upsertObjects<C extends EntityClass>(
  core: SessionCore,
  model: C,
  rows: readonly object[],
  options: UpsertObjectsOptions<C[typeof SHAPE]>,
): Task<object[]> {
  const mapper = mapperOf(model);
  if (mapper.tables.length > 1) {
    throw new ArgumentError(
      `${mapper.className} is kept in ${mapper.tables.length} tables, and an upsert writes one: load the objects, or merge() them.`,
    );
  }
  const conflict =
    options.conflict === undefined ? mapper.primaryKey : propertiesOf(options.conflict, mapper, "conflict");
  const given = rows.map((row, index) => completed(row as Row, mapper, conflict, index));
  assertDistinct(given, conflict, mapper);
  yield* core.autoflush();
  const { capabilities } = (yield* core.connection(writeRequest(mapper))).engine.dialect;
  const found = new Map<Row, object>();
  for (const run of runsOfSameKeys(given)) {
    const statement = statementFor(model, mapper, run[0] ?? {}, conflict, options.update);
    const isTold = capabilities.insertReturning && statement.updates;
    const executed = isTold ? statement.insert.returning(model) : statement.insert;
    const { content } = yield* executeInSession(core, executed, [...run], { autoflush: false, populateExisting: true });
    if (isTold)
      match(
        run,
        content.rows.map(([object]) => object as object),
        conflict,
        found,
      );
  }
  yield* lookUp(
    core,
    model,
    given.filter((row) => !found.has(row)),
    conflict,
    found,
  );
  return given.map((row) => found.get(row) ?? missing(row, conflict, mapper));
}

// ── what was given ───────────────────────────────────────────────────────────
function propertiesOf(given: readonly AnyExpression[], mapper: Mapper, what: string): readonly ColumnProperty[] {
  return given.map((each) => {
    const node = offersNode(each) ? each[NODE] : null;
    const property = node?.kind === "column" ? mapper.columnsByKey.get(node.key) : undefined;
    if (property !== undefined) return property;
    throw new ArgumentError(`upsert(): ${what} takes column attributes of ${mapper.className}, not ${describe(each)}.`);
  });
}

/** A row with the discriminator of its class; every attribute of the key has to have a value. */
function completed(row: Row, mapper: Mapper, conflict: readonly ColumnProperty[], index: number): Row {
  if (typeof row !== "object" || row === null)
    throw new ArgumentError(`upsert() takes rows as objects, not ${describe(row)}.`);
  const empty = conflict.find(({ key }) => (row[key] ?? null) === null);
  if (empty !== undefined) {
    throw new ArgumentError(
      `upsert(): ${mapper.className}.${empty.key} has no value in row ${index}, so that nobody can tell whether it is there.`,
    );
  }
  const { polymorphicOn, polymorphicIdentity } = mapper;
  if (polymorphicOn === null || polymorphicIdentity === null || Object.hasOwn(row, polymorphicOn.key)) return row;
  return { ...row, [polymorphicOn.key]: polymorphicIdentity };
}

/** Databases do not agree about what becomes of a row that is given twice. */
function assertDistinct(rows: readonly Row[], conflict: readonly ColumnProperty[], mapper: Mapper): void {
  const seen = new Set<IdentityKey | null>();
  for (const row of rows) {
    const key = keyOf(row, conflict);
    if (!seen.has(key)) seen.add(key);
    else
      throw new ArgumentError(`upsert() was given two rows of ${mapper.className} with the ${named(row, conflict)}.`);
  }
}

function keyOf(values: Row, conflict: readonly ColumnProperty[]): IdentityKey | null {
  return identityKey(conflict.map(({ key }) => values[key]));
}
function named(row: Row, conflict: readonly ColumnProperty[]): string {
  return conflict.map(({ key }) => `${key} ${JSON.stringify(row[key])}`).join(", ");
}

function runsOfSameKeys(rows: readonly Row[]): readonly (readonly Row[])[] {
  return [...Map.groupBy(rows, (row) => Object.keys(row).sort().join("\u0000")).values()];
}

// ── the statement ────────────────────────────────────────────────────────────
function statementFor<C extends EntityClass>(
  model: C,
  mapper: Mapper,
  example: Row,
  conflict: readonly ColumnProperty[],
  update: UpsertObjectsOptions<C[typeof SHAPE]>["update"],
) {
  const statement = insert(model);
  const indexElements = conflict.map(({ column }) => new Expression<unknown>(columnIn(mapper.from, column)));
  const excluded = statement.excluded as Row & typeof statement.excluded;
  const chosen = typeof update === "function" ? update(excluded) : attributesFor(update, mapper, example, conflict);
  const named: Row = Array.isArray(chosen)
    ? Object.fromEntries((chosen as readonly ColumnProperty[]).map(({ key }) => [key, excluded[key]]))
    : (chosen as Row);
  if (Object.keys(named).length === 0) {
    return { insert: statement.onConflictDoNothing({ indexElements }), updates: false };
  }
  // What every UPDATE of the class writes, this one writes as well.
  const set = { ...automatic(mapper), ...named };
  return { insert: statement.onConflictDoUpdate({ indexElements, set: set as never }), updates: true };
}

function attributesFor(
  update: readonly AnyExpression[] | undefined,
  mapper: Mapper,
  example: Row,
  conflict: readonly ColumnProperty[],
): readonly ColumnProperty[] {
  if (update !== undefined) return propertiesOf(update, mapper, "update");
  return mapper.columns.filter(
    (property) =>
      Object.hasOwn(example, property.key) &&
      !conflict.includes(property) &&
      !property.column.primaryKey &&
      property !== mapper.polymorphicOn &&
      property !== mapper.version?.property,
  );
}

/** Values of `onUpdate`, and the next version. */
function automatic({ columns, version, from }: Mapper): Row {
  const values: Record<string, unknown> = {};
  for (const { key, column } of columns) {
    if (column.onUpdate?.kind === "value") values[key] = column.onUpdate.value;
    else if (column.onUpdate?.kind === "function") values[key] = column.onUpdate.create();
    else if (column.onUpdate?.kind === "sql") values[key] = column.onUpdate.expression;
  }
  if (version?.next != null) {
    const { key, column } = version.property;
    values[key] = version.counts ? new Expression<number>(columnIn(from, column)).add(1) : version.next(null);
  }
  return values;
}

// ── objects ──────────────────────────────────────────────────────────────────
/** Which object is which row is told by the key. */
function match(
  rows: readonly Row[],
  objects: readonly object[],
  conflict: readonly ColumnProperty[],
  found: Map<Row, object>,
): void {
  const byKey = new Map(objects.map((object) => [keyOf(object as Row, conflict), object]));
  for (const row of rows) {
    const object = byKey.get(keyOf(row, conflict));
    if (object !== undefined) found.set(row, object);
  }
}

/** Rows that no statement has returned are looked for by their keys. */
function* lookUp<C extends EntityClass>(
  core: SessionCore,
  model: C,
  rows: readonly Row[],
  conflict: readonly ColumnProperty[],
  found: Map<Row, object>,
): Task<void> {
  const options = { autoflush: false, populateExisting: true };
  const { from } = mapperOf(model);
  const columns = conflict.map(({ column }) => columnIn(from, column));
  const look = function* (part: readonly Row[]): Task<readonly object[]> {
    const condition = hasOneOf(
      columns,
      part.map((row) => conflict.map(({ key }) => row[key])),
    );
    const statement = select(model).where(new Expression<boolean>(condition));
    const { content } = yield* executeInSession(core, statement, undefined, options);
    return content.rows.map(([object]) => object as object);
  };
  for (let start = 0; start < rows.length; start += keysAtOnce) {
    const part = rows.slice(start, start + keysAtOnce);
    match(part, yield* look(part), conflict, found);
  }
  // What is equal is for the database to say: collations, numbers with more digits.
  for (const row of rows) {
    const [object] = found.has(row) ? [] : yield* look([row]);
    if (object !== undefined) found.set(row, object);
  }
}

function missing(row: Row, conflict: readonly ColumnProperty[], mapper: Mapper): never {
  throw new InvalidRequestError(
    `upsert() has written a row of ${mapper.className} with the ${named(row, conflict)}, but cannot find it again: criteria of ` +
      "the session leave it out, or a trigger has changed it.",
  );
}
