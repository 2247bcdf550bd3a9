import { ArgumentError, UnmappedClassError } from "../../errors/errors.ts";
import type { AnyColumn } from "../../schema/column.ts";
import { Column } from "../../schema/column.ts";
import type { TableArgument } from "../../schema/table-arguments.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import { Expression } from "../../sql/expression/expression.ts";
import { Table } from "../../sql/expression/table.ts";
import { queryNode, viewDefinition } from "../../sql/statement/view.ts";
import { outputColumns } from "../../sql/traverse/output-columns.ts";
import { NODE } from "../../util/symbols.ts";
import { type ClassDefinition, className } from "../instrumentation/entity.ts";
import { RelationshipAttribute } from "./attributes.ts";
import { type AnyDerivedAttribute, DerivedAttribute } from "./derived-attribute.ts";
import type { MapOptions, MappedView } from "./map-options.ts";
import type { MappedClass, Mapper } from "./mapper.ts";
import type { Registry } from "./registry.ts";
import { type AnyRelationship, Relationship } from "./relationship.ts";

/**
 * What a class was declared with, before and after it is mapped. Columns become a table when one of them is first asked
 * for; relationships wait until the registry is configured, because they may speak of what is declared later.
 */
export class ModelDefinition implements ClassDefinition {
  readonly registry: Registry;
  readonly tableName: string;
  class: MappedClass | null = null;
  /** Shapes in the order of their columns: the class's own, then those of its mixins. */
  readonly #shapes: readonly object[];
  readonly #attributes = new Map<string, object>();
  /** What `map()` was told beside constraints. */
  options: MapOptions = {};
  readonly #arguments: TableArgument[] = [];
  /** Getters that could not be read yet, because what they speak of is declared later. */
  #unread: (readonly [key: string, shape: object])[] = [];
  readonly #relationships = new Map<string, AnyRelationship>();
  readonly #derived = new Map<string, AnyDerivedAttribute>();
  /** A table that was there before the class. */
  readonly #given: Table<unknown, string> | null;
  #table: Table<unknown, string> | null = null;
  #mapper: Mapper | null = null;

  constructor(registry: Registry, table: string | Table<unknown, string>, shapes: readonly object[]) {
    this.registry = registry;
    this.#given = typeof table === "string" ? null : table;
    this.tableName = typeof table === "string" ? table : table.name;
    this.#shapes = shapes;
  }

  /** Names of all attributes, without reading a getter. */
  get keys(): readonly string[] {
    const columns = this.#given?.columns.map(({ key }) => key) ?? [];
    return [...new Set([...columns, ...this.#shapes.flatMap((shape) => Object.keys(shape))])];
  }

  get mapper(): Mapper {
    this.registry.configure();
    if (this.#mapper === null)
      throw new UnmappedClassError(`${this.#name} is being configured and cannot be used yet.`);
    return this.#mapper;
  }
  /** The class is finished; its table takes its place in the metadata. */
  setClass(model: MappedClass): void {
    this.class = model;
    this.#table ??= this.#makeTable();
  }
  setMapper(mapper: Mapper): void {
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
    const table = this.#given ?? new Table<unknown, string>(this.tableName, this.registry.metadata);
    const columns: (readonly [string, AnyColumn])[] = [];
    for (const shape of this.#shapes) {
      for (const key of Object.keys(shape)) {
        columns.push(...this.#read(shape, key));
      }
    }
    table.extendColumns(columns);
    table.sortColumns();
    return table;
  }

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
    if (declared instanceof Column) return [[key, declared]];
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
      for (const [name, column] of this.#read(shape, key)) table.appendColumn(name, column);
    }
    const [first] = this.#unread;
    if (first !== undefined) Reflect.get(first[1], first[0]);
    if (unread.length > 0) table.sortColumns();
    table.setArguments(this.#arguments.splice(0));
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
    const { table } = this;
    this.#readLate(key);
    const column = table.getColumn(key);
    if (column !== undefined) return new Expression<unknown>(columnIn(table[NODE], column));
    const from = () => table[NODE];
    const derived = this.#derived.get(key);
    if (derived !== undefined) {
      return derived.attribute({ key, owner: () => this.mapper.class, mapper: () => this.mapper, from });
    }
    return new RelationshipAttribute({
      key,
      from,
      property: () => {
        const property = this.mapper.relationshipsByKey.get(key);
        if (property === undefined) throw new ArgumentError(`${this.#name} has no attribute ${JSON.stringify(key)}.`);
        return property;
      },
    });
  }

  /** What could not be read when the table was made is read when it is asked for. */
  #readLate(key: string): void {
    if (this.#unread.some(([name]) => name === key)) this.completeTable();
  }
}
