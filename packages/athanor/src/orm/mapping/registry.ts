import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import type { Listeners } from "../../events/listeners.ts";
import type { MetaData } from "../../schema/metadata.ts";
import type { Table } from "../../schema/table.ts";
import { messageOf } from "../../util/message-of.ts";
import { relationshipAccessor } from "../instrumentation/relationship-accessor.ts";
import { ClassMapper } from "./class-mapper.ts";
import { ConfiguredRelationship, linkReverse } from "./configured-relationship.ts";
import { noteMapped } from "./mapped-tables.ts";
import type { MappedClass, Mapper } from "./mapper.ts";
import { baseListeners, isAnyoneListening, skipMapper, tellClass } from "./mapper-events.ts";
import type { ModelDefinition } from "./model-definition.ts";
import { Overlaps } from "./overlaps.ts";
import { placeInHierarchy } from "./place-in-hierarchy.ts";
import type { Lazy } from "./relationship.ts";

/** A class and what has been made of its declaration. */
type Mapped = readonly [ModelDefinition, ClassMapper];

/**
 * The mapped classes of one declarative base. They are configured together when one of them is first used: by then all
 * classes are there, however they refer to each other.
 */
export class Registry {
  readonly metadata: MetaData;
  readonly defaultLazy: Lazy;
  /** What `listen(Base, …)` adds to: it hears all classes. */
  readonly listeners: Listeners = baseListeners();
  readonly #definitions: ModelDefinition[] = [];
  readonly #classes = new Map<Table, MappedClass>();
  #pending: ModelDefinition[] = [];
  readonly #mappers: ClassMapper[] = [];
  /** Classes that have a mapper, but not their relationships yet. */
  #unrelated: Mapped[] = [];
  /** Classes that a handler of `beforeMapperConfigured` wants to be left for the next time. */
  #skipped: readonly Mapped[] = [];
  readonly #overlaps = new Overlaps();
  #failure: unknown = null;
  #configuring = false;

  constructor(metadata: MetaData, defaultLazy: Lazy) {
    this.metadata = metadata;
    this.defaultLazy = defaultLazy;
  }

  /** Mappers of all classes, configured. */
  get mappers(): readonly Mapper[] {
    this.configure();
    return this.#mappers;
  }

  /** The class that a table is mapped to, if there is one. */
  classOf(table: Table): MappedClass | null {
    return this.#classes.get(table) ?? null;
  }

  /** A class has been declared; its table has to be complete before the metadata is used. */
  add(definition: ModelDefinition): void {
    this.#definitions.push(definition);
    this.#pending.push(definition);
    if (definition.class !== null && definition.inheritance?.kind !== "single") {
      this.#classes.set(definition.table, definition.class);
      noteMapped(definition.table, definition.class);
    }
    this.metadata.onUse(() => {
      definition.completeTable();
    });
  }

  /**
   * Makes mappers of all classes that have been declared since the last time. One class that cannot be configured makes
   * the others unusable, too: their relationships may lead to it.
   *
   * @param isComplete false for a class that is only named in a statement: relationships may be left for later where they
   * lead to what is declared later, such as an alias that is made of the class
   */
  configure(isComplete = true): void {
    if (this.#failure !== null) {
      throw new InvalidRequestError(
        `A mapped class of this base could not be configured: ${messageOf(this.#failure)}`,
        { code: "mapper-configuration", cause: this.#failure },
      );
    }
    if (this.#configuring) return;
    const declared = this.#pending.filter((definition) => definition.class !== null);
    if (declared.length === 0 && this.#skipped.length === 0 && this.#unrelated.length === 0) return;
    this.#pending = this.#pending.filter((definition) => definition.class === null);
    this.#configuring = true;
    if (this.#unrelated.length === 0 && isAnyoneListening("beforeConfigured")) this.listeners.fire("beforeConfigured");
    try {
      this.#unrelated.push(...declared.map((definition) => this.#map(definition)));
      if (!isComplete && !this.#areTargetsDeclared()) return;
      const mappers = this.#notSkipped([...this.#skipped, ...this.#unrelated]);
      for (const [definition, mapper] of mappers) this.#relate(definition, mapper);
      for (const [, mapper] of mappers) {
        for (const property of mapper.relationships) {
          if (property.parent === mapper) linkReverse(property as ConfiguredRelationship);
        }
      }
      for (const [, mapper] of mappers) {
        for (const property of mapper.relationships) if (property.parent === mapper) this.#overlaps.add(property);
      }
      this.#unrelated = [];
      for (const [definition, mapper] of mappers) this.#derive(definition, mapper);
      for (const [, mapper] of mappers) tellClass(mapper, "mapperConfigured");
    } catch (error) {
      this.#failure = error;
      throw error;
    } finally {
      this.#configuring = false;
    }
    if (isAnyoneListening("afterConfigured")) this.listeners.fire("afterConfigured");
  }

  /** Whether all that relationships lead to has been declared: a constant that has not is no value yet. */
  #areTargetsDeclared(): boolean {
    try {
      for (const [definition] of this.#unrelated) for (const each of definition.relationships().values()) each.target();
      return true;
    } catch (error) {
      if (error instanceof ReferenceError) return false;
      throw error;
    }
  }

  #map(definition: ModelDefinition): Mapped {
    const model = definition.class;
    if (model === null) throw new ArgumentError("A class without map(this) has no mapper.");
    definition.completeTable();
    const options = { ...definition.inheritance?.options, ...definition.options };
    const mapper = new ClassMapper(this, model, definition.facts(), options);
    definition.setMapper(mapper);
    placeInHierarchy(definition, mapper);
    this.#mappers.push(mapper);
    tellClass(mapper, "instrumentClass");
    tellClass(mapper, "afterMapperConstructed");
    return [definition, mapper];
  }

  /** Those that no handler wants to be left for the next time. */
  #notSkipped(mapped: readonly Mapped[]): readonly Mapped[] {
    if (!isAnyoneListening("beforeMapperConfigured")) {
      this.#skipped = [];
      return mapped;
    }
    this.#skipped = mapped.filter(([, mapper]) => tellClass(mapper, "beforeMapperConfigured").includes(skipMapper));
    return mapped.filter((each) => !this.#skipped.includes(each));
  }

  #relate(definition: ModelDefinition, mapper: ClassMapper): void {
    const inherited = parentOf(mapper)?.relationships ?? [];
    const own = [...definition.relationships()].map(([key, declared], index) => {
      const make = () => new ConfiguredRelationship(key, inherited.length + index, mapper, declared, this.defaultLazy);
      return definition.hasOwn(key) ? make() : madeAgain(key, mapper, make);
    });
    mapper.setRelationships([...inherited, ...own]);
    for (const property of own) {
      Object.defineProperty(mapper.class.prototype, property.key, relationshipAccessor(property));
    }
  }

  #derive(definition: ModelDefinition, mapper: ClassMapper): void {
    const own = [...definition.derived()].map(([key, declared]) => ({ key, declared }));
    mapper.setDerived([...(parentOf(mapper)?.derived ?? []), ...own]);
    for (const { key, declared } of own) {
      Object.defineProperty(mapper.class.prototype, key, declared.accessor(key, mapper));
    }
  }
}

/** The class whose attributes it has; a concrete class has declared all of them again. */
function parentOf({ parent, base }: ClassMapper): Mapper | null {
  return parent !== null && parent.base === base ? parent : null;
}

/**
 * A relationship of the class above, of a concrete one.
 *
 * @throws ArgumentError where the class's table has no foreign keys for it
 */
function madeAgain<T>(key: string, { className, table, parent }: ClassMapper, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(
      `${className}.${key} is inherited from ${parent?.className}, but does not fit ${className}, which is concrete and has the table ` +
        `${JSON.stringify(table.name)}: ${error.message} Declare ${key} again in the shape of ${className}, as it is for this table.`,
      { cause: error },
    );
  }
}
