import { ArgumentError } from "../../errors/errors.ts";
import type { THROUGH } from "../../util/symbols.ts";
import { AssociationAttribute } from "../mapping/association-attribute.ts";
import { type AttributeKind, type AttributeSite, DerivedAttribute } from "../mapping/derived-attribute.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { MemberValues } from "./association/member-values.ts";
import { membersFor } from "./association/member-values.ts";
import { replaceValues, valueArray } from "./association/value-array.ts";
import { ValueMap } from "./association/value-map.ts";
import { ValueSet } from "./association/value-set.ts";

/** An association proxy in a shape: over which attribute of the class it leads, and to which of the members. */
export interface AssociationProxy<out Via extends string, out Target extends string> {
  readonly [THROUGH]: { readonly via: Via; readonly target: Target };
}

export interface AssociationProxyOptions {
  /**
   * Makes a member for a value that is put in; over a Map, for a key and a value. By default the member's class is called with
   * the value for the attribute, and over a Map with the key.
   */
  readonly creator?: (...values: never) => object;
}

/**
 * What the members of a relationship have under an attribute, as if it were the object's own: the keywords of a user in
 * place of the objects that associate them. It has the form of the relationship (an array, a Set, a Map, a single value),
 * and what is put into it goes through `creator`.
 *
 * @example
 * get userKeywords() { return many(() => UserKeyword, { cascade: "all, delete-orphan" }); },
 * get keywords() {
 *   return associationProxy("userKeywords", "keyword", { creator: (keyword: Keyword) => new UserKeyword({ keyword }) });
 * },
 */
export function associationProxy<const Via extends string, const Target extends string>(
  via: Via,
  target: Target,
  options: AssociationProxyOptions = {},
): AssociationProxy<Via, Target> {
  // What it is to objects and classes depends on the shape that it stands in, which types find out by its two names.
  return new ProxyDeclaration(via, target, options) as unknown as AssociationProxy<Via, Target>;
}

/** What is asked of a property that a proxy leads over: the classes on the way. */
interface ProxyWay {
  readonly members: Mapper;
  /** The attribute that keys of a Map come from, where they do. */
  readonly property: RelationshipProperty | null;
}

class ProxyDeclaration extends DerivedAttribute<unknown, AttributeKind> {
  readonly #via: string;
  readonly #target: string;
  readonly #creator: ((...values: unknown[]) => object) | null;

  constructor(via: string, target: string, { creator }: AssociationProxyOptions) {
    super();
    this.#via = via;
    this.#target = target;
    this.#creator = creator === undefined ? null : (creator as (...values: unknown[]) => object);
  }

  override attribute({ key, owner, mapper }: AttributeSite): AssociationAttribute<unknown> {
    const name = () => `${mapper().className}.${key}`;
    return new AssociationAttribute({
      get name() {
        return name();
      },
      via: () => Reflect.get(owner(), this.#via) as unknown,
      target: () => Reflect.get(this.#way(key, mapper()).members.class, this.#target) as unknown,
    });
  }

  override leadsOver(_key: string, mapper: Mapper): readonly RelationshipProperty[] {
    const property = mapper.relationshipsByKey.get(this.#via);
    return property === undefined
      ? (mapper.derivedByKey.get(this.#via)?.declared.leadsOver(this.#via, mapper) ?? [])
      : [property];
  }

  override accessor(key: string, mapper: Mapper): PropertyDescriptor {
    const via = this.#via;
    const faces = new WeakMap<object, object>();
    let known: MemberValues | null = null;
    const values = (): MemberValues => {
      known ??= this.#values(key, mapper);
      return known;
    };
    return {
      configurable: true,
      enumerable: false,
      get(this: object): unknown {
        const held: unknown = Reflect.get(this, via);
        if (held === null || held === undefined) return null;
        return isCollection(held) ? faceOf(held, values(), faces) : values().read(held);
      },
      set(this: object, next: unknown): void {
        const held: unknown = Reflect.get(this, via);
        if (isCollection(held)) replaceAll(held, next, values());
        else if (typeof held === "object" && held !== null) values().write(held, next);
        else if (next !== null) Reflect.set(this, via, values().create(next));
      },
    };
  }

  #values(key: string, mapper: Mapper): MemberValues {
    const target = this.#target;
    const creator = this.#creator;
    const { members, property } = this.#way(key, mapper);
    const name = `${mapper.className}.${key}`;
    const keyAttribute = property?.collection.keyAttribute ?? null;
    const construct = (value: unknown, memberKey: unknown): object => {
      const Member = members.class as unknown as new (given: object) => object;
      if (memberKey === undefined) return new Member({ [target]: value });
      if (keyAttribute !== null) return new Member({ [keyAttribute]: memberKey, [target]: value });
      throw new ArgumentError(
        `${name} leads over a Map whose keys no attribute holds: give it { creator: (key, value) => … }.`,
      );
    };
    return {
      name,
      read: (member) => Reflect.get(member, target) as unknown,
      write(member, value) {
        Reflect.set(member, target, value);
      },
      create(value, memberKey) {
        if (creator === null) return construct(value, memberKey);
        return memberKey === undefined ? creator(value) : creator(memberKey, value);
      },
    };
  }

  /** The class of the members. @throws ArgumentError where one of the names is wrong. */
  #way(key: string, mapper: Mapper): ProxyWay {
    const name = `${mapper.className}.${key}`;
    const way = this.#membersOf(mapper);
    if (way === null) {
      const known = [...mapper.relationshipsByKey.keys()].join(", ") || "none";
      throw new ArgumentError(
        `${name}: associationProxy() leads over ${JSON.stringify(this.#via)}, which is no relationship of ${mapper.className}. There are: ${known}.`,
      );
    }
    if (!hasAttribute(way.members, this.#target)) {
      throw new ArgumentError(
        `${name}: associationProxy() leads to ${JSON.stringify(this.#target)}, which is no attribute of ${way.members.className}.`,
      );
    }
    return way;
  }
  #membersOf(mapper: Mapper): ProxyWay | null {
    const property = mapper.relationshipsByKey.get(this.#via);
    if (property !== undefined) return { members: property.target, property };
    const derived = mapper.derivedByKey.get(this.#via)?.declared;
    return derived instanceof ProxyDeclaration ? derived.#leadsTo(mapper) : null;
  }
  /** The class of what this proxy gives, where another one leads over it. */
  #leadsTo(mapper: Mapper): ProxyWay | null {
    const over = this.#membersOf(mapper);
    const property = over?.members.relationshipsByKey.get(this.#target);
    return property === undefined ? null : { members: property.target, property: null };
  }
}

function hasAttribute({ class: model, columnsByKey, relationshipsByKey, derivedByKey }: Mapper, name: string): boolean {
  return columnsByKey.has(name) || relationshipsByKey.has(name) || derivedByKey.has(name) || name in model.prototype;
}

type Collection = object[] | Set<object> | Map<unknown, object>;

function isCollection(held: unknown): held is Collection {
  return Array.isArray(held) || held instanceof Set || held instanceof Map;
}

function faceOf(held: Collection, values: MemberValues, faces: WeakMap<object, object>): object {
  let face = faces.get(held);
  if (face === undefined) {
    face =
      held instanceof Map
        ? new ValueMap(held, values)
        : held instanceof Set
          ? new ValueSet(held, values)
          : valueArray(held, values);
    faces.set(held, face);
  }
  return face;
}

/** Puts other values in place of all there are; members that have one of them stay. */
function replaceAll(held: Collection, next: unknown, values: MemberValues): void {
  if (held instanceof Map) {
    if (!(next instanceof Map)) throw new ArgumentError(`${values.name} is a Map: assign one.`);
    const given = new Map<unknown, unknown>(next);
    for (const key of [...held.keys()]) if (!given.has(key)) held.delete(key);
    const face = new ValueMap(held, values);
    for (const [key, value] of given) face.set(key, value);
    return;
  }
  if (!Array.isArray(next) && !(next instanceof Set)) {
    throw new ArgumentError(
      `${values.name} is a collection: assign ${held instanceof Set ? "a Set or an array" : "an array"}.`,
    );
  }
  const given = [...(next as Iterable<unknown>)];
  if (Array.isArray(held)) replaceValues(held, given, values);
  else {
    const members = new Set(membersFor([...held], new Set(given), values));
    for (const member of [...held]) if (!members.has(member)) held.delete(member);
    for (const member of members) held.add(member);
  }
}
