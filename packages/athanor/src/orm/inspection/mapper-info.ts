import { ArgumentError } from "../../errors/errors.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import type { PolymorphicIdentity } from "../mapping/map-options.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { modelOf } from "../mapping/model-of.ts";
import type { Lazy } from "../mapping/relationship.ts";
import type { Direction, RelationshipProperty } from "../mapping/relationship-property.ts";

/** A column attribute of a mapped class. */
export interface ColumnInfo {
  readonly kind: "column";
  readonly key: string;
  readonly column: TableColumn;
}
/** An attribute that is neither: a hybrid, a composite, a synonym, an association proxy, a SQL expression. */
export interface DerivedInfo {
  readonly kind: "derived";
  readonly key: string;
}
export type AttributeInfo = ColumnInfo | RelationshipInfo | DerivedInfo;

/** A mapped class, as it is configured: its tables, its attributes, its place among others. */
export class MapperInfo {
  readonly #mapper: Mapper;

  /** @internal */
  constructor(mapper: Mapper) {
    this.#mapper = mapper;
  }

  get className(): string {
    return this.#mapper.className;
  }
  /** The class itself. */
  get model(): EntityClass {
    return modelOf(this.#mapper);
  }

  // ── tables ─────────────────────────────────────────────────────────────────
  /** The table of the class; of single-table inheritance, that of the class above. */
  get table(): Table {
    return this.#mapper.table;
  }
  get tableName(): string {
    return this.#mapper.tableName;
  }
  /** All tables that its objects are kept in, from the topmost class's down. */
  get tables(): readonly Table[] {
    return [...new Set(this.#mapper.tables.map(({ target }) => target.table))];
  }

  // ── attributes ─────────────────────────────────────────────────────────────
  /** Columns in the order of their declaration. */
  get columns(): readonly ColumnInfo[] {
    return this.#mapper.columns.map(({ key, column }) => ({ kind: "column", key, column }));
  }
  get relationships(): readonly RelationshipInfo[] {
    return this.#mapper.relationships.map(relationshipInfo);
  }
  /** Attributes that follow from others. */
  get derived(): readonly DerivedInfo[] {
    return this.#mapper.derived.map(({ key }) => ({ kind: "derived", key }));
  }
  /** All attributes: columns, relationships, and what follows from them. */
  get allDescriptors(): readonly AttributeInfo[] {
    return [...this.columns, ...this.relationships, ...this.derived];
  }
  /** The same by name. */
  get attrs(): Readonly<Record<string, AttributeInfo>> {
    return Object.fromEntries(this.allDescriptors.map((each) => [each.key, each]));
  }
  hasProperty(key: string): boolean {
    const { columnsByKey, relationshipsByKey, derivedByKey } = this.#mapper;
    return columnsByKey.has(key) || relationshipsByKey.has(key) || derivedByKey.has(key);
  }
  /** @throws ArgumentError when there is no such attribute. */
  getProperty(key: string): AttributeInfo {
    const found = this.allDescriptors.find((each) => each.key === key);
    if (found !== undefined) return found;
    throw new ArgumentError(`${this.className} has no attribute ${JSON.stringify(key)}.`);
  }

  // ── identity ───────────────────────────────────────────────────────────────
  /** The attributes that are the primary key. */
  get primaryKey(): readonly ColumnInfo[] {
    return this.#mapper.primaryKey.map(({ key, column }) => ({ kind: "column", key, column }));
  }
  /** The primary key as it stands in an object. */
  primaryKeyFromInstance(object: object): readonly unknown[] {
    return this.#mapper.primaryKeyValues(object);
  }

  // ── inheritance ────────────────────────────────────────────────────────────
  /** The class that it inherits from, or null. */
  get inherits(): MapperInfo | null {
    const { parent } = this.#mapper;
    return parent === null ? null : mapperInfo(parent);
  }
  /** The topmost class; without inheritance, this one. */
  get base(): MapperInfo {
    return mapperInfo(this.#mapper.base);
  }
  /** This class and all below it. */
  get selfAndDescendants(): readonly MapperInfo[] {
    return [this, ...this.#mapper.subclasses.flatMap((each) => mapperInfo(each).selfAndDescendants)];
  }
  /** This class, or one that inherits from it. */
  isA(other: MapperInfo): boolean {
    return this.#mapper.isA(other.#mapper);
  }
  /** The attribute that is the discriminator, or null. */
  get polymorphicOn(): string | null {
    return this.#mapper.polymorphicOn?.key ?? null;
  }
  get polymorphicIdentity(): PolymorphicIdentity | null {
    return this.#mapper.polymorphicIdentity;
  }
  /** Classes by what the discriminator holds for their objects. */
  get polymorphicMap(): ReadonlyMap<unknown, MapperInfo> {
    const identities = this.#mapper.hierarchy?.identities ?? [];
    return new Map([...identities].map(([identity, mapper]) => [identity, mapperInfo(mapper)]));
  }
}

const knownMappers = new WeakMap<Mapper, MapperInfo>();

/** The same for each class every time. @internal */
export function mapperInfo(mapper: Mapper): MapperInfo {
  let info = knownMappers.get(mapper);
  if (info === undefined) {
    info = new MapperInfo(mapper);
    knownMappers.set(mapper, info);
  }
  return info;
}

// ── relationships ────────────────────────────────────────────────────────────
/** A relationship of a mapped class, as it is configured. */
export class RelationshipInfo {
  readonly kind = "relationship";
  readonly #property: RelationshipProperty;

  /** @internal */
  constructor(property: RelationshipProperty) {
    this.#property = property;
  }

  get key(): string {
    return this.#property.key;
  }
  /** The class that has it. */
  get parent(): MapperInfo {
    return mapperInfo(this.#property.parent);
  }
  /** The class that it leads to. */
  get target(): MapperInfo {
    return mapperInfo(this.#property.target);
  }
  get direction(): Direction {
    return this.#property.direction;
  }
  /** It holds a collection. */
  get isCollection(): boolean {
    return this.#property.isCollection;
  }
  get lazy(): Lazy {
    return this.#property.lazy;
  }
  get viewOnly(): boolean {
    return this.#property.viewOnly;
  }
  /** The names of its cascades: `save-update`, `merge`, `delete` … */
  get cascade(): readonly string[] {
    return Object.entries(this.#property.cascades)
      .filter(([, isOn]) => isOn === true)
      .map(([name]) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  }
  /** The association table of a many-to-many, or null. */
  get secondary(): Table | null {
    return this.#property.secondary;
  }
  /** The columns of the parent's side and those of the other that have the same values; the other side of a many-to-many is its association table. */
  get localRemotePairs(): readonly (readonly [local: TableColumn, remote: TableColumn])[] {
    const { pairs, secondaryPairs } = this.#property;
    return [...pairs, ...secondaryPairs].map(({ local, remote }) => [columnOf(local), columnOf(remote)] as const);
  }
  /** The columns of the other side. */
  get remoteSide(): readonly TableColumn[] {
    return this.localRemotePairs.map(([, remote]) => remote);
  }
  /** The relationship of the other class that is kept in step with it, or null. */
  get reverse(): RelationshipInfo | null {
    const { reverse } = this.#property;
    return reverse === null ? null : relationshipInfo(reverse);
  }
  /** `User.orders`. */
  toString(): string {
    return this.#property.toString();
  }
}

function columnOf({ column, key }: ColumnNode): TableColumn {
  if (column !== null) return column;
  throw new TypeError(`${key} is no column of a table.`);
}

const knownRelationships = new WeakMap<RelationshipProperty, RelationshipInfo>();

/** The same for each relationship every time. @internal */
export function relationshipInfo(property: RelationshipProperty): RelationshipInfo {
  let info = knownRelationships.get(property);
  if (info === undefined) {
    info = new RelationshipInfo(property);
    knownRelationships.set(property, info);
  }
  return info;
}
