import { InvalidRequestError, LazyLoadError, ObjectDeletedError } from "../../errors/errors.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { booleanType } from "../../sql/coercions/literal-types.ts";
import { nullNode } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { BindNode, ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import type { LockNode, SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import type { Task } from "../../util/task.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import { type InstanceState, NOT_LOADED } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { defineComputed, type ExpressionProperty, type LoadedProperty } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { isAnyoneListening, tellRefreshed } from "../mapping/mapper-events.ts";
import type { LoadSession, ParameterValues } from "./load-context.ts";
import { LoadOptions } from "./load-run.ts";

/** The name of the parameter for the n-th column of a primary key, where a statement looks for one object. */
function keyName(position: number): string {
  return keyNames[position] ?? `key ${position}`;
}
const keyNames: readonly string[] = Array.from({ length: 8 }, (_, position) => `key ${position}`);

/** The values of a primary key as parameters of `identitySelect()`. */
export function identityParameters(values: readonly unknown[]): ParameterValues {
  const parameters: Record<string, unknown> = {};
  for (let position = 0; position < values.length; position += 1) parameters[keyName(position)] = values[position];
  return parameters;
}

const identitySelects = new WeakMap<Mapper, SelectNode>();

/** `SELECT … WHERE primary key = :key`: one node for each mapper, so that what is made of it can be kept for it. */
export function identitySelect(mapper: Mapper): SelectNode {
  let select = identitySelects.get(mapper);
  if (select === undefined) {
    select = selectNode({ columns: [mapper.entity], where: hasKey(mapper) });
    identitySelects.set(mapper, select);
  }
  return select;
}

/** The condition that finds one object by the parameters of `identityParameters()`. */
export function hasKey(mapper: Mapper): readonly ExpressionNode[] {
  return keyEquals(mapper.from, mapper.keyColumns);
}

function keyEquals(from: FromNode, key: readonly TableColumn[]): readonly ExpressionNode[] {
  return key.map((column, position) => {
    const { type } = column;
    const right: BindNode = {
      kind: "bind",
      value: null,
      type,
      name: keyName(position),
      required: true,
      expanding: false,
    };
    const left = columnIn(from, column);
    return { kind: "binary", operator: operators.eq, left, right, type: booleanType, modifier: null };
  });
}

// ── what is missing ──────────────────────────────────────────────────────────
/**
 * Loads attributes that have been read, together with the missing ones of their groups.
 *
 * @throws LazyLoadError where reading is not to load it: `raiseload`.
 */
export function* loadForReading(
  session: LoadSession,
  state: InstanceState,
  properties: readonly LoadedProperty[],
): Task<void> {
  const missing = properties.filter((property) => isMissing(state, property));
  for (const property of missing) assertReadable(state, property);
  yield* loadMissing(session, state, [...new Set(missing.flatMap((property) => loadedWith(state, property)))]);
}

function assertReadable(state: InstanceState, property: LoadedProperty): void {
  const raises = LoadOptions.of(state)?.tree.raises(property) ?? property.deferred?.raiseload ?? false;
  if (!raises) return;
  const name = `${state.mapper.className}.${property.key}`;
  throw new LazyLoadError(
    `${name} is not loaded for ${describeState(state)}, and is not to be loaded by reading it: it is deferred with raiseload. ` +
      `Load it with the query: options(undefer(${name})).`,
  );
}

/** An attribute, and those that are loaded along with it. */
function loadedWith(state: InstanceState, property: LoadedProperty): readonly LoadedProperty[] {
  const group = property.deferred?.group ?? null;
  if (group === null) return ofSubclass(state, property);
  return loadedOf(state.mapper).filter(({ deferred }) => deferred?.group === group);
}

/** Loads those of these attributes that an object does not have. */
export function* loadMissing(
  session: LoadSession,
  state: InstanceState,
  properties: readonly LoadedProperty[],
): Task<void> {
  const missing = properties.filter((property) => isMissing(state, property));
  if (missing.length > 0) yield* loadColumns(session, state, missing);
}

/**
 * Loads attributes of one object by its key. Of an object that has nothing any more, because it has expired, all that are
 * not deferred. With `lock`, the row is locked.
 *
 * @throws ObjectDeletedError when the row is gone.
 */
export function* loadColumns(
  session: LoadSession,
  state: InstanceState,
  properties: readonly LoadedProperty[],
  lock: LockNode | null = null,
): Task<void> {
  const { mapper } = state;
  const hasExpired = mapper.columns.every((property) => isMissing(state, property));
  const wanted = hasExpired ? loadedAgain(mapper, properties) : wantedOf(mapper, properties);
  const row = yield* rowOf(session, state, wanted, lock);
  if (row === undefined) {
    throw new ObjectDeletedError(
      `The row of ${describeState(state)} is not there any more: it has been deleted since it was loaded.`,
    );
  }
  for (const [index, { key }] of wanted.expressions.entries()) defineComputed(state.object, key, row[index]);
  if (wanted.columns.length > 0) mapper.hydratePartially(state, wanted.columns, row, wanted.expressions.length);
  if (isAnyoneListening("refresh")) {
    const names = [...wanted.columns, ...wanted.expressions].map(({ key }) => key);
    tellRefreshed(mapper, state.object, session.face, names);
  }
}

/**
 * What an object is missing of its subclass is loaded together: its row was asked for as one of a class above.
 */
function ofSubclass(state: InstanceState, property: LoadedProperty): readonly LoadedProperty[] {
  const { columns, base } = state.mapper;
  const start = base.columns.length;
  if (!("index" in property) || property.index < start) return [property];
  const isLeftOut = (each: ColumnProperty) => each.index >= start && each.deferred === null && isMissing(state, each);
  return [property, ...columns.filter((each) => each !== property && isLeftOut(each))];
}

function isMissing({ object }: InstanceState, { key }: LoadedProperty): boolean {
  return !Object.hasOwn(object, key);
}

/** Columns, and expressions that are loaded along. */
interface Wanted {
  readonly columns: readonly ColumnProperty[];
  readonly expressions: readonly ExpressionProperty[];
}

/** What is asked for may be an attribute of a class above: it is known by its name. */
function wantedOf(mapper: Mapper, properties: readonly LoadedProperty[]): Wanted {
  const { expressions } = mapper;
  if (expressions.length === 0) return { columns: properties as readonly ColumnProperty[], expressions };
  const names = new Set(properties.map(({ key }) => key));
  return {
    columns: mapper.columns.filter(({ key }) => names.has(key)),
    expressions: expressions.filter(({ key }) => names.has(key)),
  };
}

function loadedAgain(mapper: Mapper, named: readonly LoadedProperty[]): Wanted {
  const isWanted = ({ key, deferred }: LoadedProperty) => deferred === null || named.some((each) => each.key === key);
  return {
    columns: mapper.columns.every(isWanted) ? mapper.columns : mapper.columns.filter(isWanted),
    expressions: mapper.expressions.filter((each) => !each.isQueried && isWanted(each)),
  };
}

function loadedOf({ columns, expressions }: Mapper): readonly LoadedProperty[] {
  return [...columns, ...expressions];
}

function* rowOf(
  session: LoadSession,
  state: InstanceState,
  wanted: Wanted,
  lock: LockNode | null,
): Task<unknown[] | undefined> {
  const parameters = identityParameters(identityOf(state));
  const select = columnsSelect(state.mapper, wanted);
  const [row] = yield* session.executeLoad(lock === null ? select : { ...select, lock }, parameters, "columns");
  return row;
}

const columnSelects = new WeakMap<Mapper, Map<string, SelectNode>>();

/** The statement for some attributes of one object; one node for each set of them. */
function columnsSelect(mapper: Mapper, { columns: properties, expressions }: Wanted): SelectNode {
  let known = columnSelects.get(mapper);
  if (known === undefined) {
    known = new Map();
    columnSelects.set(mapper, known);
  }
  const name = [...expressions.map(({ key }) => key), ...properties.map(({ index }) => index)].join();
  let select = known.get(name);
  if (select === undefined) {
    select =
      (expressions.length === 0 ? tableSelect(mapper, properties) : null) ??
      wholeSelect(mapper, properties, expressions);
    known.set(name, select);
  }
  return select;
}

/** Out of the one table that keeps all of them; null where several do. */
function tableSelect({ tables }: Mapper, properties: readonly ColumnProperty[]): SelectNode | null {
  if (tables.length === 1) return null;
  for (const { target, columns, primaryKey } of tables) {
    const kept = properties.map(({ index }) => columns.find((each) => each.index === index));
    if (kept.includes(undefined)) continue;
    const nodes = kept.flatMap((each) => (each === undefined ? [] : columnIn(target, each.column)));
    const key = primaryKey.map(({ column }) => column);
    return selectNode({ columns: [columnsOf(target, nodes)], where: keyEquals(target, key) });
  }
  return null;
}

function wholeSelect(
  mapper: Mapper,
  properties: readonly ColumnProperty[],
  expressions: readonly ExpressionProperty[],
): SelectNode {
  const { from } = mapper;
  const nodes = properties.map(({ column }) => columnIn(from, column));
  const computed = expressions.map((each) => each.nodeIn(from) ?? nullNode);
  const entity = nodes.length === 0 ? [] : [columnsOf(from, nodes)];
  return selectNode({ columns: [...computed, ...entity], where: hasKey(mapper) });
}

function columnsOf(from: FromNode, columns: readonly ColumnNode[]): EntityNode {
  return { kind: "entity", from, columns, entity: null, name: null };
}

/** The primary key of an object that has a row, whether or not its columns have expired. */
export function identityOf(state: InstanceState): readonly unknown[] {
  const { mapper, object, committed } = state;
  const values = mapper.primaryKey.map(({ key, index, type }) => {
    const before = committed?.[index];
    // The row is known by the key that it had, even when another one has been assigned.
    if (before !== undefined && before !== NOT_LOADED) return type.restore(before);
    return Object.hasOwn(object, key) ? (Reflect.get(object, key) as unknown) : undefined;
  });
  if (values.every((value) => value !== undefined)) return values;
  if (values.length === 1 && state.key !== null) return [state.key];
  throw new InvalidRequestError(
    `The primary key of ${mapper.className} is not known any more; the object cannot be loaded.`,
  );
}
