import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { leavesOf } from "../../sql/compile/from-clause.ts";
import type { ColumnNode, ExpressionNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { FromNode, JoinClauseNode, JoinNode } from "../../sql/nodes/froms.ts";
import type { SelectItemNode, SelectNode } from "../../sql/nodes/statements.ts";
import { traverse } from "../../sql/traverse/transform.ts";
import { relationshipJoin, relationshipOrder } from "../mapping/join-condition.ts";
import { moved } from "../mapping/moved.ts";
import { criteriaOf } from "../query/criteria.ts";
import { type EntityPlan, entityItem, type JoinedRelation, repeatsRows } from "./entity-plan.ts";
import { wrapQuery } from "./wrap-query.ts";

/** Something that a query selects, and how it is read when it is an entity. */
export interface PlannedItem {
  readonly node: SelectItemNode;
  readonly plan: EntityPlan | null;
}

export interface LaidOutQuery {
  readonly statement: SelectNode;
  /** Where each item begins in a row. */
  readonly offsets: readonly number[];
  /** What was joined to load it along. */
  readonly eager: ReadonlySet<FromNode>;
}

/**
 * Adds to a query what its plans read from its rows: columns of what it has joined itself, joins and columns of what is
 * to be joined, criteria of classes. Where rows are counted (LIMIT, DISTINCT, GROUP BY) and a collection is joined, the
 * query becomes a subquery. Sets the plans' offsets.
 */
export function layOut(select: SelectNode, items: readonly PlannedItem[]): LaidOutQuery {
  const columns: SelectItemNode[] = [];
  const offsets: number[] = [];
  const present: EntityPlan[] = [];
  let width = 0;
  const place = (plan: EntityPlan, item: SelectItemNode): void => {
    for (const { isContained, target } of plan.joined) if (isContained) place(target, entityItem(target));
    plan.offset = width + plan.computed.length;
    present.push(plan);
    for (const { node } of plan.computed) columns.push(node);
    columns.push(item);
    width = plan.offset + plan.columns.length;
  };
  for (const { node, plan } of items) {
    if (plan === null) {
      offsets.push(width);
      columns.push(node);
      width += node.kind === "entity" ? node.columns.length : 1;
    } else {
      place(plan, selectedItem(node, plan));
      offsets.push(plan.offset);
    }
  }
  const criteria = items.flatMap(({ plan }) => (plan === null ? [] : criteriaOf(plan.mapper, plan.from)));
  const isSame =
    criteria.length === 0 &&
    columns.length === select.columns.length &&
    columns.every((each, index) => each === select.columns[index]);
  const base = isSame ? select : { ...select, columns, where: [...select.where, ...criteria] };
  const joins = new EagerJoins();
  for (const plan of present) joins.add(plan, false);
  return { statement: joins.isEmpty ? base : joined(base, joins, present, width), offsets, eager: joins.froms };
}

function joined(base: SelectNode, joins: EagerJoins, present: readonly EntityPlan[], width: number): SelectNode {
  let statement = base;
  let { clauses } = joins;
  let start = width;
  if (isCounted(base) && present.some((plan) => plan.joined.some(repeatsWhenJoined))) {
    const needed = columnsOf(clauses, new Set(present.map(({ from }) => from)));
    const { outer, adapt } = wrapQuery(base, needed);
    statement = outer;
    start = outer.columns.length;
    const [from] = outer.from;
    clauses = clauses.map((clause) => ({
      ...clause,
      left: present.some((plan) => plan.from === clause.left) && from !== undefined ? from : clause.left,
      on: clause.on === null ? null : adapt(clause.on),
    }));
  }
  joins.place(start);
  return {
    ...statement,
    columns: [...statement.columns, ...joins.columns],
    joins: [...statement.joins, ...clauses],
    orderBy: [...statement.orderBy, ...joins.orderBy],
  };
}

function isCounted({ limit, offset, distinct, distinctOn, groupBy }: SelectNode): boolean {
  return limit !== null || offset !== null || distinct || distinctOn.length > 0 || groupBy.length > 0;
}

function repeatsWhenJoined({ isContained, property, target }: JoinedRelation): boolean {
  return isContained ? target.joined.some(repeatsWhenJoined) : property.isCollection || repeatsRows(target);
}

/** Columns of the query's own tables that join conditions speak of. */
function columnsOf(clauses: readonly JoinClauseNode[], froms: ReadonlySet<FromNode>): readonly ColumnNode[] {
  const found: ColumnNode[] = [];
  for (const { on } of clauses) {
    if (on === null) continue;
    traverse(on, (node) => {
      if (node.kind === "column" && node.from !== null && froms.has(node.from)) found.push(node);
      return true;
    });
  }
  return found;
}

/** The item itself where all of it is loaded, so that a query without options stays the node that it is. */
function selectedItem(node: SelectItemNode, plan: EntityPlan): SelectItemNode {
  return node.kind === "entity" && node.columns.length === plan.columns.length ? node : entityItem(plan);
}

/** The joins that load relationships along with the rows of a query, to aliases that nothing else can speak of. */
class EagerJoins {
  clauses: readonly JoinClauseNode[] = [];
  columns: readonly ExpressionNode[] = [];
  orderBy: readonly (ExpressionNode | OrderingNode)[] = [];
  readonly #targets: EntityPlan[] = [];

  get isEmpty(): boolean {
    return this.#targets.length === 0;
  }
  get froms(): ReadonlySet<FromNode> {
    return new Set(this.#targets.flatMap(({ from }) => leavesOf(from)));
  }

  /** Adds what is joined to a class; `isOptional`: the class itself may be missing from a row. */
  add(plan: EntityPlan, isOptional: boolean): void {
    for (const relation of plan.joined) {
      const { target, isContained, isInner } = relation;
      if (isContained) continue;
      // An inner join behind an outer one would drop rows: it stands inside the outer join's right side.
      if (!(isInner && isOptional)) this.clauses = [...this.clauses, ...clausesOf(plan, relation)];
      this.orderBy = [...this.orderBy, ...orderOf(relation)];
      this.add(target, isOptional || !isInner);
      this.#targets.push(target);
      this.columns = [...this.columns, ...target.computed.map(({ node }) => node), ...target.columns];
    }
  }

  /** Tells the plans where their columns begin, when it is known what stands before them. */
  place(start: number): void {
    let offset = start;
    for (const target of this.#targets) {
      target.offset = offset + target.computed.length;
      offset = target.offset + target.columns.length;
    }
  }
}

function clausesOf(parent: EntityPlan, relation: JoinedRelation): readonly JoinClauseNode[] {
  const { target, through, isInner } = relation;
  const { primary, own } = conditionsOf(parent, relation);
  const left = parent.from;
  if (!isInner) {
    const on = through === null ? own : primary;
    return [{ kind: "joinClause", left, right: rightSide(relation, own), on, type: "left" }];
  }
  if (through === null) return [{ kind: "joinClause", left, right: target.from, on: own, type: "inner" }];
  return [
    { kind: "joinClause", left, right: through, on: primary, type: "inner" },
    { kind: "joinClause", left: through, right: target.from, on: own, type: "inner" },
  ];
}

/** The right side of an outer join, with what is inner to it. */
function rightSide({ target, through }: JoinedRelation, own: ExpressionNode): FromNode {
  let right: FromNode = through === null ? target.from : innerJoin(through, target.from, own);
  for (const relation of target.joined) {
    if (relation.isContained || !relation.isInner) continue;
    const conditions = conditionsOf(target, relation);
    if (relation.through !== null) right = innerJoin(right, relation.through, conditions.primary);
    const nested = rightSide({ ...relation, through: null }, conditions.own);
    right = innerJoin(right, nested, conditions.own);
  }
  return right;
}

function innerJoin(left: FromNode, right: FromNode, on: ExpressionNode): JoinNode {
  return { kind: "join", left, right, on, type: "inner" };
}

/** The condition towards the association table, and the one towards the target with all that is asked of it. */
function conditionsOf(parent: EntityPlan, { property, target, through, criteria }: JoinedRelation) {
  const secondary = through === null ? {} : { secondary: through };
  const join = relationshipJoin(property, { parent: parent.from, target: target.from, ...secondary });
  const asked = criteria.map((each) => moved(each, property.targetFrom, target.from));
  const own = allOf([join.secondary ?? join.primary, ...asked, ...criteriaOf(target.mapper, target.from)]);
  return { primary: join.primary, own };
}

function orderOf({ property, target, through }: JoinedRelation): readonly (ExpressionNode | OrderingNode)[] {
  const order = relationshipOrder(property, target.from);
  const { secondaryFrom } = property;
  if (through === null || secondaryFrom === null) return order;
  return order.map((each) => moved(each, secondaryFrom, through));
}
