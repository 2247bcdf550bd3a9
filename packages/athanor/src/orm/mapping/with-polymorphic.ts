import { ArgumentError } from "../../errors/errors.ts";
import { describe, fromOf, offersNode } from "../../sql/coercions/operands.ts";
import { columnIn, tableOf } from "../../sql/compile/from-clause.ts";
import type { Expression } from "../../sql/expression/expression.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import type { EntityClass, FromSource } from "../../sql/statement/types.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { type FROM, NODE, type SHAPE } from "../../util/symbols.ts";
import { type Alias, type AliasStatics, aliasOf, entityOf } from "./aliased.ts";
import { ConcreteUnion } from "./concrete-union.ts";
import type { Mapper } from "./mapper.ts";
import type { Attributes } from "./model-types.ts";
import { PolymorphicEntity } from "./polymorphic-entity.ts";
import { allClassesBelow, classesBelow, polymorphicFrom } from "./polymorphic-from.ts";

/** Subclasses by the names that they have in the alias, as a list, or all of them. */
export type PolymorphicSubclasses = "*" | readonly EntityClass[] | Readonly<Record<string, EntityClass>>;

export interface WithPolymorphicOptions<N extends string = string> {
  /** Under names of its own, to be used beside the class itself. Default false. */
  readonly aliased?: boolean;
  /** The same as `aliased`: each table that is joined gets an alias. */
  readonly flat?: boolean;
  /** The name of the alias. */
  readonly name?: N;
  /** Only objects of the subclass: its table is joined with JOIN. Default: LEFT OUTER JOIN. */
  readonly innerJoin?: boolean;
  /** Select from this, such as a subquery of one's own; its columns are found by their names. */
  readonly selectable?: FromSource;
}

/** The columns of a subclass are null in rows of other classes. */
type InSubclass<A, K, P> = P extends K
  ? A
  : A extends Expression<infer T, infer O, infer L>
    ? Expression<T | null, O, L>
    : A;
/** A subclass as part of a polymorphic alias. */
export type SubclassAlias<C extends EntityClass, D extends EntityClass, N extends string> = {
  readonly [P in keyof D[typeof SHAPE]]: InSubclass<Attributes<D[typeof SHAPE], N>[P], keyof C[typeof SHAPE], P>;
} & AliasStatics<D, N>;
type Named<C extends EntityClass, S, N extends string> = S extends string | readonly unknown[]
  ? unknown
  : { readonly [K in keyof S]: S[K] extends EntityClass ? SubclassAlias<C, S[K], N> : never };

/** A class with the columns of classes below it, which are selected with one statement. */
export type PolymorphicAlias<C extends EntityClass, S, N extends string> = Alias<C, N> &
  Named<C, S, N> & {
    /** The attributes of one of the subclasses. Throws ArgumentError for a class that is not among them. */
    of<D extends EntityClass>(subclass: D): SubclassAlias<C, D, N>;
  };

/**
 * A class together with classes below it: their tables are joined, and one statement loads the columns of all. Subclasses
 * that are given by name are found under it, and the columns of all others with `of()`. Where classes are concrete, the rows
 * of all tables are selected with UNION ALL.
 *
 * @example
 * const people = withPolymorphic(Employee, { Engineer, Manager });
 * select(people).where(or(people.Engineer.language.eq("C"), people.Manager.budget.gt(1000)));
 */
export function withPolymorphic<C extends EntityClass, const S extends PolymorphicSubclasses>(
  base: C,
  subclasses: S,
  options?: WithPolymorphicOptions<never> & { readonly aliased?: false; readonly flat?: false },
): PolymorphicAlias<C, S, C[typeof FROM]>;
export function withPolymorphic<
  C extends EntityClass,
  const S extends PolymorphicSubclasses,
  const N extends string = "anonymous",
>(base: C, subclasses: S, options: WithPolymorphicOptions<N>): PolymorphicAlias<C, S, N>;
export function withPolymorphic(
  base: EntityClass,
  subclasses: PolymorphicSubclasses,
  options: WithPolymorphicOptions = {},
): unknown {
  const mapper = mapperFor(base);
  const named = namedSubclasses(mapper, subclasses);
  const mappers = allClassesBelow(mapper).filter((each) => [...named.values()].includes(each));
  const { name = null } = options;
  const union = unionFor(mapper, mappers, options);
  const from = union?.subquery(name) ?? fromFor(mapper, withThoseBetween(mapper, mappers), options);
  const columnsOf = (each: Mapper) => union?.columnsIn(from, each) ?? columnsFor(each, from, options);
  const entity = PolymorphicEntity.of(mapper, mappers, union);
  const alias = aliasOf(mapper, from, name, columnsOf(mapper), entity);
  const parts = new Map<Mapper, object>();
  const partOf = (subclass: Mapper): object => {
    let part = parts.get(subclass);
    if (part === undefined) {
      part = aliasOf(subclass, from, null, columnsOf(subclass), PolymorphicEntity.of(subclass, [], union));
      parts.set(subclass, part);
    }
    return part;
  };
  for (const [key, subclass] of named) {
    if (!(key in alias)) Object.defineProperty(alias, key, { get: () => partOf(subclass), enumerable: true });
  }
  const of = (given: unknown): object => {
    const subclass = mapperFor(given);
    if (mappers.includes(subclass)) return partOf(subclass);
    throw new ArgumentError(
      `${subclass.className} is not among the subclasses that withPolymorphic(${mapper.className}, …) was given: ${mappers.map(({ className }) => className).join(", ")}.`,
    );
  };
  if (!("of" in alias)) Object.defineProperty(alias, "of", { value: of });
  return alias;
}

function mapperFor(given: unknown): Mapper {
  const node = offersNode(given) ? given[NODE] : null;
  const entity = node?.kind === "entity" ? entityOf(node) : null;
  if (entity !== null) return entity.mapper;
  throw new ArgumentError(`withPolymorphic() takes mapped classes, not ${describe(given)}.`);
}

function namedSubclasses(mapper: Mapper, given: PolymorphicSubclasses): ReadonlyMap<string, Mapper> {
  if (given === "*") return new Map(allClassesBelow(mapper).map((each) => [each.className, each]));
  const entries: readonly (readonly [string, Mapper])[] = Array.isArray(given)
    ? (given as readonly EntityClass[]).map(mapperFor).map((each) => [each.className, each] as const)
    : Object.entries(given).map(([key, each]) => [key, mapperFor(each)] as const);
  const other = entries.find(([, each]) => !each.isA(mapper));
  if (other === undefined) return new Map(entries.filter(([, each]) => each !== mapper));
  throw new ArgumentError(`withPolymorphic(): ${other[1].className} is no subclass of ${mapper.className}.`);
}

/** Classes and those between them and the one that was asked for, whose tables stand between theirs. */
function withThoseBetween(mapper: Mapper, mappers: readonly Mapper[]): readonly Mapper[] {
  return classesBelow(mapper).filter((each) => mappers.some((one) => one.isA(each)));
}

/** Where some of the classes share no rows with the one that was asked for: the rows of all. */
function unionFor(
  mapper: Mapper,
  mappers: readonly Mapper[],
  { selectable, innerJoin = false }: WithPolymorphicOptions,
): ConcreteUnion | null {
  const concrete = mappers.find(({ base }) => base !== mapper.base);
  if (concrete === undefined) return null;
  if (selectable === undefined && !innerJoin) return ConcreteUnion.of(mapper, mappers);
  throw new ArgumentError(
    `withPolymorphic(${mapper.className}, …): ${concrete.className} is concrete, so that all are selected from the union of their tables. ` +
      `{ ${innerJoin ? "innerJoin" : "selectable"} } is for classes whose tables are joined.`,
  );
}

function fromFor(mapper: Mapper, subclasses: readonly Mapper[], options: WithPolymorphicOptions): FromNode {
  const { selectable, innerJoin = false, aliased = false, flat = false, name } = options;
  if (selectable !== undefined) return fromOf(selectable, "withPolymorphic()");
  const from = polymorphicFrom(mapper, subclasses, innerJoin ? "inner" : "left");
  return aliased || flat || name !== undefined ? aliasedFrom(from, name ?? null) : from;
}

function columnsFor(mapper: Mapper, from: FromNode, { selectable }: WithPolymorphicOptions): readonly ColumnNode[] {
  const isTable = selectable === undefined || tableOf(from) !== null || from.kind === "join";
  return mapper.columns.map(({ column }) => ({ ...columnIn(from, column), ...(isTable ? {} : { column: null }) }));
}
