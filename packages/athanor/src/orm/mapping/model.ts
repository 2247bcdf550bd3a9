import { ArgumentError, UnmappedClassError } from "../../errors/errors.ts";
import type { Listenable, Listeners } from "../../events/listeners.ts";
import { MetaData } from "../../schema/metadata.ts";
import type { TableArgument } from "../../schema/table-arguments.ts";
import { describe } from "../../sql/coercions/operands.ts";
import type { Table } from "../../sql/expression/table.ts";
import type { Subquery } from "../../sql/statement/subquery.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { LISTENERS, NODE, SHAPE } from "../../util/symbols.ts";
import { className, DEFINITION, Entity, GENERATED, mappedEntity, rememberName } from "../instrumentation/entity.ts";
import { INSPECT, printedAs } from "../instrumentation/printing.ts";
import type { InheritOptions, MapOptions } from "./map-options.ts";
import { givenSource } from "./mapped-selectable.ts";
import type { MappedClass } from "./mapper.ts";
import { type BaseEvents, classListeners } from "./mapper-events.ts";
import { MixinDeclaration } from "./mixin.ts";
import { ModelDefinition } from "./model-definition.ts";
import type { Mixin, Model, Override, QueryShape } from "./model-types.ts";
import { Registry } from "./registry.ts";
import type { Lazy, Shape } from "./relationship.ts";

/** What the models of a program have in common. One overload for each number of mixins. */
export interface DeclarativeBase extends Listenable<BaseEvents> {
  /** The tables of all its models. */
  readonly metadata: MetaData;
  /** @internal */
  readonly registry: Registry;
  /**
   * The class to extend for a model: `class User extends Base.model("users", { … }) { static { map(this); } }`. What points
   * at another model stands in a getter of the shape.
   */
  model<const O extends string, S>(table: O, shape: S): Model<S, {}, O>;
  model<const O extends string, S1, M1, S>(table: O, mixin1: Mixin<S1, M1>, shape: S): Model<S1 & S, M1, O>;
  model<const O extends string, S1, M1, S2, M2, S>(
    table: O,
    mixin1: Mixin<S1, M1>,
    mixin2: Mixin<S2, M2>,
    shape: S,
  ): Model<S1 & S2 & S, M1 & M2, O>;
  model<const O extends string, S1, M1, S2, M2, S3, M3, S>(
    table: O,
    mixin1: Mixin<S1, M1>,
    mixin2: Mixin<S2, M2>,
    mixin3: Mixin<S3, M3>,
    shape: S,
  ): Model<S1 & S2 & S3 & S, M1 & M2 & M3, O>;
  /**
   * The class to extend for what is there already: a table made with `table()` or reflected, or a query as a table
   * (`select(…).subquery("name")`, a CTE), whose objects are read, and never written. Its columns are the attributes; the
   * shape adds relationships and what is derived from columns, and may say of columns what the table's type does not.
   * `map(this, [], { primaryKey, includeProperties, excludeProperties })` says which of them, and what an object is known by.
   *
   * @example class User extends Base.modelOf(users, { get orders() { return many(() => Order); } }) { static { map(this); } }
   */
  modelOf<S, const O extends string, S2 = {}>(table: Table<S, O>, shape?: S2): Model<Override<S, S2>, {}, O>;
  /** Of two tables that share their primary key (that of the second is a foreign key to the first): one class for both. */
  modelOf<S1, const O extends string, S2, S3 = {}>(
    tables: readonly [Table<S1, O>, Table<S2, string>],
    shape?: S3,
  ): Model<Override<Override<S2, S1>, S3>, {}, O>;
  modelOf<C, const N extends string, S2 = {}>(
    query: Subquery<C, N>,
    shape?: S2,
  ): Model<Override<QueryShape<C>, S2>, {}, N>;
}

export interface BaseOptions {
  /** Keep the tables in this metadata. Default: one of its own. */
  readonly metadata?: MetaData;
  /** How constraints and indexes without a name are called; tokens as in SQLAlchemy: `"fk_%(table_name)s_%(column_0_name)s"`. */
  readonly namingConvention?: Readonly<Partial<Record<"ix" | "uq" | "ck" | "fk" | "pk", string>>>;
  /** How relationships are loaded that do not say it themselves. Default `select`. */
  readonly defaultLazy?: Lazy;
}

/** Makes a base for models. Each base has tables and class names of its own. */
export function declarativeBase(options: BaseOptions = {}): DeclarativeBase {
  if (options.metadata !== undefined && options.namingConvention !== undefined) {
    throw new ArgumentError(
      "declarativeBase() takes metadata or namingConvention, not both: the metadata has its own.",
    );
  }
  const { namingConvention } = options;
  const metadata = options.metadata ?? new MetaData(namingConvention === undefined ? {} : { namingConvention });
  const registry = new Registry(metadata, options.defaultLazy ?? "select");
  function model(table: string, ...parts: readonly unknown[]): unknown {
    if (typeof table !== "string" || table === "") {
      throw new ArgumentError(`model() takes the name of a table first, not ${describe(table)}.`);
    }
    const shape = parts.at(-1);
    const mixins = parts.slice(0, -1).filter((each) => each instanceof MixinDeclaration);
    if (typeof shape !== "object" || shape === null || mixins.length !== parts.length - 1) {
      throw new ArgumentError(`model(${JSON.stringify(table)}) takes mixins made with mixin(), and the shape last.`);
    }
    return modelClass(new ModelDefinition(registry, table, [shape, ...mixins.map((each) => each.shape)]), mixins);
  }
  function modelOf(source: unknown, shape: unknown = {}): unknown {
    if (typeof shape !== "object" || shape === null) {
      throw new ArgumentError(`modelOf() takes a shape behind the table, not ${describe(shape)}.`);
    }
    return modelClass(new ModelDefinition(registry, givenSource(source), [shape]), []);
  }
  const base = {
    metadata,
    registry,
    model: model as DeclarativeBase["model"],
    modelOf: modelOf as DeclarativeBase["modelOf"],
    [LISTENERS]: registry.listeners,
  };
  // Its events stand in the type alone.
  return base as DeclarativeBase & typeof base;
}

/** The class that a declaration makes, to be extended. @internal */
export function modelClass(
  definition: ModelDefinition,
  mixins: readonly MixinDeclaration[],
  Parent: typeof Entity = Entity,
): typeof Entity {
  class Model extends Parent {
    static readonly [GENERATED] = true;
    static readonly [DEFINITION] = definition;
    /** What a model brings into a statement. */
    static get [NODE](): object {
      return mappedEntity(this);
    }
    /** What `listen(User, "beforeInsert", …)` adds to. */
    static get [LISTENERS](): Listeners {
      return classListeners(this, definition.registry.listeners);
    }
    static get [SHAPE](): undefined {
      return undefined;
    }
    static inherit(...given: readonly unknown[]): typeof Entity {
      return inherit(this, given);
    }
  }
  for (const each of mixins) {
    Object.defineProperties(Model.prototype, Object.getOwnPropertyDescriptors(each.methods));
    each.isUsedBy(definition);
    // Of several mixins the first one counts.
    definition.sharedOptions = { ...each.options, ...definition.sharedOptions };
  }
  defineAttributes(Model, definition);
  return Model;
}

/** The class to extend for a subclass: with a table of its own, or in its parent's. */
function inherit(Parent: typeof Entity, given: readonly unknown[]): typeof Entity {
  const definition = (Parent as unknown as { readonly [DEFINITION]?: ModelDefinition })[DEFINITION];
  const name = className(Parent);
  if (definition === undefined || definition.class !== (Parent as unknown as MappedClass)) {
    throw new UnmappedClassError(`${name}.inherit(): ${name} was never mapped. Add to its body: static { map(this); }`);
  }
  const [table, ...rest] = typeof given[0] === "string" ? given : [null, ...given];
  const { mixins, shape, options } = inheritArguments(name, rest);
  const kind = options.concrete === true ? "concrete" : table === null ? "single" : "joined";
  if (kind === "concrete" && table === null) {
    throw new ArgumentError(`${name}.inherit() with { concrete: true } takes the name of a table first.`);
  }
  const shapes = [shape, ...mixins.map((each) => each.shape)];
  const declared = new ModelDefinition(
    definition.registry,
    table === null ? definition.tableName : String(table),
    kind === "concrete" ? [...definition.shapes, ...shapes] : shapes,
    { parent: definition, kind, options },
  );
  return modelClass(declared, mixins, Parent);
}

function inheritArguments(name: string, given: readonly unknown[]) {
  const mixins = given.filter((each) => each instanceof MixinDeclaration);
  const [shape = {}, options = {}, ...more] = given.filter((each) => !(each instanceof MixinDeclaration));
  if (
    typeof shape !== "object" ||
    shape === null ||
    typeof options !== "object" ||
    options === null ||
    more.length > 0
  ) {
    throw new ArgumentError(
      `${name}.inherit() takes the name of a table (or none), mixins made with mixin(), the shape, and options last.`,
    );
  }
  return { mixins, shape, options: options as InheritOptions };
}

/** Puts the attributes on a class; also in place of properties that every class has, such as `name`. */
function defineAttributes(model: object, definition: ModelDefinition): void {
  for (const key of definition.keys) {
    Object.defineProperty(model, key, {
      configurable: true,
      enumerable: true,
      get: () => definition.attribute(key),
    });
  }
}

/**
 * Maps a finished class; the last line of its static block. `tableArguments` are constraints and indexes:
 * `static { map(this, [unique("uq_user_email").on(this.email)]); }`
 *
 * @throws ArgumentError when the class does not extend `Base.model(…)`, or is mapped already.
 */
export function map(
  model: EntityClass & { readonly [SHAPE]: Shape },
  tableArguments: readonly TableArgument[] = [],
  options: MapOptions = {},
): void {
  const mapped = model as unknown as MappedClass & { readonly [DEFINITION]?: ModelDefinition };
  const definition = mapped[DEFINITION];
  if (definition === undefined) {
    throw new ArgumentError(`map() takes a class that extends Base.model(…), not ${className(mapped)}.`);
  }
  if (definition.class !== null) {
    const other = className(definition.class);
    throw new ArgumentError(
      definition.class === mapped
        ? `map() was called twice for ${other}.`
        : `The table ${JSON.stringify(definition.tableName)} is mapped by ${other} already, which ${className(mapped)} extends. ` +
            `A subclass that is mapped extends ${other}.inherit(…).`,
    );
  }
  // A class has own properties `name` and `length`, which hide attributes of these names that it inherits.
  const ownName = className(mapped);
  for (const key of ["name", "length"]) {
    if (definition.keys.includes(key)) {
      Object.defineProperty(model, key, { configurable: true, enumerable: true, get: () => definition.attribute(key) });
    }
  }
  if (definition.keys.includes("name")) {
    rememberName(mapped, ownName);
    Object.defineProperty(mapped.prototype, INSPECT, { configurable: true, value: printedAs(ownName) });
  }
  definition.options = { ...definition.sharedOptions, ...options };
  definition.setClass(mapped);
  definition.addArguments(tableArguments);
  definition.registry.add(definition);
}
