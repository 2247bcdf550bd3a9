import { ArgumentError } from "../../errors/errors.ts";
import { offersNode } from "../../sql/coercions/operands.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import { messageOf } from "../../util/message-of.ts";
import { NODE } from "../../util/symbols.ts";
import { className, mapperOf } from "../instrumentation/entity.ts";
import { checkAliasTarget } from "./alias-target.ts";
import { entityOf } from "./aliased.ts";
import { parseCascades } from "./cascades.ts";
import { collectionKind, isQueried } from "./collections.ts";
import type { ColumnProperty } from "./column-property.ts";
import { joinFacts, relationshipOrdering } from "./configure-relationship.ts";
import type { Mapper } from "./mapper.ts";
import type { AnyRelationship, Lazy } from "./relationship.ts";
import type { KeyPair, RelationshipProperty, SyncPair } from "./relationship-property.ts";

/** A relationship after configuration. */
export class ConfiguredRelationship implements RelationshipProperty {
  readonly key: string;
  readonly index: number;
  readonly parent: Mapper;
  readonly target: Mapper;
  readonly targetAlias: EntityNode | null;
  readonly cardinality: RelationshipProperty["cardinality"];
  readonly isCollection: boolean;
  readonly collection: RelationshipProperty["collection"];
  readonly isQueried: boolean;
  readonly direction: RelationshipProperty["direction"];
  readonly lazy: Lazy;
  readonly cascades: RelationshipProperty["cascades"];
  readonly viewOnly: boolean;
  readonly singleParent: boolean;
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
    const { mapper, alias } = targetOf(name, declared);
    this.target = mapper;
    this.targetAlias = alias;
    if (alias !== null) checkAliasTarget(name, { parent, target: mapper, alias, declared });
    this.cardinality = cardinality;
    this.isCollection = cardinality === "many";
    this.collection = collectionKind(name, this.target, options);
    this.lazy = options.lazy ?? defaultLazy;
    this.isQueried = isQueried(name, this.lazy, declared);
    this.viewOnly = options.viewOnly ?? false;
    this.singleParent = options.singleParent ?? false;
    this.cascades = parseCascades(options.cascade ?? (this.viewOnly ? "merge" : undefined), name);
    this.passiveDeletes = options.passiveDeletes ?? false;
    this.passiveUpdates = options.passiveUpdates ?? true;
    this.postUpdate = options.postUpdate ?? false;
    const facts = joinFacts(name, { parent, target: mapper, alias, declared });
    this.direction = facts.direction;
    this.secondary = facts.secondary;
    this.secondaryFrom = facts.secondary === null ? null : facts.secondary[NODE];
    this.primaryJoin = facts.primaryJoin;
    this.secondaryJoin = facts.secondaryJoin;
    this.pairs = facts.pairs;
    this.secondaryPairs = facts.secondaryPairs;
    this.sync = this.#syncPairs();
    this.targetKey = this.#targetKey();
    this.#checkOptions();
  }

  #checkOptions(): void {
    const { options } = this.declared;
    if (this.cascades.deleteOrphan && this.direction !== "oneToMany" && !this.singleParent) {
      throw new ArgumentError(
        `${this}: the cascade "delete-orphan" belongs on the side of the parent, the "one" of a one-to-many: ` +
          "an object at the other end of this relationship may have other parents. If it never has, say so: { singleParent: true }.",
        { code: "orphans-of-many-parents" },
      );
    }
    if (this.viewOnly && options.syncBackref === true) {
      throw new ArgumentError(
        `${this} is viewOnly, so that changes of it cannot show on the other side: leave syncBackref out.`,
      );
    }
    if (this.viewOnly && (this.cascades.saveUpdate || this.cascades.delete || this.cascades.deleteOrphan)) {
      throw new ArgumentError(
        `${this} is viewOnly: it is never written, so the cascades "save-update", "delete" and "delete-orphan" cannot follow it.`,
      );
    }
    if (this.cascades.delete && this.passiveDeletes === "all") {
      throw new ArgumentError(
        `${this}: passiveDeletes: "all" leaves members alone when their parent is deleted, which the cascade "delete" contradicts.`,
      );
    }
  }

  get targetEntity(): EntityNode {
    return this.targetAlias ?? this.target.entity;
  }
  get targetFrom(): FromNode {
    return this.targetAlias?.from ?? this.target.from;
  }

  /** Read when it is needed: it may speak of columns of classes that are configured later. */
  get orderBy(): RelationshipProperty["orderBy"] {
    this.#orderBy ??= relationshipOrdering(this.toString(), this.declared);
    return this.#orderBy;
  }

  #syncPairs(): readonly SyncPair[] {
    // Through an alias nothing is written.
    if (this.direction === "manyToMany" || this.targetAlias !== null) return [];
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

interface Target {
  readonly mapper: Mapper;
  /** The alias that stands in place of the class. */
  readonly alias: EntityNode | null;
}

function targetOf(name: string, declared: AnyRelationship): Target {
  const target: unknown = declared.target();
  if (typeof target !== "function") {
    const node = offersNode(target) ? target[NODE] : null;
    const entity = node?.kind === "entity" ? entityOf(node) : null;
    if (entity !== null && node?.kind === "entity") return { mapper: entity.mapper, alias: node };
    throw new ArgumentError(
      `${name}: the first argument is a function that gives the class, such as () => Order, or an alias of it.`,
    );
  }
  try {
    return { mapper: mapperOf(target), alias: null };
  } catch (cause) {
    throw new ArgumentError(`${name} leads to ${className(target)}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Ties a relationship to the one that `backPopulates` names, and sees to it that the two fit. */
export function linkReverse(property: ConfiguredRelationship): void {
  const { backPopulates } = property.declared.options;
  if (backPopulates === undefined) return;
  const reverse = property.target.relationshipsByKey.get(backPopulates) as ConfiguredRelationship | undefined;
  if (reverse === undefined) {
    const known = [...property.target.relationshipsByKey.keys()].join(", ") || "none";
    throw new ArgumentError(
      `${property}: backPopulates names ${JSON.stringify(backPopulates)}, but ${property.target.className} has no such relationship. ` +
        `There are: ${known}.`,
      { code: "back-populates" },
    );
  }
  if (!reverse.target.isA(property.parent) && !property.parent.isA(reverse.target)) {
    throw new ArgumentError(
      `${property}: backPopulates names ${reverse}, which leads to ${reverse.target.className}, not back.`,
      { code: "back-populates" },
    );
  }
  const back = reverse.declared.options.backPopulates;
  if (back !== undefined && back !== property.key) {
    throw new ArgumentError(
      `${property}: backPopulates names ${reverse}, whose own backPopulates is ${JSON.stringify(back)}.`,
      { code: "back-populates" },
    );
  }
  if (property.direction === reverse.direction && property.direction !== "manyToMany") {
    throw new ArgumentError(
      `${property} and ${reverse} both point the same way (${property.direction}). ` +
        "Of a class that refers to itself, the many-to-one needs { remoteSide: () => Class.id }.",
      { code: "relationship-direction" },
    );
  }
  // The other side is that of a class above, whose rows a concrete class does not have.
  if (property.parent.base !== reverse.target.base) return;
  // What is only looked at follows nothing, and nothing follows it.
  if (property.viewOnly || reverse.viewOnly) return;
  if (property.declared.options.syncBackref !== false) property.reverse = reverse;
  if (reverse.declared.options.syncBackref !== false) reverse.reverse ??= property;
}
