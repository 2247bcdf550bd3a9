import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { ColumnNode, ExpressionNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import type { OptionNode, StatementOption } from "../../sql/nodes/statements.ts";
import { entityOf } from "../mapping/aliased.ts";
import type { RelationshipAttribute } from "../mapping/attributes.ts";
import type { LoadedProperty } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { Lazy } from "../mapping/relationship.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";

/** How a relationship is loaded; `contains`: from columns that the query has joined itself. */
export type Strategy = Lazy | "contains" | "raiseOnSql";

/** The order of each parent's collection, and how much of it is loaded. */
export interface CollectionRange {
  /** Empty: as the relationship is mapped. */
  readonly orderBy: readonly (ExpressionNode | OrderingNode)[];
  readonly limit: ExpressionNode | null;
  readonly offset: ExpressionNode | null;
}

/** How a step is taken, beside its strategy. */
export interface StepDetails {
  /** Join with JOIN in place of LEFT OUTER JOIN: everywhere, or only where nothing on the way is joined by an outer join. */
  readonly innerJoin: boolean | "unnested";
  /** How often a relationship of a class with itself is followed; -1 without end. Null: once. */
  readonly recursionDepth: number | null;
  /** How many keys to look for at once; null: as many as the database likes. */
  readonly chunkSize: number | null;
  /** Null: all of each collection, in its own order. */
  readonly range: CollectionRange | null;
}

/** A step of which nothing more is said. */
export const plainStep: StepDetails = { innerJoin: false, recursionDepth: null, chunkSize: null, range: null };

/** One relationship on the path of a loader option; `strategy` is null where the option only passes through. */
export interface StepElement {
  readonly kind: "step";
  /** The function that made it, for messages. */
  readonly name: string;
  readonly strategy: Strategy | null;
  readonly attribute: RelationshipAttribute;
  readonly details: StepDetails;
}

/** An attribute with data of its own that an option speaks of, or several, where it is made of several. */
export interface NamedAttribute {
  readonly name: string;
  /** What it is asked for of: the table of the class, an alias. */
  readonly from: FromNode;
  /** A column that stands for `from` in the statement's key. */
  readonly operand: ColumnNode;
  /** The attributes whose values are loaded. */
  readonly keys: readonly string[];
  /** The database computes its value. */
  readonly isComputed: boolean;
  belongsTo(mapper: Mapper): boolean;
}

/** Which columns to load of the class where the path stands. */
export interface ColumnsElement {
  readonly kind: "columns";
  readonly name: string;
  readonly rule: "only" | "defer" | "undefer";
  readonly attributes: readonly NamedAttribute[] | "*" | { readonly group: string };
  /** What is left out is not to be loaded by reading it. */
  readonly raises: boolean;
}

/** What an attribute is in this query: `withExpression()`. */
export interface ExpressionElement {
  readonly kind: "expression";
  readonly name: string;
  readonly attribute: NamedAttribute;
  readonly expression: ExpressionNode;
}

/** What happens to all relationships that are not named, where the path stands. */
export interface WildcardElement {
  readonly kind: "wildcard";
  readonly name: string;
  readonly strategy: Strategy;
}

/** The class at which a path starts that says so. */
export interface RootElement {
  readonly kind: "root";
  readonly name: string;
  readonly mapper: Mapper;
  readonly from: FromNode;
}

/** Subclasses of the class where the path stands, whose columns are loaded along. */
export interface SubclassesElement {
  readonly kind: "subclasses";
  readonly name: string;
  readonly mappers: readonly Mapper[];
}

export type PathElement =
  | RootElement
  | StepElement
  | ColumnsElement
  | ExpressionElement
  | SubclassesElement
  | WildcardElement;

/** A relationship on a path, resolved. */
export interface PathStep {
  readonly kind: "step";
  readonly property: RelationshipProperty;
  readonly strategy: Strategy | null;
  readonly details: StepDetails;
  readonly criteria: readonly ExpressionNode[];
  /** An alias of the target that `ofType()` named. */
  readonly target: EntityNode | null;
}
export type OptionStep = PathStep | ColumnsElement | ExpressionElement | SubclassesElement | WildcardElement;

/** What a loader option says, as a statement keeps it. */
export class LoadOption implements StatementOption {
  readonly key: string;
  readonly subjects: readonly object[];
  /** What the path starts from; null for a wildcard, which starts everywhere. */
  readonly root: FromNode | null;
  /** The class that it starts from. */
  readonly rootMapper: Mapper | null;
  readonly steps: readonly OptionStep[];
  readonly #text: string;

  constructor(elements: readonly PathElement[]) {
    this.steps = resolve(elements);
    const [first] = elements;
    this.root = rootOf(first);
    const [step] = this.steps;
    this.rootMapper = first?.kind === "root" ? first.mapper : step?.kind === "step" ? step.property.parent : null;
    this.key = this.steps.map(keyOf).join(">");
    const root = first?.kind === "root" ? [first.mapper] : [];
    this.subjects = [...root, ...this.steps.flatMap(subjectsOf)];
    this.#text = describePath(elements);
  }

  /** Criteria and aliases are expressions of the statement: their structure is part of its key, their values are not. */
  operands(): OptionNode["operands"] {
    const { root, rootMapper } = this;
    const start = root === null || rootMapper === null || root.kind === "table" ? [] : [anyColumn(root, rootMapper)];
    return [...start, ...this.steps.flatMap(operandsOf)];
  }

  /** As the user has written it: `selectinload(User.orders).joinedload(Order.items)`. */
  toString(): string {
    return this.#text;
  }
}

/** The option as a node of a statement. */
export function optionNode(elements: readonly PathElement[]): OptionNode {
  const option = new LoadOption(elements);
  return { kind: "option", option, operands: option.operands() };
}

/** The loader options among the options of a statement. */
export function loadOptionsOf(nodes: readonly OptionNode[]): readonly LoadOption[] {
  return nodes.flatMap(({ option }) => (option instanceof LoadOption ? [option] : []));
}

function describePath(elements: readonly PathElement[]): string {
  return elements
    .map((element) => {
      if (element.kind === "step") return `${element.name}(${element.attribute.property})`;
      if (element.kind === "root") return `${element.name}(${element.mapper.className})`;
      if (element.kind === "wildcard") return `${element.name}("*")`;
      return `${element.name}(${argumentsOf(element)})`;
    })
    .join(".");
}

function argumentsOf(element: ColumnsElement | ExpressionElement | SubclassesElement): string {
  if (element.kind === "subclasses") return `[${element.mappers.map(({ className }) => className).join(", ")}]`;
  if (element.kind === "expression") return `${element.attribute.name}, …`;
  const { attributes } = element;
  if (attributes === "*") return '"*"';
  return isList(attributes) ? attributes.map(({ name }) => name).join(", ") : JSON.stringify(attributes.group);
}

/** The attributes that an element names one by one. */
function namedIn({ attributes }: ColumnsElement): readonly NamedAttribute[] {
  return attributes !== "*" && isList(attributes) ? attributes : [];
}
function isList(
  attributes: readonly NamedAttribute[] | { readonly group: string },
): attributes is readonly NamedAttribute[] {
  return Array.isArray(attributes);
}

/** Whether an element speaks of an attribute. */
export function speaksOf({ attributes }: ColumnsElement, { key, deferred }: LoadedProperty): boolean {
  if (attributes === "*") return true;
  if (!isList(attributes)) return deferred?.group === attributes.group;
  return attributes.some(({ keys }) => keys.includes(key));
}

function rootOf(first: PathElement | undefined): FromNode | null {
  if (first === undefined || first.kind === "wildcard") return null;
  if (first.kind === "root") return first.from;
  if (first.kind === "step") return first.attribute.from;
  if (first.kind === "expression") return first.attribute.from;
  if (first.kind === "subclasses") return null;
  return namedIn(first)[0]?.from ?? null;
}

/** Checks that every step starts where the one before it ends. */
function resolve(elements: readonly PathElement[]): readonly OptionStep[] {
  let here: { readonly mapper: Mapper; readonly from: FromNode } | null = null;
  return elements.flatMap((element, index) => {
    const path = () => describePath(elements.slice(0, index + 1));
    if (element.kind === "root") {
      here = element;
      return [];
    }
    if (element.kind === "wildcard") return element;
    if (element.kind === "subclasses") {
      checkSubclasses(element, here?.mapper ?? null, path);
      return element;
    }
    if (element.kind === "columns" || element.kind === "expression") {
      const named = element.kind === "columns" ? namedIn(element) : [element.attribute];
      checkColumns(named, here?.mapper ?? null, path);
      return element;
    }
    const { attribute, strategy, details } = element;
    const { property, criteria, ofTypeTarget } = attribute;
    if (here !== null && !(areRelated(here.mapper, property.parent) && startsFrom(attribute, here.from))) {
      throw new ArgumentError(
        `${path()}: ${property} does not start at ${here.mapper.className}, to which the path has led.`,
      );
    }
    const target = ofTypeTarget === null ? null : entityOf(ofTypeTarget);
    here = target ?? { mapper: property.target, from: property.targetFrom };
    if (property.isQueried && strategy !== null) {
      throw new InvalidRequestError(
        `${path()}: ${property} is not kept in memory (lazy: "${property.lazy}"), so it cannot be loaded with the query. Ask for its members with select().`,
      );
    }
    checkDetails(property, details, path);
    return { kind: "step", property, strategy, details, criteria, target: ofTypeTarget };
  });
}

/** A step may be one of a subclass: it is taken by the objects that are of it. */
function areRelated(here: Mapper, parent: Mapper): boolean {
  return here.isA(parent) || parent.isA(here);
}

function checkSubclasses({ mappers }: SubclassesElement, base: Mapper | null, path: () => string): void {
  const other = mappers.find((each) => base === null || !each.isA(base));
  if (other === undefined) return;
  throw new ArgumentError(
    `${path()}: ${other.className} is no subclass of ${base === null ? "the class where the path starts" : base.className}.`,
  );
}

/** A step may be taken from the class itself or from the alias that the step before has named. */
function startsFrom(attribute: RelationshipAttribute, from: FromNode): boolean {
  return attribute.from === from || attribute.from === attribute.property.parent.from;
}

function checkColumns(named: readonly NamedAttribute[], mapper: Mapper | null, path: () => string): void {
  for (const attribute of named) {
    if (mapper === null) {
      if (attribute.from === named[0]?.from) continue;
      throw new ArgumentError(
        `${path()}: the columns belong to different classes; each class takes an option of its own.`,
      );
    }
    if (!attribute.belongsTo(mapper)) {
      throw new ArgumentError(
        `${path()}: ${attribute.name} is no column of ${mapper.className}, to which the path has led.`,
      );
    }
  }
}

function checkDetails(property: RelationshipProperty, details: StepDetails, path: () => string): void {
  const { recursionDepth, chunkSize, range } = details;
  if (recursionDepth !== null) checkRecursion(property, recursionDepth, path);
  if (range !== null && !property.isCollection) {
    throw new ArgumentError(`${path()}: orderBy, limit and offset are for collections; ${property} holds one object.`);
  }
  if (chunkSize !== null && (!Number.isInteger(chunkSize) || chunkSize < 1)) {
    throw new ArgumentError(`${path()}: chunkSize is a whole number from 1, not ${chunkSize}.`);
  }
}

function checkRecursion(property: RelationshipProperty, depth: number, path: () => string): void {
  if (!property.target.isA(property.parent) && !property.parent.isA(property.target)) {
    throw new ArgumentError(
      `${path()}: recursionDepth is for classes that refer to themselves; ${property} leads elsewhere.`,
    );
  }
  if (!Number.isInteger(depth) || (depth < 1 && depth !== -1)) {
    throw new ArgumentError(
      `${path()}: recursionDepth is a whole number from 1, or -1 for as deep as it goes, not ${depth}.`,
    );
  }
}

function keyOf(step: OptionStep): string {
  switch (step.kind) {
    case "step": {
      const { property, strategy, details, criteria, target } = step;
      const { innerJoin, recursionDepth, chunkSize, range } = details;
      const part = range === null ? "" : `[${range.orderBy.length}${range.limit && "l"}${range.offset && "o"}]`;
      const flags = `${innerJoin || ""}${recursionDepth ?? ""}/${chunkSize ?? ""}/${criteria.length}${part}${target && "@"}`;
      return `${strategy ?? "default"}:${property.key}${flags}`;
    }
    case "wildcard":
      return `${step.strategy}:*`;
    case "columns":
      return `${step.rule}${step.raises ? "!" : ""}(${attributesKey(step)})`;
    case "subclasses":
      return `subclasses(${step.mappers.length})`;
    case "expression":
      return `expression(${JSON.stringify(step.attribute.keys)})`;
  }
}

function attributesKey({ attributes }: ColumnsElement): string {
  if (attributes === "*") return "*";
  return JSON.stringify(isList(attributes) ? attributes.flatMap(({ keys }) => keys) : attributes);
}

function subjectsOf(step: OptionStep): readonly object[] {
  if (step.kind === "subclasses") return step.mappers;
  return step.kind === "step" ? [step.property] : [];
}

function operandsOf(step: OptionStep): OptionNode["operands"] {
  if (step.kind === "wildcard" || step.kind === "subclasses") return [];
  if (step.kind === "columns") return namedIn(step).map(({ operand }) => operand);
  if (step.kind === "expression") return [step.attribute.operand, step.expression];
  const { target, criteria, property, details } = step;
  const { orderBy = [], limit = null, offset = null } = details.range ?? {};
  return [
    ...(target === null ? [] : [anyColumn(target.from, property.target)]),
    ...criteria,
    ...orderBy,
    ...[limit, offset].filter((node) => node !== null),
  ];
}

/** An expression that stands for an element of FROM. */
export function anyColumn(from: FromNode, mapper: Mapper): ColumnNode {
  const [first] = mapper.columns;
  if (first === undefined) throw new ArgumentError(`${mapper.className} has no columns.`);
  return columnIn(from, first.column);
}
