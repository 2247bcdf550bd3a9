import { ArgumentError } from "../../errors/errors.ts";
import { leavesOf } from "../../sql/compile/from-clause.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { entityOf } from "../mapping/aliased.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { ConcreteUnion } from "../mapping/concrete-union.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { moved } from "../mapping/moved.ts";
import { classesBelow, columnsOfSubclasses } from "../mapping/polymorphic-from.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { ConcretePlan, wantedColumns } from "./concrete-plan.ts";
import type { EntityPlan, JoinedRelation, RelationLoad } from "./entity-plan.ts";
import { ImmediateLoad, NoLoad } from "./immediate-load.ts";
import type { Strategy } from "./load-option.ts";
import type { LoadTree } from "./load-tree.ts";
import { discriminatorIn, PolymorphicPlan, subclassColumns } from "./polymorphic-plan.ts";
import { RankedSource } from "./ranked-source.ts";
import { SelectinLoad, selectinStatement } from "./selectin-load.ts";
import { OfClass, SubclassLoad } from "./subclass-load.ts";
import { beyond, type QueryOrigin, SubqueryLoad } from "./subquery-load.ts";

/** What rows of a class are read from in place of its table. */
export interface RowSource {
  readonly from: FromNode;
  readonly columns: readonly ColumnNode[];
}

/** Where a class stands in what is loaded. */
export interface PlanSite {
  readonly mapper: Mapper;
  readonly from: FromNode;
  /** All columns of the class, in the order of the mapper. */
  readonly columns: readonly ColumnNode[];
  readonly tree: LoadTree;
  /** The classes on the way here: what is mapped as eager does not go in circles. */
  readonly path: readonly Mapper[];
  /** The user's query, where the rows come from it; null for rows of a loader's own. */
  readonly origin: QueryOrigin | null;
  /** It stands in the user's query itself, so that joins of the user's can start from it. */
  readonly isInQuery: boolean;
  /** The rows come from a statement to which joins can be added. */
  readonly canJoin: boolean;
  /** Columns may be left out of the rows. */
  readonly canChoose: boolean;
  /** It is joined by an outer join: a row may be without it. */
  readonly isOptional: boolean;
  /** Classes below it whose tables stand in `from`. */
  readonly subclasses: readonly Mapper[];
  /** Where rows of several tables become objects: what `from` is made of. */
  readonly union: ConcreteUnion | null;
}

/** Decides how everything is loaded that belongs to an entity, as the options and the mapping say. */
export function buildPlan(site: PlanSite): EntityPlan {
  const { mapper, from, tree, union } = site;
  const joined: JoinedRelation[] = [];
  const after: RelationLoad[] = [];
  if (union !== null) addMembers(site, union, joined, after);
  else {
    for (const property of mapper.relationships) {
      const strategy = strategyAt(site, property);
      if (strategy === "joined" || strategy === "contains") joined.push(joinedRelation(site, property, strategy));
      else {
        const load = relationLoad(site, property, strategy);
        if (load !== null) after.push(load);
      }
    }
    if (mapper.subclasses.length > 0) addSubclasses(site, joined, after);
  }
  // Rows of a statement that cannot be changed are what they are.
  const needed = after.flatMap(({ needs }) => needs);
  const properties = site.canChoose ? propertiesOf(site, needed) : mapper.columns;
  const isWhole = properties.length === mapper.columns.length;
  const expressions = site.canJoin && mapper.expressions.length > 0 ? tree.expressions(mapper, from) : [];
  const discriminator = union === null ? discriminatorIn(mapper, from) : null;
  const polymorphic =
    union === null
      ? polymorphicPlan(site, properties)
      : new ConcretePlan(union, mapper, from, properties, wantedColumns(union, mapper, tree, needed));
  const own = isWhole
    ? site.columns.slice(0, mapper.columns.length)
    : properties.flatMap(({ index }) => site.columns[index] ?? []);
  return {
    mapper,
    from,
    tree,
    properties,
    columns: polymorphic === null ? own : [...own, ...polymorphic.columns],
    isWhole,
    computed: discriminator === null ? expressions : [...expressions, { property: null, node: discriminator }],
    keyPositions: mapper.primaryKey.map((property) => properties.indexOf(property)),
    offset: 0,
    joined,
    after,
    polymorphic,
  };
}

// ── subclasses ───────────────────────────────────────────────────────────────
/** What is loaded of the classes below the one that was asked for. */
function addSubclasses(site: PlanSite, joined: JoinedRelation[], after: RelationLoad[]): void {
  const { tree, subclasses } = site;
  const below = classesBelow(site.mapper);
  for (const mapper of below) {
    if (!tree.loadsSubclass(mapper) || subclasses.includes(mapper)) continue;
    const start = mapper.parent?.columns.length ?? 0;
    const columns = tree.columns(mapper).filter(({ index }) => index >= start);
    if (columns.length > 0) after.push(new OfClass(new SubclassLoad(mapper, columns), mapper));
  }
  for (const mapper of below) {
    for (const property of mapper.relationships) {
      if (property.parent !== mapper) continue;
      const isJoinable = subclasses.includes(mapper) && site.canJoin;
      const strategy = strategyAt({ ...site, canJoin: isJoinable }, property);
      if (strategy === "joined" || strategy === "contains") joined.push(joinedRelation(site, property, strategy));
      else {
        const load = relationLoad(site, property, strategy);
        if (load !== null) after.push(new OfClass(load, mapper));
      }
    }
  }
}

/** What is loaded of classes that share no rows: each has relationships of its own. */
function addMembers(site: PlanSite, union: ConcreteUnion, joined: JoinedRelation[], after: RelationLoad[]): void {
  const { mapper, tree } = site;
  const properties = [...union.members].filter((each) => each.isA(mapper)).flatMap((each) => each.relationships);
  for (const property of new Set(properties)) {
    const asked = mapper.relationshipsByKey.get(property.key);
    // What is said of the class that was asked for is said of all.
    if (asked !== undefined && asked.target === property.target) tree.repeat(asked, property);
    // Tables are joined to the union only by the query itself.
    const strategy = strategyAt({ ...site, canJoin: false }, property);
    if (strategy === "contains") joined.push(joinedRelation(site, property, strategy));
    else {
      const load = relationLoad({ ...site, origin: null }, property, strategy);
      if (load !== null) after.push(new OfClass(load, property.parent));
    }
  }
}

function polymorphicPlan(
  { mapper, columns, tree, subclasses }: PlanSite,
  properties: readonly ColumnProperty[],
): PolymorphicPlan | null {
  const { hierarchy, polymorphicOn } = mapper;
  if (hierarchy === null) return null;
  // An expression stands last among what is computed, right before the columns.
  const position = polymorphicOn === null ? -1 : properties.findIndex(({ index }) => index === polymorphicOn.index);
  const extras = subclassColumns(mapper, subclasses, columns.slice(mapper.columns.length), tree);
  return new PolymorphicPlan(hierarchy, mapper, position, properties, extras);
}

/** The plan for objects that a statement of a loader's own looks for. */
export function buildTargetPlan(
  parent: Pick<PlanSite, "tree" | "path">,
  property: RelationshipProperty,
  { origin = null, source = null }: { readonly origin?: QueryOrigin | null; readonly source?: RowSource | null } = {},
): EntityPlan {
  const named = parent.tree.rule(property).target ?? property.targetEntity;
  const root = entityOf(named) ?? { mapper: property.target, from: named.from, subclasses: [], union: null };
  return buildPlan({
    ...root,
    from: source?.from ?? root.from,
    columns: source?.columns ?? named.columns,
    tree: parent.tree.beyond(property),
    path: [...parent.path, root.mapper],
    origin,
    isInQuery: false,
    canJoin: true,
    canChoose: true,
    isOptional: false,
  });
}

/** What the mapping loads eagerly ends where it would come back to a class on the way. */
function strategyAt({ tree, path, canJoin }: PlanSite, property: RelationshipProperty): Strategy {
  const { strategy, explicit } = tree.strategy(property);
  if (!explicit && path.includes(property.target)) return refusesLoading(strategy) ? strategy : "select";
  return strategy === "joined" && !canJoin ? "selectin" : strategy;
}

function refusesLoading(strategy: Strategy): boolean {
  return (
    strategy === "raise" ||
    strategy === "raiseOnSql" ||
    strategy === "noload" ||
    strategy === "writeOnly" ||
    strategy === "dynamic"
  );
}

function joinedRelation(site: PlanSite, property: RelationshipProperty, strategy: Strategy): JoinedRelation {
  const { tree, path, origin, isInQuery } = site;
  const rule = tree.rule(property);
  const isContained = strategy === "contains";
  const { innerJoin } = rule.details;
  const isInner = innerJoin === true || (innerJoin === "unnested" && !site.isOptional);
  if (isContained && !isInQuery) {
    throw new ArgumentError(
      `containsEager(${property}) stands behind an option that loads by itself, so that the query's own joins cannot lead there. ` +
        "Take containsEager() for the whole path, or joinedload().",
    );
  }
  const { from, columns, ...root } = joinedEntity(property, rule.target, isContained);
  const plan = buildPlan({
    ...root,
    from,
    columns,
    tree: tree.beyond(property),
    path: [...path, root.mapper],
    origin: origin === null ? null : beyond(origin, property),
    isInQuery: isContained,
    canJoin: true,
    canChoose: true,
    isOptional: !isContained && (site.isOptional || !isInner),
  });
  const { secondaryFrom } = property;
  return {
    property,
    target: plan,
    isContained,
    isInner,
    through: secondaryFrom === null || isContained ? null : { kind: "alias", of: secondaryFrom, name: null },
    criteria: rule.criteria,
  };
}

/** What a relationship is joined to: what `ofType()` has named, or the target; an alias, unless the query joins itself. */
function joinedEntity(property: RelationshipProperty, named: EntityNode | null, isContained: boolean) {
  const { target, targetAlias, targetEntity } = property;
  if (isContained && named === null && targetAlias === null) {
    return { mapper: target, from: target.from, columns: target.columnsIn(target.from), subclasses: [], union: null };
  }
  const node = named ?? targetEntity;
  const { mapper, subclasses, union } = entityOf(node) ?? { mapper: target, subclasses: [], union: null };
  const isAlias = leavesOf(node.from).every(({ kind }) => kind !== "table");
  // The alias to which a relationship leads may stand in the query besides; one that is named for this query is meant itself.
  const isMappedAlias = node === targetAlias;
  if (isContained || (isAlias && !isMappedAlias)) {
    return { mapper, from: node.from, columns: node.columns, subclasses, union };
  }
  const from = aliasedFrom(node.from);
  if (isMappedAlias) {
    return { mapper, from, columns: node.columns.map((each) => moved(each, node.from, from)), subclasses, union };
  }
  const columns = [...mapper.columnsIn(from), ...columnsOfSubclasses(mapper, subclasses, from)];
  return { mapper, from, columns, subclasses, union };
}

function relationLoad(site: PlanSite, property: RelationshipProperty, strategy: Strategy): RelationLoad | null {
  const rule = site.tree.rule(property);
  switch (strategy) {
    case "selectin":
      return selectinLoad(site, property);
    case "subquery": {
      const { origin } = site;
      // Rows of a loader's own come in pieces: there is no query to repeat, but their keys are known.
      if (origin === null) return selectinLoad(site, property);
      return new SubqueryLoad(
        { property, target: buildTargetPlan(site, property, { origin: beyond(origin, property) }), rule },
        origin,
      );
    }
    case "immediate":
      return new ImmediateLoad({ property, target: buildTargetPlan(site, property), rule });
    case "noload":
      return new NoLoad(property);
    default:
      return null;
  }
}

/** Loads a relationship of many objects by their keys, as the options say. */
export function selectinLoad(site: Pick<PlanSite, "tree" | "path">, property: RelationshipProperty): RelationLoad {
  const { tree } = site;
  const rule = tree.rule(property);
  const { range } = rule.details;
  const isCut = range !== null && (range.limit !== null || range.offset !== null);
  if (!isCut) {
    return new SelectinLoad(selectinStatement({ property, target: buildTargetPlan(site, property), rule }), rule);
  }
  const source = new RankedSource(property, rule, range);
  return new SelectinLoad(source.statement(buildTargetPlan(site, property, { source })), rule);
}

/** The columns that are asked for, and those without which the relationships could not be loaded. */
function propertiesOf({ mapper, tree, union }: PlanSite, needed: readonly ColumnProperty[]): readonly ColumnProperty[] {
  const asked = tree.columns(mapper);
  if (asked.length === mapper.columns.length) return asked;
  // Concrete classes have attributes of the same names, at places of their own.
  const place = ({ key, index }: ColumnProperty) => (union === null ? index : key);
  const wanted = new Set([...asked, ...needed].map(place));
  return mapper.columns.filter((each) => wanted.has(place(each)));
}

/** The plan for an entity that a query selects. */
export function buildRootPlan(
  root: Pick<PlanSite, "mapper" | "from" | "columns" | "tree" | "subclasses" | "union">,
  select: SelectNode | null,
  canChoose: boolean = select !== null,
): EntityPlan {
  // What was made of the class before all classes were there is complete when it is executed.
  root.mapper.registry.configure();
  const origin = select === null ? null : { select, from: root.from, way: [] };
  return buildPlan({
    ...root,
    path: [root.mapper],
    origin,
    isInQuery: true,
    canJoin: select !== null,
    canChoose,
    isOptional: false,
  });
}
