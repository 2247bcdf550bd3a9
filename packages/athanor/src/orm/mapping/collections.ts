import { ArgumentError } from "../../errors/errors.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import type { Expression } from "../../sql/expression/expression.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { type KIND, NODE, type VALUE } from "../../util/symbols.ts";
import { arrayCollection } from "../instrumentation/collections/array-collection.ts";
import type { CollectionKind } from "../instrumentation/collections/collection-kind.ts";
import { keyedCollection } from "../instrumentation/collections/keyed-collection.ts";
import { orderingCollection } from "../instrumentation/collections/ordering-list.ts";
import {
  type CollectionClass,
  classCollection,
  RelatedCollection,
} from "../instrumentation/collections/related-collection.ts";
import { setCollection } from "../instrumentation/collections/set-collection.ts";
import type { Mapper } from "./mapper.ts";
import {
  type DynamicCollection,
  dynamicCollection,
  type WriteOnlyCollection,
  writeOnlyCollection,
} from "./queried-collections.ts";
import type { AnyRelationship, CollectionOptions, Lazy } from "./relationship.ts";

/** The key of a Map: the value of an attribute, by its name; or of a type of its own. */
export type KeyedBy = { readonly attribute: string } | { readonly value: unknown };

/** Where the keys of a Map come from. Made with `keyedBy()`. */
export class Keyed<out K extends KeyedBy> {
  declare readonly [VALUE]: K;
  /** @internal */
  readonly source: string | object | ((member: never) => unknown);

  constructor(source: string | object | ((member: never) => unknown)) {
    this.source = source;
  }
}

/**
 * A collection that is a Map: by an attribute (`keyedBy("keyword")`, `keyedBy(Note.keyword)`), or by what a function makes of
 * a member. A key is found out when the member comes in, and stays what it was then.
 */
export function keyedBy<const P extends string>(attribute: P): Keyed<{ readonly attribute: P }>;
export function keyedBy<T, O extends string, L extends string>(
  column: Expression<T, O, L>,
): Keyed<{ readonly value: T }>;
export function keyedBy<M extends object, T>(key: (member: M) => T): Keyed<{ readonly value: T }>;
export function keyedBy(source: string | object | ((member: never) => unknown)): Keyed<never> {
  return new Keyed(source);
}

export interface OrderingOptions {
  /** The number of the first member. Default 0. */
  readonly countFrom?: number;
  /** Numbers of another kind: the value for the member at an index. */
  readonly numberAt?: (index: number, members: readonly object[]) => unknown;
  /** Give a member that is put at the end a new number even where it has one. Default false. */
  readonly reorderOnAppend?: boolean;
}

/** How a list numbers its members. Made with `orderingList()`. */
export class Ordered {
  declare readonly [KIND]: "ordered";
  /** @internal */
  readonly attribute: string;
  /** @internal */
  readonly options: OrderingOptions;

  constructor(attribute: string, options: OrderingOptions) {
    this.attribute = attribute;
    this.options = options;
  }
}

/**
 * A collection that is an array and numbers its members as they are put in, taken out and moved:
 * `many(() => Slide, { collection: orderingList("position"), orderBy: () => Slide.position })`. The order in which they are
 * loaded is that of `orderBy`; numbers that were changed by hand are put right by `reorder(list)`.
 */
export function orderingList(attribute: string, options: OrderingOptions = {}): Ordered {
  return new Ordered(attribute, options);
}

/** What can be said of a collection: what it looks like. */
export type CollectionChoice = "array" | "set" | Keyed<KeyedBy> | Ordered | CollectionClass;

type KeyOf<K, M> = K extends { readonly attribute: infer P extends keyof M }
  ? M[P]
  : K extends { readonly value: infer V }
    ? V
    : never;
/** What an object has for a collection of a kind. */
export type CollectionOf<K, C extends EntityClass> = K extends "array" | Ordered
  ? C["prototype"][]
  : K extends "set"
    ? Set<C["prototype"]>
    : K extends "writeOnly"
      ? WriteOnlyCollection<C>
      : K extends "dynamic"
        ? DynamicCollection<C>
        : K extends Keyed<infer By>
          ? Map<KeyOf<By, C["prototype"]>, C["prototype"]>
          : K extends abstract new (
                handle: never,
              ) => infer I
            ? I
            : never;
/** What a constructor takes for it. */
export type MembersGiven<K, C extends EntityClass> = K extends "array" | Ordered
  ? C["prototype"][]
  : CollectionOf<K, C> | readonly C["prototype"][];

/** The kind of a collection as it was declared. @throws ArgumentError when the members have no such attribute. */
export function collectionKind(
  name: string,
  target: Mapper,
  { collection: choice, lazy }: CollectionOptions,
): CollectionKind {
  if (lazy === "writeOnly" || lazy === "dynamic") return lazy === "dynamic" ? dynamicCollection : writeOnlyCollection;
  if (choice === undefined || choice === "array") return arrayCollection;
  if (choice === "set") return setCollection;
  if (choice instanceof Keyed) return keyedKind(name, target, choice);
  if (choice instanceof Ordered) return orderedKind(name, target, choice);
  if (typeof choice === "function" && choice.prototype instanceof RelatedCollection) return classCollection(choice);
  throw new ArgumentError(
    `${name}: collection is "array", "set", keyedBy(…), orderingList(…) or a class that extends RelatedCollection, not ${describe(choice)}.`,
  );
}

/** Whether members are asked for and not kept. @throws ArgumentError where that cannot be. @internal */
export function isQueried(name: string, lazy: Lazy, { cardinality, options }: AnyRelationship): boolean {
  if (lazy !== "writeOnly" && lazy !== "dynamic") return false;
  if (options.lazy !== lazy || cardinality !== "many" || options.collection !== undefined) {
    throw new ArgumentError(
      `${name}: lazy: ${JSON.stringify(lazy)} is for single relationships declared with many(), and decides what the collection looks like.`,
    );
  }
  return true;
}

function keyedKind(name: string, target: Mapper, { source }: Keyed<KeyedBy>): CollectionKind {
  if (typeof source === "function") return keyedCollection(source as (member: object) => unknown, "a function", null);
  const attribute = typeof source === "string" ? source : attributeOf(target, source);
  if (attribute === null || !hasAttribute(target, attribute)) {
    const given = typeof source === "string" ? JSON.stringify(source) : describe(source);
    throw new ArgumentError(`${name}: keyedBy() was given ${given}, which is no attribute of ${target.className}.`);
  }
  return keyedCollection(
    (member) => Reflect.get(member, attribute) as unknown,
    `${target.className}.${attribute}`,
    attribute,
  );
}

/** The attribute whose column an expression is. */
function attributeOf(target: Mapper, source: object): string | null {
  const node = offersNode(source) ? source[NODE] : null;
  if (node?.kind !== "column") return null;
  return target.columns.find(({ column }) => column === node.column)?.key ?? null;
}

/** A column, a relationship, or a getter of the class. */
function hasAttribute(target: Mapper, name: string): boolean {
  return target.columnsByKey.has(name) || name in target.class.prototype;
}

function orderedKind(name: string, target: Mapper, { attribute, options }: Ordered): CollectionKind {
  if (!hasAttribute(target, attribute)) {
    throw new ArgumentError(
      `${name}: orderingList() was given ${JSON.stringify(attribute)}, which is no attribute of ${target.className}.`,
    );
  }
  const { countFrom = 0, numberAt = (index: number) => index + countFrom, reorderOnAppend = false } = options;
  return orderingCollection({ attribute, numberAt, reorderOnAppend });
}
