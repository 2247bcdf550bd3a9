import { ArgumentError } from "../../errors/errors.ts";
import { describe, fromOf, offersNode } from "../../sql/coercions/operands.ts";
import { columnIn, leavesOf, tableOf } from "../../sql/compile/from-clause.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { outputColumns } from "../../sql/traverse/output-columns.ts";
import { type FROM, type JOINS, type NAME, NODE, type SHAPE } from "../../util/symbols.ts";
import { definitionOf } from "../instrumentation/entity.ts";
import { RelationshipAttribute } from "./attributes.ts";
import { ClassMapper } from "./class-mapper.ts";
import { type ConcreteUnion, nodeIn } from "./concrete-union.ts";
import type { Mapper } from "./mapper.ts";
import type { Attributes } from "./model-types.ts";
import { PolymorphicEntity } from "./polymorphic-entity.ts";
import { columnsOfSubclasses } from "./polymorphic-from.ts";

/** A mapped class as an entity of a statement. */
export interface MappedEntity {
  readonly mapper: Mapper;
  /** Where its columns come from. */
  readonly from: FromNode;
  /** Classes below it whose columns are selected along. */
  readonly subclasses: readonly Mapper[];
  /** Where rows of several tables become objects: what `from` is made of. */
  readonly union: ConcreteUnion | null;
}

/** The mapped class behind an entity of a statement, and where its columns come from. Null for a plain table. */
export function entityOf(node: EntityNode): MappedEntity | null {
  const { entity, from } = node;
  if (entity instanceof PolymorphicEntity) {
    const { mapper, subclasses, union } = entity;
    return { mapper, from, subclasses, union };
  }
  if (!(entity instanceof ClassMapper)) return null;
  const inline = entity.inlineSubclasses;
  return {
    mapper: entity,
    from,
    subclasses: inline.length === 0 ? inline : inline.filter((each) => hasTables(from, each)),
    union: null,
  };
}

/** Whether all tables of a class stand in an element of FROM. */
function hasTables(from: FromNode, { tables }: Mapper): boolean {
  const present = new Set(leavesOf(from).map(tableOf));
  return tables.every(({ target }) => present.has(target.table));
}

export interface AliasStatics<C extends EntityClass, N extends string> {
  readonly prototype: C["prototype"];
  readonly [SHAPE]: C[typeof SHAPE];
  readonly [FROM]: N;
  readonly [JOINS]: N;
  readonly [NAME]: N;
}
export type Alias<C extends EntityClass, N extends string> = Attributes<C[typeof SHAPE], N> & AliasStatics<C, N>;

/**
 * A model under another name, to be used beside itself, or over a subquery, a CTE, VALUES or a function that gives rows: its
 * columns are found by their names in the database, or else by those of the attributes.
 *
 * @example const other = aliased(User, "other"); select(User, other).join(other, other.id.ne(User.id))
 */
export function aliased<C extends EntityClass, const N extends string>(model: C, name: N): Alias<C, N>;
export function aliased<C extends EntityClass, const N extends string = "anonymous">(
  model: C,
  subquery: { readonly [FROM]: string },
): Alias<C, N>;
export function aliased(model: EntityClass, over?: string | object): unknown {
  const node = offersNode(model) ? model[NODE] : null;
  const entity = node?.kind === "entity" ? entityOf(node) : null;
  if (entity === null) throw new ArgumentError(`aliased() takes a model, not ${describe(model)}.`);
  const { mapper } = entity;
  if (over === undefined || typeof over === "string") {
    const from = aliasedFrom(mapper.entity.from, over ?? null);
    return aliasOf(mapper, from, over ?? null, mapper.columnsIn(from));
  }
  const from = fromOf(over, "aliased()");
  const names = namesIn(from);
  return aliasOf(
    mapper,
    from,
    null,
    mapper.columns.map(({ key, column }) => {
      const name = !names.has(column.name) && names.has(key) ? key : column.name;
      return { ...columnIn(from, column), name, column: null };
    }),
  );
}

/** What the columns of a table that a query or a function makes are called. */
function namesIn(from: FromNode): ReadonlySet<string> {
  if (from.kind === "subquery" || from.kind === "cte") {
    return new Set(outputColumns(from.query).map(({ name }) => name));
  }
  return new Set(from.kind === "tableFunction" ? from.columnNames : []);
}

/** What is selected of an alias beside the columns of the class. */
function columnsBeyond(mapper: Mapper, from: FromNode, entity: Mapper | PolymorphicEntity): readonly ColumnNode[] {
  const { subclasses, union } =
    entity instanceof PolymorphicEntity ? entity : { subclasses: mapper.inlineSubclasses, union: null };
  if (union !== null) return [...union.columnsBeyond(mapper).map((each) => nodeIn(from, each)), union.typeIn(from)];
  const columns = columnsOfSubclasses(mapper, subclasses, from);
  if (from.kind !== "subquery") return columns;
  // A query has those that it selects.
  const names = namesIn(from);
  if (!(entity instanceof PolymorphicEntity) || !columns.every((each) => names.has(each.name))) return [];
  return columns.map((each) => ({ ...each, column: null }));
}

/** The object that stands for an alias: the attributes of the class, seen through it. */
export function aliasOf(
  mapper: Mapper,
  from: FromNode,
  name: string | null,
  columns: readonly ColumnNode[],
  entity: Mapper | PolymorphicEntity = mapper,
): object {
  // Its entity is the class itself: what makes it another one is `from`, so that statements with new aliases are alike.
  const others = columnsBeyond(mapper, from, entity);
  const node: EntityNode = { kind: "entity", from, columns: [...columns, ...others], entity, name };
  const alias = { prototype: mapper.class.prototype, [NODE]: node };
  for (const column of columns) {
    Object.defineProperty(alias, column.key, { value: new Expression<unknown>(column), enumerable: true });
  }
  // By their declarations: a relationship may lead to this alias, and is not configured then.
  const definition = definitionOf(mapper.class);
  for (const key of definition.relationshipKeys) {
    const property = () => definition.relationship(key);
    const attribute = new RelationshipAttribute({ key, from: () => from, property });
    Object.defineProperty(alias, key, { value: attribute, enumerable: true });
  }
  for (const [key, declared] of definition.derivedAttributes) {
    // Made when it is asked for: most aliases are made for a column or two.
    let attribute: object | null = null;
    const site = { key, owner: () => alias, mapper: () => mapper, from: () => from };
    const get = () => {
      attribute ??= declared.attribute(site);
      return attribute;
    };
    Object.defineProperty(alias, key, { get, enumerable: true });
  }
  return alias;
}
