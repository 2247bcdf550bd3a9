import { ArgumentError } from "../../errors/errors.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { type CRITERION, type INPUT, NODE, type VALUE } from "../../util/symbols.ts";
import { RelationshipAttribute } from "../mapping/attributes.ts";
import {
  type AttributeKind,
  type AttributeSite,
  DERIVED,
  DerivedAttribute,
  type DerivedClassAttribute,
  isDerived,
} from "../mapping/derived-attribute.ts";
import type { LoadedProperty } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { Cardinality, Relationship } from "../mapping/relationship.ts";
import { AttributeExpression, type ExpressionKind } from "./attribute-expression.ts";

/** A column under another name: the same SQL, and in rows the other name. */
class ColumnSynonym extends Expression<unknown> implements DerivedClassAttribute {
  readonly [DERIVED]: DerivedClassAttribute[typeof DERIVED];

  constructor(node: ColumnNode, source: DerivedClassAttribute[typeof DERIVED]) {
    super({ ...node, key: source.site.key });
    this[DERIVED] = source;
  }
}

/** Another name of an attribute. */
export class Synonym<out T, out K extends AttributeKind> extends DerivedAttribute<T, K, "never", T> {
  declare readonly [CRITERION]: T;
  declare readonly [INPUT]: T | Expression<T, string, string>;
  readonly #target: string | (() => unknown);

  constructor(target: string | (() => unknown)) {
    super();
    this.#target = target;
  }

  #nameFor(key: string, mapper: Mapper): string {
    const name = typeof this.#target === "string" ? this.#target : nameOf(this.#target());
    const isKnown =
      name !== null &&
      (mapper.columnsByKey.has(name) || mapper.relationshipsByKey.has(name) || mapper.derivedByKey.has(name));
    if (isKnown && name !== key) return name;
    const given = name === null ? "a function that gives no attribute" : JSON.stringify(name);
    throw new ArgumentError(
      `${mapper.className}.${key} is a synonym of ${given}: it takes another attribute of ${mapper.className}, by its name or as () => ${mapper.className}.email.`,
    );
  }

  override sources(key: string, mapper: Mapper): readonly LoadedProperty[] {
    const name = this.#nameFor(key, mapper);
    const column = mapper.columnsByKey.get(name);
    if (column !== undefined) return [column];
    return mapper.derivedByKey.get(name)?.declared.sources(name, mapper) ?? [];
  }

  override former([value]: readonly unknown[]): unknown {
    return value;
  }

  override values(value: unknown, { key, mapper }: AttributeSite): Readonly<Record<string, unknown>> {
    return { [this.#nameFor(key, mapper())]: value };
  }

  attribute(site: AttributeSite): object {
    const name = this.#nameFor(site.key, site.mapper());
    const original: unknown = Reflect.get(site.owner(), name);
    if (!(original instanceof Expression)) return original as object;
    const node = original[NODE];
    return node.kind === "column"
      ? new ColumnSynonym(node, { site, declared: this })
      : new AttributeExpression(node.kind === "label" ? node.expression : node, site, this);
  }

  accessor(key: string, mapper: Mapper): PropertyDescriptor {
    const name = this.#nameFor(key, mapper);
    return {
      configurable: true,
      enumerable: false,
      get(this: object): unknown {
        return Reflect.get(this, name);
      },
      set(this: object, value: unknown): void {
        Reflect.set(this, name, value);
      },
    };
  }
}

function nameOf(attribute: unknown): string | null {
  if (attribute instanceof RelationshipAttribute) return attribute.property.key;
  if (isDerived(attribute)) return attribute[DERIVED].site.key;
  const node = offersNode(attribute) ? attribute[NODE] : null;
  return node?.kind === "column" ? node.key : null;
}

/** A relationship under another name; options know it by its own. */
interface RelationshipKind<C extends EntityClass, N extends Cardinality, L extends string> extends AttributeKind {
  readonly type: RelationshipAttribute<C, N, this["from"], L>;
}
type SynonymOf<X> =
  X extends Expression<infer T, string, string>
    ? Synonym<T, ExpressionKind<T>>
    : X extends RelationshipAttribute<infer C, infer N, string, infer L>
      ? Synonym<Relationship<C, N>[typeof VALUE], RelationshipKind<C, N, L>>
      : never;

/**
 * Another name for an attribute: read, assigned, and used in queries like it. It stands in a getter of the shape, or takes
 * the name of the attribute, where its type has to be said: `login: synonym<string>("email")`.
 *
 * @example get login() { return synonym(() => User.email); }
 */
export function synonym<X>(attribute: () => X): SynonymOf<X>;
export function synonym<T>(attribute: string): Synonym<T, ExpressionKind<T>>;
export function synonym(attribute: unknown): unknown {
  if (typeof attribute === "string" || typeof attribute === "function") return new Synonym(attribute as () => unknown);
  throw new ArgumentError(
    `synonym() takes the name of an attribute, or a function that gives it, not ${describe(attribute)}.`,
  );
}
