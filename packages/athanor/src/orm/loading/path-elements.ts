import { ArgumentError } from "../../errors/errors.ts";
import { nullType } from "../../sql/coercions/literal-types.ts";
import { describe, offersNode, operand } from "../../sql/coercions/operands.ts";
import type { EntityNode } from "../../sql/nodes/froms.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { NODE } from "../../util/symbols.ts";
import { entityOf } from "../mapping/aliased.ts";
import { RelationshipAttribute } from "../mapping/attributes.ts";
import { DERIVED, type DerivedClassAttribute, isDerived } from "../mapping/derived-attribute.ts";
import type { Mapper } from "../mapping/mapper.ts";
import {
  anyColumn,
  type ColumnsElement,
  type ExpressionElement,
  type NamedAttribute,
  type PathElement,
  type Strategy,
} from "./load-option.ts";
import { type RaiseOptions, type StepOptions, stepDetails } from "./step-options.ts";

export interface DeferOptions {
  /** Reading what is left out throws in place of loading it. Default false. */
  readonly raiseload?: boolean;
}

export function stepElement(
  name: string,
  strategy: Strategy | null,
  given: unknown,
  options: StepOptions,
): PathElement {
  if (given === "*" && strategy !== null) return { kind: "wildcard", name, strategy };
  if (!(given instanceof RelationshipAttribute)) {
    throw new ArgumentError(`${name}() takes a relationship such as User.orders, not ${describe(given)}.`);
  }
  return { kind: "step", name, strategy, attribute: given, details: stepDetails(name, options) };
}

export function subclassesElement(subclasses: readonly EntityClass[]): PathElement {
  const name = "selectinPolymorphic";
  return { kind: "subclasses", name, mappers: subclasses.map((each) => entityFor(each, name).mapper) };
}

export function entityFor(given: unknown, name: string): { readonly node: EntityNode; readonly mapper: Mapper } {
  const node = offersNode(given) ? given[NODE] : null;
  const entity = node?.kind === "entity" ? entityOf(node) : null;
  if (node?.kind === "entity" && entity !== null) return { node, mapper: entity.mapper };
  throw new ArgumentError(`${name}() takes mapped classes, not ${describe(given)}.`);
}

export function columnsElement(name: string, rule: ColumnsElement["rule"], given: readonly unknown[]): ColumnsElement {
  const last = given.at(-1);
  const options = isOptions(last) ? last : null;
  const columns = options === null ? given : given.slice(0, -1);
  const raises = options?.raiseload === true;
  if (columns.length === 0) throw new ArgumentError(`${name}() was given no columns.`);
  if (columns[0] === "*") return { kind: "columns", name, rule, attributes: "*", raises };
  return { kind: "columns", name, rule, attributes: columns.map((each) => namedAttribute(each, name)), raises };
}

function isOptions(given: unknown): given is DeferOptions {
  return typeof given === "object" && given !== null && Object.getPrototypeOf(given) === Object.prototype;
}

export function groupElement(group: string): ColumnsElement {
  if (typeof group !== "string") {
    throw new ArgumentError(`undeferGroup() takes the name of a group of deferred columns, not ${describe(group)}.`);
  }
  return { kind: "columns", name: "undeferGroup", rule: "undefer", attributes: { group }, raises: false };
}

export function expressionElement(given: unknown, expression: unknown): ExpressionElement {
  const attribute = namedAttribute(given, "withExpression");
  if (!attribute.isComputed) {
    throw new ArgumentError(
      `withExpression() takes an attribute that is mapped as queryExpression() or columnProperty(), and ${attribute.name} is not.`,
    );
  }
  const node = operand(expression, nullType, "withExpression()");
  return { kind: "expression", name: "withExpression", attribute, expression: node };
}

function namedAttribute(given: unknown, name: string): NamedAttribute {
  if (isDerived(given)) return derivedAttribute(given[DERIVED], name);
  const node = offersNode(given) ? given[NODE] : null;
  if (node?.kind === "column" && node.from !== null) {
    const { from, column, key } = node;
    const belongsTo = (mapper: Mapper) =>
      column === null ? mapper.columnsByKey.has(key) : mapper.columns.some((property) => property.isKeptIn(column));
    return { name: key, from, operand: node, keys: [key], belongsTo, isComputed: false };
  }
  throw new ArgumentError(`${name}() takes columns such as User.name, not ${describe(given)}.`);
}

function derivedAttribute({ site, declared }: DerivedClassAttribute[typeof DERIVED], name: string): NamedAttribute {
  const { key } = site;
  const [own, from] = [site.mapper(), site.from()];
  const computed = declared.expression(key, own);
  const keys = computed === null ? declared.sources(key, own).map((each) => each.key) : [key];
  if (keys.length === 0) {
    throw new ArgumentError(
      `${name}() takes attributes that are loaded, and ${own.className}.${key} is computed here.`,
    );
  }
  const belongsTo = (mapper: Mapper) => mapper.isA(own) || own.isA(mapper);
  return { name: key, from, operand: anyColumn(from, own), keys, belongsTo, isComputed: computed !== null };
}

export function raiseStrategy({ sqlOnly = false }: RaiseOptions): Strategy {
  return sqlOnly ? "raiseOnSql" : "raise";
}
