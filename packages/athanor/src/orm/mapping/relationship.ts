import type { AnyColumn } from "../../schema/column.ts";
import type { AnyExpression } from "../../sql/expression/expression.ts";
import type { Ordering } from "../../sql/expression/ordering.ts";
import type { Condition } from "../../sql/expression/types.ts";
import type { EntityClass, FromSource } from "../../sql/statement/types.ts";
import type { INIT, KIND, THROUGH, VALUE } from "../../util/symbols.ts";
import type { CollectionChoice, CollectionOf, MembersGiven } from "./collections.ts";
import type { AnyDerivedAttribute } from "./derived-attribute.ts";

export type Cardinality = "many" | "one" | "oneOrNone";
/**
 * When a relationship is loaded that a query does not speak of. `select` (the default): when it is read, where the session
 * can; `raise`: never; the others together with the object.
 */
export type Lazy =
  | "select"
  | "raise"
  | "selectin"
  | "joined"
  | "subquery"
  | "immediate"
  | "noload"
  | "writeOnly"
  | "dynamic";

export interface RelationshipOptions {
  /** The relationship of the other class that is the way back. Both are kept in step. */
  readonly backPopulates?: string;
  /** What spreads to related objects: `"save-update, merge"` by default; `"all, delete-orphan"` for what belongs to its parent. */
  readonly cascade?: string;
  readonly lazy?: Lazy;
  /** The association table of a many-to-many: the table, its name, or a function that gives it. */
  readonly secondary?: string | FromSource | (() => FromSource);
  /** Of a class that refers to itself: the columns on the far side, which make the relationship a many-to-one. */
  readonly remoteSide?: string | readonly string[] | (() => AnyExpression | readonly AnyExpression[]);
  /**
   * Which columns are the foreign key, where there are several ways: the columns, or the name of an attribute (or several)
   * of the class that has the foreign key, which a mixin can say without knowing its classes.
   */
  readonly foreignKeys?: string | readonly string[] | (() => readonly AnyExpression[]);
  /** The condition between the tables, where it is not that of a foreign key. */
  readonly primaryJoin?: () => Condition;
  readonly secondaryJoin?: () => Condition;
  readonly orderBy?: () => AnyExpression | Ordering | readonly (AnyExpression | Ordering)[];
  /** Only for reading. */
  readonly viewOnly?: boolean;
  /**
   * Whether changes here show on the other side at once. Default true; of a relationship with `viewOnly` it cannot be true, and
   * neither side follows the other there.
   */
  readonly syncBackref?: boolean;
  /**
   * The object at the other end has no other parent: what the cascade "delete-orphan" needs on a many-to-one or a many-to-many.
   * A second parent is refused.
   */
  readonly singleParent?: boolean;
  /**
   * Load what the relationship held before it is assigned another object, so that its history is known. An asynchronous session
   * refuses the assignment where that would take a statement. Default false.
   */
  readonly activeHistory?: boolean;
  /**
   * Names of other relationships that write the same columns, where that is meant: a tenant's key that is part of two foreign
   * keys, say. Separated by commas, or an array.
   */
  readonly overlaps?: string | readonly string[];
  /** Anything of your own. */
  readonly info?: Readonly<Record<string, unknown>>;
  /** What it is for, in words. */
  readonly doc?: string;
  /** Leave members that are not loaded to the database's ON DELETE; "all" leaves loaded ones as well. */
  readonly passiveDeletes?: boolean | "all";
  /**
   * When the key of a row changes, leave the foreign keys that lead to it to the database's ON UPDATE CASCADE: the default.
   * False, for databases that do not do that: objects that refer to it are loaded and updated, rows of an association table
   * as well.
   */
  readonly passiveUpdates?: boolean;
  /** Write the foreign key with an UPDATE of its own, for rows that point at each other. */
  readonly postUpdate?: boolean;
}

/** Options of a relationship that leads to many objects. `K` is what its collection looks like. */
export interface CollectionOptions<K extends CollectionChoice = CollectionChoice> extends RelationshipOptions {
  /**
   * What objects have for it: `"array"` (the default), `"set"`, a Map with `keyedBy()`, an array that numbers its members
   * with `orderingList()`, or a class of your own that extends `RelatedCollection`.
   */
  readonly collection?: K;
}

/** The declaration of a relationship, as a shape holds it. `C` is the target, `K` what a collection looks like. */
export class Relationship<out C extends EntityClass, out N extends Cardinality, out K = "array"> {
  declare readonly [KIND]: "relationship";
  declare readonly [VALUE]: N extends "many"
    ? CollectionOf<K, C>
    : N extends "one"
      ? C["prototype"]
      : C["prototype"] | null;
  /** What a constructor takes. */
  declare readonly [INIT]: N extends "many" ? MembersGiven<K, C> : this[typeof VALUE];
  /** @internal */
  readonly target: () => C;
  /** @internal */
  readonly cardinality: N;
  /** @internal */
  readonly options: CollectionOptions;

  constructor(target: () => C, cardinality: N, options: CollectionOptions) {
    this.target = target;
    this.cardinality = cardinality;
    this.options = options;
  }
}

/** Any relationship: what it is declared with, whatever its types. */
export interface AnyRelationship {
  readonly [KIND]: "relationship";
  /** @internal */
  readonly target: () => EntityClass;
  /** @internal */
  readonly cardinality: Cardinality;
  /** @internal */
  readonly options: CollectionOptions;
}
/** What a shape may hold: columns, relationships, and what is derived from them. */
export type Shape = Readonly<
  Record<string, AnyColumn | AnyRelationship | AnyDerivedAttribute | { readonly [THROUGH]: unknown }>
>;

/** What a collection looks like: members that are asked for have a form of their own. */
type KindOf<K, L> = [L] extends ["writeOnly" | "dynamic"] ? L : K;

/**
 * A collection: one-to-many, or many-to-many over a `secondary` table. Stands in a getter of the shape. With
 * `lazy: "writeOnly"` or `"dynamic"`, for more members than memory should hold, objects have a `WriteOnlyCollection` or a
 * `DynamicCollection`.
 */
export function many<C extends EntityClass, K extends CollectionChoice = "array", const L extends Lazy = Lazy>(
  target: () => C,
  options: CollectionOptions<K> & { readonly lazy?: L } = {},
): Relationship<C, "many", KindOf<K, L>> {
  return new Relationship(target, "many", options);
}
/** One object that is always there. */
export function one<C extends EntityClass>(target: () => C, options: RelationshipOptions = {}): Relationship<C, "one"> {
  return new Relationship(target, "one", options);
}
/** One object, or null. */
export function oneOrNone<C extends EntityClass>(
  target: () => C,
  options: RelationshipOptions = {},
): Relationship<C, "oneOrNone"> {
  return new Relationship(target, "oneOrNone", options);
}
