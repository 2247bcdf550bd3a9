import { ArgumentError, DuplicateColumnError, UnmappedClassError } from "../../errors/errors.ts";
import type { AnyColumn } from "../../schema/column.ts";
import { Column } from "../../schema/column.ts";
import type { TableArgument } from "../../schema/table-arguments.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import { Expression } from "../../sql/expression/expression.ts";
import { Table } from "../../sql/expression/table.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import { queryNode, viewDefinition } from "../../sql/statement/view.ts";
import { outputColumns } from "../../sql/traverse/output-columns.ts";
import { NODE } from "../../util/symbols.ts";
import { type ClassDefinition, className } from "../instrumentation/entity.ts";
import { RelationshipAttribute } from "./attributes.ts";
import type { ClassMapper } from "./class-mapper.ts";
import { type AnyDerivedAttribute, DerivedAttribute } from "./derived-attribute.ts";
import { isDiscriminator } from "./discriminator.ts";
import { type InheritedPair, inheritedPairs, joinedFrom, tablesOf, withRows } from "./inheritance.ts";
import type { InheritOptions, MapOptions, MappedView } from "./map-options.ts";
import { adoptForeignKeys, assertNoColumns, assertReturned, type GivenSource } from "./mapped-selectable.ts";
import type { MappedClass } from "./mapper.ts";
import { joinedFacts, type MapperFacts, ownFacts, singleFacts } from "./mapper-facts.ts";
import type { Registry } from "./registry.ts";
import { type AnyRelationship, Relationship } from "./relationship.ts";
import type { RelationshipProperty } from "./relationship-property.ts";
import { sharedKeyFacts } from "./shared-key.ts";

/** How a class stands to the one that it extends. */
export interface Inheritance {
  readonly parent: ModelDefinition;
  /** With a table that is joined to the parent's, in the parent's table, or with a table that has everything. */
  readonly kind: "joined" | "single" | "concrete";
  readonly options: InheritOptions;
}

/**
 * What a class was declared with, before and after it is mapped. Columns become a table when one of them is first asked
 * for; relationships wait until the registry is configured, because they may speak of what is declared later.
 */
export class ModelDefinition implements ClassDefinition {
  readonly registry: Registry;
  readonly tableName: string;
  readonly inheritance: Inheritance | null;
  /** What was declared with `inherit()`, mapped or not. */
  readonly subclasses: ModelDefinition[] = [];
  class: MappedClass | null = null;
  /** Shapes in the order of their columns: the class's own, then those of its mixins. */
  readonly shapes: readonly object[];
  readonly #attributes = new Map<string, object>();
  /** The attribute that was declared with `discriminator()`. */
  discriminator: string | null = null;
  /** What `map()` was told beside constraints. */
  options: MapOptions = {};
  /** What its mixins say of that. */
  sharedOptions: MapOptions = {};
  readonly #arguments: TableArgument[] = [];
  /** Getters that could not be read yet, because what they speak of is declared later. */
  #unread: (readonly [key: string, shape: object])[] = [];
  readonly #relationships = new Map<string, AnyRelationship>();
  readonly #derived = new Map<string, AnyDerivedAttribute>();
  /** A table, or what stands in its place, that was there before the class. */
  readonly #given: GivenSource | null;
  #table: Table<unknown, string> | null = null;
  /** Columns that subclasses have added to the table, which are none of this class's attributes. */
  readonly #ofSubclasses = new Set<TableColumn>();
  /** The columns of a class that has no table of its own. */
  readonly #added: TableColumn[] = [];
  #from: FromNode | null = null;
  #mapper: ClassMapper | null = null;

  constructor(
    registry: Registry,
    table: string | GivenSource,
    shapes: readonly object[],
    inheritance: Inheritance | null = null,
  ) {
    this.registry = registry;
    this.#given = typeof table === "string" ? null : table;
    this.tableName = typeof table === "string" ? table : table.table.name;
    this.shapes = shapes;
    this.inheritance = inheritance;
    inheritance?.parent.subclasses.push(this);
  }

  /** Names of all attributes, without reading a getter; what it inherits comes first. */
  get keys(): readonly string[] {
    const inherited = this.inheritance?.parent.keys ?? [];
    const columns = this.#isSingle ? [] : this.#givenColumns.map(({ key }) => key);
    return [...new Set([...inherited, ...columns, ...this.shapes.flatMap((shape) => Object.keys(shape))])];
  }

  /** Whether the class has declared an attribute itself; a concrete one has those of its parent, too. */
  hasOwn(key: string): boolean {
    const above = this.inheritance?.kind === "concrete" ? this.inheritance.parent.shapes : [];
    return this.shapes.some((shape) => !above.includes(shape) && Object.hasOwn(shape, key));
  }

  get #givenColumns(): readonly TableColumn[] {
    if (this.#given === null) return [];
    const { table, others } = this.#given;
    return others.length === 0
      ? table.columns
      : [table, ...others.map((each) => each.table)].flatMap((each) => each.columns);
  }

  get #isSingle(): boolean {
    return this.inheritance?.kind === "single";
  }

  get mapper(): ClassMapper {
    return this.#configured(true);
  }
  get entity(): EntityNode {
    return this.#configured(false).entity;
  }
  #configured(isComplete: boolean): ClassMapper {
    this.registry.configure(isComplete);
    if (this.#mapper === null)
      throw new UnmappedClassError(`${this.#name} is being configured and cannot be used yet.`);
    return this.#mapper;
  }
  /** The mapper, where there is one already. */
  get finishedMapper(): ClassMapper | null {
    return this.#mapper;
  }
  /** The class is finished; its table takes its place in the metadata. */
  setClass(model: MappedClass): void {
    this.class = model;
    this.#table ??= this.#makeTable();
  }
  setMapper(mapper: ClassMapper): void {
    this.#mapper = mapper;
  }

  get #name(): string {
    return this.class === null ? `The class of the table ${JSON.stringify(this.tableName)}` : className(this.class);
  }

  /** The table with the columns that can be read by now. */
  get table(): Table<unknown, string> {
    this.#table ??= this.#makeTable();
    return this.#table;
  }

  #makeTable(): Table<unknown, string> {
    if (this.#isSingle) return this.#shareTable();
    const table = this.#given?.table ?? new Table<unknown, string>(this.tableName, this.registry.metadata);
    const columns: (readonly [string, AnyColumn])[] = [];
    for (const shape of this.shapes) {
      for (const key of Object.keys(shape)) {
        columns.push(...this.#read(shape, key));
      }
    }
    if (this.#given?.others.length) assertNoColumns(this.#name, columns);
    if (this.#given?.isQuery === true) assertReturned(this.#name, table, columns);
    table.extendColumns(columns);
    table.sortColumns();
    return table;
  }

  // ── inheritance ────────────────────────────────────────────────────────────
  /** What the class is selected from: its table, its table joined to those above, or some rows of its parent's. */
  get from(): FromNode {
    const { whole } = this;
    this.#from ??= this.#isSingle ? withRows(whole, (from) => this.#rowsIn(from)) : whole;
    return this.#from;
  }
  /** The same with the rows of all classes that share the table. */
  get whole(): FromNode {
    const { inheritance } = this;
    switch (inheritance?.kind) {
      case "single":
        return inheritance.parent.whole;
      case "joined":
        this.#from ??= joinedFrom(inheritance.parent.whole, this.table[NODE], () => this.inheritedPairs);
        return this.#from;
      default:
        return this.#given?.from ?? this.table[NODE];
    }
  }
  #rowsIn(from: FromNode): ExpressionNode | null {
    const { mapper } = this;
    return mapper.hierarchy?.criterion(mapper, from) ?? null;
  }
  /** The keys by which its table is joined to those above it. */
  get inheritedPairs(): readonly InheritedPair[] {
    const parent = this.inheritance?.parent;
    if (parent === undefined) return [];
    return inheritedPairs(this.#name, parent.#name, this.table, tablesOf(parent.whole));
  }

  /** The columns that the class has declared itself. */
  get columns(): readonly TableColumn[] {
    if (this.#isSingle) return this.#added;
    if (this.#given?.others.length) return this.#givenColumns;
    return this.table.columns.filter((column) => !this.#ofSubclasses.has(column));
  }
  columnOf(key: string): TableColumn | undefined {
    const own = this.columns.find((column) => column.key === key);
    return own ?? (this.inheritance?.kind === "concrete" ? undefined : this.inheritance?.parent.columnOf(key));
  }
  derivedOf(key: string): AnyDerivedAttribute | undefined {
    return this.#derived.get(key) ?? this.inheritance?.parent.derivedOf(key);
  }

  /** What the mapper is made of. */
  facts(): MapperFacts {
    const { inheritance, table, from, options } = this;
    const others = this.#given?.others ?? [];
    if (others.length > 0) {
      if (options.primaryKey !== undefined) {
        throw new ArgumentError(`${this.#name}: the key of several tables is their primary key; leave primaryKey out.`);
      }
      const isMapped = (column: TableColumn) => this.#isMapped(column);
      return sharedKeyFacts(this.#name, table, others, from, isMapped, options.eagerDefaults ?? "auto");
    }
    const columns = this.columns.filter((column) => this.#isMapped(column));
    const keys = this.#keyColumns();
    const isQuery = this.#given?.isQuery ?? false;
    if (inheritance === null) return ownFacts(table, from, columns, keys, null, isQuery);
    const parent = inheritance.parent.mapper;
    switch (inheritance.kind) {
      case "concrete":
        return ownFacts(table, from, columns, keys, parent, false);
      case "single":
        return singleFacts(this.#name, parent, table, from, columns);
      case "joined":
        return joinedFacts(this.#name, parent, table, from, columns, this.inheritedPairs);
    }
  }

  /** What an object is known by: what the class says, or the table's primary key. */
  #keyColumns(): readonly TableColumn[] {
    const { primaryKey } = this.options;
    if (primaryKey === undefined) return this.table.primaryKey.columns;
    return primaryKey.map((key) => {
      const column = this.table.getColumn(key);
      if (column !== undefined) return column;
      throw new ArgumentError(
        `${this.#name}: primaryKey names ${JSON.stringify(key)}, which is no column of ${JSON.stringify(this.tableName)}. ` +
          `There are: ${this.table.columns.map((each) => each.key).join(", ")}.`,
      );
    });
  }

  /** Of a table that was there before, not every column has to be an attribute. */
  #isMapped(column: TableColumn): boolean {
    const { includeProperties, excludeProperties } = this.options;
    if (this.#keyColumns().includes(column)) return true;
    const { key } = column;
    return (includeProperties?.includes(key) ?? true) && excludeProperties?.includes(key) !== true;
  }

  /** The parent's table, with the columns of this class. */
  #shareTable(): Table<unknown, string> {
    const { table } = this.inheritance?.parent ?? this;
    for (const shape of this.shapes) {
      for (const key of Object.keys(shape)) {
        for (const [name, column] of this.#read(shape, key)) this.#addTo(table, name, column);
      }
    }
    return table;
  }

  /** Rows of other classes have no value for the column, so that it may be NULL whatever was declared. */
  #addTo(table: Table<unknown, string>, key: string, declared: AnyColumn): void {
    const known = table.getColumn(key);
    const { definition } = declared;
    if (known === undefined) {
      const isOptional = definition.serverDefault === null && definition.computed === null;
      const column = isOptional ? new Column({ ...definition, nullable: true }) : declared;
      const added = table.appendColumn(key, column);
      this.#added.push(added);
      this.tableOwner.#ofSubclasses.add(added);
      return;
    }
    if (this.inheritance?.options.useExistingColumns?.includes(key) !== true) {
      throw new DuplicateColumnError(
        `${this.#name}.${key}: the table ${JSON.stringify(table.name)}, which the class shares, has a column ${JSON.stringify(known.name)} already. ` +
          `Give one of the two another name, or let both share it: inherit({ … }, { useExistingColumns: [${JSON.stringify(key)}] }).`,
      );
    }
    this.#added.push(known);
  }
  get tableOwner(): ModelDefinition {
    return this.#isSingle && this.inheritance !== null ? this.inheritance.parent.tableOwner : this;
  }

  // ── the shape ──────────────────────────────────────────────────────────────
  /** The columns of a property of the shape; a getter that speaks of a later declaration is put off. */
  #read(shape: object, key: string): readonly (readonly [string, AnyColumn])[] {
    let declared: unknown;
    try {
      declared = Reflect.get(shape, key);
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error;
      this.#unread.push([key, shape]);
      return [];
    }
    if (declared instanceof Column) {
      if (isDiscriminator(declared)) this.discriminator = key;
      return [[key, declared]];
    }
    if (declared instanceof DerivedAttribute) {
      this.#derived.set(key, declared);
      return declared.columns(key);
    }
    if (!(declared instanceof Relationship)) {
      throw new ArgumentError(
        `${this.#name}.${key} is no declaration of an attribute: a column, a relationship, or what is derived from them.`,
      );
    }
    this.#relationships.set(key, declared as AnyRelationship);
    return [];
  }

  /** Adds what had to wait, and the constraints and indexes given to `map()`. */
  completeTable(): void {
    const { table } = this;
    const unread = this.#unread;
    this.#unread = [];
    for (const [key, shape] of unread) {
      for (const [name, column] of this.#read(shape, key)) {
        if (this.#isSingle) this.#addTo(table, name, column);
        else table.appendColumn(name, column);
      }
    }
    const [first] = this.#unread;
    if (first !== undefined) Reflect.get(first[1], first[0]);
    if (unread.length > 0) table.sortColumns();
    if (this.#given?.isQuery === true && this.#arguments.length > 0) {
      throw new ArgumentError(`${this.#name} is mapped to a query, which has no constraints and no indexes.`);
    }
    table.setArguments(this.#arguments.splice(0));
    if (this.#given?.isQuery === true) adoptForeignKeys(this.#given);
    const { view } = this.options;
    if (view !== undefined && table.view === null) this.#becomeView(table, view);
  }

  /** Every column of the class must be a column of the view's query. */
  #becomeView(table: Table<unknown, string>, { query, ...options }: MappedView): void {
    const node = queryNode(typeof query === "function" ? query() : query, `The view of ${this.#name}`);
    const names = new Set(outputColumns(node).map(({ name }) => name));
    const missing = table.columns.find(({ name }) => !names.has(name));
    if (missing !== undefined) {
      throw new ArgumentError(
        `${this.#name}.${missing.key} is the column "${missing.name}" of a view whose query does not return it. ` +
          `It returns ${[...names].map((name) => `"${name}"`).join(", ")}.`,
      );
    }
    table.becomeView(viewDefinition(node, options));
  }

  addArguments(tableArguments: readonly TableArgument[]): void {
    this.#arguments.push(...tableArguments);
  }

  relationships(): ReadonlyMap<string, AnyRelationship> {
    return this.#relationships;
  }
  /** The class whose attributes it has; a concrete class has declared all of them again. */
  get #above(): ModelDefinition | null {
    return this.inheritance === null || this.inheritance.kind === "concrete" ? null : this.inheritance.parent;
  }
  get relationshipKeys(): readonly string[] {
    return [...new Set([...(this.#above?.relationshipKeys ?? []), ...this.#relationships.keys()])];
  }
  get derivedAttributes(): readonly (readonly [key: string, declared: AnyDerivedAttribute])[] {
    return [...new Map([...(this.#above?.derivedAttributes ?? []), ...this.#derived])];
  }
  derived(): ReadonlyMap<string, AnyDerivedAttribute> {
    return this.#derived;
  }

  /** What the class has under an attribute's name: an expression for a column, an attribute for a relationship. */
  attribute(key: string): object {
    const known = this.#attributes.get(key);
    if (known !== undefined) return known;
    const attribute = this.#makeAttribute(key);
    this.#attributes.set(key, attribute);
    return attribute;
  }

  #makeAttribute(key: string): object {
    this.readAll(key);
    const column = this.columnOf(key);
    if (column !== undefined) return new Expression<unknown>(columnIn(this.from, column));
    const from = () => this.from;
    const derived = this.derivedOf(key);
    if (derived !== undefined) {
      return derived.attribute({ key, owner: () => this.mapper.class, mapper: () => this.mapper, from });
    }
    return new RelationshipAttribute({
      key,
      from,
      property: () => this.relationship(key),
    });
  }

  /** A relationship after configuration. */
  relationship(key: string): RelationshipProperty {
    const property = this.mapper.relationshipsByKey.get(key);
    if (property === undefined) throw new ArgumentError(`${this.#name} has no attribute ${JSON.stringify(key)}.`);
    return property;
  }

  /** The table is made; what could not be read then is read when it is asked for. */
  readAll(key: string): void {
    this.#table ??= this.#makeTable();
    if (this.#unread.some(([name]) => name === key)) this.completeTable();
    this.inheritance?.parent.readAll(key);
  }
}
