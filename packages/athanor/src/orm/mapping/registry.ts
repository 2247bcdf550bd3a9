import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import type { Listeners } from "../../events/listeners.ts";
import type { MetaData } from "../../schema/metadata.ts";
import type { Table } from "../../schema/table.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import { NODE } from "../../util/symbols.ts";
import { className, mapperOf } from "../instrumentation/entity.ts";
import { relationshipAccessor } from "../instrumentation/relationship-accessor.ts";
import { parseCascades } from "./cascades.ts";
import { ClassMapper } from "./class-mapper.ts";
import { collectionKind, isQueried } from "./collections.ts";
import type { ColumnProperty } from "./column-property.ts";
import { joinFacts, relationshipOrdering } from "./configure-relationship.ts";
import { noteMapped } from "./mapped-tables.ts";
import type { MappedClass, Mapper } from "./mapper.ts";
import { baseListeners, isAnyoneListening, skipMapper, tellClass } from "./mapper-events.ts";
import type { ModelDefinition } from "./model-definition.ts";
import { placeInHierarchy } from "./place-in-hierarchy.ts";
import type { AnyRelationship, Lazy } from "./relationship.ts";
import type { KeyPair, RelationshipProperty, SyncPair } from "./relationship-property.ts";

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
  /** Classes that a handler of `beforeMapperConfigured` wants to be left for the next time. */
  #skipped: readonly Mapped[] = [];
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
   */
  configure(): void {
    if (this.#failure !== null) {
      throw new InvalidRequestError(
        `A mapped class of this base could not be configured: ${messageOf(this.#failure)}`,
        { cause: this.#failure },
      );
    }
    if (this.#configuring) return;
    const declared = this.#pending.filter((definition) => definition.class !== null);
    if (declared.length === 0 && this.#skipped.length === 0) return;
    this.#pending = this.#pending.filter((definition) => definition.class === null);
    this.#configuring = true;
    if (isAnyoneListening("beforeConfigured")) this.listeners.fire("beforeConfigured");
    try {
      const mapped = [...this.#skipped, ...declared.map((definition) => this.#map(definition))];
      const mappers = this.#notSkipped(mapped);
      for (const [definition, mapper] of mappers) this.#relate(definition, mapper);
      for (const [, mapper] of mappers) {
        for (const property of mapper.relationships) {
          if (property.parent === mapper) linkReverse(property as Relationship);
        }
      }
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
    const inherited = mapper.parent !== null && mapper.base !== mapper ? mapper.parent.relationships : [];
    const own = [...definition.relationships()].map(
      ([key, declared], index) => new Relationship(key, inherited.length + index, mapper, declared, this.defaultLazy),
    );
    mapper.setRelationships([...inherited, ...own]);
    for (const property of own) {
      Object.defineProperty(mapper.class.prototype, property.key, relationshipAccessor(property));
    }
  }

  #derive(definition: ModelDefinition, mapper: ClassMapper): void {
    const own = [...definition.derived()].map(([key, declared]) => ({ key, declared }));
    mapper.setDerived([...(mapper.parent?.derived ?? []), ...own]);
    for (const { key, declared } of own) {
      Object.defineProperty(mapper.class.prototype, key, declared.accessor(key, mapper));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A relationship after configuration. */
class Relationship implements RelationshipProperty {
  readonly key: string;
  readonly index: number;
  readonly parent: Mapper;
  readonly target: Mapper;
  readonly cardinality: RelationshipProperty["cardinality"];
  readonly isCollection: boolean;
  readonly collection: RelationshipProperty["collection"];
  readonly isQueried: boolean;
  readonly direction: RelationshipProperty["direction"];
  readonly lazy: Lazy;
  readonly cascades: RelationshipProperty["cascades"];
  readonly viewOnly: boolean;
  readonly passiveDeletes: boolean | "all";
  readonly passiveUpdates: boolean;
  readonly postUpdate: boolean;
  readonly secondary: RelationshipProperty["secondary"];
  readonly secondaryFrom: RelationshipProperty["secondaryFrom"];
  readonly primaryJoin: RelationshipProperty["primaryJoin"];
  readonly secondaryJoin: RelationshipProperty["secondaryJoin"];
  readonly pairs: readonly KeyPair[];
  readonly secondaryPairs: readonly KeyPair[];
  readonly sync: readonly SyncPair[];
  readonly targetKey: readonly ColumnProperty[] | null;
  readonly declared: AnyRelationship;
  reverse: RelationshipProperty | null = null;
  #orderBy: RelationshipProperty["orderBy"] | null = null;

  constructor(key: string, index: number, parent: Mapper, declared: AnyRelationship, defaultLazy: Lazy) {
    const { options, cardinality } = declared;
    this.key = key;
    this.index = index;
    this.parent = parent;
    this.declared = declared;
    const name = `${parent.className}.${key}`;
    this.target = targetMapper(name, declared);
    this.cardinality = cardinality;
    this.isCollection = cardinality === "many";
    this.collection = collectionKind(name, this.target, options);
    this.lazy = options.lazy ?? defaultLazy;
    this.isQueried = isQueried(name, this.lazy, declared);
    this.viewOnly = options.viewOnly ?? false;
    this.cascades = parseCascades(options.cascade ?? (this.viewOnly ? "merge" : undefined), name);
    this.passiveDeletes = options.passiveDeletes ?? false;
    this.passiveUpdates = options.passiveUpdates ?? true;
    this.postUpdate = options.postUpdate ?? false;
    const facts = joinFacts(name, parent, this.target, declared);
    this.direction = facts.direction;
    this.secondary = facts.secondary;
    this.secondaryFrom = facts.secondary === null ? null : facts.secondary[NODE];
    this.primaryJoin = facts.primaryJoin;
    this.secondaryJoin = facts.secondaryJoin;
    this.pairs = facts.pairs;
    this.secondaryPairs = facts.secondaryPairs;
    this.sync = this.#syncPairs();
    this.targetKey = this.#targetKey();
    if (this.cascades.deleteOrphan && this.direction !== "oneToMany") {
      throw new ArgumentError(
        `${name}: the cascade "delete-orphan" belongs on the side of the parent, the "one" of a one-to-many: ` +
          "an object at the other end of this relationship may have other parents.",
      );
    }
  }

  /** Read when it is needed: it may speak of columns of classes that are configured later. */
  get orderBy(): RelationshipProperty["orderBy"] {
    this.#orderBy ??= relationshipOrdering(this.toString(), this.declared);
    return this.#orderBy;
  }

  #syncPairs(): readonly SyncPair[] {
    if (this.direction === "manyToMany") return [];
    return this.pairs.map(({ local, remote }) => {
      const own = attributeOf(this.parent, local);
      const other = attributeOf(this.target, remote);
      return this.direction === "manyToOne" ? { source: other, destination: own } : { source: own, destination: other };
    });
  }

  #targetKey(): readonly ColumnProperty[] | null {
    if (this.direction !== "manyToOne" || this.declared.options.primaryJoin !== undefined) return null;
    const found = this.target.primaryKey.map((key) => this.sync.find((pair) => pair.source === key)?.destination);
    const columns = found.filter((column) => column !== undefined);
    return columns.length === found.length && columns.length === this.sync.length ? columns : null;
  }

  toString(): string {
    return `${this.parent.className}.${this.key}`;
  }
}

function attributeOf(mapper: Mapper, { column, key }: ColumnNode): ColumnProperty {
  if (column !== null) return mapper.propertyFor(column);
  throw new ArgumentError(`${mapper.className} has no attribute for the column ${JSON.stringify(key)}.`);
}

function targetMapper(name: string, declared: AnyRelationship): Mapper {
  const target: unknown = declared.target();
  if (typeof target !== "function") {
    throw new ArgumentError(`${name}: the first argument is a function that gives the class, such as () => Order.`);
  }
  try {
    return mapperOf(target);
  } catch (cause) {
    throw new ArgumentError(`${name} leads to ${className(target)}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Ties a relationship to the one that `backPopulates` names, and sees to it that the two fit. */
function linkReverse(property: Relationship): void {
  const { backPopulates } = property.declared.options;
  if (backPopulates === undefined) return;
  const reverse = property.target.relationshipsByKey.get(backPopulates) as Relationship | undefined;
  if (reverse === undefined) {
    const known = [...property.target.relationshipsByKey.keys()].join(", ") || "none";
    throw new ArgumentError(
      `${property}: backPopulates names ${JSON.stringify(backPopulates)}, but ${property.target.className} has no such relationship. ` +
        `There are: ${known}.`,
    );
  }
  if (!reverse.target.isA(property.parent) && !property.parent.isA(reverse.target)) {
    throw new ArgumentError(
      `${property}: backPopulates names ${reverse}, which leads to ${reverse.target.className}, not back.`,
    );
  }
  const back = reverse.declared.options.backPopulates;
  if (back !== undefined && back !== property.key) {
    throw new ArgumentError(
      `${property}: backPopulates names ${reverse}, whose own backPopulates is ${JSON.stringify(back)}.`,
    );
  }
  if (property.direction === reverse.direction && property.direction !== "manyToMany") {
    throw new ArgumentError(
      `${property} and ${reverse} both point the same way (${property.direction}). ` +
        "Of a class that refers to itself, the many-to-one needs { remoteSide: () => Class.id }.",
    );
  }
  property.reverse = reverse;
  reverse.reverse ??= property;
}
