import { ArgumentError } from "../../errors/errors.ts";
import { not, or } from "../../sql/expression/conditions.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { Condition } from "../../sql/expression/types.ts";
import type { KIND, NAME, OWNERS, VALUE } from "../../util/symbols.ts";
import { RelationshipAttribute } from "./attributes.ts";

/** What a proxy leads over and to, as the class or an alias has it. */
export interface AssociationSite {
  /** `User.keywords`, for messages. */
  readonly name: string;
  readonly via: () => unknown;
  readonly target: () => unknown;
}

/**
 * An association proxy as the class has it: something to ask about. A condition is true for objects one of whose members
 * satisfies it (EXISTS). `V` is the value of one member.
 */
export class AssociationAttribute<out V, out O extends string = string, out L extends string = string> {
  declare readonly [VALUE]: V;
  declare readonly [KIND]: "association";
  declare readonly [OWNERS]: O;
  declare readonly [NAME]: L;
  readonly #site: AssociationSite;

  constructor(site: AssociationSite) {
    this.#site = site;
  }

  /** Objects with this value; null also for those that have no member. */
  eq(value: V | null): Expression<boolean> {
    const found = this.#asks("eq", [value]);
    return value === null ? or(found, not(this.any())) : found;
  }
  /** Objects with another value than this one. */
  ne(value: V | null): Expression<boolean> {
    return this.#asks("ne", [value]);
  }
  lt(value: V): Expression<boolean> {
    return this.#asks("lt", [value]);
  }
  le(value: V): Expression<boolean> {
    return this.#asks("le", [value]);
  }
  gt(value: V): Expression<boolean> {
    return this.#asks("gt", [value]);
  }
  ge(value: V): Expression<boolean> {
    return this.#asks("ge", [value]);
  }
  between(low: V, high: V): Expression<boolean> {
    return this.#asks("between", [low, high]);
  }
  in(values: readonly V[]): Expression<boolean> {
    return this.#asks("in", [values]);
  }
  notIn(values: readonly V[]): Expression<boolean> {
    return this.#asks("notIn", [values]);
  }
  like(pattern: V & string): Expression<boolean> {
    return this.#asks("like", [pattern]);
  }
  ilike(pattern: V & string): Expression<boolean> {
    return this.#asks("ilike", [pattern]);
  }
  startsWith(text: V & string): Expression<boolean> {
    return this.#asks("startsWith", [text]);
  }
  endsWith(text: V & string): Expression<boolean> {
    return this.#asks("endsWith", [text]);
  }
  /**
   * Where the proxy leads to objects: objects that have this one. Where it leads to texts: those one of whose texts contains
   * this one (LIKE), as with the text's column; to ask for the whole text, take `eq()`.
   */
  contains(value: V): Expression<boolean> {
    return this.#asks("contains", [value]);
  }
  /** Objects one of whose members satisfies the condition; without one, that have a member. */
  any(criterion?: Condition): Expression<boolean> {
    return this.#exists(criterion);
  }
  /** The same for a proxy that leads over single objects. */
  has(criterion?: Condition): Expression<boolean> {
    return this.#exists(criterion);
  }

  #exists(criterion: Condition | undefined): Expression<boolean> {
    const target = this.#site.target();
    const inner = criterion !== undefined && !(target instanceof Expression) ? exists(target, criterion) : criterion;
    return exists(this.#site.via(), inner);
  }
  #asks(method: string, operands: readonly unknown[]): Expression<boolean> {
    const target = this.#site.target();
    const ask: unknown = Reflect.get(target as object, nameFor(target, method));
    if (typeof ask !== "function") {
      throw new ArgumentError(
        `${this.#site.name} cannot be asked for ${method}(): what it leads to has no such operator.`,
      );
    }
    return exists(this.#site.via(), Reflect.apply(ask, target, operands) as Expression<boolean>);
  }
}

/** An object is looked for in a collection, and compared with a single one. */
function nameFor(target: unknown, method: string): string {
  if (!(target instanceof RelationshipAttribute)) return method;
  if (method === "eq" && target.property.isCollection) return "contains";
  return method === "contains" && !target.property.isCollection ? "eq" : method;
}

function exists(via: unknown, criterion: Condition | undefined): Expression<boolean> {
  if (via instanceof AssociationAttribute) return via.any(criterion);
  if (!(via instanceof RelationshipAttribute))
    throw new ArgumentError("An association proxy leads over a relationship.");
  return via.property.isCollection ? via.any(criterion) : via.has(criterion);
}
