import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import type { AttributeHooks } from "../instrumentation/attribute-hooks.ts";
import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "./column-property.ts";
import type { DerivedProperty } from "./derived-attribute.ts";
import type { ExpressionProperty } from "./expression-property.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { PolymorphicIdentity } from "./map-options.ts";
import type { Registry } from "./registry.ts";
import type { RelationshipProperty } from "./relationship-property.ts";
import type { VersionCounter } from "./version-counter.ts";
import type { WrittenTable } from "./written-table.ts";

/** A mapped class: its prototype makes instances. */
export interface MappedClass {
  readonly name: string;
  readonly prototype: object;
}

/**
 * A mapped class as the ORM sees it: its table, its attributes, and how its objects are made and compared. Complete
 * after the registry has been configured.
 */
export interface Mapper {
  readonly registry: Registry;
  readonly class: MappedClass;
  readonly className: string;
  readonly table: Table;
  readonly tableName: string;
  /** The tables that objects are kept in, from the topmost class's down to the own one; each is written by itself. */
  readonly tables: readonly WrittenTable[];
  /** What the class is selected from, a table or a join: one node per mapper. */
  readonly from: FromNode;
  /** What `select(User)` selects: one node per mapper, its columns in the order of `columns`. */
  readonly entity: EntityNode;
  readonly columns: readonly ColumnProperty[];
  readonly primaryKey: readonly ColumnProperty[];
  /** The columns of the primary key, as the topmost table has them. */
  readonly keyColumns: readonly TableColumn[];
  readonly relationships: readonly RelationshipProperty[];
  /** Attributes that follow from others: composites, hybrids, synonyms, association proxies … */
  readonly derived: readonly DerivedProperty[];
  /** Those whose values the database computes. */
  readonly expressions: readonly ExpressionProperty[];
  readonly columnsByKey: ReadonlyMap<string, ColumnProperty>;
  readonly relationshipsByKey: ReadonlyMap<string, RelationshipProperty>;
  readonly derivedByKey: ReadonlyMap<string, DerivedProperty>;
  /** The topmost mapper of an inheritance hierarchy: identity maps are kept per base. Without inheritance, this one. */
  readonly base: Mapper;
  readonly parent: Mapper | null;
  readonly subclasses: readonly Mapper[];
  /** Classes right below it that share no rows with it: each has a table with everything. */
  readonly concreteSubclasses: readonly Mapper[];
  /** The classes among which a discriminator tells; null where there is none. */
  readonly hierarchy: Hierarchy | null;
  /** The attribute that is the discriminator, where one is. */
  readonly polymorphicOn: ColumnProperty | null;
  readonly polymorphicIdentity: PolymorphicIdentity | null;
  readonly polymorphicLoad: "inline" | "selectin" | null;
  /** Classes below it whose columns are loaded with the statement itself, as they are mapped. */
  readonly inlineSubclasses: readonly Mapper[];
  /** It has no objects of its own. */
  readonly isAbstract: boolean;
  /** A condition that every query for this class carries: the discriminator of single-table inheritance. */
  readonly criterion: ExpressionNode | null;

  /** What is done with changes of attributes, by name; null where nobody listens. */
  readonly hooks: ReadonlyMap<string, AttributeHooks> | null;
  /** Somebody listens to an attribute from now on. */
  hook(hooks: AttributeHooks): void;
  /** When values that the database makes are fetched; see `MapOptions`. */
  readonly eagerDefaults: boolean | "auto";
  /** What tells the versions of a row from each other; null without optimistic locking. */
  readonly version: VersionCounter | null;
  /** Rows that a DELETE has met are counted. */
  readonly confirmDeletedRows: boolean;

  /** The attribute that a column keeps. Throws ArgumentError where there is none. */
  propertyFor(column: TableColumn): ColumnProperty;
  /** This class or one derived from it. */
  isA(mapper: Mapper): boolean;
  /** An object without data whose constructor has not run; its class fields and private members are there. */
  instantiate(): InstanceState;
  /**
   * The key under which a row's primary key stands in the identity map; null when part of it is null.
   * `values` are in the order of `primaryKey`.
   */
  identityKey(values: readonly unknown[]): IdentityKey | null;
  /** The primary key of an object from its own attributes; null when part of it is missing. */
  identityKeyOf(object: object): IdentityKey | null;
  /** The primary key's values as they stand in the object. */
  primaryKeyValues(object: object): readonly unknown[];
  /** What `session.get()` was given (a value, an array, an object by attribute) as values in the order of `primaryKey`. */
  normalizeIdentity(identity: unknown): readonly unknown[];
  /** Puts all column values of a row into an object, in the order of `columns`, and keeps them as its snapshot. */
  hydrate(state: InstanceState, row: unknown[], offset: number): void;
  /** Puts some columns' values into an object: `row[offset + n]` is the value of `properties[n]`. */
  hydratePartially(
    state: InstanceState,
    properties: readonly ColumnProperty[],
    row: readonly unknown[],
    offset: number,
  ): void;
  /** Columns whose values differ from the snapshot. Of a new object: all that have a value. */
  changedColumns(state: InstanceState): readonly ColumnProperty[];
  /** Brings value objects that were changed in place to their columns: composites. */
  writeBack(state: InstanceState): void;
  /** Whether any column differs from the snapshot; the fast form of the question. */
  hasChanges(state: InstanceState): boolean;
  /** Takes the object's present values as its snapshot. */
  commitColumns(state: InstanceState): void;
  /** Forgets column values: they are loaded when they are read. Without a list, all. */
  expireColumns(state: InstanceState, properties?: readonly ColumnProperty[]): void;
  /** Forgets the row, and keeps the values: the object is as one that was never loaded. */
  forgetRow(state: InstanceState): void;
  /** Puts the values of the snapshot back into the object. */
  restoreColumns(state: InstanceState): void;
  /** This mapper's columns seen through another element of FROM: an alias, a subquery. */
  columnsIn(from: FromNode): readonly ColumnNode[];
}
