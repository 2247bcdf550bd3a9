import type { Connection } from "../../engine/connection.ts";
import type { Engine, SyncEngine } from "../../engine/engine.ts";
import type { SyncConnection } from "../../engine/sync-connection.ts";
import { ArgumentError } from "../../errors/errors.ts";
import type { AnyColumn } from "../../schema/column.ts";
import type { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import type { MetaData, ReflectOptions } from "../../schema/metadata.ts";
import type { Table as SchemaTable } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import { and } from "../../sql/expression/conditions.ts";
import { Expression } from "../../sql/expression/expression.ts";
import { Table } from "../../sql/expression/table.ts";
import type { Condition } from "../../sql/expression/types.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { NODE } from "../../util/symbols.ts";
import { isPromiseLike } from "../../util/task.ts";
import { className } from "../instrumentation/entity.ts";
import { mapTable, type TableModel } from "../mapping/map-table.ts";
import { type BaseOptions, type DeclarativeBase, declarativeBase } from "../mapping/model.ts";
import type { Registry } from "../mapping/registry.ts";
import { type AnyRelationship, Relationship, type RelationshipOptions } from "../mapping/relationship.ts";
import { type AutomapNaming, planAutomap, type RelationshipPlan } from "./automap-plan.ts";

/** What is about to become a relationship. */
export interface AutomapRelationship {
  readonly name: string;
  readonly direction: "manyToOne" | "oneToMany" | "manyToMany";
  readonly localTable: SchemaTable;
  readonly referredTable: SchemaTable;
  readonly foreignKey: ForeignKeyConstraint;
}

export interface AutomapOptions extends BaseOptions, AutomapNaming {
  /** Changes how a relationship behaves: `lazy`, `cascade`, `orderBy`. What it returns is added to what follows from the tables. */
  readonly relationshipOptions?: (
    relationship: AutomapRelationship,
  ) => Pick<RelationshipOptions, "lazy" | "cascade" | "orderBy" | "viewOnly" | "passiveDeletes" | "postUpdate">;
}

/** The attributes of a class that was made at run time: nobody knows their types before. */
export type AutomapShape = Readonly<Record<string, AnyColumn>>;

/** A class made of a table; `S` is what the program knows of its attributes. */
export type AutomapClass<S = AutomapShape> = TableModel<S>;

/**
 * Makes mapped classes of tables that are there, with relationships for their foreign keys:
 *
 * - a foreign key becomes a many-to-one (`artist`) and, on the other class, a one-to-many (`album_collection`);
 * - a table of two foreign keys and nothing else becomes a many-to-many between the tables that it joins;
 * - tables without a primary key, views among them, are left out.
 *
 * A name that is taken gets the columns of the foreign key behind it: `employee_by_reports_to`. What depends on a row
 * that it cannot do without (its foreign key is NOT NULL) is deleted with it. Classes that were declared with
 * `model("table", …)` before stay as they are, and are referred to.
 *
 * @example
 * const Base = await automapBase().prepare(engine);
 * const { artists } = Base.classes;
 */
export class AutomapBase {
  readonly metadata: MetaData;
  /** Declares a class of the program's own, which is then not made from the table; see `declarativeBase()`. */
  readonly model: DeclarativeBase["model"];
  readonly #registry: Registry;
  readonly #options: AutomapOptions;
  readonly #classes = new Map<string, AutomapClass>();

  /** @internal */
  constructor(options: AutomapOptions) {
    const { metadata, model, registry } = declarativeBase(options);
    this.metadata = metadata;
    this.model = model;
    this.#registry = registry;
    this.#options = options;
  }

  /** The classes by name. */
  get classes(): Readonly<Record<string, AutomapClass>> {
    return Object.fromEntries(this.#classes);
  }

  /**
   * A class by its name, with what the program knows of its attributes:
   * `classFor<{ id: Column<number>; title: Column<string> }>("albums")`.
   *
   * @throws ArgumentError when there is no such class.
   */
  classFor<S = AutomapShape>(name: string): AutomapClass<S> {
    const found = this.#classes.get(name);
    if (found === undefined) {
      const known = [...this.#classes.keys()].map((each) => JSON.stringify(each)).join(", ") || "none";
      throw new ArgumentError(`There is no class ${JSON.stringify(name)}. Classes are: ${known}.`);
    }
    // Which attributes a class has is known to the database alone; the caller says what they are.
    return found as unknown as AutomapClass<S>;
  }

  /**
   * Reads tables as `metadata.reflect()` does, and maps all tables of the MetaData that are not mapped yet. Without an
   * engine, only the latter.
   *
   * @throws ArgumentError when two classes would have the same name.
   */
  prepare(bind: Engine | Connection, options?: ReflectOptions): Promise<this>;
  prepare(bind?: SyncEngine | SyncConnection, options?: ReflectOptions): this;
  prepare(
    bind?: Engine | Connection | SyncEngine | SyncConnection,
    options: ReflectOptions = {},
  ): this | Promise<this> {
    const reading: unknown = bind === undefined ? undefined : this.metadata.reflect<unknown>(bind, options);
    if (isPromiseLike(reading)) return Promise.resolve(reading).then(() => this.#mapTables());
    return this.#mapTables();
  }

  #mapTables(): this {
    const tables = [...this.metadata.tables.values()].filter((table) => table instanceof Table);
    const nameOf = (table: SchemaTable): string | null => {
      const known = this.#registry.classOf(table);
      return known === null ? null : className(known);
    };
    const { classNames, relationships } = planAutomap(tables, nameOf, this.#options);
    for (const table of tables) {
      const name = classNames.get(table);
      if (name === undefined) continue;
      const shape = (relationships.get(table) ?? []).map((plan) => [plan.name, this.#relationship(plan)] as const);
      this.#classes.set(name, mapTable<AutomapShape>(this.#registry, name, table, Object.fromEntries(shape)));
    }
    return this;
  }

  #relationship(plan: RelationshipPlan): AnyRelationship {
    const { name, direction, local, referred, foreignKey, farKey, backPopulates } = plan;
    const options: RelationshipOptions = {
      ...(backPopulates === null ? {} : { backPopulates }),
      ...(farKey === null ? { foreignKeys: () => foreignKey.columns.map(columnOf) } : association(foreignKey, farKey)),
      ...(direction === "oneToMany" ? dependence(foreignKey) : {}),
      ...this.#options.relationshipOptions?.({
        name,
        direction,
        localTable: local,
        referredTable: referred,
        foreignKey,
      }),
    };
    const isOptional = foreignKey.columns.some((column) => column.nullable);
    const cardinality = direction !== "manyToOne" ? "many" : isOptional ? "oneOrNone" : "one";
    return new Relationship(() => this.#target(referred), cardinality, options);
  }

  #target(table: SchemaTable): EntityClass {
    const target = this.#registry.classOf(table);
    if (target === null) throw new ArgumentError(`Table "${table.key}" is not mapped.`);
    return target as unknown as EntityClass;
  }
}

/** Makes a base for classes that are made of tables; see `AutomapBase`. */
export function automapBase(options: AutomapOptions = {}): AutomapBase {
  return new AutomapBase(options);
}

/** What cannot be without its parent is deleted with it; what the database deletes or lets go of by itself is left to it. */
function dependence(foreignKey: ForeignKeyConstraint): RelationshipOptions {
  const isDependent = foreignKey.columns.every((column) => !column.nullable);
  if (isDependent) {
    return { cascade: "all, delete-orphan", ...(foreignKey.onDelete === "cascade" ? { passiveDeletes: true } : {}) };
  }
  return foreignKey.onDelete === "set null" ? { passiveDeletes: true } : {};
}

function association(near: ForeignKeyConstraint, far: ForeignKeyConstraint): RelationshipOptions {
  return {
    secondary: () => tableOf(near),
    primaryJoin: () => joinOf(near),
    secondaryJoin: () => joinOf(far),
  };
}

function tableOf({ table }: ForeignKeyConstraint): Table<unknown, string> {
  if (table instanceof Table) return table;
  throw new ArgumentError(`Table "${table.key}" cannot be used in statements.`);
}

function joinOf(foreignKey: ForeignKeyConstraint): Condition {
  return and(...foreignKey.elements.map(({ parent, column }) => columnOf(parent).eq(columnOf(column))));
}

function columnOf(column: TableColumn): Expression<unknown, string, string> {
  const { table } = column;
  if (!(table instanceof Table)) throw new ArgumentError(`Table "${table.key}" cannot be used in statements.`);
  return new Expression(columnIn(table[NODE], column));
}
