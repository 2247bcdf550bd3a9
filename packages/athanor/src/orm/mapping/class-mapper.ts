import { ArgumentError } from "../../errors/errors.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { ATTRIBUTES, type EntityAttributes } from "../../sql/coercions/entity-attributes.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { Table } from "../../sql/expression/table.ts";
import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode, TableNode } from "../../sql/nodes/froms.ts";
import { NODE } from "../../util/symbols.ts";
import type { AttributeHooks } from "../instrumentation/attribute-hooks.ts";
import { ColumnInterception } from "../instrumentation/column-interception.ts";
import { blankMaker, className, requireState } from "../instrumentation/entity.ts";
import { type IdentityKey, type InstanceState, NOT_LOADED } from "../instrumentation/instance-state.ts";
import { missingValue } from "../instrumentation/missing-value.ts";
import { INSPECT, printedAs } from "../instrumentation/printing.ts";
import { adoptListeners } from "./attribute-listeners.ts";
import { type ColumnAccess, type Columns, columnAccess, isChanged, snapshotOf } from "./column-access.ts";
import type { ColumnProperty } from "./column-property.ts";
import type { DerivedProperty } from "./derived-attribute.ts";
import { DerivedValues } from "./derived-values.ts";
import { type ExpressionProperty, expireExpressions } from "./expression-property.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { identityKey, normalizeIdentity } from "./identity.ts";
import type { MapOptions, PolymorphicIdentity } from "./map-options.ts";
import type { MappedClass, Mapper } from "./mapper.ts";
import type { MapperFacts } from "./mapper-facts.ts";
import { classesBelow, columnsOfSubclasses, polymorphicFrom } from "./polymorphic-from.ts";
import type { Registry } from "./registry.ts";
import type { RelationshipProperty } from "./relationship-property.ts";
import { type VersionCounter, versionCounter } from "./version-counter.ts";
import { type InheritedKey, type WrittenTable, withVersion } from "./written-table.ts";

const none: readonly Mapper[] = [];

/** A class and its tables. */
export class ClassMapper implements Mapper {
  readonly registry: Registry;
  readonly class: MappedClass;
  readonly className: string;
  readonly table: Table<unknown, string>;
  readonly target: TableNode;
  readonly from: FromNode;
  readonly columns: readonly ColumnProperty[];
  readonly primaryKey: readonly ColumnProperty[];
  readonly columnsByKey: ReadonlyMap<string, ColumnProperty>;
  readonly relationshipsByKey = new Map<string, RelationshipProperty>();
  readonly derivedByKey = new Map<string, DerivedProperty>();
  readonly base: Mapper;
  readonly parent: Mapper | null;
  readonly subclasses: Mapper[] = [];
  readonly concreteSubclasses: Mapper[] = [];
  readonly tables: readonly WrittenTable[];
  readonly keyColumns: readonly TableColumn[];
  readonly inherited: readonly InheritedKey[] = [];
  readonly isAbstract: boolean;
  readonly polymorphicIdentity: PolymorphicIdentity | null;
  readonly polymorphicLoad: "inline" | "selectin" | null;
  readonly criterion: ExpressionNode | null = null;
  readonly eagerDefaults: boolean | "auto";
  readonly version: VersionCounter | null;
  readonly confirmDeletedRows: boolean;
  readonly isQuery: boolean;
  /** Makes a blank object; see `instantiate`. */
  readonly instantiate: () => InstanceState;
  hooks: Map<string, AttributeHooks> | null = null;
  #access: ColumnAccess;
  #interceptions: Map<string, ColumnInterception> | null = null;
  readonly #partialPrototype: object;
  #entity: EntityNode | null = null;
  #inlineSubclasses: readonly Mapper[] = none;
  #hierarchy: Hierarchy | null = null;
  #relationships: readonly RelationshipProperty[] = [];
  #derived: readonly DerivedProperty[] = [];
  #expressions: readonly ExpressionProperty[] = [];
  #values: EntityAttributes | null = null;
  /** What brings values that were changed in place to the columns. */
  #writers: readonly ((object: object) => void)[] | null = null;

  constructor(registry: Registry, model: MappedClass, facts: MapperFacts, options: MapOptions = {}) {
    const { parent, isConcrete, table, from, columns, keyColumns, tables, isQuery } = facts;
    this.registry = registry;
    this.class = model;
    this.eagerDefaults = options.eagerDefaults ?? parent?.eagerDefaults ?? "auto";
    this.className = className(model);
    this.parent = parent;
    this.base = parent === null || isConcrete ? this : parent.base;
    this.table = table;
    this.target = table[NODE];
    this.from = from;
    this.columns = columns;
    this.columnsByKey = new Map(this.columns.map((property) => [property.key, property]));
    this.keyColumns = keyColumns;
    this.primaryKey = keyColumns.map((column) => this.propertyFor(column));
    this.isQuery = isQuery;
    this.isAbstract = options.polymorphicAbstract ?? false;
    this.polymorphicIdentity = options.polymorphicIdentity ?? null;
    this.polymorphicLoad = options.polymorphicLoad ?? null;
    if (this.primaryKey.length === 0) {
      throw new ArgumentError(
        `${this.className}: ${isQuery ? "the query" : "the table"} ${JSON.stringify(table.key)} has no primary key, and an object needs one to be known by. ` +
          `${isQuery ? "Name" : "Mark a column with primaryKey(), or name"} the attributes that tell its rows from each other: map(this, [], { primaryKey: ["…"] }).`,
        { code: "no-primary-key" },
      );
    }
    this.version = versionCounter(this, options) ?? (this.base === this ? null : (parent?.version ?? null));
    const ownVersion = parent === null ? this.version : null;
    this.tables = tables === null ? [this] : withVersion(tables, ownVersion);
    this.confirmDeletedRows = options.confirmDeletedRows ?? parent?.confirmDeletedRows ?? true;
    this.#access = columnAccess(this.columns);
    this.#partialPrototype = partialPrototype(this);
    this.instantiate = blankMaker(this, [...this.columnsByKey.keys()]);
    adoptListeners(this);
  }

  get tableName(): string {
    return this.table.name;
  }
  get derived(): readonly DerivedProperty[] {
    return this.#derived;
  }
  /** What statements find by name beside columns. */
  get [ATTRIBUTES](): EntityAttributes | null {
    return this.#values;
  }
  get expressions(): readonly ExpressionProperty[] {
    return this.#expressions;
  }
  get relationships(): readonly RelationshipProperty[] {
    return this.#relationships;
  }
  /** Completes the mapper; called once, when all classes of the registry have their columns. */
  setRelationships(relationships: readonly RelationshipProperty[]): void {
    this.#relationships = relationships;
    for (const relationship of relationships) this.relationshipsByKey.set(relationship.key, relationship);
  }
  /** The last step; what is derived may follow from relationships. */
  setDerived(derived: readonly DerivedProperty[]): void {
    this.#derived = derived;
    for (const property of derived) this.derivedByKey.set(property.key, property);
    if (derived.length > 0) this.#values = new DerivedValues(this);
    const writers = derived.flatMap(({ key, declared }) => declared.writer(key, this) ?? []);
    this.#writers = writers.length > 0 ? writers : null;
    this.#expressions = derived.flatMap(({ key, declared }) => declared.expression(key, this) ?? []);
  }

  /** What selecting the class selects; made anew when subclasses have come that are loaded along. */
  get entity(): EntityNode {
    const inline = this.#inline();
    if (this.#entity === null || inline.length !== this.#inlineSubclasses.length) {
      this.#inlineSubclasses = inline;
      const from = polymorphicFrom(this, inline);
      const columns = [...this.columnsIn(from), ...columnsOfSubclasses(this, inline, from)];
      this.#entity = { kind: "entity", from, columns, entity: this, name: null };
    }
    return this.#entity;
  }
  get inlineSubclasses(): readonly Mapper[] {
    return this.subclasses.length === 0 ? none : this.#inline();
  }
  #inline(): readonly Mapper[] {
    return this.subclasses.length === 0
      ? none
      : classesBelow(this).filter(({ polymorphicLoad }) => polymorphicLoad === "inline");
  }

  get hierarchy(): Hierarchy | null {
    return this.#hierarchy;
  }
  /** Tells the class of the classes around it, when all of them are there. */
  setHierarchy(hierarchy: Hierarchy | null): void {
    this.#hierarchy = hierarchy;
  }
  get polymorphicOn(): ColumnProperty | null {
    const property = this.#hierarchy?.discriminator.property ?? null;
    return property === null ? null : (this.columns[property.index] ?? null);
  }

  propertyFor(column: TableColumn): ColumnProperty {
    const property = this.columns.find((each) => each.isKeptIn(column));
    if (property === undefined) throw new ArgumentError(`${this.className} has no attribute for the column ${column}.`);
    return property;
  }

  isA(mapper: Mapper): boolean {
    for (let each: Mapper | null = this; each !== null; each = each.parent) if (each === mapper) return true;
    return false;
  }
  columnsIn(from: FromNode): readonly ColumnNode[] {
    return this.columns.map(({ column }) => columnIn(from, column));
  }

  // ── identity ───────────────────────────────────────────────────────────────
  identityKey(values: readonly unknown[]): IdentityKey | null {
    return identityKey(values);
  }
  identityKeyOf(object: object): IdentityKey | null {
    return identityKey(this.primaryKeyValues(object));
  }
  primaryKeyValues(object: object): readonly unknown[] {
    const columns = object as Columns;
    return this.primaryKey.map(({ key }) => (Object.hasOwn(columns, key) ? columns[key] : null));
  }
  normalizeIdentity(identity: unknown): readonly unknown[] {
    const isSimple = typeof identity === "number" || typeof identity === "string";
    return isSimple && this.primaryKey.length === 1 ? [identity] : normalizeIdentity(identity, this);
  }

  // ── events ─────────────────────────────────────────────────────────────────
  hook(hooks: AttributeHooks): void {
    const { key } = hooks;
    this.hooks ??= new Map();
    this.hooks.set(key, hooks);
    if (!this.columnsByKey.has(key) || this.#interceptions?.has(key) === true) return;
    const interception = new ColumnInterception(key);
    this.#interceptions ??= new Map();
    this.#interceptions.set(key, interception);
    this.#access = columnAccess(this.columns, this.#interceptions);
    const { prototype } = this.class;
    Object.defineProperty(prototype, key, interception.inherited);
    redefine(this.#partialPrototype, key, interception.inherited);
    if (!Object.hasOwn(prototype, INSPECT)) {
      Object.defineProperty(prototype, INSPECT, { configurable: true, value: printedAs(this.className) });
    }
  }
  /** Sets a column's value as the library does it, past any accessor of the prototype; nobody is told. */
  #put(object: object, key: string, value: unknown): void {
    const interception = this.#interceptions?.get(key);
    if (interception === undefined) defineValue(object, key, value);
    else interception.put(object, value);
  }

  // ── values ─────────────────────────────────────────────────────────────────
  hydrate(state: InstanceState, row: unknown[], offset: number): void {
    this.#access.assign(state.object as Columns, row, offset);
    // The driver's own array becomes the snapshot where it holds nothing else.
    const committed =
      offset === 0 && row.length === this.columns.length ? row : row.slice(offset, offset + this.columns.length);
    this.#access.snapshotRow?.(committed);
    state.committed = committed;
  }

  hydratePartially(
    state: InstanceState,
    properties: readonly ColumnProperty[],
    row: readonly unknown[],
    offset: number,
  ): void {
    const committed = this.#snapshotOf(state);
    for (const [position, { key, type, index }] of properties.entries()) {
      const value = row[offset + position];
      this.#put(state.object, key, value);
      committed[index] = snapshotOf(type, value);
    }
    this.#settle(state, committed);
  }

  /** The snapshot, or an empty one for an object that has none yet. */
  #snapshotOf(state: InstanceState): unknown[] {
    state.committed ??= new Array<unknown>(this.columns.length).fill(NOT_LOADED);
    return state.committed;
  }

  changedColumns(state: InstanceState): readonly ColumnProperty[] {
    if (this.#writers !== null) this.writeBack(state);
    const object = state.object as Columns;
    const { committed } = state;
    const flagged = state.extras?.flagged ?? null;
    return this.columns.filter((property) => {
      const { key, type, index } = property;
      if (!Object.hasOwn(object, key)) return false;
      if (flagged?.has(property) === true) return true;
      return committed === null ? object[key] !== undefined : isChanged(type, committed[index], object[key]);
    });
  }
  writeBack({ object }: InstanceState): void {
    if (this.#writers !== null) for (const write of this.#writers) write(object);
  }
  hasChanges(state: InstanceState): boolean {
    if (this.#writers !== null) this.writeBack(state);
    const { committed, extras } = state;
    if (extras !== null && extras.flagged !== null) return true;
    if (committed === null || state.partial) return this.changedColumns(state).length > 0;
    return this.#access.differs(state.object as Columns, committed);
  }

  commitColumns(state: InstanceState): void {
    const object = state.object as Columns;
    if (this.columns.every(({ key }) => Object.hasOwn(object, key))) {
      state.committed = this.#access.snapshot(object);
    } else {
      state.committed = this.columns.map(({ key, type }) =>
        Object.hasOwn(object, key) ? snapshotOf(type, object[key]) : NOT_LOADED,
      );
    }
    this.#settle(state, state.committed);
  }

  expireColumns(state: InstanceState, properties: readonly ColumnProperty[] = this.columns): void {
    const committed = this.#snapshotOf(state);
    if (properties === this.columns) {
      expireExpressions(state, this.#expressions);
      if (state.extras !== null) state.extras.flagged = null;
    }
    // From the last to the first, so that the object's shape is undone step by step.
    for (let i = properties.length - 1; i >= 0; i -= 1) {
      const property = properties[i] as ColumnProperty;
      Reflect.deleteProperty(state.object, property.key);
      committed[property.index] = NOT_LOADED;
    }
    this.#settle(state, committed);
  }

  forgetRow(state: InstanceState): void {
    state.committed = null;
    if (!state.partial) return;
    state.partial = false;
    Object.setPrototypeOf(state.object, this.class.prototype);
  }

  restoreColumns(state: InstanceState): void {
    const { committed, object, extras } = state;
    if (extras !== null) extras.flagged = null;
    if (committed === null) return;
    for (const { key, type, index } of this.columns) {
      const before = committed[index];
      if (before === NOT_LOADED) Reflect.deleteProperty(object, key);
      else if (!Object.hasOwn(object, key) || isChanged(type, before, (object as Columns)[key])) {
        this.#put(object, key, type.restore(before));
      }
    }
    this.#settle(state, committed);
  }

  /** Gives the object the prototype that fits: with accessors for what is missing, or without. */
  #settle(state: InstanceState, committed: readonly unknown[]): void {
    const partial = committed.includes(NOT_LOADED);
    if (partial === state.partial) return;
    state.partial = partial;
    Object.setPrototypeOf(state.object, partial ? this.#partialPrototype : this.class.prototype);
  }
}

/** Changes how an accessor assigns. */
function redefine(object: object, key: string, { set }: PropertyDescriptor): void {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (set !== undefined) Object.defineProperty(object, key, { ...descriptor, set });
}

/** Sets a column's value as data of the object, past any accessor of its prototype. */
function defineValue(object: object, key: string, value: unknown): void {
  if (Object.hasOwn(object, key)) (object as Columns)[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * The prototype of objects some of whose columns are not loaded: an accessor for each column, which is hidden by the
 * object's own value where there is one.
 */
function partialPrototype(mapper: ClassMapper): object {
  const prototype = Object.create(mapper.class.prototype) as object;
  for (const property of mapper.columns) {
    Object.defineProperty(prototype, property.key, {
      configurable: true,
      enumerable: false,
      get(this: object) {
        return missingValue(requireState(this), property);
      },
      set(this: object, value: unknown) {
        const state = requireState(this);
        if (property.activeHistory && state.session?.synchronous === true) missingValue(state, property);
        defineValue(this, property.key, value);
        state.session?.markModified(state);
      },
    });
  }
  return prototype;
}
